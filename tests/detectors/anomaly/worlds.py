"""Small worlds for the tests of the model: rows of SEGMENT columns from a seeded generator, and the snapshot over them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl

from detectors.api import SnapshotView
from detectors.relations.load import example_references, load_frame
from schemas.transaction import SEGMENT, polars_schema

START = datetime(2026, 1, 5)


def segment(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A frame of SEGMENT columns; keys are `X|account`, EUR transfers known to the second, references from 0."""
    filled = [
        {
            "reference": f"{number:06d}",
            "precision": "second",
            "offset_minutes": 0,
            "channel": "transfer",
            "currency": "EUR",
        }
        | row
        for number, row in enumerate(rows)
    ]
    for row in filled:
        for side in ("from", "to"):
            account = row.get(f"{side}_account")
            row[f"{side}_key"] = None if account is None else f"X|{account}"
        if row["precision"] == "day":
            row["offset_minutes"] = None
    columns = {column.name: [row.get(column.name) for row in filled] for column in SEGMENT}
    return pl.DataFrame(columns, schema=polars_schema())


@contextmanager
def snapshot(frame: pl.DataFrame, *, threads: int = 1, as_of: datetime | None = None) -> Iterator[SnapshotView]:
    """A snapshot over segment rows in EUR, with the logical now at the last row unless it is given."""
    tables = example_references()
    connection = duckdb.connect(":memory:", config={"threads": threads})
    try:
        load_frame(connection, frame, tables=tables, base_currency="EUR")
        last = connection.execute("select coalesce(max(t_end_s), 0) from transactions").fetchall()[0][0]
        now = last if as_of is None else int(as_of.replace(tzinfo=UTC).timestamp())
        yield SnapshotView(connection, now, "EUR", "tests")
    finally:
        connection.close()


def lawful_rows(seed: int, accounts: int, transactions: int, days: int = 30) -> list[dict[str, Any]]:
    """People who pay people they know, by day, in amounts of an ordinary spread; one account in ten is a business."""
    dice = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for _ in range(transactions):
        payer = dice.randrange(accounts)
        receiver = (payer + dice.choice((1, 2, 3, 7))) % accounts
        rows.append(
            {
                "occurred_at": START
                + timedelta(seconds=86_400 * dice.randrange(days) + dice.randrange(28_800, 72_000)),
                "amount": Decimal(f"{dice.lognormvariate(5, 0.6):.2f}"),
                "from_account": f"A-{payer:05d}",
                "to_account": f"A-{receiver:05d}",
                "from_kind": "business" if payer % 10 == 0 else "person",
                "to_kind": "business" if receiver % 10 == 0 else "person",
            }
        )
    return rows


def night_collector(name: str = "Z", senders: int = 25) -> list[dict[str, Any]]:
    """An account that strangers pay at night in round amounts, and that draws nearly all of it in cash."""
    at = START + timedelta(days=12, hours=1)
    rows: list[dict[str, Any]] = [
        {"occurred_at": at + timedelta(minutes=turn), "amount": Decimal(4000), "to_account": name, "to_kind": "person"}
        | {"from_account": f"{name}-stranger-{turn}", "from_kind": "person"}
        for turn in range(senders)
    ]
    return rows + [
        {"occurred_at": at + timedelta(days=1 + turn), "amount": Decimal(9500), "from_account": name}
        | {"from_kind": "person", "channel": "cash_withdrawal"}
        for turn in range(senders // 3)
    ]
