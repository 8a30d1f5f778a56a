"""Scatter-gather: equal to plain enumeration, day-aware, and indifferent to threads and to the order of its input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product

import pytest

from detectors.api import default_params
from detectors.graph.scatter_gather import META, find
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
DENSE = Shape(accounts=6, payments=60, days=5)
SPLIT = Shape(accounts=5, payments=80, days=5, amounts=(1000, 1000, 1900, 2000, 2850, 3000, 1100, 960))

Relay = tuple[int, int, int, tuple[int, ...]]
"""Passed on, first second, last second, evidence."""


def plainly(payments: Sequence[Payment], params: Mapping[str, int | Decimal]) -> list[Found]:
    """Every finding by enumeration, from the definition."""
    legs = legs_of(payments, least_amount=int(params["least_amount"]), hub_cap=int(params["hub_cap"]))
    width = int(params["window_days"]) * DAY
    relations: dict[tuple[int, int], list[Leg]] = defaultdict(list)
    for leg in legs:
        relations[leg.payer, leg.payee].append(leg)
    relays: dict[tuple[int, int], dict[int, list[Relay]]] = defaultdict(lambda: defaultdict(list))
    for (source, middleman), (payer, sink) in product(relations, repeat=2):
        if payer == middleman and sink != source:
            relays[source, sink][middleman] += _relays(relations[source, middleman], relations[middleman, sink], params)
    findings: list[Found] = []
    for (source, sink), by_middleman in relays.items():
        mine: list[Found] = []
        windows = []
        for opens in {relay[1] for each in by_middleman.values() for relay in each}:
            best = {
                middleman: min(inside, key=lambda relay: (-relay[0], *relay[1:]))
                for middleman, each in by_middleman.items()
                if (inside := [relay for relay in each if relay[1] >= opens and relay[2] < opens + width])
            }
            if len(best) >= params["least_middlemen"]:
                windows.append((-len(best), opens, best))
        for _, _, best in sorted(windows, key=lambda window: window[:2]):
            finding = Found(
                sink,
                min(relay[1] for relay in best.values()),
                max(relay[2] for relay in best.values()),
                tuple(sorted(txn for relay in best.values() for txn in relay[3])),
                tuple(sorted([(source, "controller"), (sink, "beneficiary"), *((one, "mule") for one in best)])),
            )
            if not any(spans_meet(finding, other) for other in mine):
                mine.append(finding)
        findings += mine
    return sorted(findings)


def _stretches(relation: list[Leg], most: int) -> Iterator[list[Leg]]:
    for first in range(len(relation)):
        for parts in range(1, most + 1):
            if first + parts <= len(relation):
                yield relation[first : first + parts]


def _relays(received: list[Leg], sent_on: list[Leg], params: Mapping[str, int | Decimal]) -> Iterator[Relay]:
    most = int(params["most_parts"])
    for ins, outs in product(_stretches(received, most), _stretches(sent_on, most)):
        sent, passed = sum(leg.amount for leg in ins), sum(leg.amount for leg in outs)
        start, end = min(leg.t_s for leg in ins + outs), max(leg.t_end_s for leg in ins + outs)
        each_out_may_follow_some_in = all(any(one.t_s <= out.t_end_s for one in ins) for out in outs)
        each_in_may_precede_some_out = all(any(one.t_s <= out.t_end_s for out in outs) for one in ins)
        if (
            params["least_share"] * sent <= 1000 * passed <= params["most_share"] * sent
            and each_out_may_follow_some_in
            and each_in_may_precede_some_out
            and end - start < int(params["window_days"]) * DAY
        ):
            yield passed, start, end, tuple(sorted(leg.txn for leg in ins + outs))


@pytest.mark.parametrize(
    ("seed", "shape", "changed"),
    [
        (1, DENSE, {}),
        (2, DENSE, {"window_days": 2, "least_middlemen": 2}),
        (3, SPLIT, {"window_days": 3}),
        (4, SPLIT, {"most_parts": 5, "most_share": 1050, "least_middlemen": 2, "window_days": 1}),
        (5, Shape(accounts=5, payments=150, days=40), {"window_days": 4, "least_middlemen": 2, "most_parts": 1}),
        (6, Shape(accounts=7, payments=70, days=3), {"hub_cap": 22}),
    ],
)
def test_random_worlds_give_what_plain_enumeration_gives(seed: int, shape: Shape, changed: dict[str, int]) -> None:
    params = {**DEFAULTS, **changed}
    worlds = random_worlds(seed, 60, shape)
    expected = plainly(worlds, params)
    assert len(expected) > 20
    assert found(find(view_of(worlds), params)) == expected


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_and_the_order_of_rows_change_nothing(threads: int) -> None:
    worlds = random_worlds(11, 150, DENSE)
    first = find(view_of(worlds), DEFAULTS)
    assert first.schema == RAW_FINDING
    assert find(view_of(worlds, threads=threads, shuffled=threads), DEFAULTS).equals(first)


def payment(txn: int, payer: int, payee: int, amount: int, *, day: int, hour: int | None = None) -> Payment:
    """Account numbers: 0 the source, 9 the sink. No hour: day precision."""
    t_s = MONDAY + day * DAY + (hour or 0) * 3600
    return Payment(txn, t_s, t_s + (DAY - 1 if hour is None else 0), payer, payee, Decimal(amount))


def test_one_finding_takes_the_window_with_most_middlemen_and_a_later_one_is_another_finding() -> None:
    scattered = [(1, 0), (2, 1), (3, 1), (4, 6), (5, 6), (6, 20), (7, 20), (8, 20)]
    gathered = [(1, 1), (2, 2), (3, 2), (4, 7), (5, 7), (6, 21), (7, 21), (8, 26)]
    rows = [payment(txn, 0, middleman, 500, day=day) for txn, (middleman, day) in enumerate(scattered)]
    rows += [payment(8 + txn, middleman, 9, 480, day=day) for txn, (middleman, day) in enumerate(gathered)]
    frame = find(view_of(rows), DEFAULTS)
    middlemen = [[account for account, role in each.members if role == "mule"] for each in found(frame)]
    assert middlemen == [[2, 3, 4, 5], [6, 7, 8]]
    assert facts_of(frame)[0] == {
        "middlemen": 4,
        "sent": "2000.0000",
        "passed": "1920.0000",
        "share": 960,
        "days": 7,
        "payments": 8,
    }


def test_what_the_hub_cap_left_out_is_counted() -> None:
    rows = [payment(i, 0, 1 + i % 3, 500, day=0, hour=8) for i in range(12)]
    view = view_of(rows)
    assert find(view, {**DEFAULTS, "hub_cap": 10}).is_empty()
    assert view.notes["scatter-gather"] == {"hubs": 1, "payments_at_hubs": 12}
    view = view_of(rows)
    find(view, DEFAULTS)
    assert view.notes["scatter-gather"] == {"hubs": 0, "payments_at_hubs": 0}


def test_a_snapshot_without_transactions_gives_an_empty_frame_of_the_right_shape() -> None:
    frame = find(view_of([]), DEFAULTS)
    assert frame.is_empty()
    assert frame.schema == RAW_FINDING
