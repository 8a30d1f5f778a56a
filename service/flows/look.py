"""What has been read while money is followed, what it is worth, and what it makes of the money."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

import polars as pl

from service.flows.fifo import follow_fifo
from service.flows.movements import Movement, Pool, SameDay, Trail, pools, units
from service.flows.order import in_order
from service.flows.proportional import FINE, follow_proportional
from service.flows.question import Question
from service.flows.reading import ROWS

NAME = pl.concat_str("batch", "reference", separator=" ")
"""What a report is called among others."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - times here are UTC without a zone
_RATE = 10_000_000_000
Why = Literal["busy", "small", "far", "many"]
"""Why an account was not looked into: too many transactions, too little money, too many hops, too much read already."""


class Rates:
    """What a currency is worth in the base currency on a day: the latest rate on or before it, as runs have it."""

    def __init__(self, base: str, table: pl.DataFrame) -> None:
        """`table` is a reference table of the kind `fx`."""
        self.base = base
        self._known: dict[str, tuple[list[date], list[int]]] = {}
        for (currency,), rows in table.sort("currency", "date").group_by("currency", maintain_order=True):
            rates = [int(rate * _RATE) for rate in rows["rate"]]
            self._known[str(currency)] = (rows["date"].to_list(), rates)

    def worth(self, value: int, currency: str, day: date) -> int | None:
        """Units of a currency in units of the base, rounded half up; None where there is no rate."""
        if currency == self.base:
            return value
        days, rates = self._known.get(currency, ([], []))
        nth = bisect_right(days, day) - 1
        return None if nth < 0 else (value * rates[nth] + _RATE // 2) // _RATE


@dataclass(slots=True)
class Look:
    """What was read so far, and what it makes of the money."""

    asked: Question
    rates: Rates
    rows: pl.DataFrame
    looked: dict[str, int] = field(default_factory=dict)
    refused: dict[str, Why] = field(default_factory=dict)
    count: int = 0
    kept: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ROWS))
    movements: list[Movement] = field(default_factory=list)

    def add(self, more: pl.DataFrame) -> None:
        """Rows of accounts that are looked into now."""
        both = pl.concat([more, self.rows]).unique(["seq", "row"], keep="first", maintain_order=True)
        second = both["also"].explode().drop_nulls()
        both = both.filter(~NAME.is_in(second.implode()))
        self.rows = both.sort("occurred_at", "submitter", "reference", "seq")
        self._value()

    def _value(self) -> None:
        asked, movements, kept = self.asked, [], []
        columns = ("from_key", "to_key", "amount", "currency", "occurred_at", "precision")
        for place, row in enumerate(self.rows.select(columns).iter_rows()):
            payer, payee, amount, currency, at, precision = row
            value: int | None = units(amount)
            if asked.value == "base":
                value = self.rates.worth(value or 0, currency, at.date())
            elif currency != asked.currency:
                value = None
            if value and payer != payee:
                start = seconds(at)
                end = start + 86_399 if precision == "day" else start
                movements.append(Movement(payer or "", payee or "", value, start, end))
                kept.append(place)
        self.movements, self.kept = movements, self.rows[kept]

    def seeds(self) -> dict[int, int]:
        """What is followed from the beginning: the place of each movement, and how much of it."""
        asked = self.asked
        forward = asked.direction == "forward"
        if asked.account:
            side = "from_key" if forward else "to_key"
            since = 0 if asked.since is None or not forward else seconds(asked.since)
            own = self.kept.with_row_index("place").filter(pl.col(side) == asked.account)
            places = [place for place in own["place"] if self.movements[place].end >= since]
        else:
            named = f"{asked.batch} {asked.reference}"
            own = self.kept.with_row_index("place").filter((named == NAME) | pl.col("also").list.contains(named))
            places = own["place"].to_list()[:1]
        left = None if asked.amount is None else units(asked.amount)
        found = {}
        for place in places if forward else reversed(places):
            value = self.movements[place].value
            taken = value if left is None else min(value, left)
            if not taken:
                break
            found[place] = taken
            left = None if left is None else left - taken
        return found

    def trail(self, seeds: dict[int, int], same_day: SameDay) -> tuple[Trail, dict[str, Pool]]:
        """The money, in fine parts, whichever way it is attributed."""
        order = in_order(self.movements, same_day)
        whole = pools(self.movements, order, self.looked)
        if self.asked.method == "proportional":
            return follow_proportional(self.movements, order, whole, seeds, self.asked.direction), whole
        found = follow_fifo(self.movements, whole, seeds, self.asked.direction)
        fine = Trail(
            {place: value * FINE for place, value in found.traced.items()},
            {end: value * FINE for end, value in found.ends.items()},
        )
        return fine, whole


def seconds(moment: datetime) -> int:
    """Seconds since the epoch of a UTC time without a zone."""
    return (moment - _EPOCH) // timedelta(seconds=1)
