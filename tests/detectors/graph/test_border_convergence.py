"""Border convergence: equal to plain enumeration, day-aware, and indifferent to threads and to the order of its input."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from detectors.api import SnapshotView, default_params
from detectors.graph.border_convergence import META, find
from schemas.finding import RAW_FINDING
from tests.detectors.graph.worlds import (
    DAY,
    MONDAY,
    Found,
    Payment,
    Shape,
    each_world,
    facts_of,
    found,
    legs_of,
    random_worlds,
    spans_meet,
    view_of,
)

DEFAULTS = default_params(META)
FEW = Shape(accounts=9, payments=30, days=25, funnel=0.4, two_way=0.05)
SPREAD = Shape(accounts=10, payments=40, days=60, funnel=0.3, two_way=0.0)
BORDER = "frontier"

Params = Mapping[str, int | Decimal]


def with_places(payments: Iterable[Payment], seed: int) -> list[Payment]:
    """Each payment made in one of four towns, at the border, or nobody knows where."""
    chance = random.Random(seed)
    towns = ("a", "b", "c", "d", BORDER, None)
    return [replace(row, place=chance.choices(towns, (3, 3, 3, 3, 2, 1))[0]) for row in payments]


def snapshot(
    payments: Sequence[Payment], *, listed: bool, threads: int = 1, shuffled: int | None = None
) -> SnapshotView:
    view = view_of(payments, threads=threads, shuffled=shuffled)
    if listed:
        view.execute("insert into places values (?, 'XX', 'border'), ('a', 'XX', 'port')", [BORDER])
    return view


def plainly(payments: Sequence[Payment], params: Params, listed: bool) -> list[Found]:
    """Every finding by enumeration, from the definition."""
    legs = legs_of(payments, least_amount=int(params["least_amount"]), hub_cap=int(params["hub_cap"]))
    where = {row.txn: row.place for row in payments}
    width = int(params["window_days"]) * DAY
    met: dict[frozenset[int | None], int] = {}
    for row in payments:
        sides = frozenset((row.payer, row.payee))
        met[sides] = min(met.get(sides, row.t_s), row.t_s)
    findings: list[Found] = []
    for payee in {leg.payee for leg in legs}:
        paid = [leg for leg in legs if leg.payee == payee]
        candidates = []
        for opens in {leg.t_s for leg in paid}:
            inside = [leg for leg in paid if leg.t_s >= opens and leg.t_end_s < opens + width]
            mine = [leg for leg in inside if met[frozenset((leg.payer, payee))] >= opens]
            senders = _groups({leg.payer for leg in mine}, met, opens + width)
            # A payment made nowhere known was made at the payer's institution, which is the same for everybody here.
            names = {where[leg.txn] or "somewhere" for leg in mine}
            places = names - {BORDER} if listed else names
            touches = [
                row
                for row in payments
                if payee in {row.payer, row.payee} and row.place == BORDER and not row.is_reversal
                if opens + width - params["near_days"] * DAY <= row.t_s < opens + 2 * width
            ]
            if (
                len(senders) >= params["least_senders" if listed else "unlisted_senders"]
                and len(places) >= params["least_places"]
                and 1000 * sum(leg.amount for leg in mine)
                >= params["least_explained"] * sum(leg.amount for leg in inside)
                and (touches or not listed)
            ):
                candidates.append((-len(senders), -len(places), opens, mine))
        kept: list[Found] = []
        for _, _, _, mine in sorted(candidates, key=lambda each: each[:3]):
            finding = Found(
                payee,
                min(leg.t_s for leg in mine),
                max(leg.t_end_s for leg in mine),
                tuple(leg.txn for leg in mine),
                tuple(sorted({(payee, "collector"), *((leg.payer, "payer") for leg in mine)})),
            )
            if not any(spans_meet(finding, other) for other in kept):
                kept.append(finding)
        findings += kept
    return sorted(findings)


def _groups(payers: set[int], met: Mapping[frozenset[int | None], int], before: int) -> set[frozenset[int]]:
    groups = {frozenset({payer}) for payer in payers}
    for sides, first in met.items():
        if first < before and len(sides) == 2 and sides <= payers:
            touched = {group for group in groups if group & sides}
            groups = (groups - touched) | {frozenset().union(*touched)}
    return groups


@pytest.mark.parametrize(
    ("seed", "shape", "changed", "listed"),
    [
        (1, FEW, {"least_senders": 3}, True),
        (2, FEW, {"least_senders": 3, "near_days": 3, "window_days": 5}, True),
        (3, SPREAD, {"unlisted_senders": 3, "least_places": 2}, False),
        (4, SPREAD, {"least_senders": 2, "least_explained": 900, "window_days": 14}, True),
        (5, FEW, {"least_senders": 2, "unlisted_senders": 2, "least_explained": 0, "least_amount": 900}, False),
        (6, FEW, {"least_senders": 2, "least_places": 2, "hub_cap": 12}, True),
    ],
)
def test_random_worlds_give_what_plain_enumeration_gives(
    seed: int, shape: Shape, changed: dict[str, int], listed: bool
) -> None:
    params = {**DEFAULTS, **changed}
    worlds = with_places(random_worlds(seed, 150, shape), seed)
    expected = [each for world in each_world(worlds, shape) for each in plainly(world, params, listed)]
    assert len(expected) > 10
    assert found(find(snapshot(worlds, listed=listed), params)) == sorted(expected)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_and_the_order_of_rows_change_nothing(threads: int) -> None:
    worlds = with_places(random_worlds(11, 100, FEW), 1)
    params = {**DEFAULTS, "least_senders": 3}
    first = find(snapshot(worlds, listed=True), params)
    assert first.height > 5
    assert first.schema == RAW_FINDING
    assert find(snapshot(worlds, listed=True, threads=threads, shuffled=threads), params).equals(first)


def test_senders_who_deal_with_each_other_count_once_and_are_all_shown() -> None:
    rows = [
        Payment(number, MONDAY + number * DAY, MONDAY + number * DAY, payer, payee, Decimal(100), place=place)
        for number, (payer, payee, place) in enumerate(
            [(1, 2, "a"), (1, 9, "a"), (2, 9, "b"), (3, 9, "c"), (4, 9, "a"), (5, 9, "b"), (9, 7, BORDER)]
        )
    ]
    frame = find(snapshot(rows, listed=True), DEFAULTS)
    assert facts_of(frame) == [
        {"senders": 4, "places": 3, "border": 1, "received": "500.0000", "explained": 1000, "days": 5, "payments": 5}
    ]
    assert found(find(snapshot([row for row in rows if row.payer != 5], listed=True), DEFAULTS)) == []


def test_a_snapshot_without_transactions_gives_an_empty_frame_of_the_right_shape() -> None:
    frame = find(view_of([]), DEFAULTS)
    assert frame.is_empty()
    assert frame.schema == RAW_FINDING
