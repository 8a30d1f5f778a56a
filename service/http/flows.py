"""Routes that follow money and draw flows. Whoever asks says what for, and it is recorded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query

from service.flows.around import MOST_HOPS, Scope
from service.flows.movements import units
from service.flows.over import as_answer
from service.http.deps import AlertReader, Follower
from service.http.errors import Problem
from service.http.flow_shapes import FollowIn, FollowOut, GraphOut, graph_out
from service.http.following import follow_for
from service.http.graphs import flow_of

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


@router.get(
    "/alerts/{alert}/graph",
    responses={404: {"model": Problem}, 429: {"model": Problem, "description": "more readings than the hourly budget"}},
)
def graph(  # noqa: PLR0917 - the parameters of the picture
    alert: str,
    caller: AlertReader,
    scope: Annotated[
        Scope, Query(description="the evidence, or all that moved around the subject in the days of the alert")
    ] = "evidence",
    hops: Annotated[int, Query(ge=1, le=MOST_HOPS)] = 1,
    least: Annotated[
        Decimal, Query(ge=0, max_digits=18, decimal_places=4, description="smaller movements are left out")
    ] = Decimal(0),
    until: Annotated[date | None, Query(description="as it stood at the end of this day; the last by default")] = None,
) -> GraphOut:
    """The movements around the subject of an alert, laid out by hops: what the page draws and what its table says.

    Small accounts stand together beyond 500 nodes. `around` needs the permission to follow money and is recorded apart.
    """
    return graph_out(alert, scope, hops, flow_of(caller, alert, scope, hops, units(least))[1], until)
