"""What intake asks of earlier batches: it looks into a segment only where a reference came again, and only into a sound one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.canonical import digest_file
from schemas.errors import DigestMismatch
from schemas.transaction import polars_schema
from service.home import Home
from service.intake.known import known
from service.journal.append import Journal
from service.ledger.ledger import Ledger


def _rows(references: list[str], amount: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "reference": references,
            "occurred_at": [datetime(2026, 1, 1)] * len(references),
            "precision": "second",
            "channel": "transfer",
            "amount": amount,
            "currency": "EUR",
            "from_key": "X|A-1",
            "purpose": [f"for {reference}" for reference in references],
        },
        schema_overrides={"amount": pl.Int64},
    ).select((pl.col(n) if n in _GIVEN else pl.lit(None).alias(n)).cast(t) for n, t in polars_schema().items())


_GIVEN = {"reference", "occurred_at", "precision", "channel", "amount", "currency", "from_key", "purpose"}


class Shelf:
    """A ledger over batches that are put there as they are."""

    def __init__(self, home: Home, journal: Journal, ledger: Ledger) -> None:
        self.home, self.journal, self.ledger = home, journal, ledger

    def hold(self, batch: str, rows: pl.DataFrame, *, partner: str = "bank-a") -> Path:
        """Accept a batch of these rows; its segment's file."""
        path = self.home.segment(batch[2:] * 64)
        rows.write_parquet(path)
        payload: dict[str, Any] = {
            "batch": batch,
            "partner": partner,
            "name": "x.csv",
            "original": "0" * 64,
            "size": 1,
            **dict.fromkeys(("mapping", "mapping_digest", "replaces", "idempotency", "refusal")),
            "format": "csv",
            "institution": "X",
            "received_at": "2026-03-01T00:00:00.000000Z",
            "counts": {"rows": rows.height, "accepted": rows.height, "duplicates": 0, "rejected": 0},
            "segment": batch[2:] * 64,
            "files": {f"segments/{path.name}": digest_file(path)},
        }
        self.ledger.project(self.journal.append("batch.accepted", payload, actor="ada", role="partner", object=batch))
        return path

    def known(self, rows: pl.DataFrame, *, replaces: str | None = None) -> list[tuple[Any, ...]]:
        candidate = self.home.spool / "candidate.parquet"
        rows.write_parquet(candidate)
        return known(self.ledger, candidate, partner="bank-a", replaces=replaces).rows()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    home = Home.open(tmp_path / "home")
    with (
        Journal.open(home.journal, lambda: datetime(2026, 3, 1, tzinfo=UTC)) as journal,
        Ledger.open(home, journal) as ledger,
    ):
        yield Shelf(home, journal, ledger)


def test_each_row_that_came_again_is_told_with_its_batch_and_whether_it_is_the_same(shelf: Shelf) -> None:
    shelf.hold("b_1", _rows(["r1", "r2"], 10))
    shelf.hold("b_2", _rows(["r3"], 10))
    shelf.hold("b_3", _rows(["r4"], 10), partner="bank-b")
    assert shelf.known(_rows(["r1", "r3", "r4", "r5"], 10)) == [("r1", "b_1", True), ("r3", "b_2", True)]
    assert shelf.known(_rows(["r2", "r3"], 11)) == [("r2", "b_1", False), ("r3", "b_2", False)]
    assert shelf.known(_rows(["r2", "r3"], 11), replaces="b_1") == [("r3", "b_2", False)]


def test_a_column_that_only_the_segment_holds_decides_too_and_extra_does_not(shelf: Shelf) -> None:
    shelf.hold("b_1", _rows(["r1"], 10))
    other = _rows(["r1"], 10)
    assert shelf.known(other.with_columns(purpose=pl.lit("another"))) == [("r1", "b_1", False)]
    assert shelf.known(other.with_columns(phone=pl.lit("1"))) == [("r1", "b_1", False)]
    assert shelf.known(other.with_columns(extra=pl.lit("{}"))) == [("r1", "b_1", True)]


def test_nothing_is_compared_with_a_segment_that_is_not_as_recorded(shelf: Shelf) -> None:
    path = shelf.hold("b_1", _rows(["r1"], 10))
    _rows(["r1"], 12).write_parquet(path)
    with pytest.raises(DigestMismatch, match="has changed") as raised:
        shelf.known(_rows(["r1"], 10))
    assert raised.value.where == f"segments/{path.name}"


def test_new_transactions_are_taken_without_opening_an_old_segment(shelf: Shelf) -> None:
    shelf.hold("b_1", _rows(["r1"], 10)).unlink()
    assert shelf.known(_rows(["r2"], 10)) == []
