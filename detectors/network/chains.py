"""Chains: accounts each of whom pays the next for the first time, within weeks.

Only accounts that seldom have new relations lengthen a chain, so the search is over few of them, and exact for each last payment.
"""

from __future__ import annotations

import numpy as np

from detectors.network.relations import Ints
from detectors.network.tables import LN_2, Census

LEAST_HOPS = 4
MOST_HOPS = 10
MOST_DAYS = 28
"""Who waits longer than four weeks from the first payment to the last keeps money and does not pass it on."""
_NOTHING = -(2**62)


def chains(census: Census, least: int) -> list[list[int]]:
    """The chains of a window that score at least `least`, each as its edges from the first payer on; no two end with one payment.

    For each relation the best chain of each length that ends with it: what every account on the way is worth is added up hop by
    hop. A chain need not be in the order of time, as who passes money on may pay before being paid; but order is worth more.
    """
    window = census.window
    if window.days > MOST_DAYS or len(window.edges) < LEAST_HOPS:
        return []
    worth = window.ln_edges - window.ln_accounts - census.ties(census.in_seen, 1) - census.ties(census.out_seen, 1)
    gain = np.asarray(worth)[census.payer]
    feeders = _Feeders.of(census)
    best, before = [np.zeros(len(gain), dtype=np.int64)], [np.full(len(gain), -1, dtype=np.int64)]
    while len(best) < MOST_HOPS and (best[-1] >= 0).any():
        source, gained = feeders.best(best[-1])
        reached = np.where((source >= 0) & (gain > 0) & (gained >= 0), gained + gain, _NOTHING)
        best.append(reached)
        before.append(source)
    return _told(census, best, before, least + window.base + window.ln_edges)


class _Feeders:
    """Which relations pay the payer of each relation: all of them, and those among them that can have come before it."""

    def __init__(self, order: Ints, group: Ints, opens: Ints, until: Ints, closes: Ints) -> None:
        self._order, self._group, self._opens, self._until, self._closes = order, group, opens, until, closes

    @classmethod
    def of(cls, census: Census) -> _Feeders:
        """Relations ordered by payee and day, and for each relation where its feeders lie there."""
        window = census.window
        day = window.relations.day[window.edges] - window.opens
        order = np.lexsort((np.arange(len(day)), day, census.payee))
        keys = census.payee[order] * (window.days + 1) + day[order]
        mine = census.payer * (window.days + 1)
        opens, until = np.searchsorted(keys, mine), np.searchsorted(keys, mine + day, side="right")
        return cls(order, census.payee[order], opens, until, np.searchsorted(keys, mine + window.days))

    def best(self, values: Ints) -> tuple[Ints, Ints]:
        """For each relation the feeder with the greatest value, and that value; LN_2 more for one that came before. -1 for none."""
        leading = _leading(values[self._order], self._group)
        source = np.full(len(values), -1, dtype=np.int64)
        gained = np.full(len(values), _NOTHING, dtype=np.int64)
        for ends, more in ((self._closes, 0), (self._until, LN_2)):
            some = ends > self._opens
            fed = self._order[leading[np.maximum(ends - 1, 0)]]
            better = some & (values[fed] + more > gained)
            source, gained = np.where(better, fed, source), np.where(better, values[fed] + more, gained)
        return source, gained


def _leading(values: Ints, group: Ints) -> Ints:
    """For each place the place of the greatest value so far in its group, the first of equals. Groups are contiguous and rising."""
    place = np.arange(len(values))
    order = np.lexsort((-place, values))
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = place
    above = np.cumsum(np.diff(group, prepend=group[:1]) != 0) * len(values)
    return np.asarray(order[np.maximum.accumulate(rank + above) - above])


def _told(census: Census, best: list[Ints], before: list[Ints], need: int) -> list[list[int]]:
    """The chains worth `need`, the best first; one that ends within a better one is left out."""
    good = [
        (-int(values[end]), hops, int(end))
        for hops, values in enumerate(best)
        if hops + 1 >= LEAST_HOPS
        for end in np.nonzero(values >= need)[0]
    ]
    used: set[int] = set()
    found: list[list[int]] = []
    for _, hops, end in sorted(good):
        if end in used:
            continue
        walked = [end]
        for hop in range(hops, 0, -1):
            walked.append(int(before[hop][walked[-1]]))
        hands = {int(census.payer[edge]) for edge in walked} | {int(census.payee[end])}
        if len(hands) == len(walked) + 1:
            used.update(walked)
            found.append([int(census.window.edges[edge]) for edge in reversed(walked)])
    return found
