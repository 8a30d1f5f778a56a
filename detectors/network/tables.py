"""Logarithms as arrays, and what the accounts of one window are like: what the shapes are scored from, many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import polars as pl

from detectors.network.null import Window, ln, ln_gamma
from detectors.network.relations import Ints

MOST_TIES = 40
"""A fan of more is a business: its payees are listed nowhere near whole, and no analyst reads forty strangers."""
MOST_MIDDLEMEN = 20
LN_2 = ln(2)


@lru_cache(maxsize=4)
def _ln_gammas(size: int) -> Ints:
    return np.array([0, *(ln_gamma.__wrapped__(value) for value in range(1, size + 1))], dtype=np.int64)


@dataclass(frozen=True)
class Census:
    """A window with the degrees of its accounts in it and outside it, and its relations as a frame `edge, payer, payee, day`."""

    window: Window

    @cached_property
    def payer(self) -> Ints:
        return self.window.relations.payer[self.window.edges]

    @cached_property
    def payee(self) -> Ints:
        return self.window.relations.payee[self.window.edges]

    @cached_property
    def frame(self) -> pl.DataFrame:
        edges = self.window.edges
        day = self.window.relations.day[edges]
        return pl.DataFrame({"edge": edges, "payer": self.payer, "payee": self.payee, "day": day})

    @cached_property
    def by_payer(self) -> Ints:
        """The positions of the window's relations in the order of payer and payee."""
        return np.argsort(self.payer * len(self.window.relations.accounts) + self.payee)

    @cached_property
    def by_payee(self) -> Ints:
        """The same in the order of payee and payer."""
        return np.argsort(self.payee * len(self.window.relations.accounts) + self.payer)

    @cached_property
    def out_degree(self) -> Ints:
        return self._degree(self.payer)

    @cached_property
    def in_degree(self) -> Ints:
        return self._degree(self.payee)

    def _degree(self, side: Ints) -> Ints:
        return np.bincount(side, minlength=len(self.window.relations.accounts)).astype(np.int64)

    @cached_property
    def out_seen(self) -> Ints:
        return self.window.seen(paying=True)

    @cached_property
    def in_seen(self) -> Ints:
        return self.window.seen(paying=False)

    @cached_property
    def ln_gammas(self) -> Ints:
        """`ln_gamma` of every number that a shape can need."""
        relations = self.window.relations
        counts = (relations.paid, relations.received, relations.knows, relations.known_by)
        most = int(max(count.max(initial=0) for count in counts)) + 2 * MOST_TIES + 3
        return _ln_gammas(1 << most.bit_length())

    def ties(self, seen: Ints, degree: Ints | int) -> Ints:
        """`Window.ties` for many accounts at once."""
        table = self.ln_gammas
        return np.asarray(degree * self.window.rate + table[seen + 1 + degree] - table[seen + 1])
