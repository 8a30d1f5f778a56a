"""The orders that a search of networks stands on: of relations by their ends, and of pairs that meet again."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.network import hubs
from detectors.network.orders import ordered, rising
from detectors.network.tables import Census
from tests.detectors.network.town import random_town, relations_of, window_of


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


@pytest.mark.parametrize("spread", [1, 2**30, 2**63])
def test_numbers_that_agree_in_their_first_bits_still_rise(spread: int) -> None:
    distinct = np.random.default_rng(7).permutation(
        np.arange(500, dtype=np.uint64) % np.uint64(7) * np.uint64(spread // 8) + np.arange(500, dtype=np.uint64)
    )

    assert rising(distinct).tolist() == sorted(range(500), key=lambda place: int(distinct[place]))


def test_pairs_that_meet_over_two_to_twenty_others_are_told_however_many_ways_are_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Accounts 0 to 7 all pay some of 8 to 19; the last two have 25 payees of their own in common, which is too many."""
    chance = np.random.default_rng(7)
    pairs = {(int(payer), int(payee)) for payer, payee in chance.integers((0, 8), (8, 20), (60, 2))}
    pairs |= {(payer, payee) for payer in (20, 21) for payee in range(22, 47)}
    relations = relations_of([(day // 20, *pair) for day, pair in enumerate(sorted(pairs))], accounts=50, days=40)
    paid = {payer: {payee for one, payee in pairs if one == payer} for payer in range(8)}
    common = {(one, two): paid[one] & paid[two] for one in paid for two in paid if one < two}
    everybody = np.ones(50, dtype=bool)
    for at_once in (1, 16, 1 << 18):
        monkeypatch.setattr(hubs, "_AT_ONCE", at_once)
        found = hubs.alike(Census(window_of(relations, 0, 20)), everybody, everybody, hub="payer")
        ends = np.cumsum(found.ways)
        assert {
            (int(one), int(two)): set(found.via[end - ways : end].tolist())
            for one, two, ways, end in zip(found.one, found.other, found.ways, ends, strict=True)
        } == {pair: via for pair, via in common.items() if len(via) >= 2}
