"""What every reader gives: blocks of records as text columns, with what could not be read already told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from schemas.errors import SubmissionRefused
from service.intake.rejects import no_rejects
from service.intake.unknown import near

LINE = "@line"
"""The column with the line number of each record; no submitted column can have this name."""

CELL_BYTES = 64 << 10
RECORD_BYTES = 1 << 20
RECORD_LINES = 1_000
MAX_COLUMNS = 512
BLOCK_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Beside:
    """What a message has beside the columns of its transactions, row for row or with `@line`.

    `where` says in words at which place of the file each row of the block's frame stands; `extra` is the canonical JSON of what
    has no column. `parties` and `accounts` are as in `schemas.party`, with `@line` for `reference`. `skipped` counts records that
    are no transactions by the message's own word, such as entries that are only announced; they are among the rejects.
    """

    where: pl.Series
    extra: pl.Series
    parties: pl.DataFrame
    accounts: pl.DataFrame
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Some records of a file. `frame` holds text columns under the submitter's names and `@line`.

    `records` counts everything in this stretch of the file: the rows of `frame` and those rejected here. `plain` says that
    all text is ASCII without control characters; `trimmed` that no value begins or ends with a space.
    """

    frame: pl.DataFrame
    records: int
    rejects: pl.DataFrame = field(default_factory=no_rejects)
    plain: bool = False
    trimmed: bool = False
    exact: dict[str, pl.Series] = field(default_factory=dict)
    """Columns of `frame`, row for row, as the file types them, where that says the same as their text: it need not be read."""
    beside: Beside | None = None
    unclosed: int = 0
    """Lines that open a quoted value which no later line closes well."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the mapping needs of a file: the source columns that it names, and those that are never read."""

    known: frozenset[str]
    required: frozenset[str]
    one_of: tuple[frozenset[str], ...] = ()
    dropped: frozenset[str] = frozenset()
    delimiter: str | None = None
    encoding: str = "utf-8"
    rounded: frozenset[str] = frozenset()
    """Source columns whose numbers the mapping rounds, so that binary floating point may stand there."""
    sheet: str | None = None
    """The sheet of a workbook, where the mapping names it."""
    goaml_schema: Path | None = None
    """The operator's schema, by which goAML reports are validated."""


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file: its form, its columns as far as they are known beforehand, and its blocks, to be read once."""

    format: str
    """csv, ndjson, parquet, xlsx, goaml, mt103, or the name of an ISO 20022 message such as pacs.008."""
    blocks: Callable[[], Iterator[Block]]
    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    theirs: Mapping[str, str] = field(default_factory=dict)
    """The file's own name of each of our columns, where the reader itself brings them over: rejects name that."""
    notes: tuple[str, ...] = ()
    """What the reader chose and left out, in sentences for whoever submits."""
    needs_no_mapping: bool = False
    """Whether the file says by itself what each field is, so that a mapping has nothing to add."""
    kept_bytes: int | None = None
    """How much of the rows may stay in memory, where the reader needs room of its own."""


def refuse(why: str, remedy: str, *, where: str | None = None, value: str | None = None) -> SubmissionRefused:
    """The error that refuses a whole submission; `raise` it."""
    return SubmissionRefused(why, where=where, value=value, remedy=remedy)


def require_columns(names: Sequence[str], wanted: Wanted) -> None:
    """Raise SubmissionRefused where a header lacks what is needed, repeats a name, or has too many or nameless columns."""
    if len(names) > MAX_COLUMNS:
        raise refuse(f"the file has {len(names)} columns; at most {MAX_COLUMNS} are taken", "Send fewer columns.")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise refuse(
            f"the header names {', '.join(repeated[:5])!r} more than once",
            "Give each column its own name.",
            where="header",
        )
    if "" in names or LINE in names:
        raise refuse("a column has no name of its own", "Name every column in the header.", where="header")
    missing = sorted(wanted.required.difference(names))
    if missing:
        alike = {name: found[0] for name in names if name not in wanted.known and (found := near(name, missing))}
        pairs = ", ".join(f"{name!r} for {meant}" for name, meant in list(alike.items())[:5])
        hint = f" Names are exact; the header has {pairs}." if alike else ""
        raise refuse(
            f"required columns are missing: {', '.join(missing)}",
            f"Add them, or submit with a mapping that says where they are.{hint}",
            where="header",
        )
    for group in wanted.one_of:
        if not group.intersection(names):
            raise refuse(
                f"at least one of these columns is needed: {', '.join(sorted(group))}",
                "Add one of them.",
                where="header",
            )
