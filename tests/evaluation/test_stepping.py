"""Stepping through time: what each run is asked about, and which half of time something belongs to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from evaluation.stepping import Times, half, judged, moments

from detectors.evaluation.labels import Pattern

START = datetime(2026, 1, 1)
PAID = {str(day): START + timedelta(days=day) for day in range(101)}
TIMES = Times(PAID, START, START + timedelta(days=100))
NONE, SIXTY = timedelta(0), timedelta(days=60)


def alert(key: str, *days: int, score: int = 1) -> dict[str, Any]:
    return {"key": key, "score": score, "evidence": [{"batch": "b", "reference": str(day)} for day in days]}


def keys(alerts: list[dict[str, Any]]) -> list[str]:
    return [each["key"] for each in alerts]


def at(day: int, *alerts: dict[str, Any]) -> tuple[datetime, list[dict[str, Any]]]:
    return START + timedelta(days=day), list(alerts)


def test_the_steps_are_a_month_at_least_and_end_before_the_data_does() -> None:
    assert moments(TIMES) == [START + timedelta(days=day) for day in (30, 60, 90)]
    long = Times(PAID, START, START + timedelta(days=1000))
    assert moments(long) == [START + timedelta(days=day) for day in range(100, 1000, 100)]


def test_what_a_later_run_sees_about_earlier_payments_is_not_prospective() -> None:
    runs = [at(30, alert("known", 1, 2)), at(60, alert("hindsight", 3, 4), alert("in time", 40, 41)), at(100)]
    assert keys(judged(runs, TIMES, NONE)) == ["in time", "known"]


def test_after_60_days_the_run_that_comes_then_decides_and_the_last_one_about_what_is_younger() -> None:
    runs = [
        at(30, alert("too young", 1, 2)),
        at(90, alert("proven", 1, 3)),
        at(100, alert("young", 80, 90), alert("late", 2, 4)),
    ]
    assert keys(judged(runs, TIMES, SIXTY)) == ["proven", "young"]


def test_an_alert_that_grows_is_one_alert_in_its_latest_form() -> None:
    grown = alert("grown", 10, 20, 50, score=5)
    runs = [at(30, alert("first", 10, 20)), at(60, grown), at(100, alert("other", 20, 70, 80, 90, score=9))]
    assert keys(judged(runs, TIMES, NONE)) == ["other", "grown"], (
        "best first, and a payment in common is not the same alert"
    )


def test_alerts_and_patterns_belong_to_a_half_by_the_middle_one_of_their_payments() -> None:
    patterns = [
        Pattern(name, "ring", frozenset(paid), frozenset())
        for name, paid in (("early", ("1", "2", "99")), ("late", ("1", "70", "80")))
    ]
    assert TIMES.parting(patterns) == PAID["70"]
    first = half([alert("a", 1, 2, 90), alert("b", 10, 75, 90)], patterns, TIMES, first=True)
    second = half([alert("a", 1, 2, 90), alert("b", 10, 75, 90)], patterns, TIMES, first=False)
    assert (keys(first[0]), [each.name for each in first[1]]) == (["a"], ["early"])
    assert (keys(second[0]), [each.name for each in second[1]]) == (["b"], ["late"])
