"""Accounts, keys, partners, the journal and health over HTTP: secrets shown once, entries without their inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.access.roles import OPERATOR

Since = Callable[[], list[str]]


def test_an_account_is_made_with_a_password_that_is_shown_once(world: Any, since: Since) -> None:
    admin = world.program("admin")
    made = admin.post("/v1/accounts", json={"account": "b.toure", "name": "Binta Touré", "role": "analyst"})
    assert made.status_code == 201
    password = made.json()["password"]
    assert since() == ["account.created"]
    listed = admin.get("/v1/accounts")
    assert password not in listed.text
    assert "argon2" not in listed.text
    assert made.json()["active"] is False
    assert world.house.accounts.by_password("b.toure", password) is None
    world.house.accounts.set_active("b.toure", True, by=OPERATOR)
    assert world.house.accounts.by_password("b.toure", password).name == "Binta Touré"
    taken = admin.post("/v1/accounts", json={"account": "b.toure", "name": "B", "role": "analyst"})
    assert taken.status_code == 409


def test_closing_an_account_ends_its_sessions_and_its_keys_at_once(world: Any, since: Since) -> None:
    admin = world.program("admin")
    world.house.accounts.create("c.sow", name="C", role="analyst", by=OPERATOR)
    key = world.house.accounts.issue_key("c.sow", by=OPERATOR)
    browser = world.browser("c.sow")
    program = TestClient(world.app, headers={"authorization": f"Bearer {key}"})
    assert browser.get("/alerts").status_code == 200
    assert program.get("/v1/alerts").status_code == 200
    assert admin.post("/v1/accounts/c.sow/changes", json={"act": "close"}).json()["active"] is False
    assert browser.get("/alerts").headers["location"] == "/sign-in?notice=ended"
    assert program.get("/v1/alerts").status_code == 401
    assert since() == ["account.created", "key.issued", "account.changed", "access.denied"]


def test_a_key_is_revoked_and_stays_dead(world: Any, since: Since) -> None:
    admin = world.program("admin")
    key = admin.post("/v1/accounts/bank-a/keys").json()["key"]
    public = key.split("_")[1]
    assert public in admin.get("/v1/accounts").text
    assert admin.post(f"/v1/keys/{public}/revocation").status_code == 200
    assert admin.post(f"/v1/keys/{public}/revocation").status_code == 404
    assert TestClient(world.app, headers={"authorization": f"Bearer {key}"}).get("/v1/batches").status_code == 401
    assert since() == ["key.issued", "key.revoked", "access.denied"]


def test_a_new_password_ends_the_sessions_of_the_old(world: Any) -> None:
    old = world.house.accounts.create("n.ba", name="N", role="analyst", by=OPERATOR)
    browser = world.browser("n.ba")
    assert browser.get("/alerts").status_code == 200
    made = world.program("admin").post("/v1/accounts/n.ba/changes", json={"act": "password"}).json()
    assert browser.get("/alerts").status_code == 303
    world.house.accounts.set_active("n.ba", True, by=OPERATOR)
    assert world.house.accounts.by_password("n.ba", old) is None
    assert world.house.accounts.by_password("n.ba", made["password"]) is not None


def test_a_partner_is_registered_and_bad_fields_are_named(world: Any, since: Since) -> None:
    admin = world.program("admin")
    good = admin.post("/v1/partners", json={"partner": "bank-c", "name": "Bank C", "institution": "BANKC"})
    assert (good.status_code, good.json()["partner"]) == (201, "bank-c")
    bad = admin.post("/v1/partners", json={"partner": "Bank C", "name": "Bank C", "institution": "BANKC"})
    assert (bad.status_code, bad.json()["field"]) == (422, "partner")
    extra = admin.post("/v1/partners", json={"partner": "d", "name": "D", "institution": "D", "secret": "x"})
    assert extra.status_code == 422
    assert since() == ["partner.registered"]


def test_the_journal_lists_acts_and_shows_no_payload(world: Any) -> None:
    page = world.program("auditor").get("/v1/journal", params={"limit": 5}).json()
    assert (page["size"], page["head"]) == (world.house.journal.size, world.house.journal.head)
    assert len(page["items"]) == 5
    assert set(page["items"][0]) == {"seq", "type", "at", "actor", "role", "session", "object", "purpose"}
    following = world.program("auditor").get("/v1/journal", params={"limit": 5, "before": page["next"]}).json()
    assert following["items"][0]["seq"] == page["items"][-1]["seq"] - 1
    only = world.program("auditor").get("/v1/journal", params={"type": "key.issued"}).json()
    assert {each["type"] for each in only["items"]} == {"key.issued"}


def test_health_is_a_real_question_and_says_when_the_journal_cannot_be_written(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.program(None)
    assert client.get("/healthz").json()["applied"] == world.house.journal.size
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(world.house.journal, "_failed", "whether entry 7 is on disk is unknown")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_where_the_journal_cannot_be_written_nothing_is_done(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = world.alert()
    monkeypatch.setattr(world.house.journal, "_failed", "whether entry 7 is on disk is unknown")
    analyst, admin = world.program("analyst"), world.program("admin")
    reading = analyst.get(f"/v1/alerts/{alert}")
    assert (reading.status_code, reading.headers["retry-after"]) == (503, "10")
    decision = {"act": "dismiss", "reason": "data_error"}
    assert analyst.post(f"/v1/alerts/{alert}/decisions", json=decision, headers={"if-match": '"1"'}).status_code == 503
    made = admin.post("/v1/accounts", json={"account": "z.ba", "name": "Z", "role": "admin"})
    assert made.status_code == 503
    assert world.house.accounts.find("z.ba") is None
    monkeypatch.undo()
    assert world.house.alerts.get(alert, _everything())["state"] == "new"


def test_an_error_that_nobody_foresaw_tells_nothing_of_the_inside(
    world: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Any:
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr(type(world.house.runs), "all", lambda _: broken())
    answer = world.program("auditor").get("/v1/runs")
    assert answer.status_code == 500
    logged = capsys.readouterr()
    assert "1234" not in answer.text + logged.out + logged.err
    assert "RuntimeError" in logged.out + logged.err
    assert answer.json()["remedy"]


def test_an_address_or_a_method_that_is_not_there_is_a_problem_document(world: Any) -> None:
    client = world.program("analyst")
    for answer, status in ((client.get("/v1/nothing"), 404), (client.delete("/v1/alerts"), 405)):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].startswith("https://")


def test_the_description_of_the_api_has_an_example_for_every_answer_of_use(world: Any) -> None:
    document = world.program(None).get("/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert all(path.startswith(("/v1/", "/healthz", "/readyz")) for path in document["paths"])
    for path, calls in document["paths"].items():
        for call in calls.values():
            assert call["description"], path
    page = world.browser().get("/docs")
    assert page.status_code == 200
    assert "cash-structuring" in page.text
    assert page.text.count("<script") == page.text.count('<script src="/static/')


def _everything() -> Any:
    from service.alerts.book import EVERYTHING

    return EVERYTHING
