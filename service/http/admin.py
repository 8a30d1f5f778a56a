"""Routes of admins, who keep accounts, keys and partners and see no case; and of whoever asks whether the service is well."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import APIRouter, Response

from schemas.errors import HomeUnavailable, NotFound
from service import partners as registry
from service.access.accounts import Account
from service.access.operator import Operator
from service.http.deps import AccountKeeper, Caller, OfficeOf
from service.http.errors import Problem
from service.http.shapes import (
    AccountChange,
    AccountIn,
    AccountMade,
    AccountOut,
    Empty,
    Health,
    KeyAsked,
    KeyMade,
    PartnerIn,
    PartnerOut,
)
from service.ledger import views

router = APIRouter(prefix="/v1", tags=["accounts"])
health = APIRouter(tags=["health"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem},
    409: {"model": Problem},
    422: {"model": Problem},
}


@router.get("/accounts")
def list_accounts(caller: AccountKeeper) -> list[AccountOut]:
    """Every account, by login."""
    return [_shown(caller, each) for each in caller.office.house.accounts.all()]


@router.post("/accounts", status_code=201, responses=_REFUSALS)
def create_account(asked: AccountIn, caller: AccountKeeper) -> AccountMade:
    """Make an account. Its password is in the answer, this once. But for a partner's it is closed until another admin opens it, or
    the operator: an admin alone can let nobody in who sees cases."""
    accounts = caller.office.house.accounts
    password = accounts.create(asked.account, name=asked.name, role=asked.role, partner=asked.partner, by=caller.actor)
    return AccountMade(**_found(caller, asked.account).model_dump(), password=password)


@router.post("/accounts/{account}/changes", responses=_REFUSALS)
def change_account(account: str, asked: AccountChange, caller: AccountKeeper) -> AccountOut | AccountMade:
    """Close an account, open it again, or give it a new password, which is in the answer this once.

    Nobody changes their own account here, nobody both gives a password and takes away the second factor, and nobody opens an
    account whose password they gave.
    """
    password = change(caller, account, asked.act, asked.identity)
    found = _found(caller, account)
    return found if password is None else AccountMade(**found.model_dump(), password=password)


@router.post("/accounts/{account}/keys", status_code=201, responses=_REFUSALS)
def issue_key(account: str, caller: AccountKeeper, asked: KeyAsked | None = None) -> KeyMade:
    """A new key for an account of a partner, in the answer this once. Everybody else makes their own tokens."""
    return KeyMade(account=account, key=new_key(caller, account, asked or KeyAsked()))


@router.post("/keys/{key}/revocation", responses=_REFUSALS)
def revoke_key(key: str, caller: AccountKeeper) -> Empty:
    """End a key. It stays in the journal that there was one."""
    caller.office.house.accounts.revoke_key(key, by=caller.actor)
    return Empty()


@router.get("/partners")
def list_partners(caller: AccountKeeper) -> list[PartnerOut]:
    """The registered partners, by id."""
    return [_partner(each) for each in views.partners(caller.office.house.ledger)]


@router.post("/partners", status_code=201, responses=_REFUSALS)
def register_partner(asked: PartnerIn, caller: AccountKeeper) -> PartnerOut:
    """Register a partner mission. The id and the institution stay what they are."""
    house, by = caller.office.house, caller.actor
    found = registry.register(
        house.journal,
        house.ledger,
        partner=asked.partner,
        name=asked.name,
        institution=asked.institution,
        actor=by.actor,
        role=by.role,
        session=by.session,
    )
    return _partner(found)


@health.get("/healthz", responses={503: {"model": Problem}})
def healthz(office: OfficeOf) -> Health:
    """Whether the journal can be written and the ledger answers a real question."""
    house = office.house
    applied = int(house.ledger.query("select count(*) from applied")[0][0])
    for part, failed in (("the journal", house.journal.failed), ("the ledger", house.ledger.failed)):
        if failed is not None:
            raise HomeUnavailable(f"{part} cannot be used", remedy="Restart the service; it reconciles at start.")
    return Health(ok=True, entries=house.journal.size, applied=applied)


@health.get("/readyz", responses={503: {"model": Problem}})
def readyz(office: OfficeOf) -> Health:
    """Whether the ledger shows everything that the journal has."""
    found = healthz(office)
    if found.applied < found.entries:
        raise HomeUnavailable("the ledger is catching up with the journal", remedy="Try again in a moment.")
    return found


@health.get("/v1/public-key", tags=["batches"], response_class=Response)
def public_key(office: OfficeOf) -> Response:
    """The Ed25519 key that checks receipts, in PEM form."""
    pem = office.signing.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Response(pem, media_type="application/x-pem-file")


def change(caller: Caller, account: str, act: str, identity: str | None = None) -> str | None:
    """Carry out a change of an account; the password, where it gets a new one. A change ends the sessions of the account.

    Raises AccessDenied, recorded, to whoever changes their own account, and where two people are needed.
    """
    accounts, gate, person = caller.office.house.accounts, caller.office.gate, caller.person
    if person.account == account:
        gate.refuse(person, "nobody changes their own account as its keeper", f"{act} of {account}")
    password = None
    if act == "password":
        password = accounts.set_password(account, by=caller.actor)
    elif act == "factor":
        if accounts.gave_password(account) == person.account:
            gate.refuse(person, "who gave the password may not take away the second factor", account)
        caller.office.house.factors.remove(account, by=caller.actor)
    elif act == "link":
        if _decides(caller, account) and not isinstance(person, Operator):
            gate.refuse(person, "linking somebody who sees cases is the operator's", account)
        accounts.link(account, identity, by=caller.actor)
    else:
        if act == "open" and accounts.gave_password(account) == person.account and _decides(caller, account):
            gate.refuse(person, "who gave the password may not open the account", account)
        accounts.set_active(account, act == "open", by=caller.actor)
    gate.sessions.close_all(account)
    return password


def new_key(caller: Caller, account: str, asked: KeyAsked) -> str:
    """A key for an account of a partner, or by the operator for any. An admin with the key of an analyst would see cases."""
    if _decides(caller, account) and not isinstance(caller.person, Operator):
        caller.office.gate.refuse(caller.person, "a key of somebody else who is no partner", account)
    return caller.office.house.accounts.issue_key(
        account, by=caller.actor, label=asked.label, scopes=asked.scopes, days=asked.days
    )


def _decides(caller: Caller, account: str) -> bool:
    found = caller.office.house.accounts.find(account)
    return found is not None and found.role != "partner"


def _found(caller: Caller, account: str) -> AccountOut:
    found = caller.office.house.accounts.find(account)
    if found is None:
        raise NotFound("no such account", where="account", value=account)
    return _shown(caller, found)


def _shown(caller: Caller, account: Account) -> AccountOut:
    keys = [key.key for key in caller.office.house.accounts.keys(account.account) if key.active]
    return AccountOut(
        account=account.account,
        name=account.name,
        role=account.role,
        partner=account.partner,
        active=account.active,
        since=account.since,
        second_factor=caller.office.house.factors.has(account.account),
        linked=account.identity is not None,
        keys=keys,
    )


def _partner(found: views.Partner) -> PartnerOut:
    return PartnerOut(
        partner=found.partner, name=found.name, institution=found.institution, recorded_at=found.recorded_at
    )
