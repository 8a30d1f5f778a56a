"""Routes of how detectors are set: propose other numbers or another status, and approve or refuse that as a second person."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from schemas.errors import AccessDenied, Conflict
from service.http.deps import Caller, DetectorDecider, DetectorProposer, DetectorReader
from service.http.errors import Problem
from service.http.tuning_shapes import DecisionAsked, DetectorProposal, ProposalAsked

router = APIRouter(prefix="/v1/detectors", tags=["detectors"])
_REFUSALS: dict[int | str, dict[str, Any]] = {404: {"model": Problem}, 409: {"model": Problem}, 422: {"model": Problem}}


@router.get("/{detector}/proposals", responses={404: {"model": Problem}})
def list_proposals(detector: str, caller: DetectorReader) -> list[DetectorProposal]:
    """What was proposed of a detector, newest first, with who decided it and when."""
    caller.office.catalogue().get(detector)
    return [DetectorProposal(**each) for each in caller.office.house.tuning.proposals(detector)]


@router.post("/{detector}/proposals", status_code=201, responses=_REFUSALS)
def propose_setting(detector: str, asked: ProposalAsked, caller: DetectorProposer) -> DetectorProposal:
    """Propose how a detector is set: numbers within their bounds, live, test or off, or back to its file. It changes nothing until
    somebody else approves it. 409 where a change of this detector waits already, or it is set so."""
    made = caller.office.house.tuning.propose(
        detector,
        params=asked.params,
        status=asked.status,
        why=asked.why,
        by=caller.actor,
        reset=asked.reset,
        tried=tried(caller, asked.backtest),
    )
    return DetectorProposal(**made)


@router.post("/{detector}/proposals/{proposal}/decisions", responses=_REFUSALS)
def decide_setting(detector: str, proposal: str, asked: DecisionAsked, caller: DetectorDecider) -> DetectorProposal:
    """Approve a proposal, for runs from now on, or refuse it. 403 for approving one's own; refusing it takes it back."""
    try:
        made = caller.office.house.tuning.decide(detector, proposal, asked.act, why=asked.why, by=caller.actor)
    except AccessDenied as error:
        caller.office.gate.refuse(caller.person, error.why, f"{asked.act} {proposal[:64]}")
    return DetectorProposal(**made)


def tried(caller: Caller, backtest: str | None) -> dict[str, Any] | None:
    """What a backtest told; None where none is named. Raises NotFound, and Conflict where it has not finished."""
    if not backtest:
        return None
    told = caller.office.work.backtested(backtest)
    if told["status"] != "finished":
        raise Conflict("this backtest has not finished", value=backtest, remedy="Wait for its end, or try again.")
    found: dict[str, Any] = told["result"]
    return found
