"""Delimited text: whole lines into records, records into text columns. It decides what is a record and never what a value means.

A block of clean lines goes straight to the CSV parser. Any quote, stray carriage return, control character, uneven row or bad
byte sends the block down the careful way of `records.py`, which tells bad lines apart first. Both ways give the same answer.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from schemas.errors import SubmissionRefused
from service.intake.readers.block import CELL_BYTES, LINE, RECORD_BYTES, Block, Source, Wanted, refuse, require_columns
from service.intake.readers.lines import foreign
from service.intake.readers.pieces import BOM, WIDE, beginning, pieces, recoded
from service.intake.readers.records import LINE_BREAK, Layout, Records, split_records
from service.intake.rejects import no_rejects, raw_rejects

DELIMITERS = (",", ";", "\t", "|")
_SPOKEN = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SAFE_CELL = RECORD_BYTES // 512
"""No line of at most 512 cells of this size can reach the limits, so such a block needs no closer look."""
_CACHED = 1 << 18
_SECOND_CONTROLS = re.compile("[\x80-\x9f]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def open_csv(path: Path, wanted: Wanted, block_bytes: int) -> Source:
    """Read the header. Raises SubmissionRefused where it cannot be one, with the remedy."""
    first = _header_line(path, wanted.encoding)
    delimiter, names = _find_delimiter(first, wanted)
    require_columns(names, wanted)
    layout = Layout(tuple(names), delimiter)
    kept = tuple(name for name in names if name not in wanted.dropped)

    def blocks() -> Iterator[Block]:
        yield from _Reading(layout, kept).blocks(pieces(path, block_bytes, wanted.encoding))

    note = f"read as {wanted.encoding.upper()}, values separated by {_SPOKEN[delimiter]}"
    return Source("csv", blocks, wanted.encoding, delimiter, kept, notes=(note,))


def _header_line(path: Path, encoding: str) -> str:
    raw = beginning(path, RECORD_BYTES, encoding).split(b"\n", 1)[0].removesuffix(b"\r")
    if encoding not in {"utf-8", WIDE}:
        raw = recoded(raw, encoding)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        found = foreign(raw) if encoding == "utf-8" else None
        raise refuse(
            f"the header is not {encoding.upper()}{f': {found}' if found else ''}",
            'Export the file as UTF-8, or submit with a mapping that names its encoding, such as `encoding = "cp1252"` under [format].',
            where="line 1",
        ) from None
    if _CONTROLS.search(text):
        raise refuse(
            "the first line holds control characters", "Send delimited text that begins with a header.", where="line 1"
        )
    if "\r" in text:
        raise refuse(
            "lines end with a carriage return alone", "Export the file with LF or CRLF line ends.", where="line 1"
        )
    if not text.strip():
        raise refuse("the first line is blank", "Begin the file with a header that names the columns.", where="line 1")
    return text


def _find_delimiter(header: str, wanted: Wanted) -> tuple[str, list[str]]:
    found: list[tuple[int, str, list[str]]] = []
    faulty = False
    for delimiter in (wanted.delimiter,) if wanted.delimiter else DELIMITERS:
        try:
            names = next(csv.reader(io.StringIO(header), delimiter=delimiter, strict=True))
        except csv.Error:
            faulty = True
            continue
        names = [name.strip() for name in names]
        found.append((len(wanted.known.intersection(names)), delimiter, names))
    hits, delimiter, names = max(found, key=lambda item: item[0], default=(0, "", []))
    if not hits and faulty:
        raise _quote_refused(header)
    if not hits:
        raise _no_name_known(header, wanted)
    return delimiter, names


def _no_name_known(header: str, wanted: Wanted) -> SubmissionRefused:
    """The refusal of a header without a known name, with the delimiter that seems to stand in it."""
    counts = {delimiter: header.count(delimiter) for delimiter in DELIMITERS}
    found = max(DELIMITERS, key=lambda delimiter: counts[delimiter])
    seems = f"; the values seem to be separated by {_SPOKEN[found]}, {counts[found]} of them" if counts[found] else ""
    if wanted.delimiter and counts[found] and found != wanted.delimiter:
        written = found.replace("\t", "\\t")
        return refuse(
            f"the mapping says that values are separated by {_SPOKEN[wanted.delimiter]}, and no name between them is known{seems}",
            f'Write `delimiter = "{written}"` under [format], or leave it out to have it found.',
            where="line 1",
            value=header,
        )
    return refuse(
        f"the first line names none of the known columns between commas, semicolons, tabs or vertical bars{seems}",
        "Begin the file with a header of the format's names, or submit with a mapping that says under [columns] which of these is what.",
        where="line 1",
        value=header,
    )


def _quote_refused(header: str) -> SubmissionRefused:
    """The refusal of a header with a quote that no delimiter makes sense of."""
    if header.count('"') % 2:
        return refuse(
            "a quote in the header is not closed",
            "Close the quote on the same line, and double every quote inside a quoted name.",
            where="line 1",
            value=header,
        )
    return refuse(
        "a quote stands inside or behind a name in the header",
        "Quote the whole name and double every quote inside it.",
        where="line 1",
        value=header,
    )


@dataclass(slots=True)
class _Reading:
    """The state that goes from one stretch of the file to the next: the line number and the quotes left open so far."""

    layout: Layout
    kept: tuple[str, ...]
    line: int = 1
    unclosed: int = 0

    def blocks(self, runs: Iterator[bytes]) -> Iterator[Block]:
        waiting = b""
        ahead: bytes | None = next(runs, b"").partition(b"\n")[2]
        self.line = 2
        while ahead is not None:
            data, ahead = waiting + ahead, next(runs, None)
            if not data:
                continue
            block, waiting = self._read(data, at_end=ahead is None)
            if block.records:
                yield block

    def _read(self, data: bytes, *, at_end: bool) -> tuple[Block, bytes]:
        clean = self._read_clean(data)
        if clean is not None:
            self.line += clean.records
            return clean, b""
        records = split_records(data, self.layout, at_end=at_end, unclosed=self.unclosed)
        block = self._parse_records(records)
        self.line += records.lines
        self.unclosed += records.unclosed
        return block, records.left

    def _read_clean(self, data: bytes) -> Block | None:
        """The block, where nothing in it needs care; else None."""
        if b'"' in data:
            return None
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        lines = data.count(b"\n") + (not data.endswith(b"\n"))
        if not self._is_clean_text(data, data.count(b"\n")):
            return None
        frame = self._parse(data, quote=None)
        if frame is None or frame.height != lines or not self._is_even(frame, data):
            return None
        if max(filter(None, frame.select(pl.all().str.len_bytes().max()).row(0)), default=0) > _SAFE_CELL:
            return None
        numbered = frame.select(self.kept).with_columns(_numbers(self.line, lines))
        return Block(numbered, lines, plain=data.isascii(), trimmed=self._is_trimmed(data))

    def _is_clean_text(self, data: bytes, newlines: int) -> bool:
        if data.startswith(b"\n") or b"\n\n" in data or b"\x7f" in data:
            return False
        tabs = data.count(b"\t") if self.layout.delimiter == "\t" else 0
        if _count_controls(data) != newlines + tabs:
            return False
        if data.isascii():
            return True
        try:
            return not _SECOND_CONTROLS.search(data.decode())
        except UnicodeDecodeError:
            return False

    def _is_even(self, frame: pl.DataFrame, data: bytes) -> bool:
        """Whether every line has as many values as the header.

        The parser itself objects to a line with too many; so the right sum means that none has too few.
        """
        if frame.to_series(-1).null_count() == 0:
            return True
        return data.count(self.layout.delimiter.encode()) == (frame.width - 1) * frame.height

    def _is_trimmed(self, data: bytes) -> bool:
        if not data.isascii():
            return False
        if b" " not in data:
            return True
        if data.startswith(b" ") or data.endswith(b" "):
            return False
        mark = self.layout.delimiter.encode()
        return not any(pair in data for pair in (b" " + mark, mark + b" ", b" \n", b"\n "))

    def _parse(self, data: bytes, quote: str | None) -> pl.DataFrame | None:
        # The parser drops a byte-order mark. Within a file it is text, wherever a block begins: only the one put before it goes.
        marked = BOM + data if data.startswith(BOM) else data
        try:
            return pl.read_csv(
                marked,
                has_header=False,
                schema=dict.fromkeys(self.layout.names, pl.String()),
                separator=self.layout.delimiter,
                quote_char=quote,
                infer_schema=False,
            )
        except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, pl.exceptions.NoDataError):
            return None

    def _parse_records(self, records: Records) -> Block:
        first = self.line
        rejects = records.rejects.with_columns(pl.col("line") + first)
        frame = self._parse(records.text.str.join("\n").item().encode(), quote='"') if len(records.text) else None
        if frame is None or frame.height != len(records.text):
            frame = self._parse_slowly(records.text)
        frame = frame.with_columns((records.at + first).alias(LINE))
        if records.broken:
            frame = frame.with_columns(pl.col(self.layout.names).str.replace_all(LINE_BREAK, "\n", literal=True))
        frame, large = without_large_cells(frame, self.layout.names)
        kept = frame.select(*self.kept, LINE)
        return Block(kept, records.count, pl.concat([rejects, large]), unclosed=records.unclosed)

    def _parse_slowly(self, text: pl.Series) -> pl.DataFrame:
        """The same by the standard library, for the blocks that the fast parser declines, such as a lone empty record."""
        rows = list(csv.reader(text, delimiter=self.layout.delimiter, strict=True))
        return pl.DataFrame(rows, schema=dict.fromkeys(self.layout.names, pl.String()), orient="row")


def _count_controls(data: bytes) -> int:
    """How many bytes are below the space, counted in pieces that fit a processor's cache."""
    codes = np.frombuffer(data, np.uint8)
    return sum(int(np.count_nonzero(codes[at : at + _CACHED] < 32)) for at in range(0, len(codes), _CACHED))


def _numbers(first: int, count: int) -> pl.Series:
    return pl.int_range(first, first + count, dtype=pl.Int64, eager=True).alias(LINE)


def without_large_cells(frame: pl.DataFrame, names: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows without a cell over the limit, and a reject for each such cell."""
    if not names:
        return frame, no_rejects()
    widest = frame.select(pl.col(names).str.len_bytes().max()).row(0)
    wide = [name for name, size in zip(names, widest, strict=True) if size and size > CELL_BYTES]
    if not wide:
        return frame, no_rejects()
    rejects = []
    for name in wide:
        cells = frame.filter(pl.col(name).str.len_bytes() > CELL_BYTES)
        rejects.append(raw_rejects(cells[LINE], code="cell_too_large", column=name, value=cells[name]))
    large = pl.any_horizontal(pl.col(wide).str.len_bytes().fill_null(0) > CELL_BYTES)
    return frame.filter(~large), pl.concat(rejects)
