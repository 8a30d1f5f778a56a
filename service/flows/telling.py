"""From what was found in units to what is told in amounts, with the names of accounts and the rows of transactions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from service.flows.found import UNREAD, Crossed, End, EndKind, Found, Place, Step
from service.flows.look import Look
from service.flows.movements import CASH, Pool, Trail, decimal
from service.flows.proportional import FINE

MOST_STEPS = 500
_UNKNOWN = ("opening", "silent", *UNREAD)
Ends = Mapping[tuple[EndKind, str], int]


def told(
    look: Look, seeds: Mapping[int, int], trails: tuple[Trail, Trail | None], whole: Mapping[str, Pool], least: int
) -> Found:
    """The answer. The second trail is that of the other reading of days, where one is needed."""
    trail, other = trails
    followed = sum(seeds.values())
    ends = _evened(_named(look, trail, least), followed)
    others = None if other is None else _evened(_named(look, other, least), followed)
    places = _places(look.rows)
    spent = _other_currencies(look, trail)
    listed = sorted(set(ends) | set(others or ()), key=lambda end: (-ends.get(end, 0), end))
    steps, left_out = _steps(look, trail, places)
    unknown = sum(value for (kind, _), value in ends.items() if kind in _UNKNOWN)
    base = look.asked.value == "base"
    return Found(
        asked=look.asked,
        currency=look.rates.base if base else look.asked.currency,
        followed=decimal(followed),
        ends=tuple(
            End(
                kind,
                places[key],
                decimal(ends.get((kind, key), 0)),
                ends.get((kind, key), 0) * 1000 // followed,
                None if others is None else decimal(others.get((kind, key), 0)),
                spent.get(key, ()) if kind in ("held", "opening") else (),
            )
            for kind, key in listed
        ),
        steps=steps,
        steps_left_out=left_out,
        crossed=_crossed(look, trail, whole, places),
        unknown_per_mille=unknown * 1000 // followed,
        order_known=other is None,
        transactions_read=look.rows.height,
        other_currencies_left_out=0 if base else int((look.rows["currency"] != look.asked.currency).sum()),
        without_rate=look.rows.height - look.kept.height if base else 0,
        reported_twice=int(look.rows["also"].list.len().fill_null(0).sum()),
    )


def _named(look: Look, trail: Trail, least: int) -> dict[tuple[EndKind, str], int]:
    """The ends, and of those beyond what was read why it was not."""
    forward = look.asked.direction == "forward"
    seen = set(look.rows["from_key" if forward else "to_key"])
    kept: EndKind = "held" if forward else "opening"
    named: dict[tuple[EndKind, str], int] = defaultdict(int)
    for (ended, account), value in trail.ends.items():
        kind = kept if ended == "silent" and account in seen else ended  # it pays, if in other currencies alone
        why = look.refused.get(account) or ("small" if value < max(least, 1) else "far")
        named[why if kind == "beyond" else kind, account] += value
    return named


def _evened(ends: Ends, followed: int) -> dict[tuple[EndKind, str], int]:
    """Fine parts as whole units that add up: the largest end takes what rounding down leaves."""
    rounded = {end: value // FINE for end, value in ends.items()}
    largest = max(rounded, key=lambda end: (rounded[end], end))
    rounded[largest] += followed - sum(rounded.values())
    return {end: value for end, value in rounded.items() if value}


def _places(rows: pl.DataFrame) -> dict[str, Place]:
    """Every account by key, as it was written last, with the country that was stated last."""
    found = {CASH: Place("", "", "")}
    for side in ("from", "to"):
        own = rows.select(key=f"{side}_key", account=f"{side}_account", country=f"{side}_country").drop_nulls("key")
        latest = own.group_by("key", maintain_order=True).agg(
            pl.col("account").last(), pl.col("country").drop_nulls().last()
        )
        for key, account, country in latest.iter_rows():
            known = found.get(key)
            found[key] = Place(key, account or key, country or (known.country if known else ""))
    return found


def _other_currencies(look: Look, trail: Trail) -> dict[str, tuple[str, ...]]:
    """In which other currencies accounts paid (backward: were paid) on or after (before) the day on which the money was there."""
    if look.asked.value == "base" or not trail.traced:
        return {}
    forward = look.asked.direction == "forward"
    here, there = ("to_key", "from_key") if forward else ("from_key", "to_key")
    touched = look.kept[sorted(trail.traced)].group_by(pl.col(here).alias("key"))
    day = pl.col("occurred_at").dt.date()
    since = touched.agg(edge=day.min() if forward else day.max())
    elsewhere = look.rows.filter(pl.col("currency") != look.asked.currency).join(since, left_on=there, right_on="key")
    late = elsewhere.filter(day >= pl.col("edge") if forward else day <= pl.col("edge"))
    grouped = late.group_by(there).agg(pl.col("currency").unique().sort())
    return {key: tuple(currencies) for key, currencies in grouped.iter_rows()}


def _steps(look: Look, trail: Trail, places: Mapping[str, Place]) -> tuple[tuple[Step, ...], int]:
    """The transactions that carried most of the money, in order of time, and how many more there are."""
    carried = sorted(trail.traced, key=lambda place: (-trail.traced[place], place))
    shown = sorted(carried[:MOST_STEPS])
    rows = look.kept[shown].to_dicts() if shown else []
    forward = look.asked.direction == "forward"
    steps = []
    for place, row in zip(shown, rows, strict=True):
        moved = look.movements[place]
        near = moved.payer if forward else moved.payee
        steps.append(
            _step(row, decimal(moved.value), decimal(trail.traced[place] // FINE), look.looked.get(near, 0) + 1, places)
        )
    return tuple(steps), len(carried) - len(shown)


def _step(row: Mapping[str, Any], value: Decimal, traced: Decimal, hop: int, places: Mapping[str, Place]) -> Step:
    return Step(
        batch=row["batch"],
        reference=row["reference"],
        submitter=row["submitter"],
        also=tuple(row["also"] or ()),
        occurred_at=row["occurred_at"],
        day_only=row["precision"] == "day",
        channel=row["channel"],
        payer=places[row["from_key"] or CASH],
        payee=places[row["to_key"] or CASH],
        amount=row["amount"],
        currency=row["currency"],
        value=value,
        traced=traced,
        hop=hop,
    )


def _crossed(look: Look, trail: Trail, whole: Mapping[str, Pool], places: Mapping[str, Place]) -> tuple[Crossed, ...]:
    """The accounts that were looked into, nearest first, with how much of the money came to each."""
    forward = look.asked.direction == "forward"
    came: dict[str, int] = defaultdict(int)
    for place, value in trail.traced.items():
        came[look.movements[place].payee if forward else look.movements[place].payer] += value
    rows: Sequence[tuple[str, int]] = sorted(look.looked.items(), key=lambda each: (each[1], -came[each[0]], each[0]))
    return tuple(
        Crossed(
            places[account],
            hop,
            len(whole[account].incoming) + len(whole[account].outgoing),
            decimal(came[account] // FINE),
            decimal(whole[account].opening),
        )
        for account, hop in rows
    )
