"""Accepted rows become a segment: repeats told apart by `reference`, one total order, zstd Parquet and the digest of the rows.

The result depends on the set of rows alone: not on blocks, threads or the order in which the rows came. Memory stays bounded:
blocks are kept as typed columns sorted by time, beyond a budget on disk, and merged one stretch of time after another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from schemas.digest_rows import BLOCK_ROWS
from schemas.transaction import SEGMENT_NAMES, polars_schema
from service.intake.account_keys import account_keys, is_crypto
from service.intake.ahead import ahead
from service.intake.readers.block import LINE
from service.intake.rejects import RAW, no_rejects
from service.intake.segment import Sealed, SegmentWriter

KEPT_BYTES = 512 << 20  # with it 5M rows stay below a peak of 1.5 GB
_STRETCH_ROWS = 2 * BLOCK_ROWS  # several of them are in hand at a time: sorted, keyed, digested, written
_CROWD_ROWS = 8 * _STRETCH_ROWS
"""A stretch of one time, such as a day's batch with bare dates, is cut by reference beyond this."""
_WIDE_ROWS = BLOCK_ROWS // 16
"""The same for long rows, and as many make a row group of their segment."""
_FEW_ROWS = 256
"""Long rows in a batch of a file: a slice keeps every batch that it touches in memory."""
_SAMPLE = 64
_FIRST = "@first"

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows that repeat a reference within one file. `duplicates` has `line`, `reference`, `first_line`."""

    duplicates: pl.DataFrame
    conflicts: pl.DataFrame


@dataclass
class Gathered:
    """The accepted rows of a file as they come in, block by block, until they are sealed."""

    directory: Path
    registered: str
    kept_bytes: int = field(default_factory=lambda: KEPT_BYTES)
    wide: bool = False
    """Whether rows are long, as those of messages are: fewer of them are then in hand at a time."""
    _parts: list[_Part] = field(default_factory=list)
    _bytes: int = 0
    _run: list[pl.DataFrame] = field(default_factory=list)
    """Long rows that wait to be sorted together: few parts are merged faster than many, and in less memory."""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(len(part.times) for part in self._parts) + sum(frame.height for frame in self._run)

    def add(self, frame: pl.DataFrame) -> None:
        """Keep typed rows with `@line`."""
        if not frame.height:
            return
        if not self.wide:
            self._keep(frame)
            return
        self._run.append(frame)
        if sum(each.estimated_size() for each in self._run) > self.kept_bytes:
            self._end_run()

    def _end_run(self) -> None:
        if self._run:
            run, self._run = pl.concat(self._run, how="diagonal"), []
            self._keep(run)

    def _keep(self, frame: pl.DataFrame) -> None:
        ordered = frame.sort("occurred_at", maintain_order=True)
        times = ordered["occurred_at"].to_physical().to_numpy()
        hashes = ordered["reference"].hash()
        size = int(ordered.estimated_size())
        part = _Part(times, hashes, ordered.schema, frame=ordered)
        if self._bytes + size > self.kept_bytes:
            part.spill(
                self.directory / f"part-{len(self._parts):05d}.arrow", _FEW_ROWS if self.wide else BLOCK_ROWS // 4
            )
        else:
            self._bytes += size
        self._parts.append(part)

    def without_repeats(self) -> Repeats:
        """Leave out later rows with a reference that was there before, and tell them: same content, or other content."""
        self._end_run()
        # The hash only says where to look closer; equality is decided on the values.
        hashes = pl.concat([part.hashes for part in self._parts]) if self._parts else pl.Series([], dtype=pl.UInt64)
        ordered = hashes.sort()
        repeated = ordered.filter(ordered == ordered.shift(1)).unique()
        for part in self._parts:
            part.hashes = hashes.clear()
        if not len(repeated):
            return Repeats(_no_duplicates(), no_rejects())
        suspects = [part.suspects(repeated) for part in self._parts]
        found = _tell_repeats(pl.concat(suspects, how="diagonal"))
        dropped = pl.concat([found.duplicates["line"], found.conflicts["line"]])
        for part in self._parts:
            part.dropped = dropped
        return found

    def seal(self, segment: Path, lines: Path) -> Sealed:
        """Write the rows in order of (`occurred_at`, `reference`)."""
        self._end_run()
        writer = SegmentWriter(segment, lines, _WIDE_ROWS if self.wide else None)
        for rows in ahead(_as_segment(rows, self.registered) for rows in self._stretches()):
            writer.add(rows)
        return writer.finish()

    def discard(self) -> None:
        """Remove what was put on disk."""
        for part in self._parts:
            part.discard()

    def _stretches(self) -> Iterator[pl.DataFrame]:
        """All rows in total order, one stretch of time after another."""
        starts = [0 for _ in self._parts]
        for bound in self._bounds():
            stops = [part.until(bound) for part in self._parts]
            spans = [span for span in zip(self._parts, starts, stops, strict=True) if span[2] > span[1]]
            starts = stops
            for least, most in _reference_ranges(spans, _WIDE_ROWS if self.wide else _CROWD_ROWS):
                pieces = [_between(part.slice(start, stop), least, most) for part, start, stop in spans]
                rows = pl.concat(pieces, how="diagonal").sort("occurred_at", "reference")
                yield _compact(rows) if self.wide else rows

    def _bounds(self) -> list[int | None]:
        """Times that cut the rows into stretches of about equal size; None is the end. A crowded time has its own stretch."""
        stretch = _WIDE_ROWS if self.wide else _STRETCH_ROWS
        if self.rows <= stretch:
            return [None]
        sample = np.sort(np.concatenate([part.times[::_SAMPLE] for part in self._parts]))
        cuts, times = np.unique(sample[stretch // _SAMPLE :: stretch // _SAMPLE], return_counts=True)
        crowded = cuts[times > 1]
        return [*(int(cut) for cut in np.union1d(cuts, crowded - 1)), None]


_Span = tuple["_Part", int, int]


def _reference_ranges(spans: list[_Span], bearable: int) -> list[tuple[str | None, str | None]]:
    """Ranges of references, from the first on and up to the next, that cut a stretch of one time into bearable pieces."""
    rows = sum(stop - start for _, start, stop in spans)
    if not rows:
        return []
    first, last = (
        min(part.times[start] for part, start, _ in spans),
        max(part.times[stop - 1] for part, _, stop in spans),
    )
    if rows <= bearable or first != last:
        return [(None, None)]
    sample = pl.concat([part.slice(start, stop)["reference"].gather_every(_SAMPLE) for part, start, stop in spans])
    step = max(1, bearable * len(sample) // rows)
    cuts = sample.sort().gather_every(step)[1:].unique(maintain_order=True).to_list()
    return list(zip([None, *cuts], [*cuts, None], strict=True))


def _compact(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with texts of their own: filtered ones keep all the text in memory from which they were taken."""
    table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    pa.default_memory_pool().release_unused()
    return pl.DataFrame(pl.from_arrow(table)).cast(rows.schema)


def _between(rows: pl.DataFrame, least: str | None, most: str | None) -> pl.DataFrame:
    if least is not None:
        rows = rows.filter(pl.col("reference") >= least)
    return rows if most is None else rows.filter(pl.col("reference") < most)


@dataclass
class _Part:
    """One block of rows sorted by time, in memory or on disk."""

    times: Longs
    hashes: pl.Series
    schema: pl.Schema
    frame: pl.DataFrame | None
    path: Path | None = None
    dropped: pl.Series | None = None
    batch_rows: int = 0

    def spill(self, path: Path, batch_rows: int) -> None:
        """Put the rows on disk, where they are read by whole batches of so many."""
        if self.frame is not None:
            self.frame.write_ipc(path, record_batch_size=batch_rows)
            self.frame, self.path = None, path
            self.batch_rows = batch_rows if batch_rows == _FEW_ROWS else 0

    def until(self, bound: int | None) -> int:
        """How many rows are not later than `bound`."""
        return len(self.times) if bound is None else int(np.searchsorted(self.times, bound, side="right"))

    def slice(self, start: int, stop: int) -> pl.DataFrame:
        rows = (
            self._few(start, stop)
            if self.batch_rows and self.path
            else self._lazy().slice(start, stop - start).collect()
        )
        return rows if self.dropped is None else rows.filter(~pl.col(LINE).is_in(self.dropped.implode()))

    def _few(self, start: int, stop: int) -> pl.DataFrame:
        """The rows by the batches that hold them, read and not mapped: pages of a mapped file count as memory too."""
        with pa.OSFile(str(self.path)) as file, pa.ipc.open_file(file) as found:
            first, last = start // self.batch_rows, (stop - 1) // self.batch_rows
            rows = pa.Table.from_batches([found.get_batch(at) for at in range(first, last + 1)])
        frame = pl.DataFrame(pl.from_arrow(rows.slice(start - first * self.batch_rows, stop - start)))
        return frame.cast(self.schema)

    def suspects(self, repeated: pl.Series) -> pl.DataFrame:
        """The rows whose reference may be a repeated one."""
        return self._lazy().filter(pl.col("reference").hash().is_in(repeated.implode())).collect()

    def discard(self) -> None:
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _lazy(self) -> pl.LazyFrame:
        if self.frame is not None:
            return self.frame.lazy()
        return pl.scan_ipc(str(self.path))


def _no_duplicates() -> pl.DataFrame:
    return pl.DataFrame(schema={"line": pl.Int64, "reference": pl.String, "first_line": pl.Int64})


def _tell_repeats(rows: pl.DataFrame) -> Repeats:
    """Compare each row with the first one of its reference, by line."""
    content = [name for name in rows.columns if name not in ("reference", LINE)]
    ordered = rows.sort("reference", LINE)
    again = (pl.col("reference") == pl.col("reference").shift(1)).fill_null(value=False)
    first = pl.when(~again).then(pl.int_range(pl.len())).forward_fill()
    marked = ordered.with_columns(again.alias("@again"), first.alias(_FIRST)).filter(pl.col("@again"))
    firsts = ordered.select(*content, LINE)[marked[_FIRST]]
    same = pl.Series([True] * marked.height, dtype=pl.Boolean)
    for name in content:
        same &= marked[name].eq_missing(firsts[name])
    told = marked.select("reference", pl.col(LINE).alias("line")).with_columns(firsts[LINE].alias("first_line"))
    duplicates = told.filter(same).select("line", "reference", "first_line")
    conflicts = told.filter(~same).select(
        "line",
        pl.lit("reference").alias("column"),
        pl.col("reference").alias("value"),
        pl.lit("conflict").alias("code"),
        pl.format("line {} has it too", pl.col("first_line")).alias("detail"),
    )
    return Repeats(duplicates, conflicts.cast(RAW))  # type: ignore[arg-type]


def _as_segment(rows: pl.DataFrame, registered: str) -> pl.DataFrame:
    """The columns of a segment, in order, with account keys, and `@line`."""
    crypto = is_crypto(rows["channel"])
    absent = pl.Series([None] * rows.height, dtype=pl.String)
    keys = {
        f"{side}_key": account_keys(
            rows[f"{side}_account"] if f"{side}_account" in rows.columns else absent,
            rows[f"{side}_institution"] if f"{side}_institution" in rows.columns else absent,
            crypto,
            registered,
        )
        for side in ("from", "to")
    }
    schema = polars_schema()
    filled = rows.with_columns(**keys)
    missing = [pl.lit(None, dtype=schema[name]).alias(name) for name in SEGMENT_NAMES if name not in filled.columns]
    return filled.with_columns(missing).select(*(pl.col(name).cast(schema[name]) for name in SEGMENT_NAMES), LINE)
