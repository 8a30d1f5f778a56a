"""Which pairs of accounts meet over several others in one window: the ways between two hubs, found many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.network.relations import Ints
from detectors.network.tables import MOST_MIDDLEMEN, Census

LEAST_SIDE = 2
_AT_ONCE = 1 << 18
"""Ways that are sorted together: as many as a processor's cache holds, but all those of one hub, however many."""


@dataclass(frozen=True, slots=True)
class Half:
    """One side of the ways: relations `at` positions of the window, between a hub and an account that is walked over."""

    hub: Ints
    via: Ints
    at: Ints

    @classmethod
    def of(cls, census: Census, flags: NDArray[np.bool_], *, hub: str, by: str) -> Half:
        """The relations whose flag is up, with their `payer` or their `payee` as the hub, in the order of the side `by` and there
        of the other."""
        order = census.by_payer if by == "payer" else census.by_payee
        at = order[flags[order]]
        payer, payee = census.payer[at], census.payee[at]
        return cls(payer, payee, at) if hub == "payer" else cls(payee, payer, at)

    def bounds(self, accounts: int) -> Ints:
        """Where the relations of each account that is walked over begin, and the end, of a half in their order."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.via, minlength=accounts))])


def between(census: Census, into: NDArray[np.bool_], onward: NDArray[np.bool_]) -> pl.DataFrame:
    """The ways from a payer over an account to a payee, for pairs of hubs that two to MOST_MIDDLEMEN ways lie between: `one, via,
    other`, and of the two relations `edge, day, edge_2, day_2`."""
    first = Half.of(census, into, hub="payer", by="payer")
    second = Half.of(census, onward, hub="payee", by="payer")
    bounds = second.bounds(len(census.out_degree))
    return _ways(census, first, second, bounds[first.via], bounds[first.via + 1])


def alike(census: Census, flags: NDArray[np.bool_], *, hub: str) -> pl.DataFrame:
    """The same for two payers who paid the same accounts, or two payees whom the same accounts paid; `one` is the lesser."""
    first = Half.of(census, flags, hub=hub, by=hub)
    second = Half.of(census, flags, hub=hub, by="payee" if hub == "payer" else "payer")
    own = np.empty(len(flags), dtype=np.int64)
    own[second.at] = np.arange(len(second.at))
    return _ways(census, first, second, own[first.at] + 1, second.bounds(len(census.out_degree))[first.via + 1])


def _ways(census: Census, first: Half, second: Half, starts: Ints, ends: Ints) -> pl.DataFrame:
    """Each of `first`, in the order of its hubs, meets those of `second` from its start to its end. Only pairs of hubs that meet
    again are written out: of a million ways a few thousand are such."""
    counts = ends - starts
    cuts = _cuts(first.hub, counts)
    found = [_again(first.hub[lo:hi], second.hub, starts[lo:hi], counts[lo:hi], lo) for lo, hi in pairwise(cuts)]
    row, met = (
        np.concatenate([np.zeros(0, dtype=np.int64), *each])
        for each in (zip(*found, strict=True) if found else ((), ()))
    )
    edges = census.window.edges
    day = census.window.relations.day
    edge, edge_2 = edges[first.at[row]], edges[second.at[met]]
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
    row = np.repeat(np.arange(len(counts)), counts)
    met = np.arange(len(row)) + np.repeat(starts - np.cumsum(counts) + counts, counts)
    one, other = hub[row], other_hub[met]
    pair = one * (int(other.max(initial=0)) + 1) + other
    order = np.argsort(pair)
    rising = pair[order]
    heads = np.nonzero(np.diff(rising, prepend=-1))[0]
    length = np.diff(heads, append=len(rising))
    kept = order[np.repeat((length >= LEAST_SIDE) & (length <= MOST_MIDDLEMEN), length)]
    kept = kept[one[kept] != other[kept]]
    return before + row[kept], met[kept]
