"""Both ways of attributing money agree with the slow way on small random ledgers, and nothing is lost or made."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import money_by_hand as by_hand

from service.flows.fifo import follow_fifo
from service.flows.movements import CASH, Direction, Movement, pools
from service.flows.order import in_order
from service.flows.proportional import FINE, follow_proportional

DAY = 86_400
ACCOUNTS = ("", "a", "b", "c", "d", "e")


@st.composite
def ledgers(draw: Any) -> tuple[list[Movement], set[str], dict[int, int]]:
    """Movements in order of time, the accounts that were looked into, and seeds."""
    many = draw(st.integers(1, 14))
    movements = []
    for second in range(many):
        payer = draw(st.sampled_from(ACCOUNTS))
        payee = draw(st.sampled_from([each for each in ACCOUNTS if each != payer]))
        movements.append(Movement(payer, payee, draw(st.integers(1, 7)), second, second))
    looked_into = set(draw(st.lists(st.sampled_from(ACCOUNTS[1:]), unique=True)))
    seeded = draw(st.lists(st.integers(0, many - 1), min_size=1, max_size=3, unique=True))
    return movements, looked_into, {place: draw(st.integers(1, movements[place].value)) for place in seeded}


@given(ledgers())
@settings(max_examples=150, deadline=None)
def test_first_in_first_out_is_what_it_is_unit_by_unit(ledger: Any) -> None:
    movements, accounts, seeds = ledger
    order = range(len(movements))
    whole = pools(movements, order, accounts)
    assert {account: pool.opening for account, pool in whole.items()} == by_hand.openings(movements, order, accounts)
    for direction, slow in (("forward", by_hand.fifo_forward), ("backward", by_hand.fifo_backward)):
        found = follow_fifo(movements, whole, seeds, direction)
        assert (found.traced, found.ends) == slow(movements, order, accounts, seeds), direction


@given(ledgers())
@settings(max_examples=150, deadline=None)
def test_in_proportion_is_what_it_is_in_fractions_but_for_the_rounding(ledger: Any) -> None:
    movements, accounts, seeds = ledger
    order = range(len(movements))
    whole = pools(movements, order, accounts)
    traced, ends = by_hand.proportional_forward(movements, order, accounts, seeds)
    found = follow_proportional(movements, order, whole, seeds, "forward")
    room = Fraction(len(movements) ** 2, 1)
    for place, exact in traced.items():
        assert abs(found.traced.get(place, 0) - exact * FINE) <= room
    for end, exact in ends.items():
        assert abs(found.ends.get(end, 0) - exact * FINE) <= room
    assert set(found.ends) <= set(ends)


@given(ledgers())
@settings(max_examples=100, deadline=None)
def test_looking_back_in_proportion_is_looking_ahead_with_time_turned_round(ledger: Any) -> None:
    movements, accounts, seeds = ledger
    order = range(len(movements))
    whole = pools(movements, order, accounts)
    turned = by_hand.turned(movements)
    backwards = list(reversed(order))
    mirror = pools(turned, backwards, accounts)
    for account, pool in mirror.items():  # what was left in the end is what there was in the beginning
        kept = sum(movements[place].value for place in whole[account].incoming)
        kept -= sum(movements[place].value for place in whole[account].outgoing)
        pool.opening = whole[account].opening + kept
    ahead = follow_proportional(turned, backwards, mirror, seeds, "forward")
    back = follow_proportional(movements, order, whole, seeds, "backward")
    assert back.traced == ahead.traced
    assert {
        ("held" if kind == "opening" else kind, each): value for (kind, each), value in back.ends.items()
    } == ahead.ends


@given(ledgers(), st.sampled_from(["forward", "backward"]))
@settings(max_examples=100, deadline=None)
def test_what_ends_is_what_was_followed(ledger: Any, direction: Direction) -> None:
    movements, accounts, seeds = ledger
    order = range(len(movements))
    whole = pools(movements, order, accounts)
    assert sum(follow_fifo(movements, whole, seeds, direction).ends.values()) == sum(seeds.values())
    fine = follow_proportional(movements, order, whole, seeds, direction)
    assert sum(fine.ends.values()) == sum(seeds.values()) * FINE
    assert all(value <= movements[place].value * FINE for place, value in fine.traced.items())


def test_the_two_ways_differ_where_an_account_held_money_of_its_own() -> None:
    movements = [Movement("x", "a", 60, 1, 1), Movement("y", "a", 40, 2, 2), Movement("a", "b", 50, 3, 3)]
    whole = pools(movements, range(3), {"a"})
    assert follow_fifo(movements, whole, {1: 40}, "forward").ends == {("held", "a"): 40}
    assert follow_proportional(movements, range(3), whole, {1: 40}, "forward").ends == {
        ("beyond", "b"): 20 * FINE,
        ("held", "a"): 20 * FINE,
    }


def test_what_an_account_paid_beyond_what_it_received_came_from_before_the_data() -> None:
    movements = [Movement("x", "a", 60, 1, 1), Movement("a", "b", 100, 2, 2)]
    whole = pools(movements, range(2), {"a", "x"})
    assert (whole["a"].opening, whole["x"].opening) == (40, 60)
    assert follow_fifo(movements, whole, {1: 100}, "backward").ends == {("opening", "a"): 40, ("silent", "x"): 60}


days = st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, DAY - 1))


@given(st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), days), max_size=12))
@settings(max_examples=150, deadline=None)
def test_an_order_keeps_what_is_known_of_the_time(rows: list[Any]) -> None:
    movements = [
        Movement(payer, payee, 1, day * DAY + (second if exact else 0), day * DAY + (second if exact else DAY - 1))
        for payer, payee, (day, exact, second) in rows
        if payer != payee
    ]
    for same_day in ("through", "held"):
        order = in_order(movements, same_day)
        assert sorted(order) == list(range(len(movements)))
        moved = [movements[place] for place in order]
        for nth, earlier in enumerate(moved):
            assert all(earlier.start <= later.end for later in moved[nth + 1 :])


@pytest.mark.parametrize(("same_day", "reaches"), [("through", "silent"), ("held", "held")])
def test_money_of_one_day_passes_through_or_stays_as_the_reading_says(same_day: Any, reaches: str) -> None:
    movements = [
        Movement("b", "c", 5, 0, DAY - 1),
        Movement("a", "b", 5, 0, DAY - 1),
        Movement("x", "a", 5, 0, DAY - 1),
    ]
    order = in_order(movements, same_day)
    assert order == ([2, 1, 0] if same_day == "through" else [0, 1, 2])
    whole = pools(movements, order, {"a", "b", "c"})
    (((kind, _), _),) = follow_fifo(movements, whole, {2: 5}, "forward").ends.items()
    assert kind == reaches


def test_money_that_comes_back_to_where_it_was_followed_from_is_counted_once() -> None:
    movements = [Movement("a", "b", 5, 1, 1), Movement("b", "a", 5, 2, 2), Movement("a", CASH, 5, 3, 3)]
    whole = pools(movements, range(3), {"a", "b"})
    found = follow_fifo(movements, whole, {0: 5, 2: 5}, "forward")
    assert found.ends == {("again", "a"): 5, ("cash", "a"): 5}
