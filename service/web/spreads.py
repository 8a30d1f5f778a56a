"""The timeline and the corridors of some transactions as a page prints them: pictures as SVG, each with the table that says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.flows.spread import NIGHT, Clock, Corridor, Hour, corridors, hours
from service.web.language import catalogue, clock, money, number

MOST_DAYS, MOST_CORRIDORS = 62, 40
CELL, LEFT, TOP = 18, 92, 20
_STEPS = 4
_ARC_LEFT, _ARC_GAP, _ARC_FOOT = 40, 56, 26


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a day: where it stands, how dark it is (1 to 4), and what it says."""

    x: int
    y: int
    step: int
    count: str


@dataclass(frozen=True, slots=True)
class HourRow:
    day: str
    hour: str
    night: bool
    count: str
    amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The strip: days from top to bottom, hours from left to right, the hour that is not stated last."""

    width: int
    height: int
    night: tuple[int, ...]
    days: tuple[tuple[int, str], ...]
    cells: tuple[Cell, ...]
    rows: tuple[HourRow, ...]
    days_left_out: str


@dataclass(frozen=True, slots=True)
class CorridorRow:
    rank: str
    origin: str
    destination: str
    count: str
    amounts: tuple[str, ...]
    bar: int


@dataclass(frozen=True, slots=True)
class Arcs:
    """Countries on a line, and an arc for each corridor: above the line to the right, below it to the left."""

    width: int
    height: int
    line: int
    countries: tuple[tuple[int, str], ...]
    curves: tuple[tuple[str, str], ...]
    rows: tuple[CorridorRow, ...]
    left_out: str


def timeline(rows: Sequence[Mapping[str, Any]], on: Clock, language: str) -> Timeline:
    """The strip of the first days with anything in them, and a table of every hour with anything in it."""
    found = hours(rows, on)
    days = sorted({each.day for each in found})
    shown = {day: nth for nth, day in enumerate(days[:MOST_DAYS])}
    most = max((each.transactions for each in found), default=1)
    return Timeline(
        width=LEFT + 25 * CELL + 14,
        height=TOP + len(shown) * CELL + 4,
        night=tuple(LEFT + hour * CELL for hour in sorted(NIGHT)),
        days=tuple((TOP + nth * CELL + 13, clock(day.isoformat(), language)) for day, nth in shown.items()),
        cells=tuple(_cell(each, shown[each.day], most, language) for each in found if each.day in shown),
        rows=tuple(_hour_row(each, language) for each in found),
        days_left_out=number(len(days) - len(shown), language) if len(days) > len(shown) else "",
    )


def _cell(each: Hour, row: int, most: int, language: str) -> Cell:
    x = LEFT + (24 * CELL + 10 if each.hour is None else each.hour * CELL)
    step = 1 + (each.transactions - 1) * _STEPS // most
    return Cell(x, TOP + row * CELL, min(step, _STEPS), number(each.transactions, language))


def _hour_row(each: Hour, language: str) -> HourRow:
    hour = "" if each.hour is None else f"{each.hour:02d}:00–{each.hour:02d}:59"
    return HourRow(
        clock(each.day.isoformat(), language),
        hour,
        each.hour in NIGHT,
        number(each.transactions, language),
        _money(each.amounts, language),
    )


def arcs(rows: Sequence[Mapping[str, Any]], language: str) -> Arcs:
    """The corridors with the most transactions as arcs and ranked; what is within a country is in the table alone."""
    found = corridors(rows)
    shown = found[:MOST_CORRIDORS]
    weight: dict[str, int] = {}
    for each in shown:
        for country in (each.origin, each.destination):
            weight[country] = weight.get(country, 0) + each.transactions
    ranked = sorted(weight, key=lambda country: (not country, -weight[country], country))
    place = {country: _ARC_LEFT + nth * _ARC_GAP for nth, country in enumerate(ranked)}
    across = [each for each in shown if each.origin != each.destination]
    most = max((each.transactions for each in shown), default=1)
    tallest = max((abs(place[each.origin] - place[each.destination]) for each in across), default=0) // 3 + 24
    curves = tuple(_arc(each, place, tallest, most) for each in across)
    unstated = catalogue(language).gettext("Not stated")
    return Arcs(
        width=max(_ARC_LEFT * 2 + (len(ranked) - 1) * _ARC_GAP, 200),
        height=2 * tallest + _ARC_FOOT,
        line=tallest,
        countries=tuple((x, country or unstated) for country, x in place.items()),
        curves=curves,
        rows=tuple(
            CorridorRow(
                number(nth, language),
                each.origin,
                each.destination,
                number(each.transactions, language),
                _money(each.amounts, language),
                each.transactions * 160 // most,
            )
            for nth, each in enumerate(shown, start=1)
        ),
        left_out=number(len(found) - len(shown), language) if len(found) > len(shown) else "",
    )


def _arc(each: Corridor, place: Mapping[str, int], line: int, most: int) -> tuple[str, str]:
    start, end = place[each.origin], place[each.destination]
    lift = abs(end - start) // 2 + 8
    high = line - lift if end > start else line + _ARC_FOOT + lift
    foot = line if end > start else line + _ARC_FOOT - 6
    width = Decimal("1.2") + Decimal(5 * each.transactions) / most
    return f"M{start} {foot}C{start} {high} {end} {high} {end} {foot}", f"{width:.1f}"


def _money(amounts: Mapping[str, Decimal], language: str) -> tuple[str, ...]:
    return tuple(money(amount, currency, language) for currency, amount in amounts.items())
