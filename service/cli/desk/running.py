"""The note by which local commands find the server that holds a data directory: its address and a token for this one life.

The note is private to the owner of the directory, and is believed only while the directory is held: what a crash left behind
names nobody.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import RequestInvalid
from service.cli.given import Given

NOTE = "server.json"


@dataclass(frozen=True, slots=True)
class Server:
    """A server to talk to. `is_operator`: the token is the one of the note, so its bearer is whoever owns the directory."""

    url: str
    token: str
    is_operator: bool = False


def find_server(given: Given) -> Server | None:
    """The server that was named, or the one that holds the data directory; None where the directory is free.

    Raises RequestInvalid where a server is named and no key for it is given.
    """
    if given.url is None:
        return _noted_server(given.home)
    if given.token is None:
        raise RequestInvalid(
            "a server needs a key", where="THALWEG_TOKEN", remedy="Set THALWEG_TOKEN to a key of your account."
        )
    return Server(given.url, given.token)


@contextmanager
def noted(home: Path, url: str, token: str) -> Iterator[None]:
    """Leave a note of a server at the home that it holds, for as long as this lasts."""
    note = home / NOTE
    fresh = home / f"{NOTE}.{secrets.token_hex(4)}"
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"url": url, "token": token, "process": os.getpid()}, file)
    fresh.replace(note)
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def _noted_server(home: Path) -> Server | None:
    note = home / NOTE
    if not note.is_file() or not _is_held(home):
        return None
    told = json.loads(note.read_text("utf-8"))
    return Server(told["url"], told["token"], is_operator=True)


def _is_held(home: Path) -> bool:
    try:
        with (home / "lock").open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
