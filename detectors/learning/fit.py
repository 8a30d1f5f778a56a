"""Fit a logistic regression whose weights are never negative and stay near one: how much a detector's points count, beside the others'.

The same decisions in the same order give the same bits on every machine: additions, products and quotients of doubles in a fixed
order, and an exponential made of them. Needs no library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ldexp

SPREAD = 0.5
"""The standard deviation that the weights are taken to have around one before anything is decided: half up or down is common,
twice as much is rare."""
SLOPE_SPREAD = 0.25
"""The same for the slope, in log odds a bit: a bit that counted in full would be 0.69."""
_LEAST_SLOPE = 0.02
"""Where points and decisions have nothing to do with each other the slope is held here: the weights then stay near one."""
_STEPS, _STILL = 100, 1e-7
_SWEEPS, _SETTLED = 500, 1e-12
_FAR = 30.0
_LN2 = 0.6931471805599453
_TAYLOR = tuple(1.0 / divisor for divisor in (362880, 40320, 5040, 720, 120, 24, 6, 2, 1, 1))

Row = Sequence[tuple[int, float]]
"""The columns of a row that are not zero, and their values."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """`weights` by column, one where nothing is known; `slope` turns weighted bits into log odds, `intercept` where they begin."""

    intercept: float
    slope: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Prior:
    """What each coefficient is held to, how firmly, and its least value. The first is the intercept, which nothing holds."""

    means: tuple[float, ...]
    pulls: tuple[float, ...]
    least: tuple[float, ...]


def fit(rows: Sequence[Row], outcomes: Sequence[bool], counts: Sequence[float], columns: int) -> Fitted:
    """Two steps: the slope at which all columns together tell the outcome, then how each differs from it, held back to one.

    `counts` is how many decisions each row stands for. Minimises the weighted logistic loss plus, for each weight, its squared
    distance from one over twice SPREAD squared, with no weight below zero. That is convex: there is one minimum.
    """
    sums = [sum(value for _, value in row) for row in rows]
    middle = sum(total * count for total, count in zip(sums, counts, strict=True)) / sum(counts)
    together: list[Row] = [((0, 1.0), (1, total - middle)) for total in sums]
    held = _Prior((0.0, _LEAST_SLOPE), (0.0, 1 / SLOPE_SPREAD**2), (-_FAR, _LEAST_SLOPE))
    slope = _descend(together, outcomes, counts, held)[1]
    scaled: list[Row] = [((0, 1.0), *((column + 1, value * slope) for column, value in row)) for row in rows]
    free = _Prior((0.0, *[1.0] * columns), (0.0, *[1 / SPREAD**2] * columns), (-_FAR, *[0.0] * columns))
    intercept, *weights = _descend(scaled, outcomes, counts, free)
    return Fitted(intercept, slope, tuple(weights))


def _descend(rows: Sequence[Row], outcomes: Sequence[bool], counts: Sequence[float], prior: _Prior) -> list[float]:
    """Newton's steps within the bounds, each halved until it does not overshoot."""
    at = list(prior.means)
    for _ in range(_STEPS):
        downhill, curve = _slopes(rows, outcomes, counts, prior, at)
        step = _bounded_step(downhill, curve, at, prior.least)
        towards = -_along(downhill, step)
        while max(map(abs, step)) >= _STILL:
            there = [here + moved for here, moved in zip(at, step, strict=True)]
            if 2 * _along(_slopes(rows, outcomes, counts, prior, there)[0], step) <= towards:
                break
            step, towards = [moved / 2 for moved in step], towards / 2
        at = [max(least, here + moved) for least, here, moved in zip(prior.least, at, step, strict=True)]
        if max(map(abs, step)) < _STILL:
            break
    return at


def _slopes(
    rows: Sequence[Row], outcomes: Sequence[bool], counts: Sequence[float], prior: _Prior, at: Sequence[float]
) -> tuple[list[float], list[list[float]]]:
    """The first and second derivatives of what is minimised."""
    first = [pull * (here - mean) for pull, here, mean in zip(prior.pulls, at, prior.means, strict=True)]
    second = [[prior.pulls[row] if row == column else 0.0 for column in range(len(at))] for row in range(len(at))]
    for row, outcome, count in zip(rows, outcomes, counts, strict=True):
        share = _share(sum(at[column] * value for column, value in row))
        missed, spread = count * (share - outcome), count * share * (1.0 - share)
        for column, value in row:
            first[column] += missed * value
            line, spreading = second[column], spread * value
            for other, further in row:
                line[other] += spreading * further
    return first, second


def _bounded_step(
    downhill: Sequence[float], curve: Sequence[Sequence[float]], at: Sequence[float], least: Sequence[float]
) -> list[float]:
    """The step to the bottom of the parabola that does not leave the bounds, coordinate by coordinate."""
    step = [0.0] * len(at)
    slope = list(downhill)
    for _ in range(_SWEEPS):
        furthest = 0.0
        for column, line in enumerate(curve):
            if line[column] <= 0.0:
                continue
            moved = max(least[column] - at[column], step[column] - slope[column] / line[column]) - step[column]
            step[column] += moved
            furthest = max(furthest, abs(moved))
            for other, crossed in enumerate(line):
                slope[other] += crossed * moved
        if furthest < _SETTLED:
            break
    return step


def _along(slope: Sequence[float], step: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(slope, step, strict=True))


def _share(odds: float) -> float:
    """The logistic function. Its exponential is a series, because those of C libraries differ in their last bits."""
    if odds > _FAR:
        return 1.0
    if odds < -_FAR:
        return 0.0
    halvings = round(-odds / _LN2)
    rest, power = -odds - halvings * _LN2, 0.0
    for term in _TAYLOR:
        power = power * rest + term
    return 1.0 / (1.0 + ldexp(power, halvings))
