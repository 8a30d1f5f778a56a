"""Routes of learned weights: what there is to learn from, propose an order, promote one as a second person, go back to the formula."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from schemas.errors import AccessDenied
from service.http.deps import LearningPromoter, LearningProposer, LearningReader
from service.http.errors import Problem
from service.http.learning_shapes import LearningOut, ProposalOut, Withdrawal

router = APIRouter(prefix="/v1/learning", tags=["learning"])
_REFUSALS: dict[int | str, dict[str, Any]] = {404: {"model": Problem}, 409: {"model": Problem}, 422: {"model": Problem}}


@router.get("")
def show_learning(caller: LearningReader) -> LearningOut:
    """What orders the queue, which orders were proposed and how they fared, and how many decisions there are to learn from."""
    return LearningOut(**caller.office.house.learning.told())


@router.post("/proposals", status_code=201, responses={409: {"model": Problem}})
def propose_order(caller: LearningProposer) -> ProposalOut:
    """Learn an order from the earlier decisions and try it on the later ones; takes seconds. It is recorded whether it was better or
    not, and changes nothing. 409 where there are too few decisions, or too few since the last proposal."""
    return ProposalOut(**caller.office.house.learning.propose(by=caller.actor))


@router.post("/proposals/{model}/promotion", responses=_REFUSALS)
def promote_order(model: str, caller: LearningPromoter) -> ProposalOut:
    """Put the latest proposal to use, for runs from now on. 409 where it was not better than the present order; 403 for whoever
    proposed it."""
    try:
        return ProposalOut(**caller.office.house.learning.promote(model, by=caller.actor))
    except AccessDenied as error:
        caller.office.gate.refuse(caller.person, error.why, f"promote {model[:64]}")


@router.post("/withdrawal", responses=_REFUSALS)
def withdraw_order(asked: Withdrawal, caller: LearningProposer) -> ProposalOut:
    """Go back to the formula, for runs from now on."""
    return ProposalOut(**caller.office.house.learning.withdraw(asked.why, by=caller.actor))
