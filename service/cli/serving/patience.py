"""HTTP/1.1 with an end to patience: a client that does not finish its request is cut off, and holds no connection for ever."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""The longest that the head of a request may take, from the connection or from its first byte."""
SILENT_SECONDS = 10.0
"""The longest silence in the middle of a body."""


class ImpatientProtocol(H11Protocol):
    """The protocol of uvicorn, with a deadline for the head of a request and for each next piece of its body."""

    _deadline: asyncio.TimerHandle | None = None
    _in_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Set the clock for what the client owes next: nothing while we work, and between requests the keep-alive sees to it."""
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            self._unwatch()
            self._deadline = self.loop.call_later(SILENT_SECONDS, self._cut_off)
        elif state is h11.IDLE and (self.cycle is None or self.conn.trailing_data[0]):
            if not self._in_head:  # not set anew by each byte, or a byte a second would hold the connection
                self._in_head = True
                self._deadline = self.loop.call_later(HEAD_SECONDS, self._cut_off)
        else:
            self._unwatch()

    def _unwatch(self) -> None:
        self._in_head = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut_off(self) -> None:
        if self.flow.read_paused:  # it is we who have not read on
            self._deadline = self.loop.call_later(SILENT_SECONDS, self._cut_off)
        elif not self.transport.is_closing():
            self.transport.close()
