"""Logarithms as arrays, and what the accounts of one window are like: what the shapes are scored from, many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from detectors.network.null import Window, ln, ln_gamma
from detectors.network.orders import Ints, heads, ordered

MOST_TIES = 40
"""A fan of more is a business: its payees are listed nowhere near whole, and no analyst reads forty strangers."""
MOST_MIDDLEMEN = 20
LN_2 = ln(2)


@lru_cache(maxsize=4)
def _ln_gammas(size: int) -> Ints:
    return np.array([0, *(ln_gamma.__wrapped__(value) for value in range(1, size + 1))], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Ties:
    """Relations with their ends."""

    edge: Ints
    payer: Ints
    payee: Ints

    def __len__(self) -> int:
        return len(self.edge)

    def at(self, places: Ints) -> Ties:
        """Those at some places."""
        return Ties(self.edge.take(places), self.payer.take(places), self.payee.take(places))

    def kept(self, flags: NDArray[np.bool_]) -> Ties:
        """Those whose flag is up."""
        return self.at(np.nonzero(flags)[0])

    def by_payer(self, accounts: int) -> Ties:
        """The same in the order of payer, payee and time, where they are in that of time."""
        return self.at(ordered(self.payer * accounts + self.payee))

    def by_payee(self, accounts: int) -> Ties:
        """The same in the order of payee, payer and time."""
        return self.at(ordered(self.payee * accounts + self.payer))


@dataclass(frozen=True)
class Census:
    """A window with its relations and the degrees of its accounts in it and outside it."""

    window: Window

    @property
    def accounts(self) -> int:
        """How many accounts have a number, in this window or not."""
        return len(self.window.relations.accounts)

    @cached_property
    def here(self) -> Ties:
        """The window's relations in the order of time."""
        edges, relations = self.window.edges, self.window.relations
        first, end = (int(edges[0]), int(edges[-1]) + 1) if len(edges) else (0, 0)
        if len(edges) == end - first:  # as good as always, and then nothing has to be copied
            return Ties(edges, relations.payer[first:end], relations.payee[first:end])
        return Ties(edges, relations.payer.take(edges), relations.payee.take(edges))

    @cached_property
    def _hubs(self) -> Ties:
        """The relations that can lie on a way between two hubs, all ends of which have more than one."""
        paying, paid = self.out_degree > 1, self.in_degree > 1
        return self.here.kept(paying.take(self.here.payer) | paid.take(self.here.payee))

    @cached_property
    def hubs_by_payer(self) -> Ties:
        """Relations whose payer has another one as a payer, or whose payee has another as a payee, in the order of payer and payee."""
        return self._hubs.by_payer(self.accounts)

    @cached_property
    def hubs_by_payee(self) -> Ties:
        """The same in the order of payee and payer."""
        return self._hubs.by_payee(self.accounts)

    @cached_property
    def out_degree(self) -> Ints:
        return self._degree(self.here.payer)

    @cached_property
    def in_degree(self) -> Ints:
        return self._degree(self.here.payee)

    def _degree(self, side: Ints) -> Ints:
        return np.bincount(side, minlength=self.accounts)

    def edges_of(self, accounts: Ints, *, paying: bool) -> list[list[int]]:
        """The relations that each of some accounts has as a payer, or as a payee; it has one at least."""
        side = self.here.payer if paying else self.here.payee
        mine = np.zeros(self.accounts, dtype=bool)
        mine[accounts] = True
        rows = np.nonzero(mine.take(side))[0]
        rows = rows[np.argsort(side[rows], kind="stable")]
        edge = np.split(self.here.edge[rows], heads(side[rows])[1:])
        return [edge[place].tolist() for place in np.argsort(np.argsort(accounts))]

    @cached_property
    def once(self) -> Ints:
        """What one tie as a payee and one as a payer add for each account: it passes something on."""
        one = np.diff(self.ln_gammas)
        return 2 * self.window.rate + one.take(self.in_seen + 1) + one.take(self.out_seen + 1)

    @cached_property
    def out_seen(self) -> Ints:
        return self.window.seen(self.out_degree, paying=True)

    @cached_property
    def in_seen(self) -> Ints:
        return self.window.seen(self.in_degree, paying=False)

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
