"""Why a cell was rejected and what to do about it: one sentence each for every code, and the frames that carry them.

A frame of `RAW` is what the stages pass on; the words are added when the rejects are written. Values stay in the file that
the submitter may see; they never go to a log.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from schemas.batch import REJECTS

RAW: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    "column": pl.String(),
    "value": pl.String(),
    "code": pl.String(),
    "detail": pl.String(),
}
"""`detail` is a clause that makes the reason exact (a limit, a list, another line), or null."""

SHOWN_CHARACTERS = 80
_SLICE_ROWS = 262_144

SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("A required value is missing", "Fill in the value, or leave the row out."),
    "not_a_number": (
        "This is not a plain decimal number",
        "Write digits with an optional point, such as 1250.00: no sign, exponent, space or thousands separator.",
    ),
    "not_positive": (
        "The amount is not greater than zero",
        "Send a positive amount; show the direction by from_account and to_account, and a refund by `reverses`.",
    ),
    "too_many_digits": ("The amount has more than 18 digits before the point", "Check the unit and the separator."),
    "too_many_decimals": (
        "There are more decimals than can be kept",
        "Round the amount to the currency's minor unit, or use a mapping with [rounding].",
    ),
    "unknown_currency": ("This is not an ISO 4217 code in capital letters", "Use a three-letter code such as XOF or EUR."),
    "no_currency": (
        "The code names no currency: XTS is for tests, XXX for what is paid in none",
        "Give the currency that was paid in, and leave out tests and what is no payment.",
    ),
    "unknown_value": ("This value is not one of those that the column takes", "Use one of the listed values, or a mapping."),
    "not_a_time": (
        "This is not a time that exists in the form asked for",
        "Write RFC 3339 such as 2024-05-01T13:45:00+01:00, or a date such as 2024-05-01, from 1970 on.",
    ),
    "naive_time": (
        "The time has no offset, so it could mean different moments",
        "Append Z or an offset such as +01:00, or use a mapping with `zone`.",
    ),
    "future_time": ("The time lies more than a day after the submission arrived", "Check the clock, the year and the date format."),
    "too_long": ("The text is longer than the column takes", "Shorten it."),
    "control_character": (
        "The text holds a control character such as NUL, tab, or a line break outside `purpose`",
        "Remove the character.",
    ),
    "not_utf8": (
        "The text is not valid UTF-8",
        'Export the file as UTF-8, or name its encoding in a mapping, such as `encoding = "cp1252"` under [format].',
    ),
    "no_account": ("The row names neither from_account nor to_account", "Give at least one of the two."),
    "wrong_account": ("The account does not fit the channel", "Leave it empty for cash: the cash side has no account."),
    "unclosed_quote": (
        "A quoted value begins here and is not closed as it should be within 1,000 lines and 1 MiB",
        "Close the quote, and double every quote inside a quoted value.",
    ),
    "malformed_quote": (
        "A quote stands inside or behind a value",
        "Quote the whole value and double every quote inside it.",
    ),
    "wrong_column_count": ("The row does not have as many values as the header", "Quote values that hold the delimiter."),
    "cell_too_large": ("A value is larger than 64 KiB, or a line than 1 MiB", "Shorten the value."),
    "blank_line": ("The line is blank", "Remove it."),
    "not_json": ("The line is not one complete JSON value", "Write one JSON object a line."),
    "not_an_object": ("The line is JSON, but not an object", "Write one JSON object a line."),
    "duplicate_key": ("The object holds the same key twice", "Keep one of them."),
    "unnamed_key": ("A key of the object is empty, or @line, which is taken", "Give every value a key that says what it is."),
    "wrong_type": ("The value is neither text nor a plain number", "Write it as text."),
    "unknown_country": ("This is not an ISO 3166-1 alpha-2 code in capital letters", "Use a code such as ML or FR."),
    "out_of_range": ("The number lies outside the range of the column", "Check the unit, and latitude against longitude."),
    "conflict": ("The same reference was already used for other content", "Give each transaction its own reference."),
    "not_a_message": (
        "The text is no whole SWIFT message",
        "Send each message from {1: to -}, with nothing but $ or line breaks between two.",
    ),
    "formula": (
        "The cell holds a formula, which is never computed here",
        "Copy the column and paste it as values, then send the workbook again.",
    ),
    "not_exact": (
        "The number has more than 15 digits before the point, which a workbook does not keep exactly",
        "Format the column as text and enter the number again from its source.",
    ),
    "not_mapped": ("The mapping makes no transaction of this row", "Nothing, if that is meant; else add the value to the mapping."),
}  # fmt: skip
"""Reason and remedy by code; every code of `schemas.batch.RejectReason` has them."""


def no_rejects() -> pl.DataFrame:
    """An empty frame of `RAW`."""
    return pl.DataFrame(schema=RAW)


def raw_rejects(
    line: pl.Series, *, code: str, column: str | None = None, value: pl.Series | None = None, detail: str | None = None
) -> pl.DataFrame:
    """A frame of `RAW` for the given lines, all with one code. `value` stands beside `line`, row by row."""
    shown = pl.Series([None] * len(line), dtype=pl.String) if value is None else value.cast(pl.String)
    return pl.DataFrame({"line": line.cast(pl.Int64), "value": shown}).select(
        "line",
        pl.lit(column, dtype=pl.String).alias("column"),
        shorten(pl.col("value")).alias("value"),
        pl.lit(code).alias("code"),
        pl.lit(detail, dtype=pl.String).alias("detail"),
    )


def shorten(text: pl.Expr) -> pl.Expr:
    """The text as it is shown to a reader: at most 80 characters, the last one an ellipsis where it was cut."""
    return (
        pl.when(text.str.len_chars() > SHOWN_CHARACTERS).then(text.str.head(SHOWN_CHARACTERS - 1) + "…").otherwise(text)
    )


def write_rejects(raw: pl.DataFrame, path: Path) -> None:
    """Write `raw` with its words as `schemas.batch.REJECTS`, sorted by line and column."""
    ordered = raw.sort("line", "column", "code", "value", nulls_last=False, maintain_order=True)
    schema = pl.DataFrame(schema=REJECTS).to_arrow().schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, max(ordered.height, 1), _SLICE_ROWS):
            writer.write_table(_with_words(ordered.slice(start, _SLICE_ROWS)).to_arrow().cast(schema))


def add_rejects(written: Path, raw: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Write the rejects of an earlier file and those of `raw`, in order, to `path`; gives them all."""
    together = pl.concat([pl.read_parquet(written), _with_words(raw)])
    together.sort("line", "column", "code", "value", nulls_last=False, maintain_order=True).write_parquet(path)
    return together


def _with_words(raw: pl.DataFrame) -> pl.DataFrame:
    reasons = {code: words[0] for code, words in SENTENCES.items()}
    remedies = {code: words[1] for code, words in SENTENCES.items()}
    reason = pl.col("code").replace_strict(reasons, return_dtype=pl.String)
    detail = pl.when(pl.col("detail").is_null()).then(pl.lit(".")).otherwise(": " + pl.col("detail") + ".")
    return raw.select(
        "line",
        "column",
        "value",
        "code",
        (reason + detail).alias("reason"),
        pl.col("code").replace_strict(remedies, return_dtype=pl.String).alias("remedy"),
    ).cast(REJECTS)  # type: ignore[arg-type]
