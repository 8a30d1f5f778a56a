"""From a detector's raw frame to findings in the submitters' words: keys and references in place of run-local numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from detectors.anomaly.declared import DECLARED
from detectors.api import Detector, SnapshotView
from detectors.wording import Explainer
from schemas.canonical import canonical_json, digest_json, written
from schemas.detector import DetectorMeta
from schemas.finding import Effect

Record = dict[str, Any]
"""A finding or an alert as plain JSON values, with the fields of schemas.finding.Finding or schemas.alert.CandidateAlert."""


class Named(NamedTuple):
    """A finding, and its canonical JSON."""

    finding: Record
    body: bytes


def moment(seconds: int) -> str:
    """Seconds since the epoch as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Names:
    """What the run-local numbers of some findings stand for."""

    def __init__(self, view: SnapshotView, frames: Sequence[pl.DataFrame]) -> None:
        """Look up every account and transaction that the raw `frames` mention, in two queries."""
        accounts = _mentioned(frames, pl.col("members").list.eval(pl.element().struct.field("account")))
        accounts |= _mentioned(frames, pl.concat_list("subject"))
        self._accounts = {
            account: (name, key)
            for account, name, key in _looked_up(view, "accounts", "account", accounts, "name, key")
        }
        self._reports: dict[int, list[tuple[str, str]]] = {}
        evidence = _mentioned(frames, pl.col("evidence"))
        for txn, batch, reference in _looked_up(view, "reports", "txn", evidence, "batch, reference"):
            self._reports.setdefault(txn, []).append((batch, reference))

    def account(self, number: int) -> tuple[str, str]:
        """An account as submitted, and its key."""
        return self._accounts[number]

    def evidence(self, txns: Sequence[int]) -> list[dict[str, str]]:
        """The reports of transactions, in the order given."""
        return [{"batch": batch, "reference": reference} for txn in txns for batch, reference in self._reports[txn]]

    def same_flow(self, txns: Sequence[int]) -> list[list[dict[str, str]]]:
        """The reports of each transaction that two partners reported, in the order given: to be counted once."""
        return [self.evidence([txn]) for txn in txns if len(self._reports[txn]) > 1]

    def members(self, members: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Members with their accounts named, in the order given."""
        return [
            {"account": self._accounts[m["account"]][0], "key": self._accounts[m["account"]][1], "role": m["role"]}
            for m in members
        ]


def name_findings(
    detector: Detector, raw: pl.DataFrame, names: Names, params: Mapping[str, int | Decimal], base_currency: str
) -> list[Named]:
    """The findings of one detector, in the order of its raw frame. Each is explained here, once and for good."""
    explainer = Explainer(detector.meta, params, base_currency=base_currency, logic_hash=detector.logic_hash)
    return [_named(detector.meta, row, names, explainer) for row in raw.iter_rows(named=True)]


def _named(meta: DetectorMeta, row: Record, names: Names, explainer: Explainer) -> Named:
    facts = json.loads(row["facts"])
    effects = tuple(
        Effect.model_validate(effect | {"label": DECLARED[effect["feature"]].label})
        for effect in facts.pop("effects", ())
    )
    account, key = names.account(row["subject"])
    record = {
        "detector": meta.id,
        "kind": meta.kind,
        "family": meta.family,
        "severity": meta.severity,
        "status": meta.status,
        "subject": key,
        "subject_account": account,
        "window_start": moment(row["window_start_s"]),
        "window_end": moment(row["window_end_s"]),
        "strength": row["strength"],
        "evidence": names.evidence(row["evidence"]),
        "members": names.members(row["members"]),
        "facts": facts,
        "explanation": explainer.explain(facts, effects),
    }
    lists = {name: written(record[name]) for name in ("evidence", "members")}
    identity = {name: record[name] for name in ("detector", "subject", "window_start", "window_end")} | lists
    finding = {"id": f"f_{digest_json(identity)[:24]}"} | record
    explanation = explainer.shortened(record["explanation"])
    return Named(finding, canonical_json(finding | lists | {"explanation": explanation}))


def _mentioned(frames: Sequence[pl.DataFrame], numbers: pl.Expr) -> set[int]:
    found: set[int] = set()
    for frame in frames:
        found.update(frame.select(numbers.alias("n").explode()).drop_nulls()["n"].to_list())
    return found


def _looked_up(view: SnapshotView, relation: str, number: str, wanted: set[int], columns: str) -> list[tuple[Any, ...]]:
    listed = pl.DataFrame({"n": sorted(wanted)}, schema={"n": pl.Int32}).to_arrow()
    view.connection.register("wanted", listed)
    try:
        return view.connection.execute(
            f"select {number}, {columns} from {relation} where {number} in (select n from wanted) order by all"
        ).fetchall()
    finally:
        view.connection.unregister("wanted")
