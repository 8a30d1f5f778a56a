"""What a run leaves behind: findings and candidate alerts as Parquet files whose rows hold canonical JSON, and their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from detectors.findings import Named, as_written
from schemas.canonical import canonical_json, digest_file, parse_json

Record = dict[str, Any]

FINDINGS, ALERTS = "findings.parquet", "alerts.parquet"
_FINDING_COLUMNS = ("id", "detector", "kind", "subject", "window_start", "window_end", "strength")
_TOGETHER = 128
_ALERT_COLUMNS = ("key", "subject", "score", "severity", "family", "window_start", "window_end")


def bodies_of(records: Iterable[Record]) -> list[bytes]:
    """Each record as canonical JSON: made once, then written and digested."""
    return [canonical_json(record) for record in records]


def bodies_of_alerts(alerts: Iterable[Record], named: Iterable[Named]) -> list[bytes]:
    """Each alert as canonical JSON. Its findings are among those `named`, the very records, and stand in it as they were written."""
    texts = {id(finding): orjson.Fragment(body) for finding, body in named}
    return bodies_of(
        alert
        | {name: as_written(alert[name]) for name in ("evidence", "members")}
        | {"findings": [texts[id(each)] for each in alert["findings"]]}
        for alert in alerts
    )


def write_findings(path: Path, findings: Sequence[Record], bodies: Sequence[bytes]) -> str:
    """Write findings in the order given, with the columns a reader filters by beside the whole record; the digest of the file."""
    return _write(path, findings, bodies, _FINDING_COLUMNS)


def write_alerts(path: Path, alerts: Sequence[Record], bodies: Sequence[bytes]) -> str:
    """Write candidate alerts in the order given; the digest of the file."""
    return _write(path, alerts, bodies, _ALERT_COLUMNS)


def read_records(path: Path) -> list[Record]:
    """The records of a findings or alerts file, in their order."""
    return [parse_json(body) for body in pl.read_parquet(path, columns=["body"])["body"]]


def digest_bodies(*groups: Iterable[bytes]) -> str:
    """SHA-256 over the canonical JSON lines of each group, in order, with an empty line after each group."""
    digest = hashlib.sha256()
    for group in groups:
        lines = iter(group)
        while some := tuple(islice(lines, _TOGETHER)):
            digest.update(b"\n".join((*some, b"")))
        digest.update(b"\n")
    return digest.hexdigest()


def _write(path: Path, records: Sequence[Record], bodies: Sequence[bytes], columns: Sequence[str]) -> str:
    shown: dict[str, list[object]] = {name: [record[name] for record in records] for name in columns}
    schema = {name: pl.Int64 if name in {"strength", "score"} else pl.String for name in columns}
    frame = pl.DataFrame(shown, schema=schema)
    text = pl.Series("body", bodies, dtype=pl.Binary).cast(pl.String)
    frame.with_columns(text).write_parquet(path, compression="zstd")
    return digest_file(path)
