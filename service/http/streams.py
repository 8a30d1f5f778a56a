"""Event streams: each holds a connection for minutes, so an account has a few at a time and all together leave room for the rest."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from schemas.errors import RateLimited

MOST_OF_ACCOUNT = 4
MOST_OF_ALL = 64
"""Of the 256 connections that the server takes."""
_RETRY_SECONDS = 10


class Streams:
    """Counts the streams that are open. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    def begin(self, account: str) -> Callable[[], None]:
        """Count one more stream of an account; what to call when it ends. Raises RateLimited where there are too many."""
        with self._lock:
            if self._open[account] >= MOST_OF_ACCOUNT or self._open.total() >= MOST_OF_ALL:
                raise RateLimited(
                    "too many event streams are open",
                    retry_seconds=_RETRY_SECONDS,
                    remedy=f"Close one: an account has {MOST_OF_ACCOUNT} at most. The state can be asked for without a stream.",
                )
            self._open[account] += 1
        return lambda: self._end(account)

    def _end(self, account: str) -> None:
        with self._lock:
            self._open[account] -= 1
            if not self._open[account]:
                del self._open[account]


class EventStream(StreamingResponse):
    """Server-sent events; `ended` is called when they have ended or the line broke, also before the first."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[str], ended: Callable[[], None], **about: Any) -> None:
        super().__init__(events, **about)
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended()
