"""The catalogue over HTTP: what a detector lacks, a rule judged in a child, a backtest that tells counts alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from support.houses import world_csv

from detectors.catalogue import RULES
from service.cli.detectors.skeleton import skeleton

Since = Callable[[], list[str]]


@pytest.fixture(scope="module")
def submitted(world: Any) -> None:
    world.submit("bank-a", world_csv().encode())


def _ended(world: Any, asked: dict[str, Any]) -> dict[str, Any]:
    client = world.program("supervisor")
    answer = client.post("/v1/detectors/backtests", json=asked)
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        found: dict[str, Any] = client.get(answer.headers["location"]).json()
        if found["status"] != "started":
            return found
        time.sleep(0.2)
    raise AssertionError("the backtest did not end")


def test_the_catalogue_says_what_each_detector_needs_and_how_much_of_it_there_is(world: Any) -> None:
    listed = {each["id"]: each for each in world.program("analyst").get("/v1/detectors").json()}
    structuring = listed["cash-structuring"]
    assert (structuring["needs"], structuring["tables"], structuring["coverage"]) == ([], [], {})
    for each in listed.values():
        assert set(each["coverage"]) == set(each["needs"])
        assert set(each["empty_tables"]) <= set(each["tables"])


def test_one_detector_is_told_with_its_examples_its_bounds_and_its_source(world: Any) -> None:
    told = world.program("auditor").get("/v1/detectors/cash-structuring").json()
    assert told["params"]["at_least"]["least"] == 2
    assert len(told["fires"]) + len(told["silent"]) == told["examples"]
    assert told["source"] == (RULES / "generic" / "cash-structuring.sql").read_text("utf-8")
    assert world.program("auditor").get("/v1/detectors/none-such").status_code == 404


def test_a_sound_rule_is_called_sound_and_joins_nothing(world: Any, since: Since) -> None:
    client = world.program("supervisor")
    told = client.post("/v1/detectors/lint", json={"text": skeleton("my-rule", "fuel")}).json()
    (fires, *silent) = told.pop("outcomes")
    assert told == {"id": "my-rule", "sound": True, "examples": 3, "faults": []}
    assert (fires["holds"], fires["flagged"], fires["count"]) == (True, ["A-1"], 1)
    (found,) = fires["findings"]
    assert {"account": "A-1", "role": "beneficiary"} in found["members"]
    assert [row["reference"] for row in found["transactions"]] == ["0001", "0002", "0003"]
    assert found["sentence"]["en"].startswith("3 ")
    assert [(each["kind"], each["findings"]) for each in silent] == [("silent", [])] * 2
    assert client.get("/v1/detectors/my-rule").status_code == 404
    assert since() == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("select account as subject", "select random() as chance, account as subject"), "RAND is not in the subset"),
        (("---*/\n", "---*/\nselect 1; "), "statement"),
        (("from flows", "from read_csv('/etc/passwd')"), "READCSV is not in the subset"),
        (('flags = ["A-1"]', 'flags = ["B-9"]'), "not in it"),
        (('id = "my-rule"', 'id = "cash-structuring"'), "two detectors have one id"),
        (("deposits >= $at_least and", "deposits > $at_least and"), "does not hold"),
    ],
)
def test_every_fault_has_its_line_and_its_cure_and_no_place_of_this_machine(
    world: Any, change: tuple[str, str], why: str
) -> None:
    text = skeleton("my-rule", "fuel")
    assert change[0] in text
    told = world.program("supervisor").post("/v1/detectors/lint", json={"text": text.replace(*change)}).json()
    assert not told["sound"]
    assert all(fault["line"] and fault["remedy"] for fault in told["faults"])
    assert any(why in f"{fault['why']} {fault['value']}" for fault in told["faults"]), told
    assert str(world.house.home.root) not in str(told)
    assert all(each["count"] == len(each["findings"]) for each in told["outcomes"])


def test_what_is_sent_to_be_judged_may_be_anything_and_the_service_goes_on(world: Any) -> None:
    client = world.program("supervisor")
    deep = '/*---\nid = "x"\n---*/\nselect ' + "(" * 20_000 + "1" + ")" * 20_000
    for text in ("\x00", "no rule", deep, "/*---\nx = " + "[" * 20_000 + "\n---*/\nselect 1"):
        told = client.post("/v1/detectors/lint", json={"text": text})
        assert told.status_code == 200, told.text
        assert not told.json()["sound"]
        assert told.json()["faults"][0]["line"]
    assert client.get("/healthz").json()["ok"]


@pytest.mark.usefixtures("submitted")
def test_a_backtest_tells_counts_by_week_and_names_no_account(world: Any, since: Since) -> None:
    asked = {"detector": "cash-structuring", "since": "2026-01-01", "params": {"at_least": "4"}}
    told = _ended(world, asked)
    assert told["status"] == "finished", told
    result = told["result"]
    assert result["findings"] == {"present": 1, "changed": 0, "kept": 0, "lost": 1, "gained": 0}
    assert [week["lost"] for week in result["weeks"]] == [1]
    assert "SPLIT" not in str(told)
    assert [kind for kind in since() if kind != "reference.loaded"] == ["detector.backtested"]
    assert world.program("supervisor").get("/v1/detectors/backtests/t_none").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"detector": "none-such", "since": "2026-01-01"}, 404),
        ({"detector": "cash-structuring", "since": "01.01.2026"}, 422),
        ({"detector": "cash-structuring", "since": "2026-01-01", "params": {"at_least": "1"}}, 422),
        ({"detector": "cash-structuring", "since": "2026-01-01", "params": {"at_least": "NaN"}}, 422),
        ({"detector": "cash-structuring", "since": "2026-01-01", "params": {"nothing": "4"}}, 422),
    ],
)
def test_what_cannot_be_tried_is_refused_at_once_and_leaves_no_entry(
    world: Any, asked: dict[str, Any], status: int, since: Since
) -> None:
    assert world.program("supervisor").post("/v1/detectors/backtests", json=asked).status_code == status
    assert since() == []


def test_only_one_rule_is_judged_at_a_time(world: Any) -> None:
    with world.app.state.office.work.judging():
        assert world.program("supervisor").post("/v1/detectors/lint", json={"text": "x"}).status_code == 409
    assert world.program("supervisor").post("/v1/detectors/lint", json={"text": "x"}).status_code == 200


def test_only_one_run_or_backtest_goes_on_at_a_time(world: Any) -> None:
    with world.app.state.office.work._running:
        asked = {"detector": "cash-structuring", "since": "2026-01-01"}
        assert world.program("supervisor").post("/v1/detectors/backtests", json=asked).status_code == 409
