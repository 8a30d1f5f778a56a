"""Small charts as SVG elements: bars with intervals, stacked bars, lines. Every text goes through an element tree, so none is markup.

A chart is never alone: the page puts the table that it is drawn from beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8a8a8a")
"""Told apart by the colour-blind too (Okabe and Ito 2008)."""
_WIDTH, _LEFT, _RIGHT = 720, 190, 40
_ROW, _TOP, _FOOT = 24, 8, 24
_HEIGHT = 260
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its value per mille, and its 95 % interval where there is one."""

    name: str
    value: int
    interval: Sequence[int] | None = None


def bars(title: str, rows: Sequence[Bar]) -> Element:
    """Bars from 0 to 1, each with its value behind it."""
    svg = _canvas(title, _TOP + _ROW * len(rows) + _FOOT)
    _scale(svg, 1000, _TOP + _ROW * len(rows), per_mille=True)
    for number, row in enumerate(rows):
        y = _TOP + _ROW * number
        _name(svg, row.name, y)
        _rect(svg, _x(0, 1000), y + 4, _x(row.value, 1000) - _x(0, 1000), COLOURS[0])
        if row.interval is not None:
            low, high = (_x(bound, 1000) for bound in row.interval)
            SubElement(svg, "line", _line(low, y + 12, high, y + 12) | {"class": "whisker"})
            for end in (low, high):
                SubElement(svg, "line", _line(end, y + 8, end, y + 16) | {"class": "whisker"})
    return svg


def stacks(title: str, rows: Mapping[str, Sequence[int]], names: Sequence[str]) -> Element:
    """Stacked bars of counts, in the colours of `names`; the legend stands above."""
    top = _TOP + _ROW
    most = max((sum(counts) for counts in rows.values()), default=0) or 1
    svg = _canvas(title, top + _ROW * len(rows) + _FOOT)
    _legend(svg, names)
    _scale(svg, most, top + _ROW * len(rows), per_mille=False)
    for number, (name, counts) in enumerate(rows.items()):
        y, before = top + _ROW * number, 0
        _name(svg, name, y)
        for place, count in enumerate(counts):
            _rect(svg, _x(before, most), y + 4, _x(before + count, most) - _x(before, most), COLOURS[place])
            before += count
    return svg


def lines(title: str, across: str, series: Mapping[str, Sequence[tuple[int, int]]]) -> Element:
    """Lines of (x, per mille) from the origin of x; `across` says what x counts."""
    top, bottom = _TOP + _ROW, _HEIGHT - 40
    most = max((x for points in series.values() for x, _ in points), default=1) or 1
    svg = _canvas(title, _HEIGHT)
    _legend(svg, list(series))
    for tick in range(_TICKS + 1):
        y = bottom - (bottom - top) * tick // _TICKS
        SubElement(svg, "line", _line(_LEFT, y, _WIDTH - _RIGHT, y) | {"class": "grid"})
        _text(svg, _LEFT - 8, y + 4, f"{tick / _TICKS:.1f}", "end")
        _text(svg, _x(most * tick // _TICKS, most), bottom + 16, f"{most * tick // _TICKS:,}", "middle")
    _text(svg, (_LEFT + _WIDTH - _RIGHT) // 2, _HEIGHT - 6, across, "middle")
    for place, points in enumerate(series.values()):
        path = " ".join(f"{_x(x, most)},{bottom - (bottom - top) * value // 1000}" for x, value in points)
        SubElement(svg, "polyline", {"points": path, "fill": "none", "stroke": COLOURS[place], "stroke-width": "2"})
    return svg


def _canvas(title: str, height: int) -> Element:
    svg = Element("svg", {"viewBox": f"0 0 {_WIDTH} {height}", "role": "img", "aria-label": title})
    SubElement(svg, "title").text = title
    return svg


def _scale(svg: Element, most: int, bottom: int, *, per_mille: bool) -> None:
    ticks = _TICKS if per_mille or most > _TICKS else most
    for tick in range(ticks + 1):
        at = most * tick // ticks
        SubElement(svg, "line", _line(_x(at, most), _TOP, _x(at, most), bottom) | {"class": "grid"})
        _text(svg, _x(at, most), bottom + 16, f"{at / 1000:.1f}" if per_mille else f"{at:,}", "middle")


def _legend(svg: Element, names: Sequence[str]) -> None:
    x = 8
    for place, name in enumerate(names):
        _rect(svg, x, _TOP, 12, COLOURS[place], height=12)
        _text(svg, x + 16, _TOP + 10, name, "start")
        x += 32 + 7 * len(name)


def _x(value: int, most: int) -> int:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value // most


def _name(svg: Element, name: str, y: int) -> None:
    _text(svg, _LEFT - 8, y + 16, name, "end")


def _text(svg: Element, x: int, y: int, words: str, anchor: str) -> None:
    SubElement(svg, "text", {"x": str(x), "y": str(y), "text-anchor": anchor}).text = words


def _rect(svg: Element, x: int, y: int, width: int, colour: str, *, height: int = 16) -> None:
    place = {"x": str(x), "y": str(y), "width": str(max(0, width)), "height": str(height)}
    SubElement(svg, "rect", place | {"fill": colour})


def _line(x1: int, y1: int, x2: int, y2: int) -> dict[str, str]:
    return {"x1": str(x1), "y1": str(y1), "x2": str(x2), "y2": str(y2)}
