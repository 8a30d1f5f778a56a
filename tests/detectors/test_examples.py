"""The small tables of examples become segment rows as intake would make them, and an outcome says what went wrong."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from detectors.example_table import example_frame
from detectors.examples import run_example, run_examples
from detectors.references import parse_tables
from detectors.sqlrule import load_rule
from schemas.detector import Example
from schemas.errors import DetectorInvalid
from schemas.transaction import polars_schema
from tests.detectors.lint.drafts import write_rule


def frame(rows: str) -> list[dict[str, object]]:
    table = example_frame(Example(name="example", rows=rows))
    assert table.schema == polars_schema()
    return table.to_dicts()


def test_what_a_table_leaves_out_has_the_usual_values() -> None:
    (row,) = frame("occurred_at | amount | from_account | to_account\n2026-03-01 09:30 | 12.5 | A-1 | B-1")
    assert (row["reference"], row["channel"], row["currency"]) == ("0001", "transfer", "EUR")
    assert (row["from_key"], row["to_key"]) == ("X|A-1", "X|B-1")
    assert row["amount"] == Decimal("12.5")


def test_a_date_alone_is_of_day_precision() -> None:
    (row,) = frame("occurred_at | amount | to_account\n2026-03-01 | 1 | A-1")
    assert (row["occurred_at"], row["precision"], row["offset_minutes"]) == (datetime(2026, 3, 1), "day", None)


def test_an_offset_is_kept_and_the_time_is_in_utc() -> None:
    (row,) = frame("occurred_at | amount | to_account\n2026-03-01T09:30:00+01:00 | 1 | A-1")
    assert (row["occurred_at"], row["precision"], row["offset_minutes"]) == (datetime(2026, 3, 1, 8, 30), "second", 60)


def test_an_empty_cell_is_no_value() -> None:
    (row,) = frame("occurred_at | amount | from_account | to_account\n2026-03-01 | 1 |  | A-1")
    assert (row["from_account"], row["from_key"]) == (None, None)


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "occurred_at | amount | to_account",
        "occurred_at | amount | payee\n2026-03-01 | 1 | A-1",
        "amount | to_account\n1 | A-1",
        "occurred_at | amount | amount\n2026-03-01 | 1 | 1",
        "occurred_at | amount | to_account\nyesterday | 1 | A-1",
        "occurred_at | amount | to_account\n2026-03-01 | many | A-1",
        "occurred_at | amount | to_account\n2026-03-01 | 1 | ",
        "occurred_at | channel | amount | to_account\n2026-03-01 | pigeon | 1 | A-1",
    ],
)
def test_a_table_that_cannot_be_read_is_refused(rows: str) -> None:
    with pytest.raises(DetectorInvalid) as refused:
        frame(rows)
    assert refused.value.remedy


def test_an_example_that_does_not_hold_says_whom_it_flagged(tmp_path: Path) -> None:
    rule = load_rule(write_rule(tmp_path))
    rows = rule.meta.fires[0].rows
    outcome = run_example(rule, Example(name="wrong", rows=rows, flags=("B-2",)), "fires")
    assert not outcome.holds
    assert str(outcome) == "large-deposits: fires «wrong» DOES NOT HOLD: must flag B-2, flagged A-1"


def test_an_example_may_set_a_parameter_for_itself(tmp_path: Path) -> None:
    rule = load_rule(write_rule(tmp_path))
    alone = Example(name="one is enough", rows=rule.meta.silent[0].rows, flags=("A-1",), params={"at_least": 1})
    assert run_example(rule, alone, "fires").holds


def test_examples_that_fire_come_first(tmp_path: Path) -> None:
    assert [outcome.kind for outcome in run_examples(load_rule(write_rule(tmp_path)))] == ["fires", "silent", "silent"]


def test_an_example_names_accounts_by_their_keys_in_reference_tables() -> None:
    text = "account | segment | valid_from | valid_to | source\nX|A-1 | payroll | 2025-01-01 | | example"
    ((kind, rows),) = parse_tables({"segments": text})
    assert (kind, rows["account"].to_list(), rows["valid_to"].to_list()) == ("segments", ["X|A-1"], [None])
