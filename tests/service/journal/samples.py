"""Small journals for tests: a clock that counts, one way to accept a batch, and six entries of different kinds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.journal import GENESIS, HEAD_FILE, head_note, leaf_hash
from service.journal.append import Journal, Recorded

BEGINNING = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
ENTRIES, PAYLOADS = "000000000.ndjson", "000000000.payloads.ndjson"


def counting_clock() -> Callable[[], datetime]:
    """A clock that is a minute later each time it is asked."""
    minutes = itertools.count()
    return lambda: BEGINNING + timedelta(minutes=next(minutes))


def accept(journal: Journal, number: int, **more: Any) -> Recorded:
    """Record the acceptance of batch `number`."""
    payload = {"batch": f"b-{number}", "original": f"{number:064x}", "counts": {"rows": number}, **more}
    return journal.append("batch.accepted", payload, actor="bank-a", role="partner", object=f"b-{number}")


def note(directory: Path, size: int) -> None:
    """Make `head` tell of the first `size` entries, as it does when a process was killed after that many."""
    lines = (directory / ENTRIES).read_bytes().split(b"\n")[:size]
    (directory / HEAD_FILE).write_bytes(head_note(size, leaf_hash(lines[-1]) if lines else GENESIS))


def fill(journal: Journal) -> None:
    """Six entries, among them text that needs escapes, an empty payload and every kind of JSON value."""
    journal.append("house.opened", {}, actor="operator", role="admin")
    accept(journal, 1, place="Ségou", note='"quoted"\n\u0001')
    journal.append("batch.refused", {"why": ["too many rejects", 17, None, True]}, actor="bank-b", role="partner")
    journal.append("run.started", {"manifest": "ab" * 32}, actor="nadia", role="analyst", session="s-1", object="r-1")
    journal.append("alert.read", {}, actor="nadia", role="analyst", object="a-1", purpose="review of the queue")
    accept(journal, 2)
