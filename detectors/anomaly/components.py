"""Accounts that new relations tie together: who paid whom for the first time ever in a window, and what hangs together by that.

An account that newly deals with many is a till, an agent or a bank: two that share it share nothing, and it ties nobody.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from detectors.anomaly.windows import WINDOW, Windows
from detectors.api import SnapshotView

MOST_NEW = 10
"""New relations of an account in a window, at most, or it ties nobody: with more, nearly everybody hangs together in a month."""
_HERE = Path(__file__).parent
_CALENDAR = (_HERE / "calendar.sql").read_text(encoding="utf-8")
_TIES = (_HERE / "ties.sql").read_text(encoding="utf-8")
_SPAN = ["days", "window_back"]


def ties(view: SnapshotView, windows: Windows) -> pl.DataFrame:
    """The first payments between two accounts: days, window_back, txn, payer, payee; sorted by the first three."""
    return view.sql(f"{_CALENDAR} {_TIES}", windows.bound()).with_columns(pl.col(_SPAN).cast(pl.Int32))


def components(new: pl.DataFrame) -> pl.DataFrame:
    """Each account that `new`, as `ties` gives it, ties in a window, and to what: WINDOW, `component` and its `size` in accounts.

    `component` is a number from 0, the same for those who hang together, in whatever order the ties are given. Who ties nobody
    for having too many new relations has neither.
    """
    import numpy as np  # noqa: PLC0415
    from scipy.sparse import coo_matrix  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    sides = pl.concat([new.select(*_SPAN, account=side) for side in ("payer", "payee")])
    nodes = sides.group_by("account", *_SPAN).agg(new=pl.len()).sort(WINDOW).with_row_index("node")
    quiet = nodes.filter(pl.col("new") <= MOST_NEW).select("node", *WINDOW)
    tied = new
    for side in ("payer", "payee"):
        tied = tied.join(quiet.rename({"node": f"{side}_node", "account": side}), on=[side, *_SPAN])
    ends = [tied[f"{side}_node"].to_numpy() for side in ("payer", "payee")]
    ones = np.ones(tied.height, dtype=np.int8)
    _, label = connected_components(coo_matrix((ones, ends), shape=(nodes.height, nodes.height)), directed=False)
    size = np.bincount(label, minlength=1)
    is_quiet = pl.col("new") <= MOST_NEW
    return nodes.select(
        pl.col(WINDOW).cast(pl.Int32),
        component=pl.when(is_quiet).then(pl.Series(label.astype(np.int64))),
        size=pl.when(is_quiet).then(pl.Series(size[label].astype(np.int64))),
    )
