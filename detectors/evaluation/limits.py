"""What became of each pattern: found, ranked too low, merged away, or never detected. It says what to mend first.

The fates are looked at in that order, by the strict test of `metrics`, and a pattern has the first that fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.evaluation.labels import Pattern
from detectors.evaluation.metrics import LEAST_COVERED, LEAST_OWN, Ranked, best_share, near

FATES = ("found", "ranked_low", "merged_away", "in_parts", "in_a_crowd", "not_detected")
"""`found` within k; `ranked_low`: an alert below k finds it; `merged_away`: no alert finds it, a finding alone would; `in_parts`:
findings that belong to it each cover less than half of it; `in_a_crowd`: a finding covers half of it among much else;
`not_detected`: no finding shows any worth of it."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one pattern. `rank` is of the best alert that finds it, from 1; `detectors` those whose findings would find
    it alone, or else those that came nearest; `alert_rank` where the best of these findings ended up, from 1."""

    pattern: Pattern
    fate: str
    rank: int | None
    detectors: tuple[str, ...]
    alert_rank: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding as the limits see it: who made it, what it shows, and at which rank of the queue it ended up, from 1."""

    detector: str
    shown: Ranked
    rank: int | None


def fates(matches: Sequence[Sequence[str]], seen: Sequence[Seen], patterns: Sequence[Pattern], k: int) -> list[Fate]:
    """The fate of each pattern within the first `k` alerts. `matches` names, for each alert in order, the patterns it finds."""
    first: dict[str, int] = {}
    for rank, names in enumerate(matches, start=1):
        for name in names:
            first.setdefault(name, rank)
    close = near([each.shown for each in seen], patterns)
    return [_fate(pattern, first.get(pattern.name), [seen[n] for n in close[pattern.name]], k) for pattern in patterns]


def _fate(pattern: Pattern, rank: int | None, seen: Sequence[Seen], k: int) -> Fate:
    shares = [(best_share(each.shown, pattern), each) for each in seen]
    alone = [each for share, each in shares if share.finds]
    parts = [each for share, each in shares if share.own >= LEAST_OWN]
    crowds = [each for share, each in shares if share.covered >= LEAST_COVERED]
    kind, named = next(
        (fate, those)
        for fate, holds, those in (
            ("found", rank is not None and rank <= k, alone),
            ("ranked_low", rank is not None, alone),
            ("merged_away", bool(alone), alone),
            ("in_parts", bool(parts), parts),
            ("in_a_crowd", bool(crowds), crowds),
            ("not_detected", True, []),
        )
        if holds
    )
    ranks = [each.rank for each in named if each.rank is not None]
    return Fate(pattern, kind, rank, tuple(sorted({each.detector for each in named})), min(ranks, default=None))


def by_kind(found: Sequence[Fate]) -> dict[str, dict[str, int]]:
    """How many patterns of each kind met which fate."""
    counts: dict[str, dict[str, int]] = {}
    for each in found:
        kind = counts.setdefault(each.pattern.kind, dict.fromkeys(("planted", *FATES), 0))
        kind["planted"] += 1
        kind[each.fate] += 1
    return dict(sorted(counts.items()))
