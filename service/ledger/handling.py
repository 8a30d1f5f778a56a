"""Originators' words as the ledger shows them: by partner, by batch, and the consents to onward sharing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.canonical import canonical_json
from schemas.handling import DEFAULT, Handling, kept
from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded

_KEEP = """
insert into batch_handling select ?, batch, partner, ?, ? from batches
where partner = ? and batch not in (select batch from batch_handling)
"""


def _partner_handled(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    """What is agreed, from now on. Where it is looser than before, what was sent under the stricter word keeps to that."""
    entry, partner, now = recorded.entry, payload["partner"], Handling.model_validate(payload["handling"])
    rows = cursor.execute("select handling from current_partner_handling where partner = ?", [partner]).fetchall()
    held = kept(Handling.model_validate_json(rows[0][0]) if rows else DEFAULT, now)
    if held != now:
        cursor.execute(_KEEP, [entry.seq, _text(held), entry.at, partner])
    insert(cursor, "partner_handling", [entry.seq, partner, _text(now), entry.at])


def _batch_handled(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry, said = recorded.entry, Handling.model_validate(payload["handling"])
    insert(cursor, "batch_handling", [entry.seq, payload["batch"], payload["partner"], _text(said), entry.at])


def _text(handling: Handling) -> str:
    return canonical_json(handling.model_dump(mode="json")).decode()


def _consented(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    values = [entry.seq, payload["batch"], payload["recipient"], payload["document"], entry.at]
    insert(cursor, "handling_consents", values)


HANDLERS: dict[str, Handler] = {
    "partner.handled": _partner_handled,
    "batch.handled": _batch_handled,
    "handling.consented": _consented,
}
