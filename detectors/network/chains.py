"""Chains: accounts each of whom pays the next for the first time, within weeks.

Only accounts that seldom have new relations lengthen a chain, so the search is over few of them, and exact for each last payment.
"""

from __future__ import annotations

import numpy as np

from detectors.network.orders import Ints, heads, ordered
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
    if window.days > MOST_DAYS or window.size < LEAST_HOPS:
        return []
    need = least + window.base + window.ln_edges
    walk = _hopeful(census, window.ln_edges - window.ln_accounts - census.once, need)
    if len(walk.edges) < LEAST_HOPS:
        return []
    best, before = [np.zeros(len(walk.edges), dtype=np.int64)], [np.full(len(walk.edges), -1, dtype=np.int64)]
    while len(best) < MOST_HOPS and (best[-1] >= 0).any():
        source, gained = walk.feeders(best[-1])
        gain = walk.worth[walk.payer]
        best.append(np.where((source >= 0) & (gain > 0) & (gained >= 0), gained + gain, _NOTHING))
        before.append(source)
    return _told(walk, best, before, need)


def _hopeful(census: Census, worth: Ints, need: int) -> _Walk:
    """The relations that can lie on a chain worth `need`, by the best that can lead to each and the best that can go on from it."""
    here = census.here
    between = (census.in_degree > 0) & (census.out_degree > 0) & (worth > 0)
    paying, paid = between.take(here.payer), between.take(here.payee)
    inner = here.kept(paying & paid)
    most = np.where(between, worth + LN_2, 0)
    onward = _reach(inner.payer, inner.payee, most)
    back = _reach(inner.payee, inner.payer, most)
    ties = here.kept(paying | paid)
    ties = ties.kept(back.take(ties.payer) + onward.take(ties.payee) >= need)
    return _Walk(ties.edge, ties.payer, ties.payee, census.window.relations.day[ties.edge], worth)


def _reach(near: Ints, far: Ints, most: Ints) -> Ints:
    """For each account the most that a way from it can gain, it included, along relations from `near` to `far`, `most` at each."""
    order = ordered(near)
    near, far = near[order], far[order]
    starts = heads(near)
    begins = near[starts]
    reach = most.copy()
    for _ in range(MOST_HOPS - 2 if len(begins) else 0):
        reach[begins] = most[begins] + np.maximum.reduceat(reach[far], starts)
    return reach


class _Walk:
    """Relations with their ends, their days and the worth of every account, and which of them pay the payer of each."""

    def __init__(self, edges: Ints, payer: Ints, payee: Ints, day: Ints, worth: Ints) -> None:
        self.edges, self.payer, self.payee, self.worth = edges, payer, payee, worth
        day = day - day.min(initial=0)
        span = int(day.max(initial=0)) + 1
        self._order = np.lexsort((np.arange(len(day)), day, payee))
        self._group = payee[self._order]
        keys, mine = self._group * span + day[self._order], payer * span
        self._opens, self._closes = np.searchsorted(keys, mine), np.searchsorted(keys, mine + span)
        self._until = np.searchsorted(keys, mine + day, side="right")

    def feeders(self, values: Ints) -> tuple[Ints, Ints]:
        """For each relation the one with the greatest value that pays its payer, and that value, LN_2 more where it can have come
        before; -1 where there is none."""
        leading = _leading(values[self._order], self._group)
        source = np.full(len(values), -1, dtype=np.int64)
        gained = np.full(len(values), _NOTHING, dtype=np.int64)
        for ends, more in ((self._closes, 0), (self._until, LN_2)):
            fed = self._order[leading[np.maximum(ends - 1, 0)]]
            better = (ends > self._opens) & (values[fed] + more > gained)
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


def _told(walk: _Walk, best: list[Ints], before: list[Ints], need: int) -> list[list[int]]:
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
        hands = {int(walk.payer[edge]) for edge in walked} | {int(walk.payee[end])}
        if len(hands) == len(walked) + 1:
            used.update(walked)
            found.append([int(walk.edges[edge]) for edge in reversed(walked)])
    return found
