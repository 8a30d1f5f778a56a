"""Patterns found and precision at a budget, by one strict test.

An alert finds a pattern when it covers at least half of the pattern's transactions or accounts, at least 30 % of the alert's
own transactions, or accounts, belong to that pattern, and it has at most 60 members. A vast alert that happens to hold a
pattern finds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from detectors.evaluation.labels import Pattern

BUDGETS = (500, 1000, 2000, 5000)
"""Alerts looked at, per mille of the number of patterns."""
LEAST_COVERED, LEAST_OWN = Fraction(1, 2), Fraction(3, 10)
MOST_MEMBERS = 60


@dataclass(frozen=True, slots=True)
class Ranked:
    """An alert as evaluation sees it: what it shows, best alert first in a list."""

    alert: str
    references: frozenset[str]
    accounts: frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """How much of a pattern something covers, and how much of what it shows belongs to the pattern."""

    finds: bool
    covered: Fraction
    own: Fraction


def finds(alert: Ranked, pattern: Pattern) -> bool:
    """The strict test, on transactions or on accounts."""
    return len(alert.accounts) <= MOST_MEMBERS and best_share(alert, pattern).finds


def best_share(alert: Ranked, pattern: Pattern) -> Share:
    """The better of the two shares, of transactions and of accounts."""
    return max(_share(alert.references, pattern.references), _share(alert.accounts, pattern.accounts))


def _share(shown: frozenset[str], planted: frozenset[str]) -> Share:
    common = len(shown & planted)
    if not common:
        return Share(False, Fraction(0), Fraction(0))
    covered, own = Fraction(common, len(planted)), Fraction(common, len(shown))
    return Share(covered >= LEAST_COVERED and own >= LEAST_OWN, covered, own)


def evaluate(alerts: Sequence[Ranked], patterns: Sequence[Pattern]) -> dict[str, object]:
    """Patterns found and precision at each budget, and the patterns found by kind at each. Shares are per mille."""
    return budgets(matches(alerts, patterns), patterns)


def budgets(found_by: Sequence[Sequence[str]], patterns: Sequence[Pattern]) -> dict[str, object]:
    """The same from what `matches` told: the patterns that each alert finds, best alert first."""
    rows = []
    for share in BUDGETS:
        k = budget(share, len(patterns))
        found, hits = reached(found_by, k)
        rows.append(
            {
                "budget": f"{share / 1000:g}x",
                "k": k,
                "alerts": min(k, len(found_by)),
                "found": len(found),
                "recall_per_mille": 1000 * len(found) // max(1, len(patterns)),
                "precision_per_mille": 1000 * hits // k,
                "by_kind": _by_kind(found, patterns),
            }
        )
    return {"patterns": len(patterns), "alerts": len(found_by), "budgets": rows}


def budget(share: int, patterns: int) -> int:
    """How many alerts are looked at: a share per mille of the number of patterns, one at least."""
    return max(1, patterns * share // 1000)


def reached(found_by: Sequence[Sequence[str]], k: int) -> tuple[set[str], int]:
    """The patterns that the first k alerts find, and how many of these alerts find any."""
    top = found_by[:k]
    return {name for names in top for name in names}, sum(1 for names in top if names)


def matches(alerts: Sequence[Ranked], patterns: Sequence[Pattern]) -> list[list[str]]:
    """The patterns that each alert finds, in the order of the alerts."""
    found: list[list[str]] = [[] for _ in alerts]
    known = {pattern.name: pattern for pattern in patterns}
    for name, close in near(alerts, patterns).items():
        for number in close:
            if finds(alerts[number], known[name]):
                found[number].append(name)
    return found


def near(alerts: Sequence[Ranked], patterns: Sequence[Pattern]) -> dict[str, list[int]]:
    """For each pattern, in the order given, the positions of the alerts that show any transaction or account of it."""
    by_reference = _index(alert.references for alert in alerts)
    by_account = _index(alert.accounts for alert in alerts)
    return {
        pattern.name: sorted(
            {number for reference in pattern.references for number in by_reference.get(reference, ())}
            | {number for account in pattern.accounts for number in by_account.get(account, ())}
        )
        for pattern in patterns
    }


def _index(shown: Iterable[frozenset[str]]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for number, names in enumerate(shown):
        for name in names:
            index[name].append(number)
    return index


def _by_kind(found: set[str], patterns: Sequence[Pattern]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for pattern in patterns:
        kind = counts.setdefault(pattern.kind, {"planted": 0, "found": 0})
        kind["planted"] += 1
        kind["found"] += pattern.name in found
    return dict(sorted(counts.items()))
