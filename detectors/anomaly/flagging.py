"""From distances to flagged account-windows: what the models of this package share, whatever an account is compared with.

Half of the account-windows, by a hash, fit the models; the others are held back and say how rare a score is. It decides who is
reported by counting, never how anybody is scored by who else is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from detectors.anomaly.calibration import Calibration
from detectors.anomaly.drift import SCORE, apart_per_mille, noted
from detectors.anomaly.windows import WINDOW
from detectors.api import Params

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detectors.anomaly.ensemble import Ensemble

    Floats = NDArray[np.float64]

_FITTING = pl.col("draw").str.tail(1).is_in(list("01234567"))
"""Half of the account-windows, by the last digit of a hash, fit the models."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Account-windows with their distances from what is usual.

    `rows` is what `account_windows` gives with a `slot`; `distances` has a row each and a column a feature; `usual` has a row a
    slot, in the order of slots, with `size` and for each feature `median_*`.
    """

    rows: pl.DataFrame
    distances: Floats
    usual: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Scored:
    """The flagged account-windows, one an account, with what is usual, their rarity and distances, and how the line was drawn.

    `rows` has the columns of `Compared.rows` and of `Compared.usual`, `rarity`, `farthest` (standard deviations) and `windows`
    (of the account). `line` is the least rarity that was flagged.
    """

    rows: pl.DataFrame
    distances: Floats
    ensemble: Ensemble
    calibration: Calibration
    line: int

    def told(self, row: dict[str, int]) -> dict[str, int]:
        """The facts of a flagged row that say how rare it is."""
        return {
            "held_back": len(self.calibration.held_back),
            "reference": self.ensemble.size,
            "score": self.ensemble.per_mille(row["rarity"]),
            "score_bar": self.ensemble.per_mille(self.line),
            "surprisal_mbits": self.calibration.surprisal(row["rarity"], row["windows"]),
        }

    def strength(self, row: dict[str, int]) -> int:
        """500 to 1000: how far beyond all that counts as lawful."""
        bar = self.calibration.bar
        return 500 + max(0, 500 * (row["rarity"] - bar) // max(self.ensemble.most - bar, 1))


def flag(
    compared: Compared,
    params: Params,
    seed: int,
    note: Callable[[str, int], None],
    before: Compared | None = None,
) -> Scored | None:
    """Score every material account-window and keep each account's rarest one where it is beyond the line; None where none is.

    To be called within `one_thread`. `note` is told what was left out, and how far the score has moved by the last window: from the
    earlier ones that lie end to end, and from those in `before`, of other lengths, which nobody is judged in.
    """
    import numpy as np  # noqa: PLC0415

    from detectors.anomaly.ensemble import Ensemble  # noqa: PLC0415

    rows = compared.rows.with_row_index("position")
    fitting = _drawn(rows.filter(_FITTING), int(params["reference"]))
    held_back = _drawn(rows.filter(~_FITTING, "is_material"), int(params["reference"]))
    if not len(fitting) or not len(held_back):
        return None
    ensemble = Ensemble.fit(compared.distances[fitting], seed)
    fdr = int(params["fdr_per_mille"])
    known = ensemble.rarity(compared.distances[held_back])
    calibration = Calibration.of(known, int(params["share"]))
    _tell_drift(note, rows[held_back], known, ensemble, before)
    tested = rows.filter("is_material")
    distances = compared.distances[tested["position"].to_numpy()]
    rarity = ensemble.rarity(distances, at_least=calibration.at_least(fdr))
    line = calibration.line(rarity, fdr)
    if line is None:
        return None
    flagged = (
        tested.with_columns(
            rarity=pl.Series(rarity),
            farthest=pl.Series(np.abs(distances).max(axis=1)),
            windows=pl.len().over("account").cast(pl.Int64),
        )
        .filter(pl.col("rarity") >= line, pl.col("farthest") >= float(params["least_distance"]))
        .sort("account", "rarity", "days", "window_back", descending=[False, True, False, False])
        .unique("account", keep="first", maintain_order=True)
        .sort("rarity", "farthest", "account", descending=[True, True, False])
    )
    kept = flagged.head(int(params["most_findings"])).sort("account")
    with_usual = kept.join(compared.usual.select("slot", ~cs.by_name("slot", *kept.columns, require_all=False)), on="slot",
                           maintain_order="left")  # fmt: skip
    note("accounts beyond the cap", flagged.height - kept.height)
    return Scored(
        with_usual,
        compared.distances[kept["position"].to_numpy()],
        ensemble,
        calibration,
        line,
    )


def _tell_drift(
    note: Callable[[str, int], None],
    held_back: pl.DataFrame,
    known: NDArray[np.int64],
    ensemble: Ensemble,
    before: Compared | None,
) -> None:
    """Note how far the score of those held back, `known`, has moved by the last window: of those end to end, and of each other length."""
    back, days = held_back["window_back"], held_back["days"]
    for length in sorted(days.filter(back > 0).unique()):
        earlier = known[((back > 0) & (days == length)).to_numpy()]
        moved = apart_per_mille(known[((back == 0) & (days == length)).to_numpy()], earlier)
        if moved is not None:
            note(noted(SCORE), moved)
    if before is None:
        return
    rows = before.rows.with_row_index("position").filter(~_FITTING, "is_material")
    for length, mine in sorted(rows.group_by("days")):
        earlier = ensemble.rarity(before.distances[_drawn(mine, len(known))])
        moved = apart_per_mille(known[(days == length[0]).to_numpy()], earlier)
        if moved is not None:
            note(noted(SCORE, int(length[0])), moved)


def _drawn(rows: pl.DataFrame, most: int) -> NDArray[np.int64]:
    """The positions of the first `most` rows by their draw, in order of position: fits depend on the order."""
    drawn: NDArray[np.int64] = rows.sort("draw", *WINDOW).head(most)["position"].sort().to_numpy()
    return drawn
