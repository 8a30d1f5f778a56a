"""Decided alerts as learning sees them: what each detector added, whether the alert was worth an analyst's hour, and the record of
each detector. Who decided, and whom the alert was about, is no part of what is learned from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WORTH: frozenset[str] = frozenset({"suspicion_confirmed", "needs_investigation"})
"""Reasons that say an alert was worth the hour it took: it was confirmed, or somebody goes on with it."""
NOT_WORTH: frozenset[str] = frozenset({"legitimate_business", "known_customer_profile"})
"""Reasons that say it was not. An error in the data, a duplicate and a want of information say nothing about a detector."""
FULL = 1000
"""Thousandths of one decision: what an alert from above the line counts."""
MOST_WEIGHT = 20 * FULL
"""One alert drawn from below the line stands for all that lie there. More than for twenty, one analyst's verdict on one alert would
outweigh a month of work: the weight is cut off there (truncated importance sampling, Ionides 2008)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decided alert. `parts` are the points that each detector added by the formula, in thousandths of a bit.

    `seq` is the journal's number of the decision, the order in time. `weight` is in thousandths: how many alerts it stands for.
    `sampled` says that it was drawn from below the line; `ordered_by` which learned weights had ordered the queue, "" for none.
    """

    seq: int
    subject: str
    worth: bool
    parts: Mapping[str, int]
    weight: int = FULL
    sampled: bool = False
    ordered_by: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Of `decided` alerts in which a detector had a part `worth` were worth a look: counts, or thousandths of weighted decisions."""

    worth: int
    decided: int


def weight_of_sampled(below: int, sampled: int) -> int:
    """What an alert drawn from below the line counts: those that lay there, drawn ones included, over those drawn."""
    return min(FULL * (below + sampled) // max(sampled, 1), MOST_WEIGHT)


def evened(decisions: Sequence[Decision]) -> list[int]:
    """The weights scaled so that they sum to the effective number of decisions (Kish 1965), in thousandths.

    A few heavy decisions tell less than as many light ones as they stand for; so scaled they claim no more than they tell.
    """
    total = sum(each.weight for each in decisions)
    squares = sum(each.weight * each.weight for each in decisions)
    return [each.weight * total * FULL // squares for each in decisions] if squares else []


def records(decisions: Iterable[Decision], weights: Iterable[int]) -> dict[str, Record]:
    """The record of each detector that had a part in a decided alert, by weighted decisions."""
    worth: dict[str, int] = {}
    decided: dict[str, int] = {}
    for decision, weight in zip(decisions, weights, strict=True):
        for detector in decision.parts:
            decided[detector] = decided.get(detector, 0) + weight
            worth[detector] = worth.get(detector, 0) + weight * decision.worth
    return {detector: Record(worth[detector], decided[detector]) for detector in sorted(decided)}
