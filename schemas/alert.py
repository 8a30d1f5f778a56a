"""An alert: findings consolidated on one subject or network, its score with every part, and the moves it can make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.detector import Severity, Words
from schemas.errors import MoveRefused
from schemas.finding import EvidenceRef, Finding, Member

State = Literal["new", "assigned", "escalated", "dismissed"]
OPEN_STATES: tuple[State, ...] = ("new", "assigned")
DECIDED_STATES: tuple[State, ...] = ("escalated", "dismissed")
Place = Literal["queue", "sample", "below"]
PLACES: tuple[Place, ...] = ("queue", "sample", "below")
"""Where an alert lies, nearest to the analyst first: above the line of the budget, below it and drawn for review, below it."""
Reason = Literal[
    "suspicion_confirmed", "needs_investigation", "legitimate_business", "known_customer_profile", "data_error",
    "duplicate_of_other", "insufficient_information",
]  # fmt: skip
REASONS: tuple[str, ...] = Reason.__args__  # type: ignore[attr-defined]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScorePart(_Frozen):
    """What one detector added to the score, in thousandths of a point, with the numbers it was made from.

    `flagged` of `population` subjects are flagged by the detector in the frozen baseline; `surprisal` is
    -log2((flagged + 1) / (population + 2)) in thousandths of a bit; `damping` is the per-mille factor for what
    better parts of its family, or from the same payments, say too.
    Where `against` is not `baseline` the finding brought its surprisal and the baseline was not used: a network is measured against
    `chance`, that is against shuffled payments; a model against the account-windows `held_back` from fitting it.
    `learned` is what past decisions made of the points, per mille of the formula's; none where no learned weights were in use.
    """

    detector: str
    family: str
    flagged: int
    population: int
    surprisal: int
    strength: int
    weight: int
    damping: int
    points: int
    against: Literal["baseline", "chance", "held_back"] = "baseline"
    learned: int | None = None


class CandidateAlert(_Frozen):
    """An alert as one run proposes it, before it is folded into the standing alerts. Members are at most what its manifest allows."""

    key: str
    subject: str
    subject_account: str
    score: int = Field(ge=0, le=100_000)
    """In thousandths: 0 to 100,000 for a score of 0 to 100."""
    severity: Severity
    family: str
    detectors: tuple[str, ...]
    why: Words
    members: tuple[Member, ...]
    members_left_out: int = 0
    evidence: tuple[EvidenceRef, ...]
    evidence_left_out: int = 0
    same_flow: tuple[tuple[EvidenceRef, ...], ...] = ()
    """The rows of `evidence` that two partners reported of one flow, a group for each such flow: it is counted once."""
    window_start: str
    window_end: str
    parts: tuple[ScorePart, ...]
    findings: tuple[Finding, ...]
    linked: tuple[str, ...] = ()
    place: Place = "queue"
    """Alerts of before there was a budget are all in the queue."""
    ordered_by: str | None = None
    """The digest of the learned weights that the score was made with; none where it is the formula's."""
    formula_score: int | None = None
    """What the score is without them."""


@dataclass(frozen=True, slots=True)
class Move:
    """A permitted move: where it leads, which roles may make it, and what it needs."""

    to: State
    who: tuple[str, ...]
    needs: tuple[str, ...] = ()


_REVIEWERS = ("analyst", "supervisor")
MOVES: dict[tuple[State, str], Move] = {
    ("new", "assign"): Move("assigned", _REVIEWERS, ("assignee",)),
    ("assigned", "assign"): Move("assigned", _REVIEWERS, ("assignee",)),
    ("assigned", "release"): Move("new", _REVIEWERS),
    ("new", "escalate"): Move("escalated", _REVIEWERS, ("reason",)),
    ("new", "dismiss"): Move("dismissed", _REVIEWERS, ("reason",)),
    ("assigned", "escalate"): Move("escalated", _REVIEWERS, ("reason",)),
    ("assigned", "dismiss"): Move("dismissed", _REVIEWERS, ("reason",)),
    ("escalated", "reopen"): Move("new", ("supervisor",), ("reason",)),
    ("dismissed", "reopen"): Move("new", ("supervisor",), ("reason",)),
}


REASONS_FOR: dict[str, tuple[Reason, ...]] = {
    "escalate": ("suspicion_confirmed", "needs_investigation"),
    "dismiss": (
        "legitimate_business", "known_customer_profile", "data_error", "duplicate_of_other", "insufficient_information",
    ),
    "reopen": ("needs_investigation", "suspicion_confirmed", "data_error", "insufficient_information"),
}  # fmt: skip
"""Which reasons fit which act. A reason that contradicts its act would make the record of decisions useless to learn from."""


def move_for(state: State, act: str) -> Move:
    """The move that `act` makes from `state`. Raises MoveRefused, naming the acts that are possible."""
    move = MOVES.get((state, act))
    if move is None:
        possible = ", ".join(sorted(name for at, name in MOVES if at == state))
        raise MoveRefused(f"an alert that is {state} cannot be moved by {act!r}", remedy=f"Possible here: {possible}.")
    return move
