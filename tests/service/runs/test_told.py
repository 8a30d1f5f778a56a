"""What the journal tells of runs is told from payloads that their entries commit to, and from no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import JournalBroken
from schemas.journal import Kept
from service.journal.append import Journal
from service.runs.told import runs_in_journal
from tests.service.journal.samples import PAYLOADS, counting_clock


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    with Journal.open(tmp_path, counting_clock()) as journal:
        for kind, told in (("run.started", {"manifest": "aa"}), ("run.finished", {"digest": "bb"})):
            journal.append(kind, {"run": "r-1", **told}, actor="ana", role="analyst", object="r-1")
    return tmp_path


def _replace(directory: Path, old: bytes, new: bytes) -> None:
    path = directory / PAYLOADS
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


def test_a_run_is_told_as_recorded(directory: Path) -> None:
    assert runs_in_journal(directory)["r-1"]["digest"] == "bb"


@pytest.mark.parametrize(("old", "new"), [(b'"bb"', b'"cc"'), (b'"bb"', b'"bb'), (b'"payload":', b'"payloads":')])
def test_another_result_in_the_payload_is_not_replayed_against(directory: Path, old: bytes, new: bytes) -> None:
    _replace(directory, old, new)
    with pytest.raises(JournalBroken) as caught:
        runs_in_journal(directory)
    assert caught.value.where is not None
    assert PAYLOADS in caught.value.where


def test_a_destroyed_payload_is_passed_over(directory: Path) -> None:
    lines = (directory / PAYLOADS).read_bytes().split(b"\n")
    lines[1] = Kept(seq=1, salt=None, payload=None).line()
    (directory / PAYLOADS).write_bytes(b"\n".join(lines))
    assert runs_in_journal(directory)["r-1"]["digest"] is None
