"""Each rule of the canonical format has its own answer: code, column, a reason and a remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest

from schemas.batch import REJECTS, RejectReason
from schemas.transaction import polars_schema
from service.intake.rejects import SENTENCES

OPTIONAL = "from_institution,from_country,to_kind,latitude,longitude,merchant_category,purpose,reverses"
WIDE = f"reference,occurred_at,channel,amount,currency,from_account,to_account,{OPTIONAL}"
DEPOSIT = {"channel": "cash_deposit", "from_account": ""}
WITHDRAWAL = {"channel": "cash_withdrawal", "to_account": ""}


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"reference": ""}, "reference", "missing"),
        ({"reference": "x" * 129}, "reference", "too_long"),
        ({"amount": ""}, "amount", "missing"),
        *(
            ({"amount": text}, "amount", "not_a_number")
            for text in ("NaN", "inf", "1e3", "1_000", "1 000", "+1", "--1", "-1e3", "-", "1.", ".5", "0x10", "\u0661", "1.2.3", "abc")
        ),
        ({"amount": "0"}, "amount", "not_positive"),
        ({"amount": "0.00"}, "amount", "not_positive"),
        ({"amount": "-1"}, "amount", "not_positive"),
        ({"amount": "-1250.505"}, "amount", "not_positive"),
        ({"amount": "1234567890123456789"}, "amount", "too_many_digits"),
        ({"amount": "10.505"}, "amount", "too_many_decimals"),
        ({"amount": "10.5", "currency": "XOF"}, "amount", "too_many_decimals"),
        ({"currency": "eur"}, "currency", "unknown_currency"),
        ({"currency": "ZZZ"}, "currency", "unknown_currency"),
        ({"currency": "EURO"}, "currency", "unknown_currency"),
        ({"currency": "XXX"}, "currency", "no_currency"),
        ({"currency": "XTS"}, "currency", "no_currency"),
        ({"channel": "Transfer"}, "channel", "unknown_value"),
        ({"channel": ""}, "channel", "missing"),
        *(
            ({"occurred_at": text}, "occurred_at", "not_a_time")
            for text in ("2024-02-30", "2024-02-30T10:00:00Z", "01/02/2024", "2024-05-01T24:00:00Z", "2024-05-01T10:00:60Z",
                         "2024-05-01T10:00Z", "2024-05-01T10:00:00.1234567Z", "2024-05-01T10:00:00+24:00", "1969-12-31", "0")
        ),
        ({"occurred_at": "2024-05-01T10:00:00"}, "occurred_at", "naive_time"),
        ({"occurred_at": "2024-05-01 10:00:00.5"}, "occurred_at", "naive_time"),
        ({"occurred_at": "2026-01-02T00:00:01Z"}, "occurred_at", "future_time"),
        ({"occurred_at": "2026-01-03"}, "occurred_at", "future_time"),
        ({"from_account": "", "to_account": ""}, "from_account", "no_account"),
        ({"channel": "cash_deposit"}, "from_account", "wrong_account"),
        ({**DEPOSIT, "to_account": ""}, "to_account", "no_account"),
        ({"channel": "cash_withdrawal"}, "to_account", "wrong_account"),
        ({**WITHDRAWAL, "from_account": ""}, "from_account", "no_account"),
        ({"from_institution": "A|B"}, "from_institution", "unknown_value"),
        ({"from_country": "ml"}, "from_country", "unknown_country"),
        ({"from_country": "XX"}, "from_country", "unknown_country"),
        ({"to_kind": "company"}, "to_kind", "unknown_value"),
        ({"latitude": "90.1"}, "latitude", "out_of_range"),
        ({"longitude": "-1800"}, "longitude", "out_of_range"),
        ({"latitude": "12.1234567"}, "latitude", "too_many_decimals"),
        ({"latitude": "12N"}, "latitude", "not_a_number"),
        ({"merchant_category": "123"}, "merchant_category", "unknown_value"),
        ({"purpose": "p" * 1025}, "purpose", "too_long"),
        ({"reverses": "r" * 129}, "reverses", "too_long"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_with_its_column_and_code(
    reading: Any, csv_rows: Callable[..., str], change: dict[str, str], column: str, code: str
) -> None:
    found = reading(csv_rows({}, change, header=WIDE))
    assert found.codes == [(3, column, code)]
    assert found.counts == (2, 1, 0, 1)
    told = found.rejects.row(0, named=True)
    assert told["reason"].endswith(".")
    assert told["remedy"].endswith(".")


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "000010.50"},
        {"amount": " 10.5000 "},
        {"amount": "999999999999999999.99"},
        {"amount": "1.234", "currency": "KWD"},
        {"amount": "100.00", "currency": "XOF"},
        {"amount": "1.2345", "currency": "XAU"},
        {"occurred_at": "2024-02-29T23:59:59.123456-11:30"},
        {"occurred_at": "2024-05-01t10:00:00z"},
        {"occurred_at": "2024-05-01 10:00:00+00:00"},
        {"occurred_at": "2026-01-02T00:00:00Z"},
        {"occurred_at": "1970-01-01"},
        {"from_account": "A", "to_account": "A"},
        {"to_account": ""},
        {"from_account": ""},
        DEPOSIT,
        WITHDRAWAL,
        {"reference": "\u00e9" * 128},
        {"latitude": "-90", "longitude": "+180.000000"},
        {"merchant_category": "0763", "to_kind": "ngo", "from_country": "ML"},
    ],
)
def test_a_good_cell_at_the_edge_is_taken(reading: Any, csv_rows: Callable[..., str], change: dict[str, str]) -> None:
    found = reading(csv_rows(change, header=WIDE))
    assert found.codes == []
    assert found.counts == (1, 1, 0, 0)


def test_a_row_with_two_bad_cells_is_one_rejected_row_with_two_lines(
    reading: Any, csv_rows: Callable[..., str]
) -> None:
    found = reading(csv_rows({"amount": "NaN", "currency": "EURO", "occurred_at": "yesterday"}, {}))
    assert found.counts == (2, 1, 0, 1)
    assert found.codes == [
        (2, "amount", "not_a_number"),
        (2, "currency", "unknown_currency"),
        (2, "occurred_at", "not_a_time"),
    ]


def test_a_long_value_is_shortened_where_it_is_told(reading: Any, csv_rows: Callable[..., str]) -> None:
    found = reading(csv_rows({"amount": "9" * 200}))
    assert found.rejects["value"].to_list() == ["9" * 79 + "…"]


def test_the_segment_and_the_rejects_have_their_declared_columns(reading: Any, csv_rows: Callable[..., str]) -> None:
    found = reading(csv_rows({}, {"amount": "x"}, header=WIDE))
    assert found.rows.schema == polars_schema()
    assert found.rejects.schema == pl.Schema(REJECTS)
    assert reading(csv_rows({})).rejects.schema == pl.Schema(REJECTS)


def test_every_code_has_a_reason_and_a_remedy_and_no_other_is_written() -> None:
    assert set(SENTENCES) == set(get_args(RejectReason))
    assert all(remedy.endswith(".") and not reason.endswith(".") for reason, remedy in SENTENCES.values())


def test_amounts_and_offsets_keep_their_exact_value(reading: Any, csv_rows: Callable[..., str]) -> None:
    found = reading(csv_rows({"amount": "123456789012345678.91", "occurred_at": "2024-01-01T00:30:00.25+05:30"}))
    row = found.rows.select(pl.col("amount", "occurred_at", "offset_minutes").cast(pl.String)).row(0)
    assert row == ("123456789012345678.9100", "2023-12-31 19:00:00.250000", "330")


def test_the_document_says_every_reason_and_remedy_as_the_software_does() -> None:
    text = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")
    for code, (reason, remedy) in SENTENCES.items():
        assert f"| `{code}` | {reason} | {remedy} |" in text, code


@pytest.mark.parametrize(
    ("time", "code"),
    [
        ("2023-02-29T00:00:00Z", "not_a_time"),
        ("1900-02-29T00:00:00Z", "not_a_time"),
        ("2024-13-01T00:00:00Z", "not_a_time"),
        ("2024-04-31T00:00:00Z", "not_a_time"),
        ("2024-01-00T00:00:00Z", "not_a_time"),
        ("2024-01-01T24:00:00Z", "not_a_time"),
        ("2024-01-01T00:00:60Z", "not_a_time"),
        ("0000-01-01T00:00:00Z", "not_a_time"),
        ("1969-12-31T23:59:59Z", "not_a_time"),
        ("9999-12-31T23:59:59Z", "future_time"),
    ],
)
def test_a_column_of_seconds_in_utc_has_each_one_judged(
    reading: Any, csv_rows: Callable[..., str], time: str, code: str
) -> None:
    good = ["1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2024-12-31T12:34:56Z"]
    found = reading(csv_rows(*({"occurred_at": each} for each in [*good, time])))
    assert found.codes == [(5, "occurred_at", code)]
    alone = reading(csv_rows(*({"occurred_at": each} for each in good)))
    assert [f"{each.isoformat()}Z" for each in alone.rows["occurred_at"]] == good
    assert found.digest == alone.digest
