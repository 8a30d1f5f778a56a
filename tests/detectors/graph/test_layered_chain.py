"""Layered chain: equal to plain enumeration, day-aware, and indifferent to threads and to the order of its input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import pytest

from detectors.api import default_params
from detectors.graph.layered_chain import META, find
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
    view_of,
)

DEFAULTS = default_params(META)
SPARSE = Shape(accounts=9, payments=14, days=8, amounts=(1000, 950, 900, 990, 1010), oddities=0.05, two_way=0.0)
DENSE = Shape(accounts=7, payments=24, days=10, two_way=0.1)

Params = Mapping[str, int | Decimal]


def plainly(payments: Sequence[Payment], params: Params) -> list[Found]:
    """Every finding by enumeration, from the definition."""
    legs = legs_of(payments, least_amount=int(params["least_amount"]), hub_cap=int(params["hub_cap"]))
    goes_on = {(a, b) for a in legs for b in legs if _goes_on(a, b, payments, params)}
    following = {a: min((y for x, y in goes_on if x == a), key=lambda y: (-y.amount, y.txn)) for a, _ in goes_on}
    preceding = {b: min((x for x, y in goes_on if y == b), key=lambda x: (-x.amount, -x.txn)) for _, b in goes_on}
    linked = {a: b for a, b in following.items() if preceding[b] == a}
    findings = []
    for first in set(linked) - set(linked.values()):
        run = [first]
        while run[-1] in linked:
            run.append(linked[run[-1]])
        for chain in _pieces(run):
            if len(chain) >= params["least_hops"]:
                members = {leg.payee: "mule" for leg in chain}
                members |= {chain[0].payer: "payer", chain[-1].payee: "beneficiary"}
                findings.append(
                    Found(
                        chain[-1].payee,
                        min(leg.t_s for leg in chain),
                        max(leg.t_end_s for leg in chain),
                        tuple(sorted(leg.txn for leg in chain)),
                        tuple(sorted(members.items())),
                    )
                )
    return sorted(findings)


def _goes_on(a: Leg, b: Leg, payments: Sequence[Payment], params: Params) -> bool:
    fits = (
        a.payee == b.payer
        and a.payer != b.payee
        and a.t_s <= b.t_end_s
        and max(a.t_end_s, b.t_end_s) - min(a.t_s, b.t_s) < params["window_days"] * DAY
        and params["least_share"] * a.amount <= 1000 * b.amount <= params["most_share"] * a.amount
    )
    if not fits:
        return False
    turnover = 0
    for row in payments:
        if row.base is not None and not row.is_reversal and a.t_s // DAY <= row.t_s // DAY <= b.t_s // DAY:
            turnover += int(row.base * 10_000) * ((row.payer == a.payee) + (row.payee == a.payee))
    return 1000 * (a.amount + b.amount) >= params["least_explained"] * turnover


def _pieces(run: list[Leg]) -> Iterator[list[Leg]]:
    piece: list[Leg] = []
    for leg in run:
        accounts = {account for each in piece for account in (each.payer, each.payee)}
        in_turn = all(each.t_s <= leg.t_end_s for each in piece)
        if piece and (leg.payee in accounts or not in_turn):
            yield piece
            piece = []
        piece = [*piece, leg]
    yield piece


@pytest.mark.parametrize(
    ("seed", "shape", "changed"),
    [
        (1, SPARSE, {}),
        (2, SPARSE, {"least_explained": 500}),
        (3, DENSE, {"least_explained": 0, "window_days": 4}),
        (4, DENSE, {"least_hops": 2, "least_explained": 700}),
        (5, SPARSE, {"least_explained": 0, "window_days": 1, "least_share": 900}),
        (6, SPARSE, {"least_explained": 400, "hub_cap": 10, "window_days": 6}),
    ],
)
def test_random_worlds_give_what_plain_enumeration_gives(seed: int, shape: Shape, changed: dict[str, int]) -> None:
    params = {**DEFAULTS, **changed}
    worlds = random_worlds(seed, 250, shape)
    expected = [each for world in each_world(worlds, shape) for each in plainly(world, params)]
    assert len(expected) > 10
    assert found(find(view_of(worlds), params)) == sorted(expected)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_and_the_order_of_rows_change_nothing(threads: int) -> None:
    worlds = random_worlds(11, 100, SPARSE)
    first = find(view_of(worlds), DEFAULTS)
    assert first.schema == RAW_FINDING
    assert find(view_of(worlds, threads=threads, shuffled=threads), DEFAULTS).equals(first)


def payment(txn: int, payer: int, payee: int, amount: int, *, hour: int, day_only: bool = False) -> Payment:
    t_s = MONDAY + (hour // 24 * DAY if day_only else hour * 3600)
    return Payment(txn, t_s, t_s + (DAY - 1 if day_only else 0), payer, payee, Decimal(amount))


def test_a_chain_is_one_finding_however_long_and_says_what_arrived() -> None:
    rows = [payment(hop, hop, hop + 1, 1000 - 10 * hop, hour=20 * hop) for hop in range(9)]
    frame = find(view_of(rows), DEFAULTS)
    assert [each.evidence for each in found(frame)] == [tuple(range(9))]
    assert facts_of(frame)[0] == {
        "hops": 9, "sent": "1000.0000", "arrived": "920.0000", "share": 920, "least_passed": 989,
        "kept": 1, "explained": 1000, "days": 7,
    }  # fmt: skip


def test_a_chain_is_cut_where_a_payment_cannot_follow_all_before_it() -> None:
    rows = [
        payment(0, 0, 1, 1000, hour=15),
        payment(1, 1, 2, 990, hour=0, day_only=True),
        payment(2, 2, 3, 980, hour=10),
        payment(3, 3, 4, 970, hour=12),
    ]
    assert not found(find(view_of(rows), DEFAULTS))
    at_noon = [payment(2, 2, 3, 980, hour=15), payment(3, 3, 4, 970, hour=16)]
    assert [each.evidence for each in found(find(view_of(rows[:2] + at_noon), DEFAULTS))] == [(0, 1, 2, 3)]


def test_money_that_comes_back_is_not_a_chain() -> None:
    rows = [payment(hop, hop, (hop + 1) % 3, 1000 - hop, hour=hop) for hop in range(3)]
    assert not found(find(view_of(rows), DEFAULTS))


def test_a_snapshot_without_transactions_gives_an_empty_frame_of_the_right_shape() -> None:
    frame = find(view_of([]), DEFAULTS)
    assert frame.is_empty()
    assert frame.schema == RAW_FINDING
