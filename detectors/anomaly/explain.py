"""Why an account was flagged: how much each feature adds to its score, in whole thousandths whose sum is the score.

The effects are Shapley values by feature replacement (Strumbelj and Kononenko 2014): starting from an account that is in
everything like the middle of its peers, the features are given their observed values one by one, in several fixed orders, and
each is credited with the change in score, averaged over the orders. Nothing is approximated but the number of orders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from detectors.anomaly.features import FEATURES
from detectors.anomaly.windows import WINDOW

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detectors.anomaly.ensemble import Ensemble

ORDERS = 4
"""Fixed orders in which features are replaced; each is also taken backwards."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Effect:
    """What one feature added: its name and whole thousandths."""

    feature: str
    thousandths: int


def effects(
    ensemble: Ensemble, distances: NDArray[np.float64], names: Sequence[str] = tuple(FEATURES)
) -> list[list[Effect]]:
    """For each row of `distances`, rows by the features `names`, its effects, largest first, without zeros; their sum is the score."""
    import numpy as np  # noqa: PLC0415

    found: list[list[Effect]] = []
    for start in range(0, len(distances), _CHUNK):
        totals, rarities = _credits(ensemble, np.ascontiguousarray(distances[start : start + _CHUNK]))
        for credit, rarity in zip(totals.tolist(), rarities.tolist(), strict=True):
            found.append(_in_thousandths(ensemble, names, credit, rarity))
    return found


def replacement_orders(count: int) -> list[list[int]]:
    """The orders in which `count` features are replaced: shuffled by SHA-256, the same on every machine, and each backwards."""
    orders: list[list[int]] = []
    for turn in range(ORDERS):
        order = sorted(range(count), key=lambda index: hashlib.sha256(f"{turn}|{index}".encode()).digest())
        orders += [order, order[::-1]]
    return orders


def _credits(ensemble: Ensemble, distances: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Credit in rarity by row and feature, added over all orders, and the rarity of each row."""
    import numpy as np  # noqa: PLC0415

    rows, count = distances.shape
    orders = replacement_orders(count)
    # place[o, f] is when feature f is replaced in order o; step s shows the features whose place is before s.
    place = np.argsort(np.array(orders), axis=1)
    shown = place[:, None, :] < np.arange(count + 1)[None, :, None]
    mixed = np.where(shown[None], distances[:, None, None, :], 0.0).reshape(-1, count)
    unique, back = np.unique(mixed, axis=0, return_inverse=True)
    rarity = ensemble.rarity(unique)[back.reshape(-1)].reshape(rows, len(orders), count + 1)
    gained = np.diff(rarity, axis=2)
    credit = np.zeros((rows, count), dtype=np.int64)
    for turn, order in enumerate(orders):
        credit[:, order] += gained[:, turn, :]
    return credit, rarity[:, 0, -1]


def _in_thousandths(ensemble: Ensemble, names: Sequence[str], credit: list[int], rarity: int) -> list[Effect]:
    """Whole thousandths that add up to the score: rounded down, then the largest remainders up, ties by feature order."""
    whole = 2 * ORDERS * (ensemble.most - ensemble.typical)
    parts = [divmod(share * 1000, whole) for share in credit]
    missing = ensemble.per_mille(rarity) - sum(part for part, _ in parts)
    rounded_up = set(sorted(range(len(parts)), key=lambda index: (-parts[index][1], index))[:missing])
    named = [
        Effect(name, part + (index in rounded_up))
        for index, (name, (part, _)) in enumerate(zip(names, parts, strict=True))
    ]
    return sorted((effect for effect in named if effect.thousandths), key=lambda effect: -effect.thousandths)


def weighty_transactions(legs: pl.DataFrame, top: pl.DataFrame, most: int) -> pl.DataFrame:
    """For each flagged account-window the transactions that matter most for its top features.

    `legs` is what `flagged_legs` gives; `top` has the columns of WINDOW, concerns (a column of `legs`) and thousandths. A
    transaction weighs the thousandths of the features that it counts towards; then the larger base amount, then the lower
    `txn`. Gives WINDOW, evidence (sorted list of at most `most`) and left_out.
    """
    weighed = legs.with_columns(weight=pl.lit(0, pl.Int64))
    for name in sorted(set(top["concerns"].to_list())):
        concerned = top.filter(pl.col("concerns") == name).group_by(WINDOW).agg(added=pl.col("thousandths").sum())
        added = pl.when(pl.col(name)).then(pl.col("added")).fill_null(0)
        weighed = (
            weighed.join(concerned, on=WINDOW, how="left").with_columns(weight=pl.col("weight") + added).drop("added")
        )
    return (
        weighed.group_by(*WINDOW, "txn")
        .agg(pl.col("weight").max(), pl.col("amount_base").max())
        .sort(
            [*WINDOW, "weight", "amount_base", "txn"],
            descending=[False, False, False, True, True, False],
            nulls_last=True,
        )
        .group_by(WINDOW, maintain_order=True)
        .agg(evidence=pl.col("txn").head(most).sort(), left_out=(pl.len().cast(pl.Int64) - most).clip(0))
    )
