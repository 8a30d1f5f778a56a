"""A column that nobody knows is named, with the column that may have been meant."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import pytest

from schemas.canonical import canonical_json
from schemas.transaction import SUBMITTED_NAMES
from service.intake.unknown import nearest, unknown_columns


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ammount", "amount"),
        ("Amount", "amount"),
        ("from account", "from_account"),
        ("FROM-ACOUNT", "from_account"),
        ("occured_at", "occurred_at"),
        ("to_contry", "to_country"),
        ("endToEndId", "end_to_end_id"),
        ("from_city", None),
        ("note", None),
        ("branch", None),
        ("_", None),
        ("\u91d1\u984d", None),
    ],
)
def test_the_column_that_may_have_been_meant_is_the_one_spelled_alike(name: str, meant: str | None) -> None:
    assert nearest(name) == meant


def test_each_of_our_names_is_nearest_to_itself() -> None:
    assert [nearest(name) for name in SUBMITTED_NAMES] == list(SUBMITTED_NAMES)


def test_none_and_an_empty_array_are_no_unknown_columns() -> None:
    assert unknown_columns(None) == unknown_columns("[]") == []


def test_names_made_to_be_slow_to_compare_are_not_compared() -> None:
    names = [f"{'from_account' * 80_000}{number}" for number in range(5)]
    began = process_time()
    assert [each.nearest for each in unknown_columns(canonical_json(names).decode())] == [None] * 5
    assert process_time() - began < 1


def test_a_header_without_a_required_column_names_what_is_spelled_alike(
    reading: Any, csv_rows: Callable[..., str]
) -> None:
    found = reading(csv_rows({}).replace("amount", "Ammount", 1).replace("currency", "CURRENCY", 1))
    assert "required columns are missing: amount, currency" in found.result["refusal"]["why"]
    assert "the header has 'Ammount' for amount, 'CURRENCY' for currency" in found.result["refusal"]["remedy"]
    other = reading(csv_rows({}).replace("amount", "total", 1))
    assert "the header has" not in other.result["refusal"]["remedy"]
