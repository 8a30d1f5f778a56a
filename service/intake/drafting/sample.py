"""A sample of any file with columns: rows from all over its beginning, and every value of the columns that have few.

Nothing is supposed of the names: the delimiter is the one that the header holds most of, the encoding the one that fits.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from service.intake.readers.block import LINE, RECORD_BYTES, Block, Source, Wanted, refuse
from service.intake.readers.csv import DELIMITERS
from service.intake.readers.open import open_source
from service.intake.readers.pieces import WIDE, beginning, recoded, wide_of

BLOCK_BYTES = 4 << 20
LOOKED_AT = 1_000_000
"""Rows that are read of a longer file."""
KEPT = 4_000
FEW = 64
_LOOK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Sample:
    """Some rows of a file as text columns, and of each column with at most 64 values all of them, over every row read."""

    frame: pl.DataFrame
    values: dict[str, tuple[str, ...]]
    rows: int
    whole: bool
    form: str
    encoding: str | None
    delimiter: str | None
    notes: tuple[str, ...]
    binary: frozenset[str] = frozenset()
    """Columns of binary floating point, which a Parquet file may have."""


def take_sample(path: Path, name: str, sheet: str | None = None) -> Sample:
    """Read the beginning of a file, at most a million rows. Raises SubmissionRefused where it cannot be read at all."""
    encoding = _encoding(path)
    names, delimiter = _header(path, encoding)
    wanted = Wanted(frozenset(names), frozenset(), delimiter=delimiter, encoding=encoding, sheet=sheet)
    source = open_source(path, name, wanted, BLOCK_BYTES)
    if source.needs_no_mapping:
        raise refuse(f"the file is a {source.format} message, which needs no mapping", "Submit it as it is.")
    frames, few, rows, whole = _gathered(source)
    if not rows:
        raise refuse("the file has no rows", "Give a file with at least one transaction.")
    frame = pl.concat(frames, how="diagonal").drop(LINE)
    if not frame.height:
        raise refuse("no row of the file can be read", "`thalweg validate` says of each why.")
    frame = frame.gather_every(max(1, frame.height // KEPT))
    values = {column: tuple(sorted(found)) for column, found in few.items() if len(found) <= FEW}
    form: dict[str, Any] = {
        "form": source.format,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "notes": source.notes,
    }
    return Sample(
        frame, values, rows, whole, **form, binary=_binary(path) if source.format == "parquet" else frozenset()
    )


def _binary(path: Path) -> frozenset[str]:
    return frozenset(name for name, kind in pl.read_parquet_schema(path).items() if kind.is_float())


def some_blocks(source: Source) -> Iterator[Block]:
    """The blocks of a source up to a million rows."""
    rows = 0
    for block in source.blocks():
        yield block
        rows += block.records
        if rows >= LOOKED_AT:
            return


def _gathered(source: Source) -> tuple[list[pl.DataFrame], dict[str, set[str]], int, bool]:
    frames: list[pl.DataFrame] = []
    few: dict[str, set[str]] = {}
    rows = 0
    for block in some_blocks(source):
        rows += block.records
        text = block.frame.with_columns(pl.exclude(LINE).str.strip_chars())
        frames.append(text.gather_every(max(1, text.height // KEPT)))
        for column in text.columns:
            if column != LINE and len(few.setdefault(column, set())) <= FEW:
                distinct = text[column].drop_nulls().unique()
                few[column].update(value for value in distinct.head(FEW + 2).to_list() if value)
    return frames, few, rows, rows < LOOKED_AT


def _encoding(path: Path) -> str:
    """The encoding to read text in: that of its mark or its zero bytes, UTF-8 where that fits, else cp1252, which is a guess."""
    with path.open("rb") as handle:
        sample = handle.read(_LOOK_BYTES)
    if sample.startswith((b"PAR1", b"PK\x03\x04")):
        return "utf-8"
    if (wide_of(sample) or "").startswith(WIDE):
        return WIDE
    last = sample.rfind(b"\n") + 1 or len(sample)
    try:
        sample[:last].decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _header(path: Path, encoding: str) -> tuple[list[str], str | None]:
    """The names between the delimiter that the first line holds most of, and that delimiter; for other forms nothing."""
    raw = beginning(path, RECORD_BYTES, encoding).split(b"\n", 1)[0].removesuffix(b"\r")
    if raw.startswith((b"PAR1", b"PK\x03\x04", b"{", b"<")):
        return [], None
    text = (raw if encoding in {"utf-8", WIDE} else recoded(raw, encoding)).decode("utf-8", "replace")
    delimiter = max(DELIMITERS, key=text.count)
    try:
        names = next(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return [], None
    return [name.strip() for name in names], delimiter
