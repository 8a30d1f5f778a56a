"""Who submits, as the ledger shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded


def _registered(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    insert(cursor, "partners", [entry.seq, payload["partner"], payload["name"], payload["institution"], entry.at])


def _limited(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    limits = [payload["batches_a_day"], payload["bytes_a_day"]]
    insert(cursor, "quotas", [entry.seq, payload["partner"], entry.at, *limits])


HANDLERS: dict[str, Handler] = {"partner.registered": _registered, "partner.limited": _limited}
