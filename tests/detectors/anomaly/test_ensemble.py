"""The models: what they give alone and together, and that a row's score is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detectors.anomaly import ensemble as module
from detectors.anomaly.ensemble import Ensemble, damped, one_thread

np = pytest.importorskip("numpy")
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEATURES = 16


def _population(rows: int, seed: int = 5) -> NDArray[np.float64]:
    """Distances as peers give them: correlated, with long tails, one column mostly and one column always zero."""
    dice = np.random.default_rng(seed)
    shared = dice.normal(size=(rows, 1))
    table = np.round(dice.standard_t(4, size=(rows, FEATURES)) + shared, 6)
    table[:, 3] = np.where(dice.random(rows) < 0.97, 0.0, table[:, 3])
    table[:, 5] = 0.0
    return table


@pytest.fixture(scope="module")
def fitted() -> Ensemble:
    with one_thread():
        return Ensemble.fit(_population(1500), seed=11)


def test_a_row_alone_scores_what_it_scores_among_all(fitted: Ensemble) -> None:
    rows = _population(60, seed=6)
    together = fitted.rarity(rows)
    assert [int(fitted.rarity(rows[index : index + 1])[0]) for index in range(60)] == together.tolist()
    assert fitted.rarity(rows[::-1]).tolist() == together[::-1].tolist()


def test_each_model_gives_the_same_bits_whatever_it_scores_beside(fitted: Ensemble) -> None:
    rows = damped(_population(40, seed=7))
    for score in fitted.models:
        together = score(np.ascontiguousarray(rows))
        alone = np.concatenate([score(np.ascontiguousarray(rows[index : index + 1])) for index in range(40)])
        assert together.tobytes() == alone.tobytes()


def test_histogram_scores_are_those_of_pyod() -> None:
    rows = damped(_population(800))
    model = module._hbos_as_written()(n_bins=module.BINS).fit(rows)
    others = np.vstack([damped(_population(400, seed=8)), np.full((1, FEATURES), 40.0), np.full((1, FEATURES), -40.0)])
    ours = module.fit_histograms(rows).score(others)
    assert ours == pytest.approx(model.decision_function(others), abs=1e-6)


def test_component_scores_are_squared_distances_over_the_variance_of_each_axis() -> None:
    rows = damped(_population(900))[:, [0, 1, 2, 4]]
    ours = module.fit_components(rows).score(rows)
    centred = rows - rows.mean(axis=0)
    variances, axes = np.linalg.eigh(np.cov(rows, rowvar=False))
    assert ours == pytest.approx(((centred @ axes) ** 2 / np.maximum(variances, 0.25)).sum(axis=1), abs=1e-5)


def test_the_distance_to_the_nearest_is_that_of_pyod() -> None:
    from pyod.models.knn import KNN

    rows, others = damped(_population(700)), damped(_population(200, seed=8))
    theirs = KNN(n_neighbors=module.NEIGHBOURS, method="largest").fit(rows).decision_function(others)
    assert module.fit_nearest(rows).score(others) == pytest.approx(theirs, abs=1e-9)


def test_no_more_than_the_sample_is_searched() -> None:
    assert module.fit_nearest(damped(_population(2500))).tree.n <= module.SAMPLED


def test_an_account_like_the_middle_of_its_peers_scores_nothing_and_one_unlike_everybody_a_thousand(
    fitted: Ensemble,
) -> None:
    middle, wild = np.zeros((1, FEATURES)), np.full((1, FEATURES), 500.0)
    assert fitted.per_mille(int(fitted.rarity(middle)[0])) == 0
    assert fitted.per_mille(int(fitted.rarity(wild)[0])) == 1000


def test_differences_within_one_standard_deviation_are_no_differences(fitted: Ensemble) -> None:
    assert fitted.rarity(np.full((1, FEATURES), 0.99)).tolist() == fitted.rarity(np.zeros((1, FEATURES))).tolist()


def test_asking_only_for_the_rare_gives_the_rare_exactly(fitted: Ensemble) -> None:
    rows = _population(2000, seed=9)
    everything, bar = fitted.rarity(rows), int(np.quantile(fitted.combined, 0.98))
    rare_only = fitted.rarity(rows, at_least=bar)
    assert (rare_only >= bar).tolist() == (everything >= bar).tolist()
    assert (rare_only[rare_only >= bar] == everything[everything >= bar]).all()
    assert (rare_only == -1).any()


def test_a_world_of_equals_can_be_fitted() -> None:
    with one_thread():
        equals = Ensemble.fit(np.zeros((50, FEATURES)), seed=1)
    assert equals.rarity(np.zeros((3, FEATURES))).tolist() == [0, 0, 0]


def test_every_numeric_library_is_held_to_one_thread_while_fitting_and_let_go_afterwards() -> None:
    from threadpoolctl import threadpool_info, threadpool_limits

    with threadpool_limits(limits=2):
        before = {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}
        with one_thread():
            Ensemble.fit(_population(100), seed=1)
            assert {pool["num_threads"] for pool in threadpool_info()} == {1}
        assert {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()} == before


def test_fits_are_seeded_and_repeat(fitted: Ensemble) -> None:
    with one_thread():
        again, other = Ensemble.fit(_population(1500), seed=11), Ensemble.fit(_population(1500), seed=12)
    assert again.combined.tobytes() == fitted.combined.tobytes()
    assert other.combined.tobytes() != fitted.combined.tobytes()
