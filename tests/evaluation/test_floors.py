"""The queue may not get worse unnoticed: floors for the fixture world and, where their data lies beside the project, the simulators."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from evaluation.worlds import LOADERS, OPERATOR, is_there

from detectors.catalogue import Catalogue
from detectors.evaluation.labels import Pattern, read_truth
from detectors.evaluation.metrics import matches
from service.house import open_house
from service.runs.evaluating import evaluate_alerts, shown
from service.runs.outputs import ALERTS, read_records
from service.settings import Settings

FLOORS: dict[str, dict[str, dict[str, int]]] = tomllib.loads(Path(__file__).with_name("floors.toml").read_text("utf-8"))


def test_every_floor_is_for_data_that_can_be_measured() -> None:
    assert FLOORS.keys() == LOADERS.keys()
    assert {part for floors in FLOORS.values() for part in floors} <= {"recall", "precision", "first_alert_about"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["world", *(pytest.param(name, marks=pytest.mark.shared) for name in FLOORS if name != "world")]
)
def test_the_queue_stays_above_its_floors(name: str, tmp_path: Path) -> None:
    if not is_there(name):
        pytest.skip("the study data is not beside the project")
    alerts, patterns = queue_of(name, tmp_path)
    answer = evaluate_alerts(alerts, patterns, Catalogue.load().detectors, max_members=60, draws=40)
    (again,) = (each for each in answer["ablations"] if each["name"] == "all, fused again")
    assert [each["found"] for each in again["budgets"]] == [each["found"] for each in answer["budgets"]], (
        "the findings fused again are the queue itself: else no ablation can be believed"
    )
    assert below(FLOORS[name], answer, firsts(alerts, patterns)) == []


def queue_of(name: str, folder: Path) -> tuple[list[dict[str, Any]], list[Pattern]]:
    """The alerts of one run over all of the data, best first, and what is planted in it."""
    (folder / "data").mkdir()
    with open_house(Settings(home=folder / "home")) as house:
        patterns = read_truth(LOADERS[name](house, folder / "data"))
        run = house.runs.start(**OPERATOR)
        return read_records(house.home.run(run["run"]) / ALERTS), patterns


def firsts(alerts: list[dict[str, Any]], patterns: list[Pattern]) -> dict[str, int]:
    """The rank of the first alert that finds a pattern of each kind, from 1."""
    kinds = {each.name: each.kind for each in patterns}
    ranks: dict[str, int] = {}
    for rank, names in enumerate(matches([shown(each, "key") for each in alerts], patterns), start=1):
        for name in names:
            ranks.setdefault(kinds[name], rank)
    return ranks


def below(floors: dict[str, dict[str, int]], answer: dict[str, Any], ranks: dict[str, int]) -> list[str]:
    """What has fallen below its floor, in words."""
    at = {row["budget"]: row for row in answer["budgets"]}
    fallen = [
        f"{part} at {budget} is {at[budget][f'{part}_per_mille']}, and must be {floor} at least"
        for part in ("recall", "precision")
        for budget, floor in floors.get(part, {}).items()
        if at[budget][f"{part}_per_mille"] < floor
    ]
    late = [
        f"the first alert about {kind} stands at {ranks.get(kind)}, and must be among the first {most}"
        for kind, most in floors.get("first_alert_about", {}).items()
        if ranks.get(kind, most + 1) > most
    ]
    return fallen + late


def test_a_figure_below_its_floor_and_a_kind_that_comes_late_are_named() -> None:
    floors = {"recall": {"1x": 300}, "precision": {"1x": 300}, "first_alert_about": {"ring": 5, "fan": 5}}
    answer = {"budgets": [{"budget": "1x", "recall_per_mille": 299, "precision_per_mille": 300}]}
    assert below(floors, answer, {"ring": 5}) == [
        "recall at 1x is 299, and must be 300 at least",
        "the first alert about fan stands at None, and must be among the first 5",
    ]
