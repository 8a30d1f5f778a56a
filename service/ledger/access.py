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
            *(payload.get("active", True), payload["password"], recorded.entry.at),
            *(payload.get("must_change", False), payload.get("password_by"), None),
        ],
    )


def _account_changed(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    """A new row with what has changed; what the payload does not name stays."""
    cursor.execute(
        "insert into people select ?, account, name, role, partner, coalesce(?, active), coalesce(?, password), ?, "
        "coalesce(?, must_change), case when ? then ? else password_by end, case when ? then ? else identity end "
        "from current_people where account = ?",
        [
            *(recorded.entry.seq, payload.get("active"), payload.get("password"), recorded.entry.at),
            *(payload.get("must_change"), "password" in payload, payload.get("password_by")),
            *("identity" in payload, payload.get("identity"), payload["account"]),
        ],
    )


def _key_issued(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    values = [entry.seq, payload["key"], payload["account"], payload["digest"], True, entry.at]
    insert(cursor, "api_keys", [*values, payload.get("label", ""), payload.get("scopes"), payload.get("expires_at")])


def _key_revoked(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    cursor.execute(
        "insert into api_keys select ?, key, account, digest, false, ?, label, scopes, expires_at from current_keys "
        "where key = ?",
        [recorded.entry.seq, recorded.entry.at, payload["key"]],
    )


def _restricted(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    insert(cursor, "restrictions", [entry.seq, payload["alert"], payload["people"], entry.at])


def _factor_enrolled(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry, account = recorded.entry, payload["account"]
    insert(cursor, "factors", [entry.seq, account, payload["secret"], payload["recovery"], entry.actor, entry.at])
    insert(cursor, "factor_uses", [entry.seq, account, payload["step"], None])


def _factor_removed(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    insert(cursor, "factors", [entry.seq, payload["account"], None, [], entry.actor, entry.at])


def _session_opened(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    """A session that was opened with a code has used it up."""
    entry = recorded.entry
    if payload.get("step") is not None or payload.get("code") is not None:
        insert(cursor, "factor_uses", [entry.seq, entry.actor, payload.get("step"), payload.get("code")])


HANDLERS: dict[str, Handler] = {
    "account.created": _account_created,
    "account.changed": _account_changed,
    "key.issued": _key_issued,
    "key.revoked": _key_revoked,
    "alert.restricted": _restricted,
    "factor.enrolled": _factor_enrolled,
    "factor.removed": _factor_removed,
    "session.opened": _session_opened,
}
