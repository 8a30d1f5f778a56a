"""The page of everybody's own account: password, second factor, personal tokens. It does what the API does, by the same code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from schemas.errors import Conflict, InputError, NotFound, ThalwegError
from service.access.codes import Fresh
from service.access.roles import Permission
from service.http import own
from service.http.deps import Caller
from service.http.errors import status_of
from service.web.language import clock
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(prefix="/account", include_in_schema=False)
Owner = Annotated[Caller, Depends(signed_in("account.own"))]


@dataclass(frozen=True, slots=True)
class TokenRow:
    key: str
    label: str
    scopes: str
    until: str


@dataclass(frozen=True, slots=True)
class OwnPage:
    """`owes` is what has to be done first; `fresh` a factor that waits for its code; `codes` and `token` are shown this once."""

    owes: str
    has_factor: bool
    recovery_left: int
    scopes: tuple[str, ...]
    tokens: tuple[TokenRow, ...]
    fresh: Fresh | None = None
    codes: tuple[str, ...] = ()
    token: str = ""
    refusal: str = ""


@router.get("")
def account(request: Request, caller: Owner) -> HTMLResponse:
    """The reader's own account."""
    return _page(request, caller)


@router.post("/password")
def password(
    request: Request,
    caller: Owner,
    current: Annotated[str, Form(max_length=256)],
    new: Annotated[str, Form(max_length=256)],
    again: Annotated[str, Form(max_length=256)],
) -> Response:
    """Choose another password."""
    if new != again:
        return _page(request, caller, error=InputError("the two new passwords differ", remedy="Type it again."))
    try:
        own.choose_password(caller, current, new)
    except InputError as error:
        return _page(request, caller, error=error)
    return go("/account", notice="changed")


@router.post("/factor")
def begin_factor(request: Request, caller: Owner) -> HTMLResponse:
    """Show a second factor to take over."""
    try:
        return _page(request, caller, fresh=own.offered_factor(caller))
    except Conflict as error:
        return _page(request, caller, error=error)


@router.post("/factor/confirmation")
def confirm_factor(request: Request, caller: Owner, code: Annotated[str, Form(max_length=40)]) -> HTMLResponse:
    """Take up the factor, and show its recovery codes once."""
    try:
        codes = own.take_factor(caller, code)
    except InputError as error:
        return _page(request, caller, error=error, fresh=own.offered_factor(caller))
    except (Conflict, NotFound) as error:
        return _page(request, caller, error=error)
    return _page(request, caller, codes=tuple(codes), done=True)


@router.post("/tokens")
def make_token(
    request: Request,
    caller: Owner,
    label: Annotated[str, Form(min_length=1, max_length=80)],
    days: Annotated[int, Form(ge=1, le=366)],
    scopes: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> HTMLResponse:
    """Make a token and show it once."""
    try:
        token = own.new_token(caller, label, cast(list[Permission], scopes), days)
    except InputError as error:
        return _page(request, caller, error=error)
    return _page(request, caller, token=token)


@router.post("/tokens/{key}/revocation")
def revoke_token(caller: Owner, key: str) -> Response:
    """End a token."""
    own.end_token(caller, key)
    return go("/account", notice="changed")


def _page(
    request: Request,
    caller: Caller,
    *,
    error: ThalwegError | None = None,
    fresh: Fresh | None = None,
    codes: tuple[str, ...] = (),
    token: str = "",
    done: bool = False,
) -> HTMLResponse:
    language, house, person = language_of(request), caller.office.house, caller.person
    own_keys = [key for key in house.accounts.keys(person.account) if key.active]
    page = OwnPage(
        owes="" if done else person.owes,
        has_factor=house.factors.has(person.account),
        recovery_left=house.factors.left(person.account),
        scopes=own.scopes_of(person.role),
        tokens=tuple(
            TokenRow(
                key.key,
                key.label,
                "" if key.scopes is None else ", ".join(key.scopes),
                "" if key.expires_at is None else clock(key.expires_at, language),
            )
            for key in own_keys
        ),
        fresh=fresh,
        codes=codes,
        token=token,
        refusal="" if error is None else told_whole(error.why, error.remedy, language),
    )
    return render(request, "own.html", person, status=200 if error is None else status_of(error), page=page)
