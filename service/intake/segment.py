"""The files of a segment: zstd Parquet with a digest of the rows, and the line of each row in a file beside it.

Row groups have the same rows whatever pieces the rows come in, so that the bytes are reproducible too.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.digest_rows import BLOCK_ROWS, RowDigest
from schemas.transaction import polars_schema
from service.intake.readers.block import LINE

GROUP_ROWS = 2 * BLOCK_ROWS
"""Rows in a row group of a segment."""
_PAGE_BYTES = 4 << 20
"""Row groups are read whole, so that small pages would only cost time."""
_FEW_VALUES = [
    *("precision", "channel", "currency", "offset_minutes", "from_kind", "to_kind"),
    *("from_country", "to_country", "from_institution", "to_institution"),
]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished segment: its digest and rows, the columns of `lines` beside it, and what was found to repeat."""

    digest: str | None
    rows: int


class SegmentWriter:
    """Writes rows, given in their total order, as a segment with its digest, and their lines beside it, row for row.

    While the caller makes the next rows, one thread digests the last row group and another compresses and writes it.
    """

    def __init__(self, segment: Path, lines: Path, group_rows: int | None = None) -> None:
        self._group_rows = group_rows or GROUP_ROWS
        self._digest = RowDigest(polars_schema())
        self._waiting = pl.DataFrame(schema={**polars_schema(), LINE: pl.Int64()})
        self._threads = ThreadPoolExecutor(max_workers=2)
        self._under_way: list[Future[None]] = []
        schema = _arrow(pl.DataFrame(schema=polars_schema())).schema
        self._segment = pq.ParquetWriter(
            segment,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=_FEW_VALUES,
            write_statistics=["occurred_at"],
            data_page_size=_PAGE_BYTES,
        )
        line = _arrow(pl.DataFrame(schema={"line": pl.Int64()})).schema
        self._lines = pq.ParquetWriter(lines, line, compression="zstd", compression_level=1)
        self._rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Take the next rows: segment columns and `@line`."""
        rows = pl.concat([self._waiting, frame]) if self._waiting.height else frame
        whole = rows.height - rows.height % self._group_rows
        for start in range(0, whole, self._group_rows):
            self._write(rows.slice(start, self._group_rows))
        self._waiting = rows.slice(whole)

    def finish(self) -> Sealed:
        """Close both files. The digest is None where there are no rows."""
        if self._waiting.height:
            self._write(self._waiting)
        self._settle()
        self._threads.shutdown()
        self._segment.close()
        self._lines.close()
        return Sealed(self._digest.hexdigest() if self._rows else None, self._rows)

    def _write(self, rows: pl.DataFrame) -> None:
        table = _arrow(rows.drop(LINE))
        lines = _arrow(rows.select(pl.col(LINE).alias("line")))
        self._settle()  # one row group at a time: order and memory stay as they are
        self._under_way = [
            self._threads.submit(self._digest.add_table, table),
            self._threads.submit(self._put, table, lines),
        ]
        self._rows += rows.height

    def _put(self, table: pa.Table, lines: pa.Table) -> None:
        self._segment.write_table(table, row_group_size=self._group_rows)
        self._lines.write_table(lines, row_group_size=self._group_rows)

    def _settle(self) -> None:
        for each in self._under_way:
            each.result()
        self._under_way = []


def sealed_rows(segment: Path, lines: Path) -> Iterator[pl.DataFrame]:
    """The rows of a sealed candidate with their `@line`, one row group after another."""
    with pq.ParquetFile(segment) as rows, pq.ParquetFile(lines) as numbers:
        for group in range(rows.num_row_groups):
            frame = pl.DataFrame(pl.from_arrow(rows.read_row_group(group)))
            line = pl.DataFrame(pl.from_arrow(numbers.read_row_group(group)))["line"]
            yield frame.cast(polars_schema()).with_columns(line.alias(LINE))


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())
