"""Every route, every method, every role: who gets in, who is told no, and what the journal says of it.

A route that is not listed here fails: nobody adds one without saying who may use it and what it records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from support.routes import ROUTES

from service.access.roles import PERMISSIONS

Since = Callable[[], list[str]]
GUARDED = sorted((method, path) for (method, path), (permission, _) in ROUTES.items() if permission is not None)
CALLERS = ("analyst", "supervisor", "auditor", "admin", "bank-a")


def _address(path: str) -> str:
    names = {"batch": "b_0", "alert": "a_0", "run": "r_0", "account": "nobody", "key": "0", "digest": "0", "name": "0"}
    names |= {
        "upload": "u_0",
        "detector": "none",
        "backtest": "t_0",
        "proposal": "d_0",
        "other": "r_0",
        "kind": "segments",
        "model": "0",
    }
    names |= {"partner": "nobody", "case": "c_0", "number": "1", "suppression": "s_0", "entity": "e_0"}
    return path.format(**names)


def _flat(routes: Any) -> Iterator[Any]:
    for route in routes:
        included = getattr(route, "original_router", None)
        yield from _flat(included.routes) if included is not None else (route,)


def _routes(world: Any) -> dict[tuple[str, str], APIRoute]:
    found = list(_flat(world.app.routes))
    assert [route.path for route in found if not isinstance(route, APIRoute)] == ["/openapi.json"]
    return {(method, route.path): route for route in found if isinstance(route, APIRoute) for method in route.methods}


def test_every_route_is_listed_with_who_may_use_it(world: Any) -> None:
    assert set(_routes(world)) == set(ROUTES)


def test_every_route_asks_for_the_permission_that_is_listed(world: Any) -> None:
    for key, route in _routes(world).items():
        asked = [
            getattr(each.call, "permission", None)
            for each in route.dependant.dependencies
            if getattr(each.call, "permission", None)
        ]
        permission = ROUTES[key][0]
        assert asked == ([permission] if permission else []), key


def test_nothing_that_is_recorded_can_be_deleted_or_put(world: Any) -> None:
    assert {method for method, path in _routes(world) if path != "/v1/uploads/{upload}"} == {
        "GET",
        "OPTIONS",
        "POST",
    }


def test_every_route_that_changes_something_names_its_entry() -> None:
    silent = {key for key, (_, entry) in ROUTES.items() if key[0] == "POST" and entry is None}
    assert silent == {
        ("POST", "/preferences"),
        ("POST", "/alerts/searches"),
        ("POST", "/entities"),
        ("POST", "/v1/entities/searches"),
        ("POST", "/v1/uploads"),
        ("POST", "/v1/detectors/lint"),
        ("POST", "/v1/account/factor"),
        ("POST", "/account/factor"),
    }


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_nobody_gets_nothing_and_the_role_decides(world: Any, method: str, path: str) -> None:
    permission = ROUTES[method, path][0]
    assert permission is not None
    address = _address(path)
    size = world.house.journal.size
    stranger = world.browser().request(method, address)
    if path.startswith("/v1/"):
        assert stranger.status_code == 401
        assert stranger.json()["type"].endswith("/not-authenticated")
    else:
        assert (stranger.status_code, stranger.headers["location"]) == (303, "/sign-in")
    assert world.house.journal.size == size
    for account in CALLERS:
        role = "partner" if account == "bank-a" else account
        world.app.state.office.gate._refusals.forget(account)
        size = world.house.journal.size
        client = world.program(account) if path.startswith("/v1/") else world.browser(account)
        if role in PERMISSIONS[permission]:
            continue
        answer = client.request(method, address)
        assert answer.status_code == 403, (account, method, path)
        assert world.entries(size) == ["access.denied"]


def test_a_key_that_is_not_valid_is_refused_and_recorded(world: Any, since: Since) -> None:
    answer = world.program(None).get("/v1/batches", headers={"authorization": "Bearer thalweg_0_0"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert since() == ["access.denied"]


def test_after_many_wrong_keys_the_caller_has_to_wait(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = world.app.state.office.gate._refusals
    monkeypatch.setattr(limiter, "_times", 1)
    client = world.program(None)
    answers = [client.get("/v1/batches", headers={"authorization": "Bearer thalweg_0_0"}) for _ in range(2)]
    answer = answers[-1]
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["type"].endswith("/rate-limited")


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_form_that_another_site_sends_does_nothing(world: Any, headers: dict[str, str], since: Since) -> None:
    browser = world.browser("admin")
    del browser.headers["origin"]
    answer = browser.post("/accounts/bank-a/keys", headers=headers)
    assert answer.status_code == 403
    assert since() == ["access.denied"]
    stranger = world.browser()
    del stranger.headers["origin"]
    signing = stranger.post(
        "/sign-in", data={"account": "admin", "password": world.passwords["admin"]}, headers=headers
    )
    assert signing.status_code == 403
    assert "set-cookie" not in signing.headers
