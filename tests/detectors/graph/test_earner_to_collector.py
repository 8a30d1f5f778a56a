"""Earner to collector: equal to plain enumeration, day-aware, and indifferent to threads and to the order of its input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import pytest

from detectors.api import default_params
from detectors.graph.earner_to_collector import META, find
from schemas.finding import RAW_FINDING
from tests.detectors.graph.worlds import (
    DAY,
    MONDAY,
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
PLAIN = Shape(accounts=7, payments=30, days=14, amounts=(1000, 950, 900), funnel=0.3)
FEW = Shape(accounts=5, payments=30, days=10, amounts=(1000, 950, 900, 1900), two_way=0.0)
OFTEN = Shape(accounts=4, payments=60, days=60, amounts=(1000, 980, 960), two_way=0.0)

Params = Mapping[str, int | Decimal]


class Turn(NamedTuple):
    """In the order in which turns are taken; sums in ten-thousandths."""

    less_forwarded: int
    end_s: int
    start_s: int
    ins: tuple[int, ...]
    outs: tuple[int, ...]
    sources: frozenset[int]

    @property
    def span(self) -> Found:
        return Found(0, self.start_s, self.end_s, (), ())


def plainly(payments: Sequence[Payment], params: Params) -> list[Found]:
    """Every finding by enumeration, from the definition."""
    legs = legs_of(payments, least_amount=int(params["least_amount"]), hub_cap=int(params["hub_cap"]))
    findings: list[Found] = []
    for collector in {leg.payee for leg in legs}:
        turns: dict[int, list[Turn]] = defaultdict(list)
        for person in {leg.payer for leg in legs if leg.payee == collector}:
            for turn in sorted(_turns(payments, legs, person, collector, params), key=lambda turn: turn[:5]):
                if not any(spans_meet(turn.span, other.span) for other in turns[person]):
                    turns[person].append(turn)
        findings += _windows(collector, turns, params)
    return sorted(findings)


def _turns(
    payments: Sequence[Payment], legs: Sequence[Leg], person: int, collector: int, params: Params
) -> Iterator[Turn]:
    near = params["forward_days"] * DAY
    mine = [leg for leg in legs if leg.payer == person and leg.payee == collector]
    for last in mine:
        ins = [
            row
            for row in payments
            if row.payee == person and row.payer not in {person, collector} and row.base is not None
            if not row.is_reversal and row.t_s <= last.t_end_s
            if max(row.t_end_s, last.t_end_s) - min(row.t_s, last.t_s) < near
        ]
        outs = [leg for leg in mine if leg.t_end_s <= last.t_end_s and last.t_end_s - leg.t_s < near]
        received = sum(int(row.base * 10_000) for row in ins if row.base is not None)
        forwarded = sum(leg.amount for leg in outs)
        if ins and params["least_share"] * received <= 1000 * forwarded <= params["most_share"] * received:
            yield Turn(
                -forwarded,
                last.t_end_s,
                min([*(row.t_s for row in ins), *(leg.t_s for leg in outs)]),
                tuple(sorted(row.txn for row in ins)),
                tuple(sorted(leg.txn for leg in outs)),
                frozenset(row.payer for row in ins if row.payer is not None),
            )


def _windows(collector: int, turns: Mapping[int, list[Turn]], params: Params) -> list[Found]:
    candidates = []
    for opens in {turn.start_s for mine in turns.values() for turn in mine}:
        closes = opens + params["window_days"] * DAY
        inside = {
            person: [turn for turn in mine if turn.start_s >= opens and turn.end_s < closes]
            for person, mine in turns.items()
        }
        often = {person: mine for person, mine in inside.items() if len(mine) >= params["least_times"]}
        if len(often) >= params["least_people"]:
            candidates.append(
                (-len(often), sum(t.less_forwarded for mine in often.values() for t in mine), opens, often)
            )
    kept: list[Found] = []
    for _, _, _, often in sorted(candidates, key=lambda each: each[:3]):
        flat = [turn for mine in often.values() for turn in mine]
        roles = dict.fromkeys((source for turn in flat for source in turn.sources), "payer")
        roles |= dict.fromkeys(often, "possible_victim") | {collector: "collector"}
        finding = Found(
            collector,
            min(turn.start_s for turn in flat),
            max(turn.end_s for turn in flat),
            tuple(sorted({txn for turn in flat for txn in turn.ins + turn.outs})),
            tuple(sorted(roles.items())),
        )
        if not any(spans_meet(finding, other) for other in kept):
            kept.append(finding)
    return kept


@pytest.mark.parametrize(
    ("seed", "shape", "changed"),
    [
        (1, PLAIN, {"least_people": 2}),
        (2, FEW, {"least_people": 2, "window_days": 5}),
        (3, FEW, {"least_people": 2, "window_days": 9, "forward_days": 2, "least_share": 600}),
        (4, PLAIN, {"forward_days": 3, "most_share": 1500, "least_share": 500}),
        (5, OFTEN, {"least_people": 2, "least_times": 2, "window_days": 60, "least_share": 500, "most_share": 1500}),
        (6, PLAIN, {"least_people": 2, "hub_cap": 20, "least_amount": 500}),
    ],
)
def test_random_worlds_give_what_plain_enumeration_gives(seed: int, shape: Shape, changed: dict[str, int]) -> None:
    params = {**DEFAULTS, **changed}
    worlds = random_worlds(seed, 250, shape)
    expected = [each for world in each_world(worlds, shape) for each in plainly(world, params)]
    assert len(expected) > 5
    assert found(find(view_of(worlds), params)) == sorted(expected)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_and_the_order_of_rows_change_nothing(threads: int) -> None:
    worlds = random_worlds(11, 100, PLAIN)
    params = {**DEFAULTS, "least_people": 2}
    first = find(view_of(worlds), params)
    assert first.height > 5
    assert first.schema == RAW_FINDING
    assert find(view_of(worlds, threads=threads, shuffled=threads), params).equals(first)


def payment(txn: int, payer: int | None, payee: int, amount: int, *, day: int, hour: int) -> Payment:
    t_s = MONDAY + day * DAY + hour * 3600
    return Payment(txn, t_s, t_s, payer, payee, Decimal(amount))


def test_those_who_hand_on_are_possible_victims_even_where_they_pay_each_other() -> None:
    rows = [payment(2 * i, 8, i, 100, day=i, hour=9) for i in (1, 2, 3)]
    rows += [payment(2 * i + 1, i, 9, 90, day=i, hour=10) for i in (1, 2, 3)]
    rows.append(payment(8, 1, 2, 10, day=2, hour=9))
    frame = find(view_of(rows), DEFAULTS)
    victims = (1, "possible_victim"), (2, "possible_victim"), (3, "possible_victim")
    assert [each.members for each in found(frame)] == [(*victims, (8, "payer"), (9, "collector"))]
    assert facts_of(frame)[0] == {
        "people": 3, "times": 3, "payers": 2, "received": "310.0000", "forwarded": "270.0000", "share": 870, "days": 3,
    }  # fmt: skip


def test_a_snapshot_without_transactions_gives_an_empty_frame_of_the_right_shape() -> None:
    frame = find(view_of([]), DEFAULTS)
    assert frame.is_empty()
    assert frame.schema == RAW_FINDING
