"""Routes of cases: open them from alerts, act on them by one table, take files in and out; suppressions; and what was decided
on alerts alike."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from schemas.case import Case, State, possible_acts
from schemas.case_acts import Act, Opening
from schemas.errors import AccessDenied, NotFound
from service.cases.book import Listed
from service.cases.similar import similar
from service.http import casework, review
from service.http.analyst import IfMatch, no_revision, revision_of
from service.http.case_shapes import (
    AlikeOut,
    CaseAct,
    CaseLine,
    CaseOut,
    CasePage,
    SimilarOut,
    SuppressionDecision,
    SuppressionIn,
    SuppressionOut,
    SuppressionPage,
)
from service.http.deps import AlertReader, Caller, Reviewer, needs
from service.http.errors import Problem
from service.http.spooling import spooled

router = APIRouter(prefix="/v1", tags=["cases"])
CaseReader = Annotated[Caller, Depends(needs("cases.read"))]
CaseWorker = Annotated[Caller, Depends(needs("cases.act"))]
SuppressionDecider = Annotated[Caller, Depends(needs("suppressions.decide"))]
_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem},
    409: {"model": Problem, "description": "somebody was faster, or the table of moves has no such move"},
    422: {"model": Problem},
    428: {"model": Problem, "description": "If-Match is missing"},
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "the bytes, to be saved"},
    404: {"model": Problem},
}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.get("/cases")
def list_cases(
    caller: CaseReader,
    *,
    state: Annotated[list[State] | None, Query()] = None,
    lead: Annotated[str | None, Query(max_length=64, description="a login, or `me`")] = None,
    alert: Annotated[str | None, Query(max_length=64, description="cases that this alert is in")] = None,
    waiting: Annotated[bool, Query(description="those that wait for the caller as the second person")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> CasePage:
    """Cases that the caller may see, changed last first. A case is never shown more widely than every alert in it."""
    me = caller.person.account
    only = Listed(
        states=("proposed", "second_review") if waiting else tuple(state) if state else None,
        lead=me if lead == "me" else lead,
        alert=alert,
        waiting_for=me if waiting else None,
    )
    found, following = casework.page_of(caller, only, cursor, limit)
    count = caller.office.house.cases.count(casework.eyes_of(caller), only=only)
    return CasePage(items=[CaseLine.of(each) for each in found], count=count, next=following)


@router.post("/cases", status_code=201, responses={422: {"model": Problem}})
def open_case(asked: Opening, caller: CaseWorker, response: Response) -> CaseOut:
    """Open a case from alerts. The alerts stay as they are: what is decided on them is decided there."""
    made = casework.open_case(caller, asked)
    response.headers["location"] = f"/v1/cases/{made.id}"
    return _shown(caller, made, response)


@router.get("/cases/{case}", responses={404: {"model": Problem}})
def one_case(case: str, caller: CaseReader, response: Response) -> CaseOut:
    """One case with its timeline. That it was read is recorded."""
    return _shown(caller, casework.read_case(caller, case), response)


@router.post("/cases/{case}/acts", response_model=CaseOut, responses=_REFUSALS)
def act(case: str, asked: Act, caller: CaseWorker, response: Response, if_match: IfMatch = None) -> Any:
    """Do one act, named by `act`. Name the revision that you read: if the case has moved on, nothing happens.

    The proposer of a decision can neither review nor confirm it, whatever their role; changing what a proposal stands on sends
    the case back to draft.
    """
    revision = revision_of(if_match)
    if revision is None:
        return no_revision()
    return _shown(caller, casework.act_on(caller, case, asked, revision=revision), response)


@router.post("/cases/{case}/attachments", response_model=CaseOut, responses=_REFUSALS, openapi_extra=_FORM)
async def attach(case: str, request: Request, caller: CaseWorker, response: Response, if_match: IfMatch = None) -> Any:
    """Put a file beside the case, 25 MiB at most. Its bytes are kept as they are, under their SHA-256."""
    revision = revision_of(if_match)
    if revision is None:
        return no_revision()
    async with spooled(request, caller.office.house) as body:
        made = await run_in_threadpool(casework.attach, caller, case, body, revision=revision)
    return _shown(caller, made, response)


@router.get("/cases/{case}/attachments/{number}", response_class=Response, responses=_FILE)
def attachment(case: str, number: int, caller: CaseReader) -> Response:
    """The bytes of a file beside a case, as they were sent. They are to be saved and are never shown."""
    return casework.saved(casework.attachment(caller, case, number))


@router.get("/cases/{case}/evidence", response_class=Response, responses=_FILE)
def frozen_evidence(case: str, caller: CaseReader) -> Response:
    """What the proposal or the decision stands on: canonical JSON whose SHA-256 the case names."""
    return casework.saved(casework.frozen_evidence(caller, case))


@router.get("/alerts/{alert}/similar", responses={404: {"model": Problem}})
def similar_alerts(alert: str, caller: AlertReader) -> SimilarOut:
    """How alerts like this one were decided. That the alert was read is recorded."""
    found = similar(caller.office.house.ledger, review.read_alert(caller, alert), caller.alerts)
    nearest = [AlikeOut(**{name: getattr(each, name) for name in AlikeOut.model_fields}) for each in found.nearest]
    return SimilarOut(**asdict(found) | {"nearest": nearest})


@router.get("/suppressions")
def list_suppressions(caller: AlertReader) -> SuppressionPage:
    """Suppressions, those that wait for approval first."""
    found = caller.office.house.suppressions.all(caller.alerts)
    return SuppressionPage(items=[_suppression(each) for each in found])


@router.post("/suppressions", status_code=201, responses={404: {"model": Problem}, 422: {"model": Problem}})
def propose_suppression(asked: SuppressionIn, caller: Reviewer) -> SuppressionOut:
    """Propose to keep alerts on a subject and family out of the queue. It does nothing until a second person approves it."""
    return _suppression(suppress(caller, asked))


@router.post("/suppressions/{suppression}/decisions", responses=_REFUSALS)
def decide_suppression(suppression: str, asked: SuppressionDecision, caller: SuppressionDecider) -> SuppressionOut:
    """Approve, refuse or end a suppression. Whoever proposed it cannot approve it."""
    return _suppression(decide(caller, suppression, asked))


def suppress(caller: Caller, asked: SuppressionIn) -> dict[str, Any]:
    """Propose a suppression, for the pages and the API alike."""
    try:
        return caller.office.house.suppressions.propose(
            asked.alert, until=asked.until, reason=asked.reason, by=caller.actor, alerts=caller.alerts
        )
    except NotFound:
        caller.office.gate.hide(caller.person, "alert", asked.alert)


def decide(caller: Caller, suppression: str, asked: SuppressionDecision) -> dict[str, Any]:
    """Decide on a suppression, for the pages and the API alike."""
    try:
        return caller.office.house.suppressions.decide(
            suppression, asked.act, by=caller.actor, alerts=caller.alerts, note=asked.note
        )
    except NotFound:
        caller.office.gate.hide(caller.person, "suppression", suppression)
    except AccessDenied as error:
        casework.record_refusal(caller, error, f"{asked.act} {suppression}")
        raise


def _suppression(found: dict[str, Any]) -> SuppressionOut:
    return SuppressionOut(**{name: found[name] for name in SuppressionOut.model_fields})


def _shown(caller: Caller, case: Case, response: Response) -> CaseOut:
    response.headers["etag"] = f'"{case.revision}"'
    book, person = caller.office.house.cases, caller.person
    return CaseOut(
        case=case,
        timeline=[CaseAct(**each) for each in book.acts(case.id)],
        possible=list(possible_acts(case, account=person.account, role=person.role)),
        newer_versions=book.newer_versions(case, casework.eyes_of(caller)),
    )
