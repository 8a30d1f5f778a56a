"""Small random worlds for the patterns, and the plain reading of which payments a pattern may walk along.

A reference in these tests is written from docs/patterns.md, payment by payment, and shares no code with the detectors. Many
worlds are laid side by side in one snapshot: they share no account, so each must give what it gives alone.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import polars as pl

from detectors.api import SnapshotView

DAY = 86_400
MONDAY = 20_514 * DAY
"""2 March 2026, 00:00 UTC."""
THRESHOLD = 4000
"""The reporting threshold on every account's side, in the base currency."""


@dataclass(frozen=True)
class Payment:
    """One transaction; `txn` is its rank in the total order. No `payer` or no `payee` means cash; no `base` means no rate."""

    txn: int
    t_s: int
    t_end_s: int
    payer: int | None
    payee: int | None
    base: Decimal | None
    is_reversal: bool = False
    place: str | None = None


@dataclass(frozen=True)
class Leg:
    """A payment that a pattern may use; `amount` in ten-thousandths."""

    txn: int
    t_s: int
    t_end_s: int
    payer: int
    payee: int
    amount: int


@dataclass(frozen=True, order=True)
class Found:
    """What two ways of finding must agree on."""

    subject: int
    start_s: int
    end_s: int
    evidence: tuple[int, ...]
    members: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Shape:
    """What a random world is like."""

    accounts: int = 7
    payments: int = 26
    days: int = 9
    amounts: tuple[int, ...] = (1000, 950, 900, 850, 800, 799, 1010, 1050, 1900, 2000, 500)
    day_precision: float = 0.4
    oddities: float = 0.1
    two_way: float = 0.2
    funnel: float = 0.0
    """How many payments run from the lower half of the accounts into account 0, early, or out of it to the upper half, late."""


def random_worlds(seed: int, count: int, shape: Shape) -> list[Payment]:
    """`count` worlds side by side, on accounts 0 to count x accounts - 1; equal times and repeated amounts are common."""
    chance = random.Random(seed)
    drawn = []
    for world in range(count):
        precise = chance.choice((0.0, 1.0, shape.day_precision))
        earlier: list[tuple[int, int]] = []
        for _ in range(shape.payments):
            payer, payee = (chance.randrange(shape.accounts) for _ in "ab")
            day = chance.randrange(shape.days)
            if chance.random() < shape.funnel:
                payer, payee, day = _through_the_hub(chance, shape)
            elif earlier and chance.random() < 0.3:
                payer, payee = chance.choice(earlier)
                if chance.random() < shape.two_way:
                    payer, payee = payee, payer
            earlier.append((payer, payee))
            drawn.append(
                _drawn(chance, shape, precise, day, (world * shape.accounts + payer, world * shape.accounts + payee))
            )
    drawn.sort(key=lambda row: row[0])
    return [Payment(txn, *row) for txn, row in enumerate(drawn)]


def each_world(payments: Iterable[Payment], shape: Shape) -> Iterator[list[Payment]]:
    """The payments of each world, so that an enumeration need not compare those of two."""
    by_world: dict[int, list[Payment]] = defaultdict(list)
    for row in payments:
        some = row.payer if row.payer is not None else row.payee
        by_world[(some or 0) // shape.accounts].append(row)
    yield from by_world.values()


def _through_the_hub(chance: random.Random, shape: Shape) -> tuple[int, int, int]:
    half = shape.accounts // 2
    if chance.random() < 0.5:
        return chance.randrange(1, half + 1), 0, chance.randrange(max(1, shape.days // 2))
    return 0, chance.randrange(half + 1, shape.accounts), chance.randrange(shape.days // 2, shape.days)


def _drawn(
    chance: random.Random, shape: Shape, precise: float, day: int, pair: tuple[int, int]
) -> tuple[int, int, int | None, int | None, Decimal | None, bool]:
    day_only = chance.random() < precise
    t_s = MONDAY + day * DAY + (0 if day_only else chance.choice((0, 1, 36_000, 50_000, 86_399)))
    odd = chance.random() < shape.oddities
    kind = chance.choice(("deposit", "withdrawal", "no rate", "reversal", "small")) if odd else ""
    amount = Decimal("99.9999") if kind == "small" else Decimal(chance.choice(shape.amounts))
    return (
        t_s,
        t_s + (DAY - 1 if day_only else 0),
        None if kind == "deposit" else pair[0],
        None if kind == "withdrawal" else pair[1],
        None if kind == "no rate" else amount,
        kind == "reversal",
    )


def view_of(payments: Sequence[Payment], *, threads: int = 1, shuffled: int | None = None) -> SnapshotView:
    """A snapshot of these payments. `shuffled` puts the rows into the table in another order."""
    rows = list(payments)
    if shuffled is not None:
        random.Random(shuffled).shuffle(rows)
    frame = pl.DataFrame(
        {
            "txn": [row.txn for row in rows],
            "t_s": [row.t_s for row in rows],
            "t_end_s": [row.t_end_s for row in rows],
            "day": [row.t_s // DAY for row in rows],
            "amount_base": [row.base for row in rows],
            "from_account": [row.payer for row in rows],
            "to_account": [row.payee for row in rows],
            "is_reversal": [row.is_reversal for row in rows],
            "place": [row.place for row in rows],
        },
        schema={
            "txn": pl.Int32,
            "t_s": pl.Int64,
            "t_end_s": pl.Int64,
            "day": pl.Int32,
            "amount_base": pl.Decimal(24, 4),
            "from_account": pl.Int32,
            "to_account": pl.Int32,
            "is_reversal": pl.Boolean,
            "place": pl.String,
        },
    )
    connection = duckdb.connect(config={"threads": threads})
    connection.register("rows", frame.to_arrow())
    connection.execute("create table transactions as select * from rows")
    connection.unregister("rows")
    connection.execute(_RELATIONS)
    as_of_s = max((row.t_end_s for row in rows), default=0)
    return SnapshotView(connection, as_of_s=as_of_s, base_currency="EUR", run_seed="test", threads=threads)


_RELATIONS = f"""
alter table transactions add column agent varchar;
alter table transactions add column from_country varchar;
alter table transactions add column to_country varchar;
create view flows as
select from_account as account, to_account as counterparty, 'out' as direction, txn, t_s, t_end_s, day, amount_base,
       is_reversal, cast({THRESHOLD} as decimal(24, 4)) as threshold_base, case when t_s = t_end_s then t_s end as local_s
from transactions where from_account is not null
union all
select to_account, from_account, 'in', txn, t_s, t_end_s, day, amount_base, is_reversal,
       cast({THRESHOLD} as decimal(24, 4)), case when t_s = t_end_s then t_s end
from transactions where to_account is not null;
create table accounts as select distinct account, concat('X|', account) as key from flows;
create table places (place varchar, country varchar, kind varchar);
create table corridors (kind varchar, from_country varchar, to_country varchar, from_day integer, to_day integer);
create view pairs as
select from_account, to_account, min(t_s) as first_s from transactions where from_account <> to_account group by all;
"""
"""What of the relations the patterns read besides `transactions`. The reporting threshold is the same everywhere."""


def legs_of(payments: Iterable[Payment], *, least_amount: int, hub_cap: int) -> list[Leg]:
    """The payments that a pattern may use, in their total order."""
    legs = [
        Leg(row.txn, row.t_s, row.t_end_s, row.payer, row.payee, int(row.base * 10_000))
        for row in sorted(payments, key=lambda row: row.txn)
        if row.payer is not None and row.payee is not None and row.payer != row.payee
        if row.base is not None and row.base >= least_amount and not row.is_reversal
    ]
    count: dict[tuple[int, int], int] = defaultdict(int)
    for leg in legs:
        for account in (leg.payer, leg.payee):
            count[account, leg.t_s // (30 * DAY)] += 1
    return [
        leg
        for leg in legs
        if all(count[account, leg.t_s // (30 * DAY)] <= hub_cap for account in (leg.payer, leg.payee))
    ]


def found(frame: pl.DataFrame) -> list[Found]:
    """A frame of RAW_FINDING as values to compare, in the frame's order."""
    return [
        Found(
            row["subject"],
            row["window_start_s"],
            row["window_end_s"],
            tuple(row["evidence"]),
            tuple((member["account"], member["role"]) for member in row["members"]),
        )
        for row in frame.iter_rows(named=True)
    ]


def facts_of(frame: pl.DataFrame) -> list[dict[str, int | str]]:
    """The facts of each finding."""
    return [json.loads(facts) for facts in frame["facts"]]


def spans_meet(one: Found, other: Found) -> bool:
    """Whether two findings share a moment."""
    return one.start_s <= other.end_s and other.start_s <= one.end_s
