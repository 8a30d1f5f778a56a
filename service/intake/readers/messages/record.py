"""One transaction of a message as a reader leaves it, and many of them as blocks for the rules that every submission meets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import polars as pl

from schemas.party import ACCOUNTS, PARTIES
from schemas.transaction import SUBMITTED_NAMES
from service.intake.readers.block import LINE, Beside, Block
from service.intake.readers.csv import without_large_cells
from service.intake.readers.messages.leaves import as_json
from service.intake.rejects import RAW, no_rejects, shorten

BLOCK_RECORDS = 1_024
KEPT_BYTES = 32 << 20
"""Rows of a message beyond this go to disk, so that one of a gigabyte is read in half of that."""
_BLOCK_EXTRA_BYTES = 16 << 20


@dataclass(slots=True)
class Record:
    """One transaction. `where` is for people: `CdtTrfTxInf 3, line 47`. `values` are canonical columns.

    `fault` (code, the file's own name of the field, value, detail) keeps it from being a transaction; `skipped` says that the
    message means that.
    """

    where: str
    values: dict[str, str | None] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    parties: list[dict[str, str | None]] = field(default_factory=list)
    accounts: list[dict[str, str | None]] = field(default_factory=list)
    fault: tuple[str, str | None, str | None, str | None] | None = None
    skipped: bool = False


def blocks_of(records: Iterable[Record]) -> Iterator[Block]:
    """Records as blocks, numbered from 1 in the order of the file: the number is the line that rejects and receipts name."""
    rest = iter(records)
    first = 1
    while group := list(_bounded(rest)):
        yield _block(group, first)
        first += len(group)


def _bounded(records: Iterator[Record]) -> Iterator[Record]:
    size = 0
    for record in islice(records, BLOCK_RECORDS):
        yield record
        size += sum(map(len, record.extra.values()))
        if size > _BLOCK_EXTRA_BYTES:
            return


def _block(group: list[Record], first: int) -> Block:
    good = [(number, record) for number, record in enumerate(group, first) if record.fault is None]
    frame = pl.DataFrame(
        {
            LINE: pl.Series([number for number, _ in good], dtype=pl.Int64),
            **{
                name: pl.Series([record.values.get(name) for _, record in good], dtype=pl.String)
                for name in SUBMITTED_NAMES
            },
            "@where": pl.Series([record.where for _, record in good], dtype=pl.String),
            "@extra": pl.Series([as_json(record.extra) for _, record in good], dtype=pl.String),
        }
    )
    kept, large = without_large_cells(frame, SUBMITTED_NAMES)
    if large.height:
        places = frame.select(pl.col(LINE).alias("line"), pl.col("@where").alias("detail"))
        large = large.drop("detail").join(places, on="line", how="left").select(RAW.keys())
    beside = Beside(
        where=kept["@where"],
        extra=kept["@extra"],
        parties=_listed(((number, record.parties) for number, record in good), PARTIES),
        accounts=_listed(((number, record.accounts) for number, record in good), ACCOUNTS),
        skipped=sum(record.skipped for record in group),
    )
    return Block(kept.drop("@where", "@extra"), len(group), pl.concat([_faults(group, first), large]), beside=beside)


def _faults(group: list[Record], first: int) -> pl.DataFrame:
    found = []
    for number, record in enumerate(group, first):
        if record.fault is not None:
            code, column, value, detail = record.fault
            said = f"{detail}; {record.where}" if detail else record.where
            found.append({"line": number, "column": column, "value": value, "code": code, "detail": said})
    return pl.DataFrame(found, schema=RAW).with_columns(shorten(pl.col("value"))) if found else no_rejects()


def _listed(found: Iterable[tuple[int, list[dict[str, str | None]]]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    names = [name for name in schema if name != "reference"]
    rows = [{LINE: number, **{name: row.get(name) for name in names}} for number, rows in found for row in rows]
    return pl.DataFrame(rows, schema={LINE: pl.Int64(), **{name: schema[name] for name in names}})
