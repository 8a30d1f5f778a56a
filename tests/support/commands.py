"""Commands as tests give them: in this process, which is quick, or in one of their own, and servers that are really started."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from service.cli import main
from service.cli.desk.running import NOTE

_START_SECONDS = 60


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def record(self) -> dict[str, Any]:
        """The one line of JSON."""
        (found,) = self.records
        return found


def thalweg(home: Path, *words: str, **environment: str) -> Told:
    """Give a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        mock.patch.object(sys, "argv", ["thalweg", "--home", str(home), *words]),
        mock.patch.dict(os.environ, environment),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return Told(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


def in_a_fresh_process(home: Path, *words: str, cwd: Path | None = None, **environment: str) -> Told:
    """Give a command in a process of its own."""
    done = subprocess.run(
        command(home, *words), capture_output=True, text=True, cwd=cwd, env=os.environ | environment, check=False
    )
    return Told(done.returncode, done.stdout, done.stderr)


def command(home: Path, *words: str) -> list[str]:
    """The words of a process that gives a command."""
    return [sys.executable, "-c", "from service.cli import main; main()", "--home", str(home), *words]


@contextmanager
def serving(home: Path, *, end_by: int = signal.SIGTERM) -> Iterator[str]:
    """A server over a home, in a process of its own, on a free port; its address."""
    with subprocess.Popen(command(home, "serve", "--port", "0"), stderr=subprocess.PIPE, text=True) as server:
        try:
            yield _address(home, server)
        finally:
            server.send_signal(end_by)
            _, err = server.communicate(timeout=30)
            assert "Traceback" not in err, err


def _address(home: Path, server: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + _START_SECONDS
    note = home / NOTE
    while time.monotonic() < deadline and server.poll() is None:
        if note.is_file():
            told = json.loads(note.read_text("utf-8"))
            if told["process"] == server.pid:
                return str(told["url"])
        time.sleep(0.05)
    raise AssertionError("the server did not start")
