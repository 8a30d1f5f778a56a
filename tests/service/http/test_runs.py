"""Runs and replays over HTTP: started once, followed while they go on, replayed to a verdict. A stand-in carries them out."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from schemas.errors import ChildFailed, NotFound
from service.http import work
from service.runs.execute import Runs
from service.runs.outputs import write_alerts

Since = Callable[[], list[str]]
ONE = {"id": "cash-structuring", "kind": "rule", "status": "done", "findings": 0, "seconds": "0.050", "cause": None}
_numbers = itertools.count(1)
"""Of the runs of all these tests: one house stands for all of them."""


@dataclass
class StandIn:
    """Journals what a run journals, and ends when it is let go."""

    world: Any
    let_go: threading.Event = field(default_factory=threading.Event)
    fails: Exception | None = None
    at_once: Exception | None = None

    def start(self, runs: Runs, **asked: Any) -> dict[str, Any]:
        if self.at_once is not None:
            raise self.at_once
        house, who = self.world.house, {name: asked[name] for name in ("actor", "role", "session")}
        run = f"r_stand-in-{next(_numbers)}"
        house.record("run.started", {"run": run, "manifest": "0" * 64, "as_of": "x"}, object=run, **who)
        asked["on_progress"]({"step": "load"})
        self.let_go.wait(20)
        if self.fails is not None:
            house.record("run.failed", {"run": run, "cause": {"why": "no memory"}}, object=run, **who)
            raise self.fails
        place = house.home.run(run)
        place.mkdir()
        write_alerts(place / "alerts.parquet", [], [])
        told = {"run": run, "findings": 0, "alerts": 0, "digest": "1" * 64, "seconds": "0.100"}
        told["detectors"] = [ONE]
        house.record("run.finished", told | {"files": {}}, object=run, **who)
        return runs.get(run)


@pytest.fixture
def stand_in(world: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    made = StandIn(world)

    def start(runs: Runs, **asked: Any) -> dict[str, Any]:
        return made.start(runs, **asked)

    monkeypatch.setattr(Runs, "start", start)
    monkeypatch.setattr("service.ledger.alerts._bodies", lambda *_: [])
    yield made
    made.let_go.set()
    world.app.state.office.work.settle(5)


def test_a_run_is_202_with_an_address_that_follows_it(world: Any, stand_in: StandIn, since: Since) -> None:
    client = world.program("analyst")
    answer = client.post("/v1/runs", json={})
    assert answer.status_code == 202
    address = answer.headers["location"]
    going = client.get(address).json()
    assert (going["status"], going["progress"]) == ("started", {"step": "load"})
    second = world.program("supervisor").post("/v1/runs", json={})
    assert (second.status_code, second.json()["type"].rpartition("/")[2]) == (409, "conflict")
    stand_in.let_go.set()
    assert world.app.state.office.work.await_end(going["run"], 10)
    ended = client.get(address).json()
    assert (ended["status"], ended["digest"]) == ("finished", "1" * 64)
    assert "progress" not in ended
    assert since() == ["run.started", "run.finished"]
    assert client.get("/v1/runs").json()["items"][0]["run"] == going["run"]


def test_whoever_prefers_to_wait_gets_the_end(world: Any, stand_in: StandIn) -> None:
    stand_in.let_go.set()
    answer = world.program("analyst").post("/v1/runs", json={}, headers={"prefer": "respond-async, wait=10"})
    assert (answer.status_code, answer.json()["status"]) == (200, "finished")
    assert answer.json()["seconds"] == 0.1
    (detector,) = answer.json()["detectors"]
    assert (detector["id"], detector["seconds"]) == ("cash-structuring", 0.05)
    page = world.browser("analyst").get(f"/runs/{answer.json()['run']}").text
    assert '<td class="number" data-label="Seconds">0.05</td>' in page


def test_a_run_that_fails_leaves_the_way_free_for_the_next(world: Any, stand_in: StandIn, since: Since) -> None:
    stand_in.let_go.set()
    stand_in.fails = ChildFailed("no memory")
    failed = world.program("analyst").post("/v1/runs", json={}, headers={"prefer": "wait=10"})
    assert failed.json()["status"] == "failed"
    stand_in.fails = None
    assert world.program("analyst").post("/v1/runs", json={}, headers={"prefer": "wait=10"}).status_code == 200
    assert since() == ["run.started", "run.failed", "run.started", "run.finished"]


def test_what_keeps_a_run_from_beginning_is_told_at_once(world: Any, stand_in: StandIn, since: Since) -> None:
    stand_in.at_once = NotFound("there are no transactions")
    assert world.program("analyst").post("/v1/runs", json={}).status_code == 404
    stand_in.at_once = NotFound("there is no such detector", value="no-such", remedy="There are: a, b.")
    unknown = world.program("analyst").post("/v1/runs", json={"detectors": ["a", "no-such"]})
    assert (unknown.status_code, unknown.json()["field"], unknown.json()["remedy"]) == (
        422, "detectors", "There are: a, b.",
    )  # fmt: skip
    for as_of in ("yesterday", "2026-03-01T00:00:00"):
        assert world.program("analyst").post("/v1/runs", json={"as_of": as_of}).status_code == 422
    assert since() == []


def test_the_page_of_a_run_comes_anew_while_it_goes_on(world: Any, stand_in: StandIn) -> None:
    browser = world.browser("analyst")
    address = browser.post("/runs").headers["location"]
    assert '<meta http-equiv="refresh"' in browser.get(address).text
    stand_in.let_go.set()
    world.app.state.office.work.await_end(address.rpartition("/")[2], 10)
    page = browser.get(address).text
    assert '<meta http-equiv="refresh"' not in page
    assert "finished" in page


def test_a_replay_gives_its_verdict_and_an_entry(
    world: Any, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, since: Since
) -> None:
    stand_in.let_go.set()
    run = world.program("analyst").post("/v1/runs", json={}, headers={"prefer": "wait=10"}).json()["run"]
    verdict = {"verdict": "different", "original_digest": "1" * 64, "replayed_digest": "2" * 64}
    differences = [{"what": "finding f_1", "why": "is found <now> and was not before"}]
    monkeypatch.setattr(work, "replay", lambda home, run, **_: verdict | {"run": run, "differences": differences})
    answer = world.program("auditor").post(f"/v1/runs/{run}/replays")
    assert answer.status_code == 200
    assert answer.json() == verdict | {"run": run, "differences": differences}
    assert since() == ["run.started", "run.finished", "run.replayed"]
    page = world.browser("auditor").post(f"/runs/{run}/replays").text
    assert "different" in page
    assert "is found &lt;now&gt;" in page
    assert "different" in world.browser("auditor").get(f"/runs/{run}").text


def test_a_replay_of_nothing_records_nothing(world: Any, since: Since) -> None:
    assert world.program("auditor").post("/v1/runs/r_none/replays").status_code == 404
    assert world.browser("auditor").post("/runs/r_none/replays").status_code == 404
    assert world.program("auditor").get("/v1/runs/r_none").status_code == 404
    assert since() == []
