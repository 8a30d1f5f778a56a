"""The order of movements, where some are known to the second and some to the day alone.

What is known is kept. Within a day the rest is chosen one of two ways, because the data cannot say: money passes through an
account within the day wherever it can (`through`), or an account pays before it is paid wherever it can (`held`).
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence

from service.flows.movements import CASH, Movement, SameDay

_DAY = 86_400


def in_order(movements: Sequence[Movement], same_day: SameDay) -> list[int]:
    """Every place in the list, first to last. The list stands in the total order of transactions, which decides all ties."""
    days: dict[int, list[int]] = defaultdict(list)
    for place, moved in enumerate(movements):
        days[moved.start // _DAY].append(place)
    ordered = []
    for _, places in sorted(days.items()):
        loose = any(movements[place].start != movements[place].end for place in places)
        ordered += (
            _within_a_day(movements, places, same_day)
            if loose
            else sorted(places, key=lambda place: (movements[place].start, place))
        )
    return ordered


def is_certain(movements: Sequence[Movement]) -> bool:
    """Whether every movement is known to the second."""
    return all(moved.start == moved.end for moved in movements)


def _within_a_day(movements: Sequence[Movement], places: Sequence[int], same_day: SameDay) -> list[int]:
    """Take, each time, a movement that need not wait; else the next one whose second is known; else the first of what is left.

    `through`: a payment need not wait where nothing more comes in to its payer that day. `held`: where its payee pays nothing
    more that day.
    """
    through = same_day == "through"
    awaited = Counter(movements[place].payee if through else movements[place].payer for place in places)
    awaited.pop(CASH, None)
    waiting: dict[str, list[int]] = defaultdict(list)
    free: list[int] = []
    known = sorted(
        (place for place in places if movements[place].start == movements[place].end),
        key=lambda place: (-movements[place].start, -place),
    )
    loose = [place for place in places if movements[place].start != movements[place].end]
    for place in loose:
        who = movements[place].payer if through else movements[place].payee
        if awaited.get(who):
            waiting[who].append(place)
        else:
            free.append(place)
    heapq.heapify(free)
    taken: set[int] = set()
    done: list[int] = []
    next_loose = iter(loose)
    while len(done) < len(places):
        if free:
            place = heapq.heappop(free)
        elif known:
            place = known.pop()
        else:
            place = next(each for each in next_loose if each not in taken)
        if place in taken:
            continue
        taken.add(place)
        done.append(place)
        who = movements[place].payee if through else movements[place].payer
        if who != CASH:
            awaited[who] -= 1
            if not awaited[who]:
                for each in waiting.pop(who, ()):
                    heapq.heappush(free, each)
    return done
