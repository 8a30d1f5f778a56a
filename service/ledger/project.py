"""From journal entries to rows: which handler applies which type of entry, and the fold that applies them in order.

An entry and the row that says it is applied are written in the same transaction, so that an entry is applied once or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from schemas.journal import leaf_hash
from service.home import Home
from service.ledger import access, alerts, batches, cases, handling, learning, partners, references, runs, tuning
from service.ledger.entries import Handler, note_entry
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded

HANDLERS: dict[str, Handler] = {
    **partners.HANDLERS,
    **access.HANDLERS,
    **references.HANDLERS,
    **batches.HANDLERS,
    **handling.HANDLERS,
    **learning.HANDLERS,
    **tuning.HANDLERS,
    **runs.HANDLERS,
    **alerts.HANDLERS,  # after runs: a finished run is told and then folded into the standing alerts
    **cases.HANDLERS,
}
"""Entry type -> what it does to the ledger. A type without a handler is listed in `entries` and does nothing else."""

_GROUP = 500


def apply(cursor: Cursor, recorded: Recorded, home: Home) -> str:
    """Apply one entry inside the caller's transaction; its leaf hash. An erased payload leaves only the entry's row."""
    leaf = leaf_hash(recorded.entry.line())
    handler = HANDLERS.get(recorded.entry.type)
    if handler is not None and recorded.payload is not None:
        handler(cursor, recorded, recorded.payload, home)
    note_entry(cursor, recorded, leaf)
    return leaf


def apply_all(cursor: Cursor, entries: Iterable[Recorded], home: Home) -> int:
    """Apply many entries with few commits, for a start or a rebuild; how many there were. Handles its transactions.

    A transaction ends after each batch, whose rows may be many, and else after 500 entries.
    """
    count, waiting = 0, 0
    for recorded in entries:
        if waiting == 0:
            cursor.begin()
        apply(cursor, recorded, home)
        count, waiting = count + 1, waiting + 1
        if waiting == _GROUP or recorded.entry.type == "batch.accepted":
            cursor.commit()
            waiting = 0
    if waiting:
        cursor.commit()
    return count
