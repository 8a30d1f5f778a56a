"""One server process over one open house: it listens, leaves its note for local commands, and ends in good order."""

from __future__ import annotations

import logging
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from types import FrameType
from typing import Any, NoReturn

import structlog
import uvicorn
from fastapi import FastAPI

from service.app import create_app
from service.cli.desk.running import noted
from service.cli.listening import address_of
from service.cli.serving.operator import OperatorGate
from service.cli.serving.patience import ImpatientProtocol
from service.house import House
from service.settings import Settings

MOST_CONNECTIONS = 256
_KEEP_ALIVE_SECONDS, _GRACE_SECONDS = 10, 20
_LARGEST_HEAD = 32 * 1024


def serve_house(settings: Settings, house: House, listener: socket.socket, *, on_ready: Callable[[str], None]) -> None:
    """Serve until the process is told to end by SIGINT or SIGTERM. `on_ready` gets the address once requests are answered."""
    _log_as_json()
    app = create_app(settings, house)
    config = uvicorn.Config(
        app,
        http=ImpatientProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # it would hold the addresses of people and the ids of alerts
        server_header=False,
        proxy_headers=False,  # a header that any client can write says nothing of where it comes from
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        h11_max_incomplete_event_size=_LARGEST_HEAD,
    )
    before = signal.signal(signal.SIGTERM, _end)
    try:
        with ExitStack() as stack:
            _Server(config, app, house, stack, address_of(listener), on_ready).run(sockets=[listener])
    except KeyboardInterrupt:
        return  # how an operator ends a server at a terminal
    finally:
        signal.signal(signal.SIGTERM, before)


class _Server(uvicorn.Server):
    """Opens the gate to the operator and leaves the note when the application is up."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: FastAPI,
        house: House,
        stack: ExitStack,
        address: str,
        on_ready: Callable[[str], None],
    ) -> None:
        super().__init__(config)
        self._app, self._house, self._stack = app, house, stack
        self._address, self._on_ready = address, on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        token = secrets.token_urlsafe(32)
        office = self._app.state.office
        self._app.state.office = replace(office, gate=OperatorGate(self._house, office.gate.sessions, token))
        self._stack.enter_context(noted(self._house.home.root, self._address, token))
        self._on_ready(self._address)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _log_as_json() -> None:
    """What goes wrong, as JSON lines on standard error: ours and that of the libraries. No access log."""
    told: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    shown = structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=told, processors=[without_meta, shown]))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    structlog.configure(processors=[*told, shown], logger_factory=structlog.PrintLoggerFactory(sys.stderr))
