"""What a queue would have shown in time: runs as of one day after another, each of which knows only what had happened by then.

An alert is judged when its last payment is `lag` days old, by the first run after that: 0 days is prospective, 60 leaves its
relations two months to prove ordinary. What the last run finds too young is judged by it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from detectors.evaluation.labels import Pattern
from service.house import House

Alert = dict[str, Any]
LEAST_STEP = timedelta(days=30)
MOST_STEPS = 10


@dataclass(frozen=True, slots=True)
class Times:
    """When each reference was paid, and the span of all."""

    paid: Mapping[str, datetime]
    first: datetime
    last: datetime

    def middle_of(self, references: Iterable[str]) -> datetime:
        """When the middle one of these payments was made: early and late ones of a network do not move it."""
        paid = sorted(self.paid[each] for each in references)
        return paid[len(paid) // 2]

    def parting(self, patterns: Sequence[Pattern]) -> datetime:
        """The time before which half of the patterns lie: a simulator may plant all of them early."""
        return sorted(self.middle_of(each.references) for each in patterns)[len(patterns) // 2]


def read_times(house: House) -> Times:
    paid = dict(house.ledger.query("select reference, occurred_at from transactions", []))
    return Times(paid, min(paid.values()), max(paid.values()))


def moments(times: Times) -> list[datetime]:
    """The ends of the steps but the last, which is the end of the data."""
    step = max(LEAST_STEP, (times.last - times.first) / MOST_STEPS)
    ends = []
    while (end := times.first + step * (len(ends) + 1)) < times.last:
        ends.append(end)
    return ends


def judged(runs: Sequence[tuple[datetime, Sequence[Alert]]], times: Times, lag: timedelta) -> list[Alert]:
    """The alerts of all runs, each judged once, best first. One that shares half its evidence with an earlier one is its next
    version and takes its place."""
    kept: list[Alert] = []
    before = times.first - timedelta(microseconds=1)
    for number, (moment, alerts) in enumerate(runs, start=1):
        until = moment if number == len(runs) else moment - lag
        fresh = [alert for alert in alerts if before < _last_paid(alert, times) <= until]
        shown = [_references(alert) for alert in fresh]
        kept = [old for old in kept if not any(_same(_references(old), each) for each in shown)] + fresh
        before = max(before, until)
    return sorted(kept, key=lambda alert: (-alert["score"], alert["key"]))


def half(
    alerts: Sequence[Alert], patterns: Sequence[Pattern], times: Times, *, first: bool
) -> tuple[list[Alert], list[Pattern]]:
    """The alerts and the patterns of the earlier or the later half, each by the middle one of its payments."""
    parting = times.parting(patterns)
    return (
        [each for each in alerts if (times.middle_of(_references(each)) < parting) is first],
        [each for each in patterns if (times.middle_of(each.references) < parting) is first],
    )


def _references(alert: Alert) -> frozenset[str]:
    return frozenset(each["reference"] for each in alert["evidence"])


def _last_paid(alert: Alert, times: Times) -> datetime:
    return max(times.paid[each] for each in _references(alert))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    return 2 * len(one & other) >= min(len(one), len(other))
