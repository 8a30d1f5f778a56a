"""What became of each pattern, and the whole answer with its page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from detectors.evaluation.labels import Pattern
from detectors.evaluation.limits import FATES, Seen, by_kind, fates
from detectors.evaluation.metrics import Ranked, matches
from detectors.evaluation.page import as_page
from detectors.evaluation.report import Queues, report

PLANTED = [
    Pattern(name, "ring" if name == "top" else "<fan>", frozenset(references), frozenset())
    for name, references in (
        ("top", "ab"), ("low", "cd"), ("merged", "ef"), ("parts", "ghij"), ("crowd", "kl"), ("nothing", "mn"),
    )
]  # fmt: skip
CROWD = "0123456789"


def shown(name: str, references: str) -> Ranked:
    return Ranked(name, frozenset(references), frozenset({"x" + name}))


QUEUE = [shown("a1", "ab"), shown("a2", "ef" + CROWD), shown("a3", "kl" + CROWD), shown("a4", "cd"), shown("a5", "g")]
SEEN = [
    Seen("one", shown("f1", "ab"), 1),
    Seen("two", shown("f2", "ef"), 2),
    Seen("two", shown("f3", "kl" + CROWD), 3),
    Seen("one", shown("f4", "cd"), 4),
    Seen("one", shown("f5", "g"), 5),
]
LEADERS = ["one", "two", "two", "one", "one"]


@pytest.fixture
def answer() -> dict[str, Any]:
    queues = Queues(
        QUEUE, {"without <one>": QUEUE[1:]}, {"one": [QUEUE[0], QUEUE[3]], "two": [QUEUE[1]]}, SEEN, LEADERS
    )
    return report(queues, PLANTED, seed=3, draws=200)


def test_each_pattern_has_the_first_fate_that_fits() -> None:
    became = fates(matches(QUEUE, PLANTED), SEEN, PLANTED, 2)
    assert {each.pattern.name: each.fate for each in became} == {
        "top": "found",
        "low": "ranked_low",
        "merged": "merged_away",
        "parts": "in_parts",
        "crowd": "in_a_crowd",
        "nothing": "not_detected",
    }
    told = {each.pattern.name: (each.rank, each.detectors, each.alert_rank) for each in became}
    assert told["low"] == (4, ("one",), 4)
    assert told["merged"] == (None, ("two",), 2)
    assert told["nothing"] == (None, (), None)


def test_fates_by_kind_add_up_to_what_was_planted() -> None:
    kinds = by_kind(fates(matches(QUEUE, PLANTED), SEEN, PLANTED, 2))
    assert kinds["ring"]["planted"] == 1
    assert all(sum(counts[fate] for fate in FATES) == counts["planted"] for counts in kinds.values())


def test_an_ablation_tells_what_is_lost_on_the_same_patterns(answer: dict[str, Any]) -> None:
    (without,) = answer["ablations"]
    assert without["budgets"][1]["found"] == 1, "six alerts are looked at, and one of the two that are right is gone"
    assert without["recall_change"] == 166 - 333
    low, high = without["recall_change_interval"]
    assert low < 0 <= high


def test_the_best_single_detector_comes_first_and_the_lift_is_over_it(answer: dict[str, Any]) -> None:
    assert [each["detector"] for each in answer["single_detectors"]] == ["one", "two"]
    assert answer["single_detectors"][0]["found_at_1x"] == 2
    assert answer["lift_over_best_single_per_mille"] == 1000


def test_the_lift_over_random_order_is_exact(answer: dict[str, Any]) -> None:
    rows = {row["budget"]: row for row in answer["budgets"]}
    assert rows["0.5x"]["k"] == 3
    assert rows["0.5x"]["lift_per_mille"] == 1000 * 1 * 5 // (2 * 3), "one of three is right, and two of all five"
    assert rows["1x"]["lift_per_mille"] == 1000, "all alerts in any order"


def test_the_detectors_that_mislead_most_at_the_top_are_named_first(answer: dict[str, Any]) -> None:
    assert answer["led_by"] == [
        {"detector": "two", "right": 0, "wrong": 2},
        {"detector": "one", "right": 2, "wrong": 1},
    ]


def test_the_page_stands_alone_and_has_a_table_for_every_chart(answer: dict[str, Any]) -> None:
    page = as_page(answer, title="truth <of> today.csv")
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Reader().feed(page)
    tags = [tag for tag, _ in seen]
    assert tags.count("svg") == 7
    assert tags.count("table") == 7
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert not {"src", "href", "onclick"} & {name for _, attributes in seen for name in attributes}
    assert all(attributes["aria-label"] for tag, attributes in seen if tag == "svg")


def test_what_a_truth_file_says_is_never_markup(answer: dict[str, Any]) -> None:
    page = as_page(answer, title="truth <of> today.csv")
    assert "<of>" not in page
    assert "<fan>" not in page
    assert "<one>" not in page
    assert "&lt;fan&gt;" in page


def test_nothing_found_and_nothing_planted_still_make_an_answer_and_a_page() -> None:
    empty = report(Queues([], {"without rules": []}, {}, [], []), [], draws=40)
    assert [row["found"] for row in empty["budgets"]] == [0, 0, 0, 0]
    assert empty["lift_over_best_single_per_mille"] is None
    assert "<svg" in as_page(empty, title="empty")
