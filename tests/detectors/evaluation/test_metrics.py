"""The strict test, what chance would give, and the intervals."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest

from detectors.evaluation.labels import Pattern
from detectors.evaluation.metrics import MOST_MEMBERS, Ranked, evaluate, finds, matches, reached
from detectors.evaluation.report import by_chance
from detectors.evaluation.resample import interval


def pattern(name: str, references: str, accounts: str = "") -> Pattern:
    return Pattern(name, "ring", frozenset(references), frozenset(accounts))


def alert(name: str, references: str, accounts: str = "") -> Ranked:
    return Ranked(name, frozenset(references), frozenset(accounts))


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("ab", True),
        ("a", False),
        ("ab12345", False),
        ("ab1234", True),
        ("abcd123456789", True),
        ("abcd1234567890", False),
        ("", False),
    ],
)
def test_an_alert_finds_a_pattern_by_half_of_it_and_three_tenths_of_its_own(shown: str, found: bool) -> None:
    assert finds(alert("a", shown), pattern("p", "abcd")) is found


def test_accounts_count_as_well_as_transactions_but_not_half_of_each() -> None:
    assert finds(alert("a", "12", "xy"), pattern("p", "abcd", "wxyz"))
    assert not finds(alert("a", "a", "x"), pattern("p", "abcd", "wxyz"))


def test_an_alert_about_more_accounts_than_anybody_reads_finds_nothing() -> None:
    many = frozenset(str(number) for number in range(MOST_MEMBERS))
    wanted = Pattern("p", "ring", frozenset("ab"), many)
    assert finds(Ranked("a", frozenset("ab"), many), wanted)
    assert not finds(Ranked("a", frozenset("ab"), many | {"one more"}), wanted)


def test_matches_agree_with_comparing_everything_with_everything() -> None:
    drawn = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    patterns = [
        pattern(f"p{n}", "".join(drawn.sample(letters, 3)), "".join(drawn.sample(letters, 2))) for n in range(9)
    ]
    alerts = [alert(f"a{n}", "".join(drawn.sample(letters, 4)), "".join(drawn.sample(letters, 3))) for n in range(60)]
    told = matches(alerts, patterns)
    assert told == [[each.name for each in patterns if finds(one, each)] for one in alerts]
    assert any(told)
    assert not all(told)


def test_a_pattern_found_twice_counts_once_and_both_alerts_are_right() -> None:
    answer: Any = evaluate(
        [alert("a", "ab"), alert("b", "bc"), alert("c", "12")], [pattern("p", "abcd"), pattern("q", "xyz")]
    )
    at_1x = next(row for row in answer["budgets"] if row["budget"] == "1x")
    assert (at_1x["k"], at_1x["found"], at_1x["recall_per_mille"], at_1x["precision_per_mille"]) == (2, 1, 500, 1000)
    assert at_1x["by_kind"] == {"ring": {"planted": 2, "found": 1}}


def test_a_queue_shorter_than_the_budget_is_less_precise_for_it() -> None:
    answer: Any = evaluate([alert("a", "ab")], [pattern("p", "abcd"), pattern("q", "xyz")])
    assert answer["budgets"][1]["precision_per_mille"] == 500


def test_what_chance_gives_is_the_average_over_every_order() -> None:
    patterns = [pattern("p", "a"), pattern("q", "b"), pattern("r", "c")]
    found_by = [["p"], ["p", "q"], [], [], []]
    for k in (1, 2, 4):
        told = by_chance(found_by, patterns, k)
        orders = [reached(order, k) for order in permutations(found_by)]
        recall = sum(len(found) for found, _ in orders) * 1000 / (len(orders) * len(patterns))
        precision = sum(hits for _, hits in orders) * 1000 / (len(orders) * k)
        assert told["random_recall_per_mille"] == int(recall)
        assert told["random_precision_per_mille"] == int(precision)


def test_an_interval_holds_the_share_is_repeatable_and_narrows_with_more_to_draw_from() -> None:
    few, many = [1, 0, 0, 1, 0, 0, 0, 1, 0, 0], [1, 0, 0, 1, 0, 0, 0, 1, 0, 0] * 30
    low, high = interval(few, seed=1)
    assert low < 300 < high
    assert interval(few, seed=1) == [low, high]
    lower, upper = interval(many, seed=1)
    assert lower <= 300 <= upper
    assert 2 * (upper - lower) < high - low
    assert interval([1] * 8, seed=1) == [1000, 1000]
    assert interval([], seed=1) == [0, 0]
