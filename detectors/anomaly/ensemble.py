"""Four models that need no labels, fitted on a fixed reference sample and combined by rank against that sample.

HBOS (Goldstein and Dengel 2012), Isolation Forest (Liu, Ting and Zhou 2008) and the principal component classifier (Shyu et al.
2003), fitted by PyOD, and the distance to the nearest of a sample (Ramaswamy, Rastogi and Shim 2000). A row's score depends on the
fitted reference alone, never on the rows scored with it: what PyOD would compute with BLAS over a batch is computed here element
by element. Importing this module is cheap; fitting imports PyOD.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas.errors import ResourceExhausted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

MODELS: tuple[str, ...] = ("HBOS", "PCA", "Isolation Forest", "KNN")
"""From the quickest to the slowest, which is the order in which a row is scored."""
BINS = 30
TREES = 100
NEIGHBOURS = 10
# A thousand tell what is far from everybody; with more the time grows and the tenth neighbour hardly moves.
SAMPLED = 1000
# A direction in which the reference hardly varies still counts as if it had half a standard deviation of the peers, or the
# smallest oddity in a feature that is mostly zero would outweigh everything.
_LEAST_VARIANCE = 0.25
# Within one standard deviation of the peers' median a value is simply usual, and has no effect.
_USUAL = 1.0
# Scores are compared after rounding, so that their last bits, where processors differ, cannot change a rank.
_DIGITS = 6
_DIGITS_FITTED = 9


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold every BLAS and OpenMP pool to one thread, whatever the environment says, and make sure of it."""
    import numpy as np  # noqa: F401, PLC0415  (a pool can be limited only once its library is loaded)
    import pyod.models.iforest  # noqa: F401, PLC0415
    import sklearn.decomposition  # noqa: F401, PLC0415
    from threadpoolctl import threadpool_info, threadpool_limits  # noqa: PLC0415

    def make_sure() -> None:
        many = sorted(str(pool["internal_api"]) for pool in threadpool_info() if pool["num_threads"] != 1)
        if many:
            raise ResourceExhausted("a numeric library cannot be held to one thread", value=", ".join(many))

    with threadpool_limits(limits=1):
        make_sure()
        yield
        make_sure()


@dataclass(frozen=True, slots=True)
class Histograms:
    """A fitted HBOS: for each feature the edges of its bins and the height of each bin, log2 and negated, so that rare is high."""

    edges: Floats
    heights: Floats
    tolerance: float

    def score(self, rows: Floats) -> Floats:
        """The sum over the features of how rare the value's bin is. Beyond the outer bins a value is as rare as can be."""
        import numpy as np  # noqa: PLC0415

        total = np.zeros(len(rows))
        for column in range(rows.shape[1]):
            edges, heights = self.edges[:, column], self.heights[:, column]
            values = np.ascontiguousarray(rows[:, column])
            bins = np.digitize(values, edges, right=True)
            near_low = edges[0] - values <= (edges[1] - edges[0]) * self.tolerance
            near_high = values - edges[-1] <= (edges[-1] - edges[-2]) * self.tolerance
            inside = heights[np.clip(bins - 1, 0, len(heights) - 1)]
            outside = ((bins == 0) & ~near_low) | ((bins == len(edges)) & ~near_high)
            total += np.where(outside, heights.max(), inside)
        return total


@dataclass(frozen=True, slots=True)
class Components:
    """A fitted principal component classifier: the centre, the axes (one a row) and the variance along each."""

    centre: Floats
    axes: Floats
    variances: Floats

    def score(self, rows: Floats) -> Floats:
        """The squared distance from the centre in units of the variance along each axis (Shyu et al., over all axes).

        PyOD's own score is the distance to the tips of the axes over their share of variance: the last axis drowns the rest,
        and an axis without variance divides by zero.
        """
        import numpy as np  # noqa: PLC0415

        away = [np.ascontiguousarray(rows[:, column]) - self.centre[column] for column in range(rows.shape[1])]
        total = np.zeros(len(rows))
        for axis, variance in zip(self.axes, self.variances, strict=True):
            along = np.zeros(len(rows))
            for column, weight in enumerate(axis):
                along += away[column] * weight
            total += along * along / variance
        return total


@dataclass(frozen=True, slots=True)
class Nearest:
    """A fitted KNN: a tree over some rows of the reference, and which neighbour counts."""

    tree: Any
    neighbour: int

    def score(self, rows: Floats) -> Floats:
        """The distance to the tenth nearest row of the sample, as PyOD's KNN by the largest. The tree is asked row by row."""
        import numpy as np  # noqa: PLC0415

        if not len(rows):
            return np.zeros(0)
        distances: Floats = self.tree.query(np.ascontiguousarray(rows), k=[self.neighbour])[0][:, 0]
        return distances


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The fitted models, the quickest first, with the sorted scores that each gave to the reference, and the same for all together."""

    models: tuple[Callable[[Floats], Floats], ...]
    reference: tuple[Floats, ...]
    combined: Counts
    typical: int
    """What `rarity` gives to an account that is in everything exactly like the middle of its peers."""

    @classmethod
    def fit(cls, reference: Floats, seed: int) -> Ensemble:
        """Fit on `reference` (rows by features, in a total order: fits depend on it) with a seed below 2^32."""
        import numpy as np  # noqa: PLC0415

        rows = np.asfortranarray(damped(reference))
        models = (
            fit_histograms(rows).score,
            fit_components(rows).score,
            _fit_forest(rows, seed).decision_function,
            fit_nearest(rows).score,
        )
        scores = [_scored(model, rows) for model in models]
        ordered = tuple(np.sort(mine) for mine in scores)
        ranks = [np.searchsorted(known, mine, side="left") for known, mine in zip(ordered, scores, strict=True)]
        combined = np.sort(np.sum(ranks, axis=0))
        unfinished = cls(models, ordered, combined, 0)
        typical = int(unfinished.rarity(np.zeros((1, rows.shape[1])))[0])
        return cls(models, ordered, combined, typical)

    @property
    def size(self) -> int:
        """Rows in the reference."""
        return len(self.combined)

    @property
    def most(self) -> int:
        """The greatest rarity: rarer than the whole reference by every model."""
        return len(self.reference) * self.size

    def rarity(self, distances: Floats, at_least: int = 0) -> Counts:
        """How many reference rows are less unusual, added over the models: an integer from 0 to `most` for each row.

        `distances` is rows by features, as `Peers.distances` gives it. A row that cannot reach `at_least` gets -1: the slow
        models are asked only where they can still matter.
        """
        import numpy as np  # noqa: PLC0415

        rows = damped(distances)
        result = np.zeros(len(rows), dtype=np.int64)
        open_ = np.arange(len(rows))
        for turn, (model, known) in enumerate(zip(self.models, self.reference, strict=True), start=1):
            result[open_] += np.searchsorted(known, _scored(model, rows[open_]), side="left")
            hopeless = result[open_] + (len(self.models) - turn) * self.size < at_least
            result[open_[hopeless]] = -1
            open_ = open_[~hopeless]
        return result

    def per_mille(self, rarity: int) -> int:
        """A rarity as a score: 0 for an account in the middle of its peers, 1000 for `most`; below 0 for the even more usual."""
        return (rarity - self.typical) * 1000 // (self.most - self.typical)


def damped(distances: Floats) -> Floats:
    """Distances as the models see them: nothing within one standard deviation, and the far ends drawn in.

    The inverse hyperbolic sine keeps small distances and takes the logarithm of large ones, so that one wild value stretches no
    histogram.
    """
    import numpy as np  # noqa: PLC0415

    beyond = np.sign(distances) * np.maximum(np.abs(distances) - _USUAL, 0.0)
    return _rounded(np.arcsinh(beyond))


def _scored(model: Callable[[Floats], Floats], rows: Floats) -> Floats:
    import numpy as np  # noqa: PLC0415

    return _rounded(model(np.ascontiguousarray(rows))) if len(rows) else np.zeros(0)


def _rounded(scores: Floats) -> Floats:
    import numpy as np  # noqa: PLC0415

    rounded: Floats = np.round(scores, _DIGITS)
    return rounded


def fit_histograms(rows: Floats) -> Histograms:
    import numpy as np  # noqa: PLC0415

    model = _hbos_as_written()(n_bins=BINS).fit(rows)
    heights = -np.log2(model.hist_ + model.alpha)
    return Histograms(model.bin_edges_, np.round(heights, _DIGITS_FITTED), float(model.tol))


def _hbos_as_written() -> Any:
    """PyOD's HBOS without its compiler: compiling its loop takes four seconds, running it as written 0.2 on 20,000 rows."""
    from numba import config  # noqa: PLC0415

    settings: Any = config
    before, settings.DISABLE_JIT = settings.DISABLE_JIT, True
    try:
        from pyod.models.hbos import HBOS  # noqa: PLC0415
    finally:
        settings.DISABLE_JIT = before
    return HBOS


def _fit_forest(rows: Floats, seed: int) -> Any:
    import numpy as np  # noqa: PLC0415
    from pyod.models.iforest import IForest  # noqa: PLC0415

    return IForest(n_estimators=TREES, random_state=seed, n_jobs=1).fit(np.ascontiguousarray(rows))


def fit_components(rows: Floats) -> Components:
    import numpy as np  # noqa: PLC0415
    from pyod.models.pca import PCA  # noqa: PLC0415

    # Not standardised again: every feature is in standard deviations of its peers already.
    with np.errstate(invalid="ignore"):  # where all are equal, their shares of no variance
        model = PCA(svd_solver="covariance_eigh", weighted=False, standardization=False).fit(np.ascontiguousarray(rows))
    return Components(
        np.round(model.mean_, _DIGITS_FITTED),
        np.round(model.components_, _DIGITS_FITTED),
        np.maximum(np.round(model.explained_variance_, _DIGITS_FITTED), _LEAST_VARIANCE),
    )


def fit_nearest(rows: Floats) -> Nearest:
    """Every so manieth row of the reference, `SAMPLED` at most."""
    import numpy as np  # noqa: PLC0415
    from scipy.spatial import KDTree  # noqa: PLC0415

    sample = np.ascontiguousarray(rows[:: -(-len(rows) // SAMPLED)])
    return Nearest(KDTree(sample, leafsize=len(sample)), min(NEIGHBOURS, len(sample)))
