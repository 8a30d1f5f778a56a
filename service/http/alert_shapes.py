"""The shapes of what is asked and answered about alerts, with examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.alert import REASONS_FOR, CandidateAlert, Place, Reason
from schemas.finding import EvidenceRef, Member
from service.http.learning_shapes import RecordOut
from service.http.shapes import Login

Note = Annotated[str, StringConstraints(max_length=4000)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AlertLine(BaseModel):
    """An alert in a list. `score` is in thousandths."""

    id: str = Field(examples=["a_5b0c2f6f9e1d4c3b8a7f"])
    version: int = Field(examples=[1])
    revision: int = Field(examples=[3], description="name it in If-Match when you act")
    state: Literal["new", "assigned", "escalated", "dismissed"]
    assignee: str | None = Field(examples=["a.diallo"])
    score: int = Field(examples=[63500])
    severity: Literal["low", "medium", "high", "critical"]
    family: str = Field(examples=["generic"])
    detectors: list[str] = Field(examples=[["cash-structuring"]])
    subject: str = Field(examples=["BANKA|41"])
    why: dict[str, str] = Field(examples=[{"en": "6 cash deposits in 7 days …", "fr": "6 dépôts en 7 jours …"}])
    window_start: str = Field(examples=["2026-02-03T00:00:00Z"])
    window_end: str = Field(examples=["2026-02-09T23:59:59Z"])
    run: str = Field(examples=["r_0a1b2c3d4e5f6071"])
    follows: str | None = Field(default=None, description="the decided alert that this one follows up")
    incomplete: bool = Field(default=False, description="a detector of the run had failed")
    place: Place = Field(
        examples=["queue"],
        description="above the line of the queue, drawn from below it for review, or below it; to analysts a `sample` is `queue`",
    )


class AlertWithEvidence(AlertLine):
    """An alert in a list that was asked for with `include=evidence`."""

    key: str = Field(examples=["5b0c2f6f9e1d4c3b8a7f5b0c2f6f9e1d"], description="stable over all versions")
    members: list[Member]
    members_left_out: int
    evidence: list[EvidenceRef]
    evidence_left_out: int
    same_flow: list[list[EvidenceRef]] = Field(
        default=[], description="rows of `evidence` that two partners reported of one flow: count each group once"
    )


class AlertPage(BaseModel):
    items: list[AlertWithEvidence | AlertLine]
    count: int = Field(examples=[212], description="how many alerts the filter leaves")
    next: str | None = None


class SampleOut(BaseModel):
    """What is missed below the line, as measured on the alerts that were drawn for review there."""

    below: int = Field(examples=[180], description="alerts that nobody is asked to look at")
    sampled: int = Field(examples=[40])
    decided: int = Field(examples=[32], description="of those sampled")
    escalated: int = Field(examples=[2], description="of those decided")
    share_per_mille: int | None = Field(examples=[62], description="escalated of decided; null where none is decided")
    interval_per_mille: list[int] | None = Field(examples=[[17, 201]], description="of the share, 95 %, after Wilson")


class Act(BaseModel):
    """What somebody did with an alert."""

    at: str
    actor: str
    role: str
    act: str
    state: str | None
    assignee: str | None
    reason: str | None
    note: str | None


class AlertOut(AlertLine):
    """One alert with its explanation as frozen when it was made, and what was done with it."""

    alert: CandidateAlert
    history: list[Act]
    records: dict[str, RecordOut] = Field(
        default={}, description="by detector, what was decided about its alerts until now; none where nothing was"
    )


class TransactionPage(BaseModel):
    items: list[dict[str, Any]] = Field(
        description="canonical columns, with batch and submitter; money as text. Where `same_flow_as` names another row, both "
        "report one flow: leave this one out of sums",
        examples=[[{"reference": "R-1", "amount": "120.5000", "same_flow_as": None}]],
    )


class Decision(_Asked):
    """A decision needs a reason that fits it."""

    act: Literal["escalate", "dismiss", "reopen"]
    reason: Reason = Field(
        description="; ".join(f"to {act}: {', '.join(reasons)}" for act, reasons in REASONS_FOR.items())
    )
    note: Note | None = None


class Assignment(_Asked):
    act: Literal["assign", "release"] = "assign"
    assignee: Login | None = Field(default=None, examples=["a.diallo"])


class NoteIn(_Asked):
    note: Annotated[str, StringConstraints(min_length=1, max_length=4000)] = Field(
        examples=["Asked for deposit slips."]
    )


class Restriction(_Asked):
    """Who may see the alert; an empty list lifts the restriction."""

    people: list[Login] = Field(max_length=50, examples=[["s.ba", "a.diallo"]])
