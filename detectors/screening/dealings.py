"""What an account did in the days for which something holds of it: counts, sums and evidence of a finding, and who was on the
other side. It never decides what holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from detectors.api import SnapshotView
from schemas.detector import Role

EVIDENCE_LIMIT = 200
"""As many transactions as a rule lists: the largest ones."""
FOREVER = 2147483647
"""The day on which what has no end ends."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days of an account, counted from the epoch; `to_day` is the first one that no longer counts."""

    account: int
    from_day: int
    to_day: int


@dataclass(frozen=True, slots=True)
class Dealings:
    """What happened in a span: all payments counted and summed in the base currency, the largest listed with their parties."""

    payments: int
    total: Decimal
    start_s: int
    end_s: int
    evidence: tuple[int, ...]
    roles: dict[int, Role]

    @property
    def left_out(self) -> dict[str, int]:
        """The fact that says how many payments are counted and not listed; nothing where all are."""
        beyond = self.payments - len(self.evidence)
        return {"left_out": beyond} if beyond else {}


_DEALINGS = f"""
with spans as (
    select unnest(?::integer[]) as item, unnest(?::integer[]) as account, unnest(?::integer[]) as from_day,
           unnest(?::integer[]) as to_day
),
sides as (
    select s.item, s.account, f.txn, f.t_s, f.t_end_s, f.amount_base, f.counterparty, cast(f.direction as varchar) as direction
    from spans as s
    join flows as f on f.account = s.account and f.day >= s.from_day and f.day < s.to_day
    where not f.is_reversal and f.counterparty is distinct from f.account
),
ranked as (
    select *, row_number() over (partition by item order by amount_base desc nulls last, txn) as nth from sides
)
select item, account, count(*) as payments, cast(coalesce(sum(amount_base), 0) as decimal(38, 4)) as total,
       min(t_s) as start_s, max(t_end_s) as end_s,
       list(txn order by txn) filter (where nth <= {EVIDENCE_LIMIT}) as evidence,
       list(distinct counterparty) filter (where nth <= {EVIDENCE_LIMIT} and direction = 'in' and counterparty is not null)
           as payers,
       list(distinct counterparty) filter (where nth <= {EVIDENCE_LIMIT} and direction = 'out' and counterparty is not null)
           as payees
from ranked
group by item, account
order by item
"""


def dealings_in(view: SnapshotView, spans: Sequence[Span], *, subject: Role) -> Iterator[tuple[int, Dealings]]:
    """For each span in which the account did something, its position in `spans` and what it did. Refunds do not count."""
    if not spans:
        return
    columns = [
        list(range(len(spans))),
        [span.account for span in spans],
        [span.from_day for span in spans],
        [span.to_day for span in spans],
    ]
    for row in view.sql(_DEALINGS, columns).iter_rows(named=True):
        roles: dict[int, Role] = dict.fromkeys(row["payees"] or (), "beneficiary")
        roles |= dict.fromkeys(row["payers"] or (), "payer")
        roles[row["account"]] = subject
        yield (
            row["item"],
            Dealings(
                payments=row["payments"],
                total=row["total"],
                start_s=row["start_s"],
                end_s=row["end_s"],
                evidence=tuple(row["evidence"]),
                roles=roles,
            ),
        )
