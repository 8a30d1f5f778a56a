"""What the catalogue says of a detector beside its file: which columns and tables it needs, and how much of them there is.

It reads what runs have told and which tables are in use; it looks at no transaction itself.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from detectors.api import Detector
from detectors.references import default_reference, parse_reference
from schemas.canonical import sha256
from schemas.reference import REFERENCE_KINDS
from service.runs.told import loaded_in_journal, runs_in_journal
from service.tuning.setting import AS_SHIPPED, Setting, shown_status

Record = dict[str, Any]
_WHO = ("proposal", "proposed_by", "decided_by", "decided_at")


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to look at: the transactions of the latest finished run, how many of them have each column, and how many
    rows each reference table in use has. Without a run that tells it `transactions` is None."""

    transactions: int | None = None
    coverage: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, runs: Iterable[Record], loaded: Mapping[str, Record]) -> Seen:
        """From runs, newest first, and from the reference tables that were loaded, by kind."""
        rows = {kind: loaded[kind]["rows"] if kind in loaded else shipped_rows(kind) for kind in REFERENCE_KINDS}
        for run in runs:
            if run["status"] == "finished" and run["coverage"]:
                return cls(run["sizes"].get("transactions"), run["coverage"], rows)
        return cls(rows=rows)

    @classmethod
    def at(cls, journal: Path) -> Seen:
        """From a journal's files alone, which need not be held; nothing is there where there is no journal."""
        runs = sorted(runs_in_journal(journal).values(), key=lambda run: int(run["seq"]), reverse=True)
        return cls.of(runs, loaded_in_journal(journal))

    def share(self, column: str) -> float | None:
        """The part of the transactions that have a value in a column, from 0 to 1 with three decimals; above 0 it is not 0."""
        if not self.transactions:
            return None
        count = self.coverage.get(column, 0)
        return max(count * 1000 // self.transactions, 1 if count else 0) / 1000


def line_of(
    detector: Detector, seen: Seen, unjudged: Container[str] = (), held: Mapping[str, Record] | None = None
) -> Record:
    """A detector in short, as `thalweg detectors list --json` prints it. `unjudged` are rules whose examples no run has met yet;
    `held` what two people have set of detectors."""
    meta, told = detector.meta, (held or {}).get(detector.meta.id)
    set_so = Setting.of(told) if told else AS_SHIPPED
    return {
        "id": meta.id,
        "kind": meta.kind,
        "family": meta.family,
        "tier": meta.tier,
        "status": shown_status(meta, set_so),
        "set": told and set_so.told | {name: told[name] for name in _WHO},
        "judged": meta.id not in unjudged,
        "logic_hash": detector.logic_hash,
        "sources": list(meta.sources),
        "examples": len(meta.fires) + len(meta.silent),
        "needs": list(meta.needs),
        "tables": list(meta.tables),
        "exclusions": list(meta.exclusions),
        "coverage": {column: seen.share(column) for column in meta.needs},
        "empty_tables": [kind for kind in meta.tables if not seen.rows.get(kind)],
    }


def silent_for(record: Record) -> list[str]:
    """What a detector of the catalogue would miss now: needed columns that no transaction has, needed tables without rows."""
    empty = [column for column, share in record["coverage"].items() if share == 0]
    return empty + [f"table {kind}" for kind in record["empty_tables"]]


def tables_in_use(loaded: Mapping[str, Record]) -> list[Record]:
    """The reference tables by kind, as `thalweg references list --json` prints them: never what they hold. Where nobody has
    loaded one it is the table that ships, and `at` is None."""
    return [
        {"kind": kind}
        | (
            loaded.get(kind)
            or {"digest": shipped_digest(kind), "name": f"{kind}.csv", "rows": shipped_rows(kind), "at": None}
        )
        for kind in sorted(REFERENCE_KINDS)
    ]


@cache
def shipped_rows(kind: str) -> int:
    """How many rows the table of this kind has that ships with Thalweg."""
    return parse_reference(kind, default_reference(kind)).height


@cache
def shipped_digest(kind: str) -> str:
    """The SHA-256 of the table of this kind that ships with Thalweg."""
    return sha256(default_reference(kind))
