"""Logarithms as arrays, and what the accounts of one window are like: what the shapes are scored from, many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from detectors.network.null import Window, ln, ln_gamma
from detectors.network.relations import Ints

MOST_TIES = 40
"""A fan of more is a business: its payees are listed nowhere near whole, and no analyst reads forty strangers."""
MOST_MIDDLEMEN = 20
LN_2 = ln(2)


@lru_cache(maxsize=4)
def _ln_gammas(size: int) -> Ints:
    return np.array([0, *(ln_gamma.__wrapped__(value) for value in range(1, size + 1))], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Ties:
    """Relations with their ends, in the order of one side and there of the other."""

    edge: Ints
    payer: Ints
    payee: Ints

    def __len__(self) -> int:
        return len(self.edge)

    def kept(self, flags: NDArray[np.bool_]) -> Ties:
        """Those whose flag is up."""
        return Ties(self.edge[flags], self.payer[flags], self.payee[flags])


@dataclass(frozen=True)
class Census:
    """A window with its relations sorted by either side, and the degrees of its accounts in it and outside it."""

    window: Window

    @cached_property
    def by_payer(self) -> Ties:
        """The window's relations in the order of payer and payee."""
        return self._sorted(self.window.relations.by_payer)

    @cached_property
    def by_payee(self) -> Ties:
        """The same in the order of payee and payer."""
        return self._sorted(self.window.relations.by_payee)

    def _sorted(self, order: Ints) -> Ties:
        """What the window has of all relations in an order: they are sorted once for all windows."""
        edges, relations = self.window.edges, self.window.relations
        first, end = (int(edges[0]), int(edges[-1]) + 1) if len(edges) else (0, 0)
        flags = np.zeros(end - first, dtype=bool)
        flags[edges - first] = True
        near = order[(order >= first) & (order < end)]
        edge = near[flags[near - first]]
        return Ties(edge, relations.payer[edge], relations.payee[edge])

    @cached_property
    def out_degree(self) -> Ints:
        return self._degree(self.by_payer.payer)

    @cached_property
    def in_degree(self) -> Ints:
        return self._degree(self.by_payee.payee)

    def _degree(self, side: Ints) -> Ints:
        return np.bincount(side, minlength=len(self.window.relations.accounts)).astype(np.int64)

    def edges_of(self, accounts: Ints, *, paying: bool) -> list[list[int]]:
        """The relations that each of some accounts has as a payer, or as a payee."""
        ties, degree = (self.by_payer, self.out_degree) if paying else (self.by_payee, self.in_degree)
        ends = np.cumsum(degree)[accounts]
        return [ties.edge[end - count : end].tolist() for end, count in zip(ends, degree[accounts], strict=True)]

    @cached_property
    def once(self) -> Ints:
        """What one tie as a payee and one as a payer add for each account: it passes something on."""
        return self.ties(self.in_seen, 1) + self.ties(self.out_seen, 1)

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
