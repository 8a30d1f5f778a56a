"""The other pages: submissions and accounts. They do what the API does, by the same code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from schemas.batch import UnknownColumn, unit_of
from schemas.canonical import parse_json
from schemas.errors import Conflict, InputError, NotFound, RateLimited, RequestInvalid, ThalwegError
from schemas.mapping import shipped_mappings
from service.access.roles import ROLES
from service.http import admin, mission
from service.http.deps import Caller
from service.http.errors import status_of
from service.http.purposes import LONGEST_PURPOSE
from service.http.shapes import KeyAsked
from service.http.spooling import spooled
from service.intake.unknown import unknown_columns
from service.ledger import views
from service.ledger.views import Batch
from service.web import arriving
from service.web.arriving import taken_in
from service.web.handled import HandlingShown
from service.web.language import clock, number
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
router.include_router(arriving.router)
BatchReader = Annotated[Caller, Depends(signed_in("batches.read"))]
Submitter = Annotated[Caller, Depends(signed_in("batches.submit"))]
AccountKeeper = Annotated[Caller, Depends(signed_in("accounts.manage"))]
PAGE, REJECTS = 50, 200


@dataclass(frozen=True, slots=True)
class BatchRow:
    batch: str
    time: str
    name: str
    partner: str
    status: str
    rows: str
    accepted: str
    duplicates: str
    rejected: str

    @classmethod
    def of(cls, found: Batch, language: str) -> BatchRow:
        counts = (number(each, language) for each in (found.rows, found.accepted, found.duplicates, found.rejected))
        return cls(found.batch, clock(found.recorded_at, language), found.name, found.partner, found.status, *counts)


@dataclass(frozen=True, slots=True)
class BatchesPage:
    may_submit: bool
    mappings: tuple[str, ...]
    agreed: HandlingShown | None
    rows: tuple[BatchRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class BatchPage:
    row: BatchRow
    original: str
    handling: HandlingShown
    refusal: str
    notes: tuple[str, ...]
    unknown: tuple[UnknownColumn, ...]
    rejects: tuple[dict[str, Any], ...]
    unit: str
    more_rejects: str
    asks_why: bool
    """Whether there are rejected rows, and the reader has yet to say what they are read for."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    account: str
    name: str
    role: str
    partner: str
    active: bool
    since: str
    factor: bool
    may_have_key: bool
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountsPage:
    rows: tuple[AccountRow, ...]
    partners: tuple[str, ...]
    roles: tuple[str, ...] = ROLES


@dataclass(frozen=True, slots=True)
class Secret:
    """What is shown once."""

    account: str
    text: str


@router.get("/batches")
def batches(request: Request, caller: BatchReader, cursor: str = "") -> HTMLResponse:
    """The submissions that the reader may see."""
    return _batches(request, caller, cursor)


@router.post("/batches")
async def submit(request: Request, caller: Submitter) -> Response:
    """Take in a file from the form."""
    try:
        async with spooled(request, caller.office.house) as body:
            upload, result = await taken_in(caller, body)
    except (InputError, Conflict) as error:
        return await run_in_threadpool(_batches, request, caller, "", error)
    if result is None or result.outcome is None:
        return go(f"/uploads/{upload}")
    return go(f"/batches/{result.outcome.batch.batch}", notice="submitted")


@router.get("/batches/{batch}")
def batch(request: Request, caller: BatchReader, batch: str) -> HTMLResponse:
    """One submission, with its rejected cells once it is said what they are read for."""
    return _batch(request, caller, mission.seen_batch(caller, batch))


@router.post("/batches/{batch}/rejects")
def read_rejects(
    request: Request, caller: BatchReader, batch: str, purpose: Annotated[str, Form(max_length=LONGEST_PURPOSE)] = ""
) -> Response:
    """Say what the rejected rows are read for: recorded, and asked once in a session."""
    found = mission.seen_batch(caller, batch)
    try:
        mission.note_rows(caller, found, purpose, where="purpose")
    except (RequestInvalid, RateLimited) as error:
        return _batch(request, caller, found, error)
    return go(f"/batches/{batch}")


def _batch(request: Request, caller: Caller, found: Batch, error: ThalwegError | None = None) -> HTMLResponse:
    language, rejects, asks_why = language_of(request), list[dict[str, Any]](), not mission.has_rows(caller, found)
    if found.rejected and not asks_why:
        mission.note_rows(caller, found, "")
        rejects = caller.sight.rejects(found.batch, limit=REJECTS + 1).to_dicts()
    refusal = parse_json(found.refusal) if found.refusal else {}
    page = BatchPage(
        row=BatchRow.of(found, language),
        original=found.original,
        handling=HandlingShown.of(caller.office.house.handling.of_batch(found.batch)),
        refusal=": ".join(filter(None, (refusal.get("where"), _told(refusal)))),
        notes=tuple(parse_json(found.notes)) if found.notes else (),
        unknown=tuple(unknown_columns(found.extra_columns)),
        rejects=tuple(
            {name: "" if value is None else value for name, value in row.items()} for row in rejects[:REJECTS]
        ),
        unit=unit_of(found.format),
        more_rejects=number(REJECTS, language) if len(rejects) > REJECTS else "",
        asks_why=asks_why and found.rejected > 0,
    )
    status = 200 if error is None else status_of(error)
    return render(request, "batch.html", caller.person, status=status, page=page, said=_said(error, language))


@router.get("/accounts")
def accounts(request: Request, caller: AccountKeeper) -> HTMLResponse:
    """Every account, with its keys."""
    return _accounts(request, caller)


@router.post("/accounts")
def create_account(  # noqa: PLR0917 - the fields of the form
    request: Request,
    caller: AccountKeeper,
    account: Annotated[str, Form(max_length=64)],
    name: Annotated[str, Form(max_length=120)],
    role: Annotated[Literal["partner", "analyst", "supervisor", "auditor", "admin"], Form()],
    partner: Annotated[str, Form(max_length=64)] = "",
) -> HTMLResponse:
    """Make an account and show its password once."""
    keeper = caller.office.house.accounts
    try:
        password = keeper.create(account, name=name, role=role, partner=partner or None, by=caller.actor)
    except (InputError, Conflict, NotFound) as error:
        return _accounts(request, caller, error=error)
    return _accounts(request, caller, secret=Secret(account, password))


@router.post("/accounts/{account}/changes")
def change_account(
    request: Request,
    caller: AccountKeeper,
    account: str,
    act: Annotated[Literal["open", "close", "password", "factor"], Form()],
) -> HTMLResponse:
    """Open or close an account, or show a new password for it once."""
    password = admin.change(caller, account, act)
    return _accounts(request, caller, secret=Secret(account, password) if password else None)


@router.post("/accounts/{account}/keys")
def issue_key(request: Request, caller: AccountKeeper, account: str) -> HTMLResponse:
    """Show a new key for an account once."""
    key = admin.new_key(caller, account, KeyAsked())
    return _accounts(request, caller, secret=Secret(account, key))


@router.post("/keys/{key}/revocation")
def revoke_key(caller: AccountKeeper, key: str) -> Response:
    """End a key."""
    caller.office.house.accounts.revoke_key(key, by=caller.actor)
    return go("/accounts", notice="changed")


def _batches(request: Request, caller: Caller, cursor: str, error: ThalwegError | None = None) -> HTMLResponse:
    language = language_of(request)
    found, following = mission.page_of(caller, cursor or None, PAGE)
    partner = caller.person.partner
    page = BatchesPage(
        may_submit=caller.person.may("batches.submit"),
        mappings=shipped_mappings(),
        agreed=HandlingShown.of(caller.office.house.handling.of_partner(partner)) if partner else None,
        rows=tuple(BatchRow.of(each, language) for each in found),
        next=f"/batches?cursor={following}" if following else "",
    )
    status = 200 if error is None else status_of(error)
    return render(request, "batches.html", caller.person, status=status, page=page, refusal=_said(error, language))


def _accounts(
    request: Request, caller: Caller, *, secret: Secret | None = None, error: ThalwegError | None = None
) -> HTMLResponse:
    language, keeper = language_of(request), caller.office.house.accounts
    rows = tuple(
        AccountRow(
            account=each.account,
            name=each.name,
            role=each.role,
            partner=each.partner or "",
            active=each.active,
            since=clock(each.since, language),
            factor=caller.office.house.factors.has(each.account),
            may_have_key=each.role == "partner",
            keys=tuple(key.key for key in keeper.keys(each.account) if key.active),
        )
        for each in keeper.all()
    )
    page = AccountsPage(rows, tuple(each.partner for each in views.partners(caller.office.house.ledger)))
    status = 200 if error is None else status_of(error)
    return render(
        request, "people.html", caller.person, status=status, page=page, secret=secret, refusal=_said(error, language)
    )


def _told(refusal: dict[str, str]) -> str:
    return ". ".join(filter(None, (refusal.get("why"), refusal.get("remedy"))))


def _said(error: ThalwegError | None, language: str) -> str:
    return "" if error is None else told_whole(error.why, error.remedy, language)
