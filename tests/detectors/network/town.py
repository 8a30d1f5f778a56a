"""Small random towns for networks: who pays whom on which day, as a snapshot and as relations."""

from __future__ import annotations

import random
from collections.abc import Sequence

import duckdb
import numpy as np
import polars as pl

from detectors.api import SnapshotView
from detectors.network.null import Window
from detectors.network.relations import Relations

DAY_S = 86_400
Paid = tuple[int, int, int]
"""Day, payer, payee."""


def random_town(seed: int, *, accounts: int, payments: int, days: int) -> list[Paid]:
    """Payments between two different accounts, uniformly at random."""
    chance = random.Random(seed)
    drawn = [(chance.randrange(days), *chance.sample(range(accounts), 2)) for _ in range(payments)]
    return [(day, payer, payee) for day, payer, payee in sorted(drawn)]


def relations_of(paid: Sequence[Paid], *, accounts: int, days: int, known: Sequence[tuple[int, int]] = ()) -> Relations:
    """Every payment as a novel relation, and the only one of its pair; `known` are pairs of payer and payee that deal often."""
    day, payer, payee = (np.array(column, dtype=np.int64) for column in zip(*paid, strict=True))
    return Relations(
        txn=np.arange(len(paid), dtype=np.int64),
        day=day,
        payer=payer,
        payee=payee,
        accounts=np.arange(accounts, dtype=np.int64),
        population=accounts,
        first_day=0,
        span=days,
        once=np.ones(len(paid), dtype=bool),
        knows=np.bincount([payer for payer, _ in known], minlength=accounts).astype(np.int64),
        known_by=np.bincount([payee for _, payee in known], minlength=accounts).astype(np.int64),
    )


def window_of(relations: Relations, opens: int, days: int) -> Window:
    return Window(relations, opens, days)


def view_of(
    paid: Sequence[Paid],
    *,
    threads: int = 1,
    shuffled: int | None = None,
    reversals: frozenset[int] = frozenset(),
    amount: int | None = 100,
) -> SnapshotView:
    """A snapshot of these payments, each of one amount or, without a rate, of none; `shuffled` puts the rows in another order."""
    rows = [(txn, day, payer, payee, txn in reversals) for txn, (day, payer, payee) in enumerate(paid)]
    if shuffled is not None:
        random.Random(shuffled).shuffle(rows)
    frame = pl.DataFrame(
        rows,
        schema={
            "txn": pl.Int32,
            "day": pl.Int32,
            "from_account": pl.Int32,
            "to_account": pl.Int32,
            "is_reversal": pl.Boolean,
        },
        orient="row",
    ).with_columns(
        t_s=pl.col("day").cast(pl.Int64) * DAY_S,
        t_end_s=pl.col("day").cast(pl.Int64) * DAY_S + DAY_S - 1,
        amount_base=pl.lit(amount).cast(pl.Decimal(24, 4)),
    )
    connection = duckdb.connect(config={"threads": threads})
    connection.register("rows", frame.to_arrow())
    connection.execute("create table transactions as select * from rows")
    connection.unregister("rows")
    as_of_s = max(day for day, _, _ in paid) * DAY_S + DAY_S - 1
    return SnapshotView(connection, as_of_s=as_of_s, base_currency="EUR", run_seed="test", threads=threads)
