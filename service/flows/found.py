"""What following money found, as every face shows it: ends, steps, the accounts on the way, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from service.flows.question import Question

EndKind = Literal["cash", "held", "silent", "opening", "again", "busy", "small", "far", "many"]
END_KINDS: tuple[EndKind, ...] = EndKind.__args__  # type: ignore[attr-defined]
"""
`cash`: paid in or out as cash, at this account. `held`: still on the account where the data end. `silent`: an account that is
never seen to pay (backward: to be paid), so that it keeps the money or its institution does not report. `opening`: in what the
account held before the data begin. `again`: back where it was followed from, and counted there. Not looked into: `busy`, more
transactions than a limit; `small`, less than the least share; `far`, beyond the hops asked for; `many`, the limit of reading.
"""
UNREAD: tuple[EndKind, ...] = ("busy", "small", "far", "many")


@dataclass(frozen=True, slots=True)
class Place:
    """An account: its key, as it was submitted, and its country where one is stated."""

    key: str
    account: str
    country: str


@dataclass(frozen=True, slots=True)
class End:
    """Where some of the money ends. `other` is the amount under the other reading of days whose order is not known, None where
    every time is. `currencies` are others in which the account paid (backward: was paid) while it held the money."""

    kind: EndKind
    place: Place
    amount: Decimal
    per_mille: int
    other: Decimal | None
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A transaction that carried some of the money. `traced` is how much of it, in the currency of the answer, of `value`."""

    batch: str
    reference: str
    submitter: str
    also: tuple[str, ...]
    occurred_at: datetime
    day_only: bool
    channel: str
    payer: Place
    payee: Place
    amount: Decimal
    currency: str
    value: Decimal
    traced: Decimal
    hop: int


@dataclass(frozen=True, slots=True)
class Crossed:
    """An account that was looked into. `opening` is the least that it held before the data, from its transactions alone."""

    place: Place
    hop: int
    transactions: int
    traced: Decimal
    opening: Decimal


@dataclass(frozen=True, slots=True)
class Found:
    """The whole answer. Amounts are in `currency`; those of `ends` add up to `followed`.

    `unknown_per_mille` is the share whose way is not known: before the data, at an account that only one side of reports, or
    not looked into. `order_known` says whether all times are known to the second.
    """

    asked: Question
    currency: str
    followed: Decimal
    ends: tuple[End, ...]
    steps: tuple[Step, ...]
    steps_left_out: int
    crossed: tuple[Crossed, ...]
    unknown_per_mille: int
    order_known: bool
    transactions_read: int
    other_currencies_left_out: int
    without_rate: int
    reported_twice: int
