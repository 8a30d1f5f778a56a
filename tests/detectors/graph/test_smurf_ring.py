"""Smurf ring: equal to plain enumeration, day-aware, and indifferent to threads and to the order of its input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations

import pytest

from detectors.api import default_params
from detectors.graph.smurf_ring import META, find
from schemas.finding import RAW_FINDING
from tests.detectors.graph.worlds import (
    DAY,
    MONDAY,
    THRESHOLD,
    Found,
    Leg,
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
FEW = Shape(accounts=7, payments=26, days=20, two_way=0.05, amounts=(1000, 950, 2000, 3999, 4000))
MANY = Shape(accounts=8, payments=40, days=40, two_way=0.0)
BUSY = Shape(accounts=6, payments=30, days=16, two_way=0.0)

Params = Mapping[str, int | Decimal]
Part = tuple[tuple[int, int], list[Leg]]
"""Two beneficiaries and the payments of their common senders in one window."""


def plainly(payments: Sequence[Payment], params: Params) -> list[Found]:
    """Every finding by enumeration, from the definition."""
    legs = legs_of(payments, least_amount=int(params["least_amount"]), hub_cap=int(params["hub_cap"]))
    small = [
        leg
        for leg in legs
        if leg.amount < THRESHOLD * 10_000
        and not any(row.payer == leg.payee and row.payee == leg.payer and row.t_s <= leg.t_end_s for row in payments)
    ]
    parts: list[Part] = []
    for pair in combinations(sorted({leg.payee for leg in small}), 2):
        kept: list[Part] = []
        for part in _windows(pair, small, legs, params):
            if not any(spans_meet(_span(part), _span(other)) for other in kept):
                kept.append(part)
        parts += kept
    groups: list[list[Part]] = []
    for part in parts:
        mine = [group for group in groups if any(_together(part, other, params) for other in group)]
        groups = [group for group in groups if group not in mine] + [
            [part, *(each for group in mine for each in group)]
        ]
    return sorted(_finding(group) for group in groups)


def _windows(pair: tuple[int, int], small: list[Leg], legs: list[Leg], params: Params) -> list[Part]:
    width = params["window_days"] * DAY
    candidates = []
    for opens in {leg.t_s for leg in small if leg.payee in pair}:
        inside = [leg for leg in small if leg.payee in pair and leg.t_s >= opens and leg.t_end_s < opens + width]
        senders = {leg.payer for leg in inside if leg.payee == pair[0]} & {
            leg.payer for leg in inside if leg.payee == pair[1]
        }
        shared = [leg for leg in inside if leg.payer in senders]
        lived_on = all(
            1000 * sum(leg.amount for leg in shared if leg.payee == account)
            >= params["least_explained"]
            * sum(
                leg.amount for leg in legs if leg.payee == account and leg.t_s >= opens and leg.t_end_s < opens + width
            )
            for account in pair
        )
        money = sum(leg.amount for leg in shared)
        if (
            len(senders) >= params["least_senders"]
            and any(leg.t_s == opens for leg in shared)
            and lived_on
            and 1000 * money >= params["least_of_threshold"] * THRESHOLD * 10_000
        ):
            candidates.append((-len(senders), -money, opens, shared))
    return [(pair, shared) for _, _, _, shared in sorted(candidates, key=lambda each: each[:3])]


def _span(part: Part) -> Found:
    return Found(0, min(leg.t_s for leg in part[1]), max(leg.t_end_s for leg in part[1]), (), ())


def _together(one: Part, other: Part, params: Params) -> bool:
    common = {leg.payer for leg in one[1]} & {leg.payer for leg in other[1]}
    return (
        bool(set(one[0]) & set(other[0]))
        and len(common) >= params["least_senders"]
        and spans_meet(_span(one), _span(other))
    )


def _finding(group: list[Part]) -> Found:
    legs = {leg for _, shared in group for leg in shared}
    received: dict[int, int] = defaultdict(int)
    for leg in legs:
        received[leg.payee] += leg.amount
    roles = dict.fromkeys(received, "beneficiary") | {leg.payer: "payer" for leg in legs}
    return Found(
        min(received, key=lambda account: (-received[account], account)),
        min(leg.t_s for leg in legs),
        max(leg.t_end_s for leg in legs),
        tuple(sorted(leg.txn for leg in legs)),
        tuple(sorted(roles.items())),
    )


@pytest.mark.parametrize(
    ("seed", "shape", "changed"),
    [
        (1, FEW, {"least_senders": 2}),
        (2, BUSY, {"least_explained": 400}),
        (3, MANY, {"least_senders": 2, "window_days": 9}),
        (4, MANY, {"least_senders": 2, "least_explained": 900, "least_of_threshold": 900}),
        (5, BUSY, {"least_explained": 0, "window_days": 13}),
        (6, MANY, {"least_senders": 2, "hub_cap": 13, "least_amount": 900}),
    ],
)
def test_random_worlds_give_what_plain_enumeration_gives(seed: int, shape: Shape, changed: dict[str, int]) -> None:
    params = {**DEFAULTS, **changed}
    worlds = random_worlds(seed, 200, shape)
    expected = [each for world in each_world(worlds, shape) for each in plainly(world, params)]
    assert len(expected) > 10
    assert found(find(view_of(worlds), params)) == sorted(expected)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_and_the_order_of_rows_change_nothing(threads: int) -> None:
    worlds = random_worlds(11, 100, FEW)
    params = {**DEFAULTS, "least_senders": 2}
    first = find(view_of(worlds), params)
    assert first.height > 5
    assert first.schema == RAW_FINDING
    assert find(view_of(worlds, threads=threads, shuffled=threads), params).equals(first)


def test_a_ring_of_many_beneficiaries_is_one_finding() -> None:
    rows = [
        Payment(number, MONDAY + number * 3600, MONDAY + number * 3600, sender, beneficiary, Decimal(500))
        for number, (sender, beneficiary) in enumerate((s, b) for s in range(4) for b in range(10, 15))
    ]
    frame = find(view_of(rows), DEFAULTS)
    assert [each.evidence for each in found(frame)] == [tuple(range(20))]
    assert facts_of(frame)[0] == {
        "senders": 4, "beneficiaries": 5, "received": "10000.0000", "threshold": "4000.0000", "needed": "2000.0000",
        "explained": 1000, "days": 1, "payments": 20,
    }  # fmt: skip


def test_a_snapshot_without_transactions_gives_an_empty_frame_of_the_right_shape() -> None:
    frame = find(view_of([]), DEFAULTS)
    assert frame.is_empty()
    assert frame.schema == RAW_FINDING
