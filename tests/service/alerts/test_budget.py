"""The line of the queue's budget over several runs: alerts rise and do not fall, and what is missed below is measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.houses import OPERATOR, RULES, Opener, register, splits_csv, submit

from schemas.run import QueueRule
from service.access.roles import Actor
from service.access.visibility import NOTHING
from service.alerts.book import EVERYTHING, Filter
from service.alerts.sample import below_the_line, wilson
from service.children import Child, Limits
from service.house import House
from service.runs.execute import RunOptions
from service.runs.replay import replay

ANALYST = Actor("ana", "analyst")


@pytest.fixture
def at_home(tmp_path: Path, open_at: Opener, world: Path) -> Any:
    """Opens one house with five alerts, with room for so many alerts above the line, so many drawn from below it, and a run made."""
    with open_at(tmp_path / "home") as house:
        register(house, "bank", "BANK")
        submit(house, world, "bank")
        (tmp_path / "splits.csv").write_text(splits_csv(3))
        submit(house, tmp_path / "splits.csv", "bank")

    @contextmanager
    def opened(*, least: int, sample: int = 0) -> Iterator[House]:
        with open_at(tmp_path / "home", alerts_per_mille=0, alerts_least=least, review_sample=sample) as house:
            house.runs.start(detectors=RULES, **OPERATOR)
            yield house

    return opened


def alerts(house: House, place: Any = None) -> list[dict[str, Any]]:
    return house.alerts.page(EVERYTHING, only=Filter(place=place), limit=1000, whole=True)


def decide(house: House, alert: dict[str, Any], act: str, reason: str) -> dict[str, Any]:
    asked = {"by": ANALYST, "scope": EVERYTHING, "revision": alert["revision"], "reason": reason}
    return house.alerts.act(alert["alert"], act, **asked)


def test_a_run_says_how_many_alerts_lie_where_and_the_best_are_above_the_line(at_home: Any) -> None:
    with at_home(least=1, sample=1) as house:
        every = alerts(house)
        assert house.runs.all()[0]["places"] == {"queue": 1, "sample": 1, "below": 3}
        assert every[0]["place"] == "queue"
        assert sorted(each["alert"] for each in alerts(house, "queue") + alerts(house, "below")) == sorted(
            each["alert"] for each in every
        )
        assert {each["place"] for each in alerts(house, "queue")} == {"queue", "sample"}, "drawn ones are among them"
        assert [each["body"]["place"] for each in every] == [each["place"] for each in every]


def test_an_alert_that_rises_above_the_line_gets_a_new_version_and_no_other_does(at_home: Any) -> None:
    with at_home(least=1) as house:
        before = {each["alert"]: each["version"] for each in alerts(house)}
        risen = alerts(house, "below")[0]["alert"]
    with at_home(least=2) as house:
        after = {each["alert"]: each["version"] for each in alerts(house)}
        assert after == before | {risen: 2}
        assert risen in {each["alert"] for each in alerts(house, "queue")}


def test_an_alert_that_falls_below_the_line_stays_on_the_desk(at_home: Any) -> None:
    with at_home(least=2) as house:
        before = alerts(house)
    with at_home(least=0) as house:
        assert house.runs.all()[0]["places"]["queue"] == 0
        assert alerts(house) == before


def test_an_alert_that_was_drawn_stays_drawn_until_new_evidence_lifts_it(at_home: Any) -> None:
    with at_home(least=0, sample=1) as house:
        (drawn,) = alerts(house, "queue")
        assert drawn["place"] == "sample"
    with at_home(least=1000) as house:
        assert house.alerts.get(drawn["alert"], EVERYTHING) == drawn


def test_an_alert_below_the_line_is_decided_as_any_other_and_stays_decided(at_home: Any) -> None:
    with at_home(least=1) as house:
        decided = decide(house, alerts(house, "below")[0], "dismiss", "legitimate_business")
        assert (decided["state"], decided["place"]) == ("dismissed", "below")
    with at_home(least=1000) as house:
        assert house.alerts.get(decided["alert"], EVERYTHING) == decided, "nobody is asked again about what was decided"


def test_a_ledger_made_anew_has_every_alert_where_it_was(at_home: Any) -> None:
    with at_home(least=1, sample=1) as house:
        pass
    with at_home(least=2) as house:
        before, root = alerts(house), house.home.root
    (root / "ledger.duckdb").unlink()
    with at_home(least=2) as house:
        assert alerts(house) == before


def test_a_replay_takes_the_budget_from_the_manifest_and_not_from_the_settings_of_the_day(at_home: Any) -> None:
    with at_home(least=1, sample=1) as house:
        run, home = house.runs.all()[0]["run"], house.home
    other = RunOptions(base_currency="EUR", threads=1, memory_bytes=2 << 30, queue=QueueRule(least=0, max_members=2))
    child = Child("service.runs.worker", Limits())
    try:
        assert replay(home, run, child=child, options=other)["verdict"] == "identical"
    finally:
        child.close()


def test_what_is_missed_is_measured_on_the_decided_of_those_that_were_drawn(at_home: Any) -> None:
    with at_home(least=0, sample=2) as house:
        one, other = alerts(house, "queue")
        told = {"below": 3, "sampled": 2, "decided": 0, "escalated": 0}
        unknown = {"share_per_mille": None, "interval_per_mille": None}
        assert below_the_line(house.ledger, EVERYTHING) == told | unknown
        decide(house, one, "escalate", "needs_investigation")
        decide(house, other, "dismiss", "data_error")
        known = {"decided": 2, "escalated": 1, "share_per_mille": 500, "interval_per_mille": [95, 905]}
        assert below_the_line(house.ledger, EVERYTHING) == told | known
        assert below_the_line(house.ledger, NOTHING)["sampled"] == 0


@pytest.mark.parametrize(
    ("hits", "of", "interval"), [(0, 10, (0, 278)), (10, 10, (722, 1000)), (1, 1, (207, 1000)), (20, 400, (33, 76))]
)
def test_an_interval_is_wilsons(hits: int, of: int, interval: tuple[int, int]) -> None:
    assert wilson(hits, of) == interval
