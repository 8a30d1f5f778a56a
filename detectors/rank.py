"""The score of an alert: how surprising it is that this subject is flagged by these detectors, this strongly.

Surprisal comes from a frozen baseline, so a score never depends on what else a run found; a detector that measures each finding
against chance brings it with the finding. All arithmetic is in integers: a score is the same number on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from schemas.detector import Severity

HALF_WAY = 6_000
"""Thousandths of a bit at which the score is 50: what a detector of weight six is worth alone, at full strength, where it flags
one subject in about a thousand."""
OWN_SURPRISAL = "surprisal_mbits"
"""The fact by which a finding brings its own surprisal, in thousandths of a bit."""
TRUSTED = 24_000
"""Up to here, one in 16 million, a finding's own surprisal counts in full: the best baseline of an FIU can say as much."""
_BEYOND = 8
"""Beyond that a null model is not exact enough to be taken at its word: an eighth counts, so that the order stays and what other
detectors add is not drowned."""
_EXPONENT = 1000
_DAMPING = 2
_BANDS: tuple[tuple[int, Severity], ...] = ((75_000, "critical"), (50_000, "high"), (25_000, "medium"), (0, "low"))


@dataclass(frozen=True, slots=True)
class Weighing:
    """What a detector brings to a score: its family, its weight, and its record in the baseline.

    `own` is the surprisal that a finding brings of itself, in thousandths of a bit; the record is then not looked at.
    """

    family: str
    weight: int
    flagged: int
    population: int
    own: int | None = None

    @property
    def surprisal(self) -> int:
        if self.own is None:
            return surprisal(self.flagged, self.population)
        return min(self.own, TRUSTED) + max(0, self.own - TRUSTED) // _BEYOND

    def of(self, facts: Mapping[str, object]) -> Weighing:
        """The weighing of one finding, by the surprisal that its facts bring, if they do."""
        own = facts.get(OWN_SURPRISAL)
        return replace(self, own=own) if isinstance(own, int) else self


@cache
def surprisal(flagged: int, population: int) -> int:
    """-log2((flagged + 1) / (population + 2)) in thousandths of a bit, rounded down, by integers alone.

    The share is smoothed by one seen and one unseen subject (Laplace), so a detector without a record is worth one bit.
    """
    above: int = (population + 2) ** _EXPONENT
    below: int = (flagged + 1) ** _EXPONENT
    return (above // below).bit_length() - 1


def points(weighing: Weighing, strength: int) -> int:
    """What one finding is worth before damping, in thousandths of a bit. `strength` is per mille, the weight of ten."""
    return weighing.surprisal * strength * weighing.weight // 10_000


def score_parts(
    strengths: Mapping[str, int], weighings: Mapping[str, Weighing]
) -> tuple[int, list[dict[str, int | str]]]:
    """The score in thousandths (0 to 100,000) and its parts, best first, from the best strength of each detector.

    Inside a family each further detector counts half of the one before: they often see the same thing.
    """
    ranked = sorted(strengths.items(), key=lambda item: (-points(weighings[item[0]], item[1]), item[0]))
    seen: dict[str, int] = {}
    parts: list[dict[str, int | str]] = []
    for detector, strength in ranked:
        weighing = weighings[detector]
        damping = 1000 // _DAMPING ** seen.get(weighing.family, 0)
        seen[weighing.family] = seen.get(weighing.family, 0) + 1
        parts.append(
            {
                "detector": detector,
                "family": weighing.family,
                "flagged": weighing.flagged,
                "population": weighing.population,
                "surprisal": weighing.surprisal,
                "against": "baseline" if weighing.own is None else "chance",
                "strength": strength,
                "weight": weighing.weight,
                "damping": damping,
                "points": points(weighing, strength) * damping // 1000,
            }
        )
    return saturated(int(part["points"]) for part in parts), parts


def saturated(parts: Iterable[int]) -> int:
    """A sum of points as a score: 0 for none, 50,000 at HALF_WAY, never quite 100,000, and strictly rising."""
    total = sum(parts)
    return 100_000 * total // (total + HALF_WAY)


def severity_of(score: int) -> Severity:
    """The band of a score."""
    return next(severity for least, severity in _BANDS if score >= least)


def families_of(parts: Sequence[Mapping[str, int | str]]) -> str:
    """The family that an alert is listed under: the one with most points; the first in text order where two are equal."""
    totals: dict[str, int] = {}
    for part in parts:
        totals[str(part["family"])] = totals.get(str(part["family"]), 0) + int(part["points"])
    return min(totals, key=lambda family: (-totals[family], family))
