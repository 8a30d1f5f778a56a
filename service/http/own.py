"""Routes of everybody's own account: the password, the second factor, and personal tokens for programs.

What gives access is changed by a person in a session alone: a key that was stolen must not be able to make another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter

from schemas.errors import NotAuthenticated, NotFound, RequestInvalid
from service.access.accounts import Key
from service.access.codes import Fresh
from service.access.roles import PERMISSIONS, Permission, Role
from service.access.sessions import Session
from service.http.deps import Caller, Owner
from service.http.errors import Problem
from service.http.own_shapes import (
    FactorBegun,
    FactorCode,
    FactorTaken,
    OwnAccount,
    OwnPassword,
    TokenAsked,
    TokenMade,
    TokenOut,
)
from service.http.shapes import Empty

router = APIRouter(prefix="/v1/account", tags=["account"])
_REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (403, 404, 409, 422)}


@router.get("", responses={403: {"model": Problem}})
def own_account(caller: Owner) -> OwnAccount:
    """Who you are here."""
    person, factors = caller.person, caller.office.house.factors
    found = caller.office.house.accounts.find(person.account)
    if found is None:
        caller.office.gate.refuse(person, "the operator has no account", "own account")
    return OwnAccount(
        account=found.account,
        name=found.name,
        role=found.role,
        partner=found.partner,
        second_factor=factors.has(found.account),
        recovery_codes_left=factors.left(found.account),
        owes=person.owes,
    )


@router.post("/password", responses=_REFUSALS)
def own_password(asked: OwnPassword, caller: Owner) -> Empty:
    """Choose another password. It ends your other sessions."""
    choose_password(caller, asked.current, asked.new)
    return Empty()


@router.post("/factor", status_code=201, responses=_REFUSALS)
def begin_factor(caller: Owner) -> FactorBegun:
    """A second factor to take over. Nothing is recorded before a code of it is shown."""
    fresh = offered_factor(caller)
    return FactorBegun(secret=fresh.secret, address=fresh.address)


@router.post("/factor/confirmation", responses=_REFUSALS)
def confirm_factor(asked: FactorCode, caller: Owner) -> FactorTaken:
    """Show a code of the factor: from then on signing in takes one. The recovery codes are in the answer this once."""
    return FactorTaken(recovery_codes=take_factor(caller, asked.code))


@router.get("/tokens", responses={403: {"model": Problem}})
def own_tokens(caller: Owner) -> list[TokenOut]:
    """Your tokens and keys, the latest first."""
    return [token_out(each) for each in caller.office.house.accounts.keys(caller.person.account)]


@router.post("/tokens", status_code=201, responses=_REFUSALS)
def make_token(asked: TokenAsked, caller: Owner) -> TokenMade:
    """A token for a program of yours, with an end, that may do what is named and nothing else."""
    return TokenMade(token=new_token(caller, asked.label, asked.scopes, asked.days))


@router.post("/tokens/{key}/revocation", responses=_REFUSALS)
def revoke_token(key: str, caller: Owner) -> Empty:
    """End a token of yours."""
    end_token(caller, key)
    return Empty()


def choose_password(caller: Caller, current: str, new: str) -> None:
    """Set the caller's own password. Raises RequestInvalid where the current one is not right, or the new one is the same."""
    in_person(caller)
    account, accounts, gate = caller.person.account, caller.office.house.accounts, caller.office.gate
    gate.count_password(account)
    if accounts.by_password(account, current) is None:
        raise RequestInvalid("the current password is not right", where="current")
    if new == current:
        raise RequestInvalid("the new password is the current one", where="new", remedy="Choose another.")
    accounts.set_password(account, by=caller.actor, password=new)
    gate.sessions.close_all(account, but=caller.token)


def offered_factor(caller: Caller) -> Fresh:
    """The factor that waits for its first code in this session, made at need."""
    session = in_person(caller)
    factors = caller.office.house.factors
    fresh = factors.begin(caller.person.account, session.pending)
    session.pending = fresh.secret
    return fresh


def take_factor(caller: Caller, code: str) -> list[str]:
    """Confirm the factor of this session; the recovery codes. It ends the other sessions."""
    session = in_person(caller)
    if not session.pending:
        raise NotFound("no second factor waits for its code", remedy="Begin again.")
    codes = caller.office.house.factors.confirm(caller.person, session.pending, code)
    session.pending = ""
    caller.office.gate.sessions.close_all(caller.person.account, but=caller.token)
    return codes


def new_token(caller: Caller, label: str, scopes: Sequence[Permission], days: int) -> str:
    """A token of the caller's own; its text, this once."""
    in_person(caller)
    if not scopes:
        raise RequestInvalid("a token says what it may do", where="scopes", remedy="Choose at least one.")
    accounts = caller.office.house.accounts
    return accounts.issue_key(caller.person.account, by=caller.actor, label=label, scopes=scopes, days=days)


def end_token(caller: Caller, key: str) -> None:
    """End a token of the caller's own. Raises NotFound, the same for one of somebody else and for none."""
    in_person(caller)
    accounts = caller.office.house.accounts
    if key not in {each.key for each in accounts.keys(caller.person.account)}:
        caller.office.gate.hide(caller.person, "key", key)
    accounts.revoke_key(key, by=caller.actor)


def scopes_of(role: Role) -> tuple[Permission, ...]:
    """What a token of somebody with this role can be given."""
    return tuple(each for each, roles in PERMISSIONS.items() if role in roles and each != "account.own")


def token_out(key: Key) -> TokenOut:
    """A key without its secret."""
    scopes = None if key.scopes is None else list(key.scopes)
    return TokenOut(
        key=key.key, label=key.label, scopes=scopes, expires_at=key.expires_at, since=key.since, active=key.active
    )


def in_person(caller: Caller) -> Session:
    """The session of somebody who signed in. Raises AccessDenied, recorded, for a key."""
    session = caller.office.gate.sessions.find(caller.token) if caller.token is not None else None
    if session is None:
        if caller.token is not None:
            raise NotAuthenticated("the session has ended", remedy="Sign in again.")
        caller.office.gate.refuse(caller.person, "a key may not change what gives access", "own account")
    return session
