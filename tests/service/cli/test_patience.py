"""Clients that do not finish what they begin: the server cuts them off and serves the others."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.lifespan.off import LifespanOff
from uvicorn.server import ServerState

from service.cli.serving import patience
from service.cli.serving.patience import ImpatientProtocol

LIMIT = 0.3


async def _app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, waits where the path says so, and says how many bytes there were."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    if scope["path"] == "/slow":
        await asyncio.sleep(3 * LIMIT)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(str(size)))]})
    await send({"type": "http.response.body", "body": str(size).encode()})


def _talk(*pieces: tuple[float, bytes]) -> tuple[bytes, float]:
    """Send pieces, each after a pause, then read to the end: what was answered, and seconds until the connection ended."""

    async def talk() -> tuple[bytes, float]:
        loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            _app, http=ImpatientProtocol, ws="none", lifespan="off", log_config=None, timeout_keep_alive=1
        )
        config.load()
        state = ServerState()
        server = await loop.create_server(
            lambda: ImpatientProtocol(config, state, LifespanOff(config).state), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        began = loop.time()
        reading = asyncio.create_task(_read_to_the_end(reader))
        for pause, piece in pieces:
            await asyncio.wait([reading], timeout=pause)
            if not reading.done():
                writer.write(piece)
        told = await asyncio.wait_for(reading, 5)
        took = loop.time() - began
        writer.close()
        server.close()
        return told, took

    return asyncio.run(talk())


async def _read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    told = b""
    try:
        while piece := await reader.read(1024):
            told += piece
    except ConnectionError:
        return told
    return told


@pytest.fixture(autouse=True)
def _short_of_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", LIMIT)
    monkeypatch.setattr(patience, "SILENT_SECONDS", LIMIT)


CLOSE = b"Connection: close\r\n\r\n"


def test_a_connection_that_says_nothing_is_ended() -> None:
    told, took = _talk()
    assert told == b""
    assert LIMIT * 0.9 <= took < 4 * LIMIT


def test_a_head_that_comes_byte_by_byte_is_cut_off_all_the_same() -> None:
    told, took = _talk((0, b"GET / HTTP/1.1\r\n"), *[(LIMIT / 4, b"X")] * 12)
    assert told == b""
    assert took < 5 * LIMIT


def test_a_body_that_stops_is_cut_off_and_one_that_trickles_on_is_not() -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n" + CLOSE
    told, took = _talk((0, head + b"abc"))
    assert told == b""
    assert took < 4 * LIMIT
    told, _ = _talk((0, head), *[(LIMIT / 2, b"x")] * 6)
    assert told.endswith(b"\r\n\r\n6")


def test_a_server_that_takes_its_time_cuts_nobody_off() -> None:
    told, took = _talk((0, b"GET /slow HTTP/1.1\r\nHost: a\r\n" + CLOSE))
    assert told.endswith(b"\r\n\r\n0")
    assert took > 2 * LIMIT


def test_a_second_request_on_one_connection_has_the_same_deadline() -> None:
    first = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    told, took = _talk((0, first), (LIMIT * 2, b"GET / HTTP"), *[(LIMIT / 3, b"/")] * 9)
    assert told.startswith(b"HTTP/1.1 200")
    assert told.count(b"HTTP/1.1 200") == 1
    assert took < 10 * LIMIT
    told, _ = _talk((0, first), (LIMIT * 2, b"GET / HTTP/1.1\r\nHost: a\r\n" + CLOSE))
    assert told.count(b"HTTP/1.1 200") == 2
