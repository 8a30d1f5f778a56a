"""A picture of flows is the same for the same data, keeps what matters, and says what it took together."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from service.flows.layers import CASH_IN, CASH_OUT, MOST_LINKS, Day, Layout, Link, by_hops, is_group, lay_out

START = date(2026, 3, 1)


def link(
    source: str, target: str, amount: int = 1, day: int = 0, currency: str = "EUR", *, evidence: bool = False
) -> Link:
    return Link(source, target, (Day(START + timedelta(days=day), 1, ((currency, amount),)),), evidence)


def sums(layout: Layout) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in layout.links:
        for currency, amount in each.amounts.items():
            found[currency] = found.get(currency, 0) + amount
    return found


def test_payers_stand_on_the_left_and_those_paid_on_the_right_by_hops() -> None:
    links = [
        link("a", "s"),
        link("aa", "a"),
        link("s", "b"),
        link("b", "bb"),
        link(CASH_IN, "aa"),
        link("bb", CASH_OUT),
    ]
    assert by_hops(links, "s") == {"s": 0, "a": -1, "aa": -2, "b": 1, "bb": 2}
    spots = {spot.key: spot for spot in lay_out(links, "s").spots}
    assert [spots[key].layer for key in (CASH_IN, "aa", "a", "s", "b", "bb", CASH_OUT)] == [-3, -2, -1, 0, 1, 2, 3]
    assert spots["aa"].x < spots["a"].x < spots["s"].x < spots["b"].x < spots["bb"].x


def test_what_nothing_joins_to_the_subject_is_drawn_beyond() -> None:
    assert by_hops([link("a", "s"), link("x", "y")], "s") == {"s": 0, "a": -1, "x": 1, "y": 1}


pairs = st.lists(
    st.tuples(st.sampled_from("sabcdefgh"), st.sampled_from("sabcdefgh"), st.integers(1, 50)), min_size=1, max_size=30
)


@given(pairs, st.randoms(use_true_random=False), st.integers(4, 12))
@settings(max_examples=80, deadline=None)
def test_the_order_of_the_links_changes_nothing_and_no_two_nodes_share_a_place(
    rows: list[tuple[str, str, int]], shuffler: random.Random, most: int
) -> None:
    merged = {(source, target): amount for source, target, amount in rows if source != target}
    links = [link(source, target, amount) for (source, target), amount in merged.items()]
    if not links:
        return
    first = lay_out(links, "s", most=most)
    shuffler.shuffle(links)
    assert lay_out(links, "s", most=most) == first
    places = [(spot.x, spot.y) for spot in first.spots]
    assert len(set(places)) == len(places)
    keys = {spot.key for spot in first.spots}
    assert all({each.source, each.target} <= keys for each in first.links)


def test_small_senders_stand_together_and_nothing_of_their_money_is_lost() -> None:
    links = [link(f"p{nth:03d}", "s", nth + 1) for nth in range(700)] + [link("s", "out", 9_000, evidence=True)]
    layout = lay_out(links, "s", keep=frozenset({"p000"}))
    groups = [spot for spot in layout.spots if is_group(spot.key)]
    assert len(layout.spots) <= 500
    assert [(spot.layer, spot.grouped) for spot in groups] == [(-1, 702 - (len(layout.spots) - 1))]
    assert "p000" in {spot.key for spot in layout.spots}
    assert sums(layout) == {"EUR": sum(range(1, 701)) + 9_000}


def test_amounts_of_different_currencies_are_never_added() -> None:
    links = [link(f"p{nth}", "s", 5, currency="EUR" if nth % 2 else "XOF") for nth in range(20)]
    layout = lay_out(links, "s", most=6)
    assert sums(layout) == {"EUR": 50, "XOF": 50}


def test_beyond_the_most_links_the_smallest_are_left_out_and_counted_and_evidence_never_is() -> None:
    links = [link(f"a{nth % 60:02d}", f"b{nth // 60:02d}", nth + 2) for nth in range(60 * 40)] + [
        link("a00", "s", 1, evidence=True)
    ]
    layout = lay_out(links, "s")
    assert (len(layout.links), layout.links_left_out) == (MOST_LINKS, 60 * 40 + 1 - MOST_LINKS)
    assert any(each.evidence for each in layout.links)


def test_a_link_as_of_a_day_has_what_had_moved_by_then() -> None:
    both = Link("a", "b", (*link("a", "b", 3, 1).days, *link("a", "b", 4, 5).days))
    assert both.until(START) is None
    early = both.until(START + timedelta(days=4))
    assert early is not None
    assert early.amounts == {"EUR": 3}
    assert both.amounts == {"EUR": 7}
