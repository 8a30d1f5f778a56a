"""The model `unusual-network`: accounts that first payments tie together in a week, unlike other such networks of their size.

It only points: it names what is unlike, and the payments themselves. Nobody but who paid or was paid in the network is drawn in.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from detectors.anomaly import explain
from detectors.anomaly.drift import drifts, noted
from detectors.anomaly.flagging import Compared, Scored, flag
from detectors.anomaly.network_examples import FIRES, SILENT
from detectors.anomaly.network_features import NETWORK_FEATURES
from detectors.anomaly.network_peers import fit
from detectors.anomaly.networks import MOST_ACCOUNTS, Networks, read_networks
from detectors.anomaly.shared import INDICATORS, PARAMETERS, SOURCES, most_findings
from detectors.anomaly.telling import FACTS, effect_fact, unlike
from detectors.anomaly.windows import Windows
from detectors.api import Params, SnapshotView
from schemas.canonical import canonical_json
from schemas.detector import DetectorMeta, Parameter
from schemas.finding import RAW_FINDING

if TYPE_CHECKING:
    from detectors.anomaly.explain import Effect

ID = "unusual-network"
MOST_EVIDENCE = 60

META = DetectorMeta(
    id=ID,
    title={
        "en": "A network of first payments unlike other networks",
        "fr": "Un réseau de premiers paiements qui diffère des autres",
        "es": "Una red de primeros pagos distinta de las demás",
    },
    kind="model",
    family="generic",
    tier="core",
    status="test",
    severity="low",
    weight=1,
    sources=SOURCES,
    benign=(
        {
            "en": "A new employer, school, market or aid programme that pays and is paid for the first time by many at once",
            "fr": "Un nouvel employeur, une école, un marché ou un programme d'aide qui traite avec beaucoup de gens pour la première fois",
            "es": "Un nuevo empleador, escuela, mercado o programa de ayuda que trata con muchos por primera vez",
        },
        {
            "en": "A wedding, a funeral or a journey whose costs are shared and passed on",
            "fr": "Un mariage, des funérailles ou un voyage dont les frais sont partagés et reversés",
            "es": "Una boda, un funeral o un viaje cuyos gastos se comparten y se reembolsan",
        },
    ),
    next_step={
        "en": "Draw the payments in the order of time and ask what the accounts have in common; look first at who both receives and pays.",
        "fr": "Tracer les paiements dans l'ordre et chercher ce que les comptes ont en commun ; voir d'abord qui reçoit et verse.",
        "es": "Trazar los pagos en orden y ver qué tienen en común las cuentas; mirar primero quién recibe y paga.",
    },
    why={
        "en": "{accounts|# account|# accounts} that paid each other for the first time within {window_days}, unlike "
        "{peer_size|# other network|# other networks}: {unlike_en}",
        "fr": "{accounts|# compte|# comptes} dont les premiers paiements tiennent en {window_days}, contrairement à "
        "{peer_size|# autre réseau|# autres réseaux} : {unlike_fr}",
        "es": "{accounts|# cuenta|# cuentas} que se pagaron por primera vez en {window_days}, a diferencia de "
        "{peer_size|# otra red|# otras redes}: {unlike_es}",
    },
    roles={},
    facts=FACTS | {"peer_size": "count", "accounts": "count"},
    indicators=INDICATORS,
    params={name: PARAMETERS[name] for name in ("least_turnover", "reference", "share", "fdr_per_mille", "least_distance")}
    | {
        "window_days": Parameter(
            default=7, unit="days", least=1, most=92,
            reason="within a week few networks run together; in a month nearly everybody hangs together by first payments",
        ),
        "least_peers": Parameter(
            default=30, unit="count", least=5, most=10_000,
            reason="a median and a spread of fewer networks say little; smaller groups are compared with all networks",
        ),
        "most_findings": most_findings(200),
    },
    fires=FIRES,
    silent=SILENT,
)  # fmt: skip


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The unusual networks of the snapshot, one for each account with most of its payments: a frame of `RAW_FINDING`."""
    days = int(params["window_days"])
    windows = Windows(view.as_of_s, days, days, days)
    networks = read_networks(view, windows, least_turnover=params["least_turnover"], seed=view.seed(ID))
    view.note(ID, "networks compared", networks.rows.height)
    view.note(ID, f"networks of more than {MOST_ACCOUNTS} accounts", networks.left_out)
    for name, moved in drifts(networks.rows, NETWORK_FEATURES).items():
        view.note(ID, noted(name), moved)
    if networks.rows.height < int(params["least_peers"]):
        return pl.DataFrame(schema=RAW_FINDING)

    from detectors.anomaly.ensemble import one_thread  # noqa: PLC0415

    peers, slots = fit(networks.rows, int(params["least_peers"]))
    compared = Compared(networks.rows.with_columns(slot=slots), peers.distances(networks.rows, slots), peers.groups)
    with one_thread():
        scored = flag(compared, params, view.seed(ID), partial(view.note, ID))
        if scored is None or scored.rows.is_empty():
            return pl.DataFrame(schema=RAW_FINDING)
        effects = explain.effects(scored.ensemble, scored.distances, tuple(NETWORK_FEATURES))
    return _findings(view, windows, networks, scored, effects)


def _findings(
    view: SnapshotView, windows: Windows, networks: Networks, scored: Scored, effects: list[list[Effect]]
) -> pl.DataFrame:
    flagged = scored.rows["network"].implode()
    payments = (
        networks.payments.filter(pl.col("network").is_in(flagged))
        .sort("moved", "txn", descending=[True, False])
        .group_by("network", maintain_order=True)
        .agg(
            evidence=pl.col("txn").head(MOST_EVIDENCE).sort(),
            left_out=(pl.len().cast(pl.Int64) - MOST_EVIDENCE).clip(0),
        )
    )
    role = pl.when(pl.col("balance") >= 0).then(pl.lit("beneficiary")).otherwise(pl.lit("payer"))
    members = (
        networks.members.filter(pl.col("network").is_in(flagged))
        .group_by("network", maintain_order=True)
        .agg(members=pl.struct("account", role=role))
    )
    rows = scored.rows.join(payments, on="network", maintain_order="left").join(
        members, on="network", maintain_order="left"
    )
    found = [
        {
            "subject": row["account"],
            "window_start_s": windows.span_s(row["days"], row["window_back"])[0],
            "window_end_s": windows.span_s(row["days"], row["window_back"])[1],
            "strength": scored.strength(row),
            "evidence": row["evidence"],
            "members": row["members"],
            "facts": canonical_json(_facts(row, row_effects, view.base_currency) | scored.told(row)).decode(),
        }
        for row, row_effects in zip(rows.iter_rows(named=True), effects, strict=True)
    ]
    return pl.DataFrame(found, schema=RAW_FINDING).sort("subject", "window_start_s", "window_end_s")


def _facts(row: dict[str, Any], effects: list[Effect], currency: str) -> dict[str, Any]:
    """What a network is explained with: whole numbers and text only."""
    return {
        "accounts": row["accounts"],
        "currency": currency,
        "effects": [effect_fact(row, effect, currency) for effect in effects],
        "farthest": round(row["farthest"] * 1000),
        "left_out": row["left_out"],
        "peer_size": row["size"] - 1,
        "transactions": row["transactions"],
        "turnover": str(row["turnover"]),
        "unpriced": row["unpriced"],
        "window_days": row["days"],
    } | {f"unlike_{language}": unlike(row, effects, currency, language) for language in ("en", "fr", "es")}
