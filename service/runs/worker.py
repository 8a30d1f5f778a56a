"""The child's side of a run: load the segments, run each detector, consolidate, rank, write. It reads files and nothing else."""

from __future__ import annotations

import gc
import resource
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from detectors.api import Detector, SnapshotView
from detectors.as_set import under
from detectors.catalogue import Catalogue
from detectors.findings import Names, name_findings
from detectors.learning.order import Weights, reordered
from detectors.queue import counted, placed
from schemas.run import Manifest
from service.children import Answer, Progress
from service.learning.applied import weights_named
from service.runs.candidates import candidate_alerts
from service.runs.compare import backtest
from service.runs.detecting import LANES, Search
from service.runs.loading import loaded, number_of
from service.runs.manifest import this_engine
from service.runs.outputs import ALERTS, FINDINGS, bodies_of_alerts, digest_bodies, write_alerts, write_findings


def run(payload: dict[str, Any], progress: Progress) -> Generator[Answer]:
    """Run a manifest; its one answer comes before what was loaded is let go of.

    The payload: `manifest`, `segments` and `references` (where each lies), `out`, `scratch`, `threads`, `memory_bytes`,
    `rule_directories`, `failed` (causes by detector, from a child that died), `alone` (one detector at a time).
    """
    manifest = Manifest.model_validate(payload["manifest"])
    out, scratch = Path(payload["out"]), Path(payload["scratch"])
    catalogue = Catalogue.load(tuple(Path(each) for each in payload["rule_directories"]))
    chosen = [under(catalogue.get(ref.id), ref.status) for ref in manifest.detectors]
    weights = weights_named(manifest, payload["references"])
    with loaded(payload, manifest, progress) as (view, tables):
        sizes = _sizes(view)
        search = Search(view, scratch, payload["failed"], progress)
        lanes = 1 if payload["alone"] else min(LANES, payload["threads"])
        raws, outcomes = _detect(search, manifest, chosen, lanes=lanes)
        progress({"step": "explain"})
        with _collecting_nothing():
            result, _kept = _finish(
                view,
                manifest,
                chosen,
                raws,
                baseline=tables["baseline"],
                weights=weights,
                out=out,
                accounts=sizes["accounts"],
            )
            told = {"detectors": outcomes, "notes": dict(sorted(view.notes.items())), "coverage": dict(view.coverage)}
            yield result | sizes | told | {"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}


def _detect(
    search: Search, manifest: Manifest, chosen: Sequence[Detector], *, lanes: int
) -> tuple[dict[str, pl.DataFrame], list[dict[str, Any]]]:
    """The raw findings by detector, and what is told of each detector."""
    looked = search.all(list(zip(chosen, manifest.detectors, strict=True)), lanes=lanes)
    raws = {name: each.raw for name, each in looked.items() if each.raw is not None}
    outcomes = []
    for detector, ref in zip(chosen, manifest.detectors, strict=True):
        each = looked[ref.id]
        outcome = {
            "id": ref.id,
            "kind": ref.kind,
            "status": "done" if each.cause is None else "failed",
            "findings": 0 if each.raw is None else each.raw.height,
            "seconds": f"{each.seconds:.3f}",
            "cause": each.cause,
        }
        missing = search.view.missing(detector.meta)
        outcomes.append(outcome | ({"silent_for": list(missing)} if missing else {}))
    return raws, outcomes


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
) -> tuple[Answer, object]:
    """What is told of the findings, once they are written, and the findings: to forget a million objects takes a while, too."""
    names = Names(view, list(raws.values()))
    named = {
        detector.meta.id: name_findings(
            detector, raws[detector.meta.id], names, _params(manifest, detector.meta.id), manifest.base_currency
        )
        for detector in chosen
        if detector.meta.id in raws
    }
    records = {detector: [finding for finding, _ in found] for detector, found in named.items()}
    told = [each for detector in sorted(named) for each in named[detector]]
    finding_bodies = [body for _, body in told]
    # Compressing a file and digesting it need no interpreter: they go on beside what does.
    with ThreadPoolExecutor(1) as beside:
        written = [beside.submit(write_findings, out / FINDINGS, [finding for finding, _ in told], finding_bodies)]
        made = candidate_alerts(chosen, raws, records, baseline, names, max_members=manifest.queue.max_members)
        alerts = placed(reordered(made, weights), manifest.queue, accounts=accounts, seed=manifest.seed)
        alert_bodies = bodies_of_alerts(alerts, told)
        written.append(beside.submit(write_alerts, out / ALERTS, alerts, alert_bodies))
        exact = (body for finding, body in told if finding["kind"] != "model")
        result = {
            "findings": len(told),
            "alerts": len(alerts),
            "places": counted(alerts),
            "digest": digest_bodies(finding_bodies, alert_bodies),
            "exact_digest": digest_bodies(exact),
            "files": dict(zip((FINDINGS, ALERTS), (each.result() for each in written), strict=True)),
        }
    return result, (told, alerts)


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
