"""A first visit: what somebody in their role does first, step by step, with the pages to do it on. It shows nothing of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from service.access.roles import Role
from service.http.deps import Caller
from service.web.pages import render, signed_in
from service.web.words import mark

router = APIRouter(include_in_schema=False)
Anyone = Annotated[Caller, Depends(signed_in("account.own"))]


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and where."""

    address: str
    place: str
    text: str


_QUEUE, _CATALOGUE = ("/alerts?view=open", mark("Alerts")), ("/detectors", mark("Detectors"))
_REVIEW = (
    Step(
        *_QUEUE,
        mark(
            "The best alerts come first, each with one sentence that says why. The keys are at the foot of every page."
        ),
    ),
    Step(*_QUEUE, mark("Take the next alert: it is yours, and nobody else can take it while it is.")),
    Step(
        *_CATALOGUE,
        mark("Read what was observed, against which threshold, how far beyond. Each indicator leads to its detector."),
    ),
    Step(
        *_QUEUE,
        mark(
            "Look for a lawful explanation under “It may also be”, then decide with a reason. The next alert is offered."
        ),
    ),
    Step(
        "/cases",
        mark("Cases"),
        mark("What belongs together becomes a case: one person proposes the decision, another confirms it."),
    ),
)
STEPS: dict[Role, tuple[Step, ...]] = {
    "analyst": _REVIEW,
    "supervisor": (
        *_REVIEW,
        Step(
            "/learning",
            mark("Learned order"),
            mark("See which detectors earned their points. You propose an order, a colleague puts it to use."),
        ),
    ),
    "partner": (
        Step(
            "/batches",
            mark("Submissions"),
            mark("Choose a file and submit it. Every row is accepted, already there, or rejected with what to mend."),
        ),
        Step("/batches", mark("Submissions"), mark("The receipt proves what you sent and when. Keep it.")),
    ),
    "auditor": (
        Step(
            "/runs",
            mark("Runs"),
            mark("Open a run and replay it: the result is identical, or the differences are named."),
        ),
        Step(
            "/journal",
            mark("Journal"),
            mark("The journal holds every act. Its verification names the entry that was altered."),
        ),
    ),
    "admin": (
        Step(
            "/accounts",
            mark("Accounts"),
            mark("Give everybody an account with the one role that they need. A password is shown once."),
        ),
    ),
}


@router.get("/guide")
def guide(request: Request, caller: Anyone) -> HTMLResponse:
    """The first steps of the reader's role."""
    return render(request, "guide.html", caller.person, steps=STEPS.get(caller.person.role, ()))
