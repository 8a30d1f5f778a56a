"""The page where a supervisor names the people for what was given for named people alone (RED), knowing nothing of what lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from schemas.errors import Conflict, InputError, RequestInvalid, StaleVersion
from service.http import naming, review
from service.http.deps import Caller
from service.http.errors import status_of
from service.ledger import views
from service.web.language import clock
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
Restrictor = Annotated[Caller, Depends(signed_in("alerts.restrict"))]
MOST = 500


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An alert that waits: its id with the revision that the page was made of, when it was raised, and on whose batches."""

    alert: str
    named: str
    raised: str
    batches: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RedPage:
    rows: tuple[WaitingRow, ...]
    people: tuple[str, ...]
    own: str
    batch: str


@router.get("/red")
def waiting(request: Request, caller: Restrictor, batch: str = "") -> HTMLResponse:
    """What waits for people to be named, all of it or that of one batch."""
    return _page(request, caller, batch)


@router.post("/red")
def name(
    request: Request,
    caller: Restrictor,
    alert: Annotated[list[str] | None, Form()] = None,
    people: Annotated[list[str] | None, Form()] = None,
    batch: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Name people for the alerts that are marked."""
    try:
        if not alert or not people:
            raise RequestInvalid("mark alerts and people", where="people", remedy="You are among the people you name.")
        now = {f"{each.alert}:{each.revision}": each for each in naming.waiting(caller)}
        if not set(alert) <= set(now):
            raise StaleVersion("what waits has changed since the page was opened", remedy="Mark them again.")
        naming.name(caller, [now[each] for each in dict.fromkeys(alert)], people)
    except (InputError, Conflict) as error:
        return _page(request, caller, batch, error)
    return go("/red", batch=batch, notice="restricted")


def _page(request: Request, caller: Caller, batch: str, error: InputError | Conflict | None = None) -> HTMLResponse:
    language = language_of(request)
    found = [each for each in naming.waiting(caller) if not batch or batch in each.batches]
    named = {each for waits in found[:MOST] for each in waits.batches}
    partners = {each: views.batch(caller.office.house.ledger, each).partner for each in named}
    rows = tuple(
        WaitingRow(
            alert=each.alert,
            named=f"{each.alert}:{each.revision}",
            raised=clock(each.raised_at, language),
            batches=tuple((batch, partners[batch]) for batch in each.batches),
        )
        for each in found[:MOST]
    )
    page = RedPage(rows, tuple(review.all_reviewers(caller)), caller.person.account, batch)
    refusal = told_whole(error.why, error.remedy, language) if error is not None else ""
    status = status_of(error) if error is not None else 200
    return render(request, "red.html", caller.person, status=status, page=page, refusal=refusal)
