"""Worker children: what they isolate, and how each way of failing is told apart."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.errors import ChildFailed, SubmissionRefused
from service import children
from service.children import Child, Limits

_JOBS = Path(__file__).with_name("echo_jobs.py")


@pytest.fixture
def jobs_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The echo jobs, importable in a child that ignores PYTHONPATH: through a runner that adds their folder."""
    runner = tmp_path / "runner.py"
    runner.write_text(
        f"import sys; sys.path.insert(0, {str(_JOBS.parent)!r})\n"
        "from service.children import _serve\n_serve(sys.argv[-3], int(sys.argv[-2]), int(sys.argv[-1]))\n"
    )
    real = children.subprocess.Popen

    def spawn(command: list[str], **options: object) -> object:
        return real([sys.executable, "-I", str(runner), *command[4:]], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(children.subprocess, "Popen", spawn)
    return "echo_jobs"


@pytest.fixture
def child(jobs_module: str) -> Iterator[Child]:
    child = Child(jobs_module, Limits(wall_seconds=20))
    yield child
    child.close()


def test_a_warm_child_answers_many_jobs_and_reports_progress(child: Child) -> None:
    steps: list[dict[str, int]] = []
    first = child.call("echo", {"steps": 500, "text": "é\n"}, steps.append)
    second = child.call("echo", {})
    assert first["pid"] == second["pid"] != os.getpid()
    assert [step["step"] for step in steps] == list(range(500))
    assert first["payload"]["text"] == "é\n"


def test_a_job_may_answer_first_and_tidy_up_before_the_next_one(child: Child, tmp_path: Path) -> None:
    answer = child.call("tidy", {"left": str(tmp_path / "left")})
    assert answer["left"]
    assert child.call("echo", {})["pid"] == answer["pid"]
    assert not (tmp_path / "left").exists()


def test_a_child_sees_none_of_the_parents_environment(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THALWEG_SECRET", "x")
    seen = child.call("echo", {})["environment"]
    assert "THALWEG_SECRET" not in seen
    assert "HOME" not in seen
    assert {"PYTHONHASHSEED", "TZ", "OMP_NUM_THREADS"} <= set(seen)


def test_an_error_of_ours_crosses_the_pipe_as_itself(child: Child) -> None:
    with pytest.raises(SubmissionRefused) as caught:
        child.call("refuse", {})
    assert (caught.value.where, caught.value.remedy) == ("file.csv", "Send a file with rows.")


def test_any_other_error_is_a_failed_child_with_its_cause(child: Child) -> None:
    with pytest.raises(ChildFailed, match="ZeroDivisionError: a fault of ours"):
        child.call("crash", {})


def test_a_killed_child_is_replaced_for_the_next_job(child: Child) -> None:
    with pytest.raises(ChildFailed, match="killed by signal 9"):
        child.call("die", {})
    assert child.call("echo", {"again": True})["payload"] == {"again": True}


def test_a_child_over_its_time_is_stopped(jobs_module: str) -> None:
    child = Child(jobs_module, Limits(wall_seconds=1))
    with pytest.raises(ChildFailed, match="longer than 1 s"):
        child.call("hang", {})
    child.close()


def test_a_child_that_says_nothing_is_stopped(jobs_module: str) -> None:
    child = Child(jobs_module, Limits(silent_seconds=1))
    with pytest.raises(ChildFailed, match="no progress for 1 s"):
        child.call("hang", {})
    child.close()


def test_a_child_over_its_memory_is_stopped(jobs_module: str) -> None:
    child = Child(jobs_module, Limits(resident_bytes=200 << 20))
    with pytest.raises(ChildFailed, match="more than the 200 MiB allowed"):
        child.call("grow", {})
    child.close()


def test_a_child_is_replaced_after_its_share_of_jobs(jobs_module: str) -> None:
    child = Child(jobs_module, Limits(jobs=2))
    pids = [child.call("echo", {})["pid"] for _ in range(3)]
    assert pids[0] == pids[1] != pids[2]
    child.close()


def test_a_child_whose_parent_is_gone_ends_without_a_word() -> None:
    orphan = subprocess.Popen(
        [sys.executable, "-I", "-m", "service.children", "service.runs.worker", str(32 << 30), "0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert orphan.stdin and orphan.stdout and orphan.stderr  # noqa: PT018 - narrows the types
    orphan.stdout.close()
    orphan.stdin.write(b'{"job": "none", "payload": {}}\n')
    orphan.stdin.close()
    said = orphan.stderr.read()
    orphan.stderr.close()
    assert (orphan.wait(timeout=30), said) == (1, b"")
