"""RED matters that wait for people to be named: told to supervisors by id, time and originator alone, and named from here."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from service.handling import named
from service.handling.named import Waiting
from service.http import mission, review
from service.http.deps import Caller, Restrictor
from service.http.errors import Problem
from service.http.shapes import Login

router = APIRouter(prefix="/v1", tags=["handling"])
_REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (403, 404, 409, 422)}


class WaitingOut(BaseModel):
    """An alert on what was given for named people alone, before anybody was named. Nothing that lies in it is told."""

    alert: str = Field(examples=["a_5b0c9d2e8a7b6c5d4e3f"])
    revision: int
    raised_at: str = Field(examples=["2026-03-01T08:00:00.000000Z"])
    batches: list[str] = Field(
        description="the RED submissions that it stands on; none where it left out evidence for its number",
        examples=[["b_1f0c9d2e8a7b6c5d"]],
    )


class PeopleIn(BaseModel):
    """Who may read it. Whoever names them is among them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    people: Annotated[list[Login], Field(min_length=1, max_length=review.MOST_PEOPLE, examples=[["s.ba", "a.diallo"]])]


class NamedOut(BaseModel):
    """The alerts that these people may read now."""

    alerts: list[str]
    people: list[str]


@router.get("/handling/waiting")
def waiting_for_people(caller: Restrictor) -> list[WaitingOut]:
    """The alerts that nobody may read before people are named for them, the oldest first."""
    return [
        WaitingOut(alert=each.alert, revision=each.revision, raised_at=each.raised_at, batches=list(each.batches))
        for each in waiting(caller)
    ]


@router.post("/batches/{batch}/people", responses=_REFUSALS)
def name_people(batch: str, asked: PeopleIn, caller: Restrictor) -> NamedOut:
    """Name the people for every alert that waits and stands on this submission: each is restricted to them."""
    mission.seen_batch(caller, batch)
    found = [each for each in waiting(caller) if batch in each.batches]
    return NamedOut(alerts=name(caller, found, asked.people), people=sorted(set(asked.people)))


def waiting(caller: Caller) -> list[Waiting]:
    """What waits for the caller to name people."""
    return named.waiting(caller.office.house.ledger.query)


def name(caller: Caller, found: list[Waiting], people: list[str]) -> list[str]:
    """Restrict each of these alerts to these people; their ids. Raises RequestInvalid before any is, StaleVersion at one that has
    changed since it was listed."""
    for each in found:
        review.restrict(caller, each.alert, people, revision=each.revision)
    return [each.alert for each in found]
