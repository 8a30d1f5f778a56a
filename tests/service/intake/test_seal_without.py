"""What an earlier batch holds already is taken out of a candidate again: the rest is the segment that it would have been."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from service.intake.jobs import seal_without


def known(path: Path, *rows: tuple[str, bool]) -> str:
    frame = pl.DataFrame(
        {"reference": [row[0] for row in rows], "batch": ["b-1"] * len(rows), "same": [row[1] for row in rows]},
        schema={"reference": pl.String, "batch": pl.String, "same": pl.Boolean},
    )
    frame.write_parquet(path)
    return str(path)


def without(found: Any, listed: str, **options: Any) -> dict[str, Any]:
    out = Path(found.result["segment"]).parent
    return seal_without({"out": str(out), "known": listed, "max_reject_per_mille": 999, **options}, lambda _: None)


def test_known_rows_become_duplicates_and_conflicts_that_name_their_line(
    reading: Any, csv_rows: Callable[..., str], tmp_path: Path
) -> None:
    found = reading(csv_rows({}, {}, {"amount": "x"}, {}, {"reference": "T4"}))
    result = without(found, known(tmp_path / "known", ("T1", True), ("T4", False), ("T99", True)))
    assert [result[name] for name in ("rows", "accepted", "duplicates", "rejected")] == [5, 1, 2, 2]
    rejects = pl.read_parquet(result["rejects"])
    assert rejects.select("line", "column", "value", "code").rows() == [
        (4, "amount", "x", "not_a_number"),
        (5, "reference", "T4", "conflict"),
    ]
    assert "batch b-1" in rejects["reason"][1]
    assert pl.read_parquet(result["duplicates_file"]).rows() == [(2, "T1", None), (6, "T4", 5)]
    only = reading(csv_rows({"reference": "T2"}))
    assert result["segment_digest"] == only.digest
    assert pl.read_parquet(result["segment"]).equals(only.rows)


def test_nothing_left_means_no_segment_and_still_a_read_batch(
    reading: Any, csv_rows: Callable[..., str], tmp_path: Path
) -> None:
    result = without(reading(csv_rows({}, {})), known(tmp_path / "known", ("T1", True), ("T2", True)))
    assert (result["status"], result["segment"], result["segment_digest"]) == ("read", None, None)
    assert (result["accepted"], result["duplicates"]) == (0, 2)


def test_too_many_conflicts_refuse_the_batch(reading: Any, csv_rows: Callable[..., str], tmp_path: Path) -> None:
    found = reading(csv_rows(*({} for _ in range(10))))
    listed = known(tmp_path / "known", ("T1", False), ("T2", False))
    result = without(found, listed, max_reject_per_mille=100)
    assert result["status"] == "refused"
    assert "conflict" in result["refusal"]["why"]
    assert [result[name] for name in ("rows", "accepted", "duplicates", "rejected")] == [10, 0, 0, 10]
    assert result["segment"] is None


@pytest.mark.parametrize("group", [3, 1 << 20])
def test_row_groups_do_not_show(
    reading: Any, csv_rows: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    monkeypatch.setattr("service.intake.segment.GROUP_ROWS", group)
    found = reading(csv_rows(*({} for _ in range(20))))
    result = without(found, known(tmp_path / "known", *((f"T{n}", True) for n in range(5, 15))))
    rest = [{"reference": f"T{n}"} for n in (*range(1, 5), *range(15, 21))]
    assert result["segment_digest"] == reading(csv_rows(*rest)).digest
