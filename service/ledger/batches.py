"""Submissions as the ledger shows them: the batch, an index of its transactions in the segment, its rejected cells.

Nothing is loaded that is not byte for byte what the journal recorded.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schemas.batch import REJECTS
from schemas.canonical import canonical_json
from schemas.errors import DigestMismatch
from schemas.party import ACCOUNTS, PARTIES
from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.segments import INDEXED, as_recorded
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded

_INDEXED = ", ".join(INDEXED)
_REJECTS = ", ".join(f'"{name}"' for name in REJECTS)

_BESIDE = {"parties": ", ".join(PARTIES), "accounts": ", ".join(ACCOUNTS)}


def rejects_file(home: Home, batch: str) -> Path:
    """Where the rejected cells of a batch lie, if it has any."""
    return home.batches / batch / "rejects.parquet"


def duplicates_file(home: Home, batch: str) -> Path:
    """Where the repeated rows of a batch lie, if it has any: `line`, `reference`, and `first_line` where it is this file's."""
    return home.batches / batch / "duplicates.parquet"


def beside_file(home: Home, batch: str, kind: str) -> Path:
    """Where the `parties` or the `accounts` of a batch's transactions lie, if it has any: see `schemas.party`."""
    return home.batches / batch / f"{kind}.parquet"


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
            *(_text(payload.get("extra_columns") or None), _text(payload.get("notes") or None)),
            _text(payload.get("handling_asked")),
        ],
    )
    if "handling" in payload:
        insert(cursor, "batch_handling", [entry.seq, batch, payload["partner"], _text(payload["handling"]), entry.at])
    if payload["segment"] is not None:
        source = as_recorded(home, home.segment(payload["segment"]), files)
        rows = f"select ?, file_row_number, {_INDEXED} from read_parquet(?, file_row_number = true)"
        loaded = _load(cursor, f"insert into transactions {rows}", [entry.seq, str(source)])
        if loaded != counts["accepted"]:
            why = f"the segment holds {loaded} rows, the journal recorded {counts['accepted']}"
            raise DigestMismatch(why, where=f"segments/{source.name}")
    rejects = rejects_file(home, batch)
    if str(rejects.relative_to(home.root)) in files:
        source = as_recorded(home, rejects, files)
        rows = f"select ?, ?, {_REJECTS} from read_parquet(?)"
        _load(cursor, f"insert into rejects {rows}", [batch, entry.seq, str(source)])
    for kind, columns in _BESIDE.items():
        path = beside_file(home, batch, kind)
        if str(path.relative_to(home.root)) in files:
            source = as_recorded(home, path, files)
            _load(cursor, f"insert into {kind} select ?, {columns} from read_parquet(?)", [entry.seq, str(source)])


def _load(cursor: Cursor, statement: str, params: list[object]) -> int:
    row = cursor.execute(statement, params).fetchone()
    return int(row[0]) if row else 0


def _text(value: object) -> str | None:
    return None if value is None else canonical_json(value).decode()


HANDLERS: dict[str, Handler] = {"batch.accepted": _taken, "batch.refused": _taken}
