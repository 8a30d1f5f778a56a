"""The examples of `unusual-network`: four weeks in which small groups deal for the first time, written out by a little arithmetic."""

from __future__ import annotations

from decimal import Decimal

from schemas.detector import Example

_HEADER = "occurred_at | channel | amount | currency | from_account | to_account"
_SMALL_WORLD: dict[str, int | Decimal] = {"least_peers": 20, "share": 100}


_DOZEN = "LMNOPQUVWXYZ"


def _row(day: int, amount: int, pays: str, gets: str) -> str:
    return f"2024-03-{day:02d}T{9 + amount % 9:02d}:00:00Z | transfer | {amount} | EUR | {pays} | {gets}"


def _households(count: int = 240) -> list[str]:
    """Somebody pays two or three tradesmen for the first time in a week, a different sum each."""
    rows: list[str] = []
    for home in range(count):
        for turn in range(2 + home % 2):
            day = 1 + 7 * (home % 4) + (home // 4 + 2 * turn) % 7
            rows.append(_row(day, 700 + (home * 37 + turn * 53) % 97, f"A-{home}", f"T-{home}-{turn}"))
    return rows


def _gathered_and_handed_on(name: str, first: int = 22) -> list[str]:
    """Eight pay one, in equal sums, who pays two, who both pay a last one: all of it in one week."""
    rows = [_row(first, 4000, f"S-{name}-{turn}", f"{name}-1") for turn in range(8)]
    rows += [_row(first + 2, 16_000, f"{name}-1", f"{name}-{middle}") for middle in (2, 3)]
    return rows + [_row(first + 4, 15_900, f"{name}-{middle}", f"{name}-4") for middle in (2, 3)]


def _dozen_gathered() -> list[str]:
    """One among two hundred could be chance; a dozen are not."""
    return [row for turn, name in enumerate(_DOZEN) for row in _gathered_and_handed_on(name, 1 + 7 * (turn % 4))]


def _dear_tradesmen() -> list[str]:
    """One household more, whose tradesmen cost half as much again."""
    return [_row(22, 1050, "A-x", "T-x-0"), _row(24, 1120, "A-x", "T-x-1")]


def _table(rows: list[str]) -> str:
    return "\n".join([_HEADER, *sorted(rows)])


FIRES: tuple[Example, ...] = (
    Example(
        name="a dozen times eight strangers pay one, who hands it on over two others to a fourth, within a week",
        rows=_table(_households() + _dozen_gathered()),
        flags=tuple(f"{name}-1" for name in _DOZEN),
        params=_SMALL_WORLD,
    ),
)
SILENT: tuple[Example, ...] = (
    Example(name="households that deal with new tradesmen", rows=_table(_households()), params=_SMALL_WORLD),
    Example(
        name="one household whose new tradesmen cost more",
        rows=_table(_households() + _dear_tradesmen()),
        params=_SMALL_WORLD,
    ),
    Example(
        name="too few networks to say what is usual",
        rows=_table(_households(10) + _dozen_gathered()),
        params={"least_peers": 30},
    ),
)
