"""What a reading is for, as a server is told it: in a head, since addresses end up in logs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from schemas.errors import RequestInvalid

_HEAD = "Thalweg-Purpose"


@contextmanager
def said_for(purpose: str) -> Iterator[dict[str, str] | None]:
    """The head that says it, none for nothing. Where the server misses it, the RequestInvalid names the option."""
    try:
        yield {_HEAD: quote(purpose, safe=" /")} if purpose else None
    except RequestInvalid as error:
        if error.where != _HEAD:
            raise
        raise RequestInvalid(error.why, where="--for", remedy=error.remedy) from error
