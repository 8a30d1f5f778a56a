"""From flagged account-windows to findings: numbers, words and the transactions behind them, the same way for every model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from detectors.anomaly import explain
from detectors.anomaly.declared import DECLARED
from detectors.anomaly.features import FEATURES, worded, written
from detectors.anomaly.flagging import Scored
from detectors.anomaly.measuring import flagged_legs
from detectors.anomaly.windows import WINDOW, Windows
from detectors.api import SnapshotView
from schemas.canonical import canonical_json
from schemas.detector import FactKind
from schemas.finding import RAW_FINDING

MOST_EVIDENCE = 40
TOP_FEATURES = 3
FACTS: dict[str, FactKind] = {
    "score": "percent", "score_bar": "percent", "reference": "count", "held_back": "count", "surprisal_mbits": "count",
    "unlike_en": "text", "unlike_fr": "text", "unlike_es": "text", "turnover": "money", "currency": "text",
    "transactions": "count", "unpriced": "count", "window_days": "days", "farthest": "ratio", "left_out": "count",
}  # fmt: skip
"""The facts that `findings` gives of itself; a model adds whom or what it compared with."""
_AGAINST = {"en": "against a usual", "fr": "au lieu de", "es": "frente a lo habitual, que es"}
_ONLY_TOGETHER = {
    "en": "no number stands out by itself, but they are rarely seen together",
    "fr": "aucun chiffre ne ressort seul, mais leur réunion est rare",
    "es": "ningún número destaca por sí solo, pero rara vez se ven juntos",
}


def findings(
    view: SnapshotView,
    windows: Windows,
    scored: Scored,
    effects: list[list[explain.Effect]],
    compared_with: Callable[[dict[str, Any]], dict[str, Any]],
) -> pl.DataFrame:
    """The raw findings of the flagged rows, as `RAW_FINDING`. `compared_with` gives a row's facts about what is usual."""
    top = pl.DataFrame(
        [
            (*window, FEATURES[effect.feature].concerns, effect.thousandths)
            for window, row_effects in zip(scored.rows.select(WINDOW).rows(), effects, strict=True)
            for effect in _top(row_effects)
        ],
        schema=dict.fromkeys(WINDOW, pl.Int32) | {"concerns": pl.String, "thousandths": pl.Int64},
        orient="row",
    )
    legs = flagged_legs(view, windows, scored.rows.select(WINDOW))
    behind = explain.weighty_transactions(legs, top, MOST_EVIDENCE)
    rows = scored.rows.join(behind, on=WINDOW, how="left", maintain_order="left")
    found = [
        {
            "subject": row["account"],
            "window_start_s": windows.span_s(row["days"], row["window_back"])[0],
            "window_end_s": windows.span_s(row["days"], row["window_back"])[1],
            "strength": scored.strength(row),
            "evidence": row["evidence"],
            "members": [{"account": row["account"], "role": _role(row)}],
            "facts": canonical_json(
                _facts(row, row_effects, view.base_currency)
                | {"window_days": row["days"]}
                | scored.told(row)
                | compared_with(row)
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
    return {
        "currency": currency,
        "effects": [effect_fact(row, effect, currency) for effect in effects],
        "farthest": round(row["farthest"] * 1000),
        "left_out": row["left_out"],
        "transactions": row["transactions"],
        "turnover": str(row["turnover"]),
        "unlike_en": unlike(row, effects, currency, "en"),
        "unlike_fr": unlike(row, effects, currency, "fr"),
        "unlike_es": unlike(row, effects, currency, "es"),
        "unpriced": row["unpriced"],
    }


def effect_fact(row: dict[str, Any], effect: explain.Effect, currency: str) -> dict[str, str | int]:
    unit = DECLARED[effect.feature].unit
    return {
        "feature": effect.feature,
        "observed": written(row[effect.feature], unit, currency),
        "peers": written(row[f"median_{effect.feature}"], unit, currency),
        "effect": effect.thousandths,
    }


def unlike(row: dict[str, Any], effects: list[explain.Effect], currency: str, language: str) -> str:
    """What sets the account apart, in words: `money received 45 000 EUR against a usual 1 200 EUR; ...`."""
    parts: list[str] = []
    for effect in effects:
        feature = DECLARED[effect.feature]
        observed = worded(row[feature.name], feature.unit, currency, language)
        usual = worded(row[f"median_{feature.name}"], feature.unit, currency, language)
        if effect.thousandths > 0 and observed != usual:
            parts.append(f"{feature.label[language]} {observed} {_AGAINST[language]} {usual}")
    between = " ; " if language == "fr" else "; "
    return between.join(parts[:TOP_FEATURES]) or _ONLY_TOGETHER[language]
