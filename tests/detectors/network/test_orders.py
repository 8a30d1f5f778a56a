"""The orders that a search of networks stands on: of relations by their ends, and of pairs that meet again."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.network.hubs import _crowded
from detectors.network.relations import ordered
from tests.detectors.network.town import random_town, relations_of


@pytest.mark.parametrize("most", [5, 2**40, 2**62])
def test_keys_are_ordered_with_equal_ones_in_turn(most: int) -> None:
    keys = np.random.default_rng(7).integers(0, 20, 300) * (most // 20)

    assert ordered(keys).tolist() == sorted(range(300), key=lambda place: (keys[place], place))


def test_nothing_has_an_order() -> None:
    assert ordered(np.zeros(0, dtype=np.int64)).tolist() == []


def test_the_days_of_an_account_are_those_of_its_relations_on_one_side() -> None:
    paid = random_town(3, accounts=9, payments=60, days=40)
    relations = relations_of(paid, accounts=9, days=40)

    for account in range(9):
        assert sorted(relations.days_of(account, paying=True)) == [day for day, payer, _ in paid if payer == account]
        assert sorted(relations.days_of(account, paying=False)) == [day for day, _, payee in paid if payee == account]


def test_every_word_that_stands_twice_is_among_the_crowded() -> None:
    words = np.random.default_rng(7).integers(0, 2**63, 400).astype(np.uint64)
    words[[17, 90, 255]] = words[3]

    crowded = _crowded(words).tolist()

    assert {3, 17, 90, 255} <= set(crowded)
    assert len(crowded) < 200
