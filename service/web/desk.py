"""The page of one alert and the forms that act on it. They do what the API does, by the same code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from schemas.alert import CandidateAlert
from schemas.errors import Conflict, InputError, RequestInvalid, StaleVersion
from service.alerts.book import Alert
from service.house import utc_now
from service.http import review
from service.http.deps import Caller
from service.http.errors import status_of
from service.web.asked import Asked
from service.web.beside import beside
from service.web.contexts import QueueRow, Standing, alert_page, history_line, queue_rows, read_choice
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
Reader = Annotated[Caller, Depends(signed_in("alerts.read"))]
Actor = Annotated[Caller, Depends(signed_in("alerts.act"))]


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody had put into the forms of an alert, to be shown again where it was refused."""

    decision: str = ""
    note: str = ""
    text: str = ""


_NOTHING_TYPED = Typed()


@router.get("/alerts/{alert}")
def one(request: Request, caller: Reader, alert: str) -> HTMLResponse:
    """One alert. That it was read is recorded."""
    decided = request.query_params.get("notice") == "decided"
    return _page(request, caller, alert, Asked.of(request.url.query), decided=decided)


@router.post("/alerts/{alert}/decisions")
def decide(  # noqa: PLR0917 - the fields of the form
    request: Request,
    caller: Actor,
    alert: str,
    revision: Annotated[int, Form(ge=0)],
    decision: Annotated[str, Form(max_length=80)] = "",
    note: Annotated[str, Form(max_length=8000)] = "",
    back: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Decide. What comes back says so and offers the next alert of the same view, which is not opened, and so not read, unasked."""
    asked = Asked.of(back)
    act, reason = read_choice(decision)
    try:
        if not act:
            raise RequestInvalid("no decision is marked", where="decision", remedy="Mark one in the form.")
        review.act_on(caller, alert, act, revision=revision, reason=reason, note=note)
    except (InputError, Conflict) as error:
        return _refused(request, caller, alert, asked, error, revision, Typed(decision, note))
    return go(f"/alerts/{alert}{asked.carried}", notice="decided")


@router.post("/alerts/{alert}/assignment")
def assign(  # noqa: PLR0917 - the fields of the form
    request: Request,
    caller: Actor,
    alert: str,
    act: Annotated[str, Form(max_length=16)],
    revision: Annotated[int, Form(ge=0)],
    assignee: Annotated[str, Form(max_length=64)] = "",
    back: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Give the alert to somebody, or release it."""
    asked = Asked.of(back)
    act = act if act in ("assign", "release") else ""
    try:
        review.act_on(caller, alert, act, revision=revision, assignee=assignee)
    except (InputError, Conflict) as error:
        return _refused(request, caller, alert, asked, error, revision)
    return go(f"/alerts/{alert}{asked.carried}", notice="assigned")


@router.post("/alerts/{alert}/notes")
def add_note(
    request: Request,
    caller: Actor,
    alert: str,
    text: Annotated[str, Form(max_length=8000)],
    back: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Write a note beside the alert."""
    asked = Asked.of(back)
    try:
        review.note_on(caller, alert, text)
    except InputError as error:
        return _refused(request, caller, alert, asked, error, typed=Typed(text=text))
    return go(f"/alerts/{alert}{asked.carried}", notice="noted")


def _refused(  # noqa: PLR0917 - what the page needs to say what was refused
    request: Request,
    caller: Caller,
    alert: str,
    asked: Asked,
    error: InputError | Conflict,
    revision: int = 0,
    typed: Typed = _NOTHING_TYPED,
) -> HTMLResponse:
    stale = revision if isinstance(error, StaleVersion) else 0
    told = "" if stale else told_whole(error.why, error.remedy, language_of(request))
    return _page(request, caller, alert, asked, status=status_of(error), stale=stale, refusal=told, typed=typed)


def _page(
    request: Request,
    caller: Caller,
    alert: str,
    asked: Asked,
    *,
    status: int = 200,
    stale: int = 0,
    refusal: str = "",
    typed: Typed = _NOTHING_TYPED,
    decided: bool = False,
) -> HTMLResponse:
    language, book = language_of(request), caller.office.house.alerts
    found = review.read_alert(caller, alert)
    following = _next(caller, asked, found) if decided else None
    transactions = review.evidence_of(caller, found).to_dicts()
    return render(
        request,
        "alert.html",
        caller.person,
        status=status,
        page=alert_page(
            _standing(found), transactions, caller.person, language, records=review.records_of(caller, found)
        ),
        history=[history_line(each, language) for each in book.acts(alert)],
        assignees=review.reviewers(caller, alert) if caller.person.may("alerts.act") else [],
        linked=[found["follows"]] if found["follows"] else [],
        beside=beside(caller, found, language),
        carried=asked.carried,
        stale=stale,
        refusal=refusal,
        typed=typed,
        decided=decided,
        following=_line(caller, following, language) if following is not None else None,
    )


def _next(caller: Caller, asked: Asked, found: Alert) -> Alert | None:
    """The alert of the view that comes after this one; at the end of the view its first."""
    only = asked.filter(caller)
    if only is None:
        return None
    for cursor in (review.cursor_of(found, asked.sort), None):
        shown, _ = review.page_of(caller, only, cursor, 2, sort=asked.sort)
        for each in shown:
            if each["alert"] != found["alert"]:
                return each
    return None


def _line(caller: Caller, found: Alert, language: str) -> QueueRow:
    return queue_rows([found], caller.office.house.glances.of([found]), utc_now().date(), language)[0]


def _standing(found: Alert) -> Standing:
    return Standing(
        id=found["alert"],
        revision=found["revision"],
        state=found["state"],
        assignee=found["assignee"],
        candidate=CandidateAlert.model_validate(found["body"]),
        incomplete=found["incomplete"],
    )
