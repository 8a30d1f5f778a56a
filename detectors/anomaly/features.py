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
from detectors.wording import write_number, write_whole_money
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


def _plain(name: str, unit: Unit, *, en: str, fr: str, es: str, meaning: str, concerns: str) -> Feature:
    """A sum or a count that `features.sql` gives under its own name. Peers are taken to differ by 35 % at least."""
    return Feature(name, unit, {"en": en, "fr": fr, "es": es}, meaning, pl.col(name), concerns, 0.3)


def _ratio(
    name: str, value: pl.Expr, *, en: str, fr: str, es: str, meaning: str, concerns: str, least_spread: float = 0.05
) -> Feature:
    """A share per mille. Peers are taken to differ by five percentage points at least, more where chance plays a part."""
    return Feature(name, "per_mille", {"en": en, "fr": fr, "es": es}, meaning, value, concerns, least_spread)


# What passes through: the smaller of the two flows against the larger. The cap of 9e15 in `features.sql` keeps it within 64 bits.
_PASSED_ON = (
    pl.min_horizontal("money_in", "money_out")
    * 1000
    // pl.when(pl.max_horizontal("money_in", "money_out") > 0).then(pl.max_horizontal("money_in", "money_out"))
)

_DECLARED: tuple[Feature, ...] = (
    _plain(
        "money_in", "money", en="money received", fr="argent reçu", es="dinero recibido",
        meaning="sum of the amounts received", concerns="is_in",
    ),
    _plain(
        "money_out", "money", en="money paid", fr="argent versé", es="dinero pagado",
        meaning="sum of the amounts paid", concerns="is_out",
    ),
    _plain(
        "largest", "money", en="largest amount", fr="plus grand montant", es="mayor importe",
        meaning="the largest single amount", concerns="is_largest",
    ),
    _plain(
        "count_in", "count", en="payments received", fr="paiements reçus", es="pagos recibidos",
        meaning="transactions received", concerns="is_in",
    ),
    _plain(
        "count_out", "count", en="payments made", fr="paiements émis", es="pagos emitidos",
        meaning="transactions paid", concerns="is_out",
    ),
    _plain(
        "senders", "count", en="senders", fr="payeurs", es="ordenantes",
        meaning="different accounts that paid in", concerns="is_in",
    ),
    _plain(
        "receivers", "count", en="receivers", fr="bénéficiaires", es="beneficiarios",
        meaning="different accounts that were paid", concerns="is_out",
    ),
    _plain(
        "days_active", "count", en="active days", fr="jours actifs", es="días activos",
        meaning="days with a transaction, UTC", concerns="is_any",
    ),
    _plain(
        "busiest_day", "count",
        en="transactions on the busiest day", fr="opérations le jour le plus chargé", es="operaciones en el día de mayor actividad",
        meaning="the most transactions on one day, UTC", concerns="is_busiest_day",
    ),
    _ratio(
        "new_share", _share("new_parties", "counterparties"),
        en="new counterparties", fr="nouvelles contreparties", es="contrapartes nuevas",
        meaning="of the accounts dealt with, those never dealt with before, in either direction", concerns="is_new",
    ),
    _ratio(
        "passed_on", _PASSED_ON, en="money passed on", fr="argent transmis", es="dinero transmitido",
        meaning="the smaller of money received and money paid, against the larger", concerns="is_any",
        least_spread=0.1,
    ),
    _ratio(
        "round_share", _share("round_amounts", "transactions"),
        en="round amounts", fr="montants ronds", es="importes redondos",
        meaning="transactions whose amount has at most two digits before its zeros", concerns="is_round",
        least_spread=0.1,
    ),
    _ratio(
        "near_threshold_share", _share("near_threshold", "with_threshold"),

        en="amounts just under the threshold", fr="montants juste sous le seuil", es="importes justo por debajo del umbral",
        meaning="of the transactions with a known cash reporting threshold, those of 90 % of it or more, not reaching it",
        concerns="is_near_threshold",
    ),
    _ratio(
        "cash_share", _share("cash", "transactions"), en="cash", fr="espèces", es="efectivo",
        meaning="transactions that are cash deposits or withdrawals", concerns="is_cash",
    ),
    _ratio(
        "night_share", _share("night", "with_hour"),
        en="transactions at night", fr="opérations de nuit", es="operaciones de noche",
        meaning="of the transactions whose time is known to the second, those from 0:00 to 5:00 local time",
        concerns="is_night",
    ),
    _ratio(
        "weekend_share", _share("weekend", "transactions"),
        en="transactions at weekends", fr="opérations le week-end", es="operaciones en fin de semana",
        meaning="transactions on a Saturday or Sunday, UTC", concerns="is_weekend", least_spread=0.1,
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

    def bound(self) -> list[object]:
        """The values of $1 to $3 in `legs.sql`."""
        return [self.last_day, self.days, self.as_of_s]

    def span_s(self, window_back: int) -> tuple[int, int]:
        """First and last second of a window, since the epoch."""
        end_day = self.last_day - window_back * self.days
        return (end_day - self.days + 1) * DAY_SECONDS, (end_day + 1) * DAY_SECONDS - 1


def account_windows(
    view: SnapshotView, windows: Windows, *, least_transactions: int, least_turnover: int | Decimal, seed: int
) -> pl.DataFrame:
    """One row an account-window that is busy enough to be compared, sorted by account and window.

    Columns: account, window_back (0 is the last window), kind, draw (text that orders the reference sample), transactions,
    unpriced (those without a base amount, left out of every money feature), turnover (whole base units), is_material (of the
    least turnover at least), has_cash, and one integer column a feature.
    """
    counts = view.sql(
        f"with legs as ({_LEGS}) {_FEATURES_SQL}",
        [*windows.bound(), least_transactions, Decimal(least_turnover), seed],
    )
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


def written(value: int | None, unit: Unit, currency: str) -> str:
    """A feature's value for a reader of any language: `45 200 EUR`, `87 %`, `12`; a dash where it is not known."""
    if value is None:
        return "–"
    if unit == "per_mille":
        return f"{(value + 5) // 10}{_THIN_SPACE}%"
    digits = f"{value:,}".replace(",", _THIN_SPACE)
    return f"{digits} {currency}" if unit == "money" else digits


def worded(value: int | None, unit: Unit, currency: str, language: str) -> str:
    """A feature's value within a sentence, as its language writes numbers: `45,200 EUR`, `87%`, `12`."""
    if value is None:
        return "–"
    if unit == "money":
        return write_whole_money(value, currency, language)
    # Whole percents: a decimal would promise more than a month of payments can tell.
    return write_number(unit, (value + 5) // 10 * 10 if unit == "per_mille" else value, language)
