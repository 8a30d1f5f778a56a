"""Originators' words as the ledger shows them: by partner, by batch, and the consents to onward sharing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.canonical import canonical_json
from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded


def _partner_handled(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    text = canonical_json(payload["handling"]).decode()
    insert(cursor, "partner_handling", [recorded.entry.seq, payload["partner"], text, recorded.entry.at])


def _batch_handled(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    text, entry = canonical_json(payload["handling"]).decode(), recorded.entry
    insert(cursor, "batch_handling", [entry.seq, payload["batch"], payload["partner"], text, entry.at])


def _consented(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    values = [entry.seq, payload["batch"], payload["recipient"], payload["document"], entry.at]
    insert(cursor, "handling_consents", values)


HANDLERS: dict[str, Handler] = {
    "partner.handled": _partner_handled,
    "batch.handled": _batch_handled,
    "handling.consented": _consented,
}
