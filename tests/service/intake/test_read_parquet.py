"""Parquet: typed columns as exact text; binary floating point only where a mapping rounds it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

ROWS = {
    "reference": ["T1", "T2"],
    "occurred_at": ["2024-05-01T10:00:00Z", "2024-05-02T10:00:00Z"],
    "channel": ["transfer", "card"],
    "amount": ["10.50", "3"],
    "currency": ["EUR", "XOF"],
    "from_account": ["A-1", "B"],
    "to_account": ["B-2", None],
}


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def to(**columns: Any) -> Path:
        path = tmp_path / "file.parquet"
        pl.DataFrame(ROWS | columns).write_parquet(path)
        return path

    return to


def test_text_and_typed_columns_give_the_same_segment(reading: Any, write: Any) -> None:
    text = reading(write())
    times = [datetime(2024, 5, 1, 10, tzinfo=UTC), datetime(2024, 5, 2, 10, tzinfo=UTC)]
    typed = reading(
        write(
            occurred_at=times,
            amount=pl.Series([Decimal("10.5"), Decimal("3")], dtype=pl.Decimal(18, 2)),
            channel=pl.Series(["transfer", "card"], dtype=pl.Categorical),
        )
    )
    assert text.counts == typed.counts == (2, 2, 0, 0)
    assert text.digest == typed.digest
    assert text.lines == [1, 2]


def test_whole_numbers_and_dates_are_taken(reading: Any, write: Any) -> None:
    found = reading(write(reference=[1, 2], amount=[5, 6], occurred_at=[date(2024, 1, 1), date(2024, 1, 2)]))
    assert found.counts == (2, 2, 0, 0)
    assert found.rows["precision"].to_list() == ["day", "day"]


@pytest.mark.parametrize(
    "times",
    [
        pl.Series([2**31 - 1, -(2**31)], dtype=pl.Int32).cast(pl.Date),
        pl.Series([2**62, -(2**62)]).cast(pl.Datetime("ms", "UTC")),
        pl.Series([2**62, -(2**62)]).cast(pl.Datetime("us", "UTC")),
    ],
    ids=["dates", "milliseconds", "microseconds"],
)
def test_times_that_no_calendar_has_are_rejected_with_their_number(reading: Any, write: Any, times: pl.Series) -> None:
    found = reading(write(occurred_at=times))
    assert found.counts == (2, 0, 0, 2)
    assert found.codes == [(1, "occurred_at", "not_a_time"), (2, "occurred_at", "not_a_time")]
    assert all("from 1970" in value for value in found.rejects["value"])


def test_a_time_without_zone_is_naive_and_the_row_number_is_the_line(reading: Any, write: Any) -> None:
    found = reading(write(occurred_at=[datetime(2024, 1, 1), None]))
    assert found.codes == [(1, "occurred_at", "naive_time"), (2, "occurred_at", "missing")]


def test_nanoseconds_are_refused_rather_than_cut(reading: Any, write: Any) -> None:
    stamps = pl.Series([1_700_000_000_000_001_000, 1_700_000_000_000_000_001]).cast(pl.Datetime("ns", "UTC"))
    found = reading(write(occurred_at=stamps))
    assert found.codes == [(2, "occurred_at", "not_a_time")]


def test_floats_refuse_the_file_unless_a_mapping_rounds_them(reading: Any, write: Any) -> None:
    path = write(amount=[10.1, 2.5])
    refused = reading(path)
    assert "floating point" in refused.result["refusal"]["why"]
    assert "[rounding]" in refused.result["refusal"]["remedy"]
    names = list(ROWS)
    mapping = {"name": "m", "columns": dict(zip(names, names, strict=True)), "rounding": {"amount": "half_even"}}
    assert reading(path, mapping=mapping).rows["amount"].cast(pl.String).to_list() == ["10.1000", "2.0000"]


def test_a_float_is_rounded_by_its_shortest_text_without_exponent_and_nan_is_no_number(
    reading: Any, write: Any
) -> None:
    names = list(ROWS)
    mapping = {"name": "m", "columns": dict(zip(names, names, strict=True)), "rounding": {"amount": "half_even"}}
    found = reading(write(amount=[1e16, 1.3e-7]), mapping=mapping)
    assert found.rows["amount"].cast(pl.String).to_list() == ["10000000000000000.0000"]
    assert found.codes == [(2, "amount", "not_positive")]
    found = reading(write(amount=[float("nan"), float("inf")]), mapping=mapping)
    assert found.codes == [(1, "amount", "not_a_number"), (2, "amount", "not_a_number")]


def test_a_nested_column_refuses_the_file_by_name(reading: Any, write: Any) -> None:
    assert "tags" in reading(write(tags=[["a"], ["b"]])).result["refusal"]["why"]


def test_a_file_cut_short_or_damaged_is_refused(reading: Any, write: Any, tmp_path: Path) -> None:
    data = write().read_bytes()
    assert reading(data[: len(data) // 2]).result["status"] == "refused"
    damaged = bytearray(data)
    damaged[8:40] = bytes(32)
    assert reading(bytes(damaged)).result["status"] in {"refused", "read"}


def test_slices_do_not_show(reading: Any, write: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = 1_000
    path = tmp_path / "many.parquet"
    pl.DataFrame(
        {name: [values[0]] * rows for name, values in ROWS.items()} | {"reference": range(rows)}
    ).write_parquet(path, row_group_size=300)
    whole = reading(path)
    monkeypatch.setattr("service.intake.readers.parquet.SLICE_ROWS", 77)
    parts = reading(path)
    assert (whole.digest, whole.lines) == (parts.digest, parts.lines)
    assert whole.counts == parts.counts == (rows, rows, 0, 0)


@pytest.mark.parametrize(
    ("amounts", "kind"),
    [
        (["10.50", "3.00"], pl.Decimal(18, 2)),
        (["10.50", "3.50"], pl.Decimal(18, 2)),  # a franc has no cents
        (["0.00", "-1.00"], pl.Decimal(18, 2)),
        (["1.00", None], pl.Decimal(18, 2)),
        (["1.00001", "2.00000"], pl.Decimal(24, 5)),
        (["1.2300", "4.0000"], pl.Decimal(24, 4)),
        (["999999999999999999", "1000000000000000000"], pl.Decimal(38, 0)),
        (["92233720368547758.07", "99999999999999999999999999.00"], pl.Decimal(38, 2)),
    ],
)
def test_a_typed_amount_is_judged_as_its_text_is(
    reading: Any, write: Any, amounts: list[str | None], kind: pl.Decimal
) -> None:
    text = reading(write(amount=amounts))
    typed = reading(write(amount=pl.Series(amounts).cast(kind)))
    assert typed.codes == text.codes
    assert (typed.counts, typed.digest) == (text.counts, text.digest)


@pytest.mark.parametrize(
    "times",
    [
        ["2024-05-01T10:00:00Z", "2024-05-02T10:00:00.000001Z"],
        ["2024-05-01T10:00:00Z", None],
        ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"],
        ["2026-01-02T00:00:00Z", "2026-01-02T00:00:00.000001Z"],  # received on the first: a day later is still believed
        ["2024-05-01", "2024-05-02"],
        ["2026-01-02", "2026-01-03"],
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris"])
def test_a_typed_time_is_judged_as_its_text_is(reading: Any, write: Any, times: list[str | None], zone: str) -> None:
    text = reading(write(occurred_at=times))
    parsed = [None if each is None else datetime.fromisoformat(each) for each in times]
    if parsed[0] is not None and parsed[0].tzinfo is None:
        stamps = pl.Series([each and each.date() for each in parsed])
    else:
        stamps = pl.Series(parsed, dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)
    typed = reading(write(occurred_at=stamps))
    assert typed.codes == text.codes
    assert (typed.counts, typed.digest) == (text.counts, text.digest)


def test_a_typed_column_that_the_mapping_changes_counts_as_changed(reading: Any, write: Any) -> None:
    names = list(ROWS)
    mapping = {"name": "m", "columns": dict(zip(names, names, strict=True)), "nulls": {"amount": ["3.00"]}}
    amounts = pl.Series([Decimal("10.50"), Decimal("3.00")], dtype=pl.Decimal(18, 2))
    assert reading(write(amount=amounts), mapping=mapping).codes == [(2, "amount", "missing")]


def test_a_typed_column_stays_with_its_rows_where_a_row_is_left_out_before_it_is_judged(
    reading: Any, write: Any
) -> None:
    amounts = pl.Series([Decimal("10.50"), Decimal("3.00")], dtype=pl.Decimal(18, 2))
    found = reading(write(amount=amounts, from_account=["A\x00", "B"]))
    assert found.codes == [(1, "from_account", "control_character")]
    assert found.rows["amount"].to_list() == [Decimal("3.0000")]
