"""What is measured of an account in a window: every feature declared once, with its unit, its meaning and its words.

The numbers are exact: counts, whole units of the base currency and shares per mille. Nothing here is a float, and nothing
measures who a person is: no name, nationality, gender or belief, and never which country, which could stand for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from detectors.wording import write_number, write_whole_money
from schemas.detector import Words

_THIN_SPACE = "\u202f"

Unit = Literal["money", "count", "hours", "per_mille"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of an account-window.

    `value` is a polars expression over the columns of `features.sql`; null where the data cannot tell. `money` is in whole
    units of the base currency; all but `per_mille` are compared on a logarithmic scale, `per_mille` as it is. `least_spread`
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


def share_of(part: str, whole: str) -> pl.Expr:
    """Part of the whole, per mille, rounded down; null where the whole is nothing."""
    whole_or_null = pl.when(pl.col(whole) > 0).then(pl.col(whole))
    return pl.col(part) * 1000 // whole_or_null


def unlike_share(pairs: str, whole: str) -> pl.Expr:
    """How often two draws differ, per mille (Gini and Simpson): 0 where all are equal. `pairs` is the sum of the squared counts.

    Entropy of the second order, without its logarithm: exact in whole numbers.
    """
    return 1000 - pl.col(pairs) * 1000 // (pl.col(whole) * pl.col(whole))


def _mean(total: str, count: str) -> pl.Expr:
    """Rounded down; null where there is nothing to average."""
    return pl.col(total) // pl.when(pl.col(count) > 0).then(pl.col(count))


def plain(name: str, unit: Unit, *, en: str, fr: str, es: str, meaning: str, concerns: str) -> Feature:
    """A sum or a count that `features.sql` gives under its own name. Peers are taken to differ by 35 % at least."""
    return Feature(name, unit, {"en": en, "fr": fr, "es": es}, meaning, pl.col(name), concerns, 0.3)


def ratio(
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
    plain(
        "money_in", "money", en="money received", fr="argent reçu", es="dinero recibido",
        meaning="sum of the amounts received", concerns="is_in",
    ),
    plain(
        "money_out", "money", en="money paid", fr="argent versé", es="dinero pagado",
        meaning="sum of the amounts paid", concerns="is_out",
    ),
    plain(
        "largest", "money", en="largest amount", fr="plus grand montant", es="mayor monto",
        meaning="the largest single amount", concerns="is_largest",
    ),
    plain(
        "count_in", "count", en="payments received", fr="paiements reçus", es="pagos recibidos",
        meaning="transactions received", concerns="is_in",
    ),
    plain(
        "count_out", "count", en="payments made", fr="paiements émis", es="pagos emitidos",
        meaning="transactions paid", concerns="is_out",
    ),
    plain(
        "senders", "count", en="senders", fr="payeurs", es="pagadores",
        meaning="different accounts that paid in", concerns="is_in",
    ),
    plain(
        "receivers", "count", en="receivers", fr="bénéficiaires", es="beneficiarios",
        meaning="different accounts that were paid", concerns="is_out",
    ),
    plain(
        "days_active", "count", en="active days", fr="jours actifs", es="días activos",
        meaning="days with a transaction, UTC", concerns="is_any",
    ),
    plain(
        "busiest_day", "count",
        en="transactions on the busiest day", fr="opérations le jour le plus chargé", es="operaciones en el día de mayor actividad",
        meaning="the most transactions on one day, UTC", concerns="is_busiest_day",
    ),
    ratio(
        "new_share", share_of("new_parties", "counterparties"),
        en="new counterparties", fr="nouvelles contreparties", es="contrapartes nuevas",
        meaning="of the accounts dealt with, those never dealt with before, in either direction", concerns="is_new",
        least_spread=0.1,
    ),
    ratio(
        "passed_on", _PASSED_ON, en="money passed on", fr="argent transmis", es="dinero transmitido",
        meaning="the smaller of money received and money paid, against the larger", concerns="is_any",
        least_spread=0.1,
    ),
    ratio(
        "round_share", share_of("round_amounts", "transactions"),
        en="round amounts", fr="montants ronds", es="montos redondos",
        meaning="transactions whose amount has at most two digits before its zeros", concerns="is_round",
        least_spread=0.1,
    ),
    ratio(
        "near_threshold_share", share_of("near_threshold", "with_threshold"),

        en="amounts just under the threshold", fr="montants juste sous le seuil", es="montos justo por debajo del umbral",
        meaning="of the transactions with a known cash reporting threshold, those of 90 % of it or more, not reaching it",
        concerns="is_near_threshold",
    ),
    ratio(
        "cash_share", share_of("cash", "transactions"), en="cash", fr="espèces", es="efectivo",
        meaning="transactions that are cash deposits or withdrawals", concerns="is_cash",
    ),
    ratio(
        "night_share", share_of("night", "with_hour"),
        en="transactions at night", fr="opérations de nuit", es="operaciones de noche",
        meaning="of the transactions whose time is known to the second, those from 0:00 to 5:00 local time",
        concerns="is_night",
    ),
    ratio(
        "weekend_share", share_of("weekend", "transactions"),
        en="transactions at weekends", fr="opérations le week-end", es="operaciones en fin de semana",
        meaning="transactions on a Saturday or Sunday, local time; of a bare date the day as it is",
        concerns="is_weekend", least_spread=0.1,
    ),
    ratio(
        "amount_variety", unlike_share("equal_pairs", "transactions"),
        en="variety of amounts", fr="variété des montants", es="variedad de montos",
        meaning="how often two transactions drawn at random differ in amount: low where the same sum comes again and again",
        concerns="is_any", least_spread=0.1,
    ),
    ratio(
        "channel_variety", unlike_share("channel_pairs", "transactions"),
        en="variety of channels", fr="variété des canaux", es="variedad de canales",
        meaning="how often two transactions drawn at random differ in channel", concerns="is_any", least_spread=0.1,
    ),
    ratio(
        "burstiness", pl.col("day_pairs") * 1000 // (pl.col("transactions") * pl.col("transactions")),
        en="activity on few days", fr="activité sur peu de jours", es="actividad en pocos días",
        meaning="how often two transactions drawn at random fall on one day, UTC", concerns="is_busiest_day",
        least_spread=0.1,
    ),
    Feature(
        "dwell_hours", "hours",
        {"en": "time money stays", "fr": "durée de séjour de l'argent", "es": "tiempo que permanece el dinero"},
        "from the last money received before a payment to the payment, averaged over the payments",
        _mean("waited_s", "waited") // 3600, "is_out", 0.5,
    ),
    ratio(
        "reciprocity", share_of("mutual", "counterparties"),
        en="counterparties both ways", fr="contreparties dans les deux sens", es="contrapartes en ambos sentidos",
        meaning="of the accounts dealt with, those that both pay and are paid", concerns="is_any", least_spread=0.1,
    ),
    ratio(
        "returned_share", share_of("returned", "exchanged"),
        en="money going back and forth", fr="argent allant et revenant", es="dinero que va y vuelve",
        meaning="of the money exchanged with other accounts, what the same account gave and got back",
        concerns="is_any", least_spread=0.1,
    ),
    ratio(
        "circled_share", share_of("circled", "gave"),
        en="money in circles of three", fr="argent en cercles de trois", es="dinero en círculos de tres",
        meaning="of the money paid to other accounts, that to one which pays a third that pays this account",
        concerns="is_out", least_spread=0.1,
    ),
    Feature(
        "neighbour_degree", "count",
        {"en": "contacts of its counterparties", "fr": "contacts de ses contreparties", "es": "contactos de sus contrapartes"},
        "how many accounts the counterparties deal with, on average",
        _mean("contacts", "counterparties"), "is_any", 0.5,
    ),
    Feature(
        "component", "count",
        {"en": "accounts tied by new relations", "fr": "comptes liés par de nouvelles relations",
         "es": "cuentas unidas por relaciones nuevas"},
        "over any number of steps, how many accounts first payments tie together in the window, itself included",
        pl.col("component"), "is_new", 1.0,
    ),
    Feature(
        "corridors", "count",
        {"en": "corridors used", "fr": "corridors utilisés", "es": "corredores utilizados"},
        "over how many routes from a country to a country its money goes, never over which; one more country, there and back, "
        "counts as usual",
        pl.col("corridors"), "is_any", 0.7,
    ),
)  # fmt: skip

FEATURES: dict[str, Feature] = {feature.name: feature for feature in _DECLARED}
"""Every feature by name, in the order in which the models see them."""


def written(value: int | None, unit: Unit, currency: str) -> str:
    """A feature's value for a reader of any language: `45 200 EUR`, `87 %`, `12`; a dash where it is not known."""
    if value is None:
        return "–"
    if unit == "per_mille":
        return f"{(value + 5) // 10}{_THIN_SPACE}%"
    digits = f"{value:,}".replace(",", _THIN_SPACE)
    after = {"money": f" {currency}", "hours": f"{_THIN_SPACE}h"}
    return digits + after.get(unit, "")


def worded(value: int | None, unit: Unit, currency: str, language: str) -> str:
    """A feature's value within a sentence, as its language writes numbers: `45,200 EUR`, `87%`, `12`."""
    if value is None:
        return "–"
    if unit == "money":
        return write_whole_money(value, currency, language)
    # Whole percents: a decimal would promise more than a month of payments can tell.
    return write_number(unit, (value + 5) // 10 * 10 if unit == "per_mille" else value, language)
