"""Following money the slow way: every unit on its own for first in, first out; exact fractions for in proportion."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from service.flows.movements import CASH, Movement

Ends = Counter[tuple[str, str]]
Way = tuple[tuple[int, int], ...]
"""The units that one unit has been, by movement and place in it; -1 for what an account held before."""
Unit = tuple[int, int]
"""A unit of a seed: the place of the movement, and which of its units. Units that are not followed are None."""


def openings(movements: Sequence[Movement], order: Iterable[int], accounts: Iterable[str]) -> dict[str, int]:
    """The least that each account must have held: raised by one until it is never overdrawn."""
    found = {}
    order = list(order)
    for account in accounts:
        opening = 0
        while True:
            balance, lowest = opening, opening
            for place in order:
                balance += movements[place].value * (movements[place].payee == account)
                balance -= movements[place].value * (movements[place].payer == account)
                lowest = min(lowest, balance)
            if lowest >= 0:
                break
            opening += 1
        found[account] = opening
    return found


def fifo_forward(
    movements: Sequence[Movement], order: Sequence[int], accounts: set[str], seeds: Mapping[int, int]
) -> tuple[Counter[int], Ends]:
    """Each unit is a thing that is put at the back of its account's queue and taken from the front."""
    queues: dict[str, deque[Unit | None]] = {
        account: deque([None] * opening) for account, opening in openings(movements, order, accounts).items()
    }
    traced: Counter[int] = Counter()
    ends: Ends = Counter()
    pays = {movements[place].payer for place in order}
    for place in order:
        payer, payee, value, _, _ = movements[place]
        taken = [queues[payer].popleft() for _ in range(value)] if payer in queues else [None] * value
        for nth in range(seeds.get(place, 0)):
            if taken[nth] is not None:
                ends["again", payer] += 1
            taken[nth] = (place, nth)
        followed = sum(unit is not None for unit in taken)
        traced[place] += followed
        if payee in queues:
            queues[payee].extend(taken)
        else:
            ends["cash" if payee == CASH else "beyond", payer if payee == CASH else payee] += followed
    for account, queue in queues.items():
        ends["held" if account in pays else "silent", account] += sum(unit is not None for unit in queue)
    return +traced, +ends


def fifo_backward(
    movements: Sequence[Movement], order: Sequence[int], accounts: set[str], seeds: Mapping[int, int]
) -> tuple[Counter[int], Ends]:
    """Each unit carries the whole way that it came; the ways of the seeds' last units are then told from their end."""
    queues: dict[str, deque[Way]] = {
        account: deque([((-1, 0),)] * opening) for account, opening in openings(movements, order, accounts).items()
    }
    paid = {movements[place].payee for place in order}
    traced: Counter[int] = Counter()
    ends: Ends = Counter()
    carried: dict[int, list[Way]] = {}
    for place in order:
        payer, payee, value, _, _ = movements[place]
        taken = [queues[payer].popleft() for _ in range(value)] if payer in queues else [()] * value
        carried[place] = [(*way, (place, nth)) for nth, way in enumerate(taken)]
        if payee in queues:
            queues[payee].extend(carried[place])

    def seeded(place: int, nth: int) -> bool:
        return nth >= movements[place].value - seeds.get(place, 0)

    for start in seeds:
        for nth, way in enumerate(carried[start]):
            if not seeded(start, nth):
                continue
            traced[start] += 1
            last = start
            for place, unit in reversed(way[:-1]):
                payer = movements[last].payer
                if place == -1:
                    ends["opening" if payer in paid else "silent", payer] += 1
                elif seeded(place, unit):
                    ends["again", payer] += 1
                else:
                    traced[place] += 1
                    last = place
                    continue
                break
            else:
                payer, payee, *_ = movements[last]
                ends["cash" if payer == CASH else "beyond", payee if payer == CASH else payer] += 1
    return +traced, +ends


def proportional_forward(
    movements: Sequence[Movement], order: Sequence[int], accounts: set[str], seeds: Mapping[int, int]
) -> tuple[dict[int, Fraction], dict[tuple[str, str], Fraction]]:
    """The share of every account that is followed, as a fraction, after every movement."""
    held = {account: Fraction(opening) for account, opening in openings(movements, order, accounts).items()}
    part = dict.fromkeys(held, Fraction(0))
    traced: dict[int, Fraction] = {}
    ends: dict[tuple[str, str], Fraction] = {}
    pays = {movements[place].payer for place in order}

    def end(kind: str, account: str, value: Fraction) -> None:
        ends[kind, account] = ends.get((kind, account), Fraction(0)) + value

    for place in order:
        payer, payee, value, _, _ = movements[place]
        seed = Fraction(seeds.get(place, 0))
        moving = Fraction(0)
        if payer in held:
            moving = part[payer] * value / held[payer]
            part[payer] -= moving
            held[payer] -= value
            end("again", payer, moving * seed / value)
            moving -= moving * seed / value
        moving += seed
        traced[place] = moving
        if payee in held:
            part[payee] += moving
            held[payee] += value
        else:
            end("cash" if payee == CASH else "beyond", payer if payee == CASH else payee, moving)
    for account, value in part.items():
        end("held" if account in pays else "silent", account, value)
    return traced, ends


def turned(movements: Sequence[Movement]) -> list[Movement]:
    """Time and payments turned round."""
    return [Movement(each.payee, each.payer, each.value, -each.end, -each.start) for each in movements]
