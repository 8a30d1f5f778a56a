"""One server process over one open house: it listens, leaves its note for local commands, and ends in good order."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType
from typing import Any, NoReturn

import structlog
import uvicorn

from schemas.errors import HomeUnavailable
from service.app import create_app
from service.cli.desk.running import noted
from service.cli.listening import address_of
from service.cli.serving.telling import TellingProtocol
from service.house import House
from service.settings import Settings

MOST_CONNECTIONS = 256
_KEEP_ALIVE_SECONDS, _GRACE_SECONDS = 10, 20
_LARGEST_HEAD = 32 * 1024
_TICKS_BETWEEN_LOOKS = 10


def serve_house(settings: Settings, house: House, listener: socket.socket, *, on_ready: Callable[[str], None]) -> None:
    """Serve until the process is told to end by SIGINT or SIGTERM. `on_ready` gets the address once requests are answered.

    Raises HomeUnavailable where journal or ledger have failed: only a fresh start can tell what is on disk.
    """
    _log_as_json()
    token = secrets.token_urlsafe(32)
    config = uvicorn.Config(
        create_app(settings, house, operator_token=token),
        http=TellingProtocol,
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
            address = address_of(listener)

            def ready() -> None:
                stack.enter_context(noted(house.home.root, address, token))
                on_ready(address)

            _Server(config, house, ready).run(sockets=[listener])
    except KeyboardInterrupt:
        return  # how an operator ends a server at a terminal
    finally:
        signal.signal(signal.SIGTERM, before)
    if (why := house.failed) is not None:
        raise HomeUnavailable(
            "the server has ended, since its storage failed", value=why,
            remedy="Start it again: the start finds out what is on disk and mends the ledger.",
        )  # fmt: skip


class _Server(uvicorn.Server):
    """Says when the application is up, and ends where the storage of the house has failed."""

    def __init__(self, config: uvicorn.Config, house: House, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._house, self._ready = house, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to end. Every tenth time the house is asked, which may wait for an entry to reach the disk."""
        if counter % _TICKS_BETWEEN_LOOKS == 0 and await asyncio.to_thread(lambda: self._house.failed) is not None:
            return True
        return await super().on_tick(counter)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _log_as_json() -> None:
    """What goes wrong, as JSON lines on standard error: ours and that of the libraries. No access log."""
    told: list[Any] = [
        structlog.contextvars.merge_contextvars,
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
