"""The model `changed-account`: an account that behaves unlike it did itself in the months before.

Whoever is like nobody else may always have been so, and whoever is like everybody may have been different. It only points: it
names the features, the account's value and its own usual one before, and the transactions behind them.
"""

from __future__ import annotations

from functools import partial

import polars as pl

from detectors.anomaly import explain
from detectors.anomaly.changed_examples import FIRES, SILENT
from detectors.anomaly.flagging import flag
from detectors.anomaly.history import MOST_EARLIER, against_history
from detectors.anomaly.measuring import measured
from detectors.anomaly.shared import INDICATORS, PARAMETERS, SOURCES, most_findings
from detectors.anomaly.telling import FACTS, findings
from detectors.anomaly.windows import Windows
from detectors.api import Params, SnapshotView
from schemas.detector import DetectorMeta, Parameter
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
    sources=SOURCES,
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
    indicators=INDICATORS,
    params=PARAMETERS
    | {
        "recent": Parameter(
            default=3, unit="count", least=1, most=24,
            reason="the last windows that are looked at: a change is worth knowing while it is fresh",
        ),
        "least_earlier": Parameter(
            default=3, unit="count", least=2, most=MOST_EARLIER,
            reason="earlier windows with enough transactions: fewer make no habit; the six before count at most",
        ),
        "most_findings": most_findings(200),
    },
    fires=FIRES,
    silent=SILENT,
)  # fmt: skip


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The accounts that changed, each in its most unusual late window: a frame of `RAW_FINDING`."""
    windows = Windows.of(view.as_of_s, params)
    rows = measured(view, windows, params)
    compared = against_history(
        rows.filter(days=windows.days), recent=int(params["recent"]), least_earlier=int(params["least_earlier"])
    )
    if compared.rows.is_empty():
        return pl.DataFrame(schema=RAW_FINDING)

    from detectors.anomaly.ensemble import one_thread  # noqa: PLC0415

    with one_thread():
        scored = flag(compared, params, view.seed(ID), partial(view.note, ID))
        if scored is None or scored.rows.is_empty():
            return pl.DataFrame(schema=RAW_FINDING)
        effects = explain.effects(scored.ensemble, scored.distances)
    return findings(view, windows, scored, effects, lambda row: {"earlier": row["size"]})
