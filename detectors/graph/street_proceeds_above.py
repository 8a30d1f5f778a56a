"""Whom the heads of street proceeds pass it up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detectors.api import Params, SnapshotView
from detectors.graph.frames import to_units
from detectors.graph.legs import query

Cell = tuple[int, int]
"""The first day of a window, and a head."""

_PAID_MOST = """
with cells as (
    select unnest(?::integer[]) as first_day, unnest(?::integer[]) as head
),
moved as (
    select c.head, c.first_day, case when f.direction = 'out' then f.counterparty end as payee, sum(f.amount_base) as amount
    from cells as c
    join flows as f on f.account = c.head and f.day >= c.first_day and f.day < c.first_day + $window_days
    where (f.direction = 'in' or f.counterparty is not null) and f.counterparty is distinct from f.account
      and not f.is_reversal and f.amount_base is not null
    group by 1, 2, 3
),
placed as (
    select head, first_day, payee, amount,
           row_number() over (partition by head, first_day order by amount desc, payee) as nth
    from moved
    where payee is not null
),
taken as (
    select head, first_day, amount as took from moved where payee is null
)
select p.first_day, p.head, p.payee, p.amount, t.took
from placed as p
join taken as t on t.head = p.head and t.first_day = p.first_day
where p.nth = 1
order by p.first_day, p.head
"""
"""For each cell whom its head paid most in the window and how much, and how much the head took in at all, cash among it."""


def above(view: SnapshotView, cells: Mapping[Cell, Sequence[Mapping[str, Any]]], params: Params) -> dict[Cell, int]:
    """By cell, whom the head paid most, where that is a fair part of what its sellers (the rows of the cell) handed to it and no more
    than it took in at all: most of the street pays in notes, which a head puts in as cash.
    """
    paid = view.sql(query(_PAID_MOST, params), [list(each) for each in zip(*cells, strict=True)])
    found = {}
    for row in paid.iter_rows(named=True):
        cell = row["first_day"], row["head"]
        got = sum(to_units(seller["passed"]) for seller in cells[cell])
        passed = 1000 * to_units(row["amount"])
        if got * int(params["least_share"]) <= passed <= to_units(row["took"]) * int(params["most_share"]):
            found[cell] = row["payee"]
    return found
