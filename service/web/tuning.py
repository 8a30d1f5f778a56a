"""The pages on which a detector is tried with other numbers, and how it is set is proposed by one person and decided by another.

They do what the API does, by the same code. A backtest goes on in a child; its page tells how far it is and then counts, and
names no account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from schemas.errors import AccessDenied, InputError, NotFound
from service.house import utc_now
from service.http.deps import Caller
from service.http.errors import status_of
from service.http.tuning import tried
from service.tuning.setting import STATUSES, Setting, in_force, shown_status
from service.web import words
from service.web.language import say
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole
from service.web.tuned import (
    NUMBER,
    SettingPage,
    TriedPage,
    all_numbers,
    cells_of,
    changes_of,
    number_fields,
    period_of,
    proposal_shown,
)

router = APIRouter(include_in_schema=False, prefix="/detectors/{detector}")
Reader = Annotated[Caller, Depends(signed_in("detectors.read"))]
Trier = Annotated[Caller, Depends(signed_in("detectors.try"))]
Proposer = Annotated[Caller, Depends(signed_in("detectors.propose"))]
Decider = Annotated[Caller, Depends(signed_in("detectors.decide"))]


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a form whose names depend on the detector."""
    form = await request.form(max_files=0, max_fields=80)
    return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]
_SPAN = timedelta(days=90)


@router.get("/settings")
def settings(request: Request, caller: Reader, detector: str) -> HTMLResponse:
    """How the detector is set, who proposed and approved it, and the forms to try and to propose."""
    return _settings(request, caller, detector)


@router.post("/backtests")
def try_numbers(request: Request, caller: Trier, detector: str, form: Fields) -> Response:
    """Start a backtest with the numbers of the form."""
    try:
        trial = caller.office.house.backtests.trial(
            detector, since=form.get("since", ""), until=form.get("until") or None, params=_numbers(form)
        )
        backtest = caller.office.work.backtest(trial, caller.actor)
    except NotFound:
        raise
    except InputError as error:
        return _settings(request, caller, detector, error=error, given=form)
    return go(f"/detectors/{detector}/backtests/{backtest}")


@router.get("/backtests/{backtest}")
def one_trial(request: Request, caller: Trier, detector: str, backtest: str) -> HTMLResponse:
    """How far a backtest is, or what it counted."""
    return _tried(request, caller, detector, backtest)


@router.post("/proposals")
def propose(request: Request, caller: Proposer, detector: str, form: Fields) -> Response:
    """Propose how the detector is set."""
    backtest = form.get("backtest", "")
    try:
        caller.office.house.tuning.propose(
            detector,
            params=_numbers(form),
            status=form.get("status") or None,
            why=form.get("why", ""),
            by=caller.actor,
            reset=form.get("reset") == "yes",
            tried=tried(caller, backtest),
        )
    except NotFound:
        raise
    except InputError as error:
        if backtest:
            return _tried(request, caller, detector, backtest, error)
        return _settings(request, caller, detector, error=error, given=form)
    return go(f"/detectors/{detector}/settings", notice="setting-proposed")


@router.post("/proposals/{proposal}/decisions")
def decide(request: Request, caller: Decider, proposal: str, form: Fields) -> Response:
    """Approve a proposal as somebody who did not make it, or refuse it."""
    detector, act, why = request.path_params["detector"], form.get("act", ""), form.get("why", "")
    try:
        caller.office.house.tuning.decide(detector, proposal, act, why=why, by=caller.actor)
    except AccessDenied as error:
        caller.office.gate.note_refusal(caller.person, error.why, f"{act[:20]} {proposal[:64]}")
        return _settings(request, caller, detector, error=error)
    except NotFound:
        raise
    except InputError as error:
        return _settings(request, caller, detector, error=error)
    return go(f"/detectors/{detector}/settings", notice="setting-approved" if act == "approve" else "setting-refused")


def _numbers(form: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(NUMBER): value for name, value in form.items() if name.startswith(NUMBER) and value}


def _settings(
    request: Request,
    caller: Caller,
    detector: str,
    *,
    error: InputError | AccessDenied | None = None,
    given: Mapping[str, str] | None = None,
) -> HTMLResponse:
    language, found = language_of(request), caller.office.catalogue().get(detector)
    known = caller.office.house.tuning.proposals(detector)
    held = in_force(known).get(detector)
    present = Setting.of(held) if held else Setting()
    shown = [proposal_shown(each, found, caller, language) for each in known]
    form = given or {}
    since, until = _period(caller)
    status = shown_status(found.meta, present)
    page = SettingPage(
        detector=detector,
        title=say(found.meta.title, language),
        status=words.DETECTOR_STATUS[status],
        held=next((each for each in shown if held and each.proposal == held["proposal"]), None),
        waiting=next((each for each in shown if each.state == "waiting"), None),
        earlier=tuple(each for each in shown if each.state != "waiting"),
        fields=number_fields(found, present, form, language),
        statuses=tuple((each, words.DETECTOR_STATUS[each]) for each in STATUSES if each != status),
        since=form.get("since") or since,
        until=form.get("until", "") or until,
        may_try=caller.person.may("detectors.try"),
        may_propose=caller.person.may("detectors.propose"),
    )
    refusal = told_whole(error.why, error.remedy, language) if error else ""
    refused_at = (error.where or "") if error else ""
    return render(
        request,
        "setting.html",
        caller.person,
        status=status_of(error) if error else 200,
        page=page,
        refusal=refusal,
        refused_at=refused_at.rpartition(".")[2],
        form=form,
    )


def _period(caller: Caller) -> tuple[str, str]:
    """The last three months of what is in the ledger, as fields of dates write it."""
    ((latest,),) = caller.office.house.ledger.query("select max(occurred_at) from transactions")
    last = (latest or utc_now()).date()
    return (last - _SPAN).isoformat(), last.isoformat()


def _tried(
    request: Request, caller: Caller, detector: str, backtest: str, error: InputError | None = None
) -> HTMLResponse:
    language, found = language_of(request), caller.office.catalogue().get(detector)
    known = caller.office.work.backtested(backtest)
    if known["detector"] != detector:
        raise NotFound("there is no such backtest", value=backtest, remedy="It is of another detector.")
    result, progress, cause = known.get("result"), known.get("progress") or {}, known.get("cause") or {}
    step = " ".join(str(each) for each in progress.values()) if known["status"] == "started" else ""
    page = TriedPage(
        detector=detector,
        title=say(found.meta.title, language),
        backtest=backtest,
        going=step,
        cause=told_whole(cause.get("why", ""), cause.get("remedy"), language) if cause else "",
        changes=changes_of(found, Setting(result["present"]), Setting(result["numbers"]), language) if result else (),
        period=period_of(result, language) if result else "",
        rows=tuple((words.COUNTED[what], cells_of(result[what], language)) for what in ("findings", "accounts"))
        if result
        else (),
        weeks=tuple((each["week"], cells_of(each, language)) for each in result["weeks"]) if result else (),
        silent=", ".join(result["silent_for"]) if result else "",
        fields=tuple((NUMBER + name, value) for name, value in all_numbers(found, result).items()) if result else (),
        may_propose=caller.person.may("detectors.propose"),
    )
    refusal = told_whole(error.why, error.remedy, language) if error else ""
    return render(
        request, "tried.html", caller.person, status=status_of(error) if error else 200, page=page, refusal=refusal
    )
