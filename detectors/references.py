"""Read and check reference tables: FX, thresholds and the baseline. A table that is not wholly valid is refused whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pycountry

from schemas.errors import ReferenceInvalid
from schemas.money import minor_units
from schemas.reference import BASELINE, FX, REFERENCE_KINDS, THRESHOLD_KINDS, THRESHOLDS

DEFAULTS = Path(__file__).parent / "reference"
"""The tables that ship with Thalweg: a start for an operator who has not loaded their own."""

_DECIMAL = r"^\d{1,18}(\.\d{1,10})?$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"


def parse_reference(kind: str, data: bytes, name: str = "table") -> pl.DataFrame:
    """The rows of a reference table from the bytes of its CSV file, sorted, in the schema of its kind.

    Raises ReferenceInvalid with the line and column of the first fault. `name` is only used in messages.
    """
    if kind not in REFERENCE_KINDS:
        raise ReferenceInvalid(
            "no such kind of reference table", where=name, value=kind, remedy=f"Kinds: {', '.join(REFERENCE_KINDS)}."
        )
    schema, check = _KINDS[kind]
    rows = _text_rows(data, list(schema), name)
    check(rows, name)
    typed = rows.with_columns(
        pl.col(column).str.to_date() if dtype == pl.Date else pl.col(column).cast(dtype)
        for column, dtype in schema.items()
    ).select(list(schema))
    return typed.sort(list(schema), nulls_last=True)


def default_reference(kind: str) -> bytes:
    """The bytes of the table of this kind that ships with Thalweg."""
    return (DEFAULTS / f"{kind}.csv").read_bytes()


def _text_rows(data: bytes, columns: list[str], name: str) -> pl.DataFrame:
    try:
        text = data.decode("utf-8-sig")
        rows = pl.read_csv(io.StringIO(text), infer_schema=False, comment_prefix="#")
    except (UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise ReferenceInvalid(
            "this is not a UTF-8 CSV table", where=name, remedy=f"Columns: {', '.join(columns)}."
        ) from error
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        raise ReferenceInvalid(
            f"the column {missing[0]} is missing", where=name, remedy=f"Columns: {', '.join(columns)}."
        )
    if rows.is_empty():
        raise ReferenceInvalid("the table has no rows", where=name, remedy="A table in use needs at least one row.")
    # The row number is the line in a file without comments; with comments it still finds the row.
    return rows.select(pl.col(column).str.strip_chars() for column in columns).with_row_index("row", offset=1)


def _refuse_where(rows: pl.DataFrame, wrong: pl.Expr, column: str, *words: str) -> None:
    """`words` are the reason, the remedy and the name of the table."""
    why, remedy, name = words
    faults = rows.filter(wrong)
    if faults.height:
        raise ReferenceInvalid(
            why, where=f"{name}, row {faults['row'][0]}, column {column}", value=str(faults[column][0]), remedy=remedy
        )


def _check_dates(rows: pl.DataFrame, column: str, name: str, *, optional: bool = False) -> None:
    value = pl.col(column)
    wrong = ~value.fill_null("").str.contains(_DATE) | value.str.to_date(strict=False).is_null()
    if optional:
        wrong = value.is_not_null() & wrong
    _refuse_where(rows, wrong, column, "this is not a date", "Write it as 2026-03-31.", name)


def _check_numbers(rows: pl.DataFrame, column: str, name: str) -> None:
    wrong = ~pl.col(column).fill_null("").str.contains(_DECIMAL) | (pl.col(column).str.strip_chars("0.") == "")
    _refuse_where(rows, wrong, column, "this is not a positive decimal number", "Write it as 655.957.", name)


def _check_currency(rows: pl.DataFrame, column: str, name: str, *extra: str) -> None:
    wrong = ~pl.col(column).fill_null("").is_in([*minor_units(), *extra])
    _refuse_where(rows, wrong, column, "this is not an ISO 4217 code", "Write it as EUR.", name)


def _check_unique(rows: pl.DataFrame, keys: list[str], name: str) -> None:
    twice = pl.struct(keys).is_duplicated() & ~pl.struct(keys).is_first_distinct()
    _refuse_where(rows, twice, keys[0], "this row repeats an earlier one", f"One row for each {', '.join(keys)}.", name)


def _check_fx(rows: pl.DataFrame, name: str) -> None:
    _check_currency(rows, "currency", name)
    _check_currency(rows, "base", name)
    _check_dates(rows, "date", name)
    _check_numbers(rows, "rate", name)
    other = pl.col("base") != rows["base"][0]
    _refuse_where(rows, other, "base", "one table has one base currency", "Convert the rates to one base.", name)
    itself = pl.col("currency") == pl.col("base")
    _refuse_where(rows, itself, "currency", "the base currency needs no rate", "Leave the row out.", name)
    _check_unique(rows, ["currency", "date"], name)


def _check_thresholds(rows: pl.DataFrame, name: str) -> None:
    countries = [country.alpha_2 for country in pycountry.countries]
    wrong = ~pl.col("country").fill_null("").is_in([*countries, "*"])
    _refuse_where(rows, wrong, "country", "this is not an ISO 3166-1 alpha-2 code", "Write ML, or * for any.", name)
    _check_currency(rows, "currency", name, "*")
    kinds = ", ".join(THRESHOLD_KINDS)
    unknown = ~pl.col("kind").fill_null("").is_in(THRESHOLD_KINDS)
    _refuse_where(rows, unknown, "kind", "there is no such kind of threshold", f"Kinds: {kinds}.", name)
    _check_numbers(rows, "amount", name)
    _check_dates(rows, "valid_from", name)
    _check_dates(rows, "valid_to", name, optional=True)
    empty = pl.col("valid_to").is_not_null() & (pl.col("valid_to") <= pl.col("valid_from"))
    _refuse_where(
        rows, empty, "valid_to", "a threshold must end after it begins", "valid_to is its first day off.", name
    )
    keys = ["country", "currency", "kind"]
    later = rows.sort([*keys, "valid_from"]).with_columns(ended=pl.col("valid_to").shift(1).over(keys))
    first = pl.col("valid_from").is_first_distinct().over(keys) & (pl.int_range(pl.len()).over(keys) == 0)
    overlap = ~first & (pl.col("ended").is_null() | (pl.col("ended") > pl.col("valid_from")))
    remedy = "Give the earlier row a valid_to no later than this date."
    _refuse_where(later, overlap, "valid_from", "this threshold overlaps the one before it", remedy, name)


def _check_baseline(rows: pl.DataFrame, name: str) -> None:
    for column in ("flagged", "population"):
        wrong = ~pl.col(column).fill_null("").str.contains(r"^\d{1,15}$")
        _refuse_where(rows, wrong, column, "this is not a whole number", "Write it as 120.", name)
    more = pl.col("flagged").cast(pl.Int64) > pl.col("population").cast(pl.Int64)
    _refuse_where(rows, more, "flagged", "more are flagged than there are", "flagged is part of population.", name)
    _check_unique(rows, ["detector"], name)


_KINDS: dict[str, tuple[dict[str, pl.DataType], Callable[[pl.DataFrame, str], None]]] = {
    "fx": (FX, _check_fx),
    "thresholds": (THRESHOLDS, _check_thresholds),
    "baseline": (BASELINE, _check_baseline),
}
