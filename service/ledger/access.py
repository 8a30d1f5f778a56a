"""Accounts, keys and restrictions as the ledger shows them. Secrets are here as hashes only, as in the payloads they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded


def _account_created(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    insert(
        cursor,
        "people",
        [
            *(recorded.entry.seq, payload["account"], payload["name"], payload["role"], payload["partner"]),
            *(True, payload["password"], recorded.entry.at),
        ],
    )


def _account_changed(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    """A new row with what has changed; what the payload does not name stays."""
    cursor.execute(
        "insert into people select ?, account, name, role, partner, coalesce(?, active), coalesce(?, password), ? "
        "from current_people where account = ?",
        [recorded.entry.seq, payload.get("active"), payload.get("password"), recorded.entry.at, payload["account"]],
    )


def _key_issued(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    insert(cursor, "api_keys", [entry.seq, payload["key"], payload["account"], payload["digest"], True, entry.at])


def _key_revoked(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    cursor.execute(
        "insert into api_keys select ?, key, account, digest, false, ? from current_keys where key = ?",
        [recorded.entry.seq, recorded.entry.at, payload["key"]],
    )


def _restricted(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    insert(cursor, "restrictions", [entry.seq, payload["alert"], payload["people"], entry.at])


HANDLERS: dict[str, Handler] = {
    "account.created": _account_created,
    "account.changed": _account_changed,
    "key.issued": _key_issued,
    "key.revoked": _key_revoked,
    "alert.restricted": _restricted,
}
