"""The child's way into a snapshot: check each segment and table against the manifest, load them, and shut every other door.

Once loaded, nothing but the snapshot can be read: what a rule says runs after this, and never before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from detectors.api import SnapshotView
from detectors.learning.order import KIND as LEARNED
from detectors.references import parse_reference
from detectors.relations import Source, load_segments
from schemas.canonical import digest_file
from schemas.digest_rows import digest_rows
from schemas.errors import DigestMismatch
from schemas.run import Manifest
from schemas.transaction import SEGMENT_NAMES
from service.children import Progress


@contextmanager
def loaded(
    payload: dict[str, Any], manifest: Manifest, progress: Progress
) -> Iterator[tuple[SnapshotView, dict[str, pl.DataFrame]]]:
    """The snapshot of a manifest and its reference tables, for as long as this lasts.

    The payload: `segments` and `references` (where each lies), `scratch`, `threads`, `memory_bytes`. Raises DigestMismatch.
    """
    tables = _tables(manifest, payload["references"])
    connection = _connect(payload, Path(payload["scratch"]))
    try:
        progress({"step": "load"})
        coverage = _load(connection, manifest, payload["segments"], tables, progress)
        yield (
            SnapshotView(
                connection,
                as_of_s=int(datetime.fromisoformat(manifest.as_of).timestamp()),
                base_currency=manifest.base_currency,
                run_seed=manifest.seed,
                threads=payload["threads"],
                coverage=coverage,
                filled=frozenset(kind for kind, table in tables.items() if table.height),
            ),
            tables,
        )
    finally:
        connection.close()


def number_of(text: str) -> int | Decimal:
    """A parameter as a manifest writes it."""
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def _connect(payload: dict[str, Any], scratch: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "threads": payload["threads"],
            # A third is left to polars, to the models, to the interpreter and to what DuckDB uses beyond its limit.
            "memory_limit": f"{payload['memory_bytes'] * 2 // 3 >> 20}MiB",
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
        if ref.kind == LEARNED:
            continue  # no table that detectors see: it orders what they have found
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
