"""Which of two queues is better on the same patterns, and how sure that is. Shares are whole numbers per mille."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from detectors.evaluation.labels import Pattern
from detectors.evaluation.metrics import BUDGETS, budget, reached

BUDGETS_MEANT = BUDGETS[:3]
Matches = list[list[str]]


@dataclass(frozen=True, slots=True)
class Mean:
    """Recall and precision per mille: the mean over budgets of 0.5x, 1x and 2x, seeds and data sets."""

    recall: int
    precision: int

    @property
    def both(self) -> int:
        return self.recall + self.precision


def mean_of(queues: Sequence[tuple[Sequence[Pattern], Sequence[Matches]]]) -> Mean:
    """`queues` has the patterns and a queue for each seed, of each data set."""
    cells = [
        (1000 * len(reached(queue, k)[0]) // len(patterns), 1000 * reached(queue, k)[1] // k)
        for patterns, of_seeds in queues
        for queue in of_seeds
        for k in (budget(share, len(patterns)) for share in BUDGETS_MEANT)
    ]
    recall, precision = (sum(column) // len(cells) for column in zip(*cells, strict=True))
    return Mean(recall, precision)


def gain(
    patterns: Sequence[Pattern], mine: Matches, theirs: Matches, drawn: random.Random | None = None
) -> tuple[int, int]:
    """Recall and precision of `mine` less those of `theirs`, per mille, mean over the budgets; on a draw with replacement of the
    same patterns, and of the same places of the queue, where `drawn` is given."""
    names = [each.name for each in patterns]
    chosen = drawn.choices(names, k=len(names)) if drawn else names
    recall = precision = Fraction(0)
    for share in BUDGETS_MEANT:
        k = budget(share, len(patterns))
        places = drawn.choices(range(k), k=k) if drawn else range(k)
        for queue, sign in ((mine, 1), (theirs, -1)):
            found, _ = reached(queue, k)
            recall += Fraction(sign * sum(1 for each in chosen if each in found), len(names))
            precision += Fraction(sign * sum(1 for place in places if place < len(queue) and queue[place]), k)
    return round(1000 * recall / len(BUDGETS_MEANT)), round(1000 * precision / len(BUDGETS_MEANT))


def interval_of(halves: Sequence[tuple[Sequence[Pattern], Matches, Matches]], draws: int) -> tuple[int, int]:
    """The 95 % interval of the gain, mean of recall and precision, over the data sets. Seeded."""
    drawn = random.Random(1)
    sums = sorted(
        sum(sum(gain(patterns, mine, theirs, drawn)) for patterns, mine, theirs in halves) // (2 * len(halves))
        for _ in range(draws)
    )
    return sums[draws * 25 // 1000], sums[draws - 1 - draws * 25 // 1000]
