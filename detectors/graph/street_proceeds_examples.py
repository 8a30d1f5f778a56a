"""The examples of `street-proceeds`: a small trade, and what has its shape or its hours and is another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.detector import Example

_HEADER = "occurred_at | amount | from_account | to_account"
_FIRST = datetime(2026, 3, 2, tzinfo=UTC)


def _sales(seller: str, *, hour: int = 20, sales: int = 8, buyers: int = 4, amount: str = "10.00") -> list[str]:
    """One small payment every second day, from each buyer in turn."""
    moments = (_FIRST + timedelta(days=2 * number, hours=hour) for number in range(sales))
    return [
        f"{moment:%Y-%m-%dT%H:%M:%SZ} | {amount} | {seller}-B{number % buyers} | {seller}"
        for number, moment in enumerate(moments)
    ]


def _handed(seller: str, head: str, *, times: int = 2, amount: str = "30.00", hour: int = 9) -> list[str]:
    moments = (_FIRST + timedelta(days=8 * (number + 1), hours=hour) for number in range(times))
    return [f"{moment:%Y-%m-%dT%H:%M:%SZ} | {amount} | {seller} | {head}" for moment in moments]


def _table(*rows: str) -> str:
    return "\n".join([_HEADER, *sorted(rows)])


def _cell(head: str, sellers: int, *, hour: int = 20, sales: int = 8, buyers: int = 4) -> list[str]:
    """So many sellers who hand six tenths on to one head, three or more of them enough for a finding."""
    names = [f"{head}-S{number}" for number in range(sellers)]
    return [
        row
        for name in names
        for row in (*_sales(name, hour=hour, sales=sales, buyers=buyers), *_handed(name, head, amount="24.00"))
    ]


def _dates(rows: list[str]) -> list[str]:
    return [f"{row[:10]} {row[20:]}" for row in rows]


FIRES = (
    Example(name="three sellers hand on to one", rows=_table(*_cell("HEAD", 3)), flags=("HEAD",)),
    Example(
        name="dates only: two cells of two sellers, whose heads pay the same account",
        rows=_table(
            *_dates([*_cell("H1", 2), *_cell("H2", 2), *_handed("H1", "TOP"), *_handed("H2", "TOP", amount="40.00")])
        ),
        flags=("TOP",),
    ),
)
SILENT = (
    Example(name="two sellers only", rows=_table(*_cell("HEAD", 2))),
    Example(
        name="the third hands on a cent less than three tenths",
        rows=_table(
            *_cell("HEAD", 2),
            *_sales("S"),
            *_handed("S", "HEAD", times=1, amount="12.00"),
            *_handed("S", "HEAD", times=1, amount="11.99", hour=12),
        ),
    ),
    Example(
        name="the third hands on once, however much",
        rows=_table(*_cell("HEAD", 2), *_sales("S"), *_handed("S", "HEAD", times=1, amount="60.00")),
    ),
    Example(name="seven sales each", rows=_table(*_cell("HEAD", 3, sales=7))),
    Example(name="three people who pay each of them", rows=_table(*_cell("HEAD", 3, buyers=3))),
    Example(name="a milk round: the same shape by day", rows=_table(*_cell("DEPOT", 3, hour=7))),
    Example(
        name="large sums: each sale above a hundredth of the threshold",
        rows=_table(
            *(
                row
                for seller in ("S1", "S2", "S3")
                for row in (*_sales(seller, amount="2000.00"), *_handed(seller, "HEAD", amount="4800.00"))
            )
        ),
    ),
    Example(
        name="a registered cooperative whose carriers hand in what they take",
        rows=_table(*_cell("DEPOT", 3)),
        tables={
            "segments": "account | segment | valid_from | valid_to | source\n"
            "X|DEPOT  | cooperative | 2020-01-01 | | register\n"
        },
    ),
)
