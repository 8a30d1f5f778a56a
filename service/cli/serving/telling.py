"""HTTP/1.1 with interim responses (1xx) that the application may send before its answer; ASGI has no message for them."""

from __future__ import annotations

from typing import Any

import h11
from starlette.types import Receive, Scope, Send

from service.cli.serving.patience import ImpatientProtocol
from service.http.interim import EXTENSION


class TellingProtocol(ImpatientProtocol):
    """Offers in the scope of each request a function `(status, reason, headers)` that sends an interim response."""

    def __init__(self, *about: Any, **named: Any) -> None:
        super().__init__(*about, **named)
        served = self.app

        async def offering(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                scope["extensions"] = {**(scope.get("extensions") or {}), EXTENSION: self._tell}
            await served(scope, receive, send)

        self.app = offering

    def _tell(self, status: int, reason: bytes, headers: list[tuple[str, str]]) -> None:
        """Send it, unless the answer has begun or the line is gone."""
        if self.conn.our_state is h11.SEND_RESPONSE and not self.transport.is_closing():
            told = h11.InformationalResponse(status_code=status, reason=reason, headers=headers)
            self.transport.write(self.conn.send(told) or b"")
