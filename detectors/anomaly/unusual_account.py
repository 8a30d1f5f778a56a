"""The model `unusual-account`: an account that behaved unlike similar accounts did in the same days, by four models together.

It only points: it names the features, the account's value and its peers' usual one, and the transactions behind them. It never
compares people by origin or name, and it learns from no earlier decision.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from detectors.anomaly import explain
from detectors.anomaly.drift import drifts
from detectors.anomaly.examples import FIRES, SILENT
from detectors.anomaly.flagging import DRIFT, Compared, flag
from detectors.anomaly.measuring import MOST_PAYEES, Windows, account_windows
from detectors.anomaly.peers import LADDER, Peers, group_label
from detectors.anomaly.telling import FACTS, findings
from detectors.api import Params, SnapshotView
from schemas.detector import DetectorMeta, Indicator, Parameter
from schemas.finding import RAW_FINDING

ID = "unusual-account"

META = DetectorMeta(
    id=ID,
    title={
        "en": "An account that behaves unlike similar accounts",
        "fr": "Un compte qui se comporte autrement que des comptes semblables",
        "es": "Una cuenta que se comporta de forma distinta a cuentas similares",
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
            "en": "A one-off in an honest life: a house or a vehicle sold, an inheritance, a wedding, a harvest",
            "fr": "Un événement unique et honnête : vente d'une maison ou d'un véhicule, héritage, mariage, récolte",
            "es": "Un hecho único y honesto: venta de una casa o de un vehículo, herencia, boda, cosecha",
        },
        {
            "en": "An aid organisation, employer or public body with too few like it in the data, so compared with everybody",
            "fr": "Une organisation d'aide, un employeur ou un organisme public sans pairs dans les données, comparé à tous",
            "es": "Una organización de ayuda, un empleador o un organismo público con pocos pares en los datos, comparado con todos",
        },
        {
            "en": "A business, shop or agent whose kind was not declared, compared with private persons",
            "fr": "Une entreprise, un commerce ou un agent dont la nature n'est pas déclarée, comparé à des particuliers",
            "es": "Una empresa, un comercio o un agente cuyo tipo no se declaró, comparado con particulares",
        },
    ),
    next_step={
        "en": "Compare with what the account's holder is known to do; look at the named features first, then at the counterparties.",
        "fr": "Comparer avec l'activité connue du titulaire ; examiner d'abord les éléments cités, puis les contreparties.",
        "es": "Comparar con la actividad conocida del titular; examinar primero los elementos citados y luego las contrapartes.",
    },
    why={
        "en": "Unlike {peer_size|# similar account|# similar accounts} ({peers}): {unlike_en}",
        "fr": "Contrairement à {peer_size|# compte semblable|# comptes semblables} ({peers_fr}) : {unlike_fr}",
        "es": "A diferencia de {peer_size|# cuenta similar|# cuentas similares} ({peers_es}): {unlike_es}",
    },
    roles={},
    facts=FACTS | {"peer_size": "count", "peers": "text", "peers_fr": "text", "peers_es": "text"},
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
        "least_peers": Parameter(
            default=30, unit="count", least=5, most=10_000,
            reason="a median and a spread of fewer accounts say little; smaller groups use a wider one",
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
            default=500, unit="count", least=1, most=100_000,
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
    """The unusual accounts of the snapshot, each in its most unusual window: a frame of `RAW_FINDING`."""
    windows = Windows(view.as_of_s, int(params["window_days"]))
    rows = account_windows(
        view, windows, least_transactions=int(params["least_transactions"]), least_turnover=params["least_turnover"]
    )
    if rows.height < int(params["least_peers"]):
        return pl.DataFrame(schema=RAW_FINDING)

    from detectors.anomaly.ensemble import one_thread  # noqa: PLC0415

    peers = Peers.fit(rows, int(params["least_peers"]))
    slots = peers.assign(rows)
    _note(view, rows, peers.groups[slots]["rung"])
    compared = Compared(rows.with_columns(slot=slots), peers.distances(rows, slots), peers.groups)
    with one_thread():
        scored = flag(compared, params, view.seed(ID), partial(view.note, ID))
        if scored is None or scored.rows.is_empty():
            return pl.DataFrame(schema=RAW_FINDING)
        effects = explain.effects(scored.ensemble, scored.distances)
    return findings(view, windows, scored, effects, _peers_of)


def _note(view: SnapshotView, rows: pl.DataFrame, rungs: pl.Series) -> None:
    """Tell with the run whom accounts were compared with, what the cap on circles left out, and how far the features moved."""
    for rung in range(len(LADDER)):
        view.note(ID, f"account-windows with peers of rung {rung}", int((rungs == rung).sum()))
    view.note(ID, "hubs that no circle leads through", int((rows["receivers"] > MOST_PAYEES).sum()))
    for name, moved in drifts(rows).items():
        view.note(ID, f"{DRIFT} {name}", moved)


def _peers_of(row: dict[str, Any]) -> dict[str, Any]:
    """The facts that say whom an account was compared with."""
    label = group_label(row["rung"], row["kind"], row["transactions"], has_cash=row["has_cash"])
    return {
        "peer_size": row["size"] - 1,
        "peers": label["en"],
        "peers_fr": label["fr"],
        "peers_es": label["es"],
    }
