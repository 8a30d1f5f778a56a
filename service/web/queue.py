"""The queue: its views, what narrows it, and what is done with several of its alerts. It does what the API does, by the same code.

Several alerts can be assigned at once. They cannot be decided at once: every decision is made on the page of its alert.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from schemas.errors import AccessDenied, Conflict, InputError, NotFound, RequestInvalid
from service.alerts.saved import SavedView
from service.house import utc_now
from service.http import review
from service.http.deps import Caller
from service.http.errors import status_of
from service.http.searches import LONGEST
from service.web.asked import MOST_LOOKED_INTO, Asked, views_for
from service.web.contexts import QueueRow, queue_rows
from service.web.language import catalogue, number, say
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
Reader = Annotated[Caller, Depends(signed_in("alerts.read"))]
Actor = Annotated[Caller, Depends(signed_in("alerts.act"))]
Back = Annotated[str, Form(max_length=500)]
PAGE = 50
_TRIED = 20
"""Alerts that somebody else may take first before "take next" gives up."""


@dataclass(frozen=True, slots=True)
class View:
    address: str
    label: str
    current: bool
    count: str = ""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Everything that the queue prints. `too_many` says that a corridor was asked of more alerts than are looked into."""

    views: tuple[View, ...]
    saved: tuple[SavedView, ...]
    asked: Asked
    searched: str
    forgotten: bool
    detectors: tuple[tuple[str, str], ...]
    partners: tuple[tuple[str, str], ...]
    counted: str
    rows: tuple[QueueRow, ...]
    carried: str
    first: str
    next: str
    filtered: bool
    too_many: str
    may_act: bool
    people: tuple[str, ...]


@router.get("/alerts")
def queue(request: Request, caller: Reader) -> Response:
    """The alerts, best first unless asked for otherwise. The bare address leads to the view that the reader put first."""
    if not request.url.query:
        for saved in caller.office.house.views.of(caller.person.account):
            if saved.first:
                return go(f"/alerts{saved.query}")
    return _queue(request, caller, Asked.of(request.url.query))


@router.post("/alerts/searches")
def search(caller: Reader, text: Annotated[str, Form(max_length=LONGEST)] = "", back: Back = "") -> Response:
    """Search. What was typed is kept in memory; the address gets an opaque id of it."""
    asked = Asked.of(back).at_first
    text = " ".join(text.split())
    return go(
        f"/alerts{replace(asked, found=caller.office.searches.keep(caller.person.account, text) if text else '').carried}"
    )


@router.post("/alerts/views")
def save_view(
    request: Request,
    caller: Reader,
    name: Annotated[str, Form(max_length=120)] = "",
    first: Annotated[str, Form(max_length=4)] = "",
    back: Back = "",
) -> Response:
    """Keep the view that is shown, without a search, under a name; or as the one that opens first."""
    asked = replace(Asked.of(back).at_first, found="")
    try:
        caller.office.house.views.save(name, asked.carried, first=bool(first), by=caller.actor)
    except InputError as error:
        return _queue(request, caller, asked, error)
    return go(f"/alerts{asked.carried}", notice="view-saved")


@router.post("/alerts/views/forget")
def forget_view(caller: Reader, name: Annotated[str, Form(max_length=120)], back: Back = "") -> Response:
    """Take a view off the reader's list."""
    caller.office.house.views.forget(name, by=caller.actor)
    return go(f"/alerts{Asked.of(back).carried}", notice="view-forgotten")


@router.post("/alerts/assignments")
def assign_several(
    request: Request,
    caller: Actor,
    assignee: Annotated[str, Form(max_length=64)],
    marked: Annotated[list[str] | None, Form(max_length=200)] = None,
    back: Back = "",
) -> Response:
    """Give the marked alerts to somebody. Each goes by the revision that was shown; those that changed since are named."""
    asked, missed = Asked.of(back), []
    if not marked:
        return _queue(request, caller, asked, RequestInvalid("no alert is marked", where="marked", remedy="Mark some."))
    for each in marked:
        alert, _, revision = each.partition(":")
        try:
            review.act_on(
                caller, alert, "assign", revision=int(revision) if revision.isdigit() else -1, assignee=assignee
            )
        except Conflict:
            missed.append(alert)
        except InputError as error:
            return _queue(request, caller, asked, error)
    return _queue(request, caller, asked, missed=missed) if missed else go(f"/alerts{asked.carried}", notice="several")


@router.post("/alerts/next")
def take_next(caller: Actor, back: Back = "") -> Response:
    """Take the first alert of the view that nobody has, and open it. Whoever is slower gets the one after."""
    asked = Asked.of(back).at_first
    only = asked.filter(caller)
    if only is None:
        return go(f"/alerts{asked.carried}")
    found, _ = review.page_of(caller, replace(only, states=("new",)), None, _TRIED, sort=asked.sort)
    for each in found:
        try:
            review.act_on(caller, each["alert"], "assign", revision=each["revision"], assignee=caller.person.account)
        except (Conflict, NotFound, AccessDenied):
            continue  # somebody was faster
        return go(f"/alerts/{each['alert']}{asked.carried}", notice="taken")
    return go(f"/alerts{asked.carried}", notice="none-left")


def _queue(
    request: Request,
    caller: Caller,
    asked: Asked,
    error: InputError | None = None,
    missed: list[str] | None = None,
) -> HTMLResponse:
    language, house, account = language_of(request), caller.office.house, caller.person.account
    only = asked.filter(caller)
    found, following = review.page_of(caller, only, asked.cursor, PAGE, sort=asked.sort) if only else ([], None)
    count = house.alerts.count(caller.alerts, only=only) if only else 0
    searched = caller.office.searches.text(account, asked.found) if asked.found else ""
    page = QueuePage(
        views=_views(caller, asked, language),
        saved=house.views.of(account),
        asked=asked,
        searched=searched or "",
        forgotten=searched is None,
        detectors=_detectors(caller, language),
        partners=tuple(house.alerts.partners()),
        counted=catalogue(language).ngettext("%(count)s alert", "%(count)s alerts", count)
        % {"count": number(count, language)},
        rows=queue_rows(found, house.glances.of(found), utc_now().date(), language),
        carried=asked.carried,
        first=f"/alerts{asked.at_first.carried}" if asked.cursor else "",
        next=f"/alerts{replace(asked, cursor=following).carried}" if following else "",
        filtered=asked.narrowed,
        too_many=number(MOST_LOOKED_INTO, language) if only is None else "",
        may_act=caller.person.may("alerts.act"),
        people=tuple(review.all_reviewers(caller)) if caller.person.may("alerts.act") else (),
    )  # fmt: skip
    status = 409 if missed else 200 if error is None else status_of(error)
    refusal = told_whole(error.why, error.remedy, language) if error else ""
    return render(
        request, "queue.html", caller.person, status=status, page=page, refusal=refusal, missed=tuple(missed or ())
    )


def _detectors(caller: Caller, language: str) -> tuple[tuple[str, str], ...]:
    """Those that have raised an alert: the others would leave nothing, and all their titles are a fifth of the page."""
    titles = {each.meta.id: each.meta.title for each in caller.office.catalogue().detectors}
    raised = caller.office.house.alerts.detectors(caller.alerts)
    return tuple((each, say(titles[each], language) if each in titles else each) for each in raised)


def _views(caller: Caller, asked: Asked, language: str) -> tuple[View, ...]:
    """Where to look. How much lies below the line is said, so that nobody takes the queue for all there is."""
    below = Asked("below").filter(caller)
    count = number(caller.office.house.alerts.count(caller.alerts, only=below), language)
    return tuple(
        View(
            f"/alerts{Asked(view, sort=asked.sort).carried}",
            label,
            view == asked.view,
            count if view == "below" else "",
        )
        for view, label in views_for(caller).items()
    )
