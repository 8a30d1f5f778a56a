"""The patterns at the ends of what they accept: the largest amounts, the bounds of every parameter, times before 1970."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

import pytest

from detectors.api import default_params
from detectors.graph import (
    bipartite_stack,
    border_convergence,
    earner_to_collector,
    gather_scatter,
    layered_chain,
    round_trip,
    scatter_gather,
    smurf_ring,
)
from detectors.graph.legs import query
from tests.detectors.graph.worlds import DAY, Payment, Shape, found, random_worlds, view_of

LARGEST = Decimal("999999999999999999.9999")
"""Eighteen digits before the point."""
SHAPES: dict[ModuleType, list[tuple[int, int]]] = {
    scatter_gather: [(0, 1), (0, 2), (0, 3), (1, 9), (2, 9), (3, 9)],
    gather_scatter: [(1, 0), (2, 0), (3, 0), (4, 0), (0, 5), (0, 6), (0, 7), (0, 8)],
    round_trip: [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)],
    layered_chain: [(0, 1), (1, 2), (2, 3)],
    bipartite_stack: [(0, 5), (0, 6), (1, 6), (1, 7), (2, 7), (2, 5)],
    earner_to_collector: [(4, 1), (1, 9), (5, 2), (2, 9), (6, 3), (3, 9)],
}
PATTERNS = (*SHAPES, border_convergence, smurf_ring)


def drawn(pattern: ModuleType, amount: Decimal, first_day: int) -> list[Payment]:
    pairs = enumerate(SHAPES[pattern])
    return [Payment(txn, first_day * DAY, first_day * DAY + DAY - 1, *pair, amount) for txn, pair in pairs]


@pytest.mark.parametrize("pattern", SHAPES)
@pytest.mark.parametrize(("amount", "first_day"), [(LARGEST, 20_514), (Decimal(1000), 0), (Decimal(1000), -400)])
def test_the_largest_amounts_and_the_oldest_times_are_found(
    pattern: ModuleType, amount: Decimal, first_day: int
) -> None:
    sightings = found(pattern.find(view_of(drawn(pattern, amount, first_day)), default_params(pattern.META)))
    assert [sighting.evidence for sighting in sightings] == [tuple(range(len(SHAPES[pattern])))]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_parameter_runs_at_both_of_its_bounds(pattern: ModuleType) -> None:
    view = view_of(random_worlds(3, 5, Shape()))
    defaults = default_params(pattern.META)
    for name, parameter in pattern.META.params.items():
        for bound in (parameter.least, parameter.most, Decimal(parameter.most)):
            assert pattern.find(view, {**defaults, name: bound}).width == 7


@pytest.mark.parametrize("value", [1.5, "1; drop table transactions", None, True])
def test_nothing_but_a_number_gets_into_a_query(value: object) -> None:
    with pytest.raises(TypeError, match="least_amount"):
        query("select $least_amount", {"least_amount": value})  # type: ignore[dict-item]
