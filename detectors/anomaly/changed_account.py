"""The model `changed-account`: an account that behaves unlike it did itself in the months before.

Whoever is like nobody else may always have been so, and whoever is like everybody may have been different. It only points: it
names the features, the account's value and its own usual one before, and the transactions behind them.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import polars as pl

from detectors.anomaly import explain
from detectors.anomaly.changed_examples import FIRES, SILENT
from detectors.anomaly.flagging import flag
from detectors.anomaly.history import MOST_EARLIER, against_history
from detectors.anomaly.measuring import Windows, account_windows
from detectors.anomaly.telling import FACTS, findings
from detectors.api import Params, SnapshotView
from schemas.detector import DetectorMeta, Indicator, Parameter
from schemas.finding import RAW_FINDING

ID = "changed-account"

META = DetectorMeta(
    id=ID,
    title={
        "en": "An account that behaves unlike it did before",
        "fr": "Un compte qui se comporte autrement qu'auparavant",
        "es": "Una cuenta que se comporta de forma distinta a como lo hacía",
    },
    kind="model",
    family="generic",
    tier="core",
    status="live",
    severity="low",
    weight=1,
    sources=(
        "HBOS: Goldstein and Dengel 2012",
        "Isolation Forest: Liu, Ting and Zhou 2008",
        "Principal component classifier: Shyu, Chen, Sarinnapakorn and Chang 2003",
        "Distance to the nearest: Ramaswamy, Rastogi and Shim 2000",
        "PyOD: Zhao, Nasrullah and Li 2019",
        "Conformal p-values for outliers: Bates, Candès, Lei, Romano and Sesia 2023",
        "False discovery rate: Benjamini and Hochberg 1995",
        "Explanation by feature replacement: Strumbelj and Kononenko 2014",
    ),
    benign=(
        {
            "en": "A change in an honest life: a new job, a move, a marriage, a retirement, a business that grows",
            "fr": "Un changement honnête : nouvel emploi, déménagement, mariage, retraite, commerce qui grandit",
            "es": "Un cambio honesto en la vida: nuevo empleo, mudanza, matrimonio, jubilación, un negocio que crece",
        },
        {
            "en": "A season: harvest, holidays, school fees, the month in which aid is paid out",
            "fr": "Une saison : récolte, fêtes, frais scolaires, le mois où l'aide est versée",
            "es": "Una temporada: cosecha, fiestas, gastos escolares, el mes en que se paga la ayuda",
        },
        {
            "en": "A house or a vehicle bought or sold",
            "fr": "L'achat ou la vente d'une maison ou d'un véhicule",
            "es": "La compra o la venta de una casa o de un vehículo",
        },
    ),
    next_step={
        "en": "Ask what changed when: compare the named features with the months before, then look at the new counterparties.",
        "fr": "Chercher ce qui a changé et quand : comparer les éléments cités aux mois précédents, puis voir les nouvelles contreparties.",
        "es": "Preguntar qué cambió y cuándo: comparar los elementos citados con los meses anteriores y luego ver las contrapartes nuevas.",
    },
    why={
        "en": "Unlike in {earlier|its one earlier period|its # earlier periods} of {window_days}: {unlike_en}",
        "fr": "Contrairement à {earlier|sa seule période antérieure|ses # périodes antérieures} de {window_days} : {unlike_fr}",
        "es": "A diferencia de {earlier|su único periodo anterior|sus # periodos anteriores} de {window_days}: {unlike_es}",
    },
    roles={},
    facts=FACTS | {"earlier": "count"},
    indicators=(
        Indicator(
            label={"en": "Rarer than this share of the reference", "fr": "Plus rare que cette part de la référence",
                   "es": "Más rara que esta parte de la referencia"},
            observed="score", threshold="score_bar", sense="at_least",
        ),
        Indicator(
            label={"en": "Money in and out in the window", "fr": "Argent reçu et versé dans la période",
                   "es": "Dinero recibido y pagado en el periodo"},
            observed="turnover", threshold="least_turnover", sense="at_least",
        ),
    ),
    params={
        "window_days": Parameter(
            default=30, unit="days", least=7, most=92,
            reason="a month holds one salary, one rent and four market weeks, so that accounts are comparable",
        ),
        "least_transactions": Parameter(
            default=5, unit="count", least=2, most=1000,
            reason="with fewer transactions shares such as cash or night are chance",
        ),
        "least_turnover": Parameter(
            default=Decimal(1000), unit="money", least=Decimal(0), most=Decimal(1_000_000_000),
            reason="materiality: below this an oddity is not worth an analyst's hour; peers may turn over less; in the base currency",
        ),
        "recent": Parameter(
            default=3, unit="count", least=1, most=24,
            reason="the last windows that are looked at: a change is worth knowing while it is fresh",
        ),
        "least_earlier": Parameter(
            default=3, unit="count", least=2, most=MOST_EARLIER,
            reason="earlier windows with enough transactions: fewer make no habit; the six before count at most",
        ),
        "reference": Parameter(
            default=20_000, unit="count", least=20, most=20_000,
            reason="account-windows that fit, and as many held back: enough for one in 20,000, few enough for seconds",
        ),
        "share": Parameter(
            default=10, unit="per_mille", least=0, most=100,
            reason="the rarest of those held back that do not count as lawful: assumed, not known; a higher share flags more",
        ),
        "fdr_per_mille": Parameter(
            default=200, unit="per_mille", least=1, most=1000,
            reason="the share of what is flagged that may be as lawful as the rest: four of five should be worth a look",
        ),
        "most_findings": Parameter(
            default=200, unit="count", least=1, most=100_000,
            reason="what analysts can look at beside the patterns; the rarest are kept, and how many were not is noted",
        ),
        "least_distance": Parameter(
            default=Decimal(6), unit="ratio", least=Decimal(0), most=Decimal(100),
            reason="in a world of equals somebody is always rarest; one feature must lie this many standard deviations away",
        ),
    },
    fires=FIRES,
    silent=SILENT,
)  # fmt: skip


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The accounts that changed, each in its most unusual late window: a frame of `RAW_FINDING`."""
    windows = Windows(view.as_of_s, int(params["window_days"]))
    rows = account_windows(
        view, windows, least_transactions=int(params["least_transactions"]), least_turnover=params["least_turnover"]
    )
    compared = against_history(rows, recent=int(params["recent"]), least_earlier=int(params["least_earlier"]))
    if compared.rows.is_empty():
        return pl.DataFrame(schema=RAW_FINDING)

    from detectors.anomaly.ensemble import one_thread  # noqa: PLC0415

    with one_thread():
        scored = flag(compared, params, view.seed(ID), partial(view.note, ID))
        if scored is None or scored.rows.is_empty():
            return pl.DataFrame(schema=RAW_FINDING)
        effects = explain.effects(scored.ensemble, scored.distances)
    return findings(view, windows, scored, effects, lambda row: {"earlier": row["size"]})
