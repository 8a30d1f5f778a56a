"""Routes of originator control: what partners allow, what alerts inherit, what leaves the house, and feedback by quarter."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.errors import NotFound
from schemas.handling import Handling, Recipient, Use
from service.handling.book import Export
from service.handling.feedback import feedback
from service.house import utc_now
from service.http import mission, review
from service.http.deps import AccountKeeper, AlertReader, BatchReader, Consenter, Exporter, Submitter
from service.http.errors import Problem
from service.http.shapes import Empty
from service.ledger import views

router = APIRouter(prefix="/v1", tags=["handling"])
_REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (403, 404, 422)}
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InheritedOut(BaseModel):
    """The handling of an alert, and whose data it stands on."""

    handling: Handling
    owners: list[str] = Field(examples=[["bank-alpha"]])
    batches: list[str] = Field(examples=[["b_1f0c9d2e8a7b6c5d"]])
    whole: bool = Field(
        description="false: evidence was left out for its number, so that every batch of the house counts"
    )


class ConsentIn(_Asked):
    recipient: _Text = Field(examples=["FIU of Senegal"])
    document: _Text = Field(description="what says so, so that it can be found again", examples=["letter 2026/114"])


class ExportIn(_Asked):
    recipient: _Text = Field(examples=["FIU of Senegal"])
    kind: Recipient
    use: Use
    purpose: _Text = Field(examples=["request 2026/31"])


class ExportOut(BaseModel):
    """An alert for somebody else. Its handling goes with it."""

    handling: Handling
    owners: list[str]
    recipient: str
    use: Use
    purpose: str
    alert: dict[str, Any]
    digest: str = Field(description="SHA-256 of the canonical JSON of the rest; the journal has it")


class QuarterOut(BaseModel):
    """A quarter: what was sent, of what quality, and, where it is told, in how many subjects it helped."""

    quarter: str = Field(examples=["2026-Q1"])
    batches: int
    rows: int
    accepted: int
    duplicates: int
    rejected: int
    helped: int | None = Field(
        description="subjects, rounded down to fives, whose alerts were escalated; null before the next quarter has ended, and "
        "for fewer than five subjects or five batches"
    )


@router.get("/feedback")
def partner_feedback(caller: Submitter) -> list[QuarterOut]:
    """What became of what you sent, by quarter. Nothing here tells of one client or one submission."""
    partner = caller.person.partner
    if partner is None:
        caller.office.gate.refuse(caller.person, "an account without a partner", "feedback")
    found = feedback(caller.office.house.ledger.query, partner, utc_now())
    return [QuarterOut(**{name: getattr(each, name) for name in QuarterOut.model_fields}) for each in found]


@router.get("/batches/{batch}/handling", responses=_REFUSALS)
def batch_handling(batch: str, caller: BatchReader) -> Handling:
    """How the originator wants a submission handled."""
    return caller.office.house.handling.of_batch(mission.seen_batch(caller, batch).batch)


@router.post("/batches/{batch}/handling", responses=_REFUSALS)
def handle_batch(batch: str, asked: Handling, caller: Submitter) -> Handling:
    """Say how a submission of yours is to be handled; it holds at once for everything derived from it."""
    found = mission.seen_batch(caller, batch)
    caller.office.house.handling.set_batch(found.batch, found.partner, asked, by=caller.actor)
    return asked


@router.post("/partners/{partner}/handling", responses=_REFUSALS)
def handle_partner(partner: str, asked: Handling, caller: AccountKeeper) -> Handling:
    """Record what was agreed with a partner for all its submissions."""
    if partner not in {each.partner for each in views.partners(caller.office.house.ledger)}:
        raise NotFound("no such partner is registered", where="partner")
    caller.office.house.handling.set_partner(partner, asked, by=caller.actor)
    return asked


@router.post("/batches/{batch}/consents", responses=_REFUSALS)
def record_consent(batch: str, asked: ConsentIn, caller: Consenter) -> Empty:
    """Record that an originator agreed that somebody may have what is derived from a submission."""
    found = mission.seen_batch(caller, batch)
    caller.office.house.handling.consent(found.batch, asked.recipient, asked.document, by=caller.actor)
    return Empty()


@router.get("/alerts/{alert}/handling", responses=_REFUSALS)
def alert_handling(alert: str, caller: AlertReader) -> InheritedOut:
    """What an alert inherits from those whose data it stands on."""
    found = review.read_alert(caller, alert)
    inherited = caller.office.house.handling.of_alert(found["alert"], found["body"])
    return InheritedOut(
        handling=inherited.handling,
        owners=list(inherited.owners),
        batches=list(inherited.batches),
        whole=inherited.whole,
    )


@router.post("/alerts/{alert}/exports", status_code=201, responses=_REFUSALS)
def export_alert(alert: str, asked: ExportIn, caller: Exporter) -> ExportOut:
    """An alert as a document for somebody else; refused where a caveat forbids it. The journal has what left, to whom and why."""
    found = review.read_alert(caller, alert)
    export = Export(asked.recipient, asked.kind, asked.use, asked.purpose)
    return ExportOut(**caller.office.house.handling.export(found, export, by=caller.actor))
