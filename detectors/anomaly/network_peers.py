"""Which networks a network is compared with: those of as many accounts, or all where these are too few."""

from __future__ import annotations

import polars as pl

from detectors.anomaly.network_features import NETWORK_FEATURES
from detectors.anomaly.peers import Peers, with_statistics


def fit(rows: pl.DataFrame, least_peers: int) -> tuple[Peers, pl.Series]:
    """The groups of the networks `rows`, by binary digits of their accounts, and the slot of each row's group.

    A group of fewer than `least_peers` falls back to all networks; `size` counts networks.
    """
    tier = pl.sum_horizontal((pl.col("accounts") >= 2**power).cast(pl.Int32) for power in range(31))
    keyed = rows.select(tier=tier).with_row_index("position")
    sized = keyed.group_by("tier").agg(size=pl.len().cast(pl.Int32))
    own = sized.filter(pl.col("size") >= least_peers).sort("tier").with_row_index("slot")
    everybody = pl.DataFrame({"slot": own.height, "tier": None, "size": rows.height}, schema=own.schema)
    groups = pl.concat([own, everybody]).with_columns(rung=pl.when(pl.col("tier").is_null()).then(1).otherwise(0))
    slots = keyed.join(own, on="tier", how="left", maintain_order="left")["slot"].fill_null(own.height)
    members = pl.concat(
        [
            keyed.join(own, on="tier", maintain_order="left").select("slot", "position"),
            keyed.select(slot=pl.lit(own.height, pl.UInt32), position="position"),
        ]
    )
    return Peers(with_statistics(groups, members, rows, NETWORK_FEATURES), NETWORK_FEATURES), slots
