"""In proportion: what is paid out is made of what the account held at that moment, each part by its share.

Forward in order of time, backward against it. A share that does not come out even is rounded down to a millionth of a unit,
and the rest stays where it was, so that what is traced and what ends always add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from service.flows.movements import CASH, Direction, Movement, Pool, Trail

FINE = 1_000_000
"""Parts of a unit."""


def follow_proportional(
    movements: Sequence[Movement],
    order: Sequence[int],
    pools: Mapping[str, Pool],
    seeds: Mapping[int, int],
    direction: Direction,
) -> Trail:
    """Follow `seeds` (place of a movement -> how much of it) through `pools`, which must be whole. Values in fine parts."""
    fine = {place: value * FINE for place, value in seeds.items()}
    trail = Trail()
    left = (
        _forward(movements, order, pools, fine, trail)
        if direction == "forward"
        else _backward(movements, order, pools, fine, trail)
    )
    for account, value in left.items():
        pool = pools[account]
        if direction == "forward":
            trail.end("held" if pool.outgoing else "silent", account, value)
        else:
            trail.end("opening" if pool.incoming else "silent", account, value)
    return trail


def _forward(
    movements: Sequence[Movement],
    order: Iterable[int],
    pools: Mapping[str, Pool],
    seeds: Mapping[int, int],
    trail: Trail,
) -> dict[str, int]:
    """What stays on each account in the end. An account holds `balance`, of which `share` is followed."""
    balance = {account: pool.opening for account, pool in pools.items()}
    share: dict[str, int] = defaultdict(int)
    for place in order:
        payer, payee, value, _, _ = movements[place]
        moving = share[payer] * value // balance[payer] if share.get(payer) else 0
        if payer in pools:
            balance[payer] -= value
        if moving:
            share[payer] -= moving
        seed = seeds.get(place, 0)
        again = _again(moving, seed, value)
        trail.end("again", payer, again)
        moving += seed - again
        if moving:
            trail.trace(place, moving)
            if payee in pools:
                share[payee] += moving
            else:
                _leave(payee, payer, moving, trail)
        if payee in pools:
            balance[payee] += value
    return {account: value for account, value in share.items() if value}


def _backward(
    movements: Sequence[Movement],
    order: Sequence[int],
    pools: Mapping[str, Pool],
    seeds: Mapping[int, int],
    trail: Trail,
) -> dict[str, int]:
    """What was there on each account in the beginning: the same against time, what is looked for in place of what is followed."""
    balance = {
        account: pool.opening
        + sum(movements[place].value for place in pool.incoming)
        - sum(movements[place].value for place in pool.outgoing)
        for account, pool in pools.items()
    }
    share: dict[str, int] = defaultdict(int)
    for place in reversed(order):
        payer, payee, value, _, _ = movements[place]
        moving = share[payee] * value // balance[payee] if share.get(payee) else 0
        if payee in pools:
            balance[payee] -= value
        if moving:
            share[payee] -= moving
        seed = seeds.get(place, 0)
        again = _again(moving, seed, value)
        trail.end("again", payee, again)
        moving += seed - again
        if moving:
            trail.trace(place, moving)
            if payer in pools:
                share[payer] += moving
            else:
                _leave(payer, payee, moving, trail)
        if payer in pools:
            balance[payer] += value
    return {account: value for account, value in share.items() if value}


def _again(moving: int, seed: int, value: int) -> int:
    """How much of what moves is followed from here already: it falls on the seed by its share of the movement, rounded up."""
    return -(-moving * seed // (value * FINE))


def _leave(account: str, far: str, value: int, trail: Trail) -> None:
    if account == CASH:
        trail.end("cash", far, value)
    else:
        trail.end("beyond", account, value)
