"""What must hold of any submission whatever its bytes: every row is accounted for once, every reject says what a person needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import SubmissionRefused
from service.intake.drafting.document import draft_mapping
from service.intake.jobs import read
from service.intake.rejects import SENTENCES
from service.intake.resubmit import rejected_rows

_WITHOUT_VALUE = frozenset({"missing", "no_account", "blank_line", "not_mapped"})
"""Codes that say that there is no value, or, of a message, that the record is none."""
_LEFT = ("-read.parquet", ".arrow")


def account_for(data: bytes, folder: Path, *, name: str = "file", mapping: dict[str, Any] | None = None) -> str:
    """Read the bytes in an empty folder and hold the result to what must be true; what became of them: read or refused."""
    original, out = folder / "original", folder / "out"
    original.write_bytes(data)
    out.mkdir()
    payload: dict[str, Any] = {"original": str(original), "name": name, "mapping": mapping, "institution": "BANK"}
    payload |= {"received_at": "2026-01-01T00:00:00Z", "out": str(out), "max_reject_per_mille": 999}
    found = read(payload, lambda _: None)
    assert found["rows"] == found["accepted"] + found["duplicates"] + found["rejected"]
    assert not [path.name for path in out.iterdir() if path.name.endswith(_LEFT)]
    if found["status"] == "refused":
        assert found["refusal"]["why"]
        assert found["refusal"]["remedy"]
    if found["rejects"]:
        rejects = pl.read_parquet(found["rejects"])
        _rejects_are_told(rejects, found)
        _each_row_once(rejects, found)
        _come_back(payload | {"every": found["status"] == "refused"}, found, out)
    return str(found["status"])


def draft_from(data: bytes, folder: Path, name: str) -> bool:
    """Draft a mapping from the bytes; whether there is one. Only a refusal with its remedy may stand in the way."""
    path = folder / "sample"
    path.write_bytes(data)
    payload = {"original": str(path), "file": name, "name": "ours", "zone": None, "sheet": None}
    try:
        found = draft_mapping(payload | {"latest": "2026-01-01T00:00:00"})
    except SubmissionRefused:
        return False
    return bool(found["toml"])


def _rejects_are_told(rejects: pl.DataFrame, found: dict[str, Any]) -> None:
    assert rejects["line"].n_unique() == found["faulty"]
    assert set(rejects["code"]) <= set(SENTENCES)
    assert rejects.null_count().select("line", "code", "reason", "remedy").row(0) == (0, 0, 0, 0)
    mute = rejects.filter(pl.col("value").is_null() & ~pl.col("code").is_in(_WITHOUT_VALUE))
    assert mute.is_empty(), mute.rows()


def _each_row_once(rejects: pl.DataFrame, found: dict[str, Any]) -> None:
    """No line is accepted, a duplicate and rejected at once, and together they are all rows."""
    if found["status"] == "refused":
        return
    accepted = pl.read_parquet(found["lines"])["line"]
    repeated = pl.read_parquet(found["duplicates_file"])["line"]
    lines = pl.concat([accepted, repeated, rejects["line"].unique()])
    assert lines.n_unique() == len(lines) == found["rows"]
    segment = pl.read_parquet(found["segment"])
    assert segment["reference"].n_unique() == segment.height == found["accepted"]
    assert segment.filter(pl.col("amount") <= 0).is_empty()
    references = set(segment["reference"])
    for path in filter(None, found["beside"].values()):
        assert set(pl.read_parquet(path)["reference"]) <= references


def _come_back(payload: dict[str, Any], found: dict[str, Any], out: Path) -> None:
    """The rejected rows leave as a file, each of them; in CSV no cell of it begins as a formula does."""
    for form in ("csv", "ndjson"):
        written = out / f"again.{form}"
        told = rejected_rows(payload | {"rejects": found["rejects"], "form": form, "out": str(written)}, lambda _: None)
        assert told["rows"] >= found["faulty"]
