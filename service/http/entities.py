"""Routes of accounts as people look at them: found by a search that is posted, shown masked, unmasked for a reason, compared.

An account's number stands in no address: the ids here are opaque and can be read by this house alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.errors import NotFound
from service.entities import likeness, looking
from service.entities.behind import Behind, behind
from service.entities.likeness import Basis, Candidate, Likeness, Verdict
from service.http import casework
from service.http.deps import Caller, needs
from service.http.errors import Problem
from service.http.party_shapes import DescribedOut, PartyOut, described_out, party_out

router = APIRouter(prefix="/v1", tags=["entities"])
EntityReader = Annotated[Caller, Depends(needs("entities.read"))]
EntityWorker = Annotated[Caller, Depends(needs("entities.act"))]
_ABSENT: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SearchIn(_Asked):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=260)] = Field(
        description="an account as submitted, or its whole key", examples=["BANKA|41"]
    )


class Unmasking(_Asked):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class ComparisonIn(_Asked):
    other: Annotated[str, StringConstraints(max_length=1200)] = Field(description="the id of the other account")
    verdict: Verdict
    note: Annotated[str, StringConstraints(max_length=1000)] = ""


class EntityLine(BaseModel):
    id: str = Field(examples=["e_pcxOGz-DYSPm"])
    masked: str = Field(examples=["BANKA|••••41"])


class EntityPage(BaseModel):
    items: list[EntityLine]


class IdentifierOut(BaseModel):
    kind: Literal["account", "name", "party", "institution", "country", "kind", "phone", "device", "place"]
    value: str
    masked: bool
    times: int
    last: datetime


class EntityAlert(BaseModel):
    alert: str
    role: str = Field(description="`possible_victim` and `payer` are never suspects")
    score: int
    severity: str
    state: str
    family: str
    detectors: list[str]
    is_subject: bool


class EntityCase(BaseModel):
    case: str
    title: str
    state: str


class SumOut(BaseModel):
    direction: Literal["in", "out"]
    currency: str
    total: str


class CounterpartyOut(BaseModel):
    id: str
    masked: str
    transactions: int
    last: datetime
    sums: list[SumOut]


class LookOut(BaseModel):
    at: str
    actor: str
    role: str
    look: Literal["read", "unmasked"]
    reason: str


class EntityOut(BaseModel):
    """An account: what was submitted of it, where it stands in alerts and cases, with whom it exchanged money, and who looked."""

    id: str
    masked: str
    identifiers: list[IdentifierOut]
    read_back: int = Field(description="the latest transactions that the identifiers are read from")
    parties: list[PartyOut] = Field(
        description="from messages (ISO 20022, goAML, MT103) among those transactions; at most 50"
    )
    described: list[DescribedOut]
    alerts: list[EntityAlert]
    cases: list[EntityCase]
    counterparties: list[CounterpartyOut]
    next: int | None = Field(default=None, description="the `offset` of the next counterparties")
    same_as: list[EntityLine]
    looks: list[LookOut]


class CandidateOut(BaseModel):
    id: str
    masked: str
    stands_on: list[Basis]
    verdict: Verdict | None
    decided_by: str
    decided_at: str


class LikenessOut(BaseModel):
    items: list[CandidateOut]
    looked_at: list[Basis] = Field(description="the kinds of identifier that the account has at all")
    too_common: list[Basis] = Field(description="passed over: shared by more accounts than could be one holder's")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a caller sees of one account."""

    key: str
    clear: bool
    identifiers: list[looking.Identifier]
    read_back: int
    behind: Behind
    alerts: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    counterparties: list[looking.Counterparty]
    next: int | None
    same_as: list[str]
    looks: list[dict[str, Any]]


@router.post("/entities/searches", responses={422: {"model": Problem}})
def search(asked: SearchIn, caller: EntityReader) -> EntityPage:
    """Find accounts by what is written of them. The text is posted and kept nowhere; a search counts as a reading."""
    caller.office.gate.spend_readings(caller.person, "accounts looked up")
    return EntityPage(items=[line(caller, key) for key in looking.find(caller.office.house.ledger, asked.text)])


@router.get("/entities/{entity}", responses=_ABSENT)
def one(entity: str, caller: EntityReader, offset: Annotated[int, Query(ge=0, le=100_000)] = 0) -> EntityOut:
    """One account, its identifiers masked. That it was read is recorded."""
    return _shown(caller, entity, look_at(caller, key_of(caller, entity), offset=offset))


@router.post("/entities/{entity}/unmasking", responses=_ABSENT)
def unmask(entity: str, asked: Unmasking, caller: EntityWorker) -> EntityOut:
    """The same with its identifiers in clear, for a reason that is recorded."""
    key = key_of(caller, entity)
    caller.office.house.entities.unmask(key, asked.reason, by=caller.actor)
    return _shown(caller, entity, look_at(caller, key, clear=True))


@router.get("/entities/{entity}/likeness", responses=_ABSENT)
def like(entity: str, caller: EntityReader) -> LikenessOut:
    """The accounts that may have the same holder, on what that stands, and what was said of it; undecided ones first."""
    found = alike(caller, key_of(caller, entity))
    return LikenessOut(
        items=[_candidate(caller, each) for each in found.candidates],
        looked_at=list(found.looked_at),
        too_common=list(found.too_common),
    )


@router.post("/entities/{entity}/comparisons", responses=_ABSENT)
def compare(entity: str, asked: ComparisonIn, caller: EntityWorker) -> CandidateOut:
    """Say of two accounts that they have the same holder, different ones, or that it is unsure. Nothing is merged by it."""
    return _candidate(caller, say_of(caller, key_of(caller, entity), asked))


def key_of(caller: Caller, entity: str) -> str:
    """The account behind an id. Raises NotFound, with an entry."""
    try:
        return caller.office.house.entities.ids.key(entity)
    except NotFound:
        caller.office.gate.hide(caller.person, "account", entity[:40])


def look_at(caller: Caller, key: str, *, clear: bool = False, offset: int = 0) -> Seen:
    """What the caller may see of one account, and an entry that its page was opened."""
    house, eyes = caller.office.house, casework.eyes_of(caller)
    _note_reading(caller, key)
    caller.shown.batches.update(house.handling.batches_of_account(key))
    identifiers, read_back = looking.identifiers(house.ledger, key, clear=clear)
    others = looking.counterparties(house.ledger, key, offset=offset, limit=looking.PAGE + 1)
    alerts = looking.alerts_of(house.ledger, key, eyes.alerts)
    return Seen(
        key=key,
        clear=clear,
        identifiers=identifiers,
        read_back=read_back,
        behind=behind(house.ledger, key, clear=clear),
        alerts=alerts,
        cases=looking.cases_of(house.ledger, [each["alert"] for each in alerts], eyes),
        counterparties=others[: looking.PAGE],
        next=offset + looking.PAGE if len(others) > looking.PAGE else None,
        same_as=likeness.same_as(house.ledger, key),
        looks=looking.looks(house.ledger, key),
    )


def alike(caller: Caller, key: str) -> Likeness:
    """The accounts that may have the same holder as this one."""
    _note_reading(caller, key)
    return likeness.candidates(caller.office.house.ledger, key)


def say_of(caller: Caller, key: str, asked: ComparisonIn) -> Candidate:
    """Record a verdict on a pair, with what it stood on when it was said."""
    house, other = caller.office.house, key_of(caller, asked.other)
    stands_on = next((each.stands_on for each in _found(caller, key) if each.key == other), ())
    house.entities.compare(key, other, asked.verdict, stands_on=stands_on, note=asked.note, by=caller.actor)
    return next(each for each in _found(caller, key) if each.key == other)


def line(caller: Caller, key: str) -> EntityLine:
    """An account in a list, masked."""
    return EntityLine(id=caller.office.house.entities.ids.of(key), masked=looking.masked_key(key))


def _note_reading(caller: Caller, key: str) -> None:
    opaque = caller.office.house.entities.ids.of(key)
    caller.office.gate.note_opening(caller.token, caller.person, "entity.read", {"account": key}, opaque)


def _found(caller: Caller, key: str) -> tuple[Candidate, ...]:
    return likeness.candidates(caller.office.house.ledger, key).candidates


def _candidate(caller: Caller, each: Candidate) -> CandidateOut:
    told = line(caller, each.key)
    return CandidateOut(
        id=told.id,
        masked=told.masked,
        stands_on=list(each.stands_on),
        verdict=each.verdict,
        decided_by=each.decided_by,
        decided_at=each.decided_at,
    )


def _shown(caller: Caller, entity: str, seen: Seen) -> EntityOut:
    return EntityOut(
        id=entity,
        masked=looking.masked_key(seen.key),
        identifiers=[
            IdentifierOut(**{name: getattr(each, name) for name in IdentifierOut.model_fields})
            for each in seen.identifiers
        ],
        read_back=seen.read_back,
        parties=[party_out(each) for each in seen.behind.parties],
        described=[described_out(each) for each in seen.behind.accounts],
        alerts=[
            EntityAlert(
                **{name: each[name] for name in EntityAlert.model_fields if name != "is_subject"},
                is_subject=each["subject"] == seen.key,
            )
            for each in seen.alerts
        ],
        cases=[EntityCase(**each) for each in seen.cases],
        counterparties=[
            CounterpartyOut(
                **line(caller, each.key).model_dump(),
                transactions=each.transactions,
                last=each.last,
                sums=[SumOut(direction=way, currency=currency, total=str(total)) for way, currency, total in each.sums],
            )
            for each in seen.counterparties
        ],
        next=seen.next,
        same_as=[line(caller, each) for each in seen.same_as],
        looks=[LookOut(**each) for each in seen.looks],
    )
