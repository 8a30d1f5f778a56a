"""104 over a real connection: where an upload goes on is told before its bytes have come, to clients that understand it alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import uvicorn
from support.worlds import HOST
from uvicorn.lifespan.off import LifespanOff
from uvicorn.server import ServerState

from service.cli.serving.telling import TellingProtocol

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"


def talk(world: Any, pieces: list[bytes], *, until: bytes) -> bytes:
    """Send to a server of our protocol over the application, all but the first piece once something was said; what was answered."""

    async def talking() -> bytes:
        config = uvicorn.Config(world.app, http=TellingProtocol, ws="none", lifespan="off", log_config=None)
        config.load()
        state = ServerState()
        made = LifespanOff(config).state
        server = await asyncio.get_running_loop().create_server(
            lambda: TellingProtocol(config, state, made), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(pieces[0])
        told = b""
        for piece in [*pieces[1:], b""]:
            told += await asyncio.wait_for(reader.readuntil(until if not piece else b"\r\n\r\n"), 10)
            writer.write(piece)
        writer.close()
        server.close()
        await asyncio.sleep(0.3)  # so that the server sees the line break
        return told

    return asyncio.run(talking())


def head(world: Any, size: int, *about: str) -> bytes:
    said = [
        "POST /v1/batches?name=march.csv HTTP/1.1",
        f"Host: {HOST.partition('//')[2]}",
        f"Authorization: Bearer {world.keys['bank-a']}",
        f"Content-Length: {size}",
        "Content-Type: text/csv",
        *about,
    ]
    return ("\r\n".join(said) + "\r\n\r\n").encode()


def test_a_whole_file_whose_line_breaks_goes_on_where_the_104_said(world: Any, since: Since) -> None:
    data = (HEADER + "INTERIM-1,2026-03-02T10:00:00Z,transfer,10.50,EUR,A,B\n").encode()
    asked = head(world, len(data), "Upload-Complete: ?1", "Upload-Draft-Interop-Version: 8")
    told = talk(world, [asked + data[:60]], until=b"\r\n\r\n").decode().splitlines()
    assert told[0] == "HTTP/1.1 104 Upload Resumption Supported"
    fields = dict(line.lower().split(": ", 1) for line in told[1:] if line)
    assert (fields["upload-limit"], fields["upload-draft-interop-version"]) == ("max-size=200000, max-age=604800", "8")
    client, where = world.program("bank-a"), fields["location"]
    assert client.head(where).headers["upload-offset"] == "60"
    assert since() == []
    said = {"content-type": "application/partial-upload", "upload-offset": "60", "upload-complete": "?1"}
    assert client.patch(where, content=data[60:], headers=said).status_code == 201
    assert since() == ["batch.accepted"]


def test_the_104_comes_before_the_answer_and_changes_nothing_of_it(world: Any, since: Since) -> None:
    data = (HEADER + "INTERIM-2,2026-03-02T10:00:00Z,transfer,10.50,EUR,A,B\n").encode()
    asked = head(world, len(data), "Upload-Complete: ?1", "Upload-Draft-Interop-Version: 8", "Connection: close")
    told = talk(world, [asked + data[:60], data[60:]], until=b"\r\n\r\n").decode()
    assert [line for line in told.splitlines() if line.startswith("HTTP/")] == [
        "HTTP/1.1 104 Upload Resumption Supported",
        "HTTP/1.1 201 Created",
    ]
    assert "location: /v1/batches/b_" in told
    assert since() == ["batch.accepted"]


def test_who_does_not_say_that_it_understands_a_104_gets_none(world: Any, since: Since) -> None:
    for number, about in enumerate((["Upload-Draft-Interop-Version: 7"], [])):
        data = (HEADER + f"INTERIM-3{number},2026-03-02T10:00:00Z,transfer,10.50,EUR,A,B\n").encode()
        told = talk(world, [head(world, len(data), "Upload-Complete: ?1", *about) + data], until=b"\r\n\r\n").decode()
        assert told.startswith("HTTP/1.1 201 Created")
    assert since() == ["batch.accepted"] * 2
