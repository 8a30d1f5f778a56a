"""Writes that survive a crash, and the places where tests may crash the process.

A file becomes visible only whole: written beside its place, fsynced, renamed, and its directory fsynced.
"""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

from schemas.errors import StorageFull

_passed = 0


def fault_point(name: str) -> None:
    """Kill this process with SIGKILL if a test asked for it here; else do nothing.

    `THALWEG_FAULT_POINT=name` asks by name; `THALWEG_FAULT_COUNT=n` asks for the n-th point that is passed, from 1. Both are
    for tests of crashes only and are documented in docs/operations.md.
    """
    global _passed  # noqa: PLW0603 - one counter for the process is the point
    _passed += 1
    if os.environ.get("THALWEG_FAULT_POINT") == name or os.environ.get("THALWEG_FAULT_COUNT") == str(_passed):
        os.kill(os.getpid(), signal.SIGKILL)


def fault_points_passed() -> int:
    """How many fault points this process has passed: a test learns from it how many there are to crash at."""
    return _passed


def fsync_dir(path: Path) -> None:
    """Make renames and creations inside a directory durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_file(path: Path) -> None:
    """Make the bytes of a finished file durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rename_durably(source: Path, target: Path) -> None:
    """Fsync `source`, rename it to `target` in place of whatever stands there, and fsync the directory."""
    fsync_file(source)
    source.replace(target)
    fsync_dir(target.parent)


def write_durably(path: Path, data: bytes) -> None:
    """Write `data` to `path`, visible only whole. Raises StorageFull where the volume has no room."""
    aside = path.with_name(f".{path.name}.new")
    try:
        with aside.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        aside.replace(path)
        fsync_dir(path.parent)
    except OSError as error:
        aside.unlink(missing_ok=True)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull(
                "the volume has no room",
                where=path.name,
                remedy="Free space or enlarge the volume; nothing was accepted.",
            ) from error
        raise
