"""A finding: one detector, one subject, one window, its evidence, and the facts that explain it, frozen when it was made."""

from __future__ import annotations

from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict

from schemas.detector import Severity, Words

RAW_FINDING: dict[str, pl.DataType] = {
    "subject": pl.Int32(),
    "window_start_s": pl.Int64(),
    "window_end_s": pl.Int64(),
    "strength": pl.Int32(),
    "evidence": pl.List(pl.Int32()),
    "members": pl.List(pl.Struct({"account": pl.Int32(), "role": pl.String()})),
    "facts": pl.String(),
}
"""What a detector's `find` gives, in run-local numbers. `strength` is per mille (0 to 1000); `evidence` is a sorted list of
`txn`; `members` is sorted by account and includes the subject; `facts` is the canonical JSON of an object whose values are
integers or text (money as text with its scale). Rows are sorted by subject, window_start_s, window_end_s, evidence."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EvidenceRef(_Frozen):
    """A transaction as its submitter knows it."""

    batch: str
    reference: str


class Member(_Frozen):
    """An account in a finding: as submitted, by key, and in which role."""

    account: str
    key: str
    role: str


class IndicatorLine(_Frozen):
    """Observed against threshold, already written for a reader. `distance` is observed over threshold, per mille."""

    label: Words
    observed: Words
    threshold: Words
    sense: str
    distance: int | None


class Effect(_Frozen):
    """What one feature added to a model's score: this account, its peers, and the additive effect in thousandths."""

    feature: str
    label: Words
    observed: str
    peers: str
    effect: int


class Explanation(_Frozen):
    """Why, in words and numbers. Never re-made: a later change of the detector does not change what was said."""

    title: Words
    sentence: Words
    indicators: tuple[IndicatorLine, ...]
    effects: tuple[Effect, ...] = ()
    benign: tuple[Words, ...]
    next_step: Words
    sources: tuple[str, ...]
    exclusions: tuple[str, ...] = ()
    """The segments whose accounts the detector leaves alone: the subject was in none of them."""
    logic_hash: str


class Finding(_Frozen):
    """A finding in the words of the submitters: keys and references, no run-local number."""

    id: str
    detector: str
    kind: str
    family: str
    severity: Severity
    status: str
    subject: str
    subject_account: str
    window_start: str
    window_end: str
    strength: int
    evidence: tuple[EvidenceRef, ...]
    members: tuple[Member, ...]
    facts: dict[str, Any]
    explanation: Explanation
