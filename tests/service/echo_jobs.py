"""Jobs for the tests of worker children: they echo, fail, hang, grow and die on request."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from schemas.errors import SubmissionRefused
from service.children import Progress


def echo(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    for step in range(payload.get("steps", 0)):
        progress({"step": step})
    sys.stdout.write("what a library prints must not reach the pipe\n")
    return {"payload": payload, "pid": os.getpid(), "environment": sorted(os.environ)}


def refuse(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    raise SubmissionRefused("the file is empty", where="file.csv", value="", remedy="Send a file with rows.")


def crash(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    raise ZeroDivisionError("a fault of ours")


def die(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def hang(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    time.sleep(60)
    return {}


def grow(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    held = []
    while True:
        held.append(os.urandom(1 << 24))
        time.sleep(0.01)


def tidy(payload: dict[str, Any], progress: Progress) -> Generator[dict[str, Any]]:
    left = Path(payload["left"])
    left.touch()
    try:
        yield {"pid": os.getpid(), "left": left.exists()}
    finally:
        left.unlink()


JOBS = {"echo": echo, "tidy": tidy, "refuse": refuse, "crash": crash, "die": die, "hang": hang, "grow": grow}
