"""How transactions spread over days and hours and between countries. What is not stated is a place of its own, never left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

Clock = Literal["local", "utc"]
CLOCKS: tuple[Clock, ...] = Clock.__args__  # type: ignore[attr-defined]
NIGHT = (22, 23, 0, 1, 2, 3, 4, 5)
"""The hours that are shaded, on the clock that is shown."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in an hour of a day; in an hour that is not stated where `hour` is None."""

    day: date
    hour: int | None
    transactions: int
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Corridor:
    """What moved from a country to another; an empty one is not stated."""

    origin: str
    destination: str
    transactions: int
    amounts: Mapping[str, Decimal]


def hours(rows: Iterable[Mapping[str, Any]], clock: Clock) -> tuple[Hour, ...]:
    """By day and hour, the hour that is not stated last. `local` is the clock of whoever submitted the row.

    `rows` need occurred_at (UTC), offset_minutes, precision, amount and currency. A bare date has a day and no hour on either clock.
    """
    found: dict[tuple[date, int], list[tuple[str, Decimal]]] = defaultdict(list)
    for row in rows:
        at: datetime = row["occurred_at"]
        if row["precision"] == "day":
            place = (at.date(), 24)
        else:
            local = at + timedelta(minutes=row["offset_minutes"] or 0) if clock == "local" else at
            place = (local.date(), local.hour)
        found[place].append((row["currency"], row["amount"]))
    return tuple(
        Hour(day, None if hour == 24 else hour, len(some), _sums(some)) for (day, hour), some in sorted(found.items())
    )


def corridors(rows: Iterable[Mapping[str, Any]]) -> tuple[Corridor, ...]:
    """From country to country, those with the most transactions first."""
    found: dict[tuple[str, str], list[tuple[str, Decimal]]] = defaultdict(list)
    for row in rows:
        found[row["from_country"] or "", row["to_country"] or ""].append((row["currency"], row["amount"]))
    made = [Corridor(*ends, len(some), _sums(some)) for ends, some in found.items()]
    return tuple(sorted(made, key=_rank))


def _sums(some: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in some:
        sums[currency] += amount
    return dict(sorted(sums.items()))


def _rank(each: Corridor) -> tuple[int, bool, str, str]:
    return -each.transactions, not (each.origin and each.destination), each.origin, each.destination
