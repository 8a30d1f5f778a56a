"""What stands beside an alert: the cases that it is in, the way into one, what was decided on alerts alike, and the proposal to keep
its subject out of the queue for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from schemas.case import LONGEST_SUPPRESSION_DAYS
from schemas.errors import AccessDenied, Conflict, InputError, RequestInvalid
from service.alerts.book import Alert
from service.cases.book import new_id
from service.cases.similar import similar
from service.house import utc_now
from service.http import cases as api
from service.http.case_shapes import SuppressionDecision, SuppressionIn
from service.http.deps import Caller
from service.http.errors import status_of
from service.web import case_words, words
from service.web.case_contexts import SimilarPage, similar_page
from service.web.cases import drafts, holding
from service.web.language import clock
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
Reader = Annotated[Caller, Depends(signed_in("alerts.read"))]
Proposer = Annotated[Caller, Depends(signed_in("alerts.act"))]
Decider = Annotated[Caller, Depends(signed_in("suppressions.decide"))]


@dataclass(frozen=True, slots=True)
class Beside:
    """What the page of an alert prints in the panel of cases. `entity` is the id of its subject's page."""

    entity: str
    cases: tuple[tuple[str, str, str], ...]
    drafts: tuple[tuple[str, str], ...]
    similar: SimilarPage
    held: tuple[tuple[str, str], ...]
    may_act: bool
    new_case: str
    """The id that a case opened by this page's form will have."""
    first_day: str
    last_day: str


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    id: str
    state: str
    in_force: bool
    entity: str
    subject: str
    family: str
    until: str
    reason: str
    alert: str
    proposed: tuple[str, str]
    """Who, and when; so is `decided`, empty where nobody did."""
    decided: tuple[str, str] | tuple[()]
    acts: tuple[str, ...]


def beside(caller: Caller, found: Alert, language: str) -> Beside:
    """The panel for one alert that the caller has opened."""
    house, today = caller.office.house, utc_now().date()
    may_act = caller.person.may("cases.act")
    held = [
        each
        for each in house.suppressions.all(caller.alerts)
        if each["subject"] == found["subject"]
        and each["family"] == found["family"]
        and each["state"] in ("proposed", "approved")
    ]
    return Beside(
        entity=house.entities.ids.of(found["subject"]),
        cases=tuple((each.id, each.title, case_words.STATE[each.state]) for each in holding(caller, found["alert"])),
        drafts=tuple(drafts(caller, found["alert"])) if may_act else (),
        similar=similar_page(similar(house.ledger, found, caller.alerts), language),
        held=tuple((each["suppression"], clock(each["expires_at"][:10], language)) for each in held),
        may_act=may_act,
        new_case=new_id(),
        first_day=(today + timedelta(days=1)).isoformat(),
        last_day=(today + timedelta(days=LONGEST_SUPPRESSION_DAYS)).isoformat(),
    )


@router.get("/suppressions")
def suppressions(request: Request, caller: Reader) -> HTMLResponse:
    """Every suppression, those that wait for a second person first."""
    return _page(request, caller)


@router.post("/alerts/{alert}/suppressions")
def propose(
    request: Request,
    caller: Proposer,
    alert: str,
    until: Annotated[str, Form(max_length=10)] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Propose to keep the alert's subject and family out of the queue."""
    try:
        asked = SuppressionIn.model_validate({"alert": alert, "until": until, "reason": reason})
    except ValueError:
        error = RequestInvalid("a suppression needs a day and a reason", where="until", remedy="Give both.")
        return _page(request, caller, error)
    try:
        api.suppress(caller, asked)
    except (InputError, Conflict) as error:
        return _page(request, caller, error)
    return go("/suppressions", notice="suppression")


@router.post("/suppressions/{suppression}/decisions")
def decide(request: Request, caller: Decider, suppression: str, act: Annotated[str, Form(max_length=16)]) -> Response:
    """Approve, refuse or end one."""
    try:
        api.decide(caller, suppression, SuppressionDecision.model_validate({"act": act}))
    except (InputError, Conflict, AccessDenied) as error:
        return _page(request, caller, error)
    except ValueError:
        return _page(request, caller, RequestInvalid("there is no such act", where="act"))
    return go("/suppressions", notice="changed")


def _page(request: Request, caller: Caller, error: InputError | Conflict | AccessDenied | None = None) -> HTMLResponse:
    language, house = language_of(request), caller.office.house
    may_decide = caller.person.may("suppressions.decide")
    rows = []
    for each in house.suppressions.all(caller.alerts):
        own = each["proposed_by"] == caller.person.account
        acts = {"proposed": ("refuse",) if own else ("approve", "refuse"), "approved": ("end",)}.get(each["state"], ())
        rows.append(
            SuppressionRow(
                id=each["suppression"],
                state=case_words.SUPPRESSION[each["state"]],
                in_force=each["in_force"],
                entity=house.entities.ids.of(each["subject"]),
                subject=each["subject_account"],
                family=words.FAMILY.get(each["family"]) or str(each["family"]),
                until=clock(each["expires_at"][:10], language),
                reason=each["reason"],
                alert=each["alert"],
                proposed=(each["proposed_by"], clock(each["proposed_at"], language)),
                decided=(each["decided_by"], clock(each["decided_at"], language)) if each["decided_by"] else (),
                acts=acts if may_decide else (),
            )
        )
    refusal = told_whole(error.why, error.remedy, language) if error is not None else ""
    status = status_of(error) if error is not None else 200
    return render(request, "suppressions.html", caller.person, status=status, rows=rows, refusal=refusal)
