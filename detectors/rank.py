"""The score of an alert: how surprising it is that this subject is flagged by these detectors, this strongly.

Surprisal comes from a frozen baseline, so a score never depends on what else a run found; a detector that measures each finding
against chance brings it with the finding. All arithmetic is in integers: a score is the same number on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache

from schemas.detector import Severity

HALF_WAY = 6_000
"""Thousandths of a bit at which the score is 50: what a detector of weight six is worth alone, at full strength, where it flags
one subject in about a thousand."""
OWN_SURPRISAL = "surprisal_mbits"
"""The fact by which a finding brings its own surprisal, in thousandths of a bit."""
TRUSTED = 12_000
"""Up to here, one in four thousand, a measurement against chance counts in full: what the best record in a baseline says too."""
_BEYOND = 32
"""How tight a network is, in bits beyond chance, orders networks among each other; a thirty-second of it counts, so that what is
merely tight does not drown what several detectors say."""
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
        return surprisal(self.flagged, self.population) if self.own is None else self.own

    def of(self, facts: Mapping[str, object]) -> Weighing:
        """The weighing of one finding, by the surprisal that its facts bring, if they do."""
        own = facts.get(OWN_SURPRISAL)
        return replace(self, own=own) if isinstance(own, int) else self


def against_chance(as_good: int, subjects: int, excess: int) -> int:
    """A finding's own surprisal, in thousandths of a bit, where a null model was run: `as_good` findings at least as good came by
    chance in runs over `subjects` subjects in all. `excess`, thousandths of a bit, orders findings that chance never reaches.
    """
    return min(surprisal(as_good, subjects), TRUSTED) + max(0, excess) // _BEYOND


def by_formula(excess: int) -> int:
    """A finding's own surprisal where a formula bounds how many as good chance makes in the whole snapshot: `excess` is minus the
    logarithm of that, in thousandths of a bit. On the same scale as `against_chance`.
    """
    return max(0, min(excess, TRUSTED)) + max(0, excess - TRUSTED) // _BEYOND


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
    strengths: Mapping[str, int], weighings: Mapping[str, Weighing], evidence: Mapping[str, Set[int]]
) -> tuple[int, list[dict[str, int | str]]]:
    """The score in thousandths (0 to 100,000) and its parts, best first, from the best strength of each detector.

    Detectors that see the same thing are no two witnesses: a part counts half for each better one of its family, or for each
    better one with which it shares half of its `evidence` or of the other's, whichever are more.
    """
    ranked = sorted(strengths.items(), key=lambda item: (-points(weighings[item[0]], item[1]), item[0]))
    seen: dict[str, int] = {}
    parts: list[dict[str, int | str]] = []
    for number, (detector, strength) in enumerate(ranked):
        weighing = weighings[detector]
        alike = sum(1 for better, _ in ranked[:number] if _alike(evidence[detector], evidence[better]))
        damping = 1000 // _DAMPING ** max(alike, seen.get(weighing.family, 0))
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


def _alike(one: Set[int], other: Set[int]) -> bool:
    """Whether half of the smaller is in the larger."""
    smaller = min(len(one), len(other))
    return smaller > 0 and 2 * len(one & other) >= smaller


def saturated(parts: Iterable[int]) -> int:
    """A sum of points as a score: 0 for none, 50,000 at HALF_WAY, never quite 100,000, and strictly rising."""
    total = sum(parts)
    return 100_000 * total // (total + HALF_WAY)


def severity_of(score: int, detectors: int) -> Severity:
    """The band of a score. No one detector alone makes an alert critical, however surprised it is."""
    severity = next(severity for least, severity in _BANDS if score >= least)
    return "high" if severity == "critical" and detectors == 1 else severity


def families_of(parts: Sequence[Mapping[str, int | str]]) -> str:
    """The family that an alert is listed under: the one with most points; the first in text order where two are equal."""
    totals: dict[str, int] = {}
    for part in parts:
        totals[str(part["family"])] = totals.get(str(part["family"]), 0) + int(part["points"])
    return min(totals, key=lambda family: (-totals[family], family))
