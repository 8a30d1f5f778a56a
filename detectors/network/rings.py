"""Rings: money that can have gone round over three to ten accounts that dealt with each other for the first time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.network.relations import Ints
from detectors.network.tables import LN_2, Census

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
    edges = _peeled(census)
    if edges.height < LEAST_HOPS:
        return []
    once = census.ties(census.out_seen, 1) + census.ties(census.in_seen, 1)
    worth = window.ln_edges - window.ln_accounts - once
    hope = _hope(edges, worth + LN_2)
    need = least + window.base
    frame = edges.with_columns(worth=pl.Series(worth[edges["payee"].to_numpy()]))
    on = frame.select(at="payer", to="payee", edge_2="edge", day_2="day", worth="worth")
    first = frame.filter(pl.col("payee") > pl.col("payer")).select("payer", "edge", "day", "worth", to="payee")
    first = first.with_columns(gain=pl.Series(worth[first["payer"].to_numpy()]) + pl.col("worth"))
    way = _promising(first, hope[MOST_HOPS - 1], need, ways, left_out, order=("payer", "edge")).select(
        start="payer",
        at="to",
        day="day",
        first_day="day",
        gain="gain",
        nodes=pl.concat_list("payer", "to"),
        edges=pl.concat_list("edge"),
    )
    found: list[list[int]] = []
    for hops in range(2, MOST_HOPS + 1):
        if way.is_empty():
            break
        step = way.join(on, on="at").with_columns(
            gain=pl.col("gain") + pl.when(pl.col("day") <= pl.col("day_2")).then(LN_2).otherwise(0)
        )
        if hops >= LEAST_HOPS:
            closing = step.filter(pl.col("to") == pl.col("start"))
            total = pl.col("gain") + pl.when(pl.col("day_2") <= pl.col("first_day")).then(LN_2).otherwise(0)
            done = closing.filter(total >= need).select(pl.concat_list("edges", "edge_2").list.sort().alias("edges"))
            found += done["edges"].to_list()
        onward = step.filter(
            (pl.col("to") > pl.col("start")) & ~pl.col("nodes").list.contains(pl.col("to"))
        ).with_columns(gain=pl.col("gain") + pl.col("worth"))
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


def _peeled(census: Census) -> pl.DataFrame:
    """The relations without those that plainly lie on no ring: of accounts that only pay or are only paid, again and again."""
    payer, payee = census.payer, census.payee
    kept = np.arange(len(payer))
    count = len(census.out_degree)
    for _ in range(_PEELS):
        paying, paid = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        paying[payer[kept]] = True
        paid[payee[kept]] = True
        turning = paying[payee[kept]] & paid[payer[kept]]
        fewer = kept[turning]
        if _WORTH_A_PEEL * (len(kept) - len(fewer)) <= len(kept):
            break
        kept = fewer
    return census.frame[kept]


def _hope(edges: pl.DataFrame, most: Ints) -> list[Ints]:
    """For 0 to MOST_HOPS further edges: the most that a walk from each account can still gain before it closes."""
    order = edges.sort("payer", "edge")
    payer, payee = order["payer"].to_numpy(), order["payee"].to_numpy()
    heads, starts = np.unique(payer, return_index=True)
    last = np.full(len(most), _NEVER, dtype=np.int64)
    # The edge that closes the ring gains nothing but that of its order, at both of its ends.
    last[heads] = 2 * LN_2
    hopes = [np.full(len(most), _NEVER, dtype=np.int64), last]
    for _ in range(MOST_HOPS - 1):
        through = most[payee] + hopes[-1][payee]
        now = last.copy()
        now[heads] = np.maximum(last[heads], np.maximum.reduceat(through, starts))
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
        hopeful = hopeful.sort("hope", *order, descending=[True] + [False] * len(order)).head(ways)
    return hopeful.drop("hope")
