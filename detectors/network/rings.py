"""Rings: money that can have gone round over three to ten accounts that dealt with each other for the first time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.network.relations import Ints
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
    on = _Onward.of(census, _peeled(census.by_payer, len(census.out_degree)))
    if len(on.edge) < LEAST_HOPS:
        return []
    worth = window.ln_edges - window.ln_accounts - census.once
    hope = _hope(on, worth + LN_2)
    need = least + window.base
    gain = worth[on.payer] + worth[on.payee]
    begun = np.nonzero((on.payee > on.payer) & (gain + hope[MOST_HOPS - 1][on.payee] >= need))[0]
    first = on.frame(begun).with_columns(gain=pl.Series(gain[begun]))
    way = _promising(first, hope[MOST_HOPS - 1], need, ways, left_out, order=("payer", "edge_2")).select(
        start="payer",
        at="to",
        day="day_2",
        first_day="day_2",
        gain="gain",
        nodes=pl.concat_list("payer", "to"),
        edges=pl.concat_list("edge_2"),
    )
    found: list[list[int]] = []
    for hops in range(2, MOST_HOPS + 1):
        if way.is_empty():
            break
        step = on.after(way).with_columns(
            gain=pl.col("gain") + pl.when(pl.col("day") <= pl.col("day_2")).then(LN_2).otherwise(0)
        )
        if hops >= LEAST_HOPS:
            closing = step.filter(pl.col("to") == pl.col("start"))
            total = pl.col("gain") + pl.when(pl.col("day_2") <= pl.col("first_day")).then(LN_2).otherwise(0)
            done = closing.filter(total >= need).select(pl.concat_list("edges", "edge_2").list.sort().alias("edges"))
            found += done["edges"].to_list()
        onward = step.filter((pl.col("to") > pl.col("start")) & ~pl.col("nodes").list.contains(pl.col("to")))
        onward = onward.with_columns(gain=pl.col("gain") + pl.Series(worth[onward["to"].to_numpy()]))
        order = ("start", "edges", "edge_2")
        way = _promising(onward, hope[MOST_HOPS - hops], need, ways, left_out, order=order).select(
            "start",
            at="to",
            day="day_2",
            first_day="first_day",
            gain="gain",
            nodes=pl.concat_list("nodes", "to"),
            edges=pl.concat_list("edges", "edge_2"),
        )
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Onward:
    """Relations in the order of their payers; `bounds` says where those of each account begin, and the end."""

    payer: Ints
    payee: Ints
    edge: Ints
    day: Ints
    bounds: Ints

    @classmethod
    def of(cls, census: Census, ties: Ties) -> _Onward:
        """Some of a window."""
        bounds = np.concatenate([[0], np.cumsum(np.bincount(ties.payer, minlength=len(census.out_degree)))])
        return cls(ties.payer, ties.payee, ties.edge, census.window.relations.day[ties.edge], bounds)

    def frame(self, rows: Ints) -> pl.DataFrame:
        return pl.DataFrame(
            {"payer": self.payer[rows], "to": self.payee[rows], "edge_2": self.edge[rows], "day_2": self.day[rows]}
        )

    def after(self, way: pl.DataFrame) -> pl.DataFrame:
        """Each way with every relation that its end pays: `to, edge_2, day_2`."""
        at = way["at"].to_numpy()
        starts, counts = self.bounds[at], self.bounds[at + 1] - self.bounds[at]
        row = np.repeat(np.arange(len(at)), counts)
        onward = np.arange(len(row)) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        return way[row].hstack(self.frame(onward).drop("payer"))


def _peeled(ties: Ties, accounts: int) -> Ties:
    """What is left without the relations that plainly lie on no ring: of accounts that only pay or are only paid, again and
    again."""
    for _ in range(_PEELS):
        paying, paid = np.zeros(accounts, dtype=bool), np.zeros(accounts, dtype=bool)
        paying[ties.payer] = True
        paid[ties.payee] = True
        turning = paying[ties.payee] & paid[ties.payer]
        if _WORTH_A_PEEL * np.count_nonzero(~turning) <= len(ties):
            break
        ties = ties.kept(turning)
    return ties


def _hope(on: _Onward, most: Ints) -> list[Ints]:
    """For 0 to MOST_HOPS further edges: the most that a walk from each account can still gain before it closes."""
    heads = np.nonzero(np.diff(on.payer, prepend=-1))[0]
    paying = on.payer[heads]
    last = np.full(len(most), _NEVER, dtype=np.int64)
    # The edge that closes the ring gains nothing but that of its order, at both of its ends.
    last[paying] = 2 * LN_2
    hopes = [np.full(len(most), _NEVER, dtype=np.int64), last]
    for _ in range(MOST_HOPS - 1):
        through = (most + hopes[-1])[on.payee]
        now = last.copy()
        now[paying] = np.maximum(last[paying], np.maximum.reduceat(through, heads))
        hopes.append(now)
    return hopes


def _promising(
    way: pl.DataFrame, hope: Ints, need: int, ways: int, left_out: Counter[str], *, order: Sequence[str]
) -> pl.DataFrame:
    """The ways that can still reach `need` from `to`, at most `ways` of them; `order` decides among equals."""
    hopeful = way.with_columns(hope=pl.col("gain") + pl.Series(hope[way["to"].to_numpy()])).filter(
        pl.col("hope") >= need
    )
    if hopeful.height > ways:
        left_out["ways"] += hopeful.height - ways
        hopeful = hopeful.filter(pl.col("hope") >= pl.col("hope").top_k(ways).min())
        hopeful = hopeful.sort("hope", *order, descending=[True] + [False] * len(order)).head(ways)
    return hopeful.drop("hope")
