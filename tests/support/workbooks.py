"""Workbooks for tests, made in memory, and their parts changed by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl

HEADER = ("reference", "occurred_at", "channel", "amount", "currency", "from_account", "to_account")


def good(reference: object, amount: object = "1.50", to_account: object = "B") -> tuple[Any, ...]:
    """A row that is accepted."""
    return (reference, "2025-05-01", "transfer", amount, "EUR", "A", to_account)


def workbook(rows: Sequence[Sequence[Any]], *, change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    """A workbook of one sheet `Payments` with the header and these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Payments"
    for row in (HEADER, *rows):
        sheet.append(row)
    if change is not None:
        change(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed, or added where it has none of this name."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, change(old.read(name) if name in old.namelist() else b""))
    return written.getvalue()
