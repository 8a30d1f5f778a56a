"""Workbooks: what a cell says, exactly; which sheet is read; and what is not opened at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from support.workbooks import good, with_part, workbook

MAPPED = {
    "name": "m",
    "columns": {name: name for name in ("reference", "channel", "amount", "currency", "from_account", "to_account")},
    "time": {"column": "occurred_at", "zone": "Africa/Bamako"},
}


def test_the_rows_of_a_sheet_are_those_of_the_same_table_as_text(reading):
    found = reading(workbook([good("R-1"), good("R-2", "2")]))
    header = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
    text = header + "R-1,2025-05-01,transfer,1.50,EUR,A,B\nR-2,2025-05-01,transfer,2,EUR,A,B\n"
    assert (found.result["format"], found.counts) == ("xlsx", (2, 2, 0, 0))
    assert (found.digest, found.lines) == (reading(text).digest, [2, 3])


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1.1, "1.1000"),
        (0.1 + 0.2, "0.3000"),
        (1234567.89, "1234567.8900"),
        (7, "7.0000"),
        (1e3, "1000.0000"),
        (2.5e-1, "0.2500"),
    ],
)
def test_a_number_is_the_decimal_that_the_workbook_shows(reading, value, read):
    assert str(reading(workbook([good("R-1", value)])).rows["amount"][0]) == read


def test_a_number_too_long_for_a_workbook_is_rejected_since_its_last_digits_are_gone(reading):
    found = reading(
        workbook([good("R-1"), good("R-2", to_account=1234567890123456789), good("R-3", to_account=123456789012345)])
    )
    assert found.codes == [(3, "to_account", "not_exact")]
    assert sorted(found.rows["to_account"]) == ["123456789012345", "B"]


def test_a_formula_is_never_computed_and_its_cached_value_never_believed(reading):
    found = reading(workbook([good("R-1"), good("R-2", "=1+1"), good("R-3", '=HYPERLINK("http://x","y")')]))
    assert found.counts == (3, 1, 0, 2)
    assert found.codes == [(3, "amount", "formula"), (4, "amount", "formula")]
    assert "paste it as values" in found.rejects["remedy"][0]


def test_a_date_is_a_day_and_a_time_of_day_needs_the_zone_of_the_mapping(reading):
    day, moment = list(good("R-1")), list(good("R-2"))
    day[1], moment[1] = datetime(2025, 5, 1), datetime(2025, 5, 1, 13, 45)
    data = workbook([day, moment])
    assert reading(data).codes == [(3, "occurred_at", "naive_time")]
    found = reading(data, mapping=MAPPED)
    assert [str(each) for each in found.rows["occurred_at"]] == ["2025-05-01 00:00:00", "2025-05-01 13:45:00"]
    assert found.rows["precision"].to_list() == ["day", "second"]


def test_errors_and_truth_values_are_no_values_and_a_value_under_no_name_is_told(reading):
    bare = (*good("R-4"), None, "stray")
    found = reading(workbook([good("R-1"), good("R-2", "#N/A"), good("R-3", True), bare]))
    assert found.codes == [(3, "amount", "wrong_type"), (4, "amount", "wrong_type"), (5, None, "wrong_column_count")]
    assert found.rejects["value"][2]


def test_empty_rows_are_no_rows_and_the_header_may_stand_further_down(reading):
    def lower(book: Any) -> None:
        book["Payments"].insert_rows(1, 2)
        book["Payments"].insert_rows(5, 3)

    found = reading(workbook([good("R-1"), good("R-2")], change=lower))
    assert (found.counts, found.lines) == ((2, 2, 0, 0), [4, 8])


def more_sheets(state: str) -> Any:
    def change(book: Any) -> None:
        book.create_sheet("Codes").append(["secret"])
        book["Codes"].sheet_state = state

    return change


def test_a_hidden_sheet_is_named_and_not_read(reading):
    found = reading(workbook([good("R-1")], change=more_sheets("hidden")))
    assert found.counts == (1, 1, 0, 0)
    assert found.result["notes"] == ["the sheet 'Payments' was read; not read: 'Codes' (hidden)"]


def test_of_two_visible_sheets_the_mapping_must_choose(reading):
    data = workbook([good("R-1")], change=more_sheets("visible"))
    refusal = reading(data).result["refusal"]
    assert "'Payments', 'Codes'" in refusal["why"]
    assert 'sheet = "Payments"' in refusal["remedy"]
    assert reading(data, mapping=MAPPED | {"format": {"sheet": "Payments"}}).counts == (1, 1, 0, 0)
    wrong = reading(data, mapping=MAPPED | {"format": {"sheet": "Payment"}}).result["refusal"]
    assert "no sheet 'Payment'" in wrong["why"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(reading):
    bomb = with_part(workbook([good("R-1")]), "xl/worksheets/sheet1.xml", lambda old: old + b" " * (40 << 20))
    assert "times its size" in reading(bomb).result["refusal"]["why"]


def test_endless_texts_are_refused(reading, monkeypatch):
    monkeypatch.setattr("service.intake.readers.xlsx._MAX_STRINGS_BYTES", 1_000)
    texts = with_part(workbook([good("R-1")]), "xl/sharedStrings.xml", lambda _: b"<sst/>" + b" " * 1_000)
    assert "CSV" in reading(texts).result["refusal"]["remedy"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_part_with_a_doctype_is_refused(reading, encoding):
    def expand(old: bytes) -> bytes:
        text = old.decode().partition("?>")[2] or old.decode()
        return f'<!DOCTYPE worksheet [<!ENTITY a "aaaa">]>{text}'.encode(encoding)

    assert (
        "DOCTYPE"
        in reading(with_part(workbook([good("R-1")]), "xl/worksheets/sheet1.xml", expand)).result["refusal"]["why"]
    )


def test_a_part_with_a_name_that_climbs_out_writes_nothing(reading, tmp_path):
    found = reading(with_part(workbook([good("R-1")]), "../../../climbed.xml", lambda _: b"<a/>"))
    assert found.counts == (1, 1, 0, 0)
    assert not [path for folder in (tmp_path, *tmp_path.parents[:3]) for path in folder.glob("climbed*")]


def test_a_sheet_that_claims_to_be_endless_is_read_by_its_rows(reading):
    claim = lambda old: old.replace(b'<dimension ref="A1:G2"', b'<dimension ref="A1:XFD1048576"')  # noqa: E731
    assert reading(with_part(workbook([good("R-1")]), "xl/worksheets/sheet1.xml", claim)).counts == (1, 1, 0, 0)


def test_a_row_number_beyond_any_sheet_is_refused(reading):
    far = lambda old: old.replace(b'<row r="2"', b'<row r="90000000"')  # noqa: E731
    assert (
        "more than 1048576 rows"
        in reading(with_part(workbook([good("R-1")]), "xl/worksheets/sheet1.xml", far)).result["refusal"]["why"]
    )


def test_other_archives_and_binary_workbooks_are_named(reading):
    data = workbook([good("R-1")])
    assert "(.xlsb)" in reading(with_part(data, "xl/workbook.bin", lambda _: b"x")).result["refusal"]["why"]
    assert (
        "zip archive" in reading(with_part(b"PK\x05\x06" + bytes(18), "a.csv", lambda _: b"x")).result["refusal"]["why"]
    )
    assert "broken" in reading(data[: len(data) // 2]).result["refusal"]["why"]
