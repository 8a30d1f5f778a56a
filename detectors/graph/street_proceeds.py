"""Street proceeds: small sums taken by several sellers from many people, handed on to one account, and from there further up.

Exact over windows of calendar days that begin every quarter of their length, so that payments with only a date are seen like the
others. Defined in docs/patterns.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Calendar, Sighting, climb, findings_frame, money_text, to_units
from detectors.graph.legs import query
from detectors.graph.street_proceeds_above import above
from detectors.graph.street_proceeds_chance import Usual, read_usual
from detectors.graph.street_proceeds_examples import FIRES, SILENT
from detectors.rank import OWN_SURPRISAL, by_formula
from schemas.detector import DetectorMeta, Indicator, Parameter, Role

_SELLERS = Path(__file__).with_name("street_proceeds.sql")
_PAYMENTS = Path(__file__).with_name("street_proceeds_payments.sql")
_DAY_S = 86_400

META = DetectorMeta(
    id="street-proceeds",
    title={
        "en": "Small evening sums taken by several and passed up to one",
        "fr": "De petites sommes du soir encaissées par plusieurs et remontées à un seul",
        "es": "Pequeñas sumas nocturnas cobradas por varios y pasadas hacia uno solo",
    },
    kind="pattern", family="narcotics", tier="core", status="live", severity="high", weight=10,
    sources=(
        "FATF 2022, Money Laundering from Fentanyl and Synthetic Opioids: street proceeds by mobile payment",
        "Egmont Group and UNODC typologies of mobile money: runners, cell heads, wholesalers",
        "the counts, shares and hours are our judgement",
    ),
    benign=(
        {"en": "Vendors, bars or carriers who hand the evening's takings to the owner of the trade",
         "fr": "Des vendeurs, bars ou transporteurs qui remettent la recette du soir au propriétaire",
         "es": "Vendedores, bares o transportistas que entregan la recaudación de la noche al dueño"},
        {"en": "Collectors of a savings group, a congregation or an association that meets in the evening",
         "fr": "Des collecteurs d'une tontine, d'une paroisse ou d'une association qui se réunit le soir",
         "es": "Recaudadores de un grupo de ahorro, una parroquia o una asociación que se reúne de noche"},
    ),
    next_step={
        "en": "Ask what the small payments are for and whether a trade is registered; those who sell may be minors or coerced. Look "
        "at how the account at the top takes the money out, and where.",
        "fr": "Demander l'objet des petits paiements et si un commerce est enregistré ; les vendeurs peuvent être mineurs ou contraints. "
        "Regarder comment et où le compte du sommet retire l'argent.",
        "es": "Preguntar para qué son los pagos pequeños y si hay un comercio registrado; quienes venden pueden ser menores o estar "
        "coaccionados. Mirar cómo y dónde retira el dinero la cuenta de arriba.",
    },
    why={
        "en": "{sellers|# account|# accounts} took {sales|# small payment|# small payments} from {buyers|# person|# people} "
        "from {evening} to {morning} or without an hour ({got}; {late} of all small payments to them) and handed {passed} on to "
        "{heads|# account|# accounts}{above_en}, within {days}",
        "fr": "{sellers|# compte a encaissé|# comptes ont encaissé} {sales|# petit paiement|# petits paiements} de "
        "{buyers|# personne|# personnes} entre {evening} et {morning} ou sans heure ({got} ; {late} de tous leurs petits paiements) "
        "et remis {passed} à {heads|# compte|# comptes}{above_fr}, en {days}",
        "es": "{sellers|# cuenta cobró|# cuentas cobraron} {sales|# pago pequeño|# pagos pequeños} de {buyers|# persona|# personas} "
        "entre {evening} y {morning} o sin hora ({got}; {late} de todos sus pagos pequeños) y "
        "{sellers|entregó|entregaron} {passed} a {heads|# cuenta|# cuentas}{above_es}, en "
        "{days}",
    },
    roles={},
    facts={
        "sellers": "count", "buyers": "count", "sales": "count", "got": "money", "passed": "money", "share": "percent",
        "late": "percent", "evening": "clock", "morning": "clock", "usually_late": "percent", "surprisal_mbits": "count", "heads": "count",
        "days": "days", "above_en": "text", "above_fr": "text", "above_es": "text",
    },
    indicators=(
        Indicator(
            label={"en": "Accounts that take small sums and hand them on", "fr": "Comptes qui encaissent et remettent",
                   "es": "Cuentas que cobran y entregan"},
            observed="sellers", threshold="least_sellers", sense="at_least",
        ),
        Indicator(
            label={"en": "Share of the small payments in these hours", "fr": "Part des petits paiements à ces heures",
                   "es": "Parte de los pagos pequeños en esas horas"},
            observed="late", threshold="least_late", sense="at_least",
        ),
        Indicator(
            label={"en": "Share of it that was handed on", "fr": "Part qui a été remise", "es": "Parte que se entregó"},
            observed="share", threshold="least_share", sense="at_least",
        ),
    ),
    params={
        "window_days": Parameter(
            default=56, unit="days", least=2, most=180,
            reason="Eight weeks show each seller hand on several times; windows begin every four weeks.",
        ),
        "small_share": Parameter(
            default=10, unit="per_mille", least=1, most=1000,
            reason="A sale on the street is far below what anyone reports: a hundredth of the threshold.",
        ),
        "least_sales": Parameter(
            default=8, unit="count", least=2, most=10_000,
            reason="One sale a week for eight weeks; fewer are favours among friends.",
        ),
        "least_buyers": Parameter(
            default=4, unit="count", least=2, most=10_000,
            reason="Three people who pay somebody now and then are a household or friends; sellers have customers.",
        ),
        "least_sellers": Parameter(
            default=3, unit="count", least=2, most=1000,
            reason="One or two who hand on are helpers of a shop; three, in one cell or in two that share a head, are organised.",
        ),
        "least_share": Parameter(
            default=300, unit="per_mille", least=1, most=1000,
            reason="Runners keep a tenth to a third, and the account is also their purse: friends pay them small sums in the evening too.",
        ),
        "most_share": Parameter(
            default=1200, unit="per_mille", least=1000, most=5000,
            reason="A fifth more than the small payments may be cash sales; beyond that the money is mostly another's.",
        ),
        "least_late": Parameter(
            default=500, unit="per_mille", least=0, most=1000,
            reason="Fares, milk and market stalls are paid for by day; where half is paid after dark it is another trade. "
            "Hours that are not known count as late.",
        ),
        "evening_s": Parameter(
            default=64_800, unit="seconds", least=0, most=86_400,
            reason="Six in the evening where the account is: it is dark all year in the tropics soon after.",
        ),
        "morning_s": Parameter(
            default=18_000, unit="seconds", least=0, most=86_400,
            reason="Five in the morning: before it no ordinary trade is open.",
        ),
    },
    exclusions=(
        "licensed_agent", "biller", "cooperative", "savings_circle", "aid_programme", "state_account", "payroll"),
    fires=FIRES,
    silent=SILENT,
)  # fmt: skip

_ABOVE = {
    "en": ", which in turn paid this account more than any other",
    "fr": ", dont ce compte est le premier bénéficiaire",
    "es": ", cuyo principal beneficiario es esta cuenta",
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Tree:
    """Cells of one window, by head, under the account that they pay most to, or one cell alone."""

    first_day: int
    top: int
    cells: Mapping[int, Sequence[Row]]

    @property
    def sellers(self) -> list[Row]:
        return [row for head in sorted(self.cells) for row in self.cells[head]]

    def late(self) -> int:
        """How many of all small payments to the sellers came after dark, per mille, rounded down."""
        sellers = self.sellers
        return 1000 * sum(int(row["sales"]) for row in sellers) // sum(int(row["small"]) for row in sellers)


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the account at the top."""
    rows = view.sql(query(_SELLERS.read_text(encoding="utf-8"), params))
    if rows.is_empty():
        return findings_frame(())
    trees = [
        tree
        for tree in _trees(view, rows, params)
        if len(tree.sellers) >= params["least_sellers"] and tree.late() >= params["least_late"]
    ]
    return findings_frame(_sightings(view, trees, params)) if trees else findings_frame(())


def _trees(view: SnapshotView, rows: pl.DataFrame, params: Params) -> Iterator[_Tree]:
    """The cells of each window, those that pay most of what they got to the same account taken together."""
    cells: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows.iter_rows(named=True):
        cells[row["first_day"], row["head"]].append(row)
    handed_up = above(view, cells, params)
    together: dict[tuple[int, int], dict[int, list[Row]]] = defaultdict(dict)
    for (first_day, head), sellers in cells.items():
        together[first_day, handed_up.get((first_day, head), head)][head] = sellers
    for (first_day, top), heads in sorted(together.items()):
        yield _Tree(first_day, top, heads)


def _sightings(view: SnapshotView, trees: Sequence[_Tree], params: Params) -> Iterator[Sighting]:
    """The largest trees first, each account at the top once in any time."""
    usual = read_usual(view, [head for tree in trees for head in tree.cells], params)
    taken: dict[int, Calendar] = defaultdict(Calendar)
    for tree in sorted(trees, key=lambda each: (-len(each.sellers), each.first_day, each.top)):
        seen = _sighting(view, tree, usual, params)
        if taken[tree.top].take(seen.start_s, seen.end_s):
            yield seen


def _sighting(view: SnapshotView, tree: _Tree, usual: Usual, params: Params) -> Sighting:
    payments = _payments(view, tree, params)
    small = [row for row in payments if row["level"] == 0]
    handed = [row for row in payments if row["level"] == 1]
    got, passed = (sum(to_units(row["amount"]) for row in some) for some in (small, handed))
    start_s, end_s = min(row["t_s"] for row in payments), max(row["t_end_s"] for row in payments)
    sellers = {row["seller"] for row in tree.sellers}
    deep = tree.cells.keys() != {tree.top}
    roles: dict[int, Role] = dict.fromkeys((row["payer"] for row in small), "payer")
    roles |= dict.fromkeys(sellers, "mule") | dict.fromkeys(tree.cells, "collector")
    roles[tree.top] = "controller" if len(tree.cells) > 1 else "collector"
    facts = {
        "sellers": len(sellers),
        "buyers": len({row["payer"] for row in small}),
        "sales": len(small),
        "got": money_text(got),
        "passed": money_text(passed),
        "share": 1000 * passed // got,
        "late": tree.late(),
        "evening": int(params["evening_s"]),
        "morning": int(params["morning_s"]),
        "usually_late": 1000 * usual.late // usual.small,
        OWN_SURPRISAL: by_formula(usual.excess(tree.cells)),
        "heads": len(tree.cells),
        "days": (end_s - start_s) // _DAY_S + 1,
        **{f"above_{language}": text if deep else "" for language, text in _ABOVE.items()},
    }
    least = int(params["least_sellers"])
    strength = 1000 if len(tree.cells) > 1 else 500 + climb(len(sellers), least, 2 * least) // 4
    return Sighting(tree.top, start_s, end_s, strength, tuple(row["txn"] for row in payments), roles, facts)


def _payments(view: SnapshotView, tree: _Tree, params: Params) -> list[Row]:
    """The small payments (level 0), what was handed on (1) and what heads passed up (2), each payment once at its highest level."""
    links = [(row["seller"], head, 1) for head in sorted(tree.cells) for row in tree.cells[head]]
    links += [(head, tree.top, 2) for head in sorted(tree.cells) if head != tree.top]
    payers, payees, levels = (list(column) for column in zip(*links, strict=True))
    closes = tree.first_day + int(params["window_days"])
    frame = view.sql(
        query(_PAYMENTS.read_text(encoding="utf-8"), params),
        [
            [row["seller"] for row in tree.sellers],
            tree.first_day,
            closes,
            payers,
            payees,
            levels,
            tree.first_day,
            closes,
        ],
    )
    return list(frame.iter_rows(named=True))
