"""Work that must not run in the server: a warm child process with limits, one job at a time, JSON in and JSON out.

A child is started afresh with a cleared environment, so that no setting, hash seed, locale or thread count of the parent can
leak into a result. It may die at any time; the caller then gets ChildFailed with the cause, and the next job gets a new child.
"""

from __future__ import annotations

import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import IO, Any, cast

import psutil

import schemas.errors
from schemas.errors import ChildFailed, ChildOutgrown, ThalwegError

Progress = Callable[[dict[str, Any]], None]
Answer = dict[str, Any]
Job = Callable[[dict[str, Any], Progress], Answer | Generator[Answer]]
"""What a child does with a payload. A job that yields its one answer is done with what it must tidy up after it has been heard."""

_POLL_SECONDS = 0.1
_KEPT_VARIABLES = ("PATH", "THALWEG_FAULT_POINT", "THALWEG_FAULT_COUNT", "LD_LIBRARY_PATH")
_FIXED_VARIABLES = {
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    # Polars gives memory back to the system at once by default, and takes it again for the next block: a twentieth of intake's time.
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:3000,muzzy_decay_ms:3000",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use. Resident memory is watched from outside; the address space is capped generously from inside."""

    wall_seconds: int = 1800
    resident_bytes: int = 3 << 30
    address_bytes: int = 32 << 30
    jobs: int = 200
    silent_seconds: int | None = None
    """The longest time without a progress message, where set: a detector that hangs is found by it."""


class Child:
    """One worker process for the jobs of `module` (its `JOBS`). Thread-safe: calls wait for one another."""

    def __init__(self, module: str, limits: Limits, *, nice: int = 0, threads: int = 1) -> None:
        self._module, self._limits, self._nice, self._threads = module, limits, nice, threads
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._done = 0

    def start(self) -> None:
        """Start the process beforehand, so that the first job does not wait for its imports."""
        with self._lock:
            self._ready()

    def call(self, job: str, payload: dict[str, Any], on_progress: Progress | None = None) -> dict[str, Any]:
        """Run one job. Raises what the job raised if it was a ThalwegError, and ChildFailed for death or a broken limit."""
        with self._lock:
            process = self._ready()
            self._done += 1
            try:
                request = json.dumps({"job": job, "payload": payload}) + "\n"
                cast(IO[bytes], process.stdin).write(request.encode())
                cast(IO[bytes], process.stdin).flush()
                answer = self._listen(process, on_progress or (lambda _: None))
            except (ChildFailed, OSError) as error:
                self._kill()
                if isinstance(error, ChildFailed):
                    raise
                raise ChildFailed("the worker died before it took the job", where=job) from error
            except BaseException:
                self._kill()
                raise
        if "error" in answer:
            raise _as_error(answer["error"])
        return cast(dict[str, Any], answer["result"])

    def stop(self) -> None:
        """End what is at work now; a call that waits for it raises ChildFailed."""
        process = self._process
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the process. A later call starts a new one."""
        with self._lock:
            self._kill()

    def _ready(self) -> subprocess.Popen[bytes]:
        alive = self._process is not None and self._process.poll() is None
        if not alive or self._done >= self._limits.jobs:
            self._kill()
            self._process, self._done = self._spawn(), 0
        assert self._process is not None  # noqa: S101 - narrows the type; the line above set it
        return self._process

    def _spawn(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        environment |= _FIXED_VARIABLES | {"POLARS_MAX_THREADS": str(self._threads)}
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [
                sys.executable,
                "-I",
                "-m",
                "service.children",
                self._module,
                str(self._limits.address_bytes),
                str(self._nice),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )

    def _listen(self, process: subprocess.Popen[bytes], on_progress: Progress) -> dict[str, Any]:
        started = heard = time.monotonic()
        pipe = cast(IO[bytes], process.stdout).fileno()
        unread = b""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while True:
                if selector.select(_POLL_SECONDS):
                    piece = os.read(pipe, 1 << 16)
                    if not piece:
                        raise ChildFailed(_cause_of_death(process), remedy="The job can be tried again.")
                    *lines, unread = (unread + piece).split(b"\n")
                    heard = time.monotonic()
                    for line in lines:
                        message: dict[str, Any] = json.loads(line)
                        if "progress" not in message:
                            return message
                        on_progress(message["progress"])
                self._check_limits(process, started, heard)

    def _check_limits(self, process: subprocess.Popen[bytes], started: float, heard: float) -> None:
        now = time.monotonic()
        if now - started > self._limits.wall_seconds:
            raise ChildFailed(f"the worker took longer than {self._limits.wall_seconds} s and was stopped")
        silent = self._limits.silent_seconds
        if silent is not None and now - heard > silent:
            raise ChildFailed(f"the worker made no progress for {silent} s and was stopped")
        try:
            resident = psutil.Process(process.pid).memory_info().rss
        except psutil.NoSuchProcess:
            return  # its closed pipe tells the story at the next look
        if resident > self._limits.resident_bytes:
            limit = self._limits.resident_bytes >> 20
            raise ChildOutgrown(
                f"the worker used {resident >> 20} MiB, more than the {limit} MiB allowed, and was stopped"
            )

    def _kill(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # what was still buffered was meant for a process that is gone
        self._process = None


def _cause_of_death(process: subprocess.Popen[bytes]) -> str:
    code = process.wait()
    return f"the worker was killed by signal {-code}" if code < 0 else f"the worker ended with exit code {code}"


def _as_error(parts: dict[str, str]) -> ThalwegError:
    kind = getattr(schemas.errors, parts.get("class", ""), ChildFailed)
    return cast(
        ThalwegError,
        kind(parts["why"], where=parts.get("where"), value=parts.get("value"), remedy=parts.get("remedy")),
    )


def _serve(module: str, address_bytes: int, nice: int) -> None:
    """The child's side: read jobs until the pipe closes. Whatever the jobs print goes to stderr, never into the pipe."""
    os.nice(nice)
    resource.setrlimit(resource.RLIMIT_AS, (address_bytes, address_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    jobs: dict[str, Job] = __import__(module, fromlist=["JOBS"]).JOBS

    def say(message: dict[str, Any]) -> None:
        try:
            answers.write(json.dumps(message) + "\n")
            answers.flush()
        except BrokenPipeError:
            os._exit(1)  # the parent is gone: nobody waits for the job, and there is nobody to complain to

    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = jobs[request["job"]](request["payload"], lambda step: say({"progress": step}))
            untidied = answer if isinstance(answer, Generator) else None
            say({"result": answer if untidied is None else next(untidied)})
        except ThalwegError as error:
            say({"error": error.as_dict() | {"class": type(error).__name__}})
        except MemoryError:
            say({"error": {"class": "ChildOutgrown", "why": "the worker ran out of memory"}})
        except Exception as error:
            say({"error": {"class": "ChildFailed", "why": f"{type(error).__name__}: {error}"[:500]}})
        else:
            if untidied is not None:
                untidied.close()  # a child that cannot tidy up dies of it: the next job has another


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
