"""The queue as reviewers work with it: its views, what they save and search, and what they do with several alerts at once."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from service.alerts.due import due_on, due_until
from service.house import utc_now

HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account,from_country,to_country\n"


def _rows(text: str) -> list[str]:
    return re.findall(r'data-row href="/alerts/(a_[0-9a-f]+)', text)


def _assigned(world: Any, account: str, alert: str) -> Any:
    return world.program(account).get(f"/v1/alerts/{alert}").json()["assignee"]


def test_take_next_gives_each_of_two_reviewers_an_alert_of_their_own(world: Any) -> None:
    for score in (99_001, 99_002):
        world.alert(score=score, severity="critical")
    back = {"back": "?view=critical"}
    taken = [world.browser(account).post("/alerts/next", data=back) for account in ("analyst", "analyst2")]
    addresses = [each.headers["location"] for each in taken]
    alerts = [re.findall(r"a_[0-9a-f]+", each)[0] for each in addresses]
    assert len(set(alerts)) == 2
    assert all(each.endswith("?view=critical&notice=taken") for each in addresses)
    assert [_assigned(world, "supervisor", each) for each in alerts] == ["analyst", "analyst2"]


def test_marked_alerts_are_assigned_at_once_and_those_that_changed_are_named(world: Any) -> None:
    first, second = world.alert(), world.alert()
    world.program("analyst").post(f"/v1/alerts/{second}/notes", json={"note": "seen"})
    given = {"marked": [f"{first}:1", f"{second}:1"], "assignee": "analyst2", "back": "?view=open"}
    answer = world.browser("supervisor").post("/alerts/assignments", data=given)
    assert answer.status_code == 409
    assert f"/alerts/{second}?view=open" in answer.text
    assert _assigned(world, "supervisor", first) == "analyst2"
    assert _assigned(world, "supervisor", second) is None
    nothing = world.browser("supervisor").post("/alerts/assignments", data={"assignee": "analyst2"})
    assert (nothing.status_code, "No alert is marked" in nothing.text) == (422, True)


def test_no_form_of_the_queue_decides_an_alert(world: Any) -> None:
    world.alert()
    forms = set(re.findall(r'<form[^>]* action="([^"]+)"', world.browser("supervisor").get("/alerts?view=open").text))
    assert not any("decision" in each for each in forms)
    assert "/alerts/assignments" in forms


def test_what_is_searched_for_stands_in_no_address_and_is_its_readers_alone(world: Any) -> None:
    account = "ACC-OF-MARIA"
    alert = world.alert(subject_account=account)
    browser = world.browser("analyst")
    answer = browser.post("/alerts/searches", data={"text": "of-maria", "back": "?view=open&sort=newest"})
    address = answer.headers["location"]
    assert "maria" not in address.lower()
    assert "sort=newest" in address
    assert _rows(browser.get(address).text) == [alert]
    assert "This search is forgotten" in world.browser("supervisor").get(address).text
    assert (
        browser.post("/alerts/searches", data={"text": " ", "back": "?view=open"}).headers["location"]
        == "/alerts?view=open"
    )


def test_a_saved_view_opens_first_is_its_owners_and_comes_back_from_the_journal(world: Any) -> None:
    browser = world.browser("analyst2")
    searched = browser.post("/alerts/searches", data={"text": "ACC", "back": "?view=open&severity=high"}).headers[
        "location"
    ]
    back = searched.removeprefix("/alerts")
    browser.post("/alerts/views", data={"name": "High <b>first</b>", "first": "yes", "back": back})
    assert browser.get("/alerts").headers["location"] == "/alerts?view=open&severity=high", (
        "never what was searched for"
    )
    assert "High &lt;b&gt;first" in browser.get("/alerts?view=mine").text
    assert "High &lt;b&gt;first" not in world.browser("supervisor").get("/alerts?view=open").text
    world.house.views._held.clear()  # as after a start
    assert browser.get("/alerts").status_code == 303
    browser.post("/alerts/views/forget", data={"name": "High <b>first</b>", "back": "?view=open"})
    assert browser.get("/alerts").status_code == 200
    nameless = browser.post("/alerts/views", data={"name": " ", "back": "?view=open"})
    assert nameless.status_code == 422


def test_the_list_narrows_by_partner_and_by_countries_and_shows_the_money_of_each_alert(world: Any) -> None:
    rows = "Q-1,2026-03-02T10:00:00Z,transfer,1200.50,EUR,A-1,A-2,KE,AE\nQ-2,2026-03-02T11:00:00Z,transfer,99.50,EUR,A-1,A-2,KE,AE\n"
    batch = world.submit("bank-b", (HEADER + rows).encode())["batch"]
    alert = world.alert(batch, ("Q-1", "Q-2"))
    browser = world.browser("analyst")
    for query in ("partner=bank-b&corridor=ke-ae", "corridor=-AE", "corridor=KE-"):
        text = browser.get(f"/alerts?view=open&{query}").text
        assert alert in _rows(text), query
    assert "1,300.00\u00a0EUR" in text
    assert "KE → AE" in text
    assert alert not in _rows(browser.get("/alerts?view=open&corridor=AE-KE").text)
    assert alert not in _rows(browser.get("/alerts?view=open&partner=bank-a").text)
    counted = (
        world.program("analyst").get("/v1/alerts", params={"partner": "bank-b", "state": ["new", "assigned"]}).json()
    )
    assert f">{counted['count']} alert" in browser.get("/alerts?view=open&partner=bank-b").text


def test_a_page_and_its_order_are_found_again_after_an_alert_was_opened(world: Any) -> None:
    for _ in range(52):
        world.alert()
    browser = world.browser("analyst")
    first = browser.get("/alerts?view=open&sort=oldest").text
    following = re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    second = browser.get(following).text
    opened = re.findall(r'data-row href="([^"]+)"', second)[0].replace("&amp;", "&")
    back = re.findall(r'data-key="u" href="([^"]+)"', browser.get(opened).text)[0].replace("&amp;", "&")
    assert _rows(browser.get(back).text) == _rows(second) != _rows(first)


def test_who_reviews_is_offered_no_view_of_the_sample(world: Any) -> None:
    drawn = world.alert(place="sample")
    assert "view=sample" not in world.browser("analyst").get("/alerts?view=open").text
    assert not _rows(world.browser("analyst").get("/alerts?view=sample").text)
    assert drawn in _rows(world.browser("supervisor").get("/alerts?view=sample").text)


@pytest.mark.parametrize(("severity", "days"), [("critical", 1), ("high", 3), ("medium", 7), ("low", 14)])
def test_the_more_severe_the_sooner_an_alert_is_due_and_the_two_rules_agree(severity: str, days: int) -> None:
    now = utc_now()
    last = due_on(severity, now.isoformat())
    assert (last - now.date()).days == days
    cutoff = dict(due_until(now))[severity]
    assert due_on(severity, cutoff) == now.date()


def test_nothing_new_is_due_and_the_view_says_so(world: Any) -> None:
    world.alert()
    text = world.browser("analyst").get("/alerts?view=due").text
    assert "There is no alert in this view." in text
    assert "in 3 days" in world.browser("analyst").get("/alerts?view=open").text


def test_an_indicator_leads_to_its_detector_with_numbers_sources_examples_and_how_alerts_were_decided(
    world: Any,
) -> None:
    browser = world.browser("analyst")
    text = browser.get(f"/alerts/{world.alert()}").text
    assert '<a href="/detectors/cash-structuring#indicators">Cash deposits</a>' in text
    page = browser.get("/detectors/cash-structuring").text
    meta = world.app.state.office.catalogue().get("cash-structuring").meta
    shown = unescape(page)
    for said in (
        meta.title["en"],
        *meta.sources,
        meta.next_step["en"],
        *(each.reason for each in meta.params.values()),
    ):
        assert said in shown, said
    assert page.count('<details class="panel">') == len(meta.fires) + len(meta.silent)
    browser.cookies.set("language", "fr")
    assert meta.title["fr"] in unescape(browser.get("/detectors").text)
    assert browser.get("/detectors/none-such").status_code == 404
