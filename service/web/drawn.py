"""A picture of flows as a page prints it: shapes and curves as SVG paths, and the table that says the same.

Roles differ by shape and by colour. The script of the page gets the same places, shapes and bends, so that its canvas is the same
picture; names and amounts it reads in the table, so that nothing comes over the line twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.money import minor_units
from service.flows.around import Around, Role
from service.flows.layers import CASH_IN, CASH_OUT, Layout, Link, Spot, is_group
from service.flows.movements import decimal
from service.web import words
from service.web.language import catalogue, clock, money, number

MOST_SVG = 150
"""Nodes up to which the picture is SVG; above it the script draws it on a canvas, unless SVG is asked for."""
_LONGEST, _SHOWN = 20, 16
_WIDEST = 7
START_WORD = words.mark("followed from here")
ROLE_WORDS: dict[Role, str] = {
    "subject": words.mark("subject of the alert"),
    "suspect": words.mark("in the pattern"),
    "protect": words.mark("may need protection"),
    "other": words.mark("other account"),
    "cash": words.mark("cash"),
    "group": words.mark("several accounts"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """An account, cash or a group: its shape, what is written beside it, and all that is known of it in words."""

    x: int
    y: int
    shape: str
    role: Role
    label: str
    said: str


@dataclass(frozen=True, slots=True)
class Row:
    """A link, as a curve and as a row of the table. `later`: nothing had moved by the day that is shown."""

    number: int
    curve: str
    width: str
    source: str
    target: str
    count: str
    amounts: tuple[str, ...]
    first: str
    last: str
    evidence: bool
    later: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture. `data` is what the script needs to move through the days; `shown` how many links are drawn."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    rows: tuple[Row, ...]
    shown: str
    as_canvas: bool
    roles: tuple[tuple[Role, str, str], ...]
    data: Mapping[str, Any]


def drawing(
    around: Around, until: date, language: str, subject: str = ROLE_WORDS["subject"], *, plain: bool = False
) -> Drawing:
    """The picture as of the end of a day. `subject` says what the account in the middle is; `plain` asks for SVG at any size."""
    said: dict[Role, str] = ROLE_WORDS | {"subject": subject}
    layout = around.layout
    spots = {spot.key: spot for spot in layout.spots}
    places = {spot.key: nth for nth, spot in enumerate(layout.spots)}
    nodes = tuple(_node(spot, around, said, language) for spot in layout.spots)
    most: dict[str, int] = {}
    for link in layout.links:
        for currency, amount in link.amounts.items():
            most[currency] = max(most.get(currency, 1), amount)
    rows = tuple(
        _row(
            nth,
            link,
            (spots[link.source], spots[link.target]),
            (nodes[places[link.source]], nodes[places[link.target]]),
            most,
            until,
            language,
        )
        for nth, link in enumerate(layout.links)
    )
    as_canvas = len(nodes) > MOST_SVG and not plain
    used = {node.role for node in nodes}
    return Drawing(
        layout.width,
        layout.height,
        nodes,
        rows,
        number(sum(not row.later for row in rows), language),
        as_canvas,
        tuple((role, word, _shape(9, 9, role)) for role, word in said.items() if role in used),
        _data(layout, rows, nodes, until, said, language),
    )


def _data(  # noqa: PLR0917 - what the script needs
    layout: Layout, rows: tuple[Row, ...], nodes: tuple[Node, ...], until: date, said: Mapping[Role, str], language: str
) -> dict[str, Any]:
    """What the script needs and the table does not say already, by columns: names and amounts stand in the table, and only what
    moved on more than one day is told by days, as whole ten-thousandths in text: a script counts no larger whole numbers
    than 2 to the 53rd."""
    places = {spot.key: nth for nth, spot in enumerate(layout.spots)}
    days = sorted({day.day for link in layout.links for day in link.days})
    nth_day = {day: nth for nth, day in enumerate(days)}
    steps = {layout.spots[places[link.target]].x - layout.spots[places[link.source]].x for link in layout.links}
    roles = [role for role in said if any(node.role == role for node in nodes)]
    by_day = {
        nth: [[nth_day[day.day], day.transactions, {currency: str(amount) for currency, amount in day.amounts}] for day in link.days]
        for nth, link in enumerate(layout.links)
        if len(link.days) > 1
    }  # fmt: skip
    return {
        "days": [clock(day.isoformat(), language) for day in days],
        "until": max((nth for nth, day in enumerate(days) if day <= until), default=0),
        "language": language,
        "places": {currency: minor_units().get(currency, 2) for link in layout.links for currency in link.amounts},
        "from": [places[link.source] for link in layout.links],
        "to": [places[link.target] for link in layout.links],
        "first": [nth_day[link.days[0].day] for link in layout.links],
        "widths": [int(Decimal(row.width) * 10) for row in rows],
        "plain": [row.number for row in rows if not row.evidence],
        "moved": by_day,
        "xs": [node.x for node in nodes],
        "ys": [node.y for node in nodes],
        "roles": [roles.index(node.role) for node in nodes],
        "said": [[role, catalogue(language).gettext(said[role]), _shape(0, 0, role)] for role in roles],
        "bends": {step: _bend(step) for step in sorted(steps)},
        "short": [_LONGEST, _SHOWN],
    }


def _node(spot: Spot, around: Around, said_of: Mapping[Role, str], language: str) -> Node:
    texts = catalogue(language)
    role: Role = "group" if is_group(spot.key) else around.roles.get(spot.key, "other")
    if role == "group":
        count = {"count": number(spot.grouped, language)}
        if spot.layer < 0:
            label = texts.ngettext("+%(count)s sender", "+%(count)s senders", spot.grouped) % count
        else:
            label = texts.ngettext("+%(count)s receiver", "+%(count)s receivers", spot.grouped) % count
        touching = [link for link in around.layout.links if spot.key in (link.source, link.target)]
        said = f"{label}, {', '.join(_amounts(touching, language))}" if touching else label
        return Node(spot.x, spot.y, _shape(spot.x, spot.y, role), role, said, said)
    whole = texts.gettext("cash") if role == "cash" else around.labels.get(spot.key, spot.key)
    label = whole if len(whole) <= _LONGEST else f"…{whole[-_SHOWN:]}"
    return Node(spot.x, spot.y, _shape(spot.x, spot.y, role), role, label, f"{whole}, {texts.gettext(said_of[role])}")


def _amounts(links: Iterable[Link], language: str) -> tuple[str, ...]:
    sums: dict[str, int] = {}
    for link in links:
        for currency, amount in link.amounts.items():
            sums[currency] = sums.get(currency, 0) + amount
    return tuple(money(decimal(amount), currency, language) for currency, amount in sorted(sums.items()))


def _row(  # noqa: PLR0917 - both ends, as places and as words
    nth: int,
    link: Link,
    ends: tuple[Spot, Spot],
    nodes: tuple[Node, Node],
    most: Mapping[str, int],
    until: date,
    language: str,
) -> Row:
    now = link.until(until)
    shown = now or link
    share = max(Decimal(amount) / most[currency] for currency, amount in link.amounts.items())
    return Row(
        nth,
        _curve(*ends),
        f"{Decimal('0.8') + share * (_WIDEST - 1):.1f}",
        _said(ends[0], nodes[0]),
        _said(ends[1], nodes[1]),
        number(sum(day.transactions for day in shown.days), language),
        _amounts([shown], language),
        clock(link.days[0].day.isoformat(), language),
        clock(shown.days[-1].day.isoformat(), language),
        link.evidence,
        now is None,
    )


def _said(spot: Spot, node: Node) -> str:
    return node.label if spot.key in (CASH_IN, CASH_OUT) or is_group(spot.key) else node.said.rpartition(", ")[0]


def _curve(source: Spot, target: Spot) -> str:
    """A cubic curve between two places."""
    x1, y1, x2, y2 = _bend(target.x - source.x)
    return (
        f"M{source.x} {source.y}C{source.x + x1} {source.y + y1} {target.x + x2} {target.y + y2} {target.x} {target.y}"
    )


def _bend(step: int) -> tuple[int, int, int, int]:
    """How far the two handles stand off their ends: from left to right as an S; within a column and back as an arc to the right."""
    if step > 0:
        return step // 2, 0, -(step // 2), 0
    lift = 36 + -step // 6
    return lift, lift, lift, lift


def _shape(x: int, y: int, role: Role) -> str:
    match role:
        case "subject":
            return f"M{x - 8} {y}a8 8 0 1 0 16 0a8 8 0 1 0-16 0"
        case "suspect":
            return f"M{x - 5} {y - 5}h10v10h-10z"
        case "protect":
            return f"M{x} {y - 7}l7 7l-7 7l-7-7z"
        case "cash":
            return f"M{x} {y - 6}l6 11h-12z"
        case "group":
            return f"M{x - 8} {y - 4}h16v3h-16zM{x - 8} {y + 1}h16v3h-16z"
        case _:
            return f"M{x - 4} {y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0"
