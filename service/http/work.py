"""Work that takes longer than a request should: a run goes on in a thread of its own, one at a time; a replay in a fresh child."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from schemas.errors import Conflict, NotFound, RequestInvalid, ThalwegError
from service.access.roles import Actor
from service.children import Child
from service.house import House, run_limits, run_options
from service.runs.backtest import Trial
from service.runs.replay import replay

_REMEMBERED = 50
"""Backtests whose result can still be asked for."""


class Work:
    """The long work of one house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._running, self._replaying, self._judging = threading.Lock(), threading.Lock(), threading.Lock()
        self._backtests: dict[str, dict[str, Any]] = {}
        self._trying: Future[None] | None = None
        self._going: tuple[str, Future[dict[str, Any]], dict[str, Any]] | None = None

    def start(
        self,
        by: Actor,
        *,
        as_of: str | None = None,
        detectors: Sequence[str] | None = None,
        false_discoveries: int | None = None,
    ) -> str:
        """Start a run; its id, as soon as the journal has it.

        Raises Conflict where a run is going already, and what the start itself raises: then no run was begun.
        """
        moment = None if as_of is None else _moment(as_of)
        self._take_turn()
        begun: Future[str] = Future()
        ended: Future[dict[str, Any]] = Future()
        progress: dict[str, Any] = {}

        def follow(step: dict[str, Any]) -> None:
            progress.clear()
            progress.update(step)
            if not begun.done():  # the first step comes after the entry; one run at a time, so the newest is this one
                run = str(self._house.runs.all()[0]["run"])
                self._going = (run, ended, progress)
                begun.set_result(run)

        def carry_out() -> None:
            try:
                found = self._house.runs.start(
                    actor=by.actor,
                    role=by.role,
                    session=by.session,
                    as_of=moment,
                    detectors=detectors,
                    false_discoveries=false_discoveries,
                    on_progress=follow,
                )
                ended.set_result(found)
                if not begun.done():
                    begun.set_result(found["run"])
            except BaseException as error:
                ended.set_exception(error)
                if not begun.done():
                    begun.set_exception(error)
            finally:
                self._running.release()

        threading.Thread(target=carry_out, name="run", daemon=True).start()
        return begun.result()

    def await_end(self, run: str, seconds: float) -> bool:
        """Wait until a run has ended, however it did; False where it has not by then."""
        going = self._going
        if going is None or going[0] != run:
            return True
        wait([going[1]], timeout=seconds)
        return going[1].done()

    def progress(self, run: str) -> dict[str, Any] | None:
        """The last step that a run told of; None where it is not going."""
        going = self._going
        return dict(going[2]) if going is not None and going[0] == run and not going[1].done() else None

    def backtest(self, trial: Trial, by: Actor) -> str:
        """Start a backtest; its id. It takes the turn of a run, whose memory it needs. Raises Conflict where one is going."""
        self._take_turn()
        backtest, ended = f"t_{secrets.token_hex(8)}", Future[None]()
        told: dict[str, Any] = {"backtest": backtest, "detector": trial.detector.meta.id, "status": "started"}
        told["progress"] = {"step": "begin"}
        self._backtests[backtest], self._trying = told, ended
        for oldest in list(self._backtests)[:-_REMEMBERED]:
            del self._backtests[oldest]

        def carry_out() -> None:
            ending: dict[str, Any] = {"status": "failed", "cause": {"why": "something went wrong here"}}
            try:
                found = self._house.backtests.carry_out(
                    trial,
                    actor=by.actor,
                    role=by.role,
                    session=by.session,
                    on_progress=lambda step: told.update(progress=step),
                )
                ending = {"status": "finished", "result": found}
            except ThalwegError as error:
                ending = {"status": "failed", "cause": error.as_dict()}
            finally:
                told.update(ending | {"progress": None})
                ended.set_result(None)
                self._running.release()

        threading.Thread(target=carry_out, name="backtest", daemon=True).start()
        return backtest

    def backtested(self, backtest: str) -> dict[str, Any]:
        """A backtest as it stands: `status`, and `progress`, `result` or `cause`. Raises NotFound."""
        told = self._backtests.get(backtest)
        if told is None:
            raise NotFound(
                "there is no such backtest", value=backtest, remedy="They are forgotten when the service ends."
            )
        return dict(told)

    @contextmanager
    def judging(self) -> Iterator[None]:
        """The turn to judge a rule: one child at a time. Raises Conflict where a rule is being judged already."""
        if not self._judging.acquire(blocking=False):
            raise Conflict("a rule is being judged already", remedy="Try again in a moment.")
        try:
            yield
        finally:
            self._judging.release()

    def _take_turn(self) -> None:
        if self._running.acquire(blocking=False):
            return
        if self._trying is not None and not self._trying.done():
            raise Conflict("a backtest is going already", remedy="Wait for it to end.")
        raise Conflict(
            "a run is going already", remedy="Wait for it to end; it sees what was accepted before it began."
        )

    def settle(self, seconds: float) -> None:
        """Give a run or a backtest that is going some time to end, before the house is closed."""
        going: list[Future[Any] | None] = [self._going[1] if self._going else None, self._trying]
        wait([each for each in going if each is not None], timeout=seconds)

    def replay(self, run: str, by: Actor) -> dict[str, Any]:
        """Carry out a run again in a fresh child and record the verdict. Raises Conflict where another replay is going."""
        if not self._replaying.acquire(blocking=False):
            raise Conflict("a replay is going already", remedy="Wait for it to end.")
        house = self._house
        options = run_options(house.settings, 1)
        child = Child("service.runs.worker", run_limits(house.settings), nice=10, threads=options.threads)
        try:
            found = replay(house.home, run, child=child, options=options)
        finally:
            child.close()
            self._replaying.release()
        told = {name: found[name] for name in ("run", "verdict", "original_digest", "replayed_digest")}
        house.record("run.replayed", told, actor=by.actor, role=by.role, session=by.session, object=run)
        return found


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # the first and the last day of the calendar overflow elsewhere
        raise RequestInvalid(
            "this is not a time", where="as_of", value=text, remedy="Write 2026-03-31T12:00:00Z."
        ) from error
    if moment.tzinfo is None:
        raise RequestInvalid("the time has no offset", where="as_of", value=text, remedy="Add Z or +01:00.")
    return moment.replace(tzinfo=None)
