"""Findings of standing alerts fused again: all of them give the queue back, some of them a queue of these alone."""

from __future__ import annotations

from typing import Any

import pytest
from support.houses import OPERATOR, RULES

from detectors.catalogue import Catalogue
from detectors.evaluation.labels import Pattern
from service.alerts.book import EVERYTHING
from service.house import House
from service.runs.evaluating import evaluate_alerts
from service.runs.refusion import Refusion

DETECTORS = {each.meta.id: each for each in Catalogue.load().detectors}


@pytest.fixture
def alerts(house: House) -> list[dict[str, Any]]:
    house.runs.start(detectors=RULES, **OPERATOR)
    found = [each["body"] for each in house.alerts.page(EVERYTHING, whole=True)]
    assert len(found) >= 2
    return found


def test_all_findings_fused_again_are_the_queue_itself(alerts: list[dict[str, Any]]) -> None:
    again = Refusion(alerts, DETECTORS, max_members=60).fuse()
    told = ("key", "score", "members", "evidence", "window_start", "window_end", "why", "linked", "same_flow")
    assert sorted(_only(again, told), key=str) == sorted(_only(alerts, told), key=str)
    assert [each["score"] for each in again] == [each["score"] for each in alerts]


def test_findings_of_one_detector_make_alerts_of_that_detector(alerts: list[dict[str, Any]]) -> None:
    refusion = Refusion(alerts, DETECTORS, max_members=60)
    rules = refusion.fuse(lambda finding: finding["kind"] == "rule")
    assert rules
    assert {name for each in rules for name in each["detectors"]} == {
        each["detector"] for each in refusion.findings if each["kind"] == "rule"
    }


def test_findings_of_a_detector_that_nobody_knows_any_more_are_left_out(alerts: list[dict[str, Any]]) -> None:
    known = {name: each for name, each in DETECTORS.items() if name != "scatter-gather"}
    refusion = Refusion(alerts, known, max_members=60)
    assert len(refusion.findings) < len(Refusion(alerts, DETECTORS, max_members=60).findings)
    assert all("scatter-gather" not in each["detectors"] for each in refusion.fuse())


def test_an_evaluation_compares_the_queue_with_what_is_left_without_its_rules(alerts: list[dict[str, Any]]) -> None:
    deposits = Pattern("p", "cash-structuring", frozenset({"c0", "c1", "c2"}), frozenset({"SPLIT"}))
    answer = evaluate_alerts(alerts, [deposits], DETECTORS.values(), max_members=60, draws=40)
    found = {each["name"]: each["budgets"][-1]["found"] for each in answer["ablations"]}
    assert answer["budgets"][-1]["found"] == 1
    assert found["all, fused again"] == found["without patterns"] == found["without fusion"] == 1
    assert found["without rules"] == 0
    assert answer["single_detectors"][0]["detector"] == "cash-structuring"


def _only(alerts: list[dict[str, Any]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """These parts of each alert; its evidence as a set, because the order of time is not kept in it."""
    return [{name: _parts(each[name]) if name == "evidence" else each[name] for name in names} for each in alerts]


def _parts(evidence: list[dict[str, str]]) -> list[tuple[str, str]]:
    return sorted((each["batch"], each["reference"]) for each in evidence)
