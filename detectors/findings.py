"""From a detector's raw frame to findings in the submitters' words: keys and references in place of run-local numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
import polars as pl

from detectors.anomaly.declared import DECLARED
from detectors.api import Detector, SnapshotView
from detectors.wording import Explainer
from schemas.canonical import canonical_json, digest_json
from schemas.detector import DetectorMeta
from schemas.finding import Effect

Record = dict[str, Any]
"""A finding or an alert as plain JSON values, with the fields of schemas.finding.Finding or schemas.alert.CandidateAlert."""


_IDENTITY = ("detector", "subject", "window_start", "window_end", "evidence", "members")
"""What makes a finding the one that it is, whatever it says of it."""


class Named(NamedTuple):
    """A finding, and its canonical JSON."""

    finding: Record
    body: bytes


def moment(seconds: int) -> str:
    """Seconds since the epoch as RFC 3339 in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()}Z"


class Listed(list[dict[str, str]]):
    """Plain JSON objects, and beside them the canonical JSON of their list: what several records hold is written once."""

    __slots__ = ("text",)

    def __init__(self, things: Iterable[dict[str, str]], texts: Iterable[bytes]) -> None:
        super().__init__(things)
        self.text = orjson.Fragment(b"[" + b",".join(texts) + b"]")


class Names:
    """What the run-local numbers of some findings stand for. The objects that it gives are shared, and must not be changed."""

    def __init__(self, view: SnapshotView, frames: Sequence[pl.DataFrame]) -> None:
        """Look up every account and transaction that the raw `frames` mention, in two queries."""
        accounts = _mentioned(frames, pl.col("members").list.eval(pl.element().struct.field("account")))
        accounts |= _mentioned(frames, pl.concat_list("subject"))
        self._accounts = {
            account: (name, key)
            for account, name, key in _looked_up(view, "accounts", "account", accounts, "name, key")
        }
        self._members: dict[tuple[int, str], tuple[dict[str, str], bytes]] = {}
        self._reports: dict[int, list[dict[str, str]]] = {}
        self._texts: dict[int, bytes] = {}
        evidence = _mentioned(frames, pl.col("evidence"))
        for txn, batch, reference in _looked_up(view, "reports", "txn", evidence, "batch, reference"):
            report = {"batch": batch, "reference": reference}
            text = b'{"batch":%b,"reference":%b}' % (orjson.dumps(batch), orjson.dumps(reference))
            if txn in self._reports:
                self._reports[txn].append(report)
                self._texts[txn] += b"," + text
            else:
                self._reports[txn], self._texts[txn] = [report], text

    def account(self, number: int) -> tuple[str, str]:
        """An account as submitted, and its key."""
        return self._accounts[number]

    def evidence(self, txns: Sequence[int]) -> list[dict[str, str]]:
        """The reports of transactions, in the order given."""
        return Listed([each for txn in txns for each in self._reports[txn]], [self._texts[txn] for txn in txns])

    def same_flow(self, txns: Sequence[int]) -> list[list[dict[str, str]]]:
        """The reports of each transaction that two partners reported, in the order given: to be counted once."""
        return [self._reports[txn] for txn in txns if len(self._reports[txn]) > 1]

    def members(self, members: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Members with their accounts named, in the order given."""
        named = [self._member(m["account"], m["role"]) for m in members]
        return Listed([member for member, _ in named], [text for _, text in named])

    def _member(self, account: int, role: str) -> tuple[dict[str, str], bytes]:
        known = self._members.get((account, role))
        if known is None:
            name, key = self._accounts[account]
            text = b'{"account":%b,"key":%b,"role":%b}' % (orjson.dumps(name), orjson.dumps(key), orjson.dumps(role))
            known = self._members[account, role] = {"account": name, "key": key, "role": role}, text
        return known


def as_written(things: object) -> object:
    """What `names` gave, as the text that stands for it in `canonical_json`; anything else as it is."""
    return things.text if isinstance(things, Listed) else things


def name_findings(
    detector: Detector, raw: pl.DataFrame, names: Names, params: Mapping[str, int | Decimal], base_currency: str
) -> list[Named]:
    """The findings of one detector, in the order of its raw frame. Each is explained here, once and for good."""
    explainer = Explainer(detector.meta, params, base_currency=base_currency, logic_hash=detector.logic_hash)
    return [_named(detector.meta, row, names, explainer) for row in raw.iter_rows(named=True)]


def _named(meta: DetectorMeta, row: Record, names: Names, explainer: Explainer) -> Named:
    facts = orjson.loads(row["facts"])
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
    texts = record | {name: as_written(record[name]) for name in ("evidence", "members")}
    finding = {"id": f"f_{digest_json({name: texts[name] for name in _IDENTITY})[:24]}"} | record
    explanation = explainer.shortened(record["explanation"])
    return Named(finding, canonical_json(texts | {"id": finding["id"], "explanation": explanation}))


def _mentioned(frames: Sequence[pl.DataFrame], numbers: pl.Expr) -> set[int]:
    found = [frame.select(numbers.cast(pl.List(pl.Int32)).alias("n")) for frame in frames if frame.height]
    if not found:
        return set()
    return set(pl.concat(found).get_column("n").explode().drop_nulls().unique().to_list())


def _looked_up(view: SnapshotView, relation: str, number: str, wanted: set[int], columns: str) -> list[tuple[Any, ...]]:
    listed = pl.DataFrame({"n": sorted(wanted)}, schema={"n": pl.Int32}).to_arrow()
    view.connection.register("wanted", listed)
    try:
        return view.connection.execute(
            f"select {number}, {columns} from {relation} where {number} in (select n from wanted) order by all"
        ).fetchall()
    finally:
        view.connection.unregister("wanted")
