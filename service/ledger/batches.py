"""Submissions as the ledger shows them: the batch, its transactions from the segment, its rejected cells.

Nothing is loaded that is not byte for byte what the journal recorded.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schemas.batch import REJECTS
from schemas.canonical import canonical_json, digest_file
from schemas.errors import DigestMismatch
from schemas.transaction import SEGMENT_NAMES
from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded

_SEGMENT = ", ".join(SEGMENT_NAMES)
_REJECTS = ", ".join(f'"{name}"' for name in REJECTS)


def rejects_file(home: Home, batch: str) -> Path:
    """Where the rejected cells of a batch lie, if it has any."""
    return home.batches / batch / "rejects.parquet"


def duplicates_file(home: Home, batch: str) -> Path:
    """Where the repeated rows of a batch lie, if it has any: `line`, `reference`, and `first_line` where it is this file's."""
    return home.batches / batch / "duplicates.parquet"


def _taken(cursor: Cursor, recorded: Recorded, payload: Payload, home: Home) -> None:
    entry, counts, batch = recorded.entry, payload["counts"], payload["batch"]
    files: dict[str, str] = payload["files"]
    insert(
        cursor,
        "batches",
        [
            *(entry.seq, batch, payload["partner"], entry.at, entry.type.removeprefix("batch.")),
            *(payload["name"], payload["size"], payload["original"], payload["format"]),
            *(_text(payload["mapping"]), payload["mapping_digest"], payload["institution"], payload["received_at"]),
            *(payload["segment"], counts["rows"], counts["accepted"], counts["duplicates"], counts["rejected"]),
            *(payload["replaces"], payload["idempotency"], _text(payload["refusal"]), _text(files)),
            _text(payload.get("extra_columns") or None),
        ],
    )
    if payload["segment"] is not None:
        source = _as_recorded(home, home.segment(payload["segment"]), files)
        loaded = _load(cursor, "transactions", (batch, entry.seq), source, _SEGMENT)
        if loaded != counts["accepted"]:
            why = f"the segment holds {loaded} rows, the journal recorded {counts['accepted']}"
            raise DigestMismatch(why, where=f"segments/{source.name}")
    rejects = rejects_file(home, batch)
    if str(rejects.relative_to(home.root)) in files:
        _load(cursor, "rejects", (batch, entry.seq), _as_recorded(home, rejects, files), _REJECTS)


def _load(cursor: Cursor, table: str, key: tuple[str, int], source: Path, columns: str) -> int:
    cursor.execute(f"insert into {table} select ?, ?, {columns} from read_parquet(?)", [*key, str(source)])
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def _as_recorded(home: Home, path: Path, files: dict[str, str]) -> Path:
    name = str(path.relative_to(home.root))
    if not path.exists():
        found = None
    elif (found := digest_file(path)) == files.get(name):
        return path
    raise DigestMismatch(
        "a file of an accepted batch is missing" if found is None else "a file of an accepted batch has changed",
        where=name,
        value=found,
        remedy="Put the file back from a copy; `thalweg verify` names every file that is not as recorded.",
    )


def _text(value: object) -> str | None:
    return None if value is None else canonical_json(value).decode()


HANDLERS: dict[str, Handler] = {"batch.accepted": _taken, "batch.refused": _taken}
