"""The windows in which accounts are measured: whole days, counted back from the day of the run's logical now."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from detectors.api import Params
from schemas.transaction import DAY_SECONDS

WINDOW = ["account", "days", "window_back"]
"""What tells one account-window from another."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of whole UTC days. Those of `days` lie end to end: the last ends with the day of `as_of_s`, window `k` ends `k * days`
    days before. One of `short` and one of `long` days end with that day too where the data reach
    back so far, and one more of each lies before it, only to tell how far they have moved; equal to `days` they are none of their own.
    """

    as_of_s: int
    days: int
    short: int
    long: int

    @classmethod
    def of(cls, as_of_s: int, params: Params) -> Windows:
        """The windows that a model's parameters ask for."""
        return cls(as_of_s, *(int(params[name]) for name in ("window_days", "short_window_days", "long_window_days")))

    @property
    def last_day(self) -> int:
        return self.as_of_s // DAY_SECONDS

    def is_judged(self) -> pl.Expr:
        """Whether accounts are judged in a window: in all of those that lie end to end, and in the last of the other lengths."""
        return (pl.col("days") == self.days) | (pl.col("window_back") == 0)

    def bound(self) -> list[object]:
        """The values of $1 to $5 in `calendar.sql`."""
        return [self.last_day, self.days, self.as_of_s, self.short, self.long]

    def span_s(self, days: int, window_back: int) -> tuple[int, int]:
        """First and last second of a window, since the epoch."""
        end_day = self.last_day - window_back * days
        return (end_day - days + 1) * DAY_SECONDS, (end_day + 1) * DAY_SECONDS - 1
