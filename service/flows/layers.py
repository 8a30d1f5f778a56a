"""A picture of flows in layers: whoever pays to the left of the subject, whom it pays to the right, by hops. Same data, same picture.

It decides where things stand and what is taken together, and knows neither languages nor colours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

MOST_NODES, MOST_LINKS = 500, 1500
CASH_IN, CASH_OUT = "cash>", ">cash"
"""Where cash comes from and where it goes. No account key looks like them."""
COLUMN, ROW, MARGIN = 190, 22, 110
TIGHT, MOST_LOOSE = 12, 60
"""The distance of rows where a layer has more than so many."""
_SWEEPS = 3
_GROUP = "group:"

Amounts = tuple[tuple[str, int], ...]
"""Units by currency."""


@dataclass(frozen=True, slots=True)
class Day:
    """What moved between two nodes on one day."""

    day: date
    transactions: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Link:
    """What moved from one node to another, day by day. `evidence`: some of it is evidence."""

    source: str
    target: str
    days: tuple[Day, ...]
    evidence: bool = False

    @property
    def amounts(self) -> dict[str, int]:
        """All of it, by currency."""
        return totals(self.days)

    def until(self, day: date) -> Link | None:
        """The same as it stood at the end of a day; None where nothing had moved yet."""
        days = tuple(each for each in self.days if each.day <= day)
        return replace(self, days=days) if days else None


@dataclass(frozen=True, slots=True)
class Spot:
    """A node at its place, in pixels. `grouped` accounts stand for one another here; 0 for an account of its own."""

    key: str
    layer: int
    x: int
    y: int
    grouped: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole picture. Links name spots by key; `links_left_out` had the smallest amounts."""

    width: int
    height: int
    spots: tuple[Spot, ...]
    links: tuple[Link, ...]
    links_left_out: int


def totals(days: Iterable[Day]) -> dict[str, int]:
    """Sums by currency."""
    found: dict[str, int] = defaultdict(int)
    for day in days:
        for currency, amount in day.amounts:
            found[currency] += amount
    return dict(sorted(found.items()))


def lay_out(
    links: Sequence[Link],
    subject: str,
    *,
    keep: frozenset[str] = frozenset(),
    layers: Mapping[str, int] | None = None,
    most: int = MOST_NODES,
) -> Layout:
    """The picture of some links around `subject`. Beyond `most` nodes the smallest of each layer stand as one; `keep` never do.

    `layers` gives the layer of every account; by hops from the subject where it is None.
    """
    links = [link for link in links if link.source != link.target]
    layer = dict(layers) if layers is not None else by_hops(links, subject)
    _place_cash(links, layer)
    nodes = sorted({end for link in links for end in (link.source, link.target)})
    grouped: dict[str, int] = {}
    if len(nodes) > most:
        links, grouped = _grouped(links, nodes, layer, keep | {subject, CASH_IN, CASH_OUT}, most)
        nodes = sorted({end for link in links for end in (link.source, link.target)})
    weights = _weights(links)
    ranked = sorted(links, key=lambda link: (not link.evidence, -weights[link], link.source, link.target))
    shown = sorted(ranked[:MOST_LINKS], key=lambda link: (link.source, link.target))
    columns = _columns(nodes, links, layer)
    tallest = max((len(column) for _, column in columns), default=1)
    apart = ROW if tallest <= MOST_LOOSE else TIGHT
    height = max((tallest - 1) * apart, 4 * ROW) + 2 * ROW
    spots = {
        key: Spot(
            key,
            at,
            MARGIN + nth * COLUMN,
            round(height / 2 + (row - (len(column) - 1) / 2) * apart),
            grouped.get(key, 0),
        )
        for nth, (at, column) in enumerate(columns)
        for row, key in enumerate(column)
    }
    width = 2 * MARGIN + max(len(columns) - 1, 1) * COLUMN
    return Layout(width, height, tuple(spots[key] for key in nodes), tuple(shown), len(links) - len(shown))


def by_hops(links: Sequence[Link], subject: str) -> dict[str, int]:
    """The layer of each account: hops from the subject, below zero on the side of whoever pays it. What nothing joins to the
    subject stands beyond the last layer."""
    beside: dict[str, set[str]] = defaultdict(set)
    paid: dict[str, int] = defaultdict(int)
    received: dict[str, int] = defaultdict(int)
    for link in links:
        if link.source != CASH_IN and link.target != CASH_OUT:
            beside[link.source].add(link.target)
            beside[link.target].add(link.source)
        count = sum(day.transactions for day in link.days)
        if link.target == subject:
            paid[link.source] += count
        if link.source == subject:
            received[link.target] += count
    layer = {subject: 0}
    frontier = [subject]
    while frontier:
        following = []
        for near in frontier:
            for far in sorted(beside[near] - layer.keys()):
                side = (-1 if paid[far] >= received[far] else 1) if near == subject else (1 if layer[near] > 0 else -1)
                layer[far] = layer[near] + side
                following.append(far)
        frontier = sorted(following, key=lambda key: (abs(layer[key]), key))
    beyond = max(layer.values()) + 1
    for account in sorted(beside.keys() - layer.keys()):
        layer[account] = beyond
    return layer


def _place_cash(links: Sequence[Link], layer: dict[str, int]) -> None:
    """Cash comes in on the left of whom it is paid to, and goes out on the right."""
    comes = [layer.setdefault(link.target, 0) for link in links if link.source == CASH_IN and link.target != CASH_OUT]
    goes = [layer.setdefault(link.source, 0) for link in links if link.target == CASH_OUT and link.source != CASH_IN]
    if comes:
        layer[CASH_IN] = min(comes) - 1
    if goes:
        layer[CASH_OUT] = max(goes) + 1


def _weights(links: Sequence[Link]) -> dict[Link, int]:
    """How much a link weighs, in millionths of the largest in its currency: amounts are compared within a currency only."""
    sums = [(link, link.amounts) for link in links]
    most: dict[str, int] = defaultdict(lambda: 1)
    for _, amounts in sums:
        for currency, amount in amounts.items():
            most[currency] = max(most[currency], amount)
    return {
        link: max(amount * 1_000_000 // most[currency] for currency, amount in amounts.items())
        for link, amounts in sums
    }


def _grouped(
    links: Sequence[Link], nodes: Sequence[str], layer: Mapping[str, int], keep: frozenset[str], most: int
) -> tuple[list[Link], dict[str, int]]:
    """The links with the smallest accounts of each layer as one node, and how many accounts each such node stands for."""
    weights = _weights(links)
    heavy: dict[str, int] = defaultdict(int)
    for link in links:
        for end in (link.source, link.target):
            heavy[end] += weights[link]
    room = most - len({layer[key] for key in nodes})
    ranked = sorted(nodes, key=lambda key: (key not in keep, -heavy[key], key))
    stands = {key: key if nth < room or key in keep else f"{_GROUP}{layer[key]}" for nth, key in enumerate(ranked)}
    merged: dict[tuple[str, str], dict[date, list[Day]]] = defaultdict(lambda: defaultdict(list))
    evidence = set()
    for link in links:
        ends = (stands[link.source], stands[link.target])
        if ends[0] == ends[1]:
            continue
        for day in link.days:
            merged[ends][day.day].append(day)
        if link.evidence:
            evidence.add(ends)
    joined = [
        Link(
            *ends,
            tuple(
                Day(day, sum(each.transactions for each in some), tuple(totals(some).items()))
                for day, some in sorted(days.items())
            ),
            ends in evidence,
        )
        for ends, days in sorted(merged.items())
    ]
    counts: dict[str, int] = defaultdict(int)
    for stand in stands.values():
        if stand.startswith(_GROUP):
            counts[stand] += 1
    return joined, dict(counts)


def _columns(nodes: Sequence[str], links: Sequence[Link], layer: Mapping[str, int]) -> list[tuple[int, list[str]]]:
    """The layers from left to right, each in an order that crosses few links: near the middle of its neighbours, by sweeps."""
    beside: dict[str, list[str]] = defaultdict(list)
    for link in links:
        beside[link.source].append(link.target)
        beside[link.target].append(link.source)
    columns: dict[int, list[str]] = defaultdict(list)
    for key in nodes:
        columns[layer_of(key, layer)].append(key)
    ordered = sorted(columns)
    for sweep in range(_SWEEPS):
        ways = list(pairwise(ordered)) if sweep % 2 == 0 else [(b, a) for a, b in reversed(list(pairwise(ordered)))]
        for before, at in ways:
            place = {key: nth - (len(columns[before]) - 1) / 2 for nth, key in enumerate(columns[before])}

            def middle(key: str, place: Mapping[str, float] = place) -> float:
                found = [place[other] for other in beside[key] if other in place]
                return sum(found) / len(found) if found else 0.0

            columns[at].sort(key=lambda key: (middle(key), key))
    return [(at, columns[at]) for at in ordered]


def layer_of(key: str, layer: Mapping[str, int]) -> int:
    """The layer of an account, or of a group."""
    return int(key.removeprefix(_GROUP)) if key.startswith(_GROUP) else layer[key]


def is_group(key: str) -> bool:
    """Whether a node stands for several accounts."""
    return key.startswith(_GROUP)
