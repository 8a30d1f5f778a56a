"""How detectors are set: a run takes what two people agreed on, names it in its manifest, and replays with what was set then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.commands import thalweg
from support.houses import OPERATOR, RULES, Opener

from detectors.catalogue import Catalogue
from schemas.errors import AccessDenied, Conflict, RequestInvalid
from service.access.roles import OPERATOR as AT_THE_MACHINE
from service.access.roles import Actor
from service.house import House
from service.tuning.setting import Setting, fitted

SUE, SAM = Actor("sue", "supervisor"), Actor("sam", "supervisor")
RULE = "cash-structuring"


def _propose(house: House, *, status: str | None = None, reset: bool = False, **params: str) -> dict[str, Any]:
    return house.tuning.propose(RULE, params=params, status=status, why="measured", by=SUE, reset=reset)


def _set(house: House, **asked: Any) -> None:
    made = _propose(house, **asked)
    house.tuning.decide(RULE, made["proposal"], "approve", why="", by=SAM)


def _run(house: House) -> tuple[dict[str, Any], dict[str, Any]]:
    """A run, and what its manifest says of the detector; empty where it is not in it."""
    run = house.runs.start(detectors=RULES, **OPERATOR)
    manifest = json.loads((house.home.run(run["run"]) / "manifest.json").read_bytes())
    return run, next((each for each in manifest["detectors"] if each["id"] == RULE), {})


def _counted(run: dict[str, Any]) -> int:
    return int(next(each["findings"] for each in run["detectors"] if each["id"] == RULE))


def test_the_next_run_takes_what_was_approved_and_the_one_after_a_withdrawal_what_its_file_says(house: House) -> None:
    first, ref = _run(house)
    assert (ref["params"]["at_least"], ref["status"], _counted(first)) == ("3", "live", 1)
    made = _propose(house, at_least="4")
    waiting, ref = _run(house)
    assert (ref["params"]["at_least"], waiting["digest"]) == ("3", first["digest"]), "a proposal changes nothing"
    house.tuning.decide(RULE, made["proposal"], "approve", why="", by=SAM)
    strict, ref = _run(house)
    assert (ref["params"]["at_least"], _counted(strict)) == ("4", 0)
    assert strict["set"] == [{"detector": RULE, "params": {"at_least": "4"}, "status": None}]
    _set(house, status="test", at_least="3")
    tried, ref = _run(house)
    assert (ref["status"], ref["params"]["at_least"], _counted(tried)) == ("test", "3", 1)
    assert tried["alerts"] == first["alerts"] - 1, "what is on trial is recorded and raises no alert"
    _set(house, reset=True)
    back, _ = _run(house)
    assert back["digest"] == first["digest"]
    assert "set" not in back


@pytest.mark.slow
def test_a_run_replays_with_what_was_set_then(house: House) -> None:
    _set(house, status="test", at_least="2")
    tried, _ = _run(house)
    _set(house, reset=True)
    told = thalweg(house.home.root, "replay", tried["run"], "--json")
    assert (told.code, json.loads(told.out)["verdict"]) == (0, "identical"), told


def test_what_is_off_runs_only_where_it_is_named_and_then_raises_no_alert(house: House) -> None:
    _set(house, status="off")
    named, ref = _run(house)
    assert (ref["status"], _counted(named)) == ("retired", 1)
    findings = house.runs.start(detectors=[RULE], **OPERATOR)
    assert (findings["findings"], findings["alerts"]) == (1, 0)
    by_itself = fitted(Catalogue.load(), house.tuning.held()).catalogue.pick()
    assert RULE not in {each.meta.id for each in by_itself}
    assert len(by_itself) == len(Catalogue.load().pick()) - 1


def test_only_a_second_person_by_name_approves_and_refusing_ones_own_takes_it_back(house: House) -> None:
    made = _propose(house, at_least="4")["proposal"]
    for who in (SUE, AT_THE_MACHINE):
        with pytest.raises(AccessDenied):
            house.tuning.decide(RULE, made, "approve", why="", by=who)
    with pytest.raises(Conflict, match="waits already"):
        _propose(house, at_least="5")
    with pytest.raises(RequestInvalid, match="say why"):
        house.tuning.decide(RULE, made, "refuse", why=" ", by=SAM)
    house.tuning.decide(RULE, made, "refuse", why="not now", by=SUE)
    with pytest.raises(Conflict, match="decided already"):
        house.tuning.decide(RULE, made, "approve", why="", by=SAM)
    assert house.tuning.held() == {}
    assert [each["state"] for each in house.tuning.proposals(RULE)] == ["refused"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"at_least": "1"}, "out of bounds"),
        ({"at_least": "2.5"}, "whole number"),
        ({"none_such": "4"}, "no such parameter"),
        ({"status": "retired"}, "no such status"),
        ({}, "set so already"),
        ({"at_least": "3"}, "set so already"),
        ({"status": "live"}, "set so already"),
        ({"reset": True}, "set so already"),
    ],
)
def test_what_does_not_fit_or_changes_nothing_is_refused_without_an_entry(
    house: House, asked: dict[str, Any], why: str
) -> None:
    size = house.journal.size
    with pytest.raises((RequestInvalid, Conflict), match=why):
        _propose(house, **asked)
    assert house.journal.size == size


def test_a_number_that_no_longer_fits_the_file_is_named_and_the_files_own_is_used() -> None:
    catalogue = Catalogue.load()
    held = {RULE: {"params": {"at_least": "1", "gone": "7"}, "status": "test"}}
    found = fitted(catalogue, held)
    assert found.numbers[RULE] == {}
    assert {each.where for each in found.left_out} == {f"{RULE}.at_least", f"{RULE}.gone"}
    assert found.catalogue.get(RULE).meta.status == "test"
    assert found.catalogue.get(RULE).logic_hash == catalogue.get(RULE).logic_hash


def test_a_backtest_is_against_what_is_set_and_goes_with_the_proposal_of_just_its_numbers(house: House) -> None:
    _set(house, at_least="4")
    trial = house.backtests.trial(RULE, since="2026-01-01", params={"at_least": "3"})
    told = house.backtests.carry_out(trial, **OPERATOR)
    assert (told["present"], told["numbers"], told["findings"]["gained"]) == ({"at_least": "4"}, {}, 1)
    with pytest.raises(RequestInvalid, match="other numbers"):
        house.tuning.propose(RULE, params={"at_least": "5"}, status=None, why="x", by=SUE, tried=told)
    made = house.tuning.propose(RULE, params={"at_least": "3"}, status=None, why="x", by=SUE, tried=told)
    assert made["tried"]["findings"] == told["findings"]
    assert Setting.of(made) == Setting()
    before = house.backtests.trial(RULE, since="2026-01-01", until="2026-01-02", params={"at_least": "3"})
    assert house.backtests.carry_out(before, **OPERATOR)["findings"]["gained"] == 0


def test_commands_propose_and_tell_leave_approval_to_a_person_and_a_rebuilt_ledger_says_the_same(
    tmp_path: Path, open_at: Opener
) -> None:
    home = tmp_path / "home"
    with open_at(home) as house:
        _set(house, at_least="4")
    listed = map(json.loads, thalweg(home, "detectors", "list", "--json").out.splitlines())
    told = next(each["set"] for each in listed if each["id"] == RULE)
    assert (told["params"], told["proposed_by"], told["decided_by"]) == ({"at_least": "4"}, "sue", "sam")
    assert "at_least = 4 (set so; 3 in its file)" in thalweg(home, "detectors", "show", RULE).out
    made = thalweg(home, "detectors", "propose", RULE, "--status", "off", "--why", "a strike", "--json")
    proposal = json.loads(made.out)["proposal"]
    assert json.loads(made.out)["was"] == {"params": {"at_least": "4"}, "status": None}
    refused = thalweg(home, "detectors", "approve", RULE, proposal)
    assert (refused.code, "the operator may not decide" in refused.err) == (1, True)
    assert thalweg(home, "detectors", "propose", RULE, "--reset", "--status", "off", "--why", "x").code == 2
    before = thalweg(home, "detectors", "proposals", RULE, "--json").out
    assert thalweg(home, "rebuild").code == 0
    assert thalweg(home, "detectors", "proposals", RULE, "--json").out == before
    assert [json.loads(line)["state"] for line in before.splitlines()] == ["waiting", "approved"]
    assert "a strike" in thalweg(home, "detectors", "proposals", RULE).out
