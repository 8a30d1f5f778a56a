"""A process killed in the middle of an append: what it had acknowledged is there, what was half done is gone or whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.journal.append import Journal
from service.journal.verify import verify_journal
from tests.service.journal.samples import ENTRIES, PAYLOADS, accept, counting_clock

_ROOT = Path(__file__).parents[3]


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.service.journal.appender", *arguments]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE)


def _acknowledged(process: subprocess.Popen[bytes]) -> dict[int, str]:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    pairs = (line.split(" ") for line in output.decode().splitlines())
    return {int(seq): digest for seq, digest in pairs}


@pytest.mark.parametrize(
    ("point", "size", "cut"),
    [
        ("journal.payload", 2, [PAYLOADS]),
        ("journal.torn", 2, [ENTRIES, PAYLOADS]),
        ("journal.entry", 3, []),
        ("journal.synced", 3, []),
    ],
)
def test_killed_in_the_third_append_the_chain_is_whole_and_the_acknowledged_are_there(
    directory: Path, point: str, size: int, cut: list[str]
) -> None:
    acknowledged = _acknowledged(_start(str(directory), point))
    assert sorted(acknowledged) == [0, 1]
    with Journal.open(directory, counting_clock()) as journal:
        assert journal.size == size
        assert [one["file"] for one in journal.recovery] == cut
        hashes = [one.hash for one in journal.read()]
        assert [hashes[seq] for seq in acknowledged] == list(acknowledged.values())
        accept(journal, 99)
    assert verify_journal(directory).entries == size + 1


@pytest.mark.slow
def test_killed_at_any_moment_again_and_again_nothing_acknowledged_is_lost(directory: Path) -> None:
    moments = random.Random(20250301)
    everything: dict[int, str] = {}
    for _ in range(20):
        process = _start(str(directory))
        assert process.stdout is not None
        first = process.stdout.readline().decode().split()
        time.sleep(moments.uniform(0, 0.05))
        process.kill()
        everything |= {int(first[0]): first[1]} | _acknowledged(process)
    with Journal.open(directory, counting_clock()) as journal:
        hashes = [one.hash for one in journal.read()]
    assert {seq: hashes[seq] for seq in everything} == everything
    assert verify_journal(directory).ok
