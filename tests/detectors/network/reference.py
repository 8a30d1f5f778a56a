"""The score and the shapes once more, plainly and in floating point, from docs/network.md. It shares no code with the detector."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from math import comb, factorial, lgamma, log

from tests.detectors.network.town import Paid

Edges = frozenset[int]


def plain_score(paid: list[Paid], edges: Iterable[int], *, accounts: int, span: int, opens: int, days: int) -> float:
    """S = -ln X + bonus of these payments, in nats, in a town in which no pair pays twice."""
    inside = [row for row in paid if opens <= row[0] < opens + days]
    outside = [row for row in paid if not opens <= row[0] < opens + days]
    here, there = len(inside), len(outside)
    mine = [paid[edge] for edge in edges]
    members = {account for _, payer, payee in mine for account in (payer, payee)}
    expected = log(2 * span / days) + len(members) * log(accounts) - len(mine) * log(here)
    alike: dict[tuple[Edges, Edges], int] = defaultdict(int)
    bonus = 0.0
    for account in members:
        outs = [row for row in mine if row[1] == account]
        ins = [row for row in mine if row[2] == account]
        alike[frozenset(row[2] for row in outs), frozenset(row[1] for row in ins)] += 1
        if len(outs) + len(ins) == 1:
            expected += log(here / accounts)
            continue
        for side, degree in ((1, len(outs)), (2, len(ins))):
            if degree:
                size = 1 + sum(1 for row in outside if row[side] == account)
                rate = here * size / (there + accounts)
                expected += degree * log(rate) + lgamma(size + degree) - lgamma(size) - degree * log(size)
        if outs and ins and max(row[0] for row in ins) <= min(row[0] for row in outs):
            bonus += log(comb(len(outs) + len(ins), len(ins)))
    return bonus - expected + sum(log(factorial(count)) for count in alike.values())


def plain_shapes(paid: list[Paid], *, opens: int, days: int) -> set[Edges]:
    """Every fan, gathering that scatters, pair of hubs and ring among the payments of a window."""
    number = {row[1:]: edge for edge, row in enumerate(paid) if opens <= row[0] < opens + days}
    to: dict[int, set[int]] = defaultdict(set)
    of: dict[int, set[int]] = defaultdict(set)
    for payer, payee in number:
        to[payer].add(payee)
        of[payee].add(payer)
    everybody = sorted({account for pair in number for account in pair})
    shapes: set[Edges] = set()
    for centre in everybody:
        out = {number[centre, other] for other in to[centre]}
        into = {number[other, centre] for other in of[centre]}
        shapes |= {frozenset(side) for side in (out, into) if len(side) >= 3}
        if len(out) >= 2 and len(into) >= 2:
            shapes.add(frozenset(out | into))
    for one, other in combinations(everybody, 2):
        for first, second in ((one, other), (other, one)):
            shapes.add(frozenset({number[first, via] for via in to[first] & of[second]} | {
                number[via, second] for via in to[first] & of[second]
            }))  # fmt: skip
        shapes.add(frozenset(number[hub, via] for via in to[one] & to[other] for hub in (one, other)))
        shapes.add(frozenset(number[via, hub] for via in of[one] & of[other] for hub in (one, other)))
    shapes |= {frozenset(ring) for start in everybody for ring in _rings(to, number, (start,))}
    return {shape for shape in shapes if len(shape) >= 3}


def _rings(to: dict[int, set[int]], number: dict[tuple[int, int], int], way: tuple[int, ...]) -> Iterator[list[int]]:
    for then in to[way[-1]]:
        if then == way[0] and len(way) >= 3:
            yield [number[pair] for pair in zip(way, (*way[1:], then), strict=True)]
        elif then > way[0] and then not in way and len(way) < 10:
            yield from _rings(to, number, (*way, then))


def plain_chains(paid: list[Paid], *, opens: int, days: int) -> set[tuple[int, ...]]:
    """Every way of four to ten payments of a window over accounts of which none is met twice."""
    inside = [edge for edge, row in enumerate(paid) if opens <= row[0] < opens + days]
    ways = {(edge,) for edge in inside}
    found: set[tuple[int, ...]] = set()
    for hops in range(2, 11):
        ways = {
            (*way, edge)
            for way in ways
            for edge in inside
            if paid[edge][1] == paid[way[-1]][2] and paid[edge][2] not in {paid[each][1] for each in way}
        }
        found |= ways if hops >= 4 else set()
    return found
