"""Runs as their entries tell them: one row for each, the payload whole. The state of a run is its latest row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.canonical import canonical_json
from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded


def _told(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    status = entry.type.removeprefix("run.")
    text = canonical_json(payload).decode()
    insert(cursor, "runs", [entry.seq, entry.object, status, entry.at, entry.actor, text])


HANDLERS: dict[str, Handler] = {
    f"run.{status}": _told for status in ("started", "finished", "incomplete", "failed", "replayed")
}
