"""Routes of originator control: what partners allow, what alerts inherit, what leaves the house, and feedback by quarter."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.canonical import parse_json
from schemas.case import MOST_ALERTS
from schemas.errors import NotFound
from schemas.handling import Handling, Recipient, Use, require_no_looser
from service.alerts.book import Filter
from service.handling.book import Export, Inherited
from service.handling.feedback import feedback
from service.house import utc_now
from service.http import casework, caveats, mission, review
from service.http.cases import CaseReader
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


class CaseExportOut(BaseModel):
    """What a decided case stands on, for somebody else. Its handling goes with it."""

    handling: Handling
    owners: list[str]
    recipient: str
    use: Use
    purpose: str
    case: dict[str, Any] = Field(description="what was frozen when the decision was proposed; files by name and digest")
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
    """Say how a submission is to be handled; it holds at once for everything derived from it. Its partner may also release what it
    gave; the unit itself may only be stricter."""
    found = mission.seen_batch(caller, batch)
    if caller.person.partner is None:
        with caveats.refusals_noted(caller, f"handling of {batch}"):
            require_no_looser(caller.office.house.handling.of_batch(batch), asked)
    caller.office.house.handling.set_batch(found.batch, found.partner, asked, by=caller.actor)
    return asked


@router.post("/partners/{partner}/handling", responses=_REFUSALS)
def handle_partner(partner: str, asked: Handling, caller: AccountKeeper) -> Handling:
    """Record what was agreed with a partner for all its submissions. What it has sent already is not released by it: where this is
    looser, what held for it goes on."""
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
    # whoever names the people has to know whose data it is
    found = review.look_at(caller, alert, to_name=caller.person.may("alerts.restrict"))
    caller.office.gate.note_reading(caller.token, caller.person, alert, found["version"])
    inherited = caller.office.house.handling.of_alert(found["body"])
    return _inherited(inherited)


@router.post("/alerts/{alert}/exports", status_code=201, responses=_REFUSALS)
def export_alert(alert: str, asked: ExportIn, caller: Exporter) -> ExportOut:
    """An alert as a document for somebody else; refused where a caveat forbids it. The journal has what left, to whom and why."""
    found = review.look_at(caller, alert)
    caller.office.gate.note_reading(caller.token, caller.person, alert, found["version"])
    export = Export(asked.recipient, asked.kind, asked.use, asked.purpose)
    with caveats.refusals_noted(caller, f"export of {alert}"):
        document = caller.office.house.handling.export(found, export, by=caller.actor)
    return ExportOut(**document)


@router.get("/cases/{case}/handling", responses=_REFUSALS)
def case_handling(case: str, caller: CaseReader) -> InheritedOut:
    """What a case inherits: of every limit on what its alerts stand on the strictest."""
    found = casework.look_at(caller, case)
    caller.office.gate.note_opening(caller.token, caller.person, "case.read", {"case": case}, case)
    alerts = caller.office.house.alerts.page(
        casework.eyes_of(caller).inside, only=Filter(alerts=found.alerts), limit=MOST_ALERTS, whole=True
    )
    return _inherited(caller.office.house.handling.of_alerts([each["body"] for each in alerts]))


@router.post("/cases/{case}/exports", status_code=201, responses=_REFUSALS | {409: {"model": Problem}})
def export_case(case: str, asked: ExportIn, caller: Exporter) -> CaseExportOut:
    """What a decided case stands on, as a document for somebody else; refused where a caveat on any of it forbids that.

    It leaves once two people have decided to disseminate it (409 before). The journal has what left, to whom and why.
    """
    found = casework.look_at(caller, case)
    export = Export(asked.recipient, asked.kind, asked.use, asked.purpose)
    frozen = parse_json(casework.frozen_evidence(caller, case).data) if found.decision else {}
    with caveats.refusals_noted(caller, f"export of {case}"):
        document = caller.office.house.handling.export_case(found, frozen, export, by=caller.actor)
    return CaseExportOut(**document)


def _inherited(found: Inherited) -> InheritedOut:
    return InheritedOut(
        handling=found.handling, owners=list(found.owners), batches=list(found.batches), whole=found.whole
    )
