"""The form of a journal entry: what is chained and what is kept beside the chain.

A journal is two parallel files of lines. An entry line is the canonical JSON of `Entry`; its payload line is the canonical
JSON of `Kept`. `commit` binds the two, so a witness of the entries learns nothing that can be guessed, and a lawful erasure
can destroy a payload while its entry stays. The hash of an entry is an RFC 6962 leaf hash, which `prev` of the next entry
repeats: the chain of today is the Merkle tree of tomorrow. Beside them the file `head` notes size and head, since no later
entry confirms the last one.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.canonical import canonical_json

ENTRY_VERSION = 1
GENESIS = "0" * 64
"""`prev` of the first entry, and the head of a journal without entries."""
ENTRIES_PER_FILE = 10_000
SALT_BYTES = 32
HEAD_FILE = "head"
_HEAD_NOTE = re.compile(rb"([0-9]{12}) ([0-9a-f]{64})\n")

EntryType = Literal[
    "house.opened",
    "house.recovered",
    "partner.registered",
    "partner.limited",
    "key.issued",
    "key.revoked",
    "account.created",
    "account.changed",
    "factor.enrolled",
    "factor.removed",
    "reference.loaded",
    "learning.proposed",
    "learning.promoted",
    "learning.withdrawn",
    "detector.backtested",
    "detector.proposed",
    "detector.decided",
    "batch.accepted",
    "batch.refused",
    "batch.read",
    "partner.handled",
    "batch.handled",
    "handling.consented",
    "alert.exported",
    "case.exported",
    "run.started",
    "run.finished",
    "run.incomplete",
    "run.failed",
    "run.replayed",
    "alert.assigned",
    "alert.decided",
    "alert.noted",
    "alert.restricted",
    "alert.read",
    "flow.read",
    "flow.followed",
    "view.saved",
    "case.opened",
    "case.changed",
    "case.noted",
    "case.moved",
    "case.restricted",
    "case.merged",
    "case.split",
    "case.read",
    "suppression.proposed",
    "suppression.decided",
    "entity.read",
    "entity.unmasked",
    "entity.compared",
    "session.opened",
    "session.closed",
    "access.denied",
]


class Entry(BaseModel):
    """One line of the journal. `seq` counts from 0 without gaps; `at` is RFC 3339 in UTC with microseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1] = 1
    seq: int = Field(ge=0)
    type: EntryType
    at: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$")
    actor: str
    role: str
    session: str
    object: str
    purpose: str
    commit: str = Field(pattern=r"^[0-9a-f]{64}$")
    prev: str = Field(pattern=r"^[0-9a-f]{64}$")

    def line(self) -> bytes:
        """The canonical JSON of the entry, without a newline: the bytes that are hashed."""
        return canonical_json(self.model_dump(mode="json"))


class Kept(BaseModel):
    """One payload line: what an entry commits to, and the salt that keeps it from being guessed. Erased, both are null."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    seq: int = Field(ge=0)
    salt: str | None = Field(pattern=r"^[0-9a-f]{64}$")
    payload: dict[str, Any] | None

    @model_validator(mode="after")
    def _salt_and_payload_go_together(self) -> Kept:
        if (self.salt is None) != (self.payload is None):
            raise ValueError("a payload is kept with its salt or erased with it")
        return self

    def line(self) -> bytes:
        """The canonical JSON of the payload line, without a newline."""
        return canonical_json({"seq": self.seq, "salt": self.salt, "payload": self.payload})


def entries_file(seq: int) -> str:
    """The name of the file that holds the line of entry `seq`: the first seq in it, nine digits."""
    return f"{seq // ENTRIES_PER_FILE * ENTRIES_PER_FILE:09d}.ndjson"


def payloads_file(seq: int) -> str:
    """The name of the file that holds the payload line of entry `seq`."""
    return f"{seq // ENTRIES_PER_FILE * ENTRIES_PER_FILE:09d}.payloads.ndjson"


def head_note(size: int, head: str) -> bytes:
    """What the file `head` says: always 78 bytes, so that it is overwritten in place."""
    return f"{size:012d} {head}\n".encode()


def parse_head_note(data: bytes) -> tuple[int, str] | None:
    """The size and head that a note tells; None where it tells nothing that can be understood."""
    match = _HEAD_NOTE.fullmatch(data)
    return (int(match[1]), match[2].decode()) if match else None


def leaf_hash(line: bytes) -> str:
    """RFC 6962 leaf hash of an entry line, in hexadecimal: the `prev` of the entry after it."""
    return hashlib.sha256(b"\x00" + line).hexdigest()


def commitment(salt: str, payload: dict[str, Any]) -> str:
    """SHA-256 over the 32 bytes of the hexadecimal `salt` and the canonical JSON of the payload."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical_json(payload)).hexdigest()
