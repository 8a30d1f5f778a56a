"""A submission and what became of it: the counts, the rejected cells, and the receipt."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, model_validator

BatchStatus = Literal["accepted", "refused"]
RejectReason = Literal[
    "missing", "not_a_number", "not_positive", "too_many_digits", "too_many_decimals", "unknown_currency", "no_currency", "unknown_value",
    "not_a_time", "naive_time", "future_time", "too_long", "control_character", "not_utf8", "no_account", "wrong_account",
    "unclosed_quote", "malformed_quote", "wrong_column_count", "cell_too_large", "blank_line", "not_json", "not_an_object", "duplicate_key",
    "wrong_type", "unknown_country", "out_of_range", "conflict", "not_mapped", "formula", "not_exact", "not_a_message",
    "unnamed_key",
]  # fmt: skip
"""Why a cell or row was rejected. Stable codes; the words beside them may improve."""

REJECTS: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    "column": pl.String(),
    "value": pl.String(),
    "code": pl.String(),
    "reason": pl.String(),
    "remedy": pl.String(),
}
"""One row a bad cell, sorted by line and column. `line` is the physical line (CSV, NDJSON), the row (Parquet, XLSX) or the number of
the record (messages), from 1; several rows may stand for one rejected record. `value` is shortened to 80 characters."""
_BY_LINE = frozenset({"csv", "ndjson", "parquet", "xlsx"})


def unit_of(form: str | None) -> Literal["line", "record"]:
    """What `line` of a reject counts in a file of this form: of a message its records, where the reason names the line."""
    return "line" if form is None or form in _BY_LINE else "record"


class BatchCounts(BaseModel):
    """rows = accepted + duplicates + rejected, always. `rows` counts records, an unparseable span as its physical lines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    accepted: int
    duplicates: int
    rejected: int

    @model_validator(mode="after")
    def _every_row_is_accounted_for(self) -> BatchCounts:
        if self.rows != self.accepted + self.duplicates + self.rejected:
            raise ValueError(
                f"{self.rows} rows in, but {self.accepted} + {self.duplicates} + {self.rejected} accounted for"
            )
        return self


class UnknownColumn(BaseModel):
    """A column that neither the format nor the mapping knows: kept as `extra` with its rows, and seen by no detector.

    `nearest` is the column of the format that may have been meant, if one is spelled alike.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    nearest: str | None


class Receipt(BaseModel):
    """What the submitter can keep: the digest of its bytes, the counts and the time, signed with Ed25519.

    `signature` is base64 over the canonical JSON of every other field; `key` is the id of the public key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1
    batch: str
    partner: str
    status: BatchStatus
    original: str
    segment: str | None
    counts: BatchCounts
    at: str
    key: str
    signature: str
