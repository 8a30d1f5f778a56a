"""The rejected rows of a submission as a file that can be mended and submitted alone, and such a file on its way back in.

Two columns say where a row stood and why it was rejected; they are taken off again. What a spreadsheet would run is quoted
with an apostrophe, which is taken off again too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from schemas.mapping import ROW, Mapping, parse_mapping
from service.intake.mapping import Applied, wanted_of
from service.intake.readers.block import BLOCK_BYTES, LINE, Block
from service.intake.readers.open import open_source

STOOD, BECAUSE = "rejected_line", "rejected_because"
FORMS = ("csv", "ndjson")
_RUNS = r"^[=+\-@\t\r']"
_NUMBER = "^[0-9]{1,15}$"


def rejected_rows(payload: dict[str, Any], progress: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Write the rejected rows of an original. Payload: `original`, `name`, `mapping`, `rejects` (path), `every` (the whole was
    refused, so that every row is needed again), `form` (csv or ndjson), `out` (path). Gives how many `rows` were written.

    A record that could not be read has no values: it is there with its line and the reason alone.
    """
    mapping = None if payload.get("mapping") is None else parse_mapping(payload["mapping"])
    why = _reasons(Path(payload["rejects"]))
    source = open_source(Path(payload["original"]), str(payload.get("name", "")), wanted_of(mapping), BLOCK_BYTES)
    found = []
    for block in source.blocks():
        how: Literal["left", "inner"] = "left" if payload.get("every") else "inner"
        found.append(block.frame.join(why, left_on=LINE, right_on=STOOD, how=how, maintain_order="left"))
        progress({"rows": block.records})
    rows = pl.concat(found, how="diagonal") if found else pl.DataFrame(schema={LINE: pl.Int64, BECAUSE: pl.String})
    unread = why.rename({STOOD: LINE}).join(rows, on=LINE, how="anti")
    rows = pl.concat([rows.cast({LINE: pl.Int64}), unread], how="diagonal").sort(LINE, nulls_last=True)
    names = [name for name in rows.columns if name not in {LINE, BECAUSE}]
    rows = rows.select(*names, pl.col(LINE).cast(pl.String).alias(STOOD), BECAUSE)
    out = Path(payload["out"])
    if payload["form"] == "ndjson":
        _write_ndjson(rows, out)
    else:
        _write_csv(rows, out, source.delimiter or ",", "utf-8" if mapping is None else mapping.format.encoding)
    return {"rows": rows.height}


def taken_back(block: Block, *, quoted: bool) -> tuple[Block, pl.DataFrame | None]:
    """A block of a mended file as the submitter's rows were, and by line where each stood; any other block as it is.

    `quoted`: the file may hold the apostrophes that stand before what a spreadsheet would run.
    """
    if not {STOOD, BECAUSE} <= set(block.frame.columns):
        return block, None
    stood = block.frame.select(LINE, STOOD)
    text = [name for name in block.frame.columns if name not in {LINE, STOOD, BECAUSE}]
    values = [pl.col(name).str.strip_prefix("'") if quoted else pl.col(name) for name in text]
    frame = block.frame.select(LINE, *values)
    return replace(block, frame=frame, exact={name: each for name, each in block.exact.items() if name in text}), stood


def by_first_line(applied: Applied, mapping: Mapping | None, stood: pl.DataFrame | None) -> Applied:
    """Rows that are known by their line are known by the line at which they stood first."""
    if stood is None or mapping is None or not (mapping.reference or "").endswith(ROW):
        return applied
    prefix = str(mapping.reference).removesuffix(ROW)
    known = stood.filter(pl.col(STOOD).str.contains(_NUMBER))
    frame = applied.frame.join(known, on=LINE, how="left", maintain_order="left")
    reference = pl.when(pl.col(STOOD).is_not_null()).then(pl.lit(prefix) + pl.col(STOOD)).otherwise("reference")
    return replace(applied, frame=frame.with_columns(reference.alias("reference")).drop(STOOD))


def _reasons(rejects: Path) -> pl.DataFrame:
    cells = pl.read_parquet(rejects, columns=["line", "column", "reason", "remedy"])
    told = pl.concat_str(
        pl.when(pl.col("column").is_not_null()).then(pl.col("column") + ": ").otherwise(pl.lit("")),
        pl.col("reason"),
        pl.lit(" "),
        pl.col("remedy"),
    )
    return (
        cells.with_columns(told.alias(BECAUSE))
        .group_by(pl.col("line").alias(STOOD), maintain_order=True)
        .agg(pl.col(BECAUSE).str.join(" | "))
    )


def _write_csv(rows: pl.DataFrame, out: Path, delimiter: str, encoding: str) -> None:
    guarded = rows.with_columns(
        pl.when(pl.col(pl.String).str.contains(_RUNS))
        .then("'" + pl.col(pl.String))
        .otherwise(pl.col(pl.String))
        .name.keep()
    )
    text = guarded.write_csv(separator=delimiter, quote_style="necessary")
    # With its mark, or a spreadsheet takes UTF-8 for something else.
    out.write_bytes(text.encode("utf-8-sig" if encoding == "utf-8" else encoding, "replace"))


def _write_ndjson(rows: pl.DataFrame, out: Path) -> None:
    with out.open("w", encoding="ascii") as handle:
        for row in rows.iter_rows(named=True):
            handle.write(json.dumps({name: value for name, value in row.items() if value is not None}) + "\n")
