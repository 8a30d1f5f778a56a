"""Which pairs of accounts meet over several others in one window: the ways between two hubs, found many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.network.relations import Ints
from detectors.network.tables import MOST_MIDDLEMEN, Census, Ties

LEAST_SIDE = 2
_AT_ONCE = 1 << 18
"""Ways that are looked at together: as many as a processor's cache holds, but all those of one hub, however many."""
_SLOTS_A_WAY = 8
_SPREAD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
"""Odd factors that spread the pairs of two accounts evenly over the slots."""


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


def between(
    census: Census, walked: NDArray[np.bool_], *, payers: NDArray[np.bool_], payees: NDArray[np.bool_]
) -> pl.DataFrame:
    """The ways from one of `payers` over an account that is `walked` to one of `payees`, for pairs of hubs that two to
    MOST_MIDDLEMEN ways lie between: `one, via, other`, and of the two relations `edge, day, edge_2, day_2`."""
    ties = census.by_payer
    first = Half.of(ties.kept(walked[ties.payee] & payers[ties.payer]), hub="payer")
    second = Half.of(ties.kept(walked[ties.payer] & payees[ties.payee]), hub="payee")
    bounds = second.bounds(len(walked))
    return _ways(census, first, second, bounds[first.via], bounds[first.via + 1])


def alike(census: Census, walked: NDArray[np.bool_], hubs: NDArray[np.bool_], *, hub: str) -> pl.DataFrame:
    """The same for two payers who paid the same accounts, or two payees whom the same accounts paid; `one` is the lesser."""
    sides = []
    for ties in (census.by_payer, census.by_payee) if hub == "payer" else (census.by_payee, census.by_payer):
        whole = Half.of(ties, hub=hub)
        sides.append(Half.of(ties.kept(walked[whole.via] & hubs[whole.hub]), hub=hub))
    first, second = sides
    least = int(first.edge.min(initial=0))
    own = np.empty(int(first.edge.max(initial=0)) - least + 1, dtype=np.int64)
    own[second.edge - least] = np.arange(len(second.edge))
    return _ways(census, first, second, own[first.edge - least] + 1, second.bounds(len(walked))[first.via + 1])


def _ways(census: Census, first: Half, second: Half, starts: Ints, ends: Ints) -> pl.DataFrame:
    """Each of `first`, in the order of its hubs, meets those of `second` from its start to its end. Only pairs of hubs that meet
    again are written out: of a million ways a few thousand are such."""
    counts = ends - starts
    found = [
        _again(first.hub[lo:hi], second.hub, starts[lo:hi], counts[lo:hi], lo)
        for lo, hi in pairwise(_cuts(first.hub, counts))
    ]
    row, met = (
        np.concatenate([np.zeros(0, dtype=np.int64), *each])
        for each in (zip(*found, strict=True) if found else ((), ()))
    )
    day = census.window.relations.day
    edge, edge_2 = first.edge[row], second.edge[met]
    return pl.DataFrame(
        {
            "one": first.hub[row],
            "via": first.via[row],
            "other": second.hub[met],
            "edge": edge,
            "day": day[edge],
            "edge_2": edge_2,
            "day_2": day[edge_2],
        }
    )


def _cuts(hub: Ints, counts: Ints) -> Ints:
    """Where to cut the rows into parts of about as many ways, between two hubs."""
    heads = np.nonzero(hub[1:] != hub[:-1])[0] + 1
    part = (np.cumsum(counts) // _AT_ONCE)[heads - 1]
    inner = heads[np.diff(part, prepend=0) > 0]
    cuts: Ints = np.concatenate([[0], inner, [len(hub)]]) if len(hub) else np.zeros(0, dtype=np.int64)
    return cuts


def _again(hub: Ints, other_hub: Ints, starts: Ints, counts: Ints, before: int) -> tuple[Ints, Ints]:
    """The meetings, as the row in the first half and that in the second, of pairs that meet more than once and not too often."""
    ends = np.cumsum(counts)
    met = np.repeat(starts - ends + counts, counts) + np.arange(ends[-1])
    maybe = _crowded(np.repeat(hub.view(np.uint64) * _SPREAD[0], counts) + other_hub.view(np.uint64)[met] * _SPREAD[1])
    met, row = met[maybe], np.searchsorted(ends, maybe, side="right")
    one, other = hub[row], other_hub[met]
    pair = one * (int(other.max(initial=0)) + 1) + other
    order = np.argsort(pair)
    rising = pair[order]
    heads = np.nonzero(np.diff(rising, prepend=-1))[0]
    length = np.diff(heads, append=len(rising))
    kept = order[np.repeat((length >= LEAST_SIDE) & (length <= MOST_MIDDLEMEN), length)]
    kept = kept[one[kept] != other[kept]]
    return before + row[kept], met[kept]


def _crowded(spread: NDArray[np.uint64]) -> Ints:
    """The places of evenly spread words that share a slot with another one: all that are equal, and a few that are not."""
    bits = (len(spread) * _SLOTS_A_WAY).bit_length()
    slot = (spread >> np.uint64(64 - bits)).view(np.int64)
    turn = np.arange(len(spread), dtype=np.int64)
    last = np.empty(1 << bits, dtype=np.int64)  # only slots that are written below are read
    last[slot] = turn
    shared = np.zeros(1 << bits, dtype=bool)
    shared[slot[last[slot] != turn]] = True
    return np.nonzero(shared[slot])[0]
