"""Reference tables (FX, thresholds, watchlists) as they were loaded; the tables themselves are files named by digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.canonical import canonical_json
from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded


def _loaded(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    text = canonical_json(payload).decode()
    insert(cursor, "references_loaded", [entry.seq, payload["kind"], payload["digest"], entry.at, text])


HANDLERS: dict[str, Handler] = {"reference.loaded": _loaded}
