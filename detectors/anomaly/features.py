"""What is measured of an account in a window: every feature declared once, with its unit, its meaning and its words.

The numbers are exact: counts, whole units of the base currency and shares per mille. Nothing here is a float, and nothing
measures who a person is: no name, nationality, gender or belief, and no country that could stand for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import polars as pl

from detectors.api import SnapshotView
from schemas.detector import Words
from schemas.transaction import DAY_SECONDS

_HERE = Path(__file__).parent
_LEGS = (_HERE / "legs.sql").read_text(encoding="utf-8")
_FEATURES_SQL = (_HERE / "features.sql").read_text(encoding="utf-8")
_EVIDENCE_SQL = (_HERE / "evidence.sql").read_text(encoding="utf-8")
_THIN_SPACE = "\u202f"

Unit = Literal["money", "count", "per_mille"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of an account-window.

    `value` is a polars expression over the columns of `features.sql`; null where the data cannot tell. `money` is in whole
    units of the base currency; `money` and `count` are compared on a logarithmic scale, `per_mille` as it is. `least_spread`
    is the standard deviation that peers are taken to have at least, on that scale (natural log, or share of one). `concerns`
    names the column of `legs.sql` that says whether a transaction counts towards the feature.
    """

    name: str
    unit: Unit
    label: Words
    meaning: str
    value: pl.Expr
    concerns: str
    least_spread: float


def _share(part: str, whole: str) -> pl.Expr:
    """Part of the whole, per mille, rounded down; null where the whole is nothing."""
    whole_or_null = pl.when(pl.col(whole) > 0).then(pl.col(whole))
    return pl.col(part) * 1000 // whole_or_null


def _money(name: str, en: str, fr: str, meaning: str, concerns: str, column: str) -> Feature:
    return Feature(name, "money", {"en": en, "fr": fr}, meaning, pl.col(column), concerns, 0.3)


def _count(name: str, en: str, fr: str, meaning: str, concerns: str, column: str) -> Feature:
    return Feature(name, "count", {"en": en, "fr": fr}, meaning, pl.col(column), concerns, 0.2)


def _per_mille(
    name: str, en: str, fr: str, meaning: str, concerns: str, value: pl.Expr, least_spread: float = 0.05
) -> Feature:
    return Feature(name, "per_mille", {"en": en, "fr": fr}, meaning, value, concerns, least_spread)


# What passes through: the smaller of the two flows against the larger. The cap of 9e15 in `features.sql` keeps it within 64 bits.
_PASSED_ON = (
    pl.min_horizontal("money_in", "money_out")
    * 1000
    // pl.when(pl.max_horizontal("money_in", "money_out") > 0).then(pl.max_horizontal("money_in", "money_out"))
)

_DECLARED: tuple[Feature, ...] = (
    _money("money_in", "money received", "argent reçu", "sum of the amounts received", "is_in", "money_in"),
    _money("money_out", "money paid", "argent versé", "sum of the amounts paid", "is_out", "money_out"),
    _money("largest", "largest amount", "plus grand montant", "the largest single amount", "is_largest", "largest"),
    _count("count_in", "payments received", "paiements reçus", "transactions received", "is_in", "count_in"),
    _count("count_out", "payments made", "paiements émis", "transactions paid", "is_out", "count_out"),
    _count("senders", "senders", "payeurs", "different accounts that paid in", "is_in", "senders"),
    _count("receivers", "receivers", "bénéficiaires", "different accounts that were paid", "is_out", "receivers"),
    _count("days_active", "active days", "jours actifs", "days with a transaction", "is_any", "days_active"),
    _count(
        "busiest_day", "transactions on the busiest day", "opérations le jour le plus chargé",
        "the most transactions on one day", "is_busiest_day", "busiest_day",
    ),
    _per_mille(
        "new_share", "new counterparties", "nouvelles contreparties",
        "of the accounts dealt with, those never dealt with before, in either direction",
        "is_new", _share("new_parties", "counterparties"),
    ),
    _per_mille(
        "passed_on", "money passed on", "argent transmis",
        "the smaller of money received and money paid, against the larger", "is_any", _PASSED_ON, 0.1,
    ),
    _per_mille(
        "round_share", "round amounts", "montants ronds",
        "transactions whose amount has at most two digits before its zeros", "is_round",
        _share("round_amounts", "transactions"), 0.1,
    ),
    _per_mille(
        "near_threshold_share", "amounts just under the threshold", "montants juste sous le seuil",
        "of the transactions with a known cash reporting threshold, those of 90 to 100 % of it, not reaching it",
        "is_near_threshold", _share("near_threshold", "with_threshold"),
    ),
    _per_mille(
        "cash_share", "cash", "espèces", "transactions that are cash deposits or withdrawals", "is_cash",
        _share("cash", "transactions"),
    ),
    _per_mille(
        "night_share", "transactions at night", "opérations de nuit",
        "of the transactions whose time is known to the second, those from 0:00 to 5:00 local time", "is_night",
        _share("night", "with_hour"),
    ),
    _per_mille(
        "weekend_share", "transactions at weekends", "opérations le week-end",
        "transactions on a Saturday or Sunday, UTC", "is_weekend", _share("weekend", "transactions"), 0.1,
    ),
)  # fmt: skip

FEATURES: dict[str, Feature] = {feature.name: feature for feature in _DECLARED}
"""Every feature by name, in the order in which the models see them."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Consecutive windows of whole UTC days: the last ends with the day of `as_of_s`, window `k` ends `k * days` days before."""

    as_of_s: int
    days: int

    @property
    def last_day(self) -> int:
        return self.as_of_s // DAY_SECONDS

    def span_s(self, window_back: int) -> tuple[int, int]:
        """First and last second of a window, since the epoch."""
        end_day = self.last_day - window_back * self.days
        return (end_day - self.days + 1) * DAY_SECONDS, (end_day + 1) * DAY_SECONDS - 1


def account_windows(
    view: SnapshotView, windows: Windows, *, least_transactions: int, least_turnover: int | Decimal, seed: int
) -> pl.DataFrame:
    """One row an account-window that is busy enough to be compared, sorted by account and window.

    Columns: account, window_back (0 is the last window), kind, draw (text that orders the reference sample), transactions,
    unpriced (those without a base amount, left out of every money feature), has_cash, and one integer column a feature.
    """
    counts = view.sql(
        f"with legs as ({_LEGS}) {_FEATURES_SQL}",
        [windows.last_day, windows.days, least_transactions, Decimal(least_turnover), seed],
    )
    return counts.select(
        pl.col("account").cast(pl.Int32),
        pl.col("window_back").cast(pl.Int32),
        pl.col("kind").fill_null("unknown"),
        "draw",
        pl.col("transactions", "unpriced").cast(pl.Int64),
        has_cash=pl.col("cash") > 0,
        **{name: feature.value.cast(pl.Int64) for name, feature in FEATURES.items()},
    )


def flagged_legs(view: SnapshotView, windows: Windows, flagged: pl.DataFrame) -> pl.DataFrame:
    """The transactions of the flagged account-windows with a boolean column for everything that `Feature.concerns` names.

    `flagged` has account and window_back. One row a side of a transaction, sorted by account and txn.
    """
    legs = view.sql(
        f"with legs as ({_LEGS}) {_EVIDENCE_SQL}",
        [windows.last_day, windows.days, flagged["account"].to_list(), flagged["window_back"].to_list()],
    )
    window = ["account", "window_back"]
    on_day = pl.len().over([*window, "day"])
    return legs.with_columns(
        is_any=pl.lit(value=True),
        is_largest=(pl.col("amount_base") == pl.col("amount_base").max().over(window)).fill_null(value=False),
        is_busiest_day=on_day == on_day.max().over(window),
    )


def written(value: int | None, unit: Unit, currency: str) -> str:
    """A feature's value for a reader of any language: `45 200 EUR`, `87 %`, `12`; a dash where it is not known."""
    if value is None:
        return "–"
    if unit == "per_mille":
        return f"{(value + 5) // 10}{_THIN_SPACE}%"
    digits = f"{value:,}".replace(",", _THIN_SPACE)
    return f"{digits} {currency}" if unit == "money" else digits
