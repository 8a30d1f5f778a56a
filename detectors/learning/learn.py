"""From decided alerts to a proposal: weights learned from the earlier ones, tried against the present order on the later ones.

The weights that are proposed are those that were tried, not others fitted afterwards on everything. Nothing here puts them to use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.learning.compare import Comparison, compared
from detectors.learning.decisions import FULL, Decision, Record, evened, records
from detectors.learning.fit import fit
from detectors.learning.order import LEAST, MOST, NEUTRAL, Weights

LEAST_DECISIONS = 200
"""With two hundred decisions, two thirds of them to learn from, the share that was worth a look is known to within about seven
points either way, and a third are left to try the weights on. With fewer, what is learned is chance."""
LEAST_OF_EACH = 40
"""Alerts that were worth a look, and that were not, at least: by the old rule of ten events for each number that is fitted this
bears the four or so detectors that carry a queue; the others are held near the formula."""
LEAST_LATER = 40
"""Decisions to try the weights on, after those about accounts decided before are left out."""
PRIOR = 20
"""How many decisions what all detectors have in common is worth: a detector's own record weighs as much after twenty."""
EARLIER, OF = 2, 3
"""The earlier two of three decisions teach, the later third judges."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned about one detector: its weight per mille, its record (thousandths of weighted decisions) and what came of it.

    `shrunk` is the record after shrinkage, per mille: a beta distribution's mean, with PRIOR decisions of the common record before.
    """

    per_mille: int
    record: Record
    shrunk: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Learned weights by detector, the common record per mille, and how they fared against the present order."""

    learned: dict[str, Learned]
    common: int
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class TooFew:
    """Why nothing is learned yet: a sentence."""

    why: str


def shortage(decisions: Sequence[Decision]) -> str | None:
    """What is missing before anything can be learned, or None."""
    worth = sum(each.worth for each in decisions)
    if len(decisions) < LEAST_DECISIONS:
        return f"decisions that count so far: {len(decisions)} of the {LEAST_DECISIONS} that are needed"
    if min(worth, len(decisions) - worth) < LEAST_OF_EACH:
        return f"{worth} of {len(decisions)} were worth a look: {LEAST_OF_EACH} of each kind are needed"
    return None


def split(decisions: Sequence[Decision]) -> tuple[list[Decision], list[Decision]]:
    """The earlier and the later decisions, by when they were made. A later one about an account that was decided earlier is left
    out: what is known of the account would be known on both sides."""
    ordered = sorted(decisions, key=lambda each: each.seq)
    cut = len(ordered) * EARLIER // OF
    earlier = ordered[:cut]
    known = {each.subject for each in earlier}
    return earlier, [each for each in ordered[cut:] if each.subject not in known]


def learn(decisions: Sequence[Decision], present: Weights) -> Proposal | TooFew:
    """Weights from the earlier decisions, and what they do to the later ones. `present` orders the queue now."""
    if (missing := shortage(decisions)) is not None:
        return TooFew(missing)
    earlier, later = split(decisions)
    worth = sum(each.worth for each in later)
    if len(later) < LEAST_LATER or worth in (0, len(later)) or len({each.worth for each in earlier}) == 1:
        return TooFew(
            f"{len(later)} of the later decisions are about accounts that were not decided before, {worth} of them worth a look:"
            f" {LEAST_LATER} are needed, and some of each kind"
        )
    learned, common = weights_of(earlier)
    proposed = Weights("proposed", {detector: each.per_mille for detector, each in learned.items()})
    return Proposal(
        learned, common, compared(later, present, proposed, left_out=len(decisions) - len(earlier) - len(later))
    )


def weights_of(decisions: Sequence[Decision]) -> tuple[dict[str, Learned], int]:
    """The weight of each detector that had a part in these decisions, and the common record per mille.

    First each detector's points count by how its shrunk record stands to the common one; then a logistic regression tells how
    much of that is its own, and how much other detectors' that came with it. A detector without a decision is not named.
    """
    weights = evened(decisions)
    total = sum(weights)
    common = sum(weight for each, weight in zip(decisions, weights, strict=True) if each.worth)
    found = records(decisions, weights)
    # Beta: (worth + PRIOR * common / total) / (decided + PRIOR), in thousandths and by whole numbers.
    shrunk = {
        detector: (each.worth * total + PRIOR * FULL * common) * 1000 // ((each.decided + PRIOR * FULL) * total)
        for detector, each in found.items()
    }
    share = max(common * 1000 // total, 1)
    ratios = {detector: _bounded(each * NEUTRAL // share) for detector, each in shrunk.items()}
    columns = {detector: number for number, detector in enumerate(found)}
    rows = [
        [(columns[detector], points * ratios[detector] / 1_000_000) for detector, points in sorted(each.parts.items())]
        for each in decisions
    ]
    fitted = fit(rows, [each.worth for each in decisions], [weight / FULL for weight in weights], len(columns))
    return {
        detector: Learned(_bounded(round(ratios[detector] * fitted.weights[number])), found[detector], shrunk[detector])
        for detector, number in columns.items()
    }, share


def _bounded(per_mille: int) -> int:
    return max(LEAST, min(MOST, per_mille))
