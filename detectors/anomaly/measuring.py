"""Measuring account-windows: the features of every account that is busy enough, and the transactions of those that were flagged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

from detectors.anomaly.features import FEATURES
from detectors.api import SnapshotView
from schemas.transaction import DAY_SECONDS

_SHARED = "account-windows"
"""Whose seed draws the sample: that of the measuring, so that every model finds the same rows."""
_HERE = Path(__file__).parent
_LEGS = (_HERE / "legs.sql").read_text(encoding="utf-8")
_FEATURES_SQL = (_HERE / "features.sql").read_text(encoding="utf-8")
_EVIDENCE_SQL = (_HERE / "evidence.sql").read_text(encoding="utf-8")
MOST_PAYEES = 50
"""A circle of three leads through accounts that pay no more others than this in a window: of a hub's circles most are chance."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Consecutive windows of whole UTC days: the last ends with the day of `as_of_s`, window `k` ends `k * days` days before."""

    as_of_s: int
    days: int

    @property
    def last_day(self) -> int:
        return self.as_of_s // DAY_SECONDS

    def bound(self) -> list[object]:
        """The values of $1 to $3 in `legs.sql`."""
        return [self.last_day, self.days, self.as_of_s]

    def span_s(self, window_back: int) -> tuple[int, int]:
        """First and last second of a window, since the epoch."""
        end_day = self.last_day - window_back * self.days
        return (end_day - self.days + 1) * DAY_SECONDS, (end_day + 1) * DAY_SECONDS - 1


def account_windows(
    view: SnapshotView, windows: Windows, *, least_transactions: int, least_turnover: int | Decimal
) -> pl.DataFrame:
    """One row an account-window that is busy enough to be compared, sorted by account and window.

    Columns: account, window_back (0 is the last window), kind, draw (text that orders the reference sample), transactions,
    unpriced (those without a base amount, left out of every money feature), turnover (whole base units), is_material (of the
    least turnover at least), has_cash, and one integer column a feature. What is counted is kept in the snapshot's database: models
    that measure alike count once.
    """
    bound = [*windows.bound(), least_transactions, Decimal(least_turnover), view.seed(_SHARED), MOST_PAYEES]
    kept = f"account_windows_{hashlib.sha256(repr(bound).encode()).hexdigest()[:16]}"
    view.execute(f"create table if not exists {kept} as with legs as ({_LEGS}) {_FEATURES_SQL}", bound)
    counts = view.sql(f"select * from {kept} order by account, window_back")
    return counts.select(
        pl.col("account").cast(pl.Int32),
        pl.col("window_back").cast(pl.Int32),
        pl.col("kind").fill_null("unknown"),
        "draw",
        pl.col("transactions", "unpriced", "turnover").cast(pl.Int64),
        "is_material",
        has_cash=pl.col("cash") > 0,
        **{name: feature.value.cast(pl.Int64) for name, feature in FEATURES.items()},
    )


def flagged_legs(view: SnapshotView, windows: Windows, flagged: pl.DataFrame) -> pl.DataFrame:
    """The transactions of the flagged account-windows with a boolean column for everything that `Feature.concerns` names.

    `flagged` has account and window_back. One row a side of a transaction, sorted by account and txn.
    """
    legs = view.sql(
        f"with legs as ({_LEGS}) {_EVIDENCE_SQL}",
        [*windows.bound(), flagged["account"].to_list(), flagged["window_back"].to_list()],
    )
    window = ["account", "window_back"]
    on_day = pl.len().over([*window, "day"])
    return legs.with_columns(
        is_any=pl.lit(value=True),
        is_largest=(pl.col("amount_base") == pl.col("amount_base").max().over(window)).fill_null(value=False),
        is_busiest_day=on_day == on_day.max().over(window),
    )
