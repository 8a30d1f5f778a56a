"""The numeric fingerprint: a name for how this machine rounds, so that model results are compared only where it agrees.

Sums, matrix products, factorisations and elementary functions run through kernels that are chosen by processor, and their last
bits differ. Rules and patterns are exact and do not need this. It must stay cheap, import no model library, and never be used
as a measure of whether two results are nearly equal: they are compared bit by bit, or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VERSION = 1
"""Raised when the computations below change: fingerprints of different versions are never equal."""

_ROWS, _COLUMNS = 384, 16


@cache
def numeric_fingerprint() -> str:
    """64 hexadecimal digits over the bits of a few fixed computations, on one thread. The first call takes about as long as
    importing scikit-learn; later calls are free."""
    import numpy as np  # noqa: F401, PLC0415  (a pool can be limited only once its library is loaded)
    import scipy.linalg  # noqa: F401, PLC0415
    import sklearn.ensemble  # noqa: F401, PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    digest = hashlib.sha256(f"numeric fingerprint {VERSION}".encode())
    with threadpool_limits(limits=1):
        for name, result in _computations(_table()):
            digest.update(name.encode() + b"\0" + result.astype("<f8").tobytes())
    return digest.hexdigest()


def _table() -> Floats:
    """Fixed numbers between -8 and 8, dense in the mantissa, from integer arithmetic alone: no generator that may change."""
    import numpy as np  # noqa: PLC0415

    index = np.arange(_ROWS * _COLUMNS, dtype=np.uint64)
    mixed = (index * np.uint64(2_654_435_761) + np.uint64(12_345)) % np.uint64(4_294_967_291)
    mixed = (mixed * mixed + index) % np.uint64(4_294_967_291)
    return (mixed.astype(np.float64) / 268_435_456.0 - 8.0).reshape(_ROWS, _COLUMNS)


def _computations(table: Floats) -> Iterator[tuple[str, Floats]]:
    """What the models rest on: elementary functions, sums, products, factorisations, principal components and trees."""
    import numpy as np  # noqa: PLC0415
    import scipy.linalg  # noqa: PLC0415
    from sklearn.decomposition import PCA  # noqa: PLC0415
    from sklearn.ensemble import IsolationForest  # noqa: PLC0415

    positive = np.abs(table) + 1e-3
    yield "functions", np.concatenate([np.log1p(positive), np.log2(positive), np.arcsinh(table), np.exp(table)])
    yield "sums", np.concatenate([table.sum(axis=0), table.mean(axis=1), table.var(axis=0), [table.sum()]])
    covariance = table.T @ table
    yield "product", covariance
    yield "matrix by vector", table @ table[0]
    yield "singular values", np.linalg.svd(table, full_matrices=False)[1]
    yield "solution", np.linalg.solve(covariance, table[1])
    yield "eigenvectors", np.concatenate([part.ravel() for part in scipy.linalg.eigh(covariance)])
    components = PCA(svd_solver="covariance_eigh").fit(table)
    yield "components", np.concatenate([components.components_.ravel(), components.explained_variance_])
    yield "histogram", np.histogram(table[:, 0], bins=30, density=True)[0]
    forest = IsolationForest(n_estimators=8, random_state=1, n_jobs=1).fit(table)
    yield "forest", forest.score_samples(table[:64])
