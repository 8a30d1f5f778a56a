"""Run the examples of a detector, each on a throw-away snapshot of its own, and compare whom it flags with whom it must."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import duckdb
import polars as pl

from detectors.api import Detector, SnapshotView
from detectors.example_findings import told
from detectors.example_table import example_frame
from detectors.findings import Record
from detectors.references import parse_tables
from detectors.relations.load import example_references, load_frame
from schemas.detector import Example

BASE_CURRENCY = "EUR"
_SEED = "examples"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example gave: whom it must flag, whom it flagged, and the findings behind that.

    `told` are the findings as `example_findings` tells them, where they were asked for; `lacks` names the columns and tables that the
    detector needs and the example has not, for want of which it found nothing.
    """

    detector: str
    kind: Literal["fires", "silent"]
    example: str
    expected: tuple[str, ...]
    flagged: tuple[str, ...]
    findings: pl.DataFrame
    told: tuple[Record, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.expected == self.flagged

    def as_record(self) -> Record:
        """The outcome as JSON values: `count` findings, of which `findings` tells the first where they were asked for."""
        return {
            "id": self.detector,
            "kind": self.kind,
            "example": self.example,
            "holds": self.holds,
            "expected": list(self.expected),
            "flagged": list(self.flagged),
            "lacks": list(self.lacks),
            "count": self.findings.height,
            "findings": list(self.told),
        }

    def __str__(self) -> str:
        wanted, got = (", ".join(accounts) or "nobody" for accounts in (self.expected, self.flagged))
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        return f"{self.detector}: {self.kind} «{self.example}» {verdict}: must flag {wanted}, flagged {got}"


@contextmanager
def snapshot_of(rows: pl.DataFrame, tables: Mapping[str, str] | None = None) -> Iterator[SnapshotView]:
    """A snapshot over a few SEGMENT rows. Its logical now is the last row's time.

    `tables` are reference tables as an example writes them; rates and thresholds are those of all examples unless given.
    Raises ReferenceInvalid for a table that is not valid.
    """
    references = {**example_references(BASE_CURRENCY), **dict(parse_tables(tables or {}))}
    connection = duckdb.connect(":memory:", config={"threads": 1})
    try:
        coverage = load_frame(connection, rows, tables=references, base_currency=BASE_CURRENCY)
        connection.execute("set enable_external_access = false")  # from here on a rule's SQL runs
        ((last,),) = connection.execute("select coalesce(max(t_end_s), 0) from transactions").fetchall()
        yield SnapshotView(
            connection=connection,
            as_of_s=last,
            base_currency=BASE_CURRENCY,
            run_seed=_SEED,
            coverage=coverage,
            filled=frozenset(kind for kind, table in references.items() if table.height),
        )
    finally:
        connection.close()


def run_example(
    detector: Detector, example: Example, kind: Literal["fires", "silent"], *, tell: bool = False
) -> Outcome:
    """Run one example, and with `tell` say what its findings come to. Raises DetectorInvalid where its table cannot be read."""
    params = detector.meta.settled(example.params)
    with snapshot_of(example_frame(example), example.tables) as view:
        findings = detector.find(view, params)
        names = dict(view.sql("select account, name from accounts").iter_rows())
        said = tuple(told(detector, example, view, findings, params)) if tell else ()
        lacks = view.missing(detector.meta)
    flagged = tuple(sorted({str(names[subject]) for subject in findings["subject"].to_list()}))
    expected = tuple(sorted(example.flags))
    return Outcome(detector.meta.id, kind, example.name, expected, flagged, findings, said, lacks)


def run_examples(detector: Detector, *, tell: bool = False) -> Iterator[Outcome]:
    """Every example of a detector, those that fire first."""
    for example in detector.meta.fires:
        yield run_example(detector, example, "fires", tell=tell)
    for example in detector.meta.silent:
        yield run_example(detector, example, "silent", tell=tell)
