"""The face of a detector and of the snapshot that it looks at. A detector sees nothing else: no clock, no file, no network."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import duckdb
import polars as pl

from schemas.detector import DetectorMeta

Params = Mapping[str, int | Decimal]


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """One snapshot, loaded into a DuckDB of its own as the relations of `detectors/relations`.

    `as_of_s` is the logical now in seconds since the epoch. `notes` collects what a detector left out and by which cap, as
    counts by detector and name; notes are reported with the run and are part of no finding. `coverage` counts the transactions
    with a value in each optional column, and `filled` names the reference tables that have rows.
    """

    connection: duckdb.DuckDBPyConnection
    as_of_s: int
    base_currency: str
    run_seed: str
    threads: int = 1
    notes: dict[str, dict[str, int]] = field(default_factory=dict)
    coverage: Mapping[str, int] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()
    _making: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _opening: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def sql(self, query: str, params: Sequence[object] = ()) -> pl.DataFrame:
        """The rows of one query, over a cursor of its own. Values are bound as `?`."""
        with self._cursor() as cursor:
            rows: pl.DataFrame = cursor.sql(query, params=list(params)).pl()
            return rows

    def execute(self, statement: str, params: Sequence[object] = ()) -> None:
        """Run statements that give no rows, such as a table that several patterns share for as long as the run lasts: one after another,
        as two that make the same table at a time would both fail."""
        with self._making, self._cursor() as cursor:
            cursor.execute(statement, list(params))

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor: detectors may be at work in several threads, and the connection is asked for one at a time."""
        with self._opening:
            cursor = self.connection.cursor()
        try:
            yield cursor
        finally:
            with self._opening:
                cursor.close()

    def missing(self, meta: DetectorMeta) -> tuple[str, ...]:
        """The columns and reference tables that a detector needs and that are empty here: with any, it stays silent."""
        columns = (name for name in meta.needs if not self.coverage.get(name, 0))
        return (*columns, *(f"table {name}" for name in meta.tables if name not in self.filled))

    def seed(self, detector: str) -> int:
        """The detector's own seed below 2^31: from SHA-256 over the run's seed and the detector's id."""
        return int.from_bytes(hashlib.sha256(f"{self.run_seed}\0{detector}".encode()).digest()[:4], "big") >> 1

    def note(self, detector: str, name: str, count: int) -> None:
        """Record that a cap left out `count` things; zero is worth recording too."""
        self.notes.setdefault(detector, {})[name] = count


class Detector(Protocol):
    """A rule, a pattern or a model. `find` gives a frame of `schemas.finding.RAW_FINDING`, sorted by subject and window."""

    @property
    def meta(self) -> DetectorMeta: ...
    @property
    def logic_hash(self) -> str: ...
    @property
    def prose_hash(self) -> str: ...
    @property
    def code_digest(self) -> str: ...
    @property
    def source_path(self) -> Path: ...
    def find(self, view: SnapshotView, params: Params) -> pl.DataFrame: ...


def default_params(meta: DetectorMeta) -> dict[str, int | Decimal]:
    """The parameters of a detector at their defaults."""
    return {name: parameter.default for name, parameter in meta.params.items()}
