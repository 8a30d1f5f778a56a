"""Patterns found and precision at a budget, by one strict test.

An alert finds a pattern when it covers at least half of the pattern's transactions or accounts, and at least 30 % of the
alert's own transactions, or accounts, belong to that pattern. A vast alert that happens to hold a pattern finds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from detectors.evaluation.labels import Pattern

BUDGETS = (500, 1000, 2000, 5000)
"""Alerts looked at, per mille of the number of patterns."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An alert as evaluation sees it: what it shows, best alert first in a list."""

    alert: str
    references: frozenset[str]
    accounts: frozenset[str]


def finds(alert: Ranked, pattern: Pattern) -> bool:
    """The strict test, on transactions or on accounts."""
    return _covers(alert.references, pattern.references) or _covers(alert.accounts, pattern.accounts)


def _covers(shown: frozenset[str], planted: frozenset[str]) -> bool:
    common = len(shown & planted)
    return common > 0 and 2 * common >= len(planted) and 10 * common >= 3 * len(shown)


def evaluate(alerts: Sequence[Ranked], patterns: Sequence[Pattern]) -> dict[str, object]:
    """Patterns found and precision at each budget, and the patterns found by kind at the largest. Shares are per mille."""
    matches = _matches(alerts, patterns)
    budgets = []
    for share in BUDGETS:
        k = max(1, len(patterns) * share // 1000)
        found = {name for names in matches[:k] for name in names}
        hits = sum(1 for names in matches[:k] if names)
        looked_at = min(k, len(alerts))
        budgets.append(
            {
                "budget": f"{share / 1000:g}x",
                "k": k,
                "alerts": looked_at,
                "found": len(found),
                "recall_per_mille": 1000 * len(found) // max(1, len(patterns)),
                "precision_per_mille": 1000 * hits // k,
                "by_kind": _by_kind(found, patterns),
            }
        )
    return {"patterns": len(patterns), "alerts": len(alerts), "budgets": budgets}


def _matches(alerts: Sequence[Ranked], patterns: Sequence[Pattern]) -> list[list[str]]:
    """The patterns that each alert finds, through an index of what patterns hold."""
    by_reference: dict[str, set[int]] = defaultdict(set)
    by_account: dict[str, set[int]] = defaultdict(set)
    for number, pattern in enumerate(patterns):
        for reference in pattern.references:
            by_reference[reference].add(number)
        for account in pattern.accounts:
            by_account[account].add(number)
    found = []
    for alert in alerts:
        near = {number for reference in alert.references for number in by_reference.get(reference, ())}
        near |= {number for account in alert.accounts for number in by_account.get(account, ())}
        found.append([patterns[number].name for number in sorted(near) if finds(alert, patterns[number])])
    return found


def _by_kind(found: set[str], patterns: Sequence[Pattern]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for pattern in patterns:
        kind = counts.setdefault(pattern.kind, {"planted": 0, "found": 0})
        kind["planted"] += 1
        kind["found"] += pattern.name in found
    return dict(sorted(counts.items()))
