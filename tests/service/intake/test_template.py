"""The spreadsheet template is taken in as it stands once it is filled in, and its example never becomes a transaction."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from schemas.transaction import SUBMITTED_NAMES
from service.intake.jobs import read
from service.intake.template import EXAMPLE, EXPLAINED, template

ROW = {"reference": "R-1", "occurred_at": "2025-05-01", "channel": "transfer", "amount": "12.50", "currency": "EUR"}


def filled(*rows: dict[str, str], over: bool) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template()))
    sheet = book["Transactions"]
    for number, row in enumerate(rows, 2 if over else 3):
        for place, name in enumerate(SUBMITTED_NAMES, 1):
            sheet.cell(number, place).value = row.get(name)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def taken(tmp_path: Path, data: bytes) -> dict[str, Any]:
    original = tmp_path / "filled.xlsx"
    original.write_bytes(data)
    payload = {"original": str(original), "institution": "B", "received_at": "2026-04-01T00:00:00Z"}
    return read(payload | {"out": str(tmp_path), "max_reject_per_mille": 999}, lambda _: None)


def test_a_filled_in_template_is_taken_with_long_account_numbers_as_they_are(tmp_path: Path) -> None:
    found = taken(tmp_path, filled(ROW | {"from_account": "0021000447100210004471"}, over=True))
    assert (found["rows"], found["accepted"]) == (1, 1)
    assert pl.read_parquet(found["segment"])["from_account"].to_list() == ["0021000447100210004471"]
    assert EXPLAINED in found["notes"][0]


def test_the_example_left_in_is_rejected_for_its_currency_and_nothing_else(tmp_path: Path) -> None:
    found = taken(tmp_path, filled(ROW | {"to_account": "41"}, over=False))
    assert (found["rows"], found["accepted"], found["rejected"]) == (2, 1, 1)
    rejects = pl.read_parquet(found["rejects"])
    assert rejects.select("line", "column", "code").rows() == [(2, "currency", "no_currency")]


def test_the_template_explains_every_column_in_its_order() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template()))
    heads = [cell.value for cell in book["Transactions"][1]]
    explained = [row[0] for row in book[EXPLAINED].iter_rows(min_row=2, max_row=len(heads) + 1, values_only=True)]
    assert heads == explained == list(SUBMITTED_NAMES)
    assert "EXAMPLE" in EXAMPLE["reference"]
    choices = {str(choice.sqref): choice.formula1 for choice in book["Transactions"].data_validations.dataValidation}
    assert "cash_deposit" in choices["C2:C10000"]
