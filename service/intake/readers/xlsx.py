"""Workbooks: the rows of one sheet as text, exactly as far as a workbook is exact. Formulas are never computed, macros never looked at.

What a workbook unpacks to is bounded before anything of it is parsed; no part of it may have a DOCTYPE.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

import openpyxl
import polars as pl

from schemas.errors import SubmissionRefused
from service.intake.readers.block import LINE, MAX_COLUMNS, Block, Source, Wanted, refuse, require_columns
from service.intake.readers.csv import without_large_cells
from service.intake.rejects import RAW, no_rejects, shorten

TEMPLATE_SHEET = "Transactions"
"""The sheet that is read of several visible ones where the mapping names none: that of the template."""
MAX_ROWS = 1_048_576
MAX_UNPACKED_BYTES = 512 << 20
_MAX_STRINGS_BYTES = 64 << 20
_MAX_RATIO = 300
_SMALL_BYTES = 8 << 20
"""Below this a high ratio does no harm: a sheet of one repeated value packs well."""
_MAX_PARTS = 2_000
_BLOCK_ROWS = 8_192
_HEADER_WITHIN = 50
_EXACT_BELOW = 10**15
_BEYOND = 16
"""So many columns behind the header are looked at for values that stand under no name."""
_SCANNED_BYTES = 1 << 20
_FORBIDDEN = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)


def open_xlsx(path: Path, wanted: Wanted) -> Source:
    """Find the sheet and its header. Raises SubmissionRefused, with the remedy, where the workbook cannot be read safely."""
    _look_inside(path)
    with _opened(path) as book:
        title, note = _choose(book, wanted)
        with _told("the sheet is broken"):
            at, names = _header(_sheet(book, title))
    require_columns(names, wanted)
    kept = tuple(name for name in names if name not in wanted.dropped)
    reading = _Reading(path, title, at, tuple(names), kept, wanted.known)
    return Source("xlsx", reading.blocks, columns=kept, notes=(note,))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with path.open("rb") as handle:
        with _told("the workbook is broken"):
            book = openpyxl.load_workbook(handle, read_only=True, data_only=False, keep_links=False)
        try:
            yield book
        finally:
            book.close()


def _sheet(book: Any, title: str) -> Any:
    sheet = book[title]
    sheet.reset_dimensions()  # the file's own word on its size may be anything
    return sheet


@contextmanager
def _told(why: str) -> Iterator[None]:
    """What the library says of a workbook that it cannot read, as a refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that mean nothing here
        try:
            yield
        except SubmissionRefused:
            raise
        except MemoryError:
            raise
        except Exception as error:  # a stranger's workbook makes the library fail in many ways
            raise refuse(
                f"{why}: {type(error).__name__}", "Save it again as .xlsx, or export the sheet as CSV."
            ) from error


def _look_inside(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _is_workbook({part.filename for part in parts})
            _is_bearable(parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as handle:
                        _has_no_doctype(handle)
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        ValueError,
        zlib.error,
    ) as error:
        raise refuse(
            "the file begins as a zip archive but is broken", "Save it again and send the whole file."
        ) from error


def _is_workbook(names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise refuse("the file is a binary Excel workbook (.xlsb)", "Save it as .xlsx, or export the sheet as CSV.")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/workbook") for name in names):
        raise refuse("the file is a zip archive", "Unpack it and send the file inside.")


def _is_bearable(parts: Sequence[zipfile.ZipInfo]) -> None:
    """The sizes that the archive declares bind: the library never unpacks more of a part than that."""
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if unpacked > MAX_UNPACKED_BYTES or len(parts) > _MAX_PARTS or strings > _MAX_STRINGS_BYTES:
        raise refuse(
            f"the workbook unpacks to {unpacked >> 20} MiB in {len(parts)} parts, of which {strings >> 20} MiB are texts; "
            f"{MAX_UNPACKED_BYTES >> 20} MiB, {_MAX_PARTS} parts and {_MAX_STRINGS_BYTES >> 20} MiB are taken",
            "Export the sheet as CSV, or send it in pieces.",
        )
    if unpacked > max(_SMALL_BYTES, packed * _MAX_RATIO):
        raise refuse(
            f"the workbook unpacks to more than {_MAX_RATIO} times its size, as no workbook of transactions does",
            "Export the sheet as CSV.",
        )


def _has_no_doctype(handle: IO[bytes]) -> None:
    before = b""
    while data := handle.read(_SCANNED_BYTES):
        found = before + data
        if any(word in found for word in _FORBIDDEN):
            raise refuse(
                "a part of the workbook has a DOCTYPE, which no program writes there", "Export the sheet as CSV."
            )
        before = data[-32:]


def _choose(book: Any, wanted: Wanted) -> tuple[str, str]:
    """The name of the sheet to read, and a sentence that names it and every other."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    hidden = [title for title, sheet in sheets.items() if sheet.sheet_state != "visible"]
    visible = [title for title in sheets if title not in hidden]
    listed = ", ".join(repr(title) for title in sheets)
    if wanted.sheet is not None and wanted.sheet not in sheets:
        raise refuse(
            f"the workbook has no sheet {wanted.sheet!r}; it has {listed}",
            "Correct `sheet` under [format] in the mapping.",
        )
    chosen = wanted.sheet or (TEMPLATE_SHEET if TEMPLATE_SHEET in visible else None)
    if chosen is None and len(visible) != 1:
        raise refuse(
            f"the workbook has {len(visible)} visible sheets, and one must be chosen: {listed}",
            f'Send one sheet alone, or submit with a mapping that says `sheet = "{next(iter(sheets), "…")}"` under [format].',
        )
    title = chosen if chosen is not None else visible[0]
    others = [f"{other!r}{' (hidden)' if other in hidden else ''}" for other in sheets if other != title]
    note = f"the sheet {title!r}{' (hidden)' if title in hidden else ''} was read"
    return title, f"{note}; not read: {', '.join(others)}" if others else note


def _header(sheet: Any) -> tuple[int, list[str]]:
    """The number of the first row with anything in it, and its names."""
    for number, row in enumerate(islice(sheet.iter_rows(max_col=MAX_COLUMNS + 1), _HEADER_WITHIN), 1):
        names = ["" if cell.value is None else str(cell.value).strip() for cell in row]
        while names and not names[-1]:
            names.pop()
        if names:
            return number, names
    raise refuse(
        f"the first {_HEADER_WITHIN} rows of the sheet are empty",
        "Begin the sheet with a header that names the columns.",
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    path: Path
    title: str
    header_at: int
    names: tuple[str, ...]
    kept: tuple[str, ...]
    known: frozenset[str]

    def blocks(self) -> Iterator[Block]:
        """The rows below the header; empty ones are no rows. The line of a row is its number in the sheet."""
        with _opened(self.path) as book:
            with _told("the sheet is broken"):
                sheet = _sheet(book, self.title)
                rows = sheet.iter_rows(min_row=self.header_at + 1, max_col=len(self.names) + _BEYOND)
            first = self.header_at + 1
            while some := _some(rows):
                if first + len(some) > MAX_ROWS + 1:
                    raise refuse(f"the sheet has more than {MAX_ROWS} rows", "No sheet has: save the workbook again.")
                yield self._block(some, first)
                first += len(some)

    def _block(self, rows: list[tuple[Any, ...]], first: int) -> Block:
        lines: list[int] = []
        columns: list[list[str | None]] = [[] for _ in self.names]
        faults: list[dict[str, Any]] = []
        records = 0
        for line, row in enumerate(rows, first):
            if all(cell.value is None for cell in row):
                continue
            records += 1
            values, wrong = self._row(row)
            if wrong:
                faults += [{"line": line, **fault} for fault in wrong]
                continue
            lines.append(line)
            for column, value in zip(columns, values, strict=True):
                column.append(value)
        frame = pl.DataFrame(
            {LINE: pl.Series(lines, dtype=pl.Int64)}
            | {name: pl.Series(column, dtype=pl.String) for name, column in zip(self.names, columns, strict=True)}
        )
        frame, large = without_large_cells(frame, self.names)
        rejects = pl.DataFrame(faults, schema=RAW).with_columns(shorten(pl.col("value"))) if faults else no_rejects()
        return Block(frame.select(*self.kept, LINE), records, pl.concat([rejects, large]))

    def _row(self, row: tuple[Any, ...]) -> tuple[list[str | None], list[dict[str, Any]]]:
        values: list[str | None] = []
        wrong: list[dict[str, Any]] = []
        width = len(self.names)
        for name, cell in zip(self.names, row, strict=False):
            value, code = _text(cell)
            if code is not None and name in self.known:
                wrong.append({"column": name, "value": value, "code": code, "detail": None})
            values.append(value)
        values += [None] * (width - len(values))
        nameless = next((cell for cell in row[width:] if cell.value is not None), None)
        if nameless is not None:
            where = f"a value stands under no name, in column {nameless.column_letter}"
            wrong.append({"column": None, "value": str(nameless.value), "code": "wrong_column_count", "detail": where})
        return values, wrong


def _some(rows: Iterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    with _told("the sheet is broken"):
        return list(islice(rows, _BLOCK_ROWS))


def _text(cell: Any) -> tuple[str | None, str | None]:
    """A cell's text, and the code of what keeps it from being a value, if anything does."""
    value = cell.value
    if cell.data_type == "f":
        return str(getattr(value, "text", value)), "formula"
    if value is None or (isinstance(value, str) and cell.data_type != "e"):
        return value, None
    if isinstance(value, date):
        return _day_or_moment(value), None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    return str(value), "wrong_type"


def _day_or_moment(value: date) -> str:
    """A date, or a time without offset; a time at midnight is taken for a date, since a workbook writes both alike."""
    if isinstance(value, datetime) and (value.hour, value.minute, value.second, value.microsecond) != (0, 0, 0, 0):
        return value.isoformat()
    return value.isoformat()[:10]


def _number(value: int | float) -> tuple[str, str | None]:
    """A number at the 15 digits that a workbook keeps, as plain decimal text; a larger one may have lost digits before it came."""
    if value != value or abs(value) >= _EXACT_BELOW:  # noqa: PLR0124 - not a number
        return str(value), "not_exact"
    return (str(value), None) if isinstance(value, int) else (_plain(value), None)


def _plain(value: float) -> str:
    text = format(Decimal(format(value, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
