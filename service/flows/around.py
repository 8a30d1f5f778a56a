"""What moved around the subject of an alert: from its evidence, or from the ledger by hops, as links for a picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import polars as pl

from service.flows.layers import CASH_IN, CASH_OUT, Day, Layout, Link, lay_out
from service.flows.movements import units
from service.flows.question import LIMITS, Limits
from service.flows.reading import ROWS, Reader, Until

Scope = Literal["evidence", "around"]
SCOPES: tuple[Scope, ...] = Scope.__args__  # type: ignore[attr-defined]
MOST_HOPS = 3
Role = Literal["subject", "suspect", "protect", "other", "cash", "group"]
_PROTECTED = ("possible_victim", "payer")
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Around:
    """A picture and what belongs to it. `roles` of accounts that the alert names; `labels` as they were submitted.

    `busy` accounts have too many transactions to be looked into, `many` were left out because enough was read, `small` links
    are below the least amount.
    """

    subject: str
    layout: Layout
    labels: Mapping[str, str]
    roles: Mapping[str, Role]
    first: date
    last: date
    busy: int = 0
    many: int = 0
    small: int = 0


def hops_around(
    reader: Reader, subject: str, hops: int, window: tuple[Until, Until], limits: Limits = LIMITS
) -> tuple[pl.DataFrame, int, int]:
    """ROWS of all that moved in a window within `hops` of the subject; how many accounts were too busy, and how many too many."""
    since, until = window
    looked: set[str] = set()
    busy: set[str] = set()
    many: set[str] = set()
    rows, read = pl.DataFrame(schema=ROWS), 0
    frontier = {subject}
    for _ in range(hops):
        counts = reader.counts(sorted(frontier), until, since)
        taken: list[str] = []
        for account in sorted(frontier):
            count = counts.get(account, 0)
            if count > limits.rows_of_one:
                busy.add(account)
            elif len(looked) + len(taken) >= limits.accounts or read + count > limits.rows:
                many.add(account)
            else:
                taken.append(account)
                read += count
        if not taken:
            break
        looked |= set(taken)
        more = reader.rows(taken, until, since)
        rows = pl.concat([rows, more]).unique(["seq", "row"], keep="first", maintain_order=True)
        ends = set(rows["from_key"].drop_nulls()) | set(rows["to_key"].drop_nulls())
        frontier = ends - looked - busy - many
    return rows, len(busy), len(many)


def links_of(rows: pl.DataFrame, evidence: frozenset[Name]) -> list[Link]:
    """The links that rows make, in a fixed order. `rows` needs batch, reference, occurred_at, keys, amount and currency."""
    found: dict[tuple[str, str], dict[date, tuple[int, dict[str, int]]]] = defaultdict(dict)
    marked: set[tuple[str, str]] = set()
    names = ("batch", "reference", "occurred_at", "from_key", "to_key", "amount", "currency")
    for batch, reference, at, payer, payee, amount, currency in rows.select(names).iter_rows():
        ends = (payer or CASH_IN, payee or CASH_OUT)
        count, amounts = found[ends].get(at.date(), (0, {}))
        amounts[currency] = amounts.get(currency, 0) + units(amount)
        found[ends][at.date()] = (count + 1, amounts)
        if (batch, reference) in evidence:
            marked.add(ends)
    return [
        Link(
            *ends,
            tuple(Day(day, count, tuple(sorted(amounts.items()))) for day, (count, amounts) in sorted(days.items())),
            ends in marked,
        )
        for ends, days in sorted(found.items())
        if ends[0] != ends[1]
    ]


def picture(
    rows: pl.DataFrame,
    subject: str,
    *,
    members: Mapping[str, str],
    evidence: frozenset[Name],
    least: int = 0,
    left_out: tuple[int, int] = (0, 0),
) -> Around | None:
    """The picture of some rows around a subject. None where nothing is left to draw.

    `members` are the roles of accounts in the alert; `least` in units, of the largest sum of a link in one currency.
    """
    links = links_of(rows, evidence)
    kept = [link for link in links if max(link.amounts.values()) >= least]
    if not kept:
        return None
    roles: dict[str, Role] = {key: "protect" if role in _PROTECTED else "suspect" for key, role in members.items()} | {
        subject: "subject",
        CASH_IN: "cash",
        CASH_OUT: "cash",
    }
    days = [day.day for link in kept for day in link.days]
    layout = lay_out(kept, subject, keep=frozenset(members))
    busy, many = left_out
    return Around(
        subject, layout, _labels(rows), roles, min(days), max(days), busy, many, len(links) - len(kept)
    )  # fmt: skip


def whole_days(start: str, end: str) -> tuple[datetime, datetime]:
    """The days of a window whole: from the first midnight to the last second."""
    first, last = date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
    return datetime(first.year, first.month, first.day), datetime(last.year, last.month, last.day, 23, 59, 59, 999_999)  # noqa: DTZ001


def _labels(rows: pl.DataFrame) -> dict[str, str]:
    """Accounts as they were submitted last."""
    found: dict[str, str] = {}
    for side in ("from", "to"):
        own = (
            rows.select(f"{side}_key", f"{side}_account")
            .drop_nulls()
            .unique(f"{side}_key", keep="last", maintain_order=True)
        )
        found |= dict(own.iter_rows())
    return found
