"""Learned weights as their entries tell them: proposed, promoted, withdrawn. What they weigh is a file named by digest."""

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
    act = entry.type.removeprefix("learning.")
    text = canonical_json(payload).decode()
    insert(cursor, "learning_acts", [entry.seq, act, payload["model"], entry.actor, entry.role, entry.at, text])


HANDLERS: dict[str, Handler] = {f"learning.{act}": _told for act in ("proposed", "promoted", "withdrawn")}
