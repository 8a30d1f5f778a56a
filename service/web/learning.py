"""The page of what was learned from decisions: a supervisor proposes an order, another one puts it to use, and both see the numbers.

It does what the API does, by the same code, and shows no alert and no account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from schemas.errors import AccessDenied, InputError
from service.http.deps import Caller
from service.http.errors import status_of
from service.web import words
from service.web.language import clock, number, say
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False, prefix="/learning")
Reader = Annotated[Caller, Depends(signed_in("learning.read"))]
Proposer = Annotated[Caller, Depends(signed_in("learning.propose"))]
Promoter = Annotated[Caller, Depends(signed_in("learning.promote"))]
_MOST = 20
"""Proposals that are shown; the API tells the others."""


@dataclass(frozen=True, slots=True)
class WeightRow:
    """A detector, what its points are multiplied by, and of its decided alerts how many were worth a look."""

    detector: str
    title: str
    factor: str
    worth: str
    decided: str


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A proposal and how it fared. `may_promote`: by this reader, now; `own`: this reader made it."""

    model: str
    short: str
    at: str
    by: str
    better: bool
    promoted: bool
    own: bool
    may_promote: bool
    judged: str
    present: str
    proposed: str
    gain: str
    rows: tuple[WeightRow, ...]
    acts: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class LearningPage:
    """Everything that the page prints. `enough`: a proposal can be made now."""

    promoted: str
    counts: tuple[tuple[str, str], ...]
    enough: bool
    proposals: tuple[ProposalShown, ...]
    may_propose: bool


@router.get("")
def learning(request: Request, caller: Reader) -> HTMLResponse:
    """What orders the queue, what there is to learn from, and what was proposed."""
    return _page(request, caller)


@router.post("/proposals")
def propose(request: Request, caller: Proposer) -> Response:
    """Learn an order and try it; recorded whether better or not."""
    try:
        caller.office.house.learning.propose(by=caller.actor)
    except InputError as error:
        return _page(request, caller, error)
    return go("/learning", notice="learned")


@router.post("/proposals/{model}/promotion")
def promote(request: Request, caller: Promoter, model: str) -> Response:
    """Put the latest proposal to use, as somebody who did not make it."""
    try:
        caller.office.house.learning.promote(model, by=caller.actor)
    except AccessDenied as error:
        caller.office.gate.note_refusal(caller.person, error.why, f"promote {model[:64]}")
        return _page(request, caller, error)
    except InputError as error:
        return _page(request, caller, error)
    return go("/learning", notice="promoted")


@router.post("/withdrawal")
def withdraw(request: Request, caller: Proposer, why: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Go back to the formula."""
    try:
        caller.office.house.learning.withdraw(why, by=caller.actor)
    except InputError as error:
        return _page(request, caller, error)
    return go("/learning", notice="withdrawn")


def _page(request: Request, caller: Caller, error: InputError | AccessDenied | None = None) -> HTMLResponse:
    language, told = language_of(request), caller.office.house.learning.told()
    titles = {each.meta.id: say(each.meta.title, language) for each in caller.office.catalogue().detectors}
    counted = told["decisions"]
    counts = {
        words.LEARNED_COUNT["count"]: counted["count"],
        words.LEARNED_COUNT["worth"]: counted["worth"],
        words.LEARNED_COUNT["sampled"]: counted["sampled"],
        words.LEARNED_COUNT["by_learned_order"]: counted["by_learned_order"],
        words.LEARNED_COUNT["without_bearing"]: sum(counted["without_bearing"].values()),
        words.LEARNED_COUNT["needed"]: counted["needed"],
        words.LEARNED_COUNT["needed_of_each"]: counted["needed_of_each"],
    }
    shown = tuple(
        _proposal(each, told, caller, titles, language, latest=not nth)
        for nth, each in enumerate(told["proposals"][:_MOST])
    )
    page = LearningPage(
        promoted=(told["promoted"] or "")[:12],
        counts=tuple((label, number(count, language)) for label, count in counts.items()),
        enough=counted["missing"] is None,
        proposals=shown,
        may_propose=caller.person.may("learning.propose"),
    )
    refusal = told_whole(error.why, error.remedy, language) if error else ""
    status = status_of(error) if error else 200
    return render(request, "learning.html", caller.person, status=status, page=page, refusal=refusal)


def _proposal(
    made: Mapping[str, Any],
    told: Mapping[str, Any],
    caller: Caller,
    titles: Mapping[str, str],
    language: str,
    *,
    latest: bool,
) -> ProposalShown:
    compared, own = made["comparison"], made["proposed_by"] == caller.person.account
    in_use = made["model"] == told["promoted"]
    fits = latest and made["better"] and not in_use and made["against"] == told["promoted"]
    return ProposalShown(
        model=made["model"],
        short=made["model"][:12],
        at=clock(made["proposed_at"], language),
        by=made["proposed_by"],
        better=made["better"],
        promoted=in_use,
        own=own,
        may_promote=fits and not own and caller.person.may("learning.promote"),
        judged=number(compared["decisions"], language),
        present=_measure(compared["present"], language),
        proposed=_measure(compared["proposed"], language),
        gain=_measure(compared["gain"], language),
        rows=tuple(
            WeightRow(
                each["detector"],
                titles.get(each["detector"], each["detector"]),
                f"{_tenths(each['per_mille'], 1000, language)}×",
                number(each["worth"], language),
                number(each["decided"], language),
            )
            for each in made["detectors"]
        ),
        acts=tuple(
            (words.LEARNING_ACT[act["act"]], act["actor"], clock(act["at"], language), act.get("why") or "")
            for act in made["acts"]
        ),
    )


def _measure(told: Mapping[str, Any], language: str) -> str:
    """A share in per cent with its 95 % interval."""
    low, high = told["interval_per_mille"]
    return (
        f"{_tenths(told['per_mille'], 10, language)} % ({_tenths(low, 10, language)} – {_tenths(high, 10, language)} %)"
    )


def _tenths(value: int, by: int, language: str) -> str:
    return number(Decimal(value) / by, language)
