"""How sure a share is: intervals by drawing again with replacement (Efron 1979), seeded, in whole numbers per mille."""

from __future__ import annotations

import random
from collections.abc import Sequence

DRAWS = 1000
_OUTSIDE = 25
"""Per mille of the draws that lie below an interval, and as many above: together it holds 95 %."""


def interval(values: Sequence[int], *, seed: int, draws: int = DRAWS) -> list[int]:
    """The 95 % interval of the mean of `values`, lower and upper bound per mille. Nothing gives [0, 0].

    The values are of patterns (1 found, 0 not), of alerts (1 right, 0 not), or differences of two such on the same pattern.
    """
    size = len(values)
    if not size:
        return [0, 0]
    drawn = random.Random(seed)  # noqa: S311 - repeatable on purpose; nothing secret hangs on it
    means = sorted(1000 * sum(drawn.choices(values, k=size)) // size for _ in range(draws))
    below = draws * _OUTSIDE // 1000
    return [means[below], means[draws - 1 - below]]
