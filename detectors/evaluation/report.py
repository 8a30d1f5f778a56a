"""The whole evaluation as one answer: budgets with intervals, lift, ablations, each detector alone, and what became of each pattern.

All shares are whole numbers per mille, so that the answer is the same text on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from detectors.evaluation.labels import Pattern
from detectors.evaluation.limits import Seen, by_kind, fates
from detectors.evaluation.metrics import BUDGETS, Ranked, budget, budgets, matches, reached
from detectors.evaluation.resample import DRAWS, interval

Answer = dict[str, Any]
Matches = Sequence[Sequence[str]]
_POINTS = 100
"""Points of a curve: more than a chart can show."""
_SCALE = 10**12


@dataclass(frozen=True, slots=True)
class Queues:
    """What is compared: the queue as it stands, other orders and parts of the same findings by name, and each detector alone."""

    standing: Sequence[Ranked]
    ablations: Mapping[str, Sequence[Ranked]]
    alone: Mapping[str, Sequence[Ranked]]
    seen: Sequence[Seen]
    leaders: Sequence[str]
    """Of each alert of the standing queue, the detector that its best finding is of."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """How intervals are drawn."""

    seed: int
    draws: int

    def of(self, found_by: Matches, patterns: Sequence[Pattern], k: int) -> dict[str, list[int]]:
        """Intervals of recall, drawing patterns, and of precision, drawing from the first k alerts; missing ones are wrong."""
        found, _ = reached(found_by, k)
        right = [int(bool(names)) for names in found_by[:k]]
        right += [0] * (k - len(right))
        return {
            "recall_interval": self.drawn([int(each.name in found) for each in patterns]),
            "precision_interval": self.drawn(right),
        }

    def drawn(self, values: Sequence[int]) -> list[int]:
        return interval(values, seed=self.seed, draws=self.draws)


def report(queues: Queues, patterns: Sequence[Pattern], *, seed: int = 1, draws: int = DRAWS) -> Answer:
    """Everything. The keys of `metrics.evaluate` are as there; each budget has its intervals and what chance would give."""
    sure = Certainty(seed, draws)
    found_by = matches(queues.standing, patterns)
    answer: Answer = dict(budgets(found_by, patterns))
    answer["budgets"] = [_beside_chance(row, found_by, patterns, sure) for row in answer["budgets"]]
    k = budget(1000, len(patterns))
    alone = [_alone(name, matches(alerts, patterns), patterns) for name, alerts in sorted(queues.alone.items())]
    alone.sort(key=lambda each: (-each["found_at_1x"], -each["precision_per_mille"], each["detector"]))
    return answer | {
        "seed": seed,
        "draws": draws,
        "curve": _curve(found_by, len(patterns)),
        "ablations": [
            _ablation(name, matches(alerts, patterns), found_by, patterns, sure)
            for name, alerts in queues.ablations.items()
        ],
        "single_detectors": alone,
        "lift_over_best_single_per_mille": _ratio(
            len(reached(found_by, k)[0]), max((each["found_at_1x"] for each in alone), default=0)
        ),
        "led_by": _led_by(found_by[:k], queues.leaders),
        "limits": _limits(found_by, queues.seen, patterns, k),
    }


def by_chance(found_by: Matches, patterns: Sequence[Pattern], k: int) -> dict[str, int]:
    """Recall and precision per mille that k of the same alerts give on average when they come in random order: exact, no draw."""
    alerts, hits = len(found_by), sum(1 for names in found_by if names)
    looked_at = min(k, alerts)
    finders: dict[str, int] = {}
    for names in found_by:
        for name in names:
            finders[name] = finders.get(name, 0) + 1
    ways = comb(alerts, looked_at)
    seen = sum(_SCALE - _SCALE * comb(alerts - number, looked_at) // ways for number in finders.values())
    return {
        "random_recall_per_mille": 1000 * seen // (_SCALE * max(1, len(patterns))),
        "random_precision_per_mille": 1000 * hits * looked_at // (max(1, alerts) * k),
    }


def _beside_chance(row: Answer, found_by: Matches, patterns: Sequence[Pattern], sure: Certainty) -> Answer:
    hits, right = reached(found_by, row["k"])[1], sum(1 for names in found_by if names)
    lift = _ratio(hits * len(found_by), right * row["alerts"])
    chance = by_chance(found_by, patterns, row["k"])
    return row | sure.of(found_by, patterns, row["k"]) | chance | {"lift_per_mille": lift}


def _curve(found_by: Matches, patterns: int) -> list[dict[str, int]]:
    last = min(len(found_by), budget(BUDGETS[-1], patterns))
    step = max(1, last // _POINTS)
    curve = []
    for k in sorted({*range(1, last + 1, step), last} if last else set()):
        found, hits = reached(found_by, k)
        curve.append({"k": k, "found": len(found), "hits": hits})
    return curve


def _ablation(name: str, found_by: Matches, standing: Matches, patterns: Sequence[Pattern], sure: Certainty) -> Answer:
    """One other queue. `recall_change` is its recall at 1x less that of the standing queue, drawn on the same patterns."""
    k = budget(1000, len(patterns))
    mine, theirs = reached(found_by, k)[0], reached(standing, k)[0]
    change = [int(each.name in mine) - int(each.name in theirs) for each in patterns]
    rows: Any = budgets(found_by, patterns)["budgets"]
    return {
        "name": name,
        "alerts": len(found_by),
        "budgets": [{key: value for key, value in row.items() if key != "by_kind"} for row in rows],
        **sure.of(found_by, patterns, k),
        "recall_change": 1000 * len(mine) // max(1, len(patterns)) - 1000 * len(theirs) // max(1, len(patterns)),
        "recall_change_interval": sure.drawn(change),
    }


def _alone(name: str, found_by: Matches, patterns: Sequence[Pattern]) -> Answer:
    k = budget(1000, len(patterns))
    found, hits = reached(found_by, k)
    return {
        "detector": name,
        "alerts": len(found_by),
        "right": sum(1 for names in found_by if names),
        "found_at_1x": len(found),
        "found_at_all": len(reached(found_by, len(found_by))[0]),
        "recall_per_mille": 1000 * len(found) // max(1, len(patterns)),
        "precision_per_mille": 1000 * hits // k,
    }


def _led_by(top: Matches, leaders: Sequence[str]) -> list[dict[str, int | str]]:
    """Which detectors the first alerts are led by, and how often that is right; those that mislead most come first."""
    counts: dict[str, list[int]] = {}
    for names, leader in zip(top, leaders, strict=False):
        counts.setdefault(leader, [0, 0])[bool(names)] += 1
    rows = sorted(counts.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
    return [{"detector": leader, "right": right, "wrong": wrong} for leader, (wrong, right) in rows]


def _limits(found_by: Matches, seen: Sequence[Seen], patterns: Sequence[Pattern], k: int) -> Answer:
    became = fates(found_by, seen, patterns, k)
    return {
        "k": k,
        "by_kind": by_kind(became),
        "patterns": [
            {
                "pattern": each.pattern.name,
                "kind": each.pattern.kind,
                "transactions": len(each.pattern.references),
                "fate": each.fate,
                "rank": each.rank,
                "finding_rank": each.alert_rank,
                "detectors": list(each.detectors),
            }
            for each in became
        ],
    }


def _ratio(one: int, other: int) -> int | None:
    """How many times as much, per mille; none where there is nothing to compare with."""
    return 1000 * one // other if other else None
