"""The pages of accounts: look one up, see what is known of it with its identifiers masked, and say which others are the same holder's.

What is masked is not in the page's source. It is shown in clear for the rest of a session, after a reason that is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from schemas.errors import InputError, NotFound
from service.entities import looking
from service.http import entities as api
from service.http.deps import Caller
from service.http.errors import status_of
from service.http.searches import LONGEST
from service.web import case_words, words
from service.web.language import clock, moment, money, number, points
from service.web.named_parties import HOLDERS, PartyRow, described_line, party_row
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
Reader = Annotated[Caller, Depends(signed_in("entities.read"))]
Worker = Annotated[Caller, Depends(signed_in("entities.act"))]
_PROTECTED = ("possible_victim", "payer")
_KINDS = {
    "account": words.mark("Account as submitted"),
    "name": words.mark("Name"),
    "party": words.mark("Customer number"),
    "institution": words.mark("Institution"),
    "country": words.mark("Country"),
    "kind": words.mark("Sort of holder"),
    "phone": words.mark("Phone it paid with"),
    "device": words.mark("Device it paid with"),
    "place": words.mark("Place it paid from"),
}
_BASES = {
    "party": words.mark("the same customer number at the same submitter"),
    "name": words.mark("the same name, written alike"),
    "phone": words.mark("payments made with the same phone"),
    "device": words.mark("payments made on the same device"),
}
_VERDICTS = {
    "same": words.mark("The same holder"),
    "unsure": words.mark("Unsure"),
    "different": words.mark("Different holders"),
}
_KEYS = {"same": "y", "unsure": "h", "different": "n"}
_LOOKS = {"read": words.mark("opened this page"), "unmasked": words.mark("saw the identifiers in clear")}


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    kind: str
    value: str
    times: str
    last: str


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert that names the account; `protect` where it stands there as one who paid."""

    id: str
    severity: str
    score: str
    role: str
    protect: bool
    family: str
    state: str
    until: str


@dataclass(frozen=True, slots=True)
class OtherRow:
    id: str
    masked: str
    transactions: str
    last: str
    received: tuple[str, ...]
    sent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookRow:
    time: str
    actor: str
    look: str
    reason: str


@dataclass(frozen=True, slots=True)
class EntityPage:
    """Everything that the page of an account prints. `title` is masked unless `clear`."""

    id: str
    title: str
    clear: bool
    may_unmask: bool
    identifiers: tuple[IdentifierRow, ...]
    read_back: str
    parties: tuple[PartyRow, ...]
    described: tuple[str, ...]
    alerts: tuple[AlertRow, ...]
    protect: bool
    cases: tuple[tuple[str, str, str], ...]
    others: tuple[OtherRow, ...]
    first: str
    next: str
    same_as: tuple[tuple[str, str], ...]
    looks: tuple[LookRow, ...]


@dataclass(frozen=True, slots=True)
class LikeRow:
    id: str
    masked: str
    stands_on: tuple[str, ...]
    verdict: str
    said: str


@router.get("/entities")
def search_page(request: Request, caller: Reader, search: str = "") -> HTMLResponse:
    """Look an account up. What was typed stands under an opaque id, and never in the address."""
    text = caller.office.searches.text(caller.person.account, search[:64]) if search else None
    found = looking.find(caller.office.house.ledger, text) if text else []
    rows = [(each.id, each.masked) for each in (api.line(caller, key) for key in found)]
    return render(request, "entities.html", caller.person, rows=rows, searched=text is not None)


@router.post("/entities")
def search(caller: Reader, text: Annotated[str, Form(max_length=LONGEST * 4)] = "") -> Response:
    """Take a search; the account's page where there is one, else what was found."""
    plain = text.strip()[:LONGEST]
    if not plain:
        return go("/entities")
    caller.office.gate.spend_readings(caller.person, "accounts looked up")
    found = looking.find(caller.office.house.ledger, plain)
    if len(found) == 1:
        return go(f"/entities/{caller.office.house.entities.ids.of(found[0])}")
    return go("/entities", search=caller.office.searches.keep(caller.person.account, plain))


@router.get("/entities/{entity}")
def one(request: Request, caller: Reader, entity: str, offset: int = 0) -> HTMLResponse:
    """The page of one account. That it was opened is recorded."""
    return _page(request, caller, entity, offset=max(0, min(offset, 100_000)))


@router.post("/entities/{entity}/unmasking")
def unmask(
    request: Request, caller: Worker, entity: str, reason: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Show the identifiers in clear for the rest of this session, for a reason."""
    key = api.key_of(caller, entity)
    try:
        caller.office.house.entities.unmask(key, reason, by=caller.actor)
    except InputError as error:
        return _page(request, caller, entity, error=error)
    session = caller.office.gate.sessions.find(caller.token or "")
    if session is not None:
        session.read.add(f"clear:{entity}")
    return go(f"/entities/{entity}")


@router.get("/entities/{entity}/likeness")
def like(request: Request, caller: Reader, entity: str) -> HTMLResponse:
    """The accounts that may have the same holder, those of which nothing was said first."""
    return _likeness(request, caller, entity)


@router.post("/entities/{entity}/comparisons")
def compare(
    request: Request,
    caller: Worker,
    entity: str,
    other: Annotated[str, Form(max_length=1200)],
    verdict: Annotated[str, Form(max_length=16)],
) -> Response:
    """Say what a pair is; the next one stands first on the page that follows."""
    try:
        asked = api.ComparisonIn.model_validate({"other": other, "verdict": verdict})
    except ValueError as error:
        raise NotFound("there is no such verdict") from error
    api.say_of(caller, api.key_of(caller, entity), asked)
    return go(f"/entities/{entity}/likeness", notice="changed")


def _page(
    request: Request, caller: Caller, entity: str, *, offset: int = 0, error: InputError | None = None
) -> HTMLResponse:
    language, key = language_of(request), api.key_of(caller, entity)
    session = caller.office.gate.sessions.find(caller.token) if caller.token else None
    clear = session is not None and f"clear:{entity}" in session.read
    seen = api.look_at(caller, key, clear=clear, offset=offset)
    page = EntityPage(
        id=entity,
        title=key if clear else looking.masked_key(key),
        clear=clear,
        may_unmask=caller.person.may("entities.act") and not clear,
        identifiers=tuple(_identifier(each, language) for each in seen.identifiers),
        read_back=number(seen.read_back, language),
        parties=tuple(party_row(each, language) for each in seen.behind.parties),
        described=tuple(described_line(each) for each in seen.behind.accounts),
        alerts=tuple(_alert(each, language) for each in seen.alerts),
        protect=any(each["role"] == "possible_victim" for each in seen.alerts),
        cases=tuple((each["case"], each["title"], case_words.STATE[each["state"]]) for each in seen.cases),
        others=tuple(_other(caller, each, language) for each in seen.counterparties),
        first=f"/entities/{entity}" if offset else "",
        next=f"/entities/{entity}?offset={seen.next}" if seen.next is not None else "",
        same_as=tuple((each.id, each.masked) for each in (api.line(caller, other) for other in seen.same_as)),
        looks=tuple(
            LookRow(clock(each["at"], language), each["actor"], _LOOKS[each["look"]], each["reason"])
            for each in seen.looks
        ),
    )
    refusal = told_whole(error.why, error.remedy, language) if error is not None else ""
    status = status_of(error) if error is not None else 200
    return render(
        request, "entity.html", caller.person, status=status, page=page, refusal=refusal, kinds=_KINDS, holders=HOLDERS
    )


def _likeness(request: Request, caller: Caller, entity: str) -> HTMLResponse:
    language, key = language_of(request), api.key_of(caller, entity)
    found = api.alike(caller, key)
    rows = []
    for each in found.candidates:
        told = api.line(caller, each.key)
        said = f"{each.decided_by}, {clock(each.decided_at, language)}" if each.verdict else ""
        rows.append(
            LikeRow(told.id, told.masked, tuple(_BASES[basis] for basis in each.stands_on), each.verdict or "", said)
        )
    return render(
        request,
        "likeness.html",
        caller.person,
        entity=entity,
        title=looking.masked_key(key),
        rows=rows,
        looked_at=[_BASES[basis] for basis in found.looked_at],
        too_common=[_BASES[basis] for basis in found.too_common],
        may_say=caller.person.may("entities.act"),
        verdicts=_VERDICTS,
        keys=_KEYS,
    )


def _identifier(each: looking.Identifier, language: str) -> IdentifierRow:
    return IdentifierRow(
        each.kind, each.value, number(each.times, language), moment(each.last, language, day_only=True)
    )


def _alert(each: dict[str, object], language: str) -> AlertRow:
    role, family = str(each["role"]), str(each["family"])
    return AlertRow(
        id=str(each["alert"]),
        severity=str(each["severity"]),
        score=points(int(str(each["score"])), language),
        role=words.ROLE.get(role) or role,
        protect=role in _PROTECTED,
        family=words.FAMILY.get(family) or family,
        state=str(each["state"]),
        until=clock(str(each["window_end"])[:10], language),
    )


def _other(caller: Caller, each: looking.Counterparty, language: str) -> OtherRow:
    told = api.line(caller, each.key)
    sums = {
        way: tuple(money(total, currency, language) for direction, currency, total in each.sums if direction == way)
        for way in ("in", "out")
    }
    last = moment(each.last, language, day_only=True)
    return OtherRow(told.id, told.masked, number(each.transactions, language), last, sums["in"], sums["out"])
