"""Which pairs of accounts meet over several others in one window: the ways between two hubs, found many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detectors.network.orders import Ints, heads, ordered
from detectors.network.tables import MOST_MIDDLEMEN, Census, Ties

LEAST_SIDE = 2
_AT_ONCE = 1 << 18
"""Ways that are looked at together: as many as a processor's cache holds, but all those of one hub, however many."""


@dataclass(frozen=True, slots=True)
class Half:
    """One side of the ways: relations `edge` between a hub and an account that is walked over."""

    hub: Ints
    via: Ints
    edge: Ints

    @classmethod
    def of(cls, ties: Ties, *, hub: str) -> Half:
        """The relations, in their order, with their `payer` or their `payee` as the hub."""
        return cls(*((ties.payer, ties.payee) if hub == "payer" else (ties.payee, ties.payer)), ties.edge)

    def bounds(self, accounts: int) -> Ints:
        """Where the relations of each account that is walked over begin, and the end, of a half in their order."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.via, minlength=accounts))])


@dataclass(frozen=True, slots=True)
class Meetings:
    """Pairs of hubs `one, other`, rising, with the number of `ways` between them; and way after way, pair after pair, the account
    `via` that it leads over and its relations `edge` and `edge_2`."""

    one: Ints
    other: Ints
    ways: Ints
    via: Ints
    edge: Ints
    edge_2: Ints

    def sums(self, values: NDArray[np.int64 | np.bool_]) -> Ints:
        """For each pair the sum over its ways."""
        return np.add.reduceat(values, np.cumsum(self.ways) - self.ways, dtype=np.int64)

    def edges_of(self, pairs: Ints) -> list[list[int]]:
        """The relations of some pairs, each once."""
        ends = np.cumsum(self.ways)[pairs].tolist()
        spans = [slice(end - count, end) for end, count in zip(ends, self.ways[pairs].tolist(), strict=True)]
        return [sorted({*self.edge[span].tolist(), *self.edge_2[span].tolist()}) for span in spans]


def between(
    census: Census, walked: NDArray[np.bool_], *, payers: NDArray[np.bool_], payees: NDArray[np.bool_]
) -> Meetings:
    """The ways from one of `payers` over an account that is `walked` to one of `payees`, for pairs of hubs that two to
    MOST_MIDDLEMEN ways lie between."""
    ties = census.hubs_by_payer
    first = Half.of(ties.kept(walked.take(ties.payee) & payers.take(ties.payer)), hub="payer")
    second = Half.of(ties.kept(walked.take(ties.payer) & payees.take(ties.payee)), hub="payee")
    bounds = second.bounds(len(walked))
    return _meetings(first, second, bounds.take(first.via), bounds.take(first.via + 1))


def alike(census: Census, walked: NDArray[np.bool_], hubs: NDArray[np.bool_], *, hub: str) -> Meetings:
    """The same for two payers who paid the same accounts, or two payees whom the same accounts paid; `one` is the lesser."""
    sides = []
    orders = (census.hubs_by_payer, census.hubs_by_payee)
    for ties in orders if hub == "payer" else orders[::-1]:
        whole = Half.of(ties, hub=hub)
        sides.append(Half.of(ties.kept(walked.take(whole.via) & hubs.take(whole.hub)), hub=hub))
    first, second = sides
    least = int(first.edge.min(initial=0))
    own = np.empty(int(first.edge.max(initial=0)) - least + 1, dtype=np.int64)
    own[second.edge - least] = np.arange(len(second.edge))
    return _meetings(first, second, own.take(first.edge - least) + 1, second.bounds(len(walked)).take(first.via + 1))


def _meetings(first: Half, second: Half, starts: Ints, ends: Ints) -> Meetings:
    """Each of `first`, in the order of its hubs, meets those of `second` from its start to its end. Only pairs of hubs that meet
    again are written out: of a million ways a few thousand are such."""
    counts = ends - starts
    cuts = _cuts(first.hub, counts)
    found = [_again(first.hub[lo:hi], second.hub, starts[lo:hi], counts[lo:hi], lo) for lo, hi in pairwise(cuts)]
    row, met, ways = (
        np.concatenate([np.zeros(0, dtype=np.int64), *(part[number] for part in found)]) for number in range(3)
    )
    begin = np.cumsum(ways) - ways
    return Meetings(
        first.hub[row[begin]], second.hub[met[begin]], ways, first.via[row], first.edge[row], second.edge[met]
    )


def _cuts(hub: Ints, counts: Ints) -> list[int]:
    """Where to cut the rows into parts of about as many ways, between two hubs."""
    if not len(hub):
        return []
    begins = heads(hub)[1:]
    part = (np.cumsum(counts) // _AT_ONCE)[begins - 1]
    return [0, *begins[np.diff(part, prepend=0) > 0].tolist(), len(hub)]


def _again(hub: Ints, other_hub: Ints, starts: Ints, counts: Ints, before: int) -> tuple[Ints, Ints, Ints]:
    """The meetings, as the row in the first half and that in the second, of pairs that meet more than once and not too often; and
    how many each pair has."""
    ends = np.cumsum(counts)
    met = np.repeat(starts - ends + counts, counts)
    met += np.arange(len(met))
    other = other_hub.take(met)
    turn = np.cumsum(np.diff(hub, prepend=hub[:1]) != 0)
    pair = np.repeat(turn * (int(other.max(initial=0)) + 1), counts)
    pair += other
    order = ordered(pair)
    rising = pair.take(order)
    again = np.nonzero(rising[1:] == rising[:-1])[0]
    begins = np.nonzero(np.diff(again, prepend=-2) != 1)[0]
    ways = np.diff(begins, append=len(again)) + 1
    place = again[begins]
    row = np.searchsorted(ends, order[place], side="right")
    fine = (ways <= MOST_MIDDLEMEN) & (hub[row] != other[order[place]])
    place, ways = place[fine], ways[fine]
    way = order[np.repeat(place - np.cumsum(ways) + ways, ways) + np.arange(int(ways.sum()))]
    return before + np.searchsorted(ends, way, side="right"), met[way], ways
