"""A house with a real home and a real journal, and a way to append batches to it as intake would.

The batches are made here, without the reader of intake: what matters to the ledger is a sealed segment and an entry about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.canonical import digest_file
from schemas.digest_rows import digest_rows
from schemas.transaction import polars_schema
from service.home import Home
from service.journal.append import Journal, Recorded
from service.ledger.ledger import Ledger

START = datetime(2026, 3, 1, tzinfo=UTC)


class House:
    """A home with its journal; batches and other entries are appended with one call each."""

    def __init__(self, root: Path) -> None:
        self.home = Home.open(root)
        self.ticks = 0
        self.journal = Journal.open(self.home.journal, self.clock)

    def clock(self) -> datetime:
        self.ticks += 1
        return START + timedelta(seconds=self.ticks)

    def open(self) -> Ledger:
        return Ledger.open(self.home, self.journal)

    def partner(self, partner: str = "bank-a") -> Recorded:
        payload = {"partner": partner, "name": partner.title(), "institution": partner.upper()}
        return self.journal.append("partner.registered", payload, actor="ada", role="admin", object=partner)

    def batch(self, batch: str, rows: pl.DataFrame, *, partner: str = "bank-a", **changes: Any) -> Recorded:
        """Seal `rows` and append their batch; no rows, no segment."""
        digest, files = None, {}
        if rows.height:
            digest = digest_rows(rows)
            path = self.home.segment(digest)
            rows.write_parquet(path)
            files[f"segments/{digest}.parquet"] = digest_file(path)
        payload = {
            "batch": batch,
            "partner": partner,
            "name": f"{batch}.csv",
            "original": "0" * 64,
            "size": 1,
            **dict.fromkeys(("mapping", "mapping_digest", "replaces", "idempotency", "refusal")),
            "format": "csv",
            "institution": "X",
            "received_at": "2026-03-01T00:00:00.000000Z",
            "counts": {"rows": rows.height, "accepted": rows.height, "duplicates": 0, "rejected": 0},
            "segment": digest,
            "files": files,
            **changes,
        }
        return self.journal.append("batch.accepted", payload, actor="ada", role="partner", object=batch)

    def run(self, run: str, status: str) -> Recorded:
        return self.journal.append(f"run.{status}", {"run": run}, actor="ada", role="analyst", object=run)  # type: ignore[arg-type]


def rows_of(references: list[str], *, amount: str = "10.50", day: int = 1) -> pl.DataFrame:
    """A segment frame with these references: one transfer each, a minute apart."""
    count = len(references)
    known = pl.DataFrame(
        {
            "reference": references,
            "occurred_at": [datetime(2026, 1, day) + timedelta(minutes=n) for n in range(count)],
            "offset_minutes": [0] * count,
            "precision": ["second"] * count,
            "channel": ["transfer"] * count,
            "amount": [Decimal(amount)] * count,
            "currency": ["EUR"] * count,
            "from_account": ["A-1"] * count,
            "to_account": [f"A-{n}" for n in range(count)],
            "from_key": ["X|A-1"] * count,
            "to_key": [f"X|A-{n}" for n in range(count)],
        }
    )
    missing = [pl.lit(None).alias(name) for name in polars_schema() if name not in known.columns]
    return known.with_columns(missing).select(polars_schema().names()).cast(dict(polars_schema()))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "home")


@pytest.fixture
def ledger(house: House) -> Iterator[Ledger]:
    with house.open() as opened:
        yield opened


@pytest.fixture
def rows() -> Any:
    return rows_of
