"""The search of a run: each detector once, two at a time, its raw findings put aside as they come.

What is found depends neither on which two meet nor on who is done first: each looks at the same snapshot, and results are given in
the order of the manifest. The findings that were put aside by a child that died are not searched for again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from detectors.api import Detector, SnapshotView
from schemas.errors import ThalwegError
from schemas.finding import RAW_FINDING
from schemas.run import DetectorRef
from service.children import Progress
from service.runs.loading import number_of

LANES = 2
"""Detectors at work at a time: where one has work for a single thread, the other has the second core. More would need more memory."""
_OPEN_DUCKDB_FAULTS = (duckdb.Error, ThalwegError, ArithmeticError, LookupError, TypeError, ValueError, MemoryError)

Pair = tuple[Detector, DetectorRef]


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of one detector: its raw findings, or the cause for which there are none, and the seconds from its start to its end."""

    raw: pl.DataFrame | None
    cause: str | None
    seconds: float


@dataclass(frozen=True)
class Search:
    """The detectors of a run over one snapshot. `scratch` is where findings are put aside, `failed` has the causes of those that a
    child died of. Each message of progress says which detectors are at work (`running`), so that a death can be laid at the right door.
    """

    view: SnapshotView
    scratch: Path
    failed: Mapping[str, str]
    progress: Progress
    _running: list[str] = field(default_factory=list)
    _speaking: threading.Lock = field(default_factory=threading.Lock)

    def all(self, pairs: Sequence[Pair], *, lanes: int) -> dict[str, Looked]:
        """What came of each detector, by id and in this order.

        Models are last and alone: what they have measured stays in memory for one another. Who failed beside another is asked again
        alone, so that a failure does not hang on who met whom.
        """
        exact = [pair for pair in pairs if pair[1].kind != "model"]
        with ThreadPoolExecutor(lanes) as pool:
            found = dict(zip((ref.id for _, ref in exact), pool.map(self._look, exact), strict=True))
        for pair in pairs:
            name = pair[1].id
            if name not in found or (lanes > 1 and found[name].cause is not None and name not in self.failed):
                found[name] = self._look(pair)
        return {ref.id: found[ref.id] for _, ref in pairs}

    def _look(self, pair: Pair) -> Looked:
        detector, ref = pair
        started = time.perf_counter()
        self._tell(begun=ref.id)
        raw, cause = None, self.failed.get(ref.id)
        aside = self.scratch / f"{ref.id}.parquet"
        if cause is None and aside.exists():
            raw = pl.read_parquet(aside)
        elif cause is None:
            try:
                raw = self._find(detector, ref)
                part = aside.with_suffix(".part")
                raw.write_parquet(part)
                part.replace(aside)  # the child may die of another detector meanwhile
            except _OPEN_DUCKDB_FAULTS as error:
                cause = f"{type(error).__name__}: {error}"[:500]
        self._tell(ended=ref.id)
        return Looked(raw, cause, time.perf_counter() - started)

    def _find(self, detector: Detector, ref: DetectorRef) -> pl.DataFrame:
        frame = detector.find(self.view, {name: number_of(text) for name, text in ref.params.items()})
        return frame.select(pl.col(name).cast(dtype) for name, dtype in RAW_FINDING.items())

    def _tell(self, *, begun: str | None = None, ended: str | None = None) -> None:
        with self._speaking:
            if begun is not None:
                self._running.append(begun)
            if ended is not None:
                self._running.remove(ended)
            latest = {"detector": self._running[-1]} if self._running else {}
            self.progress({"step": "detect", "running": list(self._running)} | latest)
