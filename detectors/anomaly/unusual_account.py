"""The model `unusual-account`: an account that behaved unlike similar accounts did in the same days, by four models together.

It only points: it names the features, the account's value and its peers' usual one, and the transactions behind them. It never
compares people by origin or name, and it learns from no earlier decision.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from detectors.anomaly import explain
from detectors.anomaly.drift import tell_drifts
from detectors.anomaly.examples import FIRES, SILENT
from detectors.anomaly.flagging import Compared, flag
from detectors.anomaly.measuring import MOST_PAYEES, measured
from detectors.anomaly.peers import LADDER, Peers, group_label
from detectors.anomaly.shared import INDICATORS, PARAMETERS, SOURCES, most_findings
from detectors.anomaly.telling import FACTS, findings
from detectors.anomaly.windows import Windows
from detectors.api import Params, SnapshotView
from schemas.detector import DetectorMeta, Parameter
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
    sources=SOURCES,
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
    indicators=INDICATORS,
    params=PARAMETERS
    | {
        "least_peers": Parameter(
            default=30, unit="count", least=5, most=10_000,
            reason="a median and a spread of fewer accounts say little; smaller groups use a wider one",
        ),
        "most_findings": most_findings(500),
    },
    fires=FIRES,
    silent=SILENT,
)  # fmt: skip


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The unusual accounts of the snapshot, each in its most unusual window: a frame of `RAW_FINDING`."""
    windows = Windows.of(view.as_of_s, params)
    every = measured(view, windows, params)
    enough = pl.col("account").n_unique().over("days") >= int(params["least_peers"])
    rows = every.filter(windows.is_judged()).filter(enough)
    if rows.is_empty():
        return pl.DataFrame(schema=RAW_FINDING)

    from detectors.anomaly.ensemble import one_thread  # noqa: PLC0415

    peers = Peers.fit(rows, int(params["least_peers"]))
    slots = peers.assign(rows)
    _note(view, rows, peers, slots)
    tell_drifts(partial(view.note, ID), every, windows.days)
    compared = Compared(rows.with_columns(slot=slots), peers.distances(rows, slots), peers.groups)
    with one_thread():
        before = _before(every.filter(~windows.is_judged()).filter(enough), int(params["least_peers"]))
        scored = flag(compared, params, view.seed(ID), partial(view.note, ID), before)
        if scored is None or scored.rows.is_empty():
            return pl.DataFrame(schema=RAW_FINDING)
        effects = explain.effects(scored.ensemble, scored.distances)
    return findings(view, windows, scored, effects, _peers_of)


def _before(rows: pl.DataFrame, least_peers: int) -> Compared | None:
    """Account-windows that are not judged, each compared with its peers of the same days, to tell how far the score has moved."""
    if rows.is_empty():
        return None
    peers = Peers.fit(rows, least_peers)
    slots = peers.assign(rows)
    return Compared(rows.with_columns(slot=slots), peers.distances(rows, slots), peers.groups)


def _note(view: SnapshotView, rows: pl.DataFrame, peers: Peers, slots: pl.Series) -> None:
    """Tell with the run whom accounts were compared with, and what the cap on circles left out."""
    view.note(ID, "groups of peers", peers.groups.height)
    view.note(ID, "accounts in the smallest group of peers", min(peers.groups["size"].to_list()))
    rungs = peers.groups[slots]["rung"]
    for rung in range(len(LADDER)):
        view.note(ID, f"account-windows with peers of rung {rung}", int((rungs == rung).sum()))
    view.note(ID, "hubs that no circle leads through", int((rows["receivers"] > MOST_PAYEES).sum()))


def _peers_of(row: dict[str, Any]) -> dict[str, Any]:
    """The facts that say whom an account was compared with."""
    label = group_label(row["rung"], row["kind"], row["transactions"], has_cash=row["has_cash"])
    return {
        "peer_size": row["size"] - 1,
        "peers": label["en"],
        "peers_fr": label["fr"],
        "peers_es": label["es"],
    }
