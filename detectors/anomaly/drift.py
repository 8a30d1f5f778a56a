"""How far what is measured has moved: the last window against those before it, feature by feature and for the score.

A model that was calibrated on other times than these says less. The numbers are told with each run, and are part of no finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import polars as pl

from detectors.anomaly.features import FEATURES, Feature

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

SCORE = "the score"
"""Beside the names of features: the drift of the score itself, among the account-windows held back."""
_NOTE = "drift in per mille of "
_OVER = re.compile(r"(?P<name>.+) over (?P<days>[0-9]+) days")


def noted(name: str, days: int | None = None) -> str:
    """Under which note a run keeps the drift of a feature, or of SCORE; `days` where the windows are not those end to end."""
    return _NOTE + (name if days is None else f"{name} over {days} days")


def split(name: str) -> tuple[str, int | None]:
    """What moved, a feature or SCORE, and over windows of how many days where it is not those end to end."""
    over = _OVER.fullmatch(name)
    return (over["name"], int(over["days"])) if over else (name, None)


def told(notes: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """By model, the drift of each feature and of SCORE, out of the notes of a run."""
    found = {
        detector: {name.removeprefix(_NOTE): moved for name, moved in mine.items() if name.startswith(_NOTE)}
        for detector, mine in notes.items()
    }
    return {detector: moved for detector, moved in found.items() if moved}


def drifts(rows: pl.DataFrame, features: Mapping[str, Feature] = FEATURES) -> dict[str, int]:
    """For each feature how far apart its values lie in the last window of `rows` and in the earlier ones, per mille.

    `rows` are of windows of one length. A feature that is not known on both sides is left out.
    """
    is_last = pl.col("window_back") == 0
    last, earlier = rows.filter(is_last), rows.filter(~is_last)
    apart = {
        name: apart_per_mille(last[name].drop_nulls().to_numpy(), earlier[name].drop_nulls().to_numpy())
        for name in features
    }
    return {name: value for name, value in apart.items() if value is not None}


def tell_drifts(note: Callable[[str, int], None], rows: pl.DataFrame, days: int) -> None:
    """Note the drift of each feature of accounts, for each length of windows apart; those of `days` lie end to end."""
    for length, mine in sorted(rows.group_by("days")):
        over = int(length[0])
        for name, moved in drifts(mine).items():
            note(noted(name, None if over == days else over), moved)


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
