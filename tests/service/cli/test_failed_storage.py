"""A server whose storage failed stops, says so by its exit code, and the next start finds out what is on disk."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.commands import serving, thalweg

from service.cli.desk.running import NOTE

JOURNAL = """
import errno
from service.journal.files import FilePair
def fails(*_):
    raise OSError(errno.EIO, "Input/output error")
FilePair.write = fails
"""
LEDGER = """
import duckdb
from service.ledger import store
def fails(cursor, sql, params):
    raise duckdb.FatalException("the database has been invalidated")
store._frame = fails
store.Store.query = lambda self, sql, params=(): self._read(lambda cursor: fails(cursor, sql, params))
"""
SERVE = """
import os, sys, threading, time
from pathlib import Path
from service.cli import main
home = Path(sys.argv[2])
def break_it():
    while not (home / "break").exists():
        time.sleep(0.02)
    exec(os.environ["BREAK"], {})
    (home / "broken").touch()
threading.Thread(target=break_it, daemon=True).start()
main()
"""


@contextmanager
def _breaking(home: Path, how: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A server whose storage fails from now on, and the note that it left."""
    words = [sys.executable, "-c", SERVE, "--home", str(home), "serve", "--port", "0"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env={"BREAK": how}) as server:
        deadline = time.monotonic() + 60
        while not (home / NOTE).is_file() and server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        note = json.loads((home / NOTE).read_text("utf-8"))
        (home / "break").touch()
        while not (home / "broken").exists():
            time.sleep(0.02)
        try:
            yield server, note
        finally:
            server.kill()


def _register(note: dict[str, Any]) -> int:
    place = urlsplit(note["url"])
    connection = HTTPConnection(place.hostname or "", place.port, timeout=20)
    body = json.dumps({"partner": "late-bank", "name": "Late", "institution": "LATE"})
    headers = {"authorization": f"Bearer {note['token']}", "content-type": "application/json"}
    connection.request("POST", "/v1/partners", body, headers)
    answer = connection.getresponse()
    assert answer.getheader("content-type") == "application/problem+json"
    assert "late" not in answer.read().decode().lower()
    connection.close()
    return answer.status


@pytest.mark.parametrize("how", [JOURNAL, LEDGER], ids=["journal", "ledger"])
def test_a_server_whose_storage_failed_answers_503_and_ends_so_that_a_restart_reconciles(home: Path, how: str) -> None:
    with _breaking(home, how) as (server, note):
        assert _register(note) == 503
        _, err = server.communicate(timeout=40)
        assert server.returncode == 1, err
        assert "storage failed" in err
        assert "Traceback" not in err
    assert not (home / NOTE).exists()
    assert "late-bank" not in [each["partner"] for each in thalweg(home, "partners", "list", "--json").records]
    assert thalweg(home, "verify").code == 0
    with serving(home):
        assert thalweg(home, "partners", "add", "late-bank", "--name", "L", "--institution", "LATE").code == 0
