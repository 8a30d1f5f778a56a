"""Put together the manifest of a run: everything its result depends on, by value or by digest."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import metadata
from pathlib import Path

import duckdb
import polars as pl

import detectors
import schemas
from detectors.anomaly.shared import FALSE_DISCOVERIES
from detectors.api import Detector
from detectors.learning.order import KIND as LEARNED
from schemas.canonical import digest_json, sha256
from schemas.errors import NotFound, RequestInvalid
from schemas.reference import REFERENCE_KINDS
from schemas.run import DetectorRef, Engine, Manifest, QueueRule, ReferenceRef, SegmentRef
from service.ledger.ledger import Ledger

_SOURCES = {".py", ".sql", ".toml"}
_PYTHON = f"{platform.python_implementation()} {'.'.join(platform.python_version_tuple()[:2])}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The ledger as of a journal sequence: the current batches, and the latest time that occurs in them."""

    sequence: int
    head: str
    segments: tuple[SegmentRef, ...]
    latest: datetime


def take_snapshot(ledger: Ledger, sequence: int, head: str) -> Snapshot:
    """The current batches as of an entry, ordered by submitter and batch. Raises NotFound where there is none."""
    rows = ledger.query(
        "select segment, batch, partner, accepted from batches_as_of(?) where segment is not null order by partner, batch",
        [sequence],
    )
    if not rows:
        raise NotFound(
            "the ledger has no transactions yet", remedy="Submit a batch first: thalweg submit FILE --as PARTNER."
        )
    latest = ledger.query(
        "select max(t.occurred_at) from transactions as t join batches_as_of(?) as b on b.seq = t.seq", [sequence]
    )[0][0]
    segments = (SegmentRef(digest=row[0], batch=row[1], submitter=row[2], rows=row[3]) for row in rows)
    return Snapshot(sequence, head, tuple(segments), latest)


def build_manifest(
    snapshot: Snapshot,
    chosen: Sequence[Detector],
    references: dict[str, str],
    *,
    engine: Engine,
    base_currency: str,
    queue: QueueRule,
    as_of: datetime | None = None,
    learned: str | None = None,
    numbers: Mapping[str, Mapping[str, int | Decimal]] | None = None,
    false_discoveries: int | None = None,
    asked_false_discoveries: int | None = None,
) -> Manifest:
    """The manifest of a run over a snapshot. `references` are digests by kind; `as_of` is UTC, the latest time by default;
    `learned` is the digest of the weights that order the queue, none where the formula does. `numbers` are, by detector, those that are
    set otherwise than in its file. Models are given `false_discoveries`, per mille, in place of their default, unless they are set
    otherwise, and `asked_false_discoveries` in place of either."""
    moment = as_of or snapshot.latest
    if moment.tzinfo is not None:
        raise RequestInvalid("the time of a run is taken in UTC, without a zone", value=str(moment))
    return Manifest(
        snapshot=snapshot.sequence,
        as_of=f"{moment.isoformat(timespec='microseconds')}Z",
        base_currency=base_currency,
        seed=digest_json(["thalweg run", snapshot.head]),
        segments=snapshot.segments,
        detectors=tuple(
            _ref(detector, _given(detector, numbers or {}, false_discoveries, asked_false_discoveries))
            for detector in sorted(chosen, key=lambda each: each.meta.id)
        ),
        references=tuple(ReferenceRef(kind=kind, digest=references[kind]) for kind in REFERENCE_KINDS)
        + ((ReferenceRef(kind=LEARNED, digest=learned),) if learned else ()),
        code=code_digest(),
        engine=engine,
        queue=queue,
    )


def _given(
    detector: Detector, numbers: Mapping[str, Mapping[str, int | Decimal]], usual: int | None, asked: int | None
) -> dict[str, int | Decimal]:
    """The numbers other than the file's: what is usual here, then what is set of the detector, then what this run asks for."""
    has_share = detector.meta.kind == "model" and FALSE_DISCOVERIES in detector.meta.params
    first = {FALSE_DISCOVERIES: usual} if has_share and usual is not None else {}
    last = {FALSE_DISCOVERIES: asked} if has_share and asked is not None else {}
    return {**first, **numbers.get(detector.meta.id, {}), **last}


def _ref(detector: Detector, given: Mapping[str, int | Decimal]) -> DetectorRef:
    params = {name: str(value) for name, value in sorted(detector.meta.settled(given).items())}
    return DetectorRef(
        id=detector.meta.id,
        kind=detector.meta.kind,
        status=detector.meta.status,
        logic_hash=detector.logic_hash,
        code_digest=detector.code_digest,
        params=params,
    )


@cache
def this_engine() -> Engine:
    """What computes in this process. Imports the libraries of models, so the server asks its child instead."""
    from service.runs.fingerprint import numeric_fingerprint  # noqa: PLC0415 - its imports take a second

    return Engine(
        python=_PYTHON,
        duckdb=duckdb.__version__,
        polars=pl.__version__,
        pyod=metadata.version("pyod"),
        lock=environment_digest(),
        fingerprint=numeric_fingerprint(),
    )


@cache
def environment_digest() -> str:
    """Digest over the names and versions of the installed packages that findings are computed with."""
    names = ("duckdb", "numpy", "polars", "pyod", "scikit-learn", "scipy", "pyarrow", "sqlglot", "babel")
    return digest_json({name: metadata.version(name) for name in names})


@cache
def code_digest() -> str:
    """Digest over the sources that compute findings, `detectors` and `schemas`, by path and content."""
    digest = hashlib.sha256()
    for package in (detectors, schemas):
        root = Path(str(package.__file__)).parent
        for path in sorted(path for path in root.rglob("*") if path.suffix in _SOURCES):
            digest.update(f"{root.name}/{path.relative_to(root).as_posix()} {sha256(path.read_bytes())}\n".encode())
    return digest.hexdigest()
