"""The child's side of a run: load the segments, run each detector, consolidate, rank, write. It reads files and nothing else.

Each detector's raw findings are put aside as they come, so that a run whose child dies goes on in the next one without them
being found again, and without the detector that it died of.
"""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from detectors.api import Detector, SnapshotView
from detectors.as_set import under
from detectors.catalogue import Catalogue
from detectors.findings import Names, name_findings
from detectors.learning.order import Weights, reordered
from detectors.queue import counted, placed
from schemas.canonical import digest_file
from schemas.errors import ThalwegError
from schemas.finding import RAW_FINDING
from schemas.run import Manifest
from service.children import Progress
from service.learning.applied import weights_named
from service.runs.candidates import candidate_alerts
from service.runs.compare import backtest
from service.runs.loading import loaded, number_of
from service.runs.manifest import this_engine
from service.runs.outputs import ALERTS, FINDINGS, bodies_of_alerts, digest_bodies, write_alerts, write_findings

_OPEN_DUCKDB_FAULTS = (duckdb.Error, ThalwegError, ArithmeticError, LookupError, TypeError, ValueError, MemoryError)


def run(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Run a manifest. The payload: `manifest`, `segments` and `references` (where each lies), `out`, `scratch`, `threads`,
    `memory_bytes`, `rule_directories`, `failed` (causes by detector, from a child that died).
    """
    manifest = Manifest.model_validate(payload["manifest"])
    out, scratch = Path(payload["out"]), Path(payload["scratch"])
    catalogue = Catalogue.load(tuple(Path(each) for each in payload["rule_directories"]))
    chosen = [under(catalogue.get(ref.id), ref.status) for ref in manifest.detectors]
    weights = weights_named(manifest, payload["references"])
    with loaded(payload, manifest, progress) as (view, tables):
        raws, outcomes = _detect(view, manifest, chosen, scratch=scratch, failed=payload["failed"], progress=progress)
        progress({"step": "explain"})
        sizes = _sizes(view)
        with _collecting_nothing():
            result = _finish(
                view,
                manifest,
                chosen,
                raws,
                baseline=tables["baseline"],
                weights=weights,
                out=out,
                accounts=sizes["accounts"],
            )
        told = {"detectors": outcomes, "notes": view.notes, "coverage": dict(view.coverage)}
        return result | sizes | told | {"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}


def _detect(
    view: SnapshotView,
    manifest: Manifest,
    chosen: Sequence[Detector],
    *,
    scratch: Path,
    failed: dict[str, str],
    progress: Progress,
) -> tuple[dict[str, pl.DataFrame], list[dict[str, Any]]]:
    raws: dict[str, pl.DataFrame] = {}
    outcomes: list[dict[str, Any]] = []
    place = {ref.id: at for at, ref in enumerate(manifest.detectors)}
    # Models last: what they have measured stays in memory for one another, and the search for networks needs the room.
    for detector, ref in sorted(zip(chosen, manifest.detectors, strict=True), key=lambda pair: pair[1].kind == "model"):
        progress({"step": "detect", "detector": ref.id})
        started, cause = time.perf_counter(), failed.get(ref.id)
        aside = scratch / f"{ref.id}.parquet"
        if cause is None and aside.exists():
            raws[ref.id] = pl.read_parquet(aside)
        elif cause is None:
            try:
                raws[ref.id] = _find(detector, view, {name: number_of(text) for name, text in ref.params.items()})
                raws[ref.id].write_parquet(aside)
            except _OPEN_DUCKDB_FAULTS as error:
                cause = f"{type(error).__name__}: {error}"[:500]
        outcomes.append(
            {
                "id": ref.id,
                "kind": ref.kind,
                "status": "done" if cause is None else "failed",
                "findings": raws[ref.id].height if cause is None else 0,
                "seconds": f"{time.perf_counter() - started:.3f}",
                "cause": cause,
            }
            | ({"silent_for": list(missing)} if (missing := view.missing(detector.meta)) else {})
        )
    return raws, sorted(outcomes, key=lambda outcome: place[outcome["id"]])


def _find(detector: Detector, view: SnapshotView, params: dict[str, int | Decimal]) -> pl.DataFrame:
    frame = detector.find(view, params)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in RAW_FINDING.items())


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Without looking for cycles among objects: findings in words are a million of them without any, and it takes a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _finish(
    view: SnapshotView,
    manifest: Manifest,
    chosen: Sequence[Detector],
    raws: dict[str, pl.DataFrame],
    *,
    baseline: pl.DataFrame,
    weights: Weights | None,
    out: Path,
    accounts: int,
) -> dict[str, Any]:
    names = Names(view, list(raws.values()))
    named = {
        detector.meta.id: name_findings(
            detector, raws[detector.meta.id], names, _params(manifest, detector.meta.id), manifest.base_currency
        )
        for detector in chosen
        if detector.meta.id in raws
    }
    records = {detector: [finding for finding, _ in found] for detector, found in named.items()}
    made = candidate_alerts(chosen, raws, records, baseline, names, max_members=manifest.queue.max_members)
    alerts = placed(reordered(made, weights), manifest.queue, accounts=accounts, seed=manifest.seed)
    told = [each for detector in sorted(named) for each in named[detector]]
    finding_bodies, alert_bodies = [body for _, body in told], bodies_of_alerts(alerts, told)
    exact = (body for finding, body in told if finding["kind"] != "model")
    write_findings(out / FINDINGS, [finding for finding, _ in told], finding_bodies)
    write_alerts(out / ALERTS, alerts, alert_bodies)
    return {
        "findings": len(told),
        "alerts": len(alerts),
        "places": counted(alerts),
        "digest": digest_bodies(finding_bodies, alert_bodies),
        "exact_digest": digest_bodies(exact),
        "files": {name: digest_file(out / name) for name in (FINDINGS, ALERTS)},
    }


def _sizes(view: SnapshotView) -> dict[str, int]:
    """What was looked at: how many transactions and accounts, and how many transactions have no rate into the base currency."""
    row = view.sql(
        "select count(*) as transactions, count(*) - count(amount_base) as without_rate,"
        " (select count(*) from accounts) as accounts, (select count(*) from twins) as twins from transactions"
    ).row(0, named=True)
    return {name: int(count) for name, count in row.items()}


def _params(manifest: Manifest, detector: str) -> dict[str, int | Decimal]:
    ref = next(ref for ref in manifest.detectors if ref.id == detector)
    return {name: number_of(text) for name, text in ref.params.items()}


def engine(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """What computes here: asked of the child, because its environment is the one that numbers come out of."""
    return this_engine().model_dump(mode="json")


JOBS = {"run": run, "engine": engine, "backtest": backtest}
