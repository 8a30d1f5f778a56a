"""Scores: exact integers, strictly rising, never a function of the neighbours."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.rank import (
    HALF_WAY,
    OWN_SURPRISAL,
    TRUSTED,
    Weighing,
    against_chance,
    families_of,
    points,
    saturated,
    score_parts,
    severity_of,
    surprisal,
)

APART: dict[str, set[int]] = {"a": {1}, "b": {2}}


@given(st.integers(0, 10**6), st.integers(0, 10**7))
def test_surprisal_is_the_logarithm_rounded_down_to_a_thousandth(flagged: int, extra: int) -> None:
    population = flagged + extra
    exact = 1000 * math.log2((population + 2) / (flagged + 1))
    assert exact - 1.001 <= surprisal(flagged, population) <= exact + 0.001


def test_a_detector_without_a_record_is_worth_one_bit() -> None:
    assert surprisal(0, 0) == 1000


def test_a_rarely_flagging_detector_is_worth_more() -> None:
    rare, common = Weighing("generic", 5, 1, 10_000), Weighing("generic", 5, 500, 10_000)
    assert points(rare, 500) > 2 * points(common, 500)


def test_a_second_detector_of_the_same_family_counts_half() -> None:
    one = Weighing("generic", 10, 0, 1022)
    score, parts = score_parts({"a": 1000, "b": 1000}, {"a": one, "b": one}, APART)
    assert [part["points"] for part in parts] == [10_000, 5_000]
    assert score == saturated([15_000])
    apart, _ = score_parts({"a": 1000, "b": 1000}, {"a": one, "b": Weighing("extortion", 10, 0, 1022)}, APART)
    assert apart == saturated([20_000])


@pytest.mark.parametrize(
    ("evidence", "dampings"),
    [
        ([{1, 2, 3, 4}, {5, 6}, {7, 8}], [1000, 1000, 1000]),
        ([{1, 2, 3, 4}, {4, 5}, {7, 8}], [1000, 500, 1000]),
        ([{1, 2, 3, 4}, {4, 5, 6}, {7, 8}], [1000, 1000, 1000]),
        ([{1, 2, 3, 4}, {3, 4}, {1, 3, 4, 9, 10, 11}], [1000, 500, 250]),
    ],
)
def test_who_sees_the_same_payments_is_no_second_witness_whatever_its_family(
    evidence: list[set[int]], dampings: list[int]
) -> None:
    names = ["a", "b", "c"]
    weighings = {name: Weighing(name, 10 - number, 0, 1022) for number, name in enumerate(names)}
    _, parts = score_parts(dict.fromkeys(names, 1000), weighings, dict(zip(names, evidence, strict=True)))
    assert [part["damping"] for part in parts] == dampings


def test_the_score_is_half_way_at_its_half_way_point_and_stays_below_a_hundred() -> None:
    assert saturated([HALF_WAY]) == 50_000
    assert saturated([10**9]) < 100_000
    assert saturated([]) == 0


@given(st.integers(0, 10**6), st.integers(1, 10**5))
def test_more_points_never_lower_the_score(total: int, more: int) -> None:
    assert saturated([total, more]) >= saturated([total])


@pytest.mark.parametrize(
    ("score", "severity"), [(0, "low"), (24_999, "low"), (25_000, "medium"), (50_000, "high"), (75_000, "critical")]
)
def test_severity_follows_the_score(score: int, severity: str) -> None:
    assert severity_of(score, detectors=2) == severity


def test_one_detector_alone_makes_no_alert_critical() -> None:
    assert [severity_of(99_999, detectors=count) for count in (1, 2)] == ["high", "critical"]
    assert severity_of(30_000, detectors=1) == "medium"


def test_an_alert_is_listed_under_the_family_with_most_points() -> None:
    parts = [
        {"family": "generic", "points": 5},
        {"family": "extortion", "points": 4},
        {"family": "extortion", "points": 2},
    ]
    assert families_of(parts) == "extortion"


def test_a_finding_that_brings_its_own_surprisal_is_weighed_by_it_and_says_so() -> None:
    plain = Weighing("generic", 10, 0, 1022)
    own = plain.of({OWN_SURPRISAL: 12_345})
    _, parts = score_parts({"a": 1000, "b": 1000}, {"a": own, "b": plain}, APART)
    assert [(part["against"], part["surprisal"]) for part in parts] == [("chance", 12_345), ("baseline", 10_000)]
    assert plain.of({"payments": 3}) == plain


@given(st.integers(0, 10**4), st.integers(1, 10**7), st.integers(0, 10**6))
def test_a_measurement_against_chance_counts_up_to_what_a_record_can_say_and_tightness_orders(
    as_good: int, subjects: int, excess: int
) -> None:
    own = against_chance(as_good, subjects, excess)
    assert own == min(surprisal(as_good, subjects), TRUSTED) + excess // 32
    assert against_chance(as_good + 1, subjects, excess) <= own < against_chance(as_good, subjects, excess + 32)
    assert against_chance(as_good, subjects, -1) == against_chance(as_good, subjects, 0)
