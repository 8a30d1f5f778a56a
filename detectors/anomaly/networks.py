"""Networks as units: accounts that first payments tie together in a window, with the numbers that models compare.

A network of two says nothing that its one payment does not, and one of more than `MOST_ACCOUNTS` is a market and no matter.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from detectors.anomaly.components import components, ties
from detectors.anomaly.network_features import NETWORK_FEATURES
from detectors.anomaly.windows import Windows
from detectors.api import SnapshotView

LEAST_ACCOUNTS = 3
MOST_ACCOUNTS = 60
_SPAN = ["days", "window_back"]
_SQL = (Path(__file__).parent / "network_payments.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of all windows, a row each in `rows`, and their payments and accounts.

    `rows` has network (a number), account (the one with most of the payments), days, window_back, draw, transactions, unpriced,
    turnover (whole base units), is_material and a column a feature. `payments` has network, txn, payer, payee, day, moved;
    `members` network, account and balance (received less paid, in whole base units). `left_out` counts what is too wide.
    """

    rows: pl.DataFrame
    payments: pl.DataFrame
    members: pl.DataFrame
    left_out: int


def read_networks(view: SnapshotView, windows: Windows, *, least_turnover: int | Decimal, seed: int) -> Networks:
    """The networks of a snapshot, in the order of time and of their lowest account number."""
    new = ties(view, windows)
    tied = components(new)
    sized = tied.filter(pl.col("size") >= LEAST_ACCOUNTS)
    kept = sized.filter(pl.col("size") <= MOST_ACCOUNTS)
    first = kept.group_by("component", *_SPAN).agg(lowest=pl.col("account").min())
    named = first.sort(*_SPAN, "lowest").with_row_index("network")
    payer = kept.select("component", *_SPAN, payer="account")
    within = new.join(payer, on=["payer", *_SPAN]).join(
        kept.select("component", *_SPAN, payee="account"), on=["payee", "component", *_SPAN]
    )
    wanted = within.join(named, on=["component", *_SPAN]).select("txn", "network", *_SPAN)
    payments = _payments(view, wanted.select("txn", "network"))
    members = _members(payments)
    rows = _measured(payments, members).join(named.select("network", *_SPAN), on="network").sort("network")
    keys = view.sql("select account, key from accounts")
    rows = rows.join(keys, on="account", maintain_order="left").with_columns(
        is_material=pl.col("turnover") >= least_turnover,
        draw=pl.struct("key", *_SPAN).map_elements(lambda row: _draw(windows, row, seed), return_dtype=pl.String),
    )
    wide = sized.filter(pl.col("size") > MOST_ACCOUNTS)["component"].n_unique()
    return Networks(rows, payments, members, wide)


def _draw(windows: Windows, row: dict[str, Any], seed: int) -> str:
    """Text that orders the reference sample: the same for a network whatever else there is."""
    end_day = windows.last_day - row["window_back"] * row["days"]
    return hashlib.sha256(f"{row['key']}|{end_day}|{seed}".encode()).hexdigest()


def _payments(view: SnapshotView, wanted: pl.DataFrame) -> pl.DataFrame:
    cursor = view.connection.cursor()
    try:
        cursor.register("wanted", wanted.to_arrow())
        rows: pl.DataFrame = cursor.sql(_SQL).pl()
        return rows
    finally:
        cursor.unregister("wanted")
        cursor.close()


def _members(payments: pl.DataFrame) -> pl.DataFrame:
    """Who is in a network, how often it is paid and pays there, and how much."""
    sides = pl.concat(
        [
            payments.select("network", account=side, received=received, paid=1 - received, sum=pl.col("moved"))
            for side, received in (("payee", pl.lit(1)), ("payer", pl.lit(0)))
        ]
    )
    return (
        sides.group_by("network", "account")
        .agg(
            received=pl.col("received").sum(),
            paid=pl.col("paid").sum(),
            got=(pl.col("sum") * pl.col("received")).sum(),
            gave=(pl.col("sum") * pl.col("paid")).sum(),
        )
        .with_columns(balance=pl.col("got") - pl.col("gave"))
        .sort("network", "account")
    )


def _measured(payments: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    equal = payments.group_by("network", "currency", "amount").agg(times=pl.len().cast(pl.Int64))
    ties_of = pl.col("received") + pl.col("paid")
    of_members = members.group_by("network").agg(
        accounts=pl.len().cast(pl.Int64),
        most_received=pl.col("received").max().cast(pl.Int64),
        most_paid=pl.col("paid").max().cast(pl.Int64),
        between=((pl.col("received") > 0) & (pl.col("paid") > 0)).sum().cast(pl.Int64),
        handed=pl.min_horizontal("got", "gave").sum(),
        account=pl.col("account").sort_by(-ties_of.cast(pl.Int64), "account").first(),
    )
    of_payments = payments.group_by("network").agg(
        relations=pl.len().cast(pl.Int64),
        moved=pl.col("moved").sum(),
        days_paid=pl.col("day").n_unique().cast(pl.Int64),
        unpriced=pl.col("is_unpriced").sum().cast(pl.Int64),
    )
    pairs = equal.group_by("network").agg(equal_pairs=(pl.col("times") * pl.col("times")).sum())
    counted = (
        of_members.join(of_payments, on="network")
        .join(pairs, on="network")
        .with_columns(closing=pl.col("relations") - pl.col("accounts") + 1)
    )
    return counted.select(
        "network",
        "account",
        "unpriced",
        transactions="relations",
        turnover="moved",
        **{name: feature.value.cast(pl.Int64) for name, feature in NETWORK_FEATURES.items()},
    )
