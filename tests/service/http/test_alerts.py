"""Alerts over HTTP: pages that do not shift, revisions that nobody overwrites, readings that are recorded, restrictions that hold."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

Since = Callable[[], list[str]]
DECISION = {"act": "dismiss", "reason": "legitimate_business", "note": "a shop"}


def _decide(world: Any, account: str, alert: str, revision: str | None, **changed: Any) -> Any:
    headers = {"if-match": revision} if revision is not None else {}
    return world.program(account).post(f"/v1/alerts/{alert}/decisions", json=DECISION | changed, headers=headers)


def test_an_alert_says_why_and_that_it_was_read_is_recorded(world: Any, since: Since) -> None:
    alert = world.alert()
    answer = world.program("analyst").get(f"/v1/alerts/{alert}")
    found = answer.json()
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{found["revision"]}"'
    assert answer.headers["cache-control"] == "no-store"
    assert found["alert"]["findings"][0]["explanation"]["indicators"][0]["observed"] == {"en": "6"}
    assert found["why"]["fr"].startswith("6 dépôts")
    assert since() == ["run.finished", "alert.read"]


def test_the_evidence_comes_as_submitted_with_money_as_text(world: Any) -> None:
    header = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
    data = f"{header}E-1,2026-03-02T08:15:00+01:00,transfer,1200.50,EUR,A,B\nE-2,2026-03-03,transfer,1.00,EUR,A,B\n"
    batch = world.submit("bank-a", data.encode())["batch"]
    alert = world.alert(batch, ("E-2", "E-1"))
    items = world.program("analyst").get(f"/v1/alerts/{alert}/transactions").json()["items"]
    assert [(each["reference"], each["amount"], each["precision"]) for each in items] == [
        ("E-1", "1200.5000", "second"),
        ("E-2", "1.0000", "day"),
    ]
    assert items[0]["occurred_at"] == "2026-03-02T07:15:00.000000Z"
    assert items[0]["submitter"] == "bank-a"
    assert "seq" not in items[0]


def test_of_a_flow_that_two_partners_reported_the_second_row_names_the_first(world: Any) -> None:
    header = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
    data = f"{header}F-1,2026-03-02,transfer,9.00,EUR,A,B\nF-2,2026-03-03,transfer,9.00,EUR,A,B\n"
    batch = world.submit("bank-a", data.encode())["batch"]
    both = [{"batch": batch, "reference": reference} for reference in ("F-1", "F-2")]
    alert = world.alert(batch, ("F-1", "F-2"), same_flow=[both])
    items = world.program("analyst").get(f"/v1/alerts/{alert}/transactions").json()["items"]
    assert [(each["reference"], each["same_flow_as"]) for each in items] == [("F-1", None), ("F-2", both[0])]
    assert world.program("analyst").get(f"/v1/alerts/{alert}").json()["alert"]["same_flow"] == [both]
    page = world.browser("analyst").get(f"/alerts/{alert}").text
    assert "1 transaction." in page
    assert page.count("reported by two partners, counted once; also as") == 2


def test_an_alert_of_before_second_reports_were_recorded_names_none(world: Any) -> None:
    alert = world.alert()
    listed = world.program("analyst").get("/v1/alerts", params={"include": "evidence", "limit": 200}).json()["items"]
    assert [each["same_flow"] for each in listed if each["id"] == alert] == [[]]


def test_a_decision_is_one_entry_and_a_stale_one_is_none(world: Any, since: Since) -> None:
    alert = world.alert()
    first = _decide(world, "analyst", alert, '"1"')
    assert (first.status_code, first.json()["state"]) == (200, "dismissed")
    assert first.headers["etag"] == '"2"'
    second = _decide(world, "analyst2", alert, '"1"', act="escalate", reason="suspicion_confirmed")
    assert second.status_code == 409
    assert second.json()["type"].endswith("/stale-version")
    assert second.json()["remedy"]
    assert since() == ["run.finished", "alert.decided"]
    history = world.program("analyst").get(f"/v1/alerts/{alert}").json()["history"]
    assert [(each["actor"], each["act"], each["reason"]) for each in history] == [
        ("analyst", "dismiss", "legitimate_business")
    ]


def test_of_many_who_decide_the_same_revision_at_once_one_does(world: Any) -> None:
    alert = world.alert()
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda who=who: answers.append(_decide(world, who, alert, '"1"').status_code))
        for who in ("analyst", "analyst2", "supervisor") * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409, 409, 409, 409, 409]
    assert len(world.house.alerts.acts(alert)) == 1


def test_a_decision_names_its_revision_and_its_reason(world: Any, since: Since) -> None:
    alert = world.alert()
    assert _decide(world, "analyst", alert, None).status_code == 428
    assert _decide(world, "analyst", alert, "*").status_code == 422
    assert _decide(world, "analyst", alert, '"1"', reason=None).status_code == 422
    unknown = _decide(world, "analyst", alert, '"1"', reason="because")
    assert (unknown.status_code, unknown.json()["field"]) == (422, "reason")
    assert _decide(world, "analyst", alert, '"1"', act="delete").status_code == 422
    assert _decide(world, "analyst", alert, '"1"', note="x" * 4001).status_code == 422
    assert since() == ["run.finished"]


def test_only_the_table_of_moves_moves_and_only_a_supervisor_reopens(world: Any, since: Since) -> None:
    alert = world.alert()
    _decide(world, "analyst", alert, '"1"')
    again = _decide(world, "analyst", alert, '"2"')
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "move-refused")
    refused = _decide(world, "analyst", alert, '"2"', act="reopen", reason="data_error")
    assert refused.status_code == 403
    assert since() == ["run.finished", "alert.decided", "access.denied"]
    assert _decide(world, "supervisor", alert, '"2"', act="reopen", reason="data_error").json()["state"] == "new"


def test_an_alert_is_given_to_reviewers_only(world: Any, since: Since) -> None:
    alert = world.alert()
    client = world.program("analyst")

    def give(revision: int, **asked: str) -> Any:
        return client.post(f"/v1/alerts/{alert}/assignment", json=asked, headers={"if-match": f'"{revision}"'})

    for nobody in ("admin", "bank-a", "nobody", "auditor"):
        assert give(1, assignee=nobody).status_code == 422
    assert give(1).json()["assignee"] == "analyst"
    assert give(2, assignee="analyst2").json()["assignee"] == "analyst2"
    assert give(3, act="release").json()["state"] == "new"
    assert since() == ["run.finished"] + ["alert.assigned"] * 3


def test_a_note_stands_in_the_history_and_is_never_empty(world: Any, since: Since) -> None:
    alert = world.alert()
    client = world.program("analyst")
    assert client.post(f"/v1/alerts/{alert}/notes", json={"note": "   "}).status_code == 422
    found = client.post(f"/v1/alerts/{alert}/notes", json={"note": "Asked the bank."}).json()
    assert [(each["act"], each["note"]) for each in found["history"]] == [("note", "Asked the bank.")]
    assert since() == ["run.finished", "alert.noted"]


def test_a_restricted_alert_does_not_exist_for_others_in_any_way(world: Any, since: Since) -> None:
    alert = world.alert()
    supervisor, other = world.program("supervisor"), world.program("analyst2")

    def restrict(people: list[str]) -> Any:
        return supervisor.post(f"/v1/alerts/{alert}/restriction", json={"people": people}, headers={"if-match": '"1"'})

    count = other.get("/v1/alerts").json()["count"]
    assert restrict(["analyst"]).status_code == 422  # the one who restricts must stay among them
    assert restrict(["supervisor", "admin"]).status_code == 422
    assert restrict(["supervisor", "analyst"]).status_code == 200
    hidden, absent = other.get(f"/v1/alerts/{alert}"), other.get("/v1/alerts/a_none")
    assert (hidden.status_code, hidden.json()) == (404, absent.json())
    assert other.get(f"/v1/alerts/{alert}/transactions").status_code == 404
    assert _decide(world, "analyst2", alert, '"1"').status_code == 404
    assert other.post(f"/v1/alerts/{alert}/notes", json={"note": "x"}).status_code == 404
    listed = other.get("/v1/alerts", params={"limit": 200}).json()
    assert alert not in [each["id"] for each in listed["items"]]
    assert listed["count"] == count - 1
    assert world.program("auditor").get(f"/v1/alerts/{alert}").status_code == 404
    assert alert not in world.browser("analyst2").get("/alerts").text
    assert world.program("analyst").get(f"/v1/alerts/{alert}").status_code == 200
    given = supervisor.post(
        f"/v1/alerts/{alert}/assignment", json={"assignee": "analyst2"}, headers={"if-match": '"1"'}
    )
    assert given.status_code == 422
    assert restrict([]).status_code == 200
    assert other.get(f"/v1/alerts/{alert}").status_code == 200
    assert "alert.restricted" in since()


def test_pages_go_on_where_they_ended_whatever_comes_in_between(world: Any) -> None:
    made = {world.alert(family="gold_minerals") for _ in range(5)}
    client, seen, cursor = world.program("analyst"), [], None
    for _ in range(10):
        asked = {"limit": 2, "family": "gold_minerals"} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/alerts", params=asked).json()
        seen += [each["id"] for each in page["items"]]
        world.alert(family="gold_minerals", score=99_000)  # better than all that were shown: it must not shift the page
        cursor = page["next"]
        if cursor is None:
            break
    assert set(seen) == made
    assert len(seen) == 5


@pytest.mark.parametrize("cursor", ["x", "!!!", "OTk", "bm9wZTphXzE"])
def test_a_cursor_of_ones_own_making_is_refused(world: Any, cursor: str) -> None:
    answer = world.program("analyst").get("/v1/alerts", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")


def test_filters_leave_what_they_say_and_counts_agree(world: Any) -> None:
    alert = world.alert(severity="critical", family="arms")
    client = world.program("analyst")
    page = client.get(
        "/v1/alerts", params={"severity": "critical", "family": "arms", "state": ["new", "assigned"]}
    ).json()
    assert ([each["id"] for each in page["items"]], page["count"]) == ([alert], 1)
    assert client.get("/v1/alerts", params={"family": "arms", "state": "dismissed"}).json()["count"] == 0
    assert client.get("/v1/alerts", params={"family": "arms", "assignee": "me"}).json()["count"] == 0
    assert client.get("/v1/alerts", params={"severity": "worst"}).status_code == 422


def test_an_earlier_version_can_be_read_and_one_that_never_was_cannot(world: Any) -> None:
    alert = world.alert()
    client = world.program("auditor")
    assert client.get(f"/v1/alerts/{alert}", params={"version": 1}).json()["version"] == 1
    assert client.get(f"/v1/alerts/{alert}", params={"version": 7}).status_code == 404


def test_the_detectors_tell_their_sources_and_what_else_it_may_be(world: Any) -> None:
    found = {each["id"]: each for each in world.program("auditor").get("/v1/detectors").json()}
    rule = found["cash-structuring"]
    assert rule["sources"]
    assert rule["benign"]
    assert all(parameter["reason"] for parameter in rule["parameters"].values())


def test_a_list_with_evidence_is_a_reading_of_each_alert_in_it(world: Any, since: Since) -> None:
    for _ in range(3):
        world.alert()
    size = len(since())
    client = world.program("analyst2")
    plain = client.get("/v1/alerts", params={"limit": 3}).json()["items"]
    assert since()[size:] == []
    assert "evidence" not in plain[0]
    whole = client.get("/v1/alerts", params={"limit": 3, "include": "evidence"}).json()["items"]
    assert since()[size:] == ["alert.read"] * 3
    assert [each["id"] for each in whole] == [each["id"] for each in plain]
    one = client.get(f"/v1/alerts/{whole[-1]['id']}").json()["alert"]
    assert {name: whole[-1][name] for name in ("key", "members", "evidence")} == {
        name: one[name] for name in ("key", "members", "evidence")
    }
    assert client.get("/v1/alerts", params={"include": "everything"}).status_code == 422


def test_bulk_reading_by_a_list_meets_the_same_budget_and_shows_nothing(world: Any, since: Since) -> None:
    world.alert()
    gate = world.app.state.office.gate
    gate._reads.take("analyst2", gate._reads._times - 1 - len(gate._reads._attempts.get("analyst2", ())))
    size = len(since())
    answer = world.program("analyst2").get("/v1/alerts", params={"limit": 2, "include": "evidence"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (429, "rate-limited")
    assert "evidence" not in answer.text
    assert since()[size:] == ["access.denied"]
    gate._reads.forget("analyst2")


def test_a_restricted_alert_stands_in_no_list_with_evidence(world: Any) -> None:
    alert = world.alert()
    restricted = world.program("supervisor").post(
        f"/v1/alerts/{alert}/restriction", json={"people": ["supervisor"]}, headers={"if-match": '"1"'}
    )
    assert restricted.status_code == 200
    for account, sees in (("analyst", False), ("auditor", False), ("supervisor", True)):
        gate = world.app.state.office.gate
        gate._reads.forget(account)
        found = world.program(account).get("/v1/alerts", params={"limit": 5, "include": "evidence"}).json()["items"]
        assert (alert in {each["id"] for each in found}) is sees


def test_a_reason_that_does_not_fit_is_422_and_the_remedy_names_those_that_do(world: Any, since: Since) -> None:
    alert = world.alert()
    refused = _decide(world, "analyst", alert, '"1"', act="escalate", reason="legitimate_business")
    assert (refused.status_code, refused.json()["field"]) == (422, "reason")
    assert refused.json()["remedy"] == "One of: suspicion_confirmed, needs_investigation."
    assert "alert.decided" not in since()


def test_alerts_are_sorted_as_asked_over_all_pages(world: Any) -> None:
    ends = ("2026-01-05", "2026-03-05", "2026-02-05")
    made = [world.alert(family="political_exposure", window_end=f"{end}T23:59:59Z") for end in ends]
    client = world.program("analyst")
    for sort, order in (("newest", (1, 2, 0)), ("oldest", (0, 2, 1)), ("score", (2, 1, 0))):
        asked: dict[str, Any] = {"family": "political_exposure", "sort": sort, "limit": 1}
        found: list[str] = []
        while True:
            page = client.get("/v1/alerts", params=asked).json()
            found += [each["id"] for each in page["items"]]
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]
        assert found == [made[place] for place in order]
        other = "score" if sort != "score" else "newest"
        mixed = client.get("/v1/alerts", params=asked | {"sort": other})
        assert (mixed.status_code, mixed.json()["field"]) == (422, "cursor"), "a cursor belongs to its order"
    wrong = client.get("/v1/alerts", params={"sort": "upside-down"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "query.sort")
