"""The picture of a flow: every account of the evidence once, every pair once, money from left to right, and limits."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from service.web.flow import CASH_IN, CASH_OUT, MOST_NODES, Edge, draw

names = st.sampled_from([f"A{n}" for n in range(9)] + [""])
edges = st.lists(
    st.builds(Edge, names, names, st.decimals(1, 9999, places=4), st.sampled_from(["EUR", "XOF"])), max_size=30
)


def _edge(source: str, target: str, amount: int = 10, currency: str = "EUR") -> Edge:
    return Edge(source, target, Decimal(amount), currency)


@given(edges)
def test_the_picture_shows_what_the_evidence_has_and_nothing_else(given_edges: list[Edge]) -> None:
    picture = draw(given_edges, "A0", {})
    pairs = {(edge.source, edge.target) for edge in given_edges if edge.source != edge.target or not edge.source}
    if not pairs:
        assert picture is None
        return
    assert picture is not None
    shown = {node.account for node in picture.nodes} - {CASH_IN, CASH_OUT}
    assert shown == {end for pair in pairs for end in pair if end}
    assert len(picture.lines) == len(pairs)
    for node in picture.nodes:
        assert 0 <= node.x <= picture.width
        assert 0 <= node.y <= picture.height
    places = [(node.x, node.y) for node in picture.nodes]
    assert len(places) == len(set(places))


@given(edges)
def test_the_picture_does_not_depend_on_the_order_of_the_rows(given_edges: list[Edge]) -> None:
    assert draw(given_edges, "A0", {}) == draw(list(reversed(given_edges)), "A0", {})


def test_money_goes_from_left_to_right_and_the_subject_is_marked() -> None:
    picture = draw([_edge("P1", "S"), _edge("P2", "S"), _edge("S", "B", 20)], "S", {})
    assert picture is not None
    at = {node.account: node for node in picture.nodes}
    assert at["P1"].x == at["P2"].x < at["S"].x < at["B"].x
    assert at["P1"].y != at["P2"].y
    assert [node.account for node in picture.nodes if node.subject] == ["S"]


def test_cash_in_and_cash_out_are_two_places() -> None:
    picture = draw([_edge("", "S"), _edge("S", "")], "S", {})
    assert picture is not None
    assert len(picture.nodes) == 3


def test_a_ring_is_drawn_and_the_money_that_comes_back_passes_below() -> None:
    picture = draw([_edge("A", "B"), _edge("B", "C"), _edge("C", "A")], "A", {})
    assert picture is not None
    assert len({node.x for node in picture.nodes}) == 3
    assert len(picture.lines) == 3


def test_a_ring_begins_at_the_subject_whatever_its_key() -> None:
    picture = draw([_edge("A", "B"), _edge("B", "C"), _edge("C", "A")], "B", {})
    assert picture is not None
    assert [node.account for node in sorted(picture.nodes, key=lambda node: node.x)] == ["B", "C", "A"]


def test_the_subject_of_a_ring_stands_at_the_left_also_where_a_middleman_has_other_money() -> None:
    picture = draw([_edge("S", "M"), _edge("M", "N"), _edge("N", "S"), _edge("", "M"), _edge("P", "N")], "S", {})
    assert picture is not None
    at = {node.account: node.x for node in picture.nodes}
    assert at["S"] == at[CASH_IN] == at["P"] < at["M"]


def test_a_subject_that_others_pay_stands_behind_them_though_it_pays_some_of_it_back() -> None:
    picture = draw([_edge("P", "S"), _edge("Q", "S"), _edge("S", "Q")], "S", {})
    assert picture is not None
    at = {node.account: node.x for node in picture.nodes}
    assert at["P"] < at["S"]


def test_the_widest_line_is_the_largest_sum() -> None:
    picture = draw([_edge("A", "B", 10), _edge("A", "B", 15), _edge("C", "B", 20)], "B", {})
    assert picture is not None
    assert [line.width for line in picture.lines] == ["7.2", "6.0"]


def test_amounts_of_different_currencies_are_not_compared() -> None:
    picture = draw([_edge("A", "B", 400_000, "XOF"), _edge("C", "B", 600), _edge("D", "B", 300)], "B", {})
    assert picture is not None
    assert [line.width for line in picture.lines] == ["7.2", "7.2", "4.2"]


def test_more_than_a_reader_could_follow_is_not_drawn() -> None:
    assert draw([_edge(f"P{n}", "S") for n in range(MOST_NODES - 1)], "S", {}) is not None
    assert draw([_edge(f"P{n}", "S") for n in range(MOST_NODES)], "S", {}) is None
    assert draw([], "S", {}) is None
    assert draw([_edge("A", "A")], "A", {}) is None


def test_a_path_is_plain_numbers() -> None:
    picture = draw([_edge("A", "B"), _edge("B", "A")], "A", {})
    assert picture is not None
    for line in picture.lines:
        ET.fromstring(f'<path d="{line.path}" stroke-width="{line.width}"/>')
        assert set(line.path) <= set("MC 0123456789-")
