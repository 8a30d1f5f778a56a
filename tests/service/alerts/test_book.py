"""The alert book: standing alerts over several runs, and decisions one revision at a time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from support.houses import OPERATOR, RULES, csv_rows, submit

from schemas.alert import MOVES, REASONS, REASONS_FOR
from schemas.errors import AccessDenied, Conflict, MoveRefused, NotFound, RequestInvalid, StaleVersion
from service.access.roles import Actor
from service.access.visibility import NOTHING
from service.alerts.book import EVERYTHING, SORTS, Filter, Sort
from service.house import House
from service.ledger.ledger import Ledger

ANALYST = Actor("ana", "analyst")
OTHER = Actor("ben", "analyst")
SUPERVISOR = Actor("sue", "supervisor")


def run(house: House) -> dict[str, Any]:
    return house.runs.start(detectors=RULES, **OPERATOR)


def queue(house: House, **only: Any) -> list[dict[str, Any]]:
    return house.alerts.page(EVERYTHING, only=Filter(**only), limit=1000)


def first(house: House) -> dict[str, Any]:
    run(house)
    return queue(house)[0]


def decide(house: House, alert: dict[str, Any], act: str, by: Actor = ANALYST, **words: Any) -> dict[str, Any]:
    return house.alerts.act(alert["alert"], act, by=by, scope=EVERYTHING, revision=alert["revision"], **words)


def test_the_best_alert_comes_first_and_pages_follow_one_another(house: House) -> None:
    run(house)
    whole = queue(house)
    assert [each["score"] for each in whole] == sorted((each["score"] for each in whole), reverse=True)
    paged: list[str] = []
    after = None
    while page := house.alerts.page(EVERYTHING, after=after, limit=1):
        paged += [each["alert"] for each in page]
        after = (page[-1]["score"], page[-1]["alert"])
    assert paged == [each["alert"] for each in whole]
    assert house.alerts.count(EVERYTHING) == len(whole)


def test_a_second_run_over_the_same_data_makes_no_new_version(house: House) -> None:
    run(house)
    before = queue(house)
    run(house)
    assert queue(house) == before


def test_new_evidence_makes_a_new_version_of_an_open_alert(house: House, tmp_path: Path) -> None:
    run(house)
    alert = next(each for each in queue(house) if each["subject_account"] == "SPLIT")
    more = tmp_path / "more.csv"
    more.write_text(csv_rows(("c9", 170.0, "cash_deposit", "4800.00", "", "SPLIT")))
    submit(house, more, "bank")
    run(house)
    now = house.alerts.get(alert["alert"], EVERYTHING)
    assert (now["version"], now["revision"]) == (2, alert["revision"] + 1)
    assert len(house.alerts.get(alert["alert"], EVERYTHING, version=1)["body"]["evidence"]) == 3
    assert len(now["body"]["evidence"]) == 4


def test_a_decided_alert_is_left_alone_and_what_is_new_follows_it(house: House, tmp_path: Path) -> None:
    run(house)
    alert = next(each for each in queue(house) if each["subject_account"] == "SPLIT")
    decide(house, alert, "dismiss", reason="legitimate_business")
    run(house)
    assert len([each for each in queue(house) if each["subject_account"] == "SPLIT"]) == 1
    more = tmp_path / "more.csv"
    more.write_text(csv_rows(("c9", 170.0, "cash_deposit", "4800.00", "", "SPLIT")))
    submit(house, more, "bank")
    run(house)
    about = {each["alert"]: each for each in queue(house) if each["subject_account"] == "SPLIT"}
    (follow_up,) = (each for each in about.values() if each["follows"])
    assert follow_up["follows"] == alert["alert"]
    assert about[alert["alert"]]["version"] == 1
    assert about[alert["alert"]]["state"] == "dismissed"


def test_a_rebuilt_ledger_has_the_same_alerts_and_decisions(house: House) -> None:
    alert = first(house)
    decide(house, alert, "escalate", reason="needs_investigation", note="see the slips")
    before = house.ledger.digests()
    house.ledger.close()
    Ledger.rebuild(house.home, house.journal)
    with Ledger.open(house.home, house.journal) as rebuilt:
        assert rebuilt.digests() == before


def test_two_analysts_cannot_decide_the_same_version(house: House) -> None:
    alert = first(house)
    decide(house, alert, "escalate", by=ANALYST, reason="needs_investigation")
    with pytest.raises(StaleVersion):
        decide(house, alert, "dismiss", by=OTHER, reason="legitimate_business")
    assert house.alerts.get(alert["alert"], EVERYTHING)["state"] == "escalated"


def test_of_many_who_decide_at_once_one_succeeds(house: House) -> None:
    alert = first(house)
    outcomes: list[str] = []

    def attempt(name: str) -> None:
        try:
            decide(house, alert, "assign", by=Actor(name, "analyst"), assignee=name)
            outcomes.append("done")
        except Conflict:
            outcomes.append("stale")

    threads = [threading.Thread(target=attempt, args=(f"a{number}",)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["done"] + ["stale"] * 7


def test_each_act_is_exactly_one_journal_entry(house: House) -> None:
    alert = first(house)
    before = house.journal.size
    moved = decide(house, alert, "assign", assignee="ana")
    house.alerts.note(alert["alert"], "called the bank", by=ANALYST, scope=EVERYTHING)
    assert house.journal.size == before + 2
    assert [act["act"] for act in house.alerts.acts(alert["alert"])] == ["assign", "note"]
    assert (moved["state"], moved["assignee"]) == ("assigned", "ana")


def test_a_refused_act_leaves_no_entry(house: House) -> None:
    alert = first(house)
    before = house.journal.size
    for act, by, words, error in (
        ("dismiss", ANALYST, {}, RequestInvalid),
        ("dismiss", ANALYST, {"reason": "because"}, RequestInvalid),
        ("assign", ANALYST, {}, RequestInvalid),
        ("reopen", SUPERVISOR, {"reason": "data_error"}, MoveRefused),
        ("escalate", Actor("adm", "admin"), {"reason": "needs_investigation"}, AccessDenied),
        ("erase", SUPERVISOR, {}, RequestInvalid),
    ):
        with pytest.raises(error):
            decide(house, alert, act, by=by, **words)
    assert house.journal.size == before


def test_a_reason_that_does_not_fit_its_act_is_refused_with_those_that_do(house: House) -> None:
    alert, before = first(house), house.journal.size
    for act, reason in ((act, reason) for act in ("escalate", "dismiss") for reason in REASONS):
        if reason in REASONS_FOR[act]:
            continue
        with pytest.raises(RequestInvalid) as refused:
            decide(house, alert, act, reason=reason)
        assert (refused.value.where, refused.value.remedy) == ("reason", f"One of: {', '.join(REASONS_FOR[act])}.")
    assert house.journal.size == before


def test_every_act_that_needs_a_reason_has_some_and_no_reason_is_without_an_act() -> None:
    assert set(REASONS_FOR) == {act for (_, act), move in MOVES.items() if "reason" in move.needs}
    assert {reason for reasons in REASONS_FOR.values() for reason in reasons} == set(REASONS)
    assert not set(REASONS_FOR["escalate"]) & set(REASONS_FOR["dismiss"])


@pytest.mark.parametrize("sort", SORTS)
def test_in_every_order_the_pages_together_are_the_whole_list(house: House, sort: Sort) -> None:
    run(house)
    column, way = SORTS[sort]
    whole = house.alerts.page(EVERYTHING, limit=1000, sort=sort)
    assert len(whole) >= 2
    assert whole == sorted(
        sorted(whole, key=lambda each: each["alert"]), key=lambda each: each[column], reverse=way == "desc"
    )
    paged: list[dict[str, Any]] = []
    after = None
    while page := house.alerts.page(EVERYTHING, after=after, limit=1, sort=sort):
        paged += page
        after = (page[-1][column], page[-1]["alert"])
    assert paged == whole


def test_only_a_supervisor_reopens_and_the_holder_is_cleared(house: House) -> None:
    alert = first(house)
    held = decide(house, alert, "assign", assignee="ana")
    decided = decide(house, held, "dismiss", reason="known_customer_profile")
    assert decided["assignee"] == "ana"
    with pytest.raises(AccessDenied):
        decide(house, decided, "reopen", reason="data_error")
    again = decide(house, decided, "reopen", by=SUPERVISOR, reason="data_error")
    assert (again["state"], again["assignee"]) == ("new", None)


def test_what_a_scope_hides_is_not_found(house: House) -> None:
    alert = first(house)
    assert house.alerts.page(NOTHING) == []
    assert house.alerts.count(NOTHING) == 0
    with pytest.raises(NotFound):
        house.alerts.get(alert["alert"], NOTHING)
    with pytest.raises(NotFound):
        house.alerts.note(alert["alert"], "x", by=ANALYST, scope=NOTHING)


def test_filters_narrow_the_queue(house: House) -> None:
    alert = first(house)
    decide(house, alert, "dismiss", reason="data_error")
    assert alert["alert"] not in {each["alert"] for each in queue(house, states=("new", "assigned"))}
    assert {each["alert"] for each in queue(house, detector="cash-structuring")} <= {
        each["alert"] for each in queue(house, family="generic")
    }
    assert queue(house, severity="critical") == []
