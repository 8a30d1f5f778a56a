"""Bipartite and stack: equal to plain enumeration, day-aware, and indifferent to threads and to the order of its input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations

import pytest

from detectors.api import default_params
from detectors.graph.bipartite_stack import META, find
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
DENSE = Shape(accounts=7, payments=34, days=16, two_way=0.0)
THICK = Shape(accounts=7, payments=48, days=8, two_way=0.0, amounts=(1000, 900))
SPREAD = Shape(accounts=8, payments=44, days=22, two_way=0.1)

Params = Mapping[str, int | Decimal]
Ties = frozenset[tuple[int, int]]


def plainly(payments: Sequence[Payment], params: Params) -> list[Found]:
    """Every finding by enumeration, from the definition."""
    legs = legs_of(payments, least_amount=int(params["least_amount"]), hub_cap=int(params["hub_cap"]))
    length = int(params["window_days"])
    days = {leg.t_s // DAY for leg in legs}
    candidates: list[tuple[tuple[int, ...], list[Leg]]] = []
    for opens in {day - back for day in days for back in range(length)}:
        inside = [leg for leg in legs if opens <= leg.t_s // DAY < opens + length]
        ways = {(leg.payer, leg.payee) for leg in inside}
        ties = frozenset((a, b) for a, b in ways if (b, a) not in ways)
        for degree in range(int(params["least_ties"]), 9):
            for part in _parts(_core(ties, degree)):
                mine = [leg for leg in inside if (leg.payer, leg.payee) in part]
                payers, payees = {a for a, _ in part}, {b for _, b in part}
                if (
                    min(len(payers), len(payees)) >= params["least_nodes"]
                    and 1000 * len(part) >= params["least_density"] * len(payers) * len(payees)
                    and 1000 * sum(leg.amount for leg in mine)
                    >= params["least_explained"] * sum(leg.amount for leg in inside if leg.payee in payees)
                ):
                    candidates.append(((-len(part), opens, degree, min(payers)), mine))
    kept: list[list[Leg]] = []
    for _, mine in sorted(candidates, key=lambda each: each[0]):
        if not any(set(mine) & set(other) for other in kept):
            kept.append(mine)
    return sorted(_finding(group) for group in _groups(kept, params))


def _core(ties: Ties, degree: int) -> Ties:
    """Everybody who is in some set of payers and payees in which each has so many ties to the other side."""
    payers = {a for a, _ in ties}
    core: set[tuple[int, int]] = set()
    for size in range(degree, len(payers) + 1):
        for chosen in map(set, combinations(payers, size)):
            inside = {(a, b) for a, b in ties if a in chosen}
            payees = {b for _, b in inside if len([1 for _, other in inside if other == b]) >= degree}
            among = {(a, b) for a, b in inside if b in payees}
            if all(len([1 for one, _ in among if one == a]) >= degree for a in chosen):
                core |= among
    return frozenset(core)


def _parts(ties: Ties) -> list[Ties]:
    parts: list[Ties] = []
    for tie in ties:
        touching = [part for part in parts if any(tie[0] == a or tie[1] == b for a, b in part)]
        parts = [part for part in parts if part not in touching] + [frozenset({tie}).union(*touching)]
    return parts


def _groups(kept: list[list[Leg]], params: Params) -> list[list[list[Leg]]]:
    in_time = sorted(
        kept,
        key=lambda legs: (
            min(leg.t_s for leg in legs),
            max(leg.t_end_s for leg in legs),
            sorted(leg.txn for leg in legs),
        ),
    )
    groups: list[list[list[Leg]]] = []
    for place, lower in enumerate(in_time):
        under = [
            upper
            for upper in in_time[:place]
            if len({leg.payee for leg in upper} & {leg.payer for leg in lower}) >= params["least_nodes"]
            and min(leg.t_s for leg in lower) < max(leg.t_end_s for leg in upper) + params["window_days"] * DAY
        ]
        mine = [group for group in groups if any(upper in group for upper in under)]
        groups = [group for group in groups if group not in mine] + [
            [lower, *(each for group in mine for each in group)]
        ]
    return groups


def _finding(group: list[list[Leg]]) -> Found:
    legs = [leg for mine in group for leg in mine]
    received: dict[int, int] = defaultdict(int)
    for leg in legs:
        received[leg.payee] += leg.amount
    payers = {leg.payer for leg in legs}
    last = set(received) - payers or set(received)
    roles = {
        account: "mule"
        if account in payers and account in received
        else "payer"
        if account in payers
        else "beneficiary"
        for account in payers | set(received)
    }
    return Found(
        min(last, key=lambda account: (-received[account], account)),
        min(leg.t_s for leg in legs),
        max(leg.t_end_s for leg in legs),
        tuple(sorted(leg.txn for leg in legs)),
        tuple(sorted(roles.items())),
    )


@pytest.mark.parametrize(
    ("seed", "shape", "changed"),
    [
        (1, DENSE, {}),
        (2, THICK, {"window_days": 4, "least_explained": 300}),
        (3, SPREAD, {"least_nodes": 2, "least_density": 700, "least_explained": 800}),
        (4, SPREAD, {"least_density": 600, "least_explained": 0, "window_days": 10}),
        (5, THICK, {"least_nodes": 2, "window_days": 2, "least_explained": 0}),
        (6, DENSE, {"least_explained": 0, "hub_cap": 12, "window_days": 12}),
    ],
)
def test_random_worlds_give_what_plain_enumeration_gives(seed: int, shape: Shape, changed: dict[str, int]) -> None:
    params = {**DEFAULTS, **changed}
    worlds = random_worlds(seed, 60, shape)
    expected = [each for world in each_world(worlds, shape) for each in plainly(world, params)]
    assert len(expected) > 10
    assert found(find(view_of(worlds), params)) == sorted(expected)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_and_the_order_of_rows_change_nothing(threads: int) -> None:
    worlds = random_worlds(11, 60, DENSE)
    first = find(view_of(worlds), DEFAULTS)
    assert first.height > 5
    assert first.schema == RAW_FINDING
    assert find(view_of(worlds, threads=threads, shuffled=threads), DEFAULTS).equals(first)


def layer(first: int, payers: range, payees: range, day: int) -> list[Payment]:
    """Everybody pays everybody, at noon, an hour apart."""
    start = MONDAY + day * DAY
    ways = [(a, b) for a in payers for b in payees]
    return [
        Payment(first + number, start + number * 3600, start + number * 3600, *way, Decimal(500))
        for number, way in enumerate(ways)
    ]


def test_layers_upon_layers_are_one_finding_that_says_how_many() -> None:
    rows = layer(0, range(4), range(10, 13), 0)
    rows += layer(12, range(10, 13), range(20, 25), 3)
    rows += layer(27, range(20, 25), range(30, 33), 6)
    frame = find(view_of(rows), DEFAULTS)
    assert [each.evidence for each in found(frame)] == [tuple(range(42))]
    assert facts_of(frame)[0] == {
        "shape": "stack", "layers": 4, "accounts": 15, "smallest": 3, "ties": 42, "density": 1000, "explained": 1000,
        "moved": "21000.0000", "days": 7, "payments": 42,
    }  # fmt: skip


def test_a_dense_part_of_a_wide_and_thin_market_is_found() -> None:
    rows = layer(0, range(5), range(10, 15), 0)
    thin = [(20 + number, 40 + number) for number in range(12)] + [
        (20 + number, 40 + (number + 1) % 12) for number in range(12)
    ]
    thin += [(0, 40), (1, 41), (20, 10), (21, 11)]
    rows += [
        Payment(25 + number, MONDAY + DAY + number, MONDAY + DAY + number, *way, Decimal(400))
        for number, way in enumerate(thin)
    ]
    frame = find(view_of(rows), DEFAULTS)
    assert [(each["ties"], each["density"]) for each in facts_of(frame)] == [(25, 1000)]


def test_a_snapshot_without_transactions_gives_an_empty_frame_of_the_right_shape() -> None:
    frame = find(view_of([]), DEFAULTS)
    assert frame.is_empty()
    assert frame.schema == RAW_FINDING
