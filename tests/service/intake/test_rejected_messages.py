"""Rejected records of messages and workbooks leave as rows that no spreadsheet runs, and come back mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.iso_messages import pacs008, transfer
from support.swift_messages import mt103
from support.workbooks import good, workbook

from service.intake.resubmit import rejected_rows

_RUNS = '=HYPERLINK("http://example.org","pay")'


def exported(found: Any, folder: Path, original: bytes) -> str:
    source, out = folder / "sent", folder / "rejected.csv"
    source.write_bytes(original)
    payload = {
        "original": str(source),
        "mapping": None,
        "rejects": found.result["rejects"],
        "form": "csv",
        "out": str(out),
    }
    rejected_rows(payload, lambda _: None)
    return out.read_text("utf-8")


@pytest.mark.parametrize(
    ("original", "bad", "mended"),
    [
        (
            pacs008(transfer(1), transfer(2, amount="1.234", currency="EUR").replace("Facture 12", _RUNS)),
            "1.234",
            "1.23",
        ),
        (mt103(1) + mt103(2, day="99").replace("FACTURE 12", _RUNS), "2025-03-99", "2025-03-09"),
    ],
    ids=["pacs.008", "mt103"],
)
def test_a_rejected_record_leaves_harmless_and_comes_back_mended(reading, tmp_path, original, bad, mended):
    found = reading(original)
    assert found.counts == (2, 1, 0, 1)
    text = exported(found, tmp_path, original.encode())
    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text
    assert ',"=HYPERLINK' not in text
    again = reading(text.replace(bad, mended))
    assert again.counts == (1, 1, 0, 0)
    assert again.rows["purpose"][0].startswith(_RUNS)


def test_a_formula_of_a_workbook_does_not_leave_as_one(reading, tmp_path):
    data = workbook([good("R-1"), good("R-2", _RUNS)])
    found = reading(data)
    text = exported(found, tmp_path, data)
    assert found.codes == [(3, "amount", "formula")]
    assert not any(cell.lstrip('"').startswith(("=", "+", "-", "@")) for cell in text.replace("\n", ",").split(","))
