"""The small shapes that networks grow from, found and scored many at a time: fans, gatherings that scatter, two hubs and rings.

Each is scored by the closed form of `Window.score` for its shape; the few that are kept are scored again one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detectors.network.chains import chains
from detectors.network.hubs import LEAST_SIDE, Meetings, alike, between
from detectors.network.null import Window
from detectors.network.orders import Ints
from detectors.network.rings import rings
from detectors.network.tables import LN_2, MOST_TIES, Census

STARS = frozenset({"fan_out", "fan_in", "gather_scatter"})
"""Shapes around one account: it is how many ties it has within a window that is rare."""
CLOSED = frozenset({"scatter_gather", "common_payees", "common_payers", "ring", "chain"})
"""Shapes that close: it is who is tied to whom that is rare."""
LEAST_FAN = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the search: the least score in billionths of a nat, and how much is looked at in one window."""

    least: int
    seeds: int
    hub_cap: int
    paths: int
    ways: int


@dataclass(frozen=True, slots=True)
class Seed:
    """A shape in a window: its score in billionths of a nat and the positions of its relations, sorted."""

    score: int
    shape: str
    edges: tuple[int, ...]
    window: Window

    @property
    def rank(self) -> tuple[int, tuple[int, ...], int, int]:
        """The best comes first; then by relations, so that equal scores have one order; then the shorter window."""
        return -self.score, self.edges, self.window.days, self.window.opens


def seeds(
    window: Window, limits: Limits, left_out: Counter[str], shapes: frozenset[str] = STARS | CLOSED
) -> list[Seed]:
    """The shapes of a window that are worth at least `limits.least`, best first; what a bound left out is counted."""
    census = Census(window)
    found: dict[tuple[int, ...], str] = {}
    for shape, find in _FINDERS.items():
        for edges in find(census, limits, left_out) if shape in shapes else ():
            found.setdefault(tuple(sorted(edges)), shape)
    scored = (Seed(window.score(edges), shape, edges, window) for edges, shape in found.items())
    kept = sorted((seed for seed in scored if seed.score >= limits.least), key=lambda seed: seed.rank)
    left_out["seeds"] += max(0, len(kept) - limits.seeds)
    return kept[: limits.seeds]


def _fans(centre: str, census: Census, limits: Limits, left_out: Counter[str]) -> list[list[int]]:
    """One account and all its novel payees, or payers. ln X = base + ln N + g(d) - ln d!: leaves cancel."""
    window = census.window
    degree, seen = _side(census, centre)
    wide = np.nonzero((degree >= LEAST_FAN) & (degree <= MOST_TIES))[0]
    ties = degree[wide]
    score = census.ln_gammas[ties + 1] - census.ties(seen[wide], ties) - window.base - window.ln_accounts
    return census.edges_of(wide[_best(score, limits, left_out)], paying=centre == "payer")


def _gather_scatters(census: Census, limits: Limits, left_out: Counter[str]) -> list[list[int]]:
    """One account with all who newly paid it and all whom it newly paid."""
    window, table = census.window, census.ln_gammas
    degrees = census.out_degree, census.in_degree
    both = np.nonzero((degrees[0] >= LEAST_SIDE) & (degrees[1] >= LEAST_SIDE) & (sum(degrees) <= MOST_TIES))[0]
    outs, ins = (degree[both] for degree in degrees)
    factorials = table[outs + 1] + table[ins + 1]
    ties = census.ties(census.out_seen[both], outs) + census.ties(census.in_seen[both], ins)
    bonus = table[outs + ins + 1] - factorials
    score = factorials - ties - window.base - window.ln_accounts
    # Only of those that can be worth it are the days looked at.
    hopeful = np.nonzero(score + bonus >= limits.least)[0]
    both = both[hopeful]
    ordered = _days(census, both, np.maximum, paying=False) <= _days(census, both, np.minimum, paying=True)
    kept = both[_best(score[hopeful] + np.where(ordered, bonus[hopeful], 0), limits, left_out)]
    sides = zip(census.edges_of(kept, paying=True), census.edges_of(kept, paying=False), strict=True)
    return [paid + received for paid, received in sides]


def _days(census: Census, accounts: Ints, pick: np.ufunc, *, paying: bool) -> Ints:
    """For each of some accounts, all of which have such relations, the day that `pick` takes of those as a payer or as a payee."""
    day = census.window.relations.day
    edges = census.edges_of(accounts, paying=paying)
    return np.array([pick.reduce(day[mine]) for mine in edges], dtype=np.int64)


def _through_middlemen(census: Census, limits: Limits, left_out: Counter[str]) -> list[list[int]]:
    """Two accounts, and two or more between them whom the one newly paid and who newly paid the other."""
    through = census.out_degree * census.in_degree
    walked = _walked(through, np.maximum(census.out_degree, census.in_degree), limits, left_out)
    payers, payees = census.out_degree >= LEAST_SIDE, census.in_degree >= LEAST_SIDE
    pairs = between(census, walked, payers=payers, payees=payees)
    day = census.window.relations.day
    return _two_hubs(
        census,
        pairs,
        worth=census.once[pairs.via],
        ordered=day[pairs.edge] <= day[pairs.edge_2],
        sides=("payer", "payee"),
        limits=limits,
        left_out=left_out,
    )


def _common(common: str, census: Census, limits: Limits, left_out: Counter[str]) -> list[list[int]]:
    """Two accounts that newly paid the same two or more, or were newly paid by the same two or more."""
    hub = "payer" if common == "payee" else "payee"
    degree, seen = _side(census, common)
    walked = _walked(degree * (degree - 1), degree, limits, left_out)
    pairs = alike(census, walked, _side(census, hub)[0] >= LEAST_SIDE, hub=hub)
    return _two_hubs(
        census,
        pairs,
        worth=census.ties(seen[pairs.via], 2),
        ordered=np.zeros(len(pairs.via), dtype=bool),
        sides=(hub, hub),
        limits=limits,
        left_out=left_out,
    )


def _two_hubs(
    census: Census,
    pairs: Meetings,
    *,
    worth: Ints,
    ordered: NDArray[np.bool_],
    sides: tuple[str, str],
    limits: Limits,
    left_out: Counter[str],
) -> list[list[int]]:
    """Score the pairs of hubs with all who lie between them, from the worth of who lies on each way and whether it is in order.

    ln X = base + (k + 2) ln N - 2k ln M + g(one, k) + g(other, k) + the sum of what lies between - ln k!, and - ln 2! where both
    hubs are of one kind.
    """
    window, ways = census.window, pairs.ways
    if not len(ways):
        return []
    ends = sum(
        census.ties(_side(census, side)[1][hub], ways)
        for hub, side in zip((pairs.one, pairs.other), sides, strict=True)
    )
    expected = window.base + (ways + 2) * window.ln_accounts - 2 * ways * window.ln_edges + ends + pairs.sums(worth)
    bonus = census.ln_gammas[ways + 1] + pairs.sums(ordered) * LN_2 + (LN_2 if sides[0] == sides[1] else 0)
    return pairs.edges_of(_best(bonus - expected, limits, left_out))


def _side(census: Census, side: str) -> tuple[Ints, Ints]:
    return (census.out_degree, census.out_seen) if side == "payer" else (census.in_degree, census.in_seen)


def _walked(ways: Ints, degree: Ints, limits: Limits, left_out: Counter[str]) -> NDArray[np.bool_]:
    """Which accounts are walked over: none above the cap, and the narrowest ones whose ways together stay within the bound."""
    able = ways > 0
    allowed = able & (degree <= limits.hub_cap)
    left_out["hubs"] += int(np.count_nonzero(able) - np.count_nonzero(allowed))
    if int(ways.sum(where=allowed)) > limits.paths:
        rising = np.sort(ways[allowed])
        narrow = allowed & (ways < rising[np.searchsorted(np.cumsum(rising), limits.paths, side="right")])
        left_out["crowded"] += int(np.count_nonzero(allowed) - np.count_nonzero(narrow))
        allowed = narrow
    return allowed


def _best(score: Ints, limits: Limits, left_out: Counter[str]) -> Ints:
    """The places of the best `limits.seeds` of what has at least the least score, the best first and the first of equals."""
    fine = np.nonzero(score >= limits.least)[0]
    left_out["seeds"] += max(0, len(fine) - limits.seeds)
    return fine[np.argsort(-score[fine], kind="stable")][: limits.seeds]


def _rings(census: Census, limits: Limits, left_out: Counter[str]) -> list[list[int]]:
    return rings(census, limits.least, limits.ways, left_out)


def _chains(census: Census, limits: Limits, _left_out: Counter[str]) -> list[list[int]]:
    return chains(census, limits.least)


_FINDERS: dict[str, Callable[[Census, Limits, Counter[str]], list[list[int]]]] = {
    "scatter_gather": _through_middlemen,
    "common_payees": partial(_common, "payee"),
    "common_payers": partial(_common, "payer"),
    "ring": _rings,
    "chain": _chains,
    "gather_scatter": _gather_scatters,
    "fan_out": partial(_fans, "payer"),
    "fan_in": partial(_fans, "payee"),
}
"""Where two shapes have the same relations, the first has the name."""
