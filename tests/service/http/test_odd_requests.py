"""Requests that no client of good will sends: each has an answer of its own, none is a fault of ours, none says too much."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

Since = Callable[[], list[str]]
HUGE = "9" * 60


@pytest.mark.parametrize(
    ("account", "path"),
    [
        ("auditor", f"/v1/journal?before={HUGE}"),
        ("bank-a", f"/v1/batches/b_0/rejects?offset={HUGE}"),
        ("analyst", f"/v1/alerts/a_0?version={HUGE}"),
        ("analyst", f"/v1/alerts?cursor={base64.urlsafe_b64encode(f'{HUGE}:a'.encode()).decode()}"),
    ],
)
def test_a_number_beyond_all_bounds_is_not_valid(world: Any, account: str, path: str) -> None:
    answer = world.program(account).get(path)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "request-invalid")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-99", "2026-03-01"])
def test_a_time_outside_the_calendar_is_not_valid(world: Any, moment: str, since: Since) -> None:
    answer = world.program("analyst").post("/v1/runs", json={"as_of": moment})
    assert (answer.status_code, answer.json()["field"]) == (422, "as_of")
    assert since() == []


@pytest.mark.parametrize("body", [b"[" * 30_000, b"{", b'{"account":"\\ud800"}', b"\xff"])
def test_a_body_that_cannot_be_read_is_not_valid(world: Any, body: bytes, since: Since) -> None:
    answer = world.program("admin").post("/v1/accounts", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("/request-invalid")
    assert since() == []


def test_an_error_that_nobody_foresaw_is_covered_like_every_answer_and_goes_no_further(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> Any:
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr(type(world.house.runs), "all", broken)
    told = {"authorization": f"Bearer {world.keys['auditor']}"}
    answer = TestClient(world.app, base_url="https://fiu.example", headers=told).get("/v1/runs")  # it would raise here
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert "1234" not in answer.text


def test_every_error_is_described_as_the_problem_document_that_it_is(world: Any) -> None:
    document = world.program(None).get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            for status, told in call["responses"].items():
                if status >= "400":
                    assert list(told["content"]) == ["application/problem+json"], (method, path, status)
    assert "Problem" in document["components"]["schemas"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", None])
def test_json_that_is_not_called_json_is_an_unsupported_media_type(world: Any, kind: str | None, since: Since) -> None:
    headers = {} if kind is None else {"content-type": kind}
    for path in ("/v1/runs", "/v1/accounts", "/v1/alerts/a_0/decisions"):
        account = "admin" if path == "/v1/accounts" else "analyst"
        answer = world.program(account).post(path, content=b'{"account": "a"}', headers=headers)
        assert answer.status_code == 415
        assert answer.json()["type"].endswith("/unsupported-media-type")
        assert "application/json" in answer.json()["remedy"]
    assert since() == []
    called = {"content-type": "application/problem+json; charset=utf-8"}
    assert world.program("analyst").post("/v1/runs", content=b'{"as_of": 3}', headers=called).status_code == 422
    assert world.program("analyst").post("/v1/runs").status_code == 422, "nothing was sent, so nothing was miscalled"


@pytest.mark.parametrize(
    ("account", "path"),
    [(None, "/sign-in"), (None, "/healthz"), (None, "/openapi.json"), ("analyst", "/alerts"), ("auditor", "/journal")],
)
def test_head_is_get_without_the_body(world: Any, account: str | None, path: str) -> None:
    browser = world.browser(account)
    whole, head = browser.get(path), browser.head(path)
    assert (head.status_code, head.content) == (whole.status_code, b"") == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.headers["content-security-policy"] == whole.headers["content-security-policy"]


def test_head_of_the_api_is_a_reading_like_any_other(world: Any, since: Since) -> None:
    alert = world.alert()
    head = world.program("analyst").head(f"/v1/alerts/{alert}")
    assert (head.status_code, head.headers["etag"], head.content) == (200, '"1"', b"")
    assert since() == ["run.finished", "alert.read"]
    assert world.program("analyst").head("/v1/alerts/a_none").status_code == 404
    assert world.program("analyst").head(f"/v1/alerts/{alert}/decisions").status_code == 405
    assert world.program(None).head("/v1/alerts").status_code == 401
