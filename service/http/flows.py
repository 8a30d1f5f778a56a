"""Routes that follow money and draw flows. Whoever asks says what for, and it is recorded."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from service.flows.over import as_answer
from service.http.deps import Follower
from service.http.errors import Problem
from service.http.flow_shapes import FollowIn, FollowOut
from service.http.following import follow_for

router = APIRouter(prefix="/v1", tags=["flows"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "no such account or transaction in the ledger, or no money to follow"},
    422: {"model": Problem},
    429: {"model": Problem, "description": "more readings than the hourly budget"},
}


@router.post("/flows", response_model=FollowOut, responses=_REFUSALS)
def follow_money(asked: FollowIn, caller: Follower) -> Any:
    """Follow money from a transaction or an account, forward or backward, until it ends or what is known of it does.

    A POST although nothing changes, so that no account stands in an address. Every question is an entry with its purpose, and
    counts against the hourly budget of readings. What an end of each kind means, and how money is attributed: docs/analyst.md.
    """
    return as_answer(follow_for(caller, asked.question(), asked.purpose))
