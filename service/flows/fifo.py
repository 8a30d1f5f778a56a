"""First in, first out: the unit that came first leaves first, so that every unit has one way.

Laid end to end, what an account held and received is one line and what it paid is another; a unit stands at the same place
on both. Following money is then matching intervals of the two lines, account by account, and needs no look at the rest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service.flows.movements import CASH, Direction, EndKind, Movement, Pool, Trail, line


class _Piece(NamedTuple):
    """The units of a movement from `low` to below `high`, counted from its own beginning."""

    movement: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Crossing:
    """How an account is crossed: where each movement that leads to it stands on the line, and what lies on the other line."""

    stands: Mapping[int, int]
    other: Sequence[int]
    begins: Sequence[int]


def follow_fifo(
    movements: Sequence[Movement], pools: Mapping[str, Pool], seeds: Mapping[int, int], direction: Direction
) -> Trail:
    """Follow `seeds` (place of a movement -> how much of it) through `pools`. What is traced and what ends add up.

    Forward the first units of a seed are followed, backward the last.
    """
    forward = direction == "forward"
    seeded = {
        place: _Piece(place, 0, value)
        if forward
        else _Piece(place, movements[place].value - value, movements[place].value)
        for place, value in seeds.items()
    }
    crossings: dict[str, _Crossing] = {}
    trail, left = Trail(), list(seeded.values())
    for piece in left:
        trail.trace(piece.movement, piece.high - piece.low)
    while left:
        piece = left.pop()
        moved = movements[piece.movement]
        account, far = (moved.payee, moved.payer) if forward else (moved.payer, moved.payee)
        size = piece.high - piece.low
        if account == CASH:
            trail.end("cash", far, size)
        elif account not in pools:
            trail.end("beyond", account, size)
        else:
            if account not in crossings:
                crossings[account] = _crossing(movements, pools[account], forward=forward)
            left += _cross(piece, account, crossings[account], seeded, trail, forward=forward)
    return trail


def _crossing(movements: Sequence[Movement], pool: Pool, *, forward: bool) -> _Crossing:
    came, went = line(movements, pool.incoming, pool.opening), line(movements, pool.outgoing, 0)
    if forward:
        return _Crossing(dict(zip(pool.incoming, came, strict=False)), pool.outgoing, went)
    return _Crossing(dict(zip(pool.outgoing, went, strict=False)), pool.incoming, came)


def _cross(
    piece: _Piece, account: str, crossing: _Crossing, seeded: Mapping[int, _Piece], trail: Trail, *, forward: bool
) -> list[_Piece]:
    """The pieces on the other side of an account, what is neither there nor a seed being an end."""
    at, until = (crossing.stands[piece.movement] + edge for edge in (piece.low, piece.high))
    if at < crossing.begins[0]:  # backward: below the line lies what the account held before
        below = min(until, crossing.begins[0])
        trail.end("opening" if crossing.other else "silent", account, below - at)
        at = below
    following = []
    nth = bisect_right(crossing.begins, at) - 1
    while at < until and nth < len(crossing.other):
        place, begin = crossing.other[nth], crossing.begins[nth]
        upto = min(until, crossing.begins[nth + 1])
        for found in _unseeded(_Piece(place, at - begin, upto - begin), seeded.get(place)):
            trail.trace(place, found.high - found.low)
            following.append(found)
            at += found.high - found.low
        trail.end("again", account, upto - at)
        at, nth = upto, nth + 1
    left: EndKind = "held" if crossing.other else "silent"
    trail.end(left, account, until - at)
    return following


def _unseeded(piece: _Piece, seed: _Piece | None) -> list[_Piece]:
    """The parts of a piece that are not followed already."""
    if seed is None:
        return [piece]
    parts = (
        _Piece(piece.movement, piece.low, min(piece.high, seed.low)),
        _Piece(piece.movement, max(piece.low, seed.high), piece.high),
    )
    return [part for part in parts if part.low < part.high]
