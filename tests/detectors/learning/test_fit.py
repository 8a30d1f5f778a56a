"""The solver finds the one minimum there is, within its bound, and to the bit wherever it runs."""

from __future__ import annotations

import math
import random

import pytest

from detectors.learning.fit import SPREAD, Fitted, fit

Problem = tuple[list[list[tuple[int, float]]], list[bool], list[float]]


def _problem(seed: int) -> Problem:
    draw = random.Random(seed)
    rows = [
        [(c, draw.uniform(0.5, 9.0)) for c in sorted(draw.sample(range(4), draw.randint(1, 3)))] for _ in range(300)
    ]
    truth = (0.9, 0.4, 0.1, 0.0)
    outcomes = [draw.random() < 1 / (1 + math.exp(2 - sum(truth[c] * v for c, v in row))) for row in rows]
    return rows, outcomes, [draw.choice([1.0, 1.0, 4.0]) for _ in rows]


def _loss(found: Fitted, weights: tuple[float, ...], intercept: float, problem: Problem) -> float:
    rows, outcomes, counts = problem
    odds = [intercept + found.slope * sum(weights[c] * v for c, v in row) for row in rows]
    told = sum(n * math.log1p(math.exp(-o if y else o)) for o, y, n in zip(odds, outcomes, counts, strict=True))
    return told + sum((w - 1) ** 2 for w in weights) / (2 * SPREAD**2)


@pytest.mark.parametrize("seed", range(4))
def test_no_step_in_any_direction_is_better(seed: int) -> None:
    problem = _problem(seed)
    found = fit(*problem, columns=4)
    assert all(weight >= 0 for weight in found.weights)
    best = _loss(found, found.weights, found.intercept, problem)
    for column in range(4):
        for step in (-1e-3, 1e-3):
            moved = list(found.weights)
            moved[column] = max(0.0, moved[column] + step)
            assert _loss(found, tuple(moved), found.intercept, problem) >= best - 1e-9
    for step in (-1e-3, 1e-3):
        assert _loss(found, found.weights, found.intercept + step, problem) >= best - 1e-9


def test_a_column_that_speaks_against_goes_to_zero_and_not_below() -> None:
    rows = [[(0, 5.0)]] * 400 + [[(1, 5.0)]] * 400 + [[(0, 5.0), (1, 5.0)]] * 400
    outcomes = [True] * 400 + [False] * 800
    found = fit(rows, outcomes, [1.0] * 1200, columns=2)
    assert found.weights[1] == 0.0


def test_where_points_tell_nothing_the_weights_stay_where_they_were() -> None:
    draw = random.Random(7)
    rows = [[(number % 3, draw.uniform(1.0, 9.0))] for number in range(600)]
    found = fit(rows, [draw.random() < 0.5 for _ in rows], [1.0] * 600, columns=3)
    assert all(weight == pytest.approx(1.0, abs=0.35) for weight in found.weights)


def test_the_same_decisions_give_the_same_bits() -> None:
    exact = ["0x1.7b7beeb1d4d01p+1", "0x1.91a8987f67263p+0", "0x1.1b5bf5afdd162p-1", "0x1.3a7493352bf81p-2"]
    assert [weight.hex() for weight in fit(*_problem(1), columns=4).weights] == exact
