"""The examples of `changed-account`: two hundred accounts over four months of thirty days, written out by a few lines of arithmetic."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from schemas.detector import Example

_HEADER = "occurred_at | channel | amount | currency | from_account | to_account"
_SMALL_WORLD: dict[str, int | Decimal] = {"recent": 1, "share": 100}
_FIRST = date(2024, 1, 1)
_MONTH = 30
_MONTHS = 4


def _row(day: int, second: int, channel: str, amount: int, *, pays: str, gets: str) -> str:
    on = _FIRST + timedelta(days=day)
    moment = f"{on}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
    return f"{moment} | {channel} | {amount} | EUR | {pays} | {gets}"


def _months(accounts: int = 200, months: int = _MONTHS) -> list[str]:
    """Each account pays its next three neighbours twice a month, in daytime, with amounts that differ a little."""
    rows: list[str] = []
    for month in range(_MONTHS - months, _MONTHS):
        for account in range(accounts):
            for payment in range(6):
                day = month * _MONTH + (account * 3 + payment * 4 + month) % _MONTH
                second = 32_400 + (account * 613 + payment * 1471 + month * 71) % 28_800
                amount = 211 + (account * 37 + payment * 53 + month * 29) % 97
                receiver = (account + 1 + payment % 3) % accounts
                rows.append(_row(day, second, "transfer", amount, pays=f"A-{account}", gets=f"A-{receiver}"))
    return rows


def _lent() -> list[str]:
    """In the last month account A-7 gets round amounts from strangers at night, and draws them in cash."""
    start = (_MONTHS - 1) * _MONTH
    rows = [
        _row(start + 5 + turn // 6, 3600 + turn * 60, "transfer", 3000, pays=f"S-{turn}", gets="A-7")
        for turn in range(18)
    ]
    return rows + [_row(start + 8 + turn, 7200, "cash_withdrawal", 9000, pays="A-7", gets="") for turn in range(5)]


def _always_so() -> list[str]:
    """An account that is like no other, and was so in every month."""
    rows: list[str] = []
    for month in range(_MONTHS):
        for turn in range(18):
            day = month * _MONTH + 5 + turn // 6
            rows.append(_row(day, 3600 + turn * 60, "transfer", 3000, pays=f"S-{turn}", gets="Z-1"))
        rows += [
            _row(month * _MONTH + 8 + turn, 7200, "cash_withdrawal", 9000, pays="Z-1", gets="") for turn in range(5)
        ]
    return rows


def _table(rows: list[str]) -> str:
    return "\n".join([_HEADER, *sorted(rows)])


FIRES: tuple[Example, ...] = (
    Example(
        name="an account like the others that in the last month collects from strangers at night and draws cash",
        rows=_table(_months() + _lent()),
        flags=("A-7",),
        params=_SMALL_WORLD,
    ),
)
SILENT: tuple[Example, ...] = (
    Example(name="two hundred accounts that go on as before", rows=_table(_months()), params=_SMALL_WORLD),
    Example(
        name="an account like no other that was so all the time",
        rows=_table(_months() + _always_so()),
        params=_SMALL_WORLD,
    ),
    Example(
        name="an account of which too little is known from before",
        rows=_table(_months(months=2) + _lent()),
        params=_SMALL_WORLD,
    ),
)
