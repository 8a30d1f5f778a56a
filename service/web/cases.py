"""The pages of cases: the list, one case with every form that acts on it, and its files. They do what the API does, by the same code."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from schemas.case import MOST_ALERTS, OPEN, OUTCOMES, UNDER_REVIEW, Case, possible_acts
from schemas.case_acts import Opening
from schemas.errors import AccessDenied, Conflict, InputError, NotFound, RequestInvalid, StaleVersion
from service.alerts.book import Filter
from service.cases.book import Listed
from service.house import utc_now
from service.http import casework
from service.http.deps import Caller
from service.http.errors import status_of
from service.http.spooling import spooled
from service.web import case_words, words
from service.web.case_contexts import PROTECTED, CasePage, CaseRow, People, alert_line, files, timeline
from service.web.language import catalogue, clock, number
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
Reader = Annotated[Caller, Depends(signed_in("cases.read"))]
Worker = Annotated[Caller, Depends(signed_in("cases.act"))]
PAGE, MEMBERS = 50, 40
_LISTS = ("alerts", "people")
_REFUSED = (InputError, Conflict, AccessDenied)
_WORDS: dict[str, Any] = {
    "case_state": case_words.STATE,
    "outcomes": {code: case_words.OUTCOME[code] for code in OUTCOMES},
    "items": case_words.ITEM,
}


@router.get("/cases")
def cases(request: Request, caller: Reader, view: str = "open", cursor: str = "") -> HTMLResponse:
    """The cases that the reader may see, changed last first."""
    language, now = language_of(request), utc_now()
    view = view if view in case_words.VIEWS else "open"
    only = _only(view, caller.person.account, now)
    found, following = casework.page_of(caller, only, cursor, PAGE)
    count = caller.office.house.cases.count(casework.eyes_of(caller), only=only)
    return render(
        request,
        "cases.html",
        caller.person,
        views=[(f"/cases?view={code}", label, code == view) for code, label in case_words.VIEWS.items()],
        rows=[CaseRow.of(each, now, language) for each in found],
        counted=catalogue(language).ngettext("%(count)s case", "%(count)s cases", count)
        % {"count": number(count, language)},
        first=f"/cases?view={view}" if cursor else "",
        next=f"/cases?{urlencode({'view': view, 'cursor': following})}" if following else "",
        **_WORDS,
    )


@router.post("/cases")
def open_case(
    caller: Worker,
    alert: Annotated[str, Form(max_length=64)],
    title: Annotated[str, Form(max_length=400)] = "",
    due: Annotated[str, Form(max_length=10)] = "",
    case: Annotated[str, Form(pattern="^(c_[0-9a-f]{16})?$")] = "",
) -> Response:
    """Open a case from an alert; the same form sent again leads to the same case."""
    try:
        opening = Opening.model_validate({"title": title, "alerts": (alert,), "due": due or None})
    except ValueError as error:
        raise RequestInvalid("a case needs a title of at most 200 characters", where="title") from error
    return go(f"/cases/{casework.open_case(caller, opening, case=case or None).id}", notice="case-opened")


@router.post("/cases/additions")
def add_alert(
    caller: Worker, alert: Annotated[str, Form(max_length=64)], case: Annotated[str, Form(max_length=64)]
) -> Response:
    """Put an alert into a case that is chosen on the alert's page, as the case now stands."""
    found = casework.look_at(caller, case)
    asked = casework.shaped({"act": "add_alerts", "alerts": [alert]})
    casework.act_on(caller, case, asked, revision=found.revision)
    return go(f"/cases/{case}", notice="changed")


@router.get("/cases/{case}")
def one(request: Request, caller: Reader, case: str) -> HTMLResponse:
    """One case. That it was read is recorded."""
    return _page(request, caller, case)


@router.post("/cases/{case}/acts")
async def act(request: Request, caller: Worker, case: str) -> Response:
    """Do the act that a form names."""
    form = await request.form(max_files=0, max_fields=300)
    given = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    listed: dict[str, Any] = {name: form.getlist(name) for name in _LISTS if name in form}
    if given.get("act") == "restrict":
        listed.setdefault("people", [])  # a form in which nobody is marked sends no such field
    return await run_in_threadpool(_act, request, caller, case, given | listed)


@router.post("/cases/{case}/attachments")
async def attach(request: Request, caller: Worker, case: str) -> Response:
    """Put a file beside the case."""
    try:
        async with spooled(request, caller.office.house) as body:
            revision = _revision(body.fields)
            await run_in_threadpool(casework.attach, caller, case, body, revision=revision)
    except _REFUSED as error:
        return await run_in_threadpool(_refused, request, caller, case, {}, error)
    return go(f"/cases/{case}", notice="changed")


@router.get("/cases/{case}/attachments/{number}")
def attachment(caller: Reader, case: str, number: int) -> Response:
    """The bytes of a file, to be saved."""
    return casework.saved(casework.attachment(caller, case, number))


@router.get("/cases/{case}/evidence")
def frozen_evidence(caller: Reader, case: str) -> Response:
    """What the proposal stands on, to be saved."""
    return casework.saved(casework.frozen_evidence(caller, case))


def _act(request: Request, caller: Caller, case: str, given: dict[str, Any]) -> Response:
    try:
        asked = {name: value for name, value in given.items() if name != "revision"}
        shaped = casework.shaped(
            {name: None if value == "" and name in ("due", "assignee") else value for name, value in asked.items()}
        )
        casework.act_on(caller, case, shaped, revision=_revision(given))
    except _REFUSED as error:
        return _refused(request, caller, case, given, error)
    return go(f"/cases/{case}", notice="changed")


def _revision(given: dict[str, Any]) -> int:
    text = str(given.get("revision", ""))
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise RequestInvalid("say which revision you decide on", where="revision")
    return int(text)


def _refused(request: Request, caller: Caller, case: str, given: dict[str, Any], error: Any) -> HTMLResponse:
    stale = int(error.value or 0) if isinstance(error, StaleVersion) else 0
    told = "" if stale else told_whole(error.why, error.remedy, language_of(request))
    return _page(request, caller, case, status=status_of(error), stale=stale, refusal=told, typed=given)


def _page(
    request: Request,
    caller: Caller,
    case: str,
    *,
    status: int = 200,
    stale: int = 0,
    refusal: str = "",
    typed: dict[str, Any] | None = None,
) -> HTMLResponse:
    found = casework.read_case(caller, case)
    page = _shown(caller, found, language_of(request))
    return render(
        request,
        "case.html",
        caller.person,
        status=status,
        page=page,
        stale=stale,
        refusal=refusal,
        typed=typed or {},
        people=_people(caller, found),
        others=_others(caller, found) if "merge" in page.possible else [],
        **_WORDS,
    )


def _shown(caller: Caller, case: Case, language: str) -> CasePage:
    book, person, eyes = caller.office.house.cases, caller.person, casework.eyes_of(caller)
    possible = frozenset(possible_acts(case, account=person.account, role=person.role))
    newer = set(book.newer_versions(case, eyes)) if case.state in UNDER_REVIEW else set()
    alerts = caller.office.house.alerts.page(eyes.inside, only=Filter(alerts=case.alerts), limit=MOST_ALERTS)
    protect, others = _members(caller, case, language)
    return CasePage(
        case=case,
        row=CaseRow.of(case, utc_now(), language),
        alerts=tuple(alert_line(each, each["alert"] in newer, language) for each in alerts),
        protect=protect,
        others=others,
        files=files(case, language),
        timeline=timeline(case, book.acts(case.id), possible, language),
        possible=possible,
        due_day=case.due_at[:10] if case.due_at else "",
        paused_since=clock(case.paused_at, language) if case.paused_at else "",
        missing=sum(each.required and each.done_by is None for each in case.checklist),
        under_review=case.state in UNDER_REVIEW,
        proposed_at=clock(case.proposal.at, language) if case.proposal else "",
        decided_at=clock(case.decision.at, language) if case.decision else "",
    )


def _members(caller: Caller, case: Case, language: str) -> tuple[tuple[People, ...], tuple[People, ...]]:
    """The accounts of the case's alerts by role: those who paid, who may be victims, and the others. Each stands once, and on the
    side of those to protect wherever one alert puts it there."""
    house = caller.office.house
    rows = house.ledger.query(
        "select distinct account, role from standing_members where list_contains(?::varchar[], alert) order by account, role",
        [list(case.alerts)],
    )
    order = [*PROTECTED, *(role for role in words.ROLE if role not in PROTECTED)]
    role_of: dict[str, str] = {}
    for account, role in sorted(rows, key=lambda row: (order.index(row[1]), row[0])):
        role_of.setdefault(account, role)
    grouped: dict[str, list[str]] = defaultdict(list)
    for account, role in role_of.items():
        grouped[role].append(account)
    groups = [
        (
            role,
            People(
                words.ROLE[role],
                tuple((house.entities.ids.of(key), key) for key in keys[:MEMBERS]),
                _more(keys, language),
            ),
        )
        for role in order
        if (keys := grouped.get(role))
    ]
    return tuple(g for role, g in groups if role in PROTECTED), tuple(g for role, g in groups if role not in PROTECTED)


def _more(keys: list[str], language: str) -> str:
    return number(len(keys) - MEMBERS, language) if len(keys) > MEMBERS else ""


def _people(caller: Caller, case: Case) -> list[str]:
    """Who can lead the case, do a task in it or be named in a restriction: the accounts that may work on cases."""
    found = [
        each.account
        for each in caller.office.house.accounts.all()
        if each.active and each.role in ("analyst", "supervisor")
    ]
    return [each for each in found if not case.people or each in case.people or "restrict" in _acts(caller, case)]


def _acts(caller: Caller, case: Case) -> tuple[str, ...]:
    return possible_acts(case, account=caller.person.account, role=caller.person.role)


def _others(caller: Caller, case: Case) -> list[tuple[str, str]]:
    """The drafts that can be merged into this one: (id, title)."""
    found, _ = casework.page_of(caller, Listed(states=("draft",)), None, PAGE)
    return [(each.id, each.title) for each in found if each.id != case.id and set(each.people) == set(case.people)]


def _only(view: str, account: str, now: datetime) -> Listed:
    if view == "mine":
        return Listed(states=OPEN, lead=account)
    if view == "waiting":
        return Listed(states=UNDER_REVIEW, waiting_for=account)
    if view == "late":
        return Listed(states=OPEN, due_before=f"{now.date().isoformat()}T23:59:59.999999Z")
    return Listed(states=("decided",) if view == "decided" else OPEN)


def drafts(caller: Caller, alert: str) -> list[tuple[str, str]]:
    """The open cases that an alert could be put into: (id, title), those that it is not in."""
    found, _ = casework.page_of(caller, Listed(states=OPEN), None, PAGE)
    return [(each.id, each.title) for each in found if alert not in each.alerts]


def holding(caller: Caller, alert: str) -> list[Case]:
    """The cases that an alert is in."""
    try:
        found, _ = casework.page_of(caller, Listed(alert=alert, states=(*OPEN, "decided")), None, PAGE)
    except NotFound:
        return []
    return found
