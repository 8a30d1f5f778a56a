"""Dense layers: groups of payers and payees that are tied more tightly than half of all ways between them, in any window of days.

All windows are worked on at once as columns; there is no loop over payments.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.legs import LEGS, query

_CANDIDATES = f"""
with {LEGS},
slotted as materialized (
    select *, day // $window_days as slot from legs
),
payers as (
    -- A window lies in two neighbouring slots of its own length; few accounts have enough payments in any two.
    select payer, first_slot from (
        select payer, unnest([slot - 1, slot]) as first_slot, count(*) as payments from slotted group by payer, slot
    )
    group by payer, first_slot having sum(payments) >= $least_ties
),
payees as (
    select payee, first_slot from (
        select payee, unnest([slot - 1, slot]) as first_slot, count(*) as payments from slotted group by payee, slot
    )
    group by payee, first_slot having sum(payments) >= $least_ties
),
ties as materialized (
    select distinct payer, payee, first_slot
    from (select payer, payee, unnest([slot - 1, slot]) as first_slot from slotted)
    semi join payers using (payer, first_slot) semi join payees using (payee, first_slot)
),
paying as (
    select payer, first_slot from ties group by payer, first_slot having count(*) >= $least_ties
),
fewer as materialized (
    select * from ties semi join paying using (payer, first_slot)
),
paid as (
    select payee, first_slot from fewer group by payee, first_slot having count(*) >= $least_ties
),
fewest as materialized (
    select * from fewer semi join paid using (payee, first_slot)
),
near as (
    select distinct payer, payee, unnest([first_slot, first_slot + 1]) as slot from fewest
)
select s.txn, s.payer, s.payee, s.day, s.t_s, s.t_end_s, s.amount, true as onward
from slotted as s semi join near on near.payer = s.payer and near.payee = s.payee and near.slot = s.slot
union all
select s.txn, s.payer, s.payee, s.day, s.t_s, s.t_end_s, s.amount, false
from slotted as s semi join near on near.payer = s.payee and near.payee = s.payer
order by txn, onward
"""
_RECEIVED = f"""
with {LEGS}
select payee, day, sum(amount) as received from legs where payee in (select unnest(?::integer[]))
group by payee, day order by payee, day
"""


def layer_pairs(view: SnapshotView, params: Params) -> pl.DataFrame:
    """Every dense pair of layers of every window: `pair` numbers them, best first, and each row is one of its payments.

    Columns: pair, txn, payer, payee, t_s, t_end_s, amount, ties, density, explained.
    """
    rows = view.sql(query(_CANDIDATES, params))
    legs = rows.filter("onward").drop("onward")
    spread = _by_window(legs, params)
    back = _by_window(rows.filter(~pl.col("onward")), params).select("window", payer="payee", payee="payer")
    ties = spread.select("window", "payer", "payee").unique().join(back, on=["window", "payer", "payee"], how="anti")
    dense = pl.concat([_dense(core, params) for core in _cores(ties, int(params["least_ties"]))] or [_no_pairs()])
    paid = dense.join(spread, on=["window", "payer", "payee"])
    return _numbered(_explained(view, paid, params))


def _by_window(legs: pl.DataFrame, params: Params) -> pl.DataFrame:
    """Each payment once for every window of days that it lies in; `window` is the day on which it opens."""
    length = int(params["window_days"])
    return legs.with_columns(window=pl.int_ranges(pl.col("day") - (length - 1), pl.col("day") + 1)).explode("window")


def _cores(ties: pl.DataFrame, least: int) -> Iterator[pl.DataFrame]:
    """The ties that remain when everybody in them has at least `least`, then one more, and so on, until none remains."""
    degree = least
    while ties.height:
        before = -1
        while ties.height != before:
            before = ties.height
            ties = ties.filter(pl.len().over("window", "payer") >= degree)
            ties = ties.filter(pl.len().over("window", "payee") >= degree)
        if ties.height:
            yield ties.with_columns(degree=pl.lit(degree, pl.Int32))
        degree += 1


def _dense(core: pl.DataFrame, params: Params) -> pl.DataFrame:
    """The ties of those connected parts of a core that are large and dense enough."""
    parts = core.with_columns(part=pl.col("payer"))
    before = None
    while before is None or not before.equals(parts["part"]):
        before = parts["part"]
        parts = parts.with_columns(part=pl.col("part").min().over("window", "payer"))
        parts = parts.with_columns(part=pl.col("part").min().over("window", "payee"))
    part = ("window", "part")
    sized = parts.with_columns(
        ties=pl.len().over(part).cast(pl.Int64),
        payers=pl.col("payer").n_unique().over(part).cast(pl.Int64),
        payees=pl.col("payee").n_unique().over(part).cast(pl.Int64),
    ).with_columns(density=pl.col("ties") * 1000 // (pl.col("payers") * pl.col("payees")))
    least = int(params["least_nodes"])
    return sized.filter(
        pl.min_horizontal("payers", "payees") >= least, pl.col("density") >= int(params["least_density"])
    ).select("window", "degree", "part", "payer", "payee", "ties", "density")


def _no_pairs() -> pl.DataFrame:
    whole = {"window": pl.Int32, "degree": pl.Int32, "part": pl.Int32, "payer": pl.Int32, "payee": pl.Int32}
    return pl.DataFrame(schema={**whole, "ties": pl.Int64, "density": pl.Int64})


def _explained(view: SnapshotView, paid: pl.DataFrame, params: Params) -> pl.DataFrame:
    """Those whose ties carry enough of all that their payees received in the window."""
    payees = paid.select("window", "degree", "part", "payee").unique()
    received = view.sql(query(_RECEIVED, params), [sorted(set(payees["payee"].to_list()))])
    pair = ["window", "degree", "part"]
    length = int(params["window_days"])
    whole = (
        payees.join(received, on="payee")
        .filter(pl.col("day") >= pl.col("window"), pl.col("day") < pl.col("window") + length)
        .group_by(pair)
        .agg(whole=_units("received").sum())
    )
    within = paid.group_by(pair).agg(within=_units("amount").sum())
    shares = within.join(whole, on=pair).select(
        *pair, explained=(pl.col("within") * 1000 // pl.col("whole")).cast(pl.Int64)
    )
    return paid.join(shares.filter(pl.col("explained") >= int(params["least_explained"])), on=pair)


def _units(column: str) -> pl.Expr:
    """A decimal as whole ten-thousandths in 128 bits, so that a share of two sums is exact."""
    return (pl.col(column).cast(pl.Decimal(38, 4)) * 10_000).cast(pl.Int128)


def _numbered(paid: pl.DataFrame) -> pl.DataFrame:
    """The pairs in their order: most ties first, then the earliest window, then the smallest degree."""
    pair = ["window", "degree", "part"]
    order = paid.select(*pair, "ties").unique().sort(pl.col("ties") * -1, *pair).with_row_index("pair").drop("ties")
    columns = ("pair", "txn", "payer", "payee", "t_s", "t_end_s", "amount", "ties", "density", "explained")
    return paid.join(order, on=pair).select(columns).sort("pair", "txn")
