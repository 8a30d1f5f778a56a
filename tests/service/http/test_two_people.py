"""Nobody approves their own act: each act that takes two people, tried by one. And whoever keeps accounts lets nobody in alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.access.roles import OPERATOR, PERMISSIONS

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
SOON = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
SECRET = "a password of their own"
_numbers = itertools.count(1)


@pytest.fixture
def admin2(world: Any) -> str:
    if world.house.accounts.find("admin2") is None:
        world.house.accounts.create("admin2", name="Second", role="admin", by=OPERATOR)
        world.keys["admin2"] = world.house.accounts.issue_key("admin2", by=OPERATOR)
    return "admin2"


def test_no_role_both_keeps_accounts_and_sees_what_they_open() -> None:
    seen = {
        "alerts.read",
        "cases.read",
        "batches.read",
        "entities.read",
        "flows.follow",
        "runs.read",
        "journal.read",
        "learning.read",
    }
    assert not [name for name in seen if "admin" in PERMISSIONS[name]]  # type: ignore[index]
    assert PERMISSIONS["accounts.manage"] == ("admin",)


@pytest.mark.parametrize("proposer", ["analyst", "supervisor"])
def test_a_case_is_not_decided_by_whoever_proposed_it(world: Any, proposer: str, since: Since) -> None:
    case = _do(world, proposer, "POST", "/v1/cases", {"title": "x", "alerts": [world.alert()]}).json()["case"]
    for item in (1, 2):
        case = _act(world, proposer, case, act="tick", item=item).json()["case"]
    case = _act(world, proposer, case, act="propose", outcome="keep_watching", reason="x").json()["case"]
    assert _act(world, proposer, case, act="review").status_code == 403
    reviewed = _act(world, "analyst2", case, act="review").json()["case"]
    told = {"act": "confirm", "evidence": reviewed["proposal"]["evidence"]}
    assert _act(world, proposer, reviewed, **told).status_code == 403
    assert _act(world, "analyst2", reviewed, **told).status_code == 200
    assert since().count("access.denied") == 2


def test_a_suppression_is_not_approved_by_whoever_proposed_it(world: Any, since: Since) -> None:
    asked = {"alert": world.alert(), "until": SOON, "reason": "x"}
    found = _do(world, "supervisor", "POST", "/v1/suppressions", asked).json()["suppression"]
    refused = _do(world, "supervisor", "POST", f"/v1/suppressions/{found}/decisions", {"act": "approve"})
    assert (refused.status_code, since()[-1]) == (403, "access.denied")


def test_a_consent_does_not_count_for_whoever_recorded_it(world: Any) -> None:
    line = "TWO-1,2026-03-02T10:00:00Z,transfer,10.50,EUR,A,B\n"
    batch = world.submit("bank-a", (HEADER + line).encode())["batch"]
    place = f"/v1/alerts/{world.alert(batch, ('TWO-1',))}/exports"
    said = {"recipient": "Interpol", "document": "letter 1"}
    asked = {"recipient": "Interpol", "kind": "authority", "use": "intelligence", "purpose": "x"}
    for recorder, status in (("supervisor", 403), ("analyst", 201)):
        assert _do(world, recorder, "POST", f"/v1/batches/{batch}/consents", said).status_code == 200
        assert _do(world, "supervisor", "POST", place, asked).status_code == status


@pytest.mark.parametrize("role", ["analyst", "supervisor", "auditor", "admin"])
def test_an_admin_alone_lets_nobody_in(world: Any, role: str, admin2: str, since: Since) -> None:
    """Made or given another password by one admin, an account is opened by another, and by the holder's password alone it is not."""
    login = f"puppet-{next(_numbers)}"
    made = _do(world, "admin", "POST", "/v1/accounts", {"account": login, "name": "P", "role": role}).json()
    changes = f"/v1/accounts/{login}/changes"
    assert not made["active"]
    assert _signed_in(world, login, made["password"]) == 401
    assert _do(world, "admin", "POST", changes, {"act": "open"}).status_code == 403
    again = _do(world, "admin", "POST", changes, {"act": "password"}).json()["password"]
    assert _signed_in(world, login, again) == 401
    assert world.browser("admin").post(f"/accounts/{login}/changes", data={"act": "open"}).status_code == 403
    assert _do(world, admin2, "POST", changes, {"act": "open"}).status_code == 200
    assert _signed_in(world, login, again) == 303
    world.house.accounts.set_password(login, by=OPERATOR, password=SECRET)
    taken = _do(world, "admin", "POST", changes, {"act": "password"}).json()
    assert (taken["active"], _signed_in(world, login, taken["password"])) == (False, 401)
    world.house.accounts.set_active(login, False, by=OPERATOR)
    assert since().count("access.denied") >= 4


def test_a_partners_account_opens_at_once(world: Any) -> None:
    asked = {"account": f"partner-{next(_numbers)}", "name": "P", "role": "partner", "partner": "bank-a"}
    made = _do(world, "admin", "POST", "/v1/accounts", asked).json()
    assert (made["active"], _signed_in(world, asked["account"], made["password"])) == (True, 303)


def _signed_in(world: Any, login: str, password: str) -> int:
    gate = world.app.state.office.gate
    for limiter in (gate._refusals, gate._by_login, gate._by_client):
        limiter._attempts.clear()
    return int(world.browser().post("/sign-in", data={"account": login, "password": password}).status_code)


def _do(world: Any, who: str, method: str, path: str, asked: dict[str, Any]) -> Any:
    return world.program(who).request(method, path, json=asked)


def _act(world: Any, who: str, case: dict[str, Any], **asked: Any) -> Any:
    headers = {"if-match": f'"{case["revision"]}"'}
    return world.program(who).post(f"/v1/cases/{case['id']}/acts", json=asked, headers=headers)
