"""RED before anybody is named: no list, count or page has a line of it, and a supervisor names the people knowing nothing of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
_numbers = itertools.count(1)


@pytest.fixture
def red(world: Any) -> Iterator[tuple[str, list[str]]]:
    """A batch that came in as RED and two alerts on it. It is AMBER again afterwards: other tests share the house."""
    rows = [f"NAMED-{next(_numbers)}" for _ in range(2)]
    lines = "".join(f"{row},2026-03-02T10:00:00Z,transfer,10.50,EUR,{row},OTHER\n" for row in rows)
    client = world.program("bank-b")
    said = {"thalweg-handling": '{"tlp": "RED"}'}
    batch = client.post("/v1/batches", content=(HEADER + lines).encode(), headers=said).json()["batch"]
    yield batch, [world.alert(batch, (row,)) for row in rows]
    client.post(f"/v1/batches/{batch}/handling", json={})


def listed(world: Any, account: str, address: str = "/v1/alerts", **asked: str) -> set[str]:
    items = world.program(account).get(address, params={"limit": 200, **asked}).json()["items"]
    return {each.get("id") or each["case"]["id"] for each in items}


def everywhere(world: Any, account: str, alerts: list[str]) -> list[bool]:
    """Whether these alerts show: in the list, its evidence, its search, its page, and in what it counts."""
    world.app.state.office.gate._reads.forget(account)
    seen = [set(alerts) <= listed(world, account, **asked) for asked in ({}, {"include": "evidence"}, {"place": "all"})]
    page = world.browser(account).get("/alerts?sort=newest").text
    return [*seen, any(alert in page for alert in alerts)]


def count(world: Any) -> int:
    return int(world.program("analyst").get("/v1/alerts").json()["count"])


def test_no_list_has_a_line_of_what_waits_and_each_has_it_for_those_named(
    world: Any, red: tuple[str, list[str]], since: Since
) -> None:
    batch, alerts = red
    before = count(world)
    for account in ("analyst", "supervisor", "auditor"):
        assert everywhere(world, account, alerts) == [False] * 4, account
    supervisor = world.program("supervisor")
    waiting = {each["alert"]: each for each in supervisor.get("/v1/handling/waiting").json()}
    assert set(alerts) <= set(waiting)
    assert (waiting[alerts[0]]["batches"], set(waiting[alerts[0]])) == (
        [batch],
        {"alert", "revision", "raised_at", "batches"},
    )
    told = supervisor.post(f"/v1/batches/{batch}/people", json={"people": ["supervisor", "analyst"]})
    assert (told.status_code, set(told.json()["alerts"])) == (200, set(alerts))
    assert since()[-2:] == ["alert.restricted"] * 2
    assert everywhere(world, "analyst", alerts)[0:3] == everywhere(world, "supervisor", alerts)[0:3] == [True] * 3
    assert everywhere(world, "auditor", alerts) == everywhere(world, "analyst2", alerts) == [False] * 4
    assert count(world) == before + 2
    assert not {each["alert"] for each in supervisor.get("/v1/handling/waiting").json()} & set(alerts)


def test_a_case_on_it_is_listed_for_nobody_before_it_names_people(world: Any, red: tuple[str, list[str]]) -> None:
    batch, (alert, _) = red
    world.program("bank-b").post(f"/v1/batches/{batch}/handling", json={})
    opened = (
        world.program("supervisor").post("/v1/cases", json={"title": "Red", "alerts": [alert]}).json()["case"]["id"]
    )
    assert opened in listed(world, "analyst", "/v1/cases")
    world.program("bank-b").post(f"/v1/batches/{batch}/handling", json={"tlp": "RED"})
    assert all(opened not in listed(world, account, "/v1/cases") for account in ("analyst", "supervisor", "auditor"))
    world.program("supervisor").post(f"/v1/batches/{batch}/people", json={"people": ["supervisor"]})
    assert opened in listed(world, "supervisor", "/v1/cases")
    assert opened not in listed(world, "analyst", "/v1/cases")


def test_whoever_names_people_is_a_supervisor_among_them_and_they_may_act_on_alerts(
    world: Any, red: tuple[str, list[str]], since: Since
) -> None:
    place = f"/v1/batches/{red[0]}/people"
    for account in ("analyst", "auditor", "admin", "bank-b", "operator"):
        assert world.program(account).post(place, json={"people": [account]}).status_code == 403
        assert world.program(account).get("/v1/handling/waiting").status_code == 403
        world.app.state.office.gate._refusals.forget(account)
    supervisor = world.program("supervisor")
    for people in (["analyst"], ["supervisor", "auditor"], ["supervisor", "nobody"], []):
        assert supervisor.post(place, json={"people": people}).status_code == 422
    assert supervisor.post("/v1/batches/b_none/people", json={"people": ["supervisor"]}).status_code == 404
    assert "alert.restricted" not in since()


def test_the_page_names_people_for_marked_alerts_and_shows_nothing_of_them(
    world: Any, red: tuple[str, list[str]], since: Since
) -> None:
    batch, (first, second) = red
    browser = world.browser("supervisor")
    page = browser.get("/red", params={"batch": batch})
    assert page.status_code == 200
    assert all(text in page.text for text in (first, second, batch, "bank-b"))
    assert not any(text in page.text for text in ("ACC-", "Deposits kept", "cash deposits", "NAMED-", "Critical"))
    assert browser.post("/red", data={"alert": [f"{first}:1"]}).status_code == 422
    stale = browser.post("/red", data={"alert": [f"{first}:7"], "people": ["supervisor"]})
    assert (stale.status_code, "Mark them again." in stale.text) == (409, True)
    named = browser.post("/red", data={"alert": [f"{first}:1"], "people": ["supervisor", "analyst"], "batch": batch})
    assert (named.status_code, since()[-1]) == (303, "alert.restricted")
    assert world.program("analyst").get(f"/v1/alerts/{first}").status_code == 200
    assert world.program("analyst").get(f"/v1/alerts/{second}").status_code == 404
    page = browser.get("/red").text
    assert (first in page, second in page) == (False, True)
    assert browser.get("/red", headers={"accept-language": "ar"}).status_code == 200
    assert world.browser("analyst").get("/red").status_code == 403


def test_every_page_that_shows_what_was_derived_carries_the_strictest_label(
    world: Any, red: tuple[str, list[str]]
) -> None:
    batch, (alert, _) = red
    world.program("supervisor").post(f"/v1/batches/{batch}/people", json={"people": ["supervisor"]})
    browser, program = world.browser("supervisor"), world.program("supervisor")
    case = program.post("/v1/cases", json={"title": "Red", "alerts": [alert]}).json()["case"]["id"]
    pages = [f"/alerts/{alert}{part}" for part in ("", "/flow", "/timeline")] + [f"/cases/{case}"]
    for page in pages:
        assert "TLP:RED" in browser.get(page).text, page
    mild = world.submit("bank-a", f"{HEADER}MARKED-1,2026-03-02T10:00:00Z,transfer,1,EUR,MARKED-A,MARKED-B\n".encode())
    asked = {"batch": mild["batch"], "reference": "MARKED-1", "purpose": "an alert"}
    (entity,) = program.post("/v1/entities/searches", json={"text": "BANK-A|MARKED-A"}).json()["items"]
    shown = [browser.get(f"/entities/{entity['id']}"), browser.post("/follow", data=asked)]
    assert [("TLP:AMBER" in each.text, "TLP:RED" in each.text) for each in shown] == [(True, False)] * 2
    assert "TLP:" not in browser.get("/alerts").text
    assert "TLP:AMBER" in world.browser("bank-a").get(f"/batches/{mild['batch']}").text
