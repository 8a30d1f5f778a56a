"""The budget of the queue: an exact line, a sample below it that the seed decides, and nothing lost or moved."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from detectors.queue import counted, placed, room
from schemas.canonical import digest_json
from schemas.run import Manifest, QueueRule

SMALL = QueueRule(budget_per_mille=10, least=0, sample=2)


def alerts(number: int) -> list[dict[str, Any]]:
    """Alerts best first, each two with one score."""
    return [{"key": digest_json(rank)[:32], "score": 1000 * ((number - rank) // 2)} for rank in range(number)]


def at(found: list[dict[str, Any]], *places: str) -> set[str]:
    return {each["key"] for each in found if each["place"] in places}


def test_the_best_go_above_the_line_as_many_as_the_budget_has_room_for() -> None:
    made = alerts(9)
    found = placed(made, SMALL, accounts=399, seed="s")
    assert [each["place"] == "queue" for each in found] == [True] * 3 + [False] * 6, (
        "the line runs through equal scores"
    )
    assert made[3]["score"] == made[2]["score"]
    assert [{name: each[name] for name in ("key", "score")} for each in found] == made, "nothing else has changed"
    assert counted(found) == {"queue": 3, "sample": 2, "below": 4}


def test_a_few_accounts_have_room_for_the_least_and_many_for_their_share() -> None:
    rule = QueueRule(budget_per_mille=10, least=20)
    assert [room(rule, accounts) for accounts in (0, 2099, 2100, 50_000)] == [20, 20, 21, 500]


def test_fewer_alerts_than_room_are_all_in_the_queue() -> None:
    assert counted(placed(alerts(4), SMALL, accounts=10_000, seed="s")) == {"queue": 4, "sample": 0, "below": 0}
    assert placed([], SMALL, accounts=10_000, seed="s") == []


def test_the_sample_is_the_same_for_one_seed_and_another_for_another() -> None:
    drawn = [
        frozenset(at(placed(alerts(300), SMALL, accounts=0, seed=seed), "sample")) for seed in ("s", "s", "t", "u")
    ]
    assert drawn[0] == drawn[1]
    assert len({*drawn}) == 3


def test_every_alert_below_the_line_has_the_same_chance_whatever_its_score() -> None:
    times = dict.fromkeys((each["key"] for each in alerts(20)), 0)
    for seed in range(2000):
        for key in at(placed(alerts(20), SMALL, accounts=0, seed=str(seed)), "sample"):
            times[key] += 1
    assert sum(times.values()) == 4000
    assert {200} == {round(count, -2) for count in times.values()}, "200 each, within 50: three and a half deviations"


RULES = st.builds(QueueRule, budget_per_mille=st.integers(0, 40), least=st.integers(0, 9), sample=st.integers(0, 20))


@given(st.integers(0, 60), st.integers(0, 5000), RULES, st.integers(0, 40), st.text(max_size=4))
def test_a_larger_budget_keeps_the_queue_of_a_smaller_one(
    number: int, accounts: int, rule: QueueRule, more: int, seed: str
) -> None:
    larger = rule.model_copy(update={"budget_per_mille": rule.budget_per_mille + more})
    found, wider = (placed(alerts(number), each, accounts=accounts, seed=seed) for each in (rule, larger))
    assert at(found, "queue") <= at(wider, "queue")
    assert at(found, "sample") <= at(wider, "queue", "sample"), "what was drawn stays on the desk"
    assert len(at(found, "sample")) == min(rule.sample, number - len(at(found, "queue")))


def test_a_manifest_of_before_there_was_a_budget_is_read_with_the_one_by_default() -> None:
    assert Manifest.model_fields["queue"].default == QueueRule(budget_per_mille=10, least=20, sample=5, max_members=60)
