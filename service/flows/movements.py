"""What following money works on: movements between accounts in whole units, and what becomes known of them.

No float and no clock: a unit is a ten-thousandth of the currency, and an empty account is cash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from typing import Literal, NamedTuple

Direction = Literal["forward", "backward"]
DIRECTIONS: tuple[Direction, ...] = Direction.__args__  # type: ignore[attr-defined]
Method = Literal["fifo", "proportional"]
METHODS: tuple[Method, ...] = Method.__args__  # type: ignore[attr-defined]
SameDay = Literal["through", "held"]
SAME_DAY: tuple[SameDay, ...] = SameDay.__args__  # type: ignore[attr-defined]
EndKind = Literal["cash", "held", "silent", "opening", "beyond", "again"]
"""Where a part of the money ends: in cash; on an account that spends, unspent; on one that is never seen to pay (or, looking
back, to be paid); in what an account held before the data begin; at an account that was not looked into; where it had been."""

SCALE = 10_000
CASH = ""


class Movement(NamedTuple):
    """Money from one account to another: an empty end is cash. `start` and `end` are the earliest and latest second at which
    it may have moved; `value` is in units."""

    payer: str
    payee: str
    value: int
    start: int
    end: int


@dataclass(slots=True)
class Pool:
    """One account: its movements in and out, in order, as places in the list of movements, and what it held before them.

    `opening` is the least that it must have held so that it was never overdrawn: all that the data can say of it.
    """

    incoming: list[int] = field(default_factory=list)
    outgoing: list[int] = field(default_factory=list)
    opening: int = 0


@dataclass(slots=True)
class Trail:
    """What was found: how much of each movement is the money that was followed, and where it ends, by kind and account."""

    traced: dict[int, int] = field(default_factory=dict)
    ends: dict[tuple[EndKind, str], int] = field(default_factory=dict)

    def end(self, kind: EndKind, account: str, value: int) -> None:
        """Some of it ends here."""
        if value:
            self.ends[kind, account] = self.ends.get((kind, account), 0) + value

    def trace(self, movement: int, value: int) -> None:
        """Some of it moved here."""
        if value:
            self.traced[movement] = self.traced.get(movement, 0) + value


def pools(movements: Sequence[Movement], order: Iterable[int], accounts: Iterable[str]) -> dict[str, Pool]:
    """The pools of these accounts; all of their movements must be in the list. `order` is every place, first to last."""
    found = {account: Pool() for account in accounts}
    balance = dict.fromkeys(found, 0)
    for place in order:
        moved = movements[place]
        if payer := found.get(moved.payer):
            payer.outgoing.append(place)
            balance[moved.payer] -= moved.value
            payer.opening = max(payer.opening, -balance[moved.payer])
        if payee := found.get(moved.payee):
            payee.incoming.append(place)
            balance[moved.payee] += moved.value
    return found


def line(movements: Sequence[Movement], places: Sequence[int], begin: int) -> list[int]:
    """The movements laid end to end from `begin`: where each begins, and last where they all end."""
    return list(accumulate((movements[place].value for place in places), initial=begin))


def units(amount: Decimal) -> int:
    """An amount in units. Amounts have at most four decimals."""
    return int(amount * SCALE)


def decimal(value: int) -> Decimal:
    """Units as an amount."""
    return Decimal(value).scaleb(-4)


def total(seeds: Mapping[int, int]) -> int:
    """How much is followed."""
    return sum(seeds.values())
