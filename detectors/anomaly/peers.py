"""Whom an account is compared with: accounts of the same declared kind and way of behaving, never of the same origin or name.

The groups form a ladder from narrow to wide; an account-window belongs to the first rung that is wide enough. Its features are
then measured from the group's median in robust standard deviations, so that a busy agent is compared with busy agents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from detectors.anomaly.features import FEATURES
from schemas.detector import Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LADDER: tuple[tuple[str, ...], ...] = (
    ("window_back", "kind", "has_cash", "tier"),
    ("kind", "has_cash", "tier"),
    ("kind", "has_cash", "wide_tier"),
    ("kind", "has_cash"),
    ("kind",),
    (),
)
"""What the members of a group have in common, from the narrowest group to everybody. `tier` is the number of binary digits of the
transaction count (4 to 7, 8 to 15, 16 to 31...), `wide_tier` three of these together."""

# The median absolute deviation of a normal distribution, times this, is its standard deviation.
_MAD_TO_SIGMA = 1.4826
# Enough digits for any comparison, few enough that the last bits of a logarithm, which differ between processors, do not count.
_DIGITS = 6
_WIDE = 3

KIND_WORDS: dict[str, Words] = {
    "person": {"en": "persons", "fr": "particuliers"},
    "business": {"en": "businesses", "fr": "entreprises"},
    "public_body": {"en": "public bodies", "fr": "organismes publics"},
    "ngo": {"en": "NGOs", "fr": "ONG"},
    "agent": {"en": "agents", "fr": "agents"},
    "exchange": {"en": "exchanges", "fr": "bureaux de change"},
    "unknown": {"en": "accounts of undeclared kind", "fr": "comptes de nature non déclarée"},
}


@dataclass(frozen=True, slots=True)
class Peers:
    """The fitted groups: one row a rung and group, with `size`, `median_*` in the feature's own unit, `centre_*` and `spread_*`
    on the scale of comparison. An account-window is compared by this table alone, whatever else is compared with it."""

    groups: pl.DataFrame
    least_peers: int

    @classmethod
    def fit(cls, rows: pl.DataFrame, least_peers: int) -> Peers:
        """Groups of the account-windows `rows`. `size` counts different accounts, the one compared included."""
        keyed = _with_tiers(rows).with_columns(_on_scale(name).alias(f"centre_{name}") for name in FEATURES)
        left = keyed.select("account", "window_back", "kind", "has_cash", "tier", "wide_tier")
        fitted: list[pl.DataFrame] = []
        for rung, common in enumerate(LADDER):
            sized = _groups_of(keyed, rung).group_by("group").agg(size=pl.col("account").n_unique())
            used = _groups_of(left, rung).join(sized, on="group")
            last = rung == len(LADDER) - 1
            wanted = used.filter((pl.col("size") >= least_peers) | pl.lit(last)).select("group").unique()
            members = _groups_of(keyed, rung).join(wanted, on="group", how="semi")
            fitted.append(_statistics(members, common).with_columns(rung=pl.lit(rung, pl.Int32)))
            left = used.join(wanted, on="group", how="anti").drop("group", "size")
            if left.is_empty():
                break
        return cls(pl.concat(fitted, how="diagonal"), least_peers)

    def assign(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` in their order with the columns of their group: rung, group, size and each feature's median, centre, spread."""
        left = _with_tiers(rows).with_row_index("position")
        done: list[pl.DataFrame] = []
        for rung in range(len(LADDER)):
            table = self.groups.filter(pl.col("rung") == rung)
            named = _groups_of(left, rung)
            done.append(named.join(table, on="group"))
            left = named.join(table, on="group", how="anti").drop("group")
        return pl.concat(done).sort("position").drop("position")

    def distances(self, assigned: pl.DataFrame) -> NDArray[np.float64]:
        """Robust standard deviations from the peers' median: an array of rows by features, 0 where a value is not known."""
        import numpy as np  # noqa: PLC0415

        out = np.zeros((assigned.height, len(FEATURES)), dtype=np.float64, order="F")
        for column, name in enumerate(FEATURES):
            away = (_on_scale(name) - pl.col(f"centre_{name}")) / pl.col(f"spread_{name}")
            out[:, column] = assigned.select(away.round(_DIGITS).fill_null(0.0)).to_series().to_numpy()
        return out


def group_label(rung: int, kind: str, transactions: int, *, has_cash: bool) -> Words:
    """What the members of a group have in common, in words."""
    common = LADDER[rung]
    words = KIND_WORDS.get(kind, KIND_WORDS["unknown"]) if "kind" in common else {"en": "all accounts", "fr": "tous les comptes"}
    en, fr = [words["en"]], [words["fr"]]
    if "has_cash" in common:
        en.append("with cash" if has_cash else "without cash")
        fr.append("avec espèces" if has_cash else "sans espèces")
    for name, width in (("tier", 1), ("wide_tier", _WIDE)):
        if name in common:
            tier = transactions.bit_length() - (transactions.bit_length() % width)
            least, most = 1 << max(tier - 1, 0), (1 << (tier + width - 1)) - 1
            en.append(f"{least} to {most} transactions")
            fr.append(f"{least} à {most} opérations")
    if "window_back" in common:
        en.append("in the same days")
        fr.append("aux mêmes dates")
    return {"en": ", ".join(en), "fr": ", ".join(fr)}


def _with_tiers(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds `tier` and `wide_tier`. Counted by comparison with powers of two: exact, where a logarithm would not be."""
    tier = pl.sum_horizontal((pl.col("transactions") >= 2**power).cast(pl.Int32) for power in range(31))
    return rows.with_columns(tier=tier).with_columns(wide_tier=pl.col("tier") // _WIDE)


def _groups_of(rows: pl.DataFrame, rung: int) -> pl.DataFrame:
    """`rows` with the name of their group on this rung."""
    common = LADDER[rung]
    name = pl.concat_str([pl.col(part).cast(pl.String) for part in common], separator="|") if common else pl.lit("all")
    return rows.with_columns(group=name)


def _on_scale(name: str) -> pl.Expr:
    """A feature on the scale on which it is compared: the natural log of one more, or a share of one."""
    if FEATURES[name].unit == "per_mille":
        return pl.col(name) / 1000.0
    return (pl.col(name) + 1).cast(pl.Float64).log().round(_DIGITS)


def _statistics(members: pl.DataFrame, common: tuple[str, ...]) -> pl.DataFrame:
    """Median and spread of each group. The lower median is a value that somebody has: exact, and independent of order."""
    middle = members.group_by("group").agg(
        pl.col("account").n_unique().cast(pl.Int32).alias("size"),
        *[pl.col(name).quantile(0.5, "lower").cast(pl.Int64).alias(f"median_{name}") for name in FEATURES],
        *[pl.col(f"centre_{name}").quantile(0.5, "lower").alias(f"middle_{name}") for name in FEATURES],
    )
    away = [(pl.col(f"centre_{name}") - pl.col(f"middle_{name}")).abs().alias(f"away_{name}") for name in FEATURES]
    spread = (
        members.select("group", *[f"centre_{name}" for name in FEATURES])
        .join(middle, on="group")
        .select("group", *away)
        .group_by("group")
        .agg(pl.col(f"away_{name}").quantile(0.5, "lower") * _MAD_TO_SIGMA for name in FEATURES)
    )
    return middle.join(spread, on="group").select(
        "group",
        "size",
        *[f"median_{name}" for name in FEATURES],
        *[pl.col(f"middle_{name}").alias(f"centre_{name}") for name in FEATURES],
        *[
            pl.max_horizontal(pl.col(f"away_{name}"), feature.least_spread).round(_DIGITS).alias(f"spread_{name}")
            for name, feature in FEATURES.items()
        ],
    )
