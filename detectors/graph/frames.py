"""From what a pattern saw to findings: windows that do not overlap, strength, facts and the frame that detectors return."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from schemas.canonical import canonical_json
from schemas.detector import Role
from schemas.finding import RAW_FINDING

UNITS = 10_000
"""Amounts are worked on as whole ten-thousandths of the base currency, the scale of the `amount` column."""
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Sighting:
    """A pattern seen once: from the earliest possible second of its payments to the latest, both included."""

    subject: int
    start_s: int
    end_s: int
    strength: int
    evidence: tuple[int, ...]
    roles: Mapping[int, Role]
    facts: Mapping[str, int | str]


class Calendar:
    """The spans already taken by findings of one key, so that no two of them share a moment."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def take(self, start_s: int, end_s: int) -> bool:
        """Take the span, ends included, and say True; or leave everything and say False where it meets one taken before."""
        place = bisect_left(self._spans, (start_s, start_s))
        clear_before = place == 0 or self._spans[place - 1][1] < start_s
        clear_after = place == len(self._spans) or end_s < self._spans[place][0]
        if clear_before and clear_after:
            insort(self._spans, (start_s, end_s))
        return clear_before and clear_after


def findings_frame(sightings: Iterable[Sighting]) -> pl.DataFrame:
    """The frame of RAW_FINDING in its total order."""
    ordered = sorted(sightings, key=lambda seen: (seen.subject, seen.start_s, seen.end_s, seen.evidence))
    rows = [
        {
            "subject": seen.subject,
            "window_start_s": seen.start_s,
            "window_end_s": seen.end_s,
            "strength": seen.strength,
            "evidence": sorted(seen.evidence),
            "members": [{"account": account, "role": seen.roles[account]} for account in sorted(seen.roles)],
            "facts": canonical_json(dict(seen.facts)).decode(),
        }
        for seen in ordered
    ]
    return pl.DataFrame(rows, schema=pl.Schema(RAW_FINDING), orient="row")


def to_units(amount: Decimal) -> int:
    """An amount as whole ten-thousandths, exactly."""
    return int(amount.scaleb(4))


def money_text(units: int) -> str:
    """Whole ten-thousandths as decimal text with four places."""
    return f"{units // UNITS}.{units % UNITS:04d}"


def days_spanned(start_s: int, end_s: int) -> int:
    """How many days a span takes, a begun one counted whole."""
    return (end_s - start_s) // _DAY_S + 1


def climb(value: int, least: int, most: int) -> int:
    """Where `value` stands between `least` (0) and `most` (1000), per mille and held within."""
    if most <= least:
        return 1000 if value >= most else 0
    return max(0, min(1000, (value - least) * 1000 // (most - least)))
