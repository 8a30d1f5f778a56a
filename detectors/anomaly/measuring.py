"""Measuring account-windows: the features of every account that is busy enough, and the transactions of those that were flagged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl

from detectors.anomaly.components import components, ties
from detectors.anomaly.features import FEATURES
from detectors.anomaly.windows import WINDOW, Windows
from detectors.api import Params, SnapshotView

_SHARED = "account-windows"
"""Whose seed draws the sample: that of the measuring, so that every model finds the same rows."""
_HERE = Path(__file__).parent
_CALENDAR, _LENGTH, _LEGS, _FEATURES_SQL = (
    (_HERE / name).read_text(encoding="utf-8") for name in ("calendar.sql", "length.sql", "legs.sql", "features.sql")
)
_EVIDENCE_SQL = (_HERE / "evidence.sql").read_text(encoding="utf-8")
FRAMES = 100_000
"""What a window's `frame` in SQL is its days times of, with how many of that length lie after it."""
MOST_PAYEES = 50
"""A circle of three leads through accounts that pay no more others than this in a window: of a hub's circles most are chance."""


def account_windows(
    view: SnapshotView,
    windows: Windows,
    *,
    least_transactions: int,
    least_turnover: int | Decimal,
    least_in_short: int | None = None,
) -> pl.DataFrame:
    """One row an account-window that is busy enough to be compared, sorted by account, length and window.

    In the shorter window that asks for `least_in_short` transactions, where it is given. Columns: account, days (of the window),
    window_back (0 is the last of its length), kind, draw (text that orders the reference sample), transactions, unpriced (those
    without a base amount, left out of every money feature), turnover (whole base units), is_material (of the least turnover at
    least), has_cash, and one integer column a feature. What is counted is kept in the snapshot's database: models that measure
    alike count once.
    """
    bound = [least_transactions, Decimal(least_turnover), view.seed(_SHARED), MOST_PAYEES]
    bound.append(least_transactions if least_in_short is None else least_in_short)
    kept = f"account_windows_{hashlib.sha256(repr([windows, *bound]).encode()).hexdigest()[:16]}"
    if not view.sql("select 1 from information_schema.tables where table_name = ?", [kept]).height:
        _keep(view, kept, windows, bound)
    counts = view.sql(f"select * from {kept} order by account, days, window_back")
    return counts.select(
        pl.col("account").cast(pl.Int32),
        pl.col("days").cast(pl.Int32),
        pl.col("window_back").cast(pl.Int32),
        pl.col("kind").fill_null("unknown"),
        "draw",
        pl.col("transactions", "unpriced", "turnover").cast(pl.Int64),
        "is_material",
        has_cash=pl.col("cash") > 0,
        **{name: feature.value.cast(pl.Int64) for name, feature in FEATURES.items()},
    )


def measured(view: SnapshotView, windows: Windows, params: Params) -> pl.DataFrame:
    """The account-windows that a model's parameters ask for."""
    return account_windows(
        view,
        windows,
        least_transactions=int(params["least_transactions"]),
        least_turnover=params["least_turnover"],
        least_in_short=int(params["least_short_transactions"]),
    )


def _keep(view: SnapshotView, name: str, windows: Windows, bound: Sequence[object]) -> None:
    """Count, one length of windows after another, and keep it under this name."""
    tied = components(ties(view, windows))
    calendar = view.sql(
        f"{_CALENDAR} select day, frame from calendar where day * 86400 <= $3 order by day, frame", windows.bound()
    )
    told = [windows.last_day, windows.days, windows.as_of_s, *bound]
    cursor = view.connection.cursor()
    try:
        cursor.register("tied", tied.to_arrow())
        for turn, days in enumerate(sorted({windows.days, windows.short, windows.long})):
            cursor.register("told_calendar", calendar.filter(pl.col("frame") // FRAMES == days).to_arrow())
            into = f"insert into {name}" if turn else f"create table {name} as"
            cursor.execute(f"{into} {_LENGTH} {_LEGS} {_FEATURES_SQL}", told)
            cursor.unregister("told_calendar")
    finally:
        cursor.unregister("tied")
        cursor.close()


def flagged_legs(view: SnapshotView, windows: Windows, flagged: pl.DataFrame) -> pl.DataFrame:
    """The transactions of the flagged account-windows with a boolean column for everything that `Feature.concerns` names.

    `flagged` has the columns of WINDOW. One row a side of a transaction, sorted by account and txn.
    """
    legs = view.sql(
        f"{_CALENDAR} {_LEGS} {_EVIDENCE_SQL}",
        [*windows.bound(), *(flagged[name].to_list() for name in WINDOW)],
    )
    on_day = pl.len().over([*WINDOW, "day"])
    return legs.with_columns(
        is_any=pl.lit(value=True),
        is_largest=(pl.col("amount_base") == pl.col("amount_base").max().over(WINDOW)).fill_null(value=False),
        is_busiest_day=on_day == on_day.max().over(WINDOW),
    )
