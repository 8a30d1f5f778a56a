"""Read and check reference tables. A table that is not wholly valid is refused whole, with the place of its first fault."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl
import pycountry

from schemas.errors import ReferenceInvalid
from schemas.money import minor_units
from schemas.reference import REFERENCE_KINDS, TABLES, Cell, CellCheck, Table

DEFAULTS = Path(__file__).parent / "reference"
"""The tables that ship with Thalweg: a start for an operator who has not loaded their own."""

_DECIMAL = r"^\d{1,18}(\.\d{1,10})?$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"


def parse_reference(kind: str, data: bytes, name: str = "table") -> pl.DataFrame:
    """The rows of a reference table from the bytes of its CSV file, sorted, in the schema of its kind.

    Raises ReferenceInvalid with the row and column of the first fault. `name` is only used in messages.
    """
    if kind not in REFERENCE_KINDS:
        raise ReferenceInvalid(
            "no such kind of reference table", where=name, value=kind, remedy=f"Kinds: {', '.join(REFERENCE_KINDS)}."
        )
    table = TABLES[kind]
    rows = _text_rows(data, table, name)
    for column, cell in table.columns.items():
        _check_cells(rows, column, cell, name)
    _check_unique(rows, table, name)
    if table.dated:
        _check_periods(rows, table, name)
    for check in _FURTHER.get(kind, ()):
        check(rows, name)
    typed = rows.with_columns(_typed(column, cell) for column, cell in table.columns.items()).select(
        list(table.columns)
    )
    return typed.sort(list(table.columns), nulls_last=True)


def default_reference(kind: str) -> bytes:
    """The bytes of the table of this kind that ships with Thalweg."""
    return (DEFAULTS / f"{kind}.csv").read_bytes()


def _typed(column: str, cell: Cell) -> pl.Expr:
    return pl.col(column).str.to_date() if cell.type == pl.Date else pl.col(column).cast(cell.type)


def _text_rows(data: bytes, table: Table, name: str) -> pl.DataFrame:
    columns = list(table.columns)
    known = f"Columns: {', '.join(columns)}."
    try:
        text = data.decode("utf-8-sig")
        rows = pl.read_csv(io.StringIO(text), infer_schema=False, comment_prefix="#")
    except (UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise ReferenceInvalid("this is not a UTF-8 CSV table", where=name, remedy=known) from error
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        raise ReferenceInvalid(f"the column {missing[0]} is missing", where=name, remedy=known)
    if rows.is_empty() and not table.may_be_empty:
        raise ReferenceInvalid("the table has no rows", where=name, remedy="A table in use needs at least one row.")
    trimmed = (pl.col(column).cast(pl.String).str.strip_chars().replace("", None) for column in columns)
    # The row number is the line in a file without comments; with comments it still finds the row.
    return rows.select(trimmed).with_row_index("row", offset=1)


def _refuse_where(rows: pl.DataFrame, wrong: pl.Expr, column: str, *words: str) -> None:
    """`words` are the reason, the remedy and the name of the table."""
    why, remedy, name = words
    faults = rows.filter(wrong)
    if faults.height:
        raise ReferenceInvalid(
            why, where=f"{name}, row {faults['row'][0]}, column {column}", value=str(faults[column][0]), remedy=remedy
        )


def _unlike(pattern: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda value: ~value.str.contains(pattern)


def _none_of(codes: list[str]) -> Callable[[pl.Expr], pl.Expr]:
    return lambda value: ~value.is_in(codes)


_COUNTRIES = [country.alpha_2 for country in pycountry.countries]
_CHECKS: dict[CellCheck, tuple[Callable[[pl.Expr], pl.Expr], str, str]] = {
    "country": (_none_of(_COUNTRIES), "this is not an ISO 3166-1 alpha-2 code", "Write ML."),
    "any_country": (
        _none_of([*_COUNTRIES, "*"]),
        "this is not an ISO 3166-1 alpha-2 code",
        "Write ML, or * for any.",
    ),
    "currency": (_none_of(sorted(minor_units())), "this is not an ISO 4217 code", "Write it as EUR."),
    "any_currency": (
        _none_of([*sorted(minor_units()), "*"]),
        "this is not an ISO 4217 code",
        "Write EUR, or * for any.",
    ),
    "date": (
        lambda value: ~value.str.contains(_DATE) | value.str.to_date(strict=False).is_null(),
        "this is not a date",
        "Write it as 2026-03-31.",
    ),
    "positive": (
        lambda value: ~value.str.contains(_DECIMAL) | (value.str.strip_chars("0.") == ""),
        "this is not a positive decimal number",
        "Write it as 655.957.",
    ),
    "whole": (_unlike(r"^\d{1,15}$"), "this is not a whole number", "Write it as 120."),
    "mcc": (_unlike(r"^\d{4}$"), "this is not an ISO 18245 merchant category", "Write four digits: 7011."),
}
"""What makes a cell that is there wrong, the reason, and the remedy."""


def _check_cells(rows: pl.DataFrame, column: str, cell: Cell, name: str) -> None:
    value = pl.col(column)
    if not cell.optional:
        _refuse_where(rows, value.is_null(), column, "the cell is empty", "Each row needs it.", name)
    if cell.choices:
        remedy = f"One of: {', '.join(cell.choices)}."
        wrong = value.is_not_null() & ~value.is_in(list(cell.choices))
        _refuse_where(rows, wrong, column, "there is no such word for this column", remedy, name)
    if cell.check != "text":
        is_wrong, why, remedy = _CHECKS[cell.check]
        _refuse_where(rows, value.is_not_null() & is_wrong(value), column, why, remedy, name)


def _check_unique(rows: pl.DataFrame, table: Table, name: str) -> None:
    if table.dated:
        return  # the same name may come again, later
    keys = list(table.unique)
    twice = pl.struct(keys).is_duplicated() & ~pl.struct(keys).is_first_distinct()
    _refuse_where(rows, twice, keys[0], "this row repeats an earlier one", f"One row for each {', '.join(keys)}.", name)


def _check_periods(rows: pl.DataFrame, table: Table, name: str) -> None:
    empty = pl.col("valid_to").is_not_null() & (pl.col("valid_to") <= pl.col("valid_from"))
    _refuse_where(rows, empty, "valid_to", "a row must end after it begins", "valid_to is its first day off.", name)
    keys = list(table.unique)
    later = rows.sort([*keys, "valid_from"], nulls_last=True).with_columns(ended=pl.col("valid_to").shift(1).over(keys))
    overlap = (pl.int_range(pl.len()).over(keys) > 0) & (
        pl.col("ended").is_null() | (pl.col("ended") > pl.col("valid_from"))
    )
    remedy = "Give the earlier row a valid_to no later than this date."
    _refuse_where(later, overlap, "valid_from", "this row overlaps the one before it", remedy, name)


def _one_base(rows: pl.DataFrame, name: str) -> None:
    other = pl.col("base") != rows["base"][0]
    _refuse_where(rows, other, "base", "one table has one base currency", "Convert the rates to one base.", name)
    itself = pl.col("currency") == pl.col("base")
    _refuse_where(rows, itself, "currency", "the base currency needs no rate", "Leave the row out.", name)


def _part_of_population(rows: pl.DataFrame, name: str) -> None:
    more = pl.col("flagged").cast(pl.Int64) > pl.col("population").cast(pl.Int64)
    _refuse_where(rows, more, "flagged", "more are flagged than there are", "flagged is part of population.", name)


def _money_has_a_currency(rows: pl.DataFrame, name: str) -> None:
    bare = pl.col("currency").is_null() & (
        pl.col("monthly_income").is_not_null() | pl.col("licensed_output").is_not_null()
    )
    _refuse_where(rows, bare, "currency", "an amount without its currency", "Write EUR.", name)


def _ends_after_it_begins(rows: pl.DataFrame, name: str) -> None:
    before = pl.col("last_day") < pl.col("first_day")
    _refuse_where(rows, before, "last_day", "it ends before it begins", "last_day is its last day.", name)


def _names_somebody(rows: pl.DataFrame, name: str) -> None:
    nobody = pl.all_horizontal(pl.col("name", "identifier", "account").is_null())
    _refuse_where(rows, nobody, "name", "the row names nobody", "Give a name, an identifier or an account.", name)


def _shares_are_per_mille(rows: pl.DataFrame, name: str) -> None:
    more = pl.col("share_per_mille").cast(pl.Int64) > 1000
    _refuse_where(rows, more, "share_per_mille", "this is more than the whole", "Write 1000 for the whole.", name)


_FURTHER: dict[str, tuple[Callable[[pl.DataFrame, str], None], ...]] = {
    "fx": (_one_base,),
    "baseline": (_part_of_population,),
    "profiles": (_money_has_a_currency,),
    "calendar": (_ends_after_it_begins,),
    "watchlist": (_names_somebody,),
    "ownership": (_shares_are_per_mille,),
}
"""What a table must hold to beyond its single cells."""


_BETWEEN_COLUMNS = re.compile(r"(?<!\S)\|(?!\S)")


def parse_tables(texts: Mapping[str, str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Small tables as an example writes them: kind and rows. A `|` with a blank on each side parts two columns; one without,
    as in `X|A-1`, belongs to an account key. Raises ReferenceInvalid.
    """
    for kind, text in texts.items():
        lines = [_BETWEEN_COLUMNS.split(line) for line in text.splitlines() if line.strip()]
        frame = "\n".join(",".join(_quoted(cell.strip()) for cell in line) for line in lines)
        yield kind, parse_reference(kind, frame.encode(), f"{kind} of the example")


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if cell else ""
