"""Reads what an earlier visit wrote down of the journal: how many entries there were, and the hash of the last."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, Field, ValidationError

from schemas.errors import RequestInvalid

Since = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="What this command printed with --json at an earlier visit, kept where nobody who can write to the data directory can "
        "write: the journal must still hold those entries.",
    ),
]


class _Head(BaseModel):
    entries: int = Field(ge=0)
    head: str = Field(pattern="^[0-9a-f]{64}$")


class _Report(BaseModel):
    journal: _Head


def kept_head(path: Path | None) -> tuple[int, str] | None:
    """The size and head that the file tells, or None where none was given. Raises RequestInvalid where it tells none."""
    if path is None:
        return None
    try:
        data = path.read_bytes()
        told = _Report.model_validate_json(data).journal if b'"journal"' in data else _Head.model_validate_json(data)
    except OSError as error:
        raise RequestInvalid(f"the file cannot be read: {error.strerror}", where=str(path)) from error
    except ValidationError as error:
        raise RequestInvalid(
            "this does not tell a number of entries and a head",
            where=str(path),
            remedy="Give what `thalweg journal verify --json` printed at an earlier visit.",
        ) from error
    return told.entries, told.head
