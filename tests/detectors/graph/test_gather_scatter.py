"""Gather-scatter: equal to plain enumeration, day-aware, and indifferent to threads and to the order of its input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from detectors.api import default_params
from detectors.graph.gather_scatter import META, find
from schemas.finding import RAW_FINDING
from tests.detectors.graph.worlds import (
    DAY,
    MONDAY,
    Found,
    Leg,
    Payment,
    Shape,
    facts_of,
    found,
    legs_of,
    random_worlds,
    spans_meet,
    view_of,
)

DEFAULTS = default_params(META)
SMALL = {**DEFAULTS, "least_senders": 2, "least_receivers": 2}
BUSY = Shape(accounts=9, payments=24, days=3, funnel=0.7)
LONG = Shape(accounts=8, payments=40, days=12, two_way=0.5, funnel=0.6)

Ranked = tuple[tuple[int, int, int, int], Found]


def plainly(payments: Sequence[Payment], params: Mapping[str, int | Decimal]) -> list[Found]:
    """Every finding by enumeration, from the definition."""
    legs = legs_of(payments, least_amount=int(params["least_amount"]), hub_cap=int(params["hub_cap"]))
    findings: list[Found] = []
    for hub in {account for leg in legs for account in (leg.payer, leg.payee)}:
        mine: list[Found] = []
        for _, sighting in sorted(_sightings(hub, [leg for leg in legs if hub in (leg.payer, leg.payee)], params)):
            if not any(spans_meet(sighting, other) for other in mine):
                mine.append(sighting)
        findings += mine
    return sorted(findings)


def _sightings(hub: int, legs: list[Leg], params: Mapping[str, int | Decimal]) -> list[Ranked]:
    width = int(params["window_days"]) * DAY
    ranked = []
    for opens in {leg.t_s for leg in legs}:
        window = [leg for leg in legs if leg.t_s >= opens and leg.t_end_s < opens + width]
        for parts in {leg.t_s for leg in window if leg.payee == hub}:
            ins = [leg for leg in window if leg.payee == hub and leg.t_s <= parts]
            outs = [leg for leg in window if leg.payer == hub and leg.t_end_s >= parts]
            both = {leg.payer for leg in ins} & {leg.payee for leg in outs}
            ins = [leg for leg in ins if leg.payer not in both]
            outs = [leg for leg in outs if leg.payee not in both]
            senders, receivers = {leg.payer for leg in ins}, {leg.payee for leg in outs}
            gathered, scattered = sum(leg.amount for leg in ins), sum(leg.amount for leg in outs)
            turnover = sum(leg.amount for leg in window)
            if (
                len(senders) >= params["least_senders"]
                and len(receivers) >= params["least_receivers"]
                and params["least_share"] * gathered <= 1000 * scattered <= params["most_share"] * gathered
                and 1000 * (gathered + scattered) >= params["least_explained"] * turnover
            ):
                members = [(hub, "collector"), *((one, "payer") for one in senders)]
                members += [(one, "beneficiary") for one in receivers]
                sighting = Found(
                    hub,
                    min(leg.t_s for leg in ins + outs),
                    max(leg.t_end_s for leg in ins + outs),
                    tuple(sorted(leg.txn for leg in ins + outs)),
                    tuple(sorted(members)),
                )
                ranked.append(((-len(senders) - len(receivers), -gathered, opens, parts), sighting))
    return ranked


@pytest.mark.parametrize(
    ("seed", "shape", "changed"),
    [
        (1, BUSY, {}),
        (2, BUSY, {"window_days": 2, "least_explained": 0}),
        (3, LONG, {"least_explained": 600}),
        (4, LONG, {"window_days": 5, "least_senders": 1, "least_share": 900, "most_share": 1200}),
        (5, Shape(accounts=9, payments=60, days=9, funnel=0.7), {"window_days": 1, "least_explained": 300}),
        (6, BUSY, {"hub_cap": 17, "least_explained": 500}),
        (
            7,
            Shape(accounts=12, payments=40, days=3, funnel=0.9),
            {"least_senders": 4, "least_receivers": 4, "least_explained": 400},
        ),
    ],
)
def test_random_worlds_give_what_plain_enumeration_gives(seed: int, shape: Shape, changed: dict[str, int]) -> None:
    params = {**SMALL, **changed}
    worlds = random_worlds(seed, 120, shape)
    expected = plainly(worlds, params)
    assert len(expected) > 10
    assert found(find(view_of(worlds), params)) == expected


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_and_the_order_of_rows_change_nothing(threads: int) -> None:
    worlds = random_worlds(11, 150, BUSY)
    first = find(view_of(worlds), SMALL)
    assert first.schema == RAW_FINDING
    assert not first.is_empty()
    assert find(view_of(worlds, threads=threads, shuffled=threads), SMALL).equals(first)


def payment(txn: int, payer: int, payee: int, amount: int, *, hour: int) -> Payment:
    t_s = MONDAY + hour * 3600
    return Payment(txn, t_s, t_s, payer, payee, Decimal(amount))


def test_a_gathering_says_how_much_of_it_went_out_and_how_much_else_the_account_did() -> None:
    rows = [payment(txn, 1 + txn, 0, 1000, hour=txn) for txn in range(4)]
    rows += [payment(4 + txn, 0, 11 + txn, 900, hour=50 + txn) for txn in range(4)]
    rows += [payment(8, 0, 20, 300, hour=2), payment(9, 21, 0, 500, hour=55)]
    assert facts_of(find(view_of(rows), DEFAULTS)) == [
        {
            "senders": 4,
            "receivers": 4,
            "gathered": "4000.0000",
            "scattered": "3600.0000",
            "share": 900,
            "explained": 904,
            "days": 3,
            "payments": 8,
        }
    ]


def test_a_second_gathering_of_the_same_account_is_another_finding() -> None:
    rows = []
    for week in range(2):
        rows += [payment(8 * week + txn, 1 + txn, 0, 1000, hour=168 * week + txn) for txn in range(4)]
        rows += [payment(8 * week + 4 + txn, 0, 11 + txn, 900, hour=168 * week + 30 + txn) for txn in range(4)]
    assert [finding.evidence for finding in found(find(view_of(rows), DEFAULTS))] == [
        tuple(range(8)),
        tuple(range(8, 16)),
    ]


def test_a_snapshot_without_transactions_gives_an_empty_frame_of_the_right_shape() -> None:
    frame = find(view_of([]), DEFAULTS)
    assert frame.is_empty()
    assert frame.schema == RAW_FINDING
