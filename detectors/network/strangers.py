"""Fans of strangers: an account whose partners are, far more than others', people it deals with once and never again.

The windows of the search ask when relations come; a fan that is spread over a year hides from all of them. Here the whole of the
data is one window, and an account's own rate is what it knows: who deals with many again and again deals with more once, too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from detectors.network.merge import Network
from detectors.network.null import Window, ln
from detectors.network.orders import Ints
from detectors.network.relations import Relations
from detectors.network.seeds import Limits, seeds

SHAPES = {"fan_out": "strangers_paid", "fan_in": "paid_by_strangers"}
STRANGERS = frozenset(SHAPES.values())


@dataclass(frozen=True)
class Whole(Window):
    """All days as one window, of the relations that are the only dealing of their two accounts.

    What an account has `outside` is how many it knows, and the rate is a stranger for one known: M / (known pairs + N).
    """

    @property
    def edges(self) -> Ints:
        return np.nonzero(self.relations.once)[0]

    @cached_property
    def size(self) -> int:
        return int(np.count_nonzero(self.relations.once))

    @cached_property
    def rate(self) -> int:
        return ln(max(self.size, 1)) - ln(int(self.relations.knows.sum()) + self.relations.population)

    def outside(self, account: int, *, paying: bool) -> int:
        return int((self.relations.knows if paying else self.relations.known_by)[account])

    def seen(self, degree: Ints, *, paying: bool) -> Ints:
        return self.relations.knows if paying else self.relations.known_by


def strangers(relations: Relations, limits: Limits, left_out: Counter[str]) -> list[Network]:
    """The fans of strangers worth `limits.least`, best first."""
    window = Whole(relations, 0, relations.span)
    found = seeds(window, limits, left_out, frozenset(SHAPES))
    return [
        Network(
            seed.score,
            frozenset(seed.edges),
            frozenset(int(side[edge]) for edge in seed.edges for side in (relations.payer, relations.payee)),
            window,
            frozenset({SHAPES[seed.shape]}),
        )
        for seed in found
    ]
