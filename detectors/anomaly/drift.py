"""How far what is measured has moved: the last window against those before it, feature by feature and for the score.

A model that was calibrated on other times than these says less. The numbers are told with each run, and are part of no finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from detectors.anomaly.features import FEATURES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

SCORE = "the score"
"""Beside the names of features: the drift of the score itself, among the account-windows held back."""
_NOTE = "drift in per mille of "


def noted(name: str) -> str:
    """Under which note a run keeps the drift of a feature, or of SCORE."""
    return _NOTE + name


def told(notes: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """By model, the drift of each feature and of SCORE, out of the notes of a run."""
    found = {
        detector: {name.removeprefix(_NOTE): moved for name, moved in mine.items() if name.startswith(_NOTE)}
        for detector, mine in notes.items()
    }
    return {detector: moved for detector, moved in found.items() if moved}


def is_one_of_several(rows: pl.DataFrame) -> pl.Series:
    """Whether each account-window is of a length of which there are earlier ones too."""
    return rows["days"].is_in(rows.filter(pl.col("window_back") > 0)["days"].unique().implode())


def drifts(rows: pl.DataFrame) -> dict[str, int]:
    """For each feature how far apart its values lie in the last window and in the earlier ones, per mille.

    `rows` is what `account_windows` gives; a length of which there is only the last window is not looked at. A feature that is not
    known on both sides is left out.
    """
    tiled = rows.filter(is_one_of_several(rows))
    last, earlier = tiled.filter(pl.col("window_back") == 0), tiled.filter(pl.col("window_back") > 0)
    apart = {
        name: apart_per_mille(last[name].drop_nulls().to_numpy(), earlier[name].drop_nulls().to_numpy())
        for name in FEATURES
    }
    return {name: value for name, value in apart.items() if value is not None}


def apart_per_mille(one: Counts, other: Counts) -> int | None:
    """The greatest difference between two cumulative shares (Kolmogorov and Smirnov), rounded down; None where one is empty.

    0 where both are spread alike, 1000 where every value of one lies below every value of the other. In whole numbers.
    """
    import numpy as np  # noqa: PLC0415

    if not len(one) or not len(other):
        return None
    first, second = np.sort(one), np.sort(other)
    steps = np.unique(np.concatenate([first, second]))
    up_to = np.searchsorted(first, steps, side="right") * len(second)
    apart = np.abs(up_to - np.searchsorted(second, steps, side="right") * len(first))
    return int(apart.max()) * 1000 // (len(first) * len(second))
