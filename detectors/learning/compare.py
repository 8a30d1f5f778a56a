"""Two orders of the same decided alerts: which has more worth a look in the first half of the budget, and is that more than chance.

The alerts that stood above the line count once; those drawn from below it for as many as they stand for. So an order that would have
brought up what was missed gets the credit, and one that merely shuffles what everybody read anyway does not.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from detectors.learning.decisions import FULL, Decision
from detectors.learning.order import Weights
from schemas.canonical import digest_json

RESAMPLES = 1000
_LOW, _HIGH = 25, 975
"""The ends of a 95 % interval among RESAMPLES ordered differences, as per mille."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Precision in the first half of the budget, per mille, and its 95 % interval by resampling the decisions."""

    precision: int
    interval: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`decisions` were compared, `left_out` were about accounts known before; `budget` is in alerts, half of those above the line.

    `gain` is what the proposed order has more than the present one, per mille, and its interval, from the same resamples.
    """

    decisions: int
    worth: int
    sampled: int
    left_out: int
    budget: int
    present: Measure
    proposed: Measure
    gain: Measure

    @property
    def is_better(self) -> bool:
        """Whether the whole interval of the gain lies above nothing. A tie keeps the present order."""
        return self.gain.interval[0] > 0


def compared(decisions: Sequence[Decision], present: Weights, proposed: Weights, *, left_out: int = 0) -> Comparison:
    """The two orders on these decisions. Draws are seeded by the decisions, so that the same ones are always judged alike."""
    orders = [_order(decisions, present), _order(decisions, proposed)]
    once = [1] * len(decisions)
    before, after = (_precision(decisions, order, once) for order in orders)
    drawn: tuple[list[int], list[int], list[int]] = ([], [], [])
    chance = random.Random(digest_json([[each.seq, each.worth] for each in decisions]))  # noqa: S311 - resampling, no secret
    for _ in range(RESAMPLES):
        times = [0] * len(decisions)
        for _ in decisions:
            times[int(chance.random() * len(decisions))] += 1
        now, then = (_precision(decisions, order, times) for order in orders)
        for values, value in zip(drawn, (now, then, then - now), strict=True):
            values.append(value)
    present_at, proposed_at, gain_at = (_interval(values) for values in drawn)
    return Comparison(
        decisions=len(decisions),
        worth=sum(each.worth for each in decisions),
        sampled=sum(each.sampled for each in decisions),
        left_out=left_out,
        budget=_room(decisions, once) // FULL,
        present=Measure(before, present_at),
        proposed=Measure(after, proposed_at),
        gain=Measure(after - before, gain_at),
    )


def _order(decisions: Sequence[Decision], weights: Weights) -> list[int]:
    """Positions, best first; what is equal goes by a hash of its number, which favours nobody."""
    keys = [(-weights.points(each.parts), digest_json(["tie", each.seq])) for each in decisions]
    return sorted(range(len(decisions)), key=keys.__getitem__)


def _room(decisions: Sequence[Decision], times: Sequence[int]) -> int:
    """Half of the weight of what stood above the line, or of everything where nothing did."""
    above = sum(FULL * count for each, count in zip(decisions, times, strict=True) if not each.sampled)
    return (above or sum(each.weight * count for each, count in zip(decisions, times, strict=True))) // 2


def _precision(decisions: Sequence[Decision], order: Sequence[int], times: Sequence[int]) -> int:
    """Of what fits into the first half of the budget the share worth a look, per mille; the last one counts as far as it fits."""
    room = left = max(_room(decisions, times), 1)
    hits = 0
    for position in order:
        if left <= 0:
            break
        taken = min(decisions[position].weight * times[position], left)
        hits += taken * decisions[position].worth
        left -= taken
    return 1000 * hits // (room - max(left, 0) or 1)


def _interval(values: Sequence[int]) -> tuple[int, int]:
    ordered = sorted(values)
    return ordered[len(ordered) * _LOW // 1000], ordered[min(len(ordered) * _HIGH // 1000, len(ordered) - 1)]
