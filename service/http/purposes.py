"""What a sensitive reading is for: whoever reads says it, and the entry of the reading holds it. It stands in no address."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from fastapi import Header

from schemas.errors import RequestInvalid

LONGEST_PURPOSE = 200
HEADER = "Thalweg-Purpose"
SaidInHead = Annotated[
    str,
    Header(
        alias=HEADER,
        max_length=3 * LONGEST_PURPOSE,
        description="what it is for, which is recorded: asked of whoever is not its partner. Letters beyond ASCII are written as "
        "in an address: UTF-8, with `%`",
        examples=["request 2026/31"],
    ),
]


def from_head(text: str) -> str:
    """A purpose as it was before it was written for a head."""
    return unquote(text)


def require_purpose(text: str, *, where: str = "purpose") -> str:
    """A purpose on one line, at most 200 characters of it. Raises RequestInvalid where there is none."""
    purpose = " ".join(text.split())
    if not purpose:
        raise RequestInvalid(
            "say what it is for", where=where, remedy="Name the alert or the matter; it is recorded with your name."
        )
    return purpose[:LONGEST_PURPOSE]
