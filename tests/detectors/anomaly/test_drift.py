"""How far apart two sets of values lie: against shares counted by hand."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from detectors.anomaly.drift import SCORE, apart_per_mille, noted, split, told

np = pytest.importorskip("numpy")


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_greatest_difference_between_the_cumulative_shares(seed: int) -> None:
    dice = random.Random(seed)
    one, other = ([dice.randrange(12) ** power for _ in range(dice.randrange(1, 40))] for power in (1, 2))

    def share(values: list[int], limit: int) -> Fraction:
        return Fraction(sum(value <= limit for value in values), len(values))

    greatest = max(abs(share(one, limit) - share(other, limit)) for limit in [*one, *other])
    assert apart_per_mille(np.array(one), np.array(other)) == int(greatest * 1000)


def test_values_that_are_spread_alike_do_not_lie_apart_and_those_beyond_each_other_do_wholly() -> None:
    assert apart_per_mille(np.array([1, 2, 2, 9]), np.array([1, 1, 2, 2, 2, 2, 9, 9])) == 0
    assert apart_per_mille(np.array([1, 2]), np.array([3, 4, 5])) == 1000


def test_with_nothing_on_one_side_nothing_can_be_said() -> None:
    assert apart_per_mille(np.array([], dtype=np.int64), np.array([3])) is None


def test_windows_of_another_length_are_told_by_their_days() -> None:
    notes = {noted("money_in"): 412, noted("money_in", 7): 95, noted(SCORE, 90): 8, "hubs": 3}
    assert told({"unusual-account": notes, "unusual-network": {"hubs": 1}}) == {
        "unusual-account": {"money_in": 412, "money_in over 7 days": 95, "the score over 90 days": 8}
    }
    assert [split(name) for name in ("money_in", "money_in over 7 days", "the score over 90 days")] == [
        ("money_in", None), ("money_in", 7), (SCORE, 90),
    ]  # fmt: skip
