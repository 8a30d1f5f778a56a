"""Whom an account is compared with: accounts of the same declared kind and way of behaving, never of the same origin or name.

The groups form a ladder from narrow to wide; an account-window belongs to the first rung that is wide enough. Its features are
then measured from the group's median in robust standard deviations, so that a busy agent is compared with busy agents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from detectors.anomaly.features import FEATURES, Feature
from detectors.wording import LANGUAGES, write_number
from schemas.detector import Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LADDER: tuple[tuple[str, ...], ...] = (
    ("days", "window_back", "kind", "has_cash", "tier"),
    ("days", "kind", "has_cash", "tier"),
    ("days", "kind", "has_cash", "wide_tier"),
    ("days", "kind", "has_cash"),
    ("days", "kind"),
    ("days",),
)
"""What the members of a group have in common, from the narrowest group to everybody in a window of as many days.
`tier` is the number of binary digits of the transaction count (4 to 7, 8 to 15, 16 to 31...), `wide_tier` three of these together."""

_COMMON = sorted({name for common in LADDER for name in common})
# The median absolute deviation of a normal distribution, times this, is its standard deviation.
_MAD_TO_SIGMA = 1.4826
# Enough digits for any comparison, few enough that the last bits of a logarithm, which differ between processors, do not count.
_DIGITS = 6
_WIDE = 3

KIND_WORDS: dict[str, Words] = {
    "person": {"en": "persons", "fr": "particuliers", "es": "particulares"},
    "business": {"en": "businesses", "fr": "entreprises", "es": "empresas"},
    "public_body": {"en": "public bodies", "fr": "organismes publics", "es": "organismos públicos"},
    "ngo": {"en": "NGOs", "fr": "ONG", "es": "ONG"},
    "agent": {"en": "agents", "fr": "agents", "es": "agentes"},
    "exchange": {"en": "exchanges", "fr": "bureaux de change", "es": "casas de cambio"},
    "unknown": {
        "en": "accounts of undeclared kind",
        "fr": "comptes de nature non déclarée",
        "es": "cuentas de tipo no declarado",
    },
}
_ALL: Words = {"en": "all accounts", "fr": "tous les comptes", "es": "todas las cuentas"}
_CASH: dict[bool, Words] = {
    True: {"en": "with cash", "fr": "avec espèces", "es": "con efectivo"},
    False: {"en": "without cash", "fr": "sans espèces", "es": "sin efectivo"},
}
_RANGE: Words = {
    "en": "{least} to {most} transactions",
    "fr": "{least} à {most} opérations",
    "es": "de {least} a {most} operaciones",
}
_SAME_DAYS: Words = {"en": "in the same days", "fr": "aux mêmes dates", "es": "en las mismas fechas"}


@dataclass(frozen=True, slots=True)
class Peers:
    """The fitted groups. An account-window is compared by this table alone, whatever else is compared with it.

    `groups` has one row a group, in the order of `slot`: slot (from 0), rung of the ladder, what its members have in common (null
    where they may differ), `size` in different accounts, and for each feature `median_*` in its own unit, `centre_*` and
    `spread_*` on the scale of comparison.
    """

    groups: pl.DataFrame
    features: Mapping[str, Feature] = field(default_factory=lambda: FEATURES)

    @classmethod
    def fit(cls, rows: pl.DataFrame, least_peers: int) -> Peers:
        """The groups of the account-windows `rows`: those on the first rung with `least_peers` accounts, or everybody."""
        keyed = _keys(rows)
        left, groups, members, slots = keyed, [keyed.clear().select(_COMMON)], list[pl.DataFrame](), 0
        for rung, common in enumerate(LADDER):
            least = least_peers if rung < len(LADDER) - 1 else 0
            sized = keyed.group_by(common).agg(size=pl.col("account").n_unique().cast(pl.Int32))
            wanted = (
                sized.filter(pl.col("size") >= least)
                .join(left.select(common).unique(), on=common, how="semi")
                .sort(common)
                .with_row_index("slot", slots)
            )
            slots += wanted.height
            groups.append(wanted.with_columns(rung=pl.lit(rung, pl.Int32)))
            members.append(_joined(keyed, wanted, common).select("slot", "position"))
            left = left.join(wanted, on=common, how="anti")
            if left.is_empty():
                break
        return cls(with_statistics(pl.concat(groups, how="diagonal"), pl.concat(members), rows))

    def assign(self, rows: pl.DataFrame) -> pl.Series:
        """The slot of each row's group, in the order of `rows`, which must be among those fitted."""
        left, done = _keys(rows), list[pl.DataFrame]()
        for rung, common in enumerate(LADDER):
            joined = _joined(left, self.groups.filter(pl.col("rung") == rung), common)
            done.append(joined.select("slot", "position"))
            left = left.join(joined, on="position", how="anti")
        return pl.concat(done).sort("position")["slot"]

    def distances(self, rows: pl.DataFrame, slots: pl.Series) -> NDArray[np.float64]:
        """Robust standard deviations from the peers' median: an array of rows by features, 0 where a value is not known."""
        import numpy as np  # noqa: PLC0415

        out = np.zeros((rows.height, len(self.features)), dtype=np.float64, order="F")
        for column, (name, feature) in enumerate(self.features.items()):
            centre, spread = self.groups[f"centre_{name}"].gather(slots), self.groups[f"spread_{name}"].gather(slots)
            away = ((_on_scale(rows[name], feature) - centre) / spread).round(_DIGITS)
            out[:, column] = away.fill_null(0.0).to_numpy()
        return out


def group_label(rung: int, kind: str, transactions: int, *, has_cash: bool) -> Words:
    """What the members of a group have in common, in words."""
    common = LADDER[rung]
    parts = [KIND_WORDS.get(kind, KIND_WORDS["unknown"]) if "kind" in common else _ALL]
    if "has_cash" in common:
        parts.append(_CASH[has_cash])
    for name, width in (("tier", 1), ("wide_tier", _WIDE)):
        if name in common:
            tier = transactions.bit_length() - (transactions.bit_length() % width)
            least, most = 1 << max(tier - 1, 0), (1 << (tier + width - 1)) - 1
            parts.append({language: _range(least, most, language) for language in LANGUAGES})
    if "window_back" in common:
        parts.append(_SAME_DAYS)
    return {language: ", ".join(part[language] for part in parts) for language in LANGUAGES}


def _range(least: int, most: int, language: str) -> str:
    return _RANGE[language].format(
        least=write_number("count", least, language), most=write_number("count", most, language)
    )


def _keys(rows: pl.DataFrame) -> pl.DataFrame:
    """Position, account and what groups are made of. The tiers count powers of two: exact, where a logarithm would not be."""
    tier = pl.sum_horizontal((pl.col("transactions") >= 2**power).cast(pl.Int32) for power in range(31))
    return (
        rows.select("account", "days", "window_back", "kind", "has_cash", tier=tier)
        .with_columns(wide_tier=pl.col("tier") // _WIDE)
        .with_row_index("position")
    )


def _joined(keyed: pl.DataFrame, groups: pl.DataFrame, common: tuple[str, ...]) -> pl.DataFrame:
    """The rows that belong to one of `groups`, which are of one rung, with its slot."""
    return keyed.join(groups.select(*common, "slot"), on=common)


def _on_scale(values: pl.Series, feature: Feature) -> pl.Series:
    """A feature's values on the scale on which they are compared: the natural log of one more, or a share of one."""
    if feature.unit == "per_mille":
        return values / 1000.0
    return (values + 1).cast(pl.Float64).log().round(_DIGITS)


def with_statistics(
    groups: pl.DataFrame, members: pl.DataFrame, rows: pl.DataFrame, features: Mapping[str, Feature] = FEATURES
) -> pl.DataFrame:
    """Median and spread of each feature in each group; `members` has slot and position (in `rows`).

    The lower median is a value that somebody has, whatever the order."""
    slot, position = members["slot"], members["position"]
    for name, feature in features.items():
        member = pl.DataFrame({"slot": slot, "value": rows[name].gather(position)})
        median = _lower_medians(member, groups)
        centre = _on_scale(median, feature)
        away = (_on_scale(member["value"], feature) - centre.gather(slot)).abs()
        spread = _lower_medians(pl.DataFrame({"slot": slot, "value": away}), groups) * _MAD_TO_SIGMA
        groups = groups.with_columns(
            median.alias(f"median_{name}"),
            centre.alias(f"centre_{name}"),
            pl.select(pl.max_horizontal(spread, feature.least_spread).round(_DIGITS))
            .to_series()
            .alias(f"spread_{name}"),
        )
    return groups


def _lower_medians(member: pl.DataFrame, groups: pl.DataFrame) -> pl.Series:
    """The lower median of `value` by slot, in the order of `groups`; null where no value is known."""
    medians = member.group_by("slot").agg(pl.col("value").quantile(0.5, "lower").cast(member["value"].dtype))
    return groups.select("slot").join(medians, on="slot", how="left", maintain_order="left")["value"]
