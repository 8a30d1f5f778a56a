"""The score is the formula on the page, and the shapes found many at a time are those of plain enumeration."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest

from detectors.network.chains import chains
from detectors.network.null import NAT
from detectors.network.seeds import CLOSED, STARS, Limits, seeds
from detectors.network.tables import Census
from tests.detectors.network.reference import plain_chains, plain_score, plain_shapes
from tests.detectors.network.town import Paid, relations_of, window_of

ACCOUNTS, DAYS = 14, 60
WIDE = Limits(least=0, seeds=10_000, hub_cap=1000, paths=10**9, ways=10**6)
ENUMERATED = STARS | CLOSED - {"chain"}
"""Of chains only the best for each last payment are looked for."""


def town_without_pairs_that_meet_twice(seed: int, payments: int) -> list[Paid]:
    chance = random.Random(seed)
    pairs = [(one, other) for one in range(ACCOUNTS) for other in range(one)]
    chosen = [pair if chance.random() < 0.5 else pair[::-1] for pair in chance.sample(pairs, payments)]
    return sorted((chance.randrange(DAYS), *pair) for pair in chosen)


@pytest.mark.parametrize("seed", range(20))
def test_any_set_of_relations_scores_what_the_page_says(seed: int) -> None:
    paid = town_without_pairs_that_meet_twice(seed, 60)
    relations = relations_of(paid, accounts=ACCOUNTS, days=DAYS)
    chance = random.Random(seed)
    for opens, days in ((0, 14), (42, 28), (14, 28)):
        window = window_of(relations, opens, days)
        for size in (1, 3, 6, 9):
            edges = chance.sample(window.edges.tolist(), min(size, len(window.edges)))
            plain = plain_score(paid, edges, accounts=ACCOUNTS, span=DAYS, opens=opens, days=days)
            assert abs(window.score(edges) / NAT - plain) < 1e-6


@pytest.mark.parametrize("seed", range(30))
def test_the_shapes_of_a_window_are_those_of_plain_enumeration(seed: int) -> None:
    paid = town_without_pairs_that_meet_twice(seed, 55)
    relations = relations_of(paid, accounts=ACCOUNTS, days=DAYS)
    for opens, days in ((0, 14), (14, 28), (49, 28)):
        found = seeds(window_of(relations, opens, days), WIDE, Counter(), ENUMERATED)
        plain = {
            shape: plain_score(paid, shape, accounts=ACCOUNTS, span=DAYS, opens=opens, days=days)
            for shape in plain_shapes(paid, opens=opens, days=days)
        }
        assert {frozenset(seed.edges) for seed in found} == {shape for shape, score in plain.items() if score >= 0}
        assert [seed.score for seed in found] == sorted((seed.score for seed in found), reverse=True)


@pytest.mark.parametrize("seed", range(20))
def test_the_best_chain_is_that_of_plain_enumeration(seed: int) -> None:
    """In a town so sparse that nobody is met twice on a way."""
    chance = random.Random(seed)
    hands = chance.sample(range(60), 9)
    paid = [(chance.randrange(14), *pair) for pair in itertools.pairwise(hands)]
    paid += [(chance.randrange(DAYS), *sorted(chance.sample(range(60), 2))) for _ in range(12)]
    paid = sorted({pair[1:]: pair for pair in paid}.values())
    relations = relations_of(paid, accounts=60, days=DAYS)
    window = window_of(relations, 0, 14)
    found = chains(Census(window), 0)
    plain = plain_chains(paid, opens=0, days=14)
    best = max(plain_score(paid, way, accounts=60, span=DAYS, opens=0, days=14) for way in plain)
    assert abs(window.score(found[0]) / NAT - best) < 1e-6
    assert {tuple(way) for way in found} <= plain


def test_a_sharper_least_score_keeps_the_best_only() -> None:
    relations = relations_of(town_without_pairs_that_meet_twice(9, 55), accounts=ACCOUNTS, days=DAYS)
    window = window_of(relations, 14, 28)
    every = seeds(window, replace(WIDE, least=-5 * NAT), Counter())
    bar = every[len(every) // 2].score
    some = seeds(window, replace(WIDE, least=bar), Counter())
    assert [each.edges for each in some] == [each.edges for each in every if each.score >= bar]
    assert 0 < len(some) < len(every)


def test_what_a_bound_leaves_out_is_counted() -> None:
    paid = [(day, 0, payee) for day, payee in enumerate(range(1, 14))]
    paid += [(day, payee, 20) for day, payee in enumerate(range(1, 14))]
    paid += [(day, 21, 0) for day in (1, 2)]
    left_out: Counter[str] = Counter()
    relations = relations_of(sorted(paid), accounts=30, days=DAYS)
    seeds(window_of(relations, 0, 28), replace(WIDE, least=-50 * NAT, seeds=1, hub_cap=5), left_out)
    assert left_out["hubs"] > 0
    assert left_out["seeds"] > 0
