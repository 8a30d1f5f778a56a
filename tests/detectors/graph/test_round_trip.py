"""Round trip: equal to plain enumeration, day-aware, and indifferent to threads and to the order of its input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import pytest

from detectors.api import default_params
from detectors.graph.round_trip import META, find
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
OPEN = {**DEFAULTS, "most_dealing_days": 100, "most_payers": 1000}
"""Neither established relations nor crowds silence anything."""
FEW = Shape(accounts=6, payments=20, days=9, two_way=0.1)
LIKE = Shape(accounts=7, payments=26, days=8, amounts=(1000, 990, 980, 960, 1010), oddities=0.05, two_way=0.0)
MANY = Shape(accounts=7, payments=36, days=60, two_way=0.3)

Params = Mapping[str, int | Decimal]


def plainly(payments: Sequence[Payment], params: Params) -> list[Found]:
    """Every finding by enumeration, from the definition."""
    legs = legs_of(payments, least_amount=int(params["least_amount"]), hub_cap=int(params["hub_cap"]))
    days: dict[frozenset[int | None], set[int]] = defaultdict(set)
    for row in payments:
        days[frozenset((row.payer, row.payee))].add(row.t_s // DAY)
    leaving: dict[int, list[Leg]] = defaultdict(list)
    for leg in legs:
        today = leg.t_s // DAY
        recent = [day for day in days[frozenset((leg.payer, leg.payee))] if today - params["quiet_days"] < day <= today]
        if len(recent) <= params["most_dealing_days"]:
            leaving[leg.payer].append(leg)
    by_ring: dict[tuple[int, ...], list[list[Leg]]] = defaultdict(list)
    for first in [leg for each in leaving.values() for leg in each]:
        for trip in _rounds([first], leaving, params):
            if not _crowded(trip, legs, params):
                around = [leg.payer for leg in trip]
                at = around.index(min(around))
                by_ring[tuple(around[at:] + around[:at])].append(trip)
    findings = []
    for trips in by_ring.values():
        mine: list[Found] = []
        for trip in sorted(trips, key=lambda trip: (*_span(trip), -trip[0].amount, [leg.txn for leg in trip])):
            members = [(leg.payer, "mule") for leg in trip[1:]] + [(trip[0].payer, "controller")]
            evidence = tuple(sorted(leg.txn for leg in trip))
            finding = Found(trip[0].payer, *_span(trip), evidence, tuple(sorted(members)))
            if not any(spans_meet(finding, other) for other in mine):
                mine.append(finding)
        findings += mine
    return sorted(findings)


def _rounds(way: list[Leg], leaving: Mapping[int, list[Leg]], params: Params) -> Iterator[list[Leg]]:
    origin, first = way[0].payer, way[0].amount
    if way[-1].payee == origin:
        large = first >= params["pair_amount"] * 10_000 and way[-1].amount * 1000 >= first * params["pair_share"]
        if len(way) > 2 or large:
            yield way
        return
    if len(way) == params["most_hops"]:
        return
    for leg in leaving[way[-1].payee]:
        longer = [*way, leg]
        start, end = _span(longer)
        if (
            (leg.payee == origin or leg.payee not in {each.payer for each in way})
            and params["least_share"] * first <= 1000 * leg.amount <= params["most_share"] * first
            and end - start < params["window_days"] * DAY
            and _could_happen_in_turn(longer)
        ):
            yield from _rounds(longer, leaving, params)


def _could_happen_in_turn(way: list[Leg]) -> bool:
    now = way[0].t_s
    for leg in way:
        now = max(now, leg.t_s)
        if now > leg.t_end_s:
            return False
    return True


def _crowded(trip: list[Leg], legs: list[Leg], params: Params) -> bool:
    end, first = _span(trip)[1], trip[0].amount
    for member in {leg.payer for leg in trip}:
        payers = {
            leg.payer
            for leg in legs
            if leg.payee == member
            and params["least_share"] * first <= 1000 * leg.amount <= params["most_share"] * first
            and leg.t_end_s <= end
            and leg.t_s > end - params["window_days"] * DAY
        }
        if len(payers) > params["most_payers"]:
            return True
    return False


def _span(way: list[Leg]) -> tuple[int, int]:
    return min(leg.t_s for leg in way), max(leg.t_end_s for leg in way)


@pytest.mark.parametrize(
    ("seed", "shape", "changed"),
    [
        (1, LIKE, {"most_dealing_days": 100, "most_payers": 1000}),
        (2, FEW, {}),
        (3, MANY, {}),
        (4, MANY, {"window_days": 10, "quiet_days": 20, "most_payers": 1, "pair_amount": 800}),
        (5, FEW, {"most_hops": 2, "pair_share": 950, "pair_amount": 800}),
        (6, LIKE, {"most_hops": 3, "most_share": 1200, "least_share": 950}),
        (7, LIKE, {"most_hops": 4, "window_days": 1, "most_payers": 9, "most_dealing_days": 9}),
        (8, LIKE, {"most_hops": 5, "most_dealing_days": 1, "hub_cap": 12, "most_payers": 4}),
        (9, Shape(accounts=6, payments=60, days=200), {"window_days": 60, "quiet_days": 30, "most_payers": 3}),
    ],
)
def test_random_worlds_give_what_plain_enumeration_gives(seed: int, shape: Shape, changed: dict[str, int]) -> None:
    params = {**DEFAULTS, **changed}
    worlds = random_worlds(seed, 100, shape)
    expected = plainly(worlds, params)
    assert len(expected) > 20
    assert found(find(view_of(worlds), params)) == expected


def test_rounds_of_every_length_are_among_those_compared() -> None:
    lengths = [len(finding.evidence) for finding in plainly(random_worlds(1, 100, LIKE), OPEN)]
    assert set(lengths) == {2, 3, 4, 5, 6}


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_and_the_order_of_rows_change_nothing(threads: int) -> None:
    worlds = random_worlds(11, 100, FEW)
    first = find(view_of(worlds), DEFAULTS)
    assert first.schema == RAW_FINDING
    assert not first.is_empty()
    assert find(view_of(worlds, threads=threads, shuffled=threads), DEFAULTS).equals(first)


def payment(txn: int, payer: int, payee: int, amount: int, *, day: int, hour: int | None = None) -> Payment:
    t_s = MONDAY + day * DAY + (hour or 0) * 3600
    return Payment(txn, t_s, t_s + (DAY - 1 if hour is None else 0), payer, payee, Decimal(amount))


def test_an_order_that_each_neighbour_allows_but_no_clock_does_is_no_round() -> None:
    hours = {(0, 1): 9, (1, 2): 15, (2, 3): None, (3, 0): 12}
    rows = [payment(txn, *pair, 1000, day=0, hour=hour) for txn, (pair, hour) in enumerate(hours.items())]
    assert find(view_of(rows), DEFAULTS).is_empty()
    rows[3] = payment(3, 3, 0, 1000, day=0, hour=16)
    assert [finding.subject for finding in found(find(view_of(rows), DEFAULTS))] == [0]


def test_one_round_seen_from_every_member_and_over_two_like_payments_is_one_finding() -> None:
    rows = [payment(0, 0, 1, 1000, day=0), payment(1, 1, 2, 990, day=0), payment(2, 1, 2, 985, day=0)]
    rows.append(payment(3, 2, 0, 980, day=0))
    frame = find(view_of(rows), DEFAULTS)
    assert [finding.evidence for finding in found(frame)] == [(0, 1, 3)]
    assert facts_of(frame) == [{"hops": 3, "sent": "1000.0000", "returned": "980.0000", "share": 980, "days": 1}]


def test_a_round_run_again_later_is_another_finding() -> None:
    rows = [
        payment(3 * turn + hop, hop, (hop + 1) % 3, 1000, day=40 * turn + hop) for turn in range(2) for hop in range(3)
    ]
    assert [finding.evidence for finding in found(find(view_of(rows), DEFAULTS))] == [(0, 1, 2), (3, 4, 5)]


def test_a_snapshot_without_transactions_gives_an_empty_frame_of_the_right_shape() -> None:
    frame = find(view_of([]), DEFAULTS)
    assert frame.is_empty()
    assert frame.schema == RAW_FINDING
