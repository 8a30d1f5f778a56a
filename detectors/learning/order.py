"""The order that learned weights give: each part of an alert's score times what its detector's weight has become.

The score stays on the scale of the formula. A weight is never below a quarter, so nothing is silenced: what nobody looks at any more
could never clear itself. All arithmetic is in integers.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from detectors.rank import families_of, saturated, severity_of
from schemas.errors import ReferenceInvalid

Alert = dict[str, Any]
KIND = "learning"
"""The kind of reference by which a manifest names learned weights. No operator loads one: it is proposed and promoted."""
NEUTRAL, LEAST, MOST = 1000, 250, 4000
"""Per mille of the formula's weight: what a detector without a record keeps, and the bounds of what learning may make of it."""
_COLUMNS = ("detector", "per_mille", "worth", "decided")
_LINE = re.compile(r"[a-z0-9-]{1,64},[0-9]{1,5},[0-9]{1,9},[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each detector's points are multiplied by, per mille; a detector that is not named keeps the formula's weight."""

    digest: str
    per_mille: Mapping[str, int]

    def of(self, detector: str) -> int:
        return self.per_mille.get(detector, NEUTRAL)

    def points(self, parts: Mapping[str, int]) -> int:
        """The sum that orders alerts, from the points of each detector by the formula. It never falls where a part rises."""
        return sum(points * self.of(detector) // NEUTRAL for detector, points in parts.items())


FORMULA = Weights("", {})
"""The order without learning."""


def write_weights(rows: Sequence[tuple[str, int, int, int]], remarks: Sequence[str]) -> bytes:
    """The CSV of learned weights, by detector: `rows` are detector, weight per mille, and the counts it was learned from."""
    lines = [f"# {remark}" for remark in remarks] + [",".join(_COLUMNS)]
    return ("\n".join([*lines, *(",".join(map(str, row)) for row in sorted(rows))]) + "\n").encode()


def parse_weights(data: bytes, digest: str, name: str = "weights") -> Weights:
    """Read learned weights back. Raises ReferenceInvalid for what `write_weights` would not have written."""
    lines = [line for line in data.decode("utf-8", errors="replace").splitlines() if not line.startswith("#")]
    if lines[:1] != [",".join(_COLUMNS)] or not all(_LINE.fullmatch(line) for line in lines[1:]):
        raise ReferenceInvalid(
            "these are no learned weights", where=name, remedy="thalweg learning propose makes them."
        )
    rows = pl.read_csv(io.StringIO("\n".join(lines)), schema_overrides={"detector": pl.String})
    per_mille = dict(rows.select("detector", "per_mille").iter_rows())
    if len(per_mille) != rows.height or any(not LEAST <= each <= MOST for each in per_mille.values()):
        raise ReferenceInvalid(f"a weight lies between {LEAST} and {MOST}, once for a detector", where=name)
    return Weights(digest, per_mille)


def formula_points(part: Mapping[str, Any]) -> int:
    """What a part of an alert is worth by the formula, whatever order the alert was scored by."""
    if part.get("learned") is None:
        return int(part["points"])
    return part["surprisal"] * part["strength"] * part["weight"] // 10_000 * part["damping"] // 1000  # type: ignore[no-any-return]


def reordered(alerts: Sequence[Alert], weights: Weights | None) -> list[Alert]:
    """The same alerts scored with learned weights, best first; as they are where there are none.

    Which findings are one alert, its key and the order of its parts stay as the formula made them: with other weights an alert
    has another score, and is no other alert. Each says what ordered it and what the formula's score was.
    """
    if weights is None:
        return list(alerts)
    return sorted((_scored(alert, weights) for alert in alerts), key=lambda alert: (-alert["score"], alert["key"]))


def _scored(alert: Alert, weights: Weights) -> Alert:
    parts = [
        part
        | {"learned": weights.of(part["detector"]), "points": part["points"] * weights.of(part["detector"]) // NEUTRAL}
        for part in alert["parts"]
    ]
    score = saturated(part["points"] for part in parts)
    return alert | {
        "score": score,
        "severity": severity_of(score, len(parts)),
        "family": families_of(parts),
        "parts": parts,
        "ordered_by": weights.digest,
        "formula_score": alert["score"],
    }
