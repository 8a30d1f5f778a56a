"""Whose is a party on which day: against a count day by day, and where chains and circles end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.screening.chains import Held, Stake, holdings

DAYS = 6
PARTIES = "ABCDE"


def _listing(from_day: int, to_day: int, entry: str = "E") -> Held:
    return Held(from_day, to_day, 0, 1000, controlled=False, owners=0, entries=frozenset({entry}))


def _spans() -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, DAYS - 1), st.integers(1, DAYS)).filter(lambda span: span[0] < span[1])


@st.composite
def _stakes(draw: st.DrawFn) -> list[Stake]:
    pairs = draw(st.lists(st.tuples(st.sampled_from(PARTIES), st.sampled_from(PARTIES)), unique=True, max_size=8))
    return [
        Stake(owner, owned, draw(st.sampled_from([200, 300, 500, 1000])), draw(st.booleans()), *draw(_spans()))
        for owner, owned in pairs
    ]


def _held_on(day: int, stakes: list[Stake], listed: set[str], most_steps: int) -> set[str]:
    held: set[str] = set()
    for _ in range(most_steps):
        behind = listed | held
        now = [stake for stake in stakes if stake.owner in behind and stake.from_day <= day < stake.to_day]
        held |= {
            party
            for party in {stake.owned for stake in now} - listed
            if sum(s.share for s in now if s.owned == party and s.owner != party) >= 500
            or any(s.controls for s in now if s.owned == party and s.owner != party)
        }
    return held


@settings(max_examples=200, deadline=None)
@given(_stakes(), _spans(), st.integers(1, 4))
def test_the_days_are_those_that_a_count_day_by_day_gives(
    stakes: list[Stake], listed: tuple[int, int], most_steps: int
) -> None:
    found = holdings(stakes, {"A": [_listing(*listed)]}, least_share=500, most_steps=most_steps)
    for day in range(DAYS):
        named = {party for party, times in found.items() for held in times if held.from_day <= day < held.to_day}
        on_the_list = {"A"} if listed[0] <= day < listed[1] else set()
        assert named == _held_on(day, stakes, on_the_list, most_steps)


def test_days_of_one_party_never_overlap_and_name_every_entry_behind_it() -> None:
    stakes = [Stake("A", "C", 300, False, 0, 10), Stake("B", "C", 300, False, 5, 20)]
    found = holdings(
        stakes, {"A": [_listing(0, 100, "E-A")], "B": [_listing(0, 100, "E-B")]}, least_share=500, most_steps=4
    )
    assert found == {"C": [Held(5, 10, 1, 600, controlled=False, owners=2, entries=frozenset({"E-A", "E-B"}))]}


def test_a_circle_of_owners_comes_to_an_end() -> None:
    stakes = [
        Stake("A", "B", 1000, False, 0, 9),
        Stake("B", "C", 1000, False, 0, 9),
        Stake("C", "B", 1000, False, 0, 9),
    ]
    found = holdings(stakes, {"A": [_listing(0, 9)]}, least_share=500, most_steps=4)
    assert {party: [held.steps for held in times] for party, times in found.items()} == {"B": [1], "C": [2]}
