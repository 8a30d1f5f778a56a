"""The shapes of what is answered about cases, suppressions and similar alerts, with examples."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.case import Case, State, SuppressionState
from schemas.case_acts import AlertId

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CaseLine(BaseModel):
    """A case in a list."""

    id: str = Field(examples=["c_0a1b2c3d4e5f6071"])
    revision: int = Field(examples=[3])
    state: State
    title: str = Field(examples=["Deposits under the threshold, three branches"])
    lead: str | None = Field(examples=["a.diallo"])
    due_at: str | None = Field(examples=["2027-01-15T23:59:59.000000Z"])
    paused_at: str | None = Field(default=None, description="since when the clock stands still")
    alerts: list[str]
    changed_at: str

    @classmethod
    def of(cls, case: Case) -> CaseLine:
        return cls(**{name: getattr(case, name) for name in cls.model_fields} | {"alerts": list(case.alerts)})


class CasePage(BaseModel):
    items: list[CaseLine]
    count: int = Field(examples=[12], description="how many cases the filter leaves")
    next: str | None = None


class CaseAct(BaseModel):
    """What somebody did with a case."""

    seq: int = Field(description="the entry of the journal")
    at: str
    actor: str
    role: str
    act: str
    state: str = Field(description="the state after it")
    told: dict[str, Any] = Field(description="what was asked for; of a proposal also the digest of its `evidence`")


class CaseOut(BaseModel):
    """One case as it stands, what was done with it, and what the caller may do now."""

    case: Case
    timeline: list[CaseAct]
    possible: list[str] = Field(
        description="acts that the table of moves offers the caller now", examples=[["note", "propose"]]
    )
    newer_versions: list[str] = Field(
        default=[], description="alerts that have a newer version than the one that the proposal froze"
    )


class SuppressionIn(_Asked):
    """Keep alerts on the subject and family of this alert out of the queue up to the end of a day."""

    alert: AlertId = Field(examples=["a_5b0c2f6f9e1d4c3b8a7f"])
    until: date = Field(examples=["2027-03-31"])
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class SuppressionDecision(_Asked):
    act: Literal["approve", "refuse", "end"]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class SuppressionOut(BaseModel):
    suppression: str = Field(examples=["s_0a1b2c3d4e5f6071"])
    state: SuppressionState
    in_force: bool
    subject: str = Field(examples=["BANKA|41"])
    family: str = Field(examples=["generic"])
    expires_at: str
    reason: str
    alert: str = Field(description="the alert from which it was proposed")
    proposed_by: str
    proposed_at: str
    decided_by: str | None
    decided_at: str | None


class SuppressionPage(BaseModel):
    items: list[SuppressionOut]


class AlikeOut(BaseModel):
    alert: str
    score: int = Field(description="in thousandths")
    severity: str
    state: Literal["escalated", "dismissed"]
    reason: str
    decided_by: str
    decided_at: str
    apart: int = Field(description="how many accounts more or fewer it has in each role, added up")


class SimilarOut(BaseModel):
    """How decided alerts of the same detectors and family were decided; only those that the caller may see are counted."""

    escalated: int
    dismissed: int
    reasons: dict[str, int]
    nearest: list[AlikeOut]
