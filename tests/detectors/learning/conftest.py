"""Decisions of invented analysts: the truth about each detector is known, so what is learned can be held against it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from detectors.learning.decisions import Decision

WORTH_OF = {"often-right": 0.8, "mostly-right": 0.7, "as-others": 0.4, "seldom-right": 0.15, "hardly-right": 0.1}
"""How often an alert is worth a look where this detector is the best in it."""
Decide = Callable[..., list[Decision]]


@pytest.fixture
def decide() -> Decide:
    """So many decisions; with `share`, each is worth a look with that chance, whatever the detectors."""

    def decided(count: int, *, seed: int, share: float | None = None) -> list[Decision]:
        draw = random.Random(seed)
        made = []
        for number in range(count):
            detectors = draw.sample(list(WORTH_OF), draw.choice([1, 1, 2, 2, 3]))
            parts = {detector: draw.randint(1500, 9000) for detector in detectors}
            chance = max(WORTH_OF[detector] for detector in detectors) if share is None else share
            made.append(Decision(number, f"A-{number}", draw.random() < chance, parts))
        return made

    return decided
