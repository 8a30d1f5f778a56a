"""The canonical transaction: every column declared once, and from that the polars schema, the DuckDB DDL and the JSON Schema.

`SUBMITTED` are the columns a partner may send (the `thalweg` format, version 1). `SEGMENT` are the columns of a sealed
segment, which add what intake works out: the time in UTC, its offset and precision, the account keys and `extra`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

FORMAT_VERSION = 1

Channel = Literal[
    "transfer", "cash_deposit", "cash_withdrawal", "mobile_money", "remittance", "card", "cheque", "trade",
    "crypto_buy", "crypto_sell", "fx", "fee", "other",
]  # fmt: skip
CHANNELS: tuple[str, ...] = Channel.__args__  # type: ignore[attr-defined]
PartyKind = Literal["person", "business", "public_body", "ngo", "agent", "exchange"]
PARTY_KINDS: tuple[str, ...] = PartyKind.__args__  # type: ignore[attr-defined]
Precision = Literal["day", "second"]
PRECISIONS: tuple[str, ...] = Precision.__args__  # type: ignore[attr-defined]

MONEY_PRECISION, MONEY_SCALE = 24, 4
MONEY = pl.Decimal(MONEY_PRECISION, MONEY_SCALE)
COORDINATE = pl.Decimal(9, 6)
MICROSECONDS = pl.Datetime("us")
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its polars and DuckDB types, what it means, and the limits intake holds it to."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    duckdb: str
    meaning: str
    required: bool = False
    longest: int | None = None
    values: tuple[str, ...] | None = None


def _text(name: str, meaning: str, longest: int = 128, *, required: bool = False) -> Column:
    return Column(name, pl.String, "VARCHAR", meaning, required, longest)


def _enum(name: str, meaning: str, values: tuple[str, ...], *, required: bool = False) -> Column:
    return Column(name, pl.String, "VARCHAR", meaning, required, None, values)


_REFERENCE = _text("reference", "the submitter's own id, unique for that submitter", required=True)
_CHANNEL = _enum("channel", "how the money moved", CHANNELS, required=True)
_AMOUNT = Column("amount", MONEY, "DECIMAL(24,4)", "the amount, greater than zero", required=True)
_CURRENCY = _text("currency", "ISO 4217 code", 3, required=True)
_FROM = _text("from_account", "the paying account, as submitted; none for a cash deposit")
_TO = _text("to_account", "the receiving account, as submitted; none for a cash withdrawal")

OPTIONAL: tuple[Column, ...] = (
    _text("from_institution", "BIC or national code of the paying institution", 64),
    _text("to_institution", "BIC or national code of the receiving institution", 64),
    _text("from_country", "ISO 3166-1 alpha-2 code of the paying side", 2),
    _text("to_country", "ISO 3166-1 alpha-2 code of the receiving side", 2),
    _text("from_party", "the submitter's id of the paying party"),
    _text("to_party", "the submitter's id of the receiving party"),
    _text("from_name", "name of the paying party", 512),
    _text("to_name", "name of the receiving party", 512),
    _enum("from_kind", "what the paying party is", PARTY_KINDS),
    _enum("to_kind", "what the receiving party is", PARTY_KINDS),
    _text("place", "where it was done: branch, town or cell", 256),
    Column("latitude", COORDINATE, "DECIMAL(9,6)", "degrees north, -90 to 90"),
    Column("longitude", COORDINATE, "DECIMAL(9,6)", "degrees east, -180 to 180"),
    _text("agent", "the agent who served it"),
    _text("device", "the device it was made on"),
    _text("phone", "the phone number it was made with", 32),
    _text("merchant_category", "ISO 18245 code, four digits", 4),
    _text("purpose", "remittance text, as submitted", 1024),
    _text("end_to_end_id", "UETR or the like: the id that both institutions share"),
    _text("reverses", "the reference of the transaction that this one undoes"),
)

SUBMITTED: tuple[Column, ...] = (
    _REFERENCE,
    _text("occurred_at", "RFC 3339 time with offset, or a bare date", 40, required=True),
    _CHANNEL,
    _AMOUNT,
    _CURRENCY,
    _FROM,
    _TO,
    *OPTIONAL,
)

SEGMENT: tuple[Column, ...] = (
    _REFERENCE,
    Column(
        "occurred_at",
        MICROSECONDS,
        "TIMESTAMP",
        "when, in UTC; midnight where only the date is known",
        required=True,
    ),
    Column(
        "offset_minutes",
        pl.Int16,
        "SMALLINT",
        "the original offset, minutes east of UTC; none for a bare date",
    ),
    _enum("precision", "how exactly the time is known", PRECISIONS, required=True),
    _CHANNEL,
    _AMOUNT,
    _CURRENCY,
    _FROM,
    _TO,
    _text("from_key", "account key of the paying side", 260),
    _text("to_key", "account key of the receiving side", 260),
    *OPTIONAL,
    _text("extra", "canonical JSON of the unknown columns; detectors cannot see it", 65_536),
)

SUBMITTED_NAMES: tuple[str, ...] = tuple(column.name for column in SUBMITTED)
SEGMENT_NAMES: tuple[str, ...] = tuple(column.name for column in SEGMENT)


def polars_schema() -> pl.Schema:
    """The schema of a segment frame, columns in canonical order."""
    return pl.Schema({column.name: column.dtype for column in SEGMENT})


def duckdb_columns() -> str:
    """The columns of a segment as DuckDB column definitions, in canonical order."""
    return ", ".join(f"{column.name} {column.duckdb}{' NOT NULL' if column.required else ''}" for column in SEGMENT)


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of one NDJSON record of the `thalweg` format: every value is text."""
    properties: dict[str, object] = {}
    for column in SUBMITTED:
        described: dict[str, object] = {"type": "string", "description": column.meaning}
        if column.longest:
            described["maxLength"] = column.longest
        if column.values:
            described["enum"] = list(column.values)
        properties[column.name] = described
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Thalweg transaction, format version {FORMAT_VERSION}",
        "type": "object",
        "properties": properties,
        "required": [column.name for column in SUBMITTED if column.required],
        "anyOf": [{"required": ["from_account"]}, {"required": ["to_account"]}],
    }
