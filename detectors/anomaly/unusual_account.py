"""The model `unusual-account`: an account that behaved unlike similar accounts did in the same days, by three models together.

It only points: it names the features, the account's value and its peers' usual one, and the transactions behind them. It never
compares people by origin or name, and it learns from no earlier decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

from detectors.anomaly import explain
from detectors.anomaly.examples import FIRES, SILENT
from detectors.anomaly.features import FEATURES, Windows, account_windows, flagged_legs, worded, written
from detectors.anomaly.peers import Peers, group_label
from detectors.api import Params, SnapshotView
from schemas.canonical import canonical_json
from schemas.detector import DetectorMeta, Indicator, Parameter
from schemas.finding import RAW_FINDING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detectors.anomaly.ensemble import Ensemble

ID = "unusual-account"
MOST_EVIDENCE = 40
TOP_FEATURES = 3
_WINDOW = ["account", "window_back"]
_AGAINST = {"en": "against a usual", "fr": "au lieu de", "es": "frente a lo habitual, que es"}
_ONLY_TOGETHER = {
    "en": "no number stands out by itself, but they are rarely seen together",
    "fr": "aucun chiffre ne ressort seul, mais leur réunion est rare",
    "es": "ningún número destaca por sí solo, pero rara vez se ven juntos",
}

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
        "PyOD: Zhao, Nasrullah and Li 2019",
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
    facts={
        "score": "percent", "score_bar": "percent", "reference": "count", "peer_size": "count", "peers": "text",
        "peers_fr": "text", "peers_es": "text", "unlike_en": "text", "unlike_fr": "text", "unlike_es": "text",
        "turnover": "money", "currency": "text",
        "transactions": "count", "unpriced": "count", "window_days": "days", "farthest": "ratio",
        "left_out": "count",
    },
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
            reason="enough to rank to five in 100,000, few enough to fit in seconds",
        ),
        "share": Parameter(
            default=5, unit="per_mille", least=1, most=100,
            reason="the share of the reference that may lie beyond the bar: what analysts can look at, not a truth",
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


@dataclass(frozen=True, slots=True)
class Scored:
    """The flagged account-windows, one an account, with their group, rarity and distances (rows by features)."""

    rows: pl.DataFrame
    distances: NDArray[np.float64]
    ensemble: Ensemble
    bar: int


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The unusual accounts of the snapshot, each in its most unusual window: a frame of `RAW_FINDING`."""
    windows = Windows(view.as_of_s, int(params["window_days"]))
    seed = view.seed(ID)
    rows = account_windows(
        view,
        windows,
        least_transactions=int(params["least_transactions"]),
        least_turnover=params["least_turnover"],
        seed=seed,
    )
    if rows.height < int(params["least_peers"]):
        return pl.DataFrame(schema=RAW_FINDING)

    from detectors.anomaly.ensemble import one_thread  # noqa: PLC0415

    with one_thread():
        scored, left_out = _flag(rows, params, seed)
        view.note(ID, "accounts beyond the cap", left_out)
        if scored.rows.is_empty():
            return pl.DataFrame(schema=RAW_FINDING)
        effects = explain.effects(scored.ensemble, scored.distances)
    return _findings(view, windows, scored, effects)


def _flag(rows: pl.DataFrame, params: Params, seed: int) -> tuple[Scored, int]:
    """Compare every account-window with its peers, and keep each account's rarest one where it is beyond the bar.

    Also says how many accounts the cap left out. The cap decides who is reported, never how anybody is scored.
    """
    import numpy as np  # noqa: PLC0415

    from detectors.anomaly.ensemble import Ensemble  # noqa: PLC0415

    peers = Peers.fit(rows, int(params["least_peers"]))
    slots = peers.assign(rows)
    distances = peers.distances(rows, slots)
    chosen = rows.select("draw", *_WINDOW).with_row_index().sort("draw", *_WINDOW).head(int(params["reference"]))
    ensemble = Ensemble.fit(distances[chosen["index"].sort().to_numpy()], seed)
    bar = ensemble.bar(int(params["share"]))
    flagged = (
        rows.with_row_index()
        .with_columns(
            slot=slots,
            rarity=pl.Series(ensemble.rarity(distances, at_least=bar)),
            farthest=pl.Series(np.abs(distances).max(axis=1)),
        )
        .filter("is_material", pl.col("rarity") >= bar, (pl.col("farthest") >= float(params["least_distance"])))
        .sort("account", "rarity", "window_back", descending=[False, True, False])
        .unique("account", keep="first", maintain_order=True)
        .sort("rarity", "farthest", "account", descending=[True, True, False])
    )
    kept = flagged.head(int(params["most_findings"])).sort("account")
    explained = kept.join(
        peers.groups.select("slot", "rung", "size", cs.starts_with("median_")), on="slot", maintain_order="left"
    )
    return Scored(explained, distances[kept["index"].to_numpy()], ensemble, bar), flagged.height - kept.height


def _findings(
    view: SnapshotView, windows: Windows, scored: Scored, effects: list[list[explain.Effect]]
) -> pl.DataFrame:
    """The raw findings of the flagged rows, with their facts and evidence."""
    tops = [_top(row_effects) for row_effects in effects]
    top = pl.DataFrame(
        [
            (account, back, FEATURES[effect.feature].concerns, effect.thousandths)
            for (account, back), row_tops in zip(scored.rows.select(_WINDOW).rows(), tops, strict=True)
            for effect in row_tops
        ],
        schema={"account": pl.Int32, "window_back": pl.Int32, "concerns": pl.String, "thousandths": pl.Int64},
        orient="row",
    )
    legs = flagged_legs(view, windows, scored.rows.select(_WINDOW))
    behind = explain.weighty_transactions(legs, top, MOST_EVIDENCE)
    rows = scored.rows.join(behind, on=_WINDOW, how="left", maintain_order="left")
    ensemble = scored.ensemble
    found = [
        {
            "subject": row["account"],
            "window_start_s": windows.span_s(row["window_back"])[0],
            "window_end_s": windows.span_s(row["window_back"])[1],
            "strength": 500 + 500 * (row["rarity"] - scored.bar) // max(ensemble.most - scored.bar, 1),
            "evidence": row["evidence"],
            "members": [{"account": row["account"], "role": _role(row)}],
            "facts": canonical_json(
                {
                    **_facts(row, row_effects, view.base_currency),
                    "score": ensemble.per_mille(row["rarity"]),
                    "score_bar": ensemble.per_mille(scored.bar),
                    "reference": ensemble.size,
                    "window_days": windows.days,
                }
            ).decode(),
        }
        for row, row_effects in zip(rows.iter_rows(named=True), effects, strict=True)
    ]
    return pl.DataFrame(found, schema=RAW_FINDING).sort("subject", "window_start_s", "window_end_s")


def _top(effects: list[explain.Effect]) -> list[explain.Effect]:
    """The features that weigh most for the score: at most `TOP_FEATURES`, none that speaks against it."""
    return [effect for effect in effects if effect.thousandths > 0][:TOP_FEATURES]


def _role(row: dict[str, Any]) -> str:
    """Which way the money went, and no more: the model knows no part in a scheme."""
    return "beneficiary" if row["money_in"] >= row["money_out"] else "payer"


def _facts(row: dict[str, Any], effects: list[explain.Effect], currency: str) -> dict[str, Any]:
    """What one finding is explained with: whole numbers and text only."""
    label = group_label(row["rung"], row["kind"], row["transactions"], has_cash=row["has_cash"])
    return {
        "currency": currency,
        "effects": [_effect_fact(row, effect, currency) for effect in effects],
        "farthest": round(row["farthest"] * 1000),
        "left_out": row["left_out"],
        "peer_size": row["size"] - 1,
        "peers": label["en"],
        "peers_fr": label["fr"],
        "peers_es": label["es"],
        "transactions": row["transactions"],
        "turnover": str(row["turnover"]),
        "unlike_en": _unlike(row, effects, currency, "en"),
        "unlike_fr": _unlike(row, effects, currency, "fr"),
        "unlike_es": _unlike(row, effects, currency, "es"),
        "unpriced": row["unpriced"],
    }


def _effect_fact(row: dict[str, Any], effect: explain.Effect, currency: str) -> dict[str, str | int]:
    unit = FEATURES[effect.feature].unit
    return {
        "feature": effect.feature,
        "observed": written(row[effect.feature], unit, currency),
        "peers": written(row[f"median_{effect.feature}"], unit, currency),
        "effect": effect.thousandths,
    }


def _unlike(row: dict[str, Any], effects: list[explain.Effect], currency: str, language: str) -> str:
    """What sets the account apart, in words: `money received 45 000 EUR against a usual 1 200 EUR; ...`."""
    parts: list[str] = []
    for effect in effects:
        feature = FEATURES[effect.feature]
        observed = worded(row[feature.name], feature.unit, currency, language)
        usual = worded(row[f"median_{feature.name}"], feature.unit, currency, language)
        if effect.thousandths > 0 and observed != usual:
            parts.append(f"{feature.label[language]} {observed} {_AGAINST[language]} {usual}")
    between = " ; " if language == "fr" else "; "
    return between.join(parts[:TOP_FEATURES]) or _ONLY_TOGETHER[language]
