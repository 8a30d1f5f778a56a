"""What the page of a run prints of its queue and of the drift of its models."""

from __future__ import annotations

from typing import Any

import pytest

from service.cli.desk.answers import run_answer
from service.runs.told import fold_runs
from service.web.ran import RunPage

NOTES = {
    "unusual-account": {
        "drift in per mille of the score": 63,
        "drift in per mille of money_in": 412,
        "drift in per mille of money_in over 7 days": 95,
        "hubs": 3,
    },
    "changed-account": {"drift in per mille of the score": 8},
    "cash-structuring": {"left alone": 2},
}


def _run(**changed: Any) -> dict[str, Any]:
    told = {"findings": 9, "alerts": 218, "digest": "d", "seconds": "1.5", "notes": NOTES} | changed
    told |= {"places": {"queue": 33, "sample": 5, "below": 180}} if "places" not in changed else {}
    told["detectors"] = [
        {"id": name, "kind": "model", "status": "done", "findings": 1, "seconds": "1.0"} for name in NOTES
    ]
    return fold_runs([("r_1", "finished", told, 7, "2026-03-31T12:00:00.000000Z")])["r_1"]


def _page(found: dict[str, Any], language: str) -> RunPage:
    return RunPage.of(found, None, may_replay=False, verdict=None, language=language)


def test_a_page_says_how_far_each_feature_has_moved_by_model_the_farthest_first() -> None:
    page = _page(_run(), "en")
    assert page.models == ("unusual-account", "changed-account")
    assert page.drift == (
        ("money received", ("41 %", "")),
        ("money received, 7 days", ("10 %", "")),
        ("the score", ("6 %", "1 %")),
    )
    assert [label for label, _ in _page(_run(), "fr").drift] == ["argent reçu", "argent reçu, 7 jours", "le score"]


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "38 for the queue, 180 below the line"), ("fr", "38 pour la file, 180 sous la ligne")],
)
def test_a_page_says_how_many_alerts_lie_where_and_not_which_are_a_sample(language: str, told: str) -> None:
    assert _page(_run(), language).places == told


def test_a_run_of_before_either_was_measured_says_nothing_of_it() -> None:
    page = _page(_run(notes={}, places={}), "en")
    assert (page.places, page.drift, page.models) == ("", (), ())


def test_the_answer_tells_drift_apart_from_what_was_left_out() -> None:
    answer = run_answer(_run())
    assert answer["drift"]["unusual-account"] == {"the score": 63, "money_in": 412, "money_in over 7 days": 95}
    left_out = {each["id"]: each.get("left_out") for each in answer["detectors"]}
    assert left_out == {"unusual-account": {"hubs": 3}, "changed-account": None, "cash-structuring": {"left alone": 2}}
