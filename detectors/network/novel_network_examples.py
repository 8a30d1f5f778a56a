"""The examples of `novel-network`: a town of eighty accounts over half a year, written out by a few lines of arithmetic.

A network is tight only against what is usual, so the tables need a town around it; nothing in them is random.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from schemas.detector import Example

_HEADER = "reference | occurred_at | amount | from_account | to_account | reverses"
_FIRST = date(2026, 1, 1)
_ACCOUNTS = 80
_DAYS = 182
_STRICT: dict[str, int | Decimal] = {"most_false_share": 200, "shuffles": 10}
"""In so small a town half of the weakest rings are chance, as anywhere; the examples are about what is not."""
_SCATTER = (("A", "M-1"), ("A", "M-2"), ("A", "M-3"), ("M-1", "Z"), ("M-2", "Z"), ("M-3", "Z"))


def _row(reference: str, day: int, payer: str, payee: str, *, reverses: str = "") -> str:
    amount = 200 + sum(map(ord, reference)) * 7 % 900
    return f"{reference} | {_FIRST + timedelta(day)} | {amount}.00 | {payer} | {payee} | {reverses}"


def _town() -> list[str]:
    """Two payments a day between accounts that otherwise have nothing to do with each other, and no two of them the same."""
    rows = []
    for number in range(2 * _DAYS):
        payer, stride = number * 29 % _ACCOUNTS, 1 + number // _ACCOUNTS * 7 + number * 31 % 7
        rows.append(_row(f"t{number:04d}", number // 2, f"T-{payer}", f"T-{(payer + stride) % _ACCOUNTS}"))
    return rows


def _scatter(tag: str, day: int, gap: int = 1) -> list[str]:
    """A pays three, who pay Z in the days after."""
    return [_row(f"{tag}{number}", day + number * gap, payer, payee) for number, (payer, payee) in enumerate(_SCATTER)]


def _table(*rows: str) -> str:
    return "\n".join([_HEADER, *sorted(rows, key=lambda row: row.split("|")[1])])


def _refunds(tag: str, day: int) -> list[str]:
    """Each payment of `_scatter` goes back to who made it."""
    return [
        _row(f"r{tag}{number}", day + number, payee, payer, reverses=f"{tag}{number}")
        for number, (payer, payee) in enumerate(_SCATTER)
    ]


def _payroll() -> list[str]:
    return [
        _row(f"w{month}-{worker}", 25 + 30 * month, "EMPLOYER", f"W-{worker}")
        for month in range(5)
        for worker in range(12)
    ]


FIRES = (
    Example(
        name="dates only: three middlemen between two strangers, in a town where people pay each other at random",
        rows=_table(*_town(), *_scatter("s", 60)),
        params=_STRICT,
        flags=("A",),
    ),
)
SILENT = (
    Example(
        name="the town alone",
        rows=_table(*_town()),
        params=_STRICT,
    ),
    Example(
        name="the same five have dealt with each other before: payments every month",
        rows=_table(*_town(), *(row for month in range(6) for row in _scatter(f"s{month}-", 5 + 30 * month))),
        params=_STRICT,
    ),
    Example(
        name="an employer that pays the same twelve each month",
        rows=_table(*_town(), *_payroll()),
        params=_STRICT,
    ),
    Example(
        name="everything went back: refunds",
        rows=_table(*_town(), *_scatter("s", 60), *_refunds("s", 70)),
        params=_STRICT,
    ),
    Example(
        name="a history of three weeks: no account's own rate is known",
        rows=_table(*_town()[:30], *_scatter("s", 8)),
        params=_STRICT,
    ),
)
