"""The small shapes that networks grow from, found and scored many at a time: fans, gatherings that scatter, two hubs and rings.

Each is scored by the closed form of `Window.score` for its shape; the few that are kept are scored again one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.network.chains import chains
from detectors.network.hubs import LEAST_SIDE, alike, between
from detectors.network.null import Window
from detectors.network.relations import Ints
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
    if not len(wide):
        return []
    ties = degree[wide]
    score = census.ln_gammas[ties + 1] - census.ties(seen[wide], ties) - window.base - window.ln_accounts
    kept = _best(pl.DataFrame({"centre": wide, "score": score}), limits, left_out)
    return census.edges_of(kept["centre"].to_numpy(), paying=centre == "payer")


def _gather_scatters(census: Census, limits: Limits, left_out: Counter[str]) -> list[list[int]]:
    """One account with all who newly paid it and all whom it newly paid."""
    window, table = census.window, census.ln_gammas
    outs, ins = census.out_degree, census.in_degree
    both = np.nonzero((outs >= LEAST_SIDE) & (ins >= LEAST_SIDE) & (outs + ins <= MOST_TIES))[0]
    if not len(both):
        return []
    factorials = table[outs[both] + 1] + table[ins[both] + 1]
    ties = census.ties(census.out_seen[both], outs[both]) + census.ties(census.in_seen[both], ins[both])
    ordered = _days(census, both, np.maximum, paying=False) <= _days(census, both, np.minimum, paying=True)
    bonus = np.where(ordered, table[outs[both] + ins[both] + 1] - factorials, 0)
    score = factorials + bonus - ties - window.base - window.ln_accounts
    kept = _best(pl.DataFrame({"centre": both, "score": score}), limits, left_out)["centre"].to_numpy()
    sides = zip(census.edges_of(kept, paying=True), census.edges_of(kept, paying=False), strict=True)
    return [paid + received for paid, received in sides]


def _days(census: Census, accounts: Ints, pick: np.ufunc, *, paying: bool) -> Ints:
    """For each of some accounts, all of which have such relations, the day that `pick` takes of those as a payer or as a payee."""
    ties, degree = (census.by_payer, census.out_degree) if paying else (census.by_payee, census.in_degree)
    wanted = np.zeros(len(degree), dtype=bool)
    wanted[accounts] = True
    edges = ties.edge[wanted[ties.payer if paying else ties.payee]]
    return np.asarray(pick.reduceat(census.window.relations.day[edges], np.cumsum(degree[accounts]) - degree[accounts]))


def _through_middlemen(census: Census, limits: Limits, left_out: Counter[str]) -> list[list[int]]:
    """Two accounts, and two or more between them whom the one newly paid and who newly paid the other."""
    through = census.out_degree * census.in_degree
    walked = _walked(through, np.maximum(census.out_degree, census.in_degree), limits, left_out)
    payers, payees = census.out_degree >= LEAST_SIDE, census.in_degree >= LEAST_SIDE
    paths = between(census, walked, payers=payers, payees=payees).with_columns(ordered=pl.col("day") <= pl.col("day_2"))
    return _two_hubs(census, paths, middle=census.once, sides=("payer", "payee"), limits=limits, left_out=left_out)


def _common(common: str, census: Census, limits: Limits, left_out: Counter[str]) -> list[list[int]]:
    """Two accounts that newly paid the same two or more, or were newly paid by the same two or more."""
    hub = "payer" if common == "payee" else "payee"
    degree, seen = _side(census, common)
    walked = _walked(degree * (degree - 1), degree, limits, left_out)
    middle = census.ties(seen, 2)
    enough = _side(census, hub)[0] >= LEAST_SIDE
    paths = alike(census, walked, enough, hub=hub).with_columns(ordered=False)
    return _two_hubs(census, paths, middle=middle, sides=(hub, hub), limits=limits, left_out=left_out)


def _two_hubs(
    census: Census,
    paths: pl.DataFrame,
    *,
    middle: Ints,
    sides: tuple[str, str],
    limits: Limits,
    left_out: Counter[str],
) -> list[list[int]]:
    """Score the pairs of hubs `one, other` with all who lie between them, from the ways over each `via`.

    ln X = base + (k + 2) ln N - 2k ln M + g(one, k) + g(other, k) + the sum of what lies between - ln k!, and - ln 2! where both
    hubs are of one kind.
    """
    window, table = census.window, census.ln_gammas
    if paths.is_empty():
        return []
    paths = paths.with_columns(worth=pl.Series(middle[paths["via"].to_numpy()], dtype=pl.Int64))
    hubs = (
        paths.group_by("one", "other")
        .agg(ways=pl.len().cast(pl.Int64), worth=pl.col("worth").sum(), ordered=pl.col("ordered").sum().cast(pl.Int64))
        .sort("one", "other")
    )
    ways = hubs["ways"].to_numpy()
    ends = sum(
        (census.ties(_side(census, side)[1][hubs[end].to_numpy()], ways))
        for end, side in zip(("one", "other"), sides, strict=True)
    )
    expected = (
        window.base + (ways + 2) * window.ln_accounts - 2 * ways * window.ln_edges + ends + hubs["worth"].to_numpy()
    )
    bonus = table[ways + 1] + hubs["ordered"].to_numpy() * LN_2 + (LN_2 if sides[0] == sides[1] else 0)
    kept = _best(hubs.select("one", "other", score=pl.Series(bonus - expected)), limits, left_out)
    listed = pl.concat([paths.select("one", "other", edge=edge) for edge in ("edge", "edge_2")])
    return _edges_of(listed, kept)


def _side(census: Census, side: str) -> tuple[Ints, Ints]:
    return (census.out_degree, census.out_seen) if side == "payer" else (census.in_degree, census.in_seen)


def _walked(ways: Ints, degree: Ints, limits: Limits, left_out: Counter[str]) -> NDArray[np.bool_]:
    """Which accounts are walked over: none above the cap, and the narrowest ones whose ways together stay within the bound."""
    allowed = (degree <= limits.hub_cap) & (ways > 0)
    left_out["hubs"] += int(np.count_nonzero((ways > 0) & ~allowed))
    rising = np.sort(ways[allowed])
    fitting = int(np.searchsorted(np.cumsum(rising), limits.paths, side="right"))
    if fitting < len(rising):
        narrow = allowed & (ways < rising[fitting])
        left_out["crowded"] += int(np.count_nonzero(allowed & ~narrow))
        allowed = narrow
    return allowed


def _best(scored: pl.DataFrame, limits: Limits, left_out: Counter[str]) -> pl.DataFrame:
    """The rows with at least the least score, the best `limits.seeds` of them, without their score."""
    fine = scored.filter(pl.col("score") >= limits.least)
    keys = [name for name in scored.columns if name != "score"]
    left_out["seeds"] += max(0, fine.height - limits.seeds)
    return fine.sort("score", *keys, descending=[True] + [False] * len(keys)).head(limits.seeds).drop("score")


def _edges_of(listed: pl.DataFrame, kept: pl.DataFrame) -> list[list[int]]:
    """The distinct edges of each kept group, in the order of the groups' keys."""
    if kept.is_empty():
        return []
    keys = kept.columns
    groups = listed.join(kept, on=keys, how="semi").group_by(keys).agg(pl.col("edge").unique().sort()).sort(keys)
    answer: list[list[int]] = groups["edge"].to_list()
    return answer


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
