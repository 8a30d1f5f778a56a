"""Read the small table of an example into segment rows. For a handful of rows; intake reads what partners send."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from schemas.detector import Example
from schemas.errors import DetectorInvalid
from schemas.money import minor_units
from schemas.transaction import CHANNELS, SUBMITTED_NAMES, polars_schema

INSTITUTION = "X"
"""The institution whose accounts the examples hold: account `A-1` has the key `X|A-1`."""

_DEFAULTS = {"channel": "transfer", "currency": "EUR"}
_DAY_LENGTH = len("2026-01-01")


def example_frame(example: Example) -> pl.DataFrame:
    """The rows of an example as a frame of SEGMENT columns. Raises DetectorInvalid that names the row."""
    return pl.DataFrame(read_table(example), schema=polars_schema())


def read_table(example: Example) -> list[dict[str, Any]]:
    """The rows of an example, one dict of SEGMENT columns each. Raises DetectorInvalid that names the row."""
    lines = [line for line in example.rows.splitlines() if line.strip()]
    if len(lines) < 2:
        raise DetectorInvalid(
            "the table has no row", where=example.name, remedy="Write a header line and rows below it."
        )
    names = [name.strip() for name in lines[0].split("|")]
    unknown = sorted(set(names) - set(SUBMITTED_NAMES))
    missing = sorted({"occurred_at", "amount"} - set(names))
    if unknown or missing or len(names) != len(set(names)):
        raise DetectorInvalid(
            "the header does not fit",
            where=example.name,
            value=", ".join(unknown or missing or names),
            remedy="Use column names of the canonical format, each once; occurred_at and amount must be among them.",
        )
    return [_row(example, names, number, line) for number, line in enumerate(lines[1:], start=1)]


def _row(example: Example, names: list[str], number: int, line: str) -> dict[str, Any]:
    where = f"{example.name}, row {number}"
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != len(names):
        raise DetectorInvalid(
            f"{len(cells)} cells under {len(names)} columns", where=where, value=line.strip(), remedy="Mend the row."
        )
    given = {name: cell or _DEFAULTS.get(name) for name, cell in zip(names, cells, strict=True)}
    row: dict[str, Any] = dict.fromkeys(polars_schema()) | _DEFAULTS | {"reference": f"{number:04d}"}
    row |= {name: value for name, value in given.items() if value is not None}
    try:
        row |= _time(str(row["occurred_at"])) | _numbers(row)
        _refuse_what_intake_refuses(row)
    except ValueError as broken:
        raise DetectorInvalid(
            f"a value cannot be read: {broken}",
            where=where,
            value=line.strip(),
            remedy="Write times as 2026-03-01 or 2026-03-01 09:30 (UTC unless it ends in an offset), amounts as 9500.00.",
        ) from broken
    if row["channel"] not in CHANNELS or not (row["from_account"] or row["to_account"]):
        raise DetectorInvalid("unknown channel, or no account", where=where, value=line.strip(), remedy="Mend the row.")
    for side in ("from", "to"):
        row[f"{side}_key"] = f"{INSTITUTION}|{row[f'{side}_account']}" if row[f"{side}_account"] else None
    return row


def _time(text: str) -> dict[str, Any]:
    if len(text) == _DAY_LENGTH:
        day = date.fromisoformat(text)
        return {"occurred_at": datetime(day.year, day.month, day.day), "offset_minutes": None, "precision": "day"}  # noqa: DTZ001
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    offset = moment.utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    return {
        "occurred_at": moment.astimezone(UTC).replace(tzinfo=None),
        "offset_minutes": minutes,
        "precision": "second",
    }


def _numbers(row: dict[str, Any]) -> dict[str, Decimal]:
    names = [name for name in ("amount", "latitude", "longitude") if row[name] is not None]
    try:
        return {name: Decimal(str(row[name])) for name in names}
    except InvalidOperation as broken:
        raise ValueError(f"{', '.join(names)} must be decimal numbers") from broken


def _refuse_what_intake_refuses(row: dict[str, Any]) -> None:
    # An example that no partner could have sent proves nothing.
    if row["currency"] not in minor_units():
        raise ValueError(f"{row['currency']} is not an ISO 4217 code")
    if not row["amount"].is_finite() or row["amount"] <= 0:
        raise ValueError("the amount is not positive")
