"""The examples of `unusual-account`: small worlds of four hundred accounts, written out by a few lines of arithmetic.

A model needs more accounts than fit on a page, so the tables are generated; nothing in them is random.
"""

from __future__ import annotations

from decimal import Decimal

from schemas.detector import Example

_HEADER = "occurred_at | channel | amount | currency | from_account | to_account"
_SMALL_WORLD: dict[str, int | Decimal] = {"least_peers": 20, "share": 100}
_ACCOUNTS = 400
"""Fewer do not tell one in ten from chance at the rate of false discoveries that is usual."""


def _row(day: int, second: int, channel: str, amount: int, *, pays: str, gets: str) -> str:
    moment = f"2024-03-{day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
    return f"{moment} | {channel} | {amount} | EUR | {pays} | {gets}"


def _neighbours(accounts: int = _ACCOUNTS) -> list[str]:
    """Each account pays its next three neighbours twice in the month, in daytime, with amounts that differ a little."""
    rows: list[str] = []
    for account in range(accounts):
        for payment in range(6):
            day = 1 + (account * 3 + payment * 4) % 28
            second = 32_400 + (account * 613 + payment * 1471) % 28_800
            amount = 211 + (account * 37 + payment * 53) % 97
            receiver = (account + 1 + payment % 3) % accounts
            rows.append(_row(day, second, "transfer", amount, pays=f"A-{account}", gets=f"A-{receiver}"))
    return rows


def _table(rows: list[str]) -> str:
    return "\n".join([_HEADER, *sorted(rows)])


def _night_collector() -> list[str]:
    """One account more: many strangers pay it round amounts at night, and it pays nearly all of it out in cash."""
    rows = [_row(5 + turn // 6, 3600 + turn * 60, "transfer", 3000, pays=f"S-{turn}", gets="Z-1") for turn in range(18)]
    rows += [_row(8 + turn, 7200, "cash_withdrawal", 9000, pays="Z-1", gets="") for turn in range(5)]
    return rows


def _large_purchase() -> list[str]:
    """An account like the others that pays for a used car once, by day, to a neighbour it knows."""
    return [_row(20, 43_200, "transfer", 900, pays="A-7", gets="A-8")]


def _shop() -> list[str]:
    """Thirty busy accounts beside the quiet ones: each is compared with the other busy ones."""
    rows: list[str] = []
    for shop in range(30):
        for payment in range(40):
            day = 1 + (shop + payment) % 28
            second = 30_000 + (shop * 431 + payment * 877) % 30_000
            amount = 23 + (shop * 11 + payment * 17) % 71
            payer = (shop + payment % 7 + 1) % 30
            rows.append(_row(day, second, "transfer", amount, pays=f"B-{payer}", gets=f"B-{shop}"))
    return rows


FIRES: tuple[Example, ...] = (
    Example(
        name="paid at night by eighteen strangers in round amounts, and drawn out in cash",
        rows=_table(_neighbours() + _night_collector()),
        flags=("Z-1",),
        params=_SMALL_WORLD,
    ),
)
SILENT: tuple[Example, ...] = (
    Example(name="four hundred accounts that behave alike", rows=_table(_neighbours()), params=_SMALL_WORLD),
    Example(
        name="one payment larger than usual to a known neighbour",
        rows=_table(_neighbours() + _large_purchase()),
        params=_SMALL_WORLD,
    ),
    Example(
        name="busy accounts are compared with busy accounts",
        rows=_table(_neighbours() + _shop()),
        params=_SMALL_WORLD,
    ),
    Example(
        name="too few accounts to say what is usual",
        rows=_table(_neighbours(8) + _night_collector()),
        params={"least_peers": 30},
    ),
)
