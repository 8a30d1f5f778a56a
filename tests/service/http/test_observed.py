"""What the operator sees of requests: figures and lines by route, and nobody in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient

from service.access.roles import OPERATOR
from service.app import create_app
from service.settings import Settings

Since = Callable[[], list[str]]


def test_figures_are_for_a_key_that_may_read_them(world: Any) -> None:
    token = world.house.accounts.issue_key("admin", by=OPERATOR, scopes=["metrics.read"], days=1)
    world.keys["scraper"] = token
    answer = world.program("scraper").get("/v1/metrics")
    assert answer.status_code == 200
    assert f"thalweg_journal_entries {float(world.house.journal.size)}" in answer.text
    assert world.program("scraper").get("/v1/accounts").status_code == 403
    assert [world.program(each).get("/v1/metrics").status_code for each in ("analyst", "bank-a", None)] == [
        403,
        403,
        401,
    ]


def test_figures_name_routes_and_nobody(world: Any) -> None:
    alert = world.alert()
    world.program("analyst").get(f"/v1/alerts/{alert}")
    world.program("bank-a").get("/v1/batches/b_of_somebody")
    world.program(None).get("/a-path-of-somebody")
    world.program(None).request("SOMEBODY", "/healthz")
    text = world.program("admin").get("/v1/metrics").text
    assert 'thalweg_requests_total{method="GET",route="/v1/alerts/{alert}",status="200"}' in text
    assert 'route="/v1/batches/{batch}",status="404"' in text
    assert 'route="none",status="404"' in text
    assert 'method="other"' in text
    assert not re.search(rf"{alert}|somebody|SOMEBODY|analyst|bank-a|testclient", text)


def test_every_answer_has_an_id_of_ours(world: Any) -> None:
    given = [world.program(None).get("/healthz", headers={"x-request-id": "planted"}) for _ in range(2)]
    ids = [answer.headers["x-request-id"] for answer in given]
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ids)
    assert ids[0] != ids[1]


def test_a_line_of_the_log_names_route_and_id_and_neither_person_nor_secret(
    world: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Settings(home=world.house.home.root, reserve_bytes=0, log_requests=True), world.house)
    merge = structlog.contextvars.merge_contextvars
    structlog.configure(processors=[merge, structlog.processors.JSONRenderer()], cache_logger_on_first_use=False)
    try:
        with TestClient(app, base_url="https://fiu.example", headers={"origin": "https://fiu.example"}) as client:
            key = {"authorization": f"Bearer {world.keys['analyst']}", "x-forwarded-for": "203.0.113.9"}
            client.get("/v1/alerts/a_of_somebody", headers=key)
            client.get("/v1/batches?cursor=b_of_somebody", headers={"authorization": "Bearer thalweg_wrong"})
            answer = client.post("/sign-in", data={"account": "a.diallo", "password": "the password is 1234"})
    finally:
        structlog.reset_defaults()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"request"' in line]
    assert [line["route"] for line in lines] == ["/v1/alerts/{alert}", "/v1/batches", "/sign-in"]
    assert lines[-1]["request"] == answer.headers["x-request-id"]
    assert all(set(line) == {"event", "request", "method", "route", "status", "milliseconds"} for line in lines)
    logged = json.dumps(lines)
    for secret in ("somebody", "diallo", "1234", "203.0.113.9", "testclient", world.keys["analyst"], "thalweg_wrong"):
        assert secret not in logged


def test_no_other_site_may_read_an_answer(world: Any) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    program = world.program("analyst")
    for answer in (program.get("/v1/alerts", headers=asked), program.options("/v1/alerts", headers=asked)):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_one_account_cannot_take_all_the_time_there_is(
    world: Any, monkeypatch: pytest.MonkeyPatch, since: Since
) -> None:
    monkeypatch.setattr(world.app.state.office.gate._requests, "_times", 0)
    for caller, place in ((world.program("auditor"), "/v1/runs"), (world.browser("auditor"), "/runs")):
        answer = caller.get(place)
        assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)
    assert world.program("operator").get("/v1/runs").status_code == 200
    assert world.program(None).get("/healthz").status_code == 200
    assert since() == [], "a line for each would let a flood fill the volume"


def test_whatever_somebody_sends_stands_in_no_line_of_the_log(
    world: Any, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, accounts, secrets, addresses and faults that hold them, all with one word in them; the lines are looked through."""
    word = "canari"
    admin, analyst = world.program("admin"), world.program("analyst")
    structlog.configure(processors=[structlog.processors.JSONRenderer()], cache_logger_on_first_use=False)
    try:
        made = admin.post(
            "/v1/accounts", json={"account": f"z.{word}", "name": f"Zoé {word}", "role": "analyst"}
        ).json()
        for password in (f"{word}-{word}-1", made["password"]):
            world.browser().post("/sign-in", data={"account": f"z.{word}", "password": password})
        world.program(None).get(f"/v1/{word}?{word}={word}", headers={"authorization": f"Bearer {word}"})
        odd = {
            "x-forwarded-for": word,
            "user-agent": word,
            "cookie": f"__Host-thalweg={word}",
            "origin": f"https://{word}",
        }
        world.program(None).post("/sign-in", data={"account": word, "password": word}, headers=odd)
        row = f"{word},2026-03-02T10:00:00Z,transfer,{word},EUR,{word},{word}"
        data = f"reference,occurred_at,channel,amount,currency,from_account,{word}\n{row}\n".encode()
        world.program("bank-a").post("/v1/batches", params={"name": f"{word}.csv"}, content=data)
        world.program("bank-a").post("/v1/batches", params={"mapping": word}, content=data)
        analyst.post("/v1/entities/searches", json={"text": word, word: word})
        analyst.post("/v1/flows", json={"account": word, "purpose": word})
        analyst.post("/v1/cases", json={"title": word, "alerts": [word]})

        def broken(*_: object, **__: object) -> Any:
            raise RuntimeError(f"somebody called {word}")

        monkeypatch.setattr(type(world.house.alerts), "page", broken)
        assert analyst.get("/v1/alerts").status_code == 500
    finally:
        structlog.reset_defaults()
    out, err = capsys.readouterr()
    standard = [each.getMessage() for each in caplog.records if each.levelname not in {"DEBUG", "INFO"}]
    assert '"slug": "unforeseen"' in out
    assert word not in f"{out}{err}{standard}".lower()
