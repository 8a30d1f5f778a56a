"""The spreadsheet template: a workbook to fill in by hand, with a sheet that says what each column means.

Its example row can never become a transaction: its currency is XTS, the code for tests, which the intake rejects.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from schemas.transaction import SUBMITTED, Column
from service.intake.readers.xlsx import TEMPLATE_SHEET

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_NAME = "thalweg-template.xlsx"
EXPLAINED = "What the columns mean"
EXAMPLE: dict[str, str] = {
    "reference": "EXAMPLE - write over this row",
    "occurred_at": "2026-03-01T14:30:00+01:00",
    "channel": "transfer",
    "amount": "1250.50",
    "currency": "XTS",
    "from_account": "00210004471",
    "to_account": "00210009938",
    "from_country": "NE",
    "to_country": "ML",
    "from_name": "Example of a name",
    "from_kind": "person",
    "purpose": "An example, not a payment",
}
_RULES = {
    "occurred_at": "as text: 2026-03-01T14:30:00+01:00, or a date alone: 2026-03-01",
    "amount": "digits with a point for decimals; no sign, no spaces, no formula",
    "currency": "three capital letters, such as XOF",
    "from_country": "two capital letters, such as NE",
    "to_country": "two capital letters, such as ML",
    "from_account": "none for a cash_deposit; from_account or to_account must be there",
    "to_account": "none for a cash_withdrawal; from_account or to_account must be there",
}
_WIDTHS = (20, 16, 110)
_TEXT = "@"
_LAST_ROW = 10_000
_HEADING = PatternFill("solid", start_color="1F3A4D")
_NEEDED = PatternFill("solid", start_color="8A3B12")
_SHADED = PatternFill("solid", start_color="EEEEEE")


def template() -> bytes:
    """The workbook, with the columns of the format as it is now."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _fill(book.create_sheet(TEMPLATE_SHEET))
    _explain(book.create_sheet(EXPLAINED))
    book.properties.creator, book.properties.title = "Thalweg", "Template for transactions"
    book.properties.created = book.properties.modified = datetime(2026, 1, 1)  # noqa: DTZ001 - the format has no zones; no clock
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(sheet: Any) -> None:
    for place, column in enumerate(SUBMITTED, 1):
        letter = get_column_letter(place)
        head, example = sheet.cell(1, place, column.name), sheet.cell(2, place, EXAMPLE.get(column.name))
        head.font, head.fill = Font(bold=True, color="FFFFFF"), _NEEDED if column.required else _HEADING
        head.comment = Comment(f"{column.meaning}. {rule_of(column)}", "Thalweg")
        example.font, example.fill, example.number_format = Font(italic=True, color="666666"), _SHADED, _TEXT
        sheet.column_dimensions[letter].width = max(len(column.name), len(EXAMPLE.get(column.name, ""))) + 3
        sheet.column_dimensions[letter].number_format = _TEXT  # or a spreadsheet would round long account numbers
        if column.values:
            choice = DataValidation(
                type="list", formula1=f'"{",".join(column.values)}"', allow_blank=not column.required
            )
            sheet.add_data_validation(choice)
            choice.add(f"{letter}2:{letter}{_LAST_ROW}")
    sheet.freeze_panes = "B2"


def _explain(sheet: Any) -> None:
    sheet.append(["column", "needed", "what it means"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column in SUBMITTED:
        sheet.append([column.name, _needed(column), f"{column.meaning}. {rule_of(column)}"])
    sheet.append([])
    for line in (
        f"Fill in the sheet {TEMPLATE_SHEET!r}, one row a transaction; columns that you do not need may be deleted.",
        "Its second row is an example and no payment: write over it. Left in, it is rejected, since XTS is no currency that is paid in.",
        "All cells are formatted as text, so that long account numbers stay exact. Paste as values; formulas are not taken.",
        "Do not add names, notes or documents that the columns do not ask for.",
    ):
        sheet.append([line])
    for letter, width in zip("ABC", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2, max_row=len(SUBMITTED) + 1):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=cell.column == len(_WIDTHS))
    sheet.freeze_panes = "A2"


def _needed(column: Column) -> str:
    if column.required:
        return "always"
    return "one of the two" if column.name in {"from_account", "to_account"} else "if known"


def rule_of(column: Column) -> str:
    """What may stand in a column, as a sentence."""
    if column.values:
        return f"One of: {', '.join(column.values)}."
    rule = _RULES.get(column.name) or (f"at most {column.longest:,} characters" if column.longest else "a plain number")
    return f"{rule[0].upper()}{rule[1:]}."
