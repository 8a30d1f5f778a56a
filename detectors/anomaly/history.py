"""An account against itself: each late window against the windows of the same account that came before it, never after."""

from __future__ import annotations

import polars as pl

from detectors.anomaly.flagging import Compared
from detectors.anomaly.peers import Peers, with_statistics

MOST_EARLIER = 6
"""Windows that a window is compared with, the latest before it: what an account did years ago is not its habit."""


def against_history(rows: pl.DataFrame, *, recent: int, least_earlier: int) -> Compared:
    """The account-windows `rows` of the last `recent` windows whose account has `least_earlier` earlier ones, with the distances.

    `rows` is what `account_windows` gives. A window in which the account did too little to be compared is no earlier one. `size`
    in `usual` counts the earlier windows.
    """
    placed = rows.with_row_index("position")
    late = placed.filter(pl.col("window_back") < recent).select("account", "position", now="window_back")
    earlier = placed.select("account", "window_back", member="position")
    pairs = late.join(earlier, on="account").filter(
        pl.col("window_back") > pl.col("now"), pl.col("window_back") <= pl.col("now") + MOST_EARLIER
    )
    sizes = pairs.group_by("position").agg(size=pl.len().cast(pl.Int32))
    groups = sizes.filter(pl.col("size") >= least_earlier).sort("position").with_row_index("slot")
    members = pairs.join(groups, on="position").select("slot", position="member")
    usual = with_statistics(groups.drop("position"), members, rows)
    compared = rows[groups["position"]].with_columns(slot=groups["slot"])
    return Compared(compared, Peers(usual).distances(compared, compared["slot"]), usual)
