"""Accounts and their keys: each change is an entry in the journal, and what stands is what the entries add up to.

Secrets are returned once, by the call that makes them, and are never kept, logged or put into an entry.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from schemas.errors import AccessDenied, Conflict, NotFound, RequestInvalid
from service.access.credentials import digest_of as digest
from service.access.credentials import (
    hash_password,
    new_key,
    new_password,
    password_fits,
    same,
    split_key,
)
from service.access.roles import OPERATOR, PERMISSIONS, ROLES, Actor, Permission, Role

if TYPE_CHECKING:
    from schemas.journal import EntryType
    from service.journal.append import Recorded
    from service.ledger.store import Params

_LOGIN = re.compile(r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$")
_RESERVED = frozenset({"operator", "thalweg", "unknown", "system"})
"""Names by which the journal and the pages call somebody who is no account: nobody may pass for them."""
_LONGEST_LOGIN, _LONGEST_NAME, _LONGEST_IDENTITY = 64, 120, 255
_ANOTHER = "Ask another administrator, so that nobody can take over an account alone."
_COLUMNS = "account, name, role, partner, active, recorded_at, must_change, identity"
LONGEST_DAYS = 366


class Record(Protocol):
    """Writes one entry to the journal and applies it to the ledger, or raises and has done nothing."""

    def __call__(
        self,
        type: EntryType,  # noqa: A002 - the field's name in the entry
        payload: dict[str, Any],
        *,
        actor: str,
        role: str,
        session: str = "",
        object: str = "",  # noqa: A002 - the field's name in the entry
        purpose: str = "",
    ) -> Recorded: ...


class Query(Protocol):
    """Reads the ledger: rows as tuples."""

    def __call__(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may come in. `account` is the login and what the journal calls them; `partner` whose batches they submit."""

    account: str
    name: str
    role: Role
    partner: str | None
    active: bool
    since: str
    must_change: bool = False
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an account, without its secret. No `scopes`: all that the role of its holder may; no `expires_at`: until revoked."""

    key: str
    account: str
    active: bool
    since: str
    label: str = ""
    scopes: tuple[str, ...] | None = None
    expires_at: str | None = None


class Accounts:
    """The accounts of a house. Reads through `query`, writes through `record`; `now` tells when a key has expired.

    Who somebody is, which every page asks, is read through `recall`, which remembers it until the ledger changes."""

    def __init__(self, query: Query, record: Record, now: Callable[[], datetime], recall: Query | None = None) -> None:
        self._query, self._record, self._now, self._recall = query, record, now, recall or query
        self._lock = threading.Lock()

    def create(
        self, account: str, *, name: str, role: Role, by: Actor, partner: str | None = None, password: str | None = None
    ) -> str:
        """Make an account; its password, made here unless one is given. One that an admin makes, but for a partner, is closed until
        another opens it: whoever knows its password must not be the only one who knows that it is there.

        Raises RequestInvalid where a field is not valid, Conflict where the login is taken, NotFound where no such partner
        is registered.
        """
        _check_login(account)
        if role not in ROLES:
            raise RequestInvalid("no such role", where="role", value=role, remedy=f"One of: {', '.join(ROLES)}.")
        if not 1 <= len(name.strip()) <= _LONGEST_NAME:
            raise RequestInvalid(f"a name has 1 to {_LONGEST_NAME} characters", where="name")
        if (role == "partner") != (partner is not None):
            raise RequestInvalid("an account of role partner names its partner, and no other does", where="partner")
        if partner is not None and not self._query("select 1 from partners where partner = ? limit 1", [partner]):
            raise NotFound("no such partner is registered", where="partner", value=partner)
        password = password or new_password()
        payload = {"account": account, "name": name.strip(), "role": role, "partner": partner} | _given(account, by)
        payload["active"] = role == "partner" or payload["password_by"] is None
        hashed = hash_password(password)
        with self._lock:
            if self.find(account) is not None:
                raise Conflict("this login is taken", where="account", value=account, remedy="Choose another.")
            self._write("account.created", payload | {"password": hashed}, account, by)
        return password

    def set_active(self, account: str, active: bool, *, by: Actor) -> None:
        """Open or close an account; its sessions and keys work only while it is open."""
        self._existing(account)
        self._write("account.changed", {"account": account, "active": active}, account, by)

    def set_password(self, account: str, *, by: Actor, password: str | None = None) -> str:
        """Give an account another password; the new one. Where somebody else gave it, its holder has to choose their own, and without
        a second factor, but for a partner's, the account is closed until another opens it.

        Raises AccessDenied to whoever took away the account's second factor: the two together would let them pass for its holder.
        """
        found = self._existing(account)
        if by.actor not in (account, OPERATOR.actor) and self._took_factor(account) == by.actor:
            raise AccessDenied("you took away the second factor of this account", remedy=_ANOTHER)
        password = password or new_password()
        payload = {"account": account, "password": hash_password(password)} | _given(account, by)
        if payload["password_by"] is not None and found.role != "partner" and not self._has_factor(account):
            payload["active"] = False
        self._write("account.changed", payload, account, by)
        return password

    def gave_password(self, account: str) -> str | None:
        """Who gave an account the password that stands, where it was not its holder nor the operator."""
        rows = self._query("select password_by from current_people where account = ?", [account])
        return rows[0][0] if rows else None

    def link(self, account: str, identity: str | None, *, by: Actor) -> None:
        """Say who an account is at the provider of single sign-on, or that it is nobody there. Raises Conflict for one that is taken."""
        self._existing(account)
        if identity is not None and not 1 <= len(identity) <= _LONGEST_IDENTITY:
            raise RequestInvalid(f"an identity has 1 to {_LONGEST_IDENTITY} characters", where="identity")
        with self._lock:
            taken = self.by_identity(identity) if identity is not None else None
            if taken is not None and taken.account != account:
                raise Conflict("this identity belongs to another account", where="identity")
            self._write("account.changed", {"account": account, "identity": identity}, account, by)

    def issue_key(
        self,
        account: str,
        *,
        by: Actor,
        label: str = "",
        scopes: Sequence[Permission] | None = None,
        days: int | None = None,
    ) -> str:
        """A new key for an account, to be shown once; with scopes and an end where they are given.

        Raises RequestInvalid for a scope that the role of its holder has not, or a time above a year.
        """
        found = self._existing(account)
        payload = {"label": label.strip()[:_LONGEST_NAME], "scopes": _scopes_of(found.role, scopes)}
        if days is not None:
            if not 1 <= days <= LONGEST_DAYS:
                raise RequestInvalid(f"a key lasts 1 to {LONGEST_DAYS} days", where="days", value=str(days))
            payload["expires_at"] = _rfc3339(self._now() + timedelta(days=days))
        public, text, stored = new_key()
        self._write("key.issued", {"key": public, "account": account, "digest": stored} | payload, public, by)
        return text

    def revoke_key(self, key: str, *, by: Actor) -> None:
        """End a key. Raises NotFound where there is none, or it has ended."""
        if not self._query("select 1 from current_keys where key = ? and active", [key]):
            raise NotFound("no such key", where="key", value=key)
        self._write("key.revoked", {"key": key}, key, by)

    def find(self, account: str) -> Account | None:
        """One account, open or not."""
        rows = self._recall(f"select {_COLUMNS} from current_people where account = ?", [account])
        return Account(*rows[0]) if rows else None

    def all(self) -> list[Account]:
        """Every account, by login."""
        return [Account(*row) for row in self._recall(f"select {_COLUMNS} from current_people order by account")]

    def keys(self, account: str) -> list[Key]:
        """The keys of an account, the latest issued or ended first."""
        sql = (
            "select key, account, active and coalesce(expires_at > ?, true), recorded_at, label, scopes, expires_at "
            "from current_keys where account = ? order by seq desc"
        )
        return [_key(row) for row in self._query(sql, [_rfc3339(self._now()), account])]

    def by_password(self, account: str, password: str) -> Account | None:
        """The open account that this password opens, or None; as slow for an unknown login as for a wrong password."""
        rows = self._query("select password from current_people where account = ? and active", [account])
        fits = password_fits(password, rows[0][0] if rows else None)
        return self.find(account) if fits else None

    def by_key(self, text: str) -> Account | None:
        """The open account that holds this key, or None."""
        found = self.shown(text)
        return None if found is None else found[0]

    def shown(self, text: str) -> tuple[Account, Key] | None:
        """The open account that holds this key, and the key; None where it is none, was revoked or has expired."""
        parts = split_key(text)
        if parts is None:
            return None
        sql = "select key, account, active, recorded_at, label, scopes, expires_at, digest from current_keys where key = ?"
        rows = self._query(sql, [parts[0]])
        if not rows or not same(rows[0][7], digest(parts[1])):
            return None
        key = _key(rows[0][:7])
        account = self.find(key.account)
        lasts = key.active and (key.expires_at is None or key.expires_at > _rfc3339(self._now()))
        return (account, key) if lasts and account is not None and account.active else None

    def by_identity(self, identity: str) -> Account | None:
        """The open account of somebody whom the provider of single sign-on has named, or None. None is ever made here."""
        rows = self._query(f"select {_COLUMNS} from current_people where identity = ? and active", [identity])
        return Account(*rows[0]) if len(rows) == 1 else None

    def _has_factor(self, account: str) -> bool:
        return bool(self._query("select 1 from current_factors where account = ?", [account]))

    def _took_factor(self, account: str) -> str | None:
        """Who took away the second factor of an account, where it has had none since."""
        rows = self._query("select actor, secret from factors where account = ? order by seq desc limit 1", [account])
        return rows[0][0] if rows and rows[0][1] is None else None

    def _existing(self, account: str) -> Account:
        found = self.find(account)
        if found is None:
            raise NotFound("no such account", where="account", value=account)
        return found

    def _write(self, kind: EntryType, payload: dict[str, Any], subject: str, by: Actor) -> None:
        self._record(kind, payload, actor=by.actor, role=by.role, session=by.session, object=subject)


def _given(account: str, by: Actor) -> dict[str, Any]:
    """What an entry says of a password: who knows it besides its holder. The operator can read everything anyway."""
    by_another = by.actor not in (account, OPERATOR.actor)
    return {"must_change": by_another, "password_by": by.actor if by_another else None}


def _scopes_of(role: Role, scopes: Sequence[Permission] | None) -> list[str] | None:
    if scopes is None:
        return None
    theirs = {permission for permission, roles in PERMISSIONS.items() if role in roles and permission != "account.own"}
    if not scopes or not set(scopes) <= theirs:
        raise RequestInvalid(
            "a key may do at least one thing, and nothing that its holder may not",
            where="scopes",
            value=",".join(sorted(set(scopes) - theirs)),
            remedy=f"Of: {', '.join(sorted(theirs))}.",
        )
    return sorted(set(scopes))


def _key(row: tuple[Any, ...]) -> Key:
    key, account, active, since, label, scopes, expires_at = row
    return Key(key, account, active, since, label, None if scopes is None else tuple(scopes), expires_at)


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _check_login(account: str) -> None:
    if len(account) > _LONGEST_LOGIN or not _LOGIN.fullmatch(account):
        raise RequestInvalid(
            "a login is small letters and digits, with single dots or dashes between them",
            where="account",
            value=account,
            remedy="For example: a.diallo or bank-alpha.",
        )
    if account in _RESERVED:
        raise RequestInvalid(
            "this login is reserved",
            where="account",
            value=account,
            remedy="Choose one that names a person or an institution.",
        )
