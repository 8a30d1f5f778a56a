"""Effects that add up, and the transactions behind them."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import polars as pl
import pytest

from detectors.anomaly.ensemble import Ensemble, one_thread
from detectors.anomaly.explain import ORDERS, effects, replacement_orders, weighty_transactions
from detectors.anomaly.features import FEATURES

np = pytest.importorskip("numpy")
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COUNT = len(FEATURES)


def _rows(rows: int, seed: int) -> NDArray[np.float64]:
    return np.round(np.random.default_rng(seed).standard_t(3, size=(rows, COUNT)), 6)


@pytest.fixture(scope="module")
def fitted() -> Ensemble:
    with one_thread():
        return Ensemble.fit(_rows(1000, 1), seed=4)


def test_the_effects_of_every_account_add_up_to_its_score(fitted: Ensemble) -> None:
    rows = np.vstack([_rows(60, 2) * 3, _rows(60, 3), np.full((1, COUNT), 900.0)])
    scores = [fitted.per_mille(int(rarity)) for rarity in fitted.rarity(rows)]
    assert [sum(effect.thousandths for effect in found) for found in effects(fitted, rows)] == scores
    assert min(scores) < 200
    assert scores[-1] == 1000


def test_a_feature_at_its_peers_median_has_no_effect(fitted: Ensemble) -> None:
    row = np.zeros((1, COUNT))
    row[0, 2], row[0, 7] = 30.0, -25.0
    found = effects(fitted, row)[0]
    names = list(FEATURES)
    assert {effect.feature for effect in found} == {names[2], names[7]}


def test_one_feature_alone_has_the_whole_score(fitted: Ensemble) -> None:
    row = np.zeros((1, COUNT))
    row[0, 4] = 60.0
    score = fitted.per_mille(int(fitted.rarity(row)[0]))
    assert [(effect.feature, effect.thousandths) for effect in effects(fitted, row)[0]] == [(list(FEATURES)[4], score)]


def test_the_largest_effect_comes_first_and_company_changes_nothing(fitted: Ensemble) -> None:
    rows = _rows(700, 8) * 2
    together = effects(fitted, rows)
    assert all(
        [e.thousandths for e in found] == sorted((e.thousandths for e in found), reverse=True) for found in together
    )
    assert [effects(fitted, rows[index : index + 1])[0] for index in (0, 250, 699)] == [
        together[i] for i in (0, 250, 699)
    ]


def test_effects_lie_near_the_exact_shapley_values(fitted: Ensemble) -> None:
    # Five features differ: all 120 orders can be tried.
    row = np.zeros((1, COUNT))
    places = [0, 3, 6, 9, 12]
    row[0, places] = [6.0, 4.0, 9.0, -5.0, 3.0]
    orders = list(permutations(places))
    shown = np.zeros((len(orders), 6, COUNT))
    for turn, order in enumerate(orders):
        for step, place in enumerate(order, start=1):
            shown[turn, step:, place] = row[0, place]
    gains = np.diff(fitted.rarity(shown.reshape(-1, COUNT)).reshape(len(orders), 6), axis=1)
    exact = dict.fromkeys(places, 0)
    for order, gained in zip(orders, gains.tolist(), strict=True):
        for place, gain in zip(order, gained, strict=True):
            exact[place] += gain
    found = {effect.feature: effect.thousandths for effect in effects(fitted, row)[0]}
    for place in places:
        expected = exact[place] * 1000 / 120 / (fitted.most - fitted.typical)
        assert found.get(list(FEATURES)[place], 0) == pytest.approx(expected, abs=120)


def test_replacement_orders_are_fixed_whole_and_taken_both_ways() -> None:
    orders = replacement_orders(COUNT)
    assert len(orders) == 2 * ORDERS
    assert all(sorted(order) == list(range(COUNT)) for order in orders)
    assert orders[1] == orders[0][::-1]
    assert orders == replacement_orders(COUNT)


def _legs(rows: list[tuple[int, int, str | None, bool, bool]]) -> pl.DataFrame:
    columns = ["account", "txn", "amount_base", "is_cash", "is_night"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        pl.col("account", "txn").cast(pl.Int32),
        pl.col("amount_base").cast(pl.Decimal(24, 4)),
        days=pl.lit(30, pl.Int32),
        window_back=pl.lit(0, pl.Int32),
    )


def _top(rows: list[tuple[int, str, int]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["account", "concerns", "thousandths"], orient="row")
    return frame.with_columns(
        pl.col("account").cast(pl.Int32), days=pl.lit(30, pl.Int32), window_back=pl.lit(0, pl.Int32)
    )


def test_evidence_is_what_counts_towards_the_top_features_then_the_largest() -> None:
    legs = _legs([(1, 0, "900", False, False), (1, 1, "10", True, False), (1, 2, "5", True, True), (1, 3, "800", False, False),
                  (1, 4, None, False, False)])  # fmt: skip
    top = _top([(1, "is_cash", 300), (1, "is_night", 200)])
    assert weighty_transactions(legs, top, 3).select("evidence", "left_out").rows() == [([0, 1, 2], 2)]
    assert weighty_transactions(legs, top, 1).select("evidence", "left_out").rows() == [([2], 4)]
    assert weighty_transactions(legs, top, 9).select("evidence", "left_out").rows() == [([0, 1, 2, 3, 4], 0)]


def test_two_features_that_concern_the_same_transactions_weigh_together() -> None:
    legs = _legs([(1, 0, "1", False, True), (1, 1, "1", True, False)])
    top = _top([(1, "is_cash", 300), (1, "is_night", 200), (1, "is_night", 200)])
    assert weighty_transactions(legs, top, 1)["evidence"].to_list() == [[0]]


def test_a_payment_to_oneself_is_one_piece_of_evidence() -> None:
    legs = _legs([(1, 7, "50", False, False), (1, 7, "50", False, False)])
    assert weighty_transactions(legs, _top([(1, "is_cash", 9)]), 5).select("evidence", "left_out").rows() == [([7], 0)]
