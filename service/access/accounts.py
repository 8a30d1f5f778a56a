"""Accounts and their keys: each change is an entry in the journal, and what stands is what the entries add up to.

Secrets are returned once, by the call that makes them, and are never kept, logged or put into an entry.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from schemas.errors import Conflict, NotFound, RequestInvalid
from service.access.credentials import digest_of as digest
from service.access.credentials import (
    hash_password,
    new_key,
    new_password,
    password_fits,
    same,
    split_key,
)
from service.access.roles import ROLES, Actor, Role

if TYPE_CHECKING:
    from schemas.journal import EntryType
    from service.journal.append import Recorded
    from service.ledger.store import Params

_LOGIN = re.compile(r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$")
_RESERVED = frozenset({"operator", "thalweg", "unknown", "system"})
"""Names by which the journal and the pages call somebody who is no account: nobody may pass for them."""
_LONGEST_LOGIN, _LONGEST_NAME = 64, 120
_COLUMNS = "account, name, role, partner, active, recorded_at"


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


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an account, without its secret."""

    key: str
    account: str
    active: bool
    since: str


class Accounts:
    """The accounts of a house. Reads through `query`, writes through `record`."""

    def __init__(self, query: Query, record: Record) -> None:
        self._query, self._record = query, record
        self._lock = threading.Lock()

    def create(
        self, account: str, *, name: str, role: Role, by: Actor, partner: str | None = None, password: str | None = None
    ) -> str:
        """Make an account; its password, made here unless one is given.

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
        payload = {"account": account, "name": name.strip(), "role": role, "partner": partner}
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
        """Give an account another password; the new one."""
        self._existing(account)
        password = password or new_password()
        self._write("account.changed", {"account": account, "password": hash_password(password)}, account, by)
        return password

    def issue_key(self, account: str, *, by: Actor) -> str:
        """A new key for an account, to be shown once."""
        self._existing(account)
        public, text, stored = new_key()
        self._write("key.issued", {"key": public, "account": account, "digest": stored}, public, by)
        return text

    def revoke_key(self, key: str, *, by: Actor) -> None:
        """End a key. Raises NotFound where there is none, or it has ended."""
        if not self._query("select 1 from current_keys where key = ? and active", [key]):
            raise NotFound("no such key", where="key", value=key)
        self._write("key.revoked", {"key": key}, key, by)

    def find(self, account: str) -> Account | None:
        """One account, open or not."""
        rows = self._query(f"select {_COLUMNS} from current_people where account = ?", [account])
        return Account(*rows[0]) if rows else None

    def all(self) -> list[Account]:
        """Every account, by login."""
        return [Account(*row) for row in self._query(f"select {_COLUMNS} from current_people order by account")]

    def keys(self, account: str) -> list[Key]:
        """The keys of an account, the latest issued or ended first."""
        sql = "select key, account, active, recorded_at from current_keys where account = ? order by seq desc"
        return [Key(*row) for row in self._query(sql, [account])]

    def by_password(self, account: str, password: str) -> Account | None:
        """The open account that this password opens, or None; as slow for an unknown login as for a wrong password."""
        rows = self._query("select password from current_people where account = ? and active", [account])
        fits = password_fits(password, rows[0][0] if rows else None)
        return self.find(account) if fits else None

    def by_key(self, text: str) -> Account | None:
        """The open account that holds this key, or None."""
        parts = split_key(text)
        if parts is None:
            return None
        rows = self._query("select account, digest from current_keys where key = ? and active", [parts[0]])
        if not rows or not same(rows[0][1], digest(parts[1])):
            return None
        account = self.find(rows[0][0])
        return account if account is not None and account.active else None

    def _existing(self, account: str) -> Account:
        found = self.find(account)
        if found is None:
            raise NotFound("no such account", where="account", value=account)
        return found

    def _write(self, kind: EntryType, payload: dict[str, Any], subject: str, by: Actor) -> None:
        self._record(kind, payload, actor=by.actor, role=by.role, session=by.session, object=subject)


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
