"""Routes of analysts and supervisors: the queue, one alert with its evidence, and what is done with it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import orjson
import polars as pl
from fastapi import APIRouter, Header, Query, Response

from schemas.alert import State
from schemas.detector import Severity
from schemas.errors import RequestInvalid
from service.alerts.book import Alert, Filter, Sort
from service.alerts.flows import Reference, second_reports
from service.alerts.sample import below_the_line
from service.http import review
from service.http.alert_shapes import (
    Act,
    AlertLine,
    AlertOut,
    AlertPage,
    AlertWithEvidence,
    Assignment,
    Decision,
    NoteIn,
    Restriction,
    SampleOut,
    TransactionPage,
)
from service.http.deps import AlertReader, Caller, Restrictor, Reviewer, SampleReader
from service.http.errors import Problem, answer, plain_problem

router = APIRouter(prefix="/v1", tags=["alerts"])
_LINE = tuple(name for name in AlertLine.model_fields if name not in {"id", "why"})
IfMatch = Annotated[str | None, Header(description='the revision that was read, as `"3"`')]
_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem},
    409: {"model": Problem, "description": "somebody was faster, or the table of moves has no such move"},
    422: {"model": Problem},
    428: {"model": Problem, "description": "If-Match is missing"},
}


@router.get("/alerts", responses={429: {"model": Problem, "description": "more readings than the hourly budget"}})
def list_alerts(
    caller: AlertReader,
    *,
    state: Annotated[list[State] | None, Query()] = None,
    severity: Severity | None = None,
    detector: Annotated[str | None, Query(max_length=64)] = None,
    family: Annotated[str | None, Query(max_length=64)] = None,
    assignee: Annotated[str | None, Query(max_length=64, description="a login, or `me`")] = None,
    place: Annotated[
        Literal["queue", "below", "suppressed", "all"],
        Query(
            description="above the line of the budget, a few drawn from below it among them; below it; kept out by a suppression; or all"
        ),
    ] = "queue",
    partner: Annotated[str | None, Query(max_length=64, description="who submitted some of the evidence")] = None,
    include: Annotated[
        list[Literal["evidence"]] | None, Query(description="`evidence`: members and evidence too; each counts as read")
    ] = None,
    sort: Annotated[Sort, Query(description="`newest` and `oldest` go by the end of the window")] = "score",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> AlertPage:
    """Alerts that the caller may see, best first: by score, or as `sort` says, then by id. A page ends where the next begins,
    whatever changes.

    With `include=evidence` every alert of the page is recorded as read, as if each had been opened, and counts against the
    same hourly budget: 429 where it has not room for the whole page, and then nothing is shown and none counts.
    """
    holder = caller.person.account if assignee == "me" else assignee
    only = Filter(
        states=state,
        severity=severity,
        detector=detector,
        family=family,
        assignee=holder,
        place=None if place == "all" else place,
        partner=partner,
    )
    found, following = review.page_of(caller, only, cursor, limit, whole=bool(include), sort=sort)
    count = caller.office.house.alerts.count(caller.alerts, only=only)
    items = [
        AlertWithEvidence(**_line(caller, each), **_evidence(each)) if include else AlertLine(**_line(caller, each))
        for each in found
    ]
    return AlertPage(items=items, count=count, next=following)


@router.get("/alerts/sample")
def sample(caller: SampleReader) -> SampleOut:
    """Of the alerts drawn for review below the line, how many proved worth a look: the share of what the budget leaves out."""
    return SampleOut(**below_the_line(caller.office.house.ledger, caller.alerts))


@router.get("/alerts/{alert}", responses={404: {"model": Problem}})
def one_alert(
    alert: str,
    caller: AlertReader,
    response: Response,
    version: Annotated[
        int | None, Query(ge=1, le=2**31, description="an earlier version; the latest by default")
    ] = None,
) -> AlertOut:
    """One alert with its explanation, frozen when it was made. That it was read is recorded."""
    return _shown(caller, review.read_alert(caller, alert, version=version), response)


@router.get("/alerts/{alert}/transactions", responses={200: {"model": TransactionPage}, 404: {"model": Problem}})
def evidence(alert: str, caller: AlertReader) -> Response:
    """The transactions that the alert is made of, in total order, as they were submitted; of a flow that two partners
    reported both reports, the second with `same_flow_as`."""
    found = review.read_alert(caller, alert)
    frame = review.evidence_of(caller, found).drop("seq", "extra", strict=False)
    text = frame.with_columns(
        pl.col(pl.Decimal).cast(pl.String), pl.col(pl.Datetime).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    )
    second = second_reports(found["body"])
    items = [
        row | {"same_flow_as": _reference(second.get((row["batch"], row["reference"])))} for row in text.to_dicts()
    ]
    return Response(orjson.dumps({"items": items}), media_type="application/json")


@router.post("/alerts/{alert}/decisions", response_model=AlertOut, responses=_REFUSALS)
def decide(alert: str, asked: Decision, caller: Reviewer, response: Response, if_match: IfMatch = None) -> Any:
    """Escalate, dismiss or reopen, with a reason. Name the revision that you read: if the alert has moved on, nothing happens."""
    revision = revision_of(if_match)
    if revision is None:
        return no_revision()
    found = review.act_on(caller, alert, asked.act, revision=revision, reason=asked.reason, note=asked.note)
    return _shown(caller, found, response)


@router.post("/alerts/{alert}/assignment", response_model=AlertOut, responses=_REFUSALS)
def assign(alert: str, asked: Assignment, caller: Reviewer, response: Response, if_match: IfMatch = None) -> Any:
    """Give an alert to somebody, to the caller where nobody is named, or release it."""
    revision = revision_of(if_match)
    if revision is None:
        return no_revision()
    holder = asked.assignee or caller.person.account
    return _shown(caller, review.act_on(caller, alert, asked.act, revision=revision, assignee=holder), response)


@router.post("/alerts/{alert}/notes", responses={404: {"model": Problem}})
def add_note(alert: str, asked: NoteIn, caller: Reviewer, response: Response) -> AlertOut:
    """Write a note beside an alert; its state stays."""
    return _shown(caller, review.note_on(caller, alert, asked.note), response)


@router.post("/alerts/{alert}/restriction", response_model=AlertOut, responses=_REFUSALS)
def restrict(alert: str, asked: Restriction, caller: Restrictor, response: Response, if_match: IfMatch = None) -> Any:
    """Show an alert to named people alone, the caller among them; for all others it does not exist. An empty list lifts it."""
    revision = revision_of(if_match)
    if revision is None:
        return no_revision()
    return _shown(caller, review.restrict(caller, alert, asked.people, revision=revision), response)


def _line(caller: Caller, found: Alert) -> dict[str, Any]:
    why = {"en": found["why_en"], "fr": found["why_fr"]}
    told = {name: found[name] for name in _LINE} | {"id": found["alert"], "why": why}
    return told | {"place": review.place_told(caller, found)}


def _evidence(found: Alert) -> dict[str, Any]:
    """What an alert is made of. An alert of before second reports were recorded does not say which they are."""
    names = AlertWithEvidence.model_fields.keys() - AlertLine.model_fields.keys()
    return {name: found["body"][name] for name in names & found["body"].keys()}


def _reference(report: Reference | None) -> dict[str, str] | None:
    return None if report is None else dict(zip(("batch", "reference"), report, strict=True))


def _shown(caller: Caller, found: Alert, response: Response) -> AlertOut:
    response.headers["etag"] = f'"{found["revision"]}"'
    history = [
        Act(**{name: each[name] for name in Act.model_fields})
        for each in caller.office.house.alerts.acts(found["alert"])
    ]
    body = found["body"] | {"place": review.place_told(caller, found)}
    return AlertOut(**_line(caller, found), alert=body, history=history, records=review.records_of(caller, found))


def revision_of(if_match: str | None) -> int | None:
    """The revision that an If-Match names; None where there is none. Raises RequestInvalid for anything else."""
    if if_match is None:
        return None
    match = re.fullmatch(r'(?:W/)?"(\d{1,9})"|(\d{1,9})', if_match.strip())
    if match is None:
        raise RequestInvalid("this is not a revision", where="If-Match", value=if_match, remedy='Send the ETag: "3".')
    return int(match[1] or match[2])


def no_revision() -> Response:
    """The answer to an act that does not say which revision it was decided on."""
    problem = plain_problem(
        428,
        "say which revision you decide on",
        slug="revision-missing",
        remedy="Read the alert and send its ETag as If-Match.",
    )
    return answer(problem)
