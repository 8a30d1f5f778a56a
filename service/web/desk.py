"""The pages of those who review: the queue, one alert, and the forms that act on it. They do what the API does, by the same code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from schemas.alert import CandidateAlert
from schemas.detector import SEVERITIES
from schemas.errors import Conflict, InputError, RequestInvalid, StaleVersion
from service.alerts.book import SORTS, Alert, Filter, Sort
from service.http import review
from service.http.deps import Caller
from service.http.errors import status_of
from service.web import words
from service.web.contexts import QueueRow, Standing, alert_page, history_line, queue_row, read_choice
from service.web.language import catalogue, number, say
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
Reader = Annotated[Caller, Depends(signed_in("alerts.read"))]
Actor = Annotated[Caller, Depends(signed_in("alerts.act"))]
PAGE = 50
_VIEWS = {
    "open": words.mark("All open"),
    "mine": words.mark("Assigned to me"),
    "critical": words.mark("Critical"),
    "decided": words.mark("Decided"),
    "below": words.mark("Below the line"),
}
_ANYWHERE = ("mine", "decided")
"""What somebody took or decided is shown wherever it lies; the other views keep to one side of the line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader wants to see of the queue; carried in the address from page to page and back."""

    view: str = "open"
    severity: str = ""
    detector: str = ""
    sort: Sort = "score"

    @classmethod
    def of(cls, text: str) -> Asked:
        """From the query of an address; what is not known is left out."""
        given = {name: values[0] for name, values in parse_qs(text.removeprefix("?"), max_num_fields=20).items()}
        view, severity, detector, sort = (given.get(name, "") for name in ("view", "severity", "detector", "sort"))
        return cls(
            view if view in _VIEWS else "open",
            severity if severity in SEVERITIES else "",
            detector if len(detector) <= 64 and detector.replace("-", "").isalnum() else "",
            sort if sort in SORTS else "score",
        )

    @property
    def carried(self) -> str:
        """As the query of an address; empty for the queue as it first opens."""
        given = {
            "view": self.view if self.view != "open" else "",
            "severity": self.severity,
            "detector": self.detector,
            "sort": self.sort if self.sort != "score" else "",
        }
        text = urlencode({name: value for name, value in given.items() if value})
        return f"?{text}" if text else ""

    def filter(self, account: str) -> Filter:
        """The same as a filter of the book."""
        return Filter(
            states=review.DECIDED if self.view == "decided" else review.OPEN,
            severity="critical" if self.view == "critical" else self.severity or None,
            detector=self.detector or None,
            assignee=account if self.view == "mine" else None,
            place=None if self.view in _ANYWHERE else "below" if self.view == "below" else "queue",
        )


@dataclass(frozen=True, slots=True)
class View:
    address: str
    label: str
    current: bool
    count: str = ""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Everything that the queue prints."""

    views: tuple[View, ...]
    asked: Asked
    detectors: tuple[tuple[str, str], ...]
    counted: str
    rows: tuple[QueueRow, ...]
    carried: str
    first: str
    next: str
    filtered: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody had put into the forms of an alert, to be shown again where it was refused."""

    decision: str = ""
    note: str = ""
    text: str = ""


_NOTHING_TYPED = Typed()


@router.get("/alerts")
def queue(request: Request, caller: Reader, cursor: str = "") -> HTMLResponse:
    """The alerts, best first unless asked for otherwise."""
    language = language_of(request)
    asked = Asked.of(request.url.query)
    only = asked.filter(caller.person.account)
    found, following = review.page_of(caller, only, cursor, PAGE, sort=asked.sort)
    count = caller.office.house.alerts.count(caller.alerts, only=only)
    address = f"/alerts{asked.carried}"
    joint = "&" if asked.carried else "?"
    page = QueuePage(
        views=_views(caller, asked, language),
        asked=asked,
        detectors=tuple((each.meta.id, say(each.meta.title, language)) for each in caller.office.catalogue().detectors),
        counted=catalogue(language).ngettext("%(count)s alert", "%(count)s alerts", count)
        % {"count": number(count, language)},
        rows=tuple(queue_row(each, language) for each in found),
        carried=asked.carried,
        first=address if cursor else "",
        next=f"{address}{joint}{urlencode({'cursor': following})}" if following else "",
        filtered=replace(asked, sort="score") != Asked(),
    )
    return render(request, "queue.html", caller.person, page=page)


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


def _views(caller: Caller, asked: Asked, language: str) -> tuple[View, ...]:
    """Where to look. How much lies below the line is said, so that nobody takes the queue for all there is."""
    below = Asked("below").filter(caller.person.account)
    count = number(caller.office.house.alerts.count(caller.alerts, only=below), language)
    return tuple(
        View(
            f"/alerts{Asked(view, sort=asked.sort).carried}",
            label,
            view == asked.view,
            count if view == "below" else "",
        )
        for view, label in _VIEWS.items()
    )


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
        page=alert_page(_standing(found), transactions, caller.person, language, records=review.records_of(caller, found)),
        history=[history_line(each, language) for each in book.acts(alert)],
        assignees=review.reviewers(caller, alert) if caller.person.may("alerts.act") else [],
        linked=[found["follows"]] if found["follows"] else [],
        carried=asked.carried,
        stale=stale,
        refusal=refusal,
        typed=typed,
        decided=decided,
        following=queue_row(following, language) if following is not None else None,
    )


def _next(caller: Caller, asked: Asked, found: Alert) -> Alert | None:
    """The alert of the view that comes after this one; at the end of the view its first."""
    only = asked.filter(caller.person.account)
    for cursor in (review.cursor_of(found, asked.sort), None):
        shown, _ = review.page_of(caller, only, cursor, 2, sort=asked.sort)
        for each in shown:
            if each["alert"] != found["alert"]:
                return each
    return None


def _standing(found: Alert) -> Standing:
    return Standing(
        id=found["alert"],
        revision=found["revision"],
        state=found["state"],
        assignee=found["assignee"],
        candidate=CandidateAlert.model_validate(found["body"]),
        incomplete=found["incomplete"],
    )
