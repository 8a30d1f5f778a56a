"""What is missed below the line: of the alerts that were drawn for review there, how many proved worth a look."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from service.access.visibility import Scope
from service.ledger.ledger import Ledger

_Z = Decimal("1.959963985")
"""Of the normal distribution 95 % lies within so many standard deviations."""
_EXACT = Context(prec=40, rounding=ROUND_HALF_EVEN)


def below_the_line(ledger: Ledger, scope: Scope) -> dict[str, Any]:
    """`below` (alerts that nobody is asked to look at), `sampled`, `decided` and `escalated` of those, `share_per_mille` of the
    decided that were escalated, and its 95 % interval; both null where none is decided."""
    rows = ledger.query(
        "select count(*) filter (place = 'below'), count(*) filter (place = 'sample'),"
        " count(*) filter (place = 'sample' and state in ('escalated', 'dismissed')),"
        f" count(*) filter (place = 'sample' and state = 'escalated') from kept_alerts where {scope.where}",
        [*scope.params],
    )
    below, sampled, decided, escalated = (int(number) for number in rows[0])
    return {
        "below": below,
        "sampled": sampled,
        "decided": decided,
        "escalated": escalated,
        "share_per_mille": round(Decimal(1000 * escalated) / decided) if decided else None,
        "interval_per_mille": list(wilson(escalated, decided)) if decided else None,
    }


def wilson(hits: int, of: int) -> tuple[int, int]:
    """The 95 % interval of a share, in per mille (Wilson 1927): it holds for few cases too, and for none and all of them."""
    n, z2 = Decimal(of), _EXACT.multiply(_Z, _Z)
    share = _EXACT.divide(Decimal(hits), n)
    spread = _Z * _EXACT.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = ((share + z2 / (2 * n) + side) / (1 + z2 / n) for side in (-spread, spread))
    return max(0, round(1000 * low)), min(1000, round(1000 * high))
