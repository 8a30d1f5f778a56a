"""What is asked when money is followed, and the limits of looking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from schemas.errors import RequestInvalid
from service.flows.movements import DIRECTIONS, METHODS, SAME_DAY, Direction, Method, SameDay

Value = Literal["own", "base"]
VALUES: tuple[Value, ...] = Value.__args__  # type: ignore[attr-defined]
MOST_HOPS = 12


@dataclass(frozen=True, slots=True)
class Question:
    """Follow a transaction (`batch` and `reference`), or what an account paid (forward) or received (backward).

    Of an account, `amount` of it: the first that it paid from `since` on, the last that it received up to `until`; all where
    None. Of a transaction, that much of it. `until` is also the edge: nothing after it is looked at. Times are UTC without a
    zone. `currency` alone is followed, or, where `value` is `base`, everything at its value in the base currency.
    """

    direction: Direction
    method: Method = "fifo"
    account: str = ""
    batch: str = ""
    reference: str = ""
    amount: Decimal | None = None
    currency: str = ""
    value: Value = "own"
    since: datetime | None = None
    until: datetime | None = None
    same_day: SameDay = "through"
    hops: int = 6
    least_per_mille: int = 10

    def checked(self) -> Question:
        """The question itself. Raises RequestInvalid where it cannot be answered."""
        if bool(self.account) == bool(self.batch and self.reference):
            raise RequestInvalid(
                "say what to follow: an account, or one transaction", where="account",
                remedy="Give an account, or a batch and a reference in it.",
            )  # fmt: skip
        for name, known in (("direction", DIRECTIONS), ("method", METHODS), ("value", VALUES), ("same_day", SAME_DAY)):
            if getattr(self, name) not in known:
                raise RequestInvalid(f"this is none of {', '.join(known)}", where=name)
        if self.amount is not None and (self.amount <= 0 or self.amount != self.amount.quantize(Decimal("0.0001"))):
            raise RequestInvalid("an amount is above zero and has at most four decimals", where="amount")
        if self.amount is not None and self.amount >= Decimal(10) ** 20:
            raise RequestInvalid("no such amount can be in the ledger", where="amount")
        if not 1 <= self.hops <= MOST_HOPS:
            raise RequestInvalid(f"between 1 and {MOST_HOPS} hops can be followed", where="hops")
        if not 0 <= self.least_per_mille <= 1000:
            raise RequestInvalid("the least share is between 0 and 1000 per mille", where="least_per_mille")
        return self


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be read for one question. What a limit leaves out is an end of the money, with its amount."""

    accounts: int = 300
    rows: int = 150_000
    rows_of_one: int = 20_000


LIMITS = Limits()
