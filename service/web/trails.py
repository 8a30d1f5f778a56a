"""The pages of flows: money followed, the picture around an alert, and its timeline with corridors. No account stands in an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse

from schemas.errors import InputError, NotFound, RateLimited
from service.flows.around import MOST_HOPS, Around, Scope
from service.flows.movements import units
from service.flows.spread import Clock
from service.http import review
from service.http.deps import Caller
from service.http.errors import status_of
from service.http.following import follow_for
from service.http.graphs import flow_of, review_rows
from service.web.drawn import Drawing, drawing
from service.web.evidence import evidence_rows
from service.web.language import clock, number
from service.web.pages import language_of, render, signed_in
from service.web.spreads import arcs, timeline
from service.web.told import told_whole
from service.web.trail import TrailPage, Typed, trail_page

router = APIRouter(include_in_schema=False)
Reader = Annotated[Caller, Depends(signed_in("alerts.read"))]
Follower = Annotated[Caller, Depends(signed_in("flows.follow"))]


@dataclass(frozen=True, slots=True)
class FlowPage:
    """Everything that the page of a flow prints."""

    alert: str
    subject: str
    scope: Scope
    hops: int
    least: str
    first: str
    last: str
    until: str
    told_until: str
    drawing: Drawing | None
    subject_at: int
    busy: str
    many: str
    small: str
    links_left_out: str


@router.get("/follow")
def ask(request: Request, caller: Follower, alert: str = "") -> HTMLResponse:
    """The form. With an alert, its id is what it is for."""
    named = alert if alert.startswith("a_") and alert[2:].isalnum() and len(alert) <= 64 else ""
    return _trail(request, caller, Typed(purpose=f"alert {named}" if named else ""), None)


@router.post("/follow")
def followed(request: Request, caller: Follower, typed: Annotated[Typed, Form()]) -> HTMLResponse:
    """What was found. A form that is sent, so that no account stands in an address; that it was asked is recorded."""
    language = language_of(request)
    try:
        page = trail_page(follow_for(caller, typed.question(), typed.purpose), language)
    except (InputError, NotFound, RateLimited) as error:
        refused = told_whole(error.why, error.remedy or "", language)
        return _trail(request, caller, typed, None, refusal=refused, status=status_of(error))
    return _trail(request, caller, typed, page)


def _trail(
    request: Request, caller: Caller, typed: Typed, page: TrailPage | None, *, refusal: str = "", status: int = 200
) -> HTMLResponse:
    return render(request, "follow.html", caller.person, status=status, typed=typed, page=page, refusal=refusal)


@router.get("/alerts/{alert}/flow")
def flow(  # noqa: PLR0917 - the fields of the form
    request: Request,
    caller: Reader,
    alert: str,
    scope: str = "evidence",
    hops: int = 1,
    least: str = "",
    until: str = "",
    plain: bool = False,
) -> HTMLResponse:
    """The picture around the subject of an alert, of its evidence or of all that moved around it in its window."""
    language = language_of(request)
    wide: Scope = "around" if scope == "around" else "evidence"
    hops = min(max(hops, 1), MOST_HOPS)
    at_least = int(least) if least.isdecimal() and len(least) <= 15 else 0
    found, around = flow_of(caller, alert, wide, hops, units(Decimal(at_least)))
    shown = "" if around is None else _day(until, around).isoformat()
    page = FlowPage(
        alert=alert,
        subject=found["subject_account"],
        scope=wide,
        hops=hops,
        least=str(at_least) if at_least else "",
        first="" if around is None else around.first.isoformat(),
        last="" if around is None else around.last.isoformat(),
        until=shown,
        told_until=clock(shown, language) if shown else "",
        drawing=None if around is None else drawing(around, date.fromisoformat(shown), language, plain=plain),
        subject_at=0 if around is None else _place(around),
        busy=_count(0 if around is None else around.busy, language),
        many=_count(0 if around is None else around.many, language),
        small=_count(0 if around is None else around.small, language),
        links_left_out=_count(0 if around is None else around.layout.links_left_out, language),
    )
    return render(request, "flow.html", caller.person, page=page, may_follow=caller.person.may("flows.follow"))


@router.get("/alerts/{alert}/timeline")
def spread(request: Request, caller: Reader, alert: str, on: str = "local") -> HTMLResponse:
    """When the transactions of an alert happened, and from country to country."""
    language = language_of(request)
    shown: Clock = "utc" if on == "utc" else "local"
    found = review.read_alert(caller, alert)
    candidate, rows, once = review_rows(caller, found)
    return render(
        request,
        "timeline.html",
        caller.person,
        alert=alert,
        subject=found["subject_account"],
        on=shown,
        strip=timeline(once, shown, language),
        arcs=arcs(once, language),
        evidence=evidence_rows(candidate, rows, language),
        may_follow=caller.person.may("flows.follow"),
    )


def _day(text: str, around: Around) -> date:
    """The day that is asked for, within the window; its end where none is."""
    try:
        return min(max(date.fromisoformat(text), around.first), around.last)
    except ValueError:
        return around.last


def _place(around: Around) -> int:
    keys = [spot.key for spot in around.layout.spots]
    return keys.index(around.subject) if around.subject in keys else 0


def _count(value: int, language: str) -> str:
    return number(value, language) if value else ""
