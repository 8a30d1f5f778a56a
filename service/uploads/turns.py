"""One request at a time writes to an upload, and the newest is the one that counts: the one before it is a line that broke."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from schemas.errors import Conflict

_LOOK_SECONDS = 0.1


class Superseded(Conflict):
    """Another request has taken over the upload."""

    slug = "upload-superseded"


class Turn:
    """The right to write to an upload. `over` once a newer request wants it."""

    def __init__(self) -> None:
        self.over = False


class Turns:
    """Who may write to which upload. Requests may run on different event loops, so that nothing here belongs to one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: dict[str, tuple[Turn, threading.Lock, int]] = {}

    @asynccontextmanager
    async def take(self, upload: str) -> AsyncIterator[Turn]:
        """Wait for the turn at an upload, and tell whoever has it that it is over."""
        turn = Turn()
        with self._lock:
            before, lock, users = self._newest.get(upload, (turn, threading.Lock(), 0))
            if before is not turn:
                before.over = True
            self._newest[upload] = (turn, lock, users + 1)
        try:
            while not lock.acquire(blocking=False):
                await asyncio.sleep(_LOOK_SECONDS / 10)
            try:
                yield turn
            finally:
                lock.release()
        finally:
            with self._lock:
                newest, lock, users = self._newest[upload]
                if users == 1:
                    del self._newest[upload]
                else:
                    self._newest[upload] = (newest, lock, users - 1)


async def pieces_of(stream: AsyncIterator[bytes], turn: Turn) -> AsyncIterator[bytes]:
    """The pieces of a body as they come. Raises Superseded as soon as the turn is over, also while nothing comes."""
    while True:
        coming: asyncio.Task[bytes | None] = asyncio.ensure_future(_next(stream))
        try:
            while not coming.done():
                await asyncio.wait({coming}, timeout=_LOOK_SECONDS)
                if turn.over and not coming.done():
                    raise Superseded("another request goes on with this upload", remedy="Ask for its offset.")
        finally:
            coming.cancel()
        piece = coming.result()
        if piece is None:
            return
        yield piece


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    return await anext(stream, None)
