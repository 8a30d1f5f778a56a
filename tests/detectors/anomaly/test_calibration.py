"""How rare a score is among those held back, and where the false discovery rate draws the line: against counts by hand."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest

from detectors.anomaly.calibration import Calibration

np = pytest.importorskip("numpy")


def _p_value(rarity: int, lawful: list[int]) -> Fraction:
    return Fraction(sum(other >= rarity for other in lawful) + 1, len(lawful) + 1)


def _by_hand(tested: list[int], lawful: list[int], fdr: int) -> set[int]:
    """The rarities that Benjamini and Hochberg accept, by their own words."""
    p_values = sorted(_p_value(each, lawful) for each in tested)
    accepted = [p for place, p in enumerate(p_values, start=1) if p <= Fraction(place * fdr, len(tested) * 1000)]
    return {each for each in tested if accepted and _p_value(each, lawful) <= accepted[-1]}


@pytest.mark.parametrize("seed", range(40))
def test_the_line_is_that_of_benjamini_and_hochberg(seed: int) -> None:
    dice = random.Random(seed)
    held_back = [dice.randrange(60) for _ in range(dice.choice([5, 80, 300]))]
    tested = [dice.randrange(60) for _ in range(dice.choice([10, 200]))] + [70, 80] * dice.randrange(8)
    share, fdr = dice.choice([0, 20, 100]), dice.choice([50, 300, 700, 1000])
    calibration = Calibration.of(np.array(held_back), share)
    lawful = sorted(held_back)[: len(held_back) - len(held_back) * share // 1000]
    line = calibration.line(np.array(tested), fdr)
    assert ({each for each in tested if each >= line} if line is not None else set()) == _by_hand(tested, lawful, fdr)
    least = calibration.at_least(fdr)
    assert calibration.line(np.array([each if each >= least else -1 for each in tested]), fdr) == line


def test_among_equals_hardly_anybody_is_called_rare() -> None:
    dice = np.random.default_rng(3)
    false = sum(
        Calibration.of(dice.integers(0, 10**9, 400), 0).line(dice.integers(0, 10**9, 400), 100) is not None
        for _ in range(200)
    )
    # All are lawful, so anything flagged is false: in at most a tenth of the worlds, give or take three standard errors.
    assert false <= 200 * (0.1 + 3 * math.sqrt(0.09 / 200))


def test_of_what_is_flagged_no_more_is_lawful_than_the_rate_allows() -> None:
    dice = np.random.default_rng(5)
    shares = []
    for _ in range(100):
        lawful, odd = dice.normal(size=2000), dice.normal(loc=4, size=60)
        tested = (np.concatenate([lawful, odd]) * 1000).astype(np.int64)
        line = Calibration.of((dice.normal(size=2000) * 1000).astype(np.int64), 0).line(tested, 200)
        flagged = np.flatnonzero(tested >= line) if line is not None else np.zeros(0, dtype=np.int64)
        shares.append((flagged < 2000).mean() if len(flagged) else 0.0)
    assert 0.12 < float(np.mean(shares)) < 0.23


def test_surprisal_counts_everybody_held_back_and_every_window_that_was_looked_at() -> None:
    calibration = Calibration.of(np.arange(1023), 100)
    assert calibration.surprisal(5000, 1) == 10_000
    assert calibration.surprisal(5000, 4) == 8000
    assert calibration.surprisal(1020, 1) == 8000
    assert calibration.surprisal(0, 12) == 0


def test_with_nobody_held_back_nobody_is_flagged() -> None:
    nobody = Calibration.of(np.array([], dtype=np.int64), 5)
    assert nobody.line(np.array([3, 9]), 100) is None
    assert nobody.bar == 0
