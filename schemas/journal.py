"""The form of a journal entry: what is chained and what is kept beside the chain.

A journal is two parallel files of lines. An entry line is the canonical JSON of `Entry`; its payload line is the canonical
JSON of `{seq, salt, payload}`. `commit` binds the two, so a witness of the entries learns nothing that can be guessed, and a
lawful erasure can destroy a payload while its entry stays. The hash of an entry is an RFC 6962 leaf hash, which `prev` of
the next entry repeats: the chain of today is the Merkle tree of tomorrow.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.canonical import canonical_json

ENTRY_VERSION = 1
GENESIS = "0" * 64
"""`prev` of the first entry."""

EntryType = Literal[
    "house.opened",
    "house.recovered",
    "partner.registered",
    "key.issued",
    "key.revoked",
    "account.created",
    "account.changed",
    "reference.loaded",
    "batch.accepted",
    "batch.refused",
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
    "access.denied",
]


class Entry(BaseModel):
    """One line of the journal. `seq` counts from 0 without gaps; `at` is RFC 3339 in UTC with microseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1] = 1
    seq: int = Field(ge=0)
    type: EntryType
    at: str
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


def leaf_hash(line: bytes) -> str:
    """RFC 6962 leaf hash of an entry line, in hexadecimal: the `prev` of the entry after it."""
    return hashlib.sha256(b"\x00" + line).hexdigest()


def commitment(salt: str, payload: dict[str, Any]) -> str:
    """SHA-256 over the 32 bytes of the hexadecimal `salt` and the canonical JSON of the payload."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical_json(payload)).hexdigest()
