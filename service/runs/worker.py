"""The child's side of a run: load the segments, run each detector, consolidate, rank, write. It reads files and nothing else.

Each detector's raw findings are put aside as they come, so that a run whose child dies goes on in the next one without them
being found again, and without the detector that it died of.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from detectors.api import Detector, SnapshotView
from detectors.catalogue import Catalogue
from detectors.findings import Names, name_findings
from detectors.references import parse_reference
from detectors.relations import Source, load_segments
from schemas.canonical import digest_file
from schemas.digest_rows import digest_rows
from schemas.errors import DigestMismatch, ThalwegError
from schemas.finding import RAW_FINDING
from schemas.run import Manifest
from schemas.transaction import SEGMENT_NAMES
from service.children import Progress
from service.runs.candidates import candidate_alerts
from service.runs.manifest import this_engine
from service.runs.outputs import ALERTS, FINDINGS, bodies_of, digest_bodies, write_alerts, write_findings

_OPEN_DUCKDB_FAULTS = (duckdb.Error, ThalwegError, ArithmeticError, LookupError, TypeError, ValueError, MemoryError)


def run(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Run a manifest. The payload: `manifest`, `segments` and `references` (where each lies), `out`, `scratch`, `threads`,
    `memory_bytes`, `rule_directories`, `failed` (causes by detector, from a child that died), `max_members`.
    """
    manifest = Manifest.model_validate(payload["manifest"])
    out, scratch = Path(payload["out"]), Path(payload["scratch"])
    catalogue = Catalogue.load(tuple(Path(each) for each in payload["rule_directories"]))
    chosen = [catalogue.get(ref.id) for ref in manifest.detectors]
    tables = _tables(manifest, payload["references"])
    connection = _connect(payload, scratch)
    try:
        progress({"step": "load"})
        coverage = _load(connection, manifest, payload["segments"], tables, progress)
        view = SnapshotView(
            connection,
            as_of_s=_epoch(manifest.as_of),
            base_currency=manifest.base_currency,
            run_seed=manifest.seed,
            threads=payload["threads"],
            coverage=coverage,
            filled=frozenset(kind for kind, table in tables.items() if table.height),
        )
        raws, outcomes = _detect(view, manifest, chosen, scratch=scratch, failed=payload["failed"], progress=progress)
        progress({"step": "explain"})
        result = _finish(
            view, manifest, chosen, raws, baseline=tables["baseline"], out=out, max_members=payload["max_members"]
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        return (
            result | _sizes(view) | {"detectors": outcomes, "notes": view.notes, "coverage": coverage, "peak_mib": peak}
        )
    finally:
        connection.close()


def _connect(payload: dict[str, Any], scratch: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "threads": payload["threads"],
            # A quarter is left to polars, to the models and to the interpreter.
            "memory_limit": f"{payload['memory_bytes'] * 3 // 4 >> 20}MiB",
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    connection.execute("set TimeZone = 'UTC'")
    return connection


def _tables(manifest: Manifest, places: dict[str, str]) -> dict[str, pl.DataFrame]:
    tables = {}
    for ref in manifest.references:
        path = Path(places[ref.kind])
        if digest_file(path) != ref.digest:
            raise DigestMismatch("a reference table is not the one that the manifest names", where=path.name)
        tables[ref.kind] = parse_reference(ref.kind, path.read_bytes(), path.name)
    return tables


def _load(
    connection: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    places: dict[str, dict[str, str | None]],
    tables: dict[str, pl.DataFrame],
    progress: Progress,
) -> dict[str, int]:
    sources, rewritten = [], []
    for ref in manifest.segments:
        place = places[ref.digest]
        path = Path(str(place["path"]))
        if not _as_sealed(path, place.get("bytes")):
            _verify_rows(path, ref.digest)
            rewritten.append(path.name)
        sources.append(Source(path, ref.batch, ref.submitter))
    try:
        coverage = load_segments(
            connection,
            sources,
            tables=tables,
            base_currency=manifest.base_currency,
            as_of=datetime.fromisoformat(manifest.as_of).replace(tzinfo=None),
            on_step=lambda step: progress({"step": f"load {step}"}),
        )
    except duckdb.Error as error:
        if not rewritten:
            raise
        # One reader could make out the rows and the other cannot: the file is damaged where only one of them looks.
        raise DigestMismatch(
            "a segment is not as it was sealed", where=rewritten[0], remedy="Put it back from a copy."
        ) from error
    # From here on only what is loaded can be read: a rule has no way to a file, to the network or to the settings.
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return coverage


def _as_sealed(path: Path, recorded: str | None) -> bool:
    """Whether the bytes are those that were recorded when the segment was sealed."""
    if not path.exists():
        raise DigestMismatch("a segment is missing", where=path.name, remedy="Put it back from a copy.")
    return recorded is not None and digest_file(path) == recorded


def _verify_rows(path: Path, digest: str) -> None:
    """The rows are those of the segment, whoever wrote the file."""
    try:
        rows = pl.read_parquet(path, columns=list(SEGMENT_NAMES))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise DigestMismatch("a segment cannot be read", where=path.name, remedy="Put it back from a copy.") from error
    if digest_rows(rows) != digest:
        raise DigestMismatch("a segment is not the one that the manifest names", where=path.name)


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
    outcomes = []
    for detector, ref in zip(chosen, manifest.detectors, strict=True):
        progress({"step": "detect", "detector": ref.id})
        started, cause = time.perf_counter(), failed.get(ref.id)
        aside = scratch / f"{ref.id}.parquet"
        if cause is None and aside.exists():
            raws[ref.id] = pl.read_parquet(aside)
        elif cause is None:
            try:
                raws[ref.id] = _find(detector, view, {name: _number(text) for name, text in ref.params.items()})
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
        )
    return raws, outcomes


def _find(detector: Detector, view: SnapshotView, params: dict[str, int | Decimal]) -> pl.DataFrame:
    frame = detector.find(view, params)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in RAW_FINDING.items())


def _finish(
    view: SnapshotView,
    manifest: Manifest,
    chosen: Sequence[Detector],
    raws: dict[str, pl.DataFrame],
    *,
    baseline: pl.DataFrame,
    out: Path,
    max_members: int,
) -> dict[str, Any]:
    names = Names(view, list(raws.values()))
    named = {
        detector.meta.id: name_findings(
            detector, raws[detector.meta.id], names, _params(manifest, detector.meta.id), manifest.base_currency
        )
        for detector in chosen
        if detector.meta.id in raws
    }
    alerts = candidate_alerts(chosen, raws, named, baseline, names, max_members=max_members)
    findings = [finding for detector in sorted(named) for finding in named[detector]]
    finding_bodies, alert_bodies = bodies_of(findings), bodies_of(alerts)
    exact = (body for finding, body in zip(findings, finding_bodies, strict=True) if finding["kind"] != "model")
    write_findings(out / FINDINGS, findings, finding_bodies)
    write_alerts(out / ALERTS, alerts, alert_bodies)
    return {
        "findings": len(findings),
        "alerts": len(alerts),
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
    return {name: _number(text) for name, text in ref.params.items()}


def _number(text: str) -> int | Decimal:
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def _epoch(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def engine(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """What computes here: asked of the child, because its environment is the one that numbers come out of."""
    return this_engine().model_dump(mode="json")


JOBS = {"run": run, "engine": engine}
