"""A disk that fails: every fsync of a submission in turn reports an error, and afterwards nothing acknowledged is missing.

The faults are injected into the system calls of a real process by strace; where there is none, these tests are skipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VICTIM = Path(__file__).with_name("victim.py")
STEPS = ("second", "correction")
FAILING = "fsync,fdatasync"


def _may_trace() -> bool:
    tracer = shutil.which("strace")
    return (
        tracer is not None and subprocess.run([tracer, "-qq", "-e", "trace=none", "true"], check=False).returncode == 0
    )


pytestmark = pytest.mark.skipif(not _may_trace(), reason="strace is absent or not permitted")


def _run_failing(home: Path, error: str, when: int, *, calls: str = FAILING) -> int:
    """The steps in a process whose `when`-th call, counted in each of its threads, fails; how it ended, 0 or 1."""
    order = json.dumps({"home": str(home), "steps": STEPS, "fault": {}}) + "\n"
    inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={when}"]
    command = ["strace", "-f", "-qq", "-o", "/dev/null", *inject, sys.executable, str(VICTIM)]
    done = subprocess.run(command, input=order, capture_output=True, text=True, check=True, timeout=60)
    return int(done.stdout)


def _retry_and_check(victims: Any, check: Callable[..., None], home: Path) -> None:
    assert victims.run(home, *STEPS) == 0
    check(home, victims.acknowledged(home))


def test_an_fsync_that_fails_stops_the_service_and_a_fresh_start_mends(
    victims: Any, fresh: Callable[[], Path], check: Callable[..., None]
) -> None:
    home = fresh()
    assert _run_failing(home, "EIO", 9) == 1
    _retry_and_check(victims, check, home)


@pytest.mark.slow
def test_any_fsync_that_fails_loses_nothing_acknowledged(
    victims: Any, fresh: Callable[[], Path], check: Callable[..., None]
) -> None:
    # The count is kept by thread: DuckDB's writer comes to its first few only, the main thread to all of them.
    ended = {}
    for when in (*range(1, 7), *range(10, 60, 8)):
        home = fresh()
        ended[when] = _run_failing(home, "EIO", when)
        _retry_and_check(victims, check, home)
    assert sum(ended.values()) > 8
    assert ended[58] == 0


@pytest.mark.slow
def test_a_full_disk_at_any_write_loses_nothing_acknowledged(
    victims: Any, fresh: Callable[[], Path], check: Callable[..., None]
) -> None:
    failed = 0
    for when in range(3, 60, 8):
        home = fresh()
        failed += _run_failing(home, "ENOSPC", when, calls="write,pwrite64")
        _retry_and_check(victims, check, home)
    assert failed >= 3
