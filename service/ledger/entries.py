"""What every handler of an entry type looks like, and the row that every entry gets whatever its type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from service.home import Home
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded

Payload = dict[str, Any]
Handler = Callable[[Cursor, "Recorded", Payload, Home], None]
"""Applies one entry: cursor inside a transaction, the entry, its payload (never erased), the home for files it names."""


def insert(cursor: Cursor, table: str, values: Sequence[object]) -> None:
    """Append one row; `values` in the order of the table's columns."""
    cursor.execute(f"insert into {table} values ({', '.join('?' * len(values))})", list(values))


def note_entry(cursor: Cursor, recorded: Recorded, leaf: str) -> None:
    """The row for listing the journal, and the row that says that this entry is applied."""
    entry = recorded.entry
    insert(
        cursor,
        "entries",
        [entry.seq, entry.type, entry.at, entry.actor, entry.role, entry.session, entry.object, entry.purpose],
    )
    insert(cursor, "applied", [entry.seq, leaf])
