"""Small random ledgers for the rules, dense in near misses: equal moments, exact distances, both precisions, self-payments."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from detectors.api import SnapshotView
from schemas.detector import Example
from schemas.transaction import DAY_SECONDS

START = datetime(2026, 1, 5, tzinfo=UTC)
LIMIT = Decimal(10_000)
AMOUNTS = (
    "40.00",
    "99.99",
    "100.00",
    "950.00",
    "1000.00",
    "2500.00",
    "3000.00",
    "8999.99",
    "9000.00",
    "9500.00",
    "9999.99",
    "10000.00",
)
KINDS = ("", "", "person", "business", "ngo")


@dataclass(frozen=True)
class World:
    """How dense a random ledger is: accounts, rows, days, and whether moments are known or only dates."""

    seed: int
    accounts: int = 6
    rows: int = 60
    days: int = 20
    precision: str = "second"
    channels: tuple[str, ...] = ("transfer", "cash_deposit", "cash_withdrawal", "fee")
    payers: int | None = None
    """How many of the accounts pay; all of them by default."""
    quiet: int = 0
    """Days of history before the rest, in which one payment is made between two others."""

    def example(self) -> Example:
        chance = random.Random(self.seed)
        kinds = {account: chance.choice(KINDS) for account in range(self.accounts)}
        rows = [self._row(chance, kinds) for _ in range(self.rows)]
        header = "occurred_at | channel | amount | from_account | to_account | from_kind | to_kind"
        begin = START - timedelta(days=self.quiet)
        quiet = [f"{begin:%Y-%m-%d} | transfer | 40.00 | Z-1 | Z-2 | |"] if self.quiet else []
        return Example(name=f"world {self.seed}", rows="\n".join([header, *quiet, *rows]))

    def _row(self, chance: random.Random, kinds: dict[int, str]) -> str:
        # Whole days and whole hours, so that windows are often met or missed by exactly one second.
        seconds = chance.randrange(self.days) * DAY_SECONDS + chance.choice((0, 0, 3600, 28_800, 28_799, 50_000))
        moment = START + timedelta(seconds=seconds)
        when = f"{moment:%Y-%m-%d}" if self.precision == "day" else f"{moment:%Y-%m-%d %H:%M:%S}"
        channel = chance.choice(self.channels)
        sender, receiver = chance.randrange(self.payers or self.accounts), chance.randrange(self.accounts)
        giver = "" if channel == "cash_deposit" else f"A-{sender}"
        taker = "" if channel == "cash_withdrawal" else f"A-{receiver}"
        kind_of_giver, kind_of_taker = kinds[sender] if giver else "", kinds[receiver] if taker else ""
        return f"{when} | {channel} | {chance.choice(AMOUNTS)} | {giver} | {taker} | {kind_of_giver} | {kind_of_taker}"


@dataclass(frozen=True)
class Leg:
    """One row of `flows`, as a brute-force search reads it."""

    account: int
    counterparty: int | None
    direction: str
    txn: int
    t_s: int
    t_end_s: int
    channel: str
    amount: Decimal
    first_contact: bool


def legs_of(view: SnapshotView) -> list[Leg]:
    """Every row of `flows`."""
    columns = "account, counterparty, direction, txn, t_s, t_end_s, channel, amount, first_contact"
    return [Leg(**row) for row in view.sql(f"select {columns} from flows").iter_rows(named=True)]


def kinds_of(view: SnapshotView) -> dict[int, str | None]:
    """The kind of each account."""
    return dict(view.sql("select account, kind from accounts").iter_rows())


def summary(findings: pl.DataFrame) -> set[tuple[int, int, int, int, tuple[int, ...]]]:
    """Findings as a set: subject, window, strength and evidence."""
    columns = ["subject", "window_start_s", "window_end_s", "strength", "evidence"]
    return {(*row[:4], tuple(row[4])) for row in findings.select(columns).iter_rows()}


def per_mille(part: Any, whole: Any) -> int:
    """floor(1000 * part / whole), as the house function has it."""
    return min(int(part * 1000 // whole), 1_000_000)


@dataclass(frozen=True)
class Candidate:
    """A window that meets the thresholds: where it ends, how it ranks (lower is better), and what it would report."""

    end: int
    rank: tuple[Any, ...]
    report: tuple[int, int, int, int, tuple[int, ...]]


def peaks(candidates: list[Candidate], reach: int) -> set[tuple[int, int, int, int, tuple[int, ...]]]:
    """The reports of the candidates of one account that no better one ends within `reach` seconds of."""
    return {
        one.report
        for one in candidates
        if not any(other.rank < one.rank and abs(other.end - one.end) < reach for other in candidates)
    }
