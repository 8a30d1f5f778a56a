"""How detectors are set as entries tell it: what was proposed, and what was decided of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.canonical import canonical_json
from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded


def _told(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry, act = recorded.entry, payload.get("act", "proposed")
    insert(cursor, "detector_acts", [entry.seq, act, entry.actor, entry.at, canonical_json(payload).decode()])


HANDLERS: dict[str, Handler] = {"detector.proposed": _told, "detector.decided": _told}
