"""Rings: money that can have gone round over three to ten accounts that dealt with each other for the first time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from detectors.network.orders import Ints, heads
from detectors.network.tables import LN_2, Census, Ties

LEAST_HOPS = 3
MOST_HOPS = 10
_NEVER = -(2**62)
_PEELS = 30
_WORTH_A_PEEL = 100
"""Peeling ends where it takes away no more than one relation in so many: the ways find out about the rest."""


def rings(census: Census, least: int, ways: int, left_out: Counter[str]) -> list[list[int]]:
    """The rings of a window that score at least `least`, each as its edges.

    Ways grow hop by hop from the account of the ring with the least number. A way is dropped when even the best continuation
    could not reach `least`; where more than `ways` remain the most promising are kept and the others counted.
    """
    window = census.window
    ties = _peeled(census)
    if len(ties) < LEAST_HOPS:
        return []
    on, numbers = _Onward.of(census, ties)
    worth = window.ln_edges - window.ln_accounts - census.once[numbers]
    hope = _hope(on, worth + LN_2)
    need, day = least + window.base, window.relations.day
    begun = np.nonzero(on.payee > on.payer)[0]
    nodes = np.stack([on.payer[begun], on.payee[begun]])
    way = _Ways(on.payee[begun], worth[nodes].sum(axis=0), nodes, on.edge[begun][None])
    found: list[list[int]] = []
    for hops in range(2, MOST_HOPS + 1):
        way = way.promising(hope[MOST_HOPS + 1 - hops], need, ways, left_out)
        if not len(way.to):
            break
        row, to, edge = on.after(way.to)
        gain = way.gain[row] + LN_2 * (day[way.edges[-1, row]] <= day[edge])
        if hops >= LEAST_HOPS:
            closing = np.nonzero(to == way.nodes[0, row])[0]
            total = gain[closing] + LN_2 * (day[edge[closing]] <= day[way.edges[0, row[closing]]])
            done = closing[total >= need]
            found += np.sort(np.vstack([way.edges[:, row[done]], edge[done]]), axis=0).T.tolist()
        onward = np.nonzero(to > way.nodes[0, row])[0]
        onward = onward[(way.nodes[:, row[onward]] != to[onward]).all(axis=0)]
        row, to, edge = row[onward], to[onward], edge[onward]
        way = _Ways(
            to,
            gain[onward] + worth[to],
            np.vstack([way.nodes[:, row], to]),
            np.vstack([way.edges[:, row], edge]),
        )
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Ways:
    """Ways that end at `to`: what they gained, and hop by hop, one row each, their `nodes` and their `edges`."""

    to: Ints
    gain: Ints
    nodes: Ints
    edges: Ints

    def at(self, places: Ints) -> _Ways:
        return _Ways(self.to[places], self.gain[places], self.nodes[:, places], self.edges[:, places])

    def promising(self, hope: Ints, need: int, ways: int, left_out: Counter[str]) -> _Ways:
        """Those that can still reach `need`, at most `ways` of them; of equals the first by where they begin and by their relations."""
        hoped = self.gain + hope[self.to]
        fine = np.nonzero(hoped >= need)[0]
        if len(fine) > ways:
            left_out["ways"] += len(fine) - ways
            hoped = hoped[fine]
            least = np.partition(hoped, len(hoped) - ways)[len(hoped) - ways]
            better, equal = fine[hoped > least], fine[hoped == least]
            turn = np.lexsort((*self.edges[::-1, equal], self.nodes[0, equal]))
            fine = np.concatenate([better, equal[turn[: ways - len(better)]]])
        return self.at(fine)


@dataclass(frozen=True, slots=True)
class _Onward:
    """Relations in the order of their payers, the accounts numbered anew and in their order; `bounds` says where those of each
    account begin, and the end."""

    payer: Ints
    payee: Ints
    edge: Ints
    bounds: Ints

    @classmethod
    def of(cls, census: Census, ties: Ties) -> tuple[_Onward, Ints]:
        """Some of a window, and which accounts the new numbers stand for."""
        flags = np.zeros(census.accounts, dtype=bool)
        flags[ties.payer] = flags[ties.payee] = True
        numbers, number = np.nonzero(flags)[0], np.cumsum(flags) - 1
        ties = Ties(ties.edge, number[ties.payer], number[ties.payee]).by_payer(len(numbers))
        bounds = np.concatenate([[0], np.cumsum(np.bincount(ties.payer, minlength=len(numbers)))])
        return cls(ties.payer, ties.payee, ties.edge, bounds), numbers

    def after(self, at: Ints) -> tuple[Ints, Ints, Ints]:
        """Every relation that each of some accounts pays: the place of the account among them, whom it pays and the relation."""
        starts, counts = self.bounds[at], self.bounds[at + 1] - self.bounds[at]
        row = np.repeat(np.arange(len(at)), counts)
        place = np.arange(len(row)) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        return row, self.payee[place], self.edge[place]


def _peeled(census: Census) -> Ties:
    """What is left without the relations that plainly lie on no ring: of accounts that only pay or are only paid, again and
    again."""
    ties = census.here
    paying, paid = census.out_degree > 0, census.in_degree > 0
    for _ in range(_PEELS):
        turning = np.nonzero(paying.take(ties.payee) & paid.take(ties.payer))[0]
        if _WORTH_A_PEEL * (len(ties) - len(turning)) <= len(ties):
            break
        ties = ties.at(turning)
        paying, paid = np.zeros((2, census.accounts), dtype=bool)
        paying[ties.payer] = True
        paid[ties.payee] = True
    return ties


def _hope(on: _Onward, most: Ints) -> list[Ints]:
    """For 0 to MOST_HOPS further edges: the most that a walk from each account can still gain before it closes."""
    begins = heads(on.payer)
    paying = on.payer[begins]
    last = np.full(len(most), _NEVER, dtype=np.int64)
    # The edge that closes the ring gains nothing but that of its order, at both of its ends.
    last[paying] = 2 * LN_2
    hopes = [np.full(len(most), _NEVER, dtype=np.int64), last]
    for _ in range(MOST_HOPS - 1):
        through = (most + hopes[-1]).take(on.payee)
        now = last.copy()
        now[paying] = np.maximum(last[paying], np.maximum.reduceat(through, begins))
        hopes.append(now)
    return hopes
