"""Every route, every method, every role: who gets in, who is told no, and what the journal says of it.

A route that is not listed here fails: nobody adds one without saying who may use it and what it records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from service.access.roles import PERMISSIONS, Permission

Since = Callable[[], list[str]]
EVERYBODY = None
"""Routes without a caller, or for whoever is signed in."""

ROUTES: dict[tuple[str, str], tuple[Permission | None, str | None]] = {
    # route: who may use it; which entry it writes when it changes something
    ("POST", "/v1/batches"): ("batches.submit", "batch.accepted"),
    ("GET", "/v1/batches"): ("batches.read", None),
    ("GET", "/v1/batches/{batch}"): ("batches.read", None),
    ("GET", "/v1/batches/{batch}/rejects"): ("batches.read", None),
    ("GET", "/v1/batches/{batch}/rejected-rows"): ("batches.read", None),
    ("GET", "/v1/batches/{batch}/receipt"): ("batches.read", None),
    ("POST", "/v1/uploads"): ("batches.submit", None),  # the submission is what comes with its last piece
    ("GET", "/v1/uploads/{upload}"): ("batches.submit", None),
    ("GET", "/v1/uploads/{upload}/events"): ("batches.submit", None),
    ("PATCH", "/v1/uploads/{upload}"): ("batches.submit", "batch.accepted"),  # with the last piece
    ("DELETE", "/v1/uploads/{upload}"): ("batches.submit", None),  # of bytes that are no submission yet
    ("GET", "/v1/public-key"): (EVERYBODY, None),
    ("GET", "/v1/alerts"): ("alerts.read", None),
    ("GET", "/v1/alerts/sample"): ("alerts.sample", None),
    ("GET", "/v1/alerts/{alert}"): ("alerts.read", "alert.read"),
    ("GET", "/v1/alerts/{alert}/transactions"): ("alerts.read", "alert.read"),
    ("POST", "/v1/alerts/{alert}/decisions"): ("alerts.act", "alert.decided"),
    ("POST", "/v1/alerts/{alert}/assignment"): ("alerts.act", "alert.assigned"),
    ("POST", "/v1/alerts/{alert}/notes"): ("alerts.act", "alert.noted"),
    ("POST", "/v1/alerts/{alert}/restriction"): ("alerts.restrict", "alert.restricted"),
    ("GET", "/v1/alerts/{alert}/similar"): ("alerts.read", "alert.read"),
    ("GET", "/v1/cases"): ("cases.read", None),
    ("POST", "/v1/cases"): ("cases.act", "case.opened"),
    ("GET", "/v1/cases/{case}"): ("cases.read", "case.read"),
    ("POST", "/v1/cases/{case}/acts"): ("cases.act", "case.changed"),
    ("POST", "/v1/cases/{case}/attachments"): ("cases.act", "case.changed"),
    ("GET", "/v1/cases/{case}/attachments/{number}"): ("cases.read", "case.read"),
    ("GET", "/v1/cases/{case}/evidence"): ("cases.read", "case.read"),
    ("GET", "/v1/suppressions"): ("alerts.read", None),
    ("POST", "/v1/suppressions"): ("alerts.act", "suppression.proposed"),
    ("POST", "/v1/suppressions/{suppression}/decisions"): ("suppressions.decide", "suppression.decided"),
    ("POST", "/v1/entities/searches"): ("entities.read", None),  # a search is kept nowhere
    ("GET", "/v1/entities/{entity}"): ("entities.read", "entity.read"),
    ("POST", "/v1/entities/{entity}/unmasking"): ("entities.act", "entity.unmasked"),
    ("GET", "/v1/entities/{entity}/likeness"): ("entities.read", "entity.read"),
    ("POST", "/v1/entities/{entity}/comparisons"): ("entities.act", "entity.compared"),
    ("GET", "/v1/detectors"): ("detectors.read", None),
    ("GET", "/v1/detectors/{detector}"): ("detectors.read", None),
    ("POST", "/v1/detectors/lint"): ("detectors.try", None),  # it judges a text and keeps nothing
    ("POST", "/v1/detectors/backtests"): ("detectors.try", "detector.backtested"),
    ("GET", "/v1/detectors/backtests/{backtest}"): ("detectors.try", None),
    ("POST", "/v1/flows"): ("flows.follow", "flow.followed"),
    ("GET", "/v1/alerts/{alert}/graph"): ("alerts.read", "alert.read"),
    ("GET", "/v1/references"): ("references.read", None),
    ("POST", "/v1/references/{kind}"): ("references.load", "reference.loaded"),
    ("GET", "/v1/learning"): ("learning.read", None),
    ("POST", "/v1/learning/proposals"): ("learning.propose", "learning.proposed"),
    ("POST", "/v1/learning/proposals/{model}/promotion"): ("learning.promote", "learning.promoted"),
    ("POST", "/v1/learning/withdrawal"): ("learning.propose", "learning.withdrawn"),
    ("POST", "/v1/runs"): ("runs.start", "run.finished"),
    ("GET", "/v1/runs"): ("runs.read", None),
    ("GET", "/v1/runs/{run}"): ("runs.read", None),
    ("POST", "/v1/runs/{run}/replays"): ("runs.replay", "run.replayed"),
    ("GET", "/v1/journal"): ("journal.read", None),
    ("GET", "/v1/accounts"): ("accounts.manage", None),
    ("POST", "/v1/accounts"): ("accounts.manage", "account.created"),
    ("POST", "/v1/accounts/{account}/changes"): ("accounts.manage", "account.changed"),
    ("POST", "/v1/accounts/{account}/keys"): ("accounts.manage", "key.issued"),
    ("POST", "/v1/keys/{key}/revocation"): ("accounts.manage", "key.revoked"),
    ("GET", "/v1/feedback"): ("batches.submit", None),
    ("GET", "/v1/batches/{batch}/handling"): ("batches.read", None),
    ("POST", "/v1/batches/{batch}/handling"): ("batches.submit", "batch.handled"),
    ("POST", "/v1/batches/{batch}/consents"): ("handling.consent", "handling.consented"),
    ("POST", "/v1/partners/{partner}/handling"): ("accounts.manage", "partner.handled"),
    ("GET", "/v1/alerts/{alert}/handling"): ("alerts.read", "alert.read"),
    ("POST", "/v1/alerts/{alert}/exports"): ("alerts.export", "alert.exported"),
    ("GET", "/v1/cases/{case}/handling"): ("cases.read", "case.read"),
    ("POST", "/v1/cases/{case}/exports"): ("alerts.export", "case.exported"),
    ("GET", "/v1/metrics"): ("metrics.read", None),
    ("GET", "/v1/account"): ("account.own", None),
    ("POST", "/v1/account/password"): ("account.own", "account.changed"),
    ("POST", "/v1/account/factor"): ("account.own", None),  # nothing counts before a code of it is shown
    ("POST", "/v1/account/factor/confirmation"): ("account.own", "factor.enrolled"),
    ("POST", "/v1/account/tokens"): ("account.own", "key.issued"),
    ("POST", "/v1/account/tokens/{key}/revocation"): ("account.own", "key.revoked"),
    ("GET", "/v1/account/tokens"): ("account.own", None),
    ("GET", "/account"): ("account.own", None),
    ("POST", "/account/password"): ("account.own", "account.changed"),
    ("POST", "/account/factor"): ("account.own", None),  # nothing counts before a code of it is shown
    ("POST", "/account/factor/confirmation"): ("account.own", "factor.enrolled"),
    ("POST", "/account/tokens"): ("account.own", "key.issued"),
    ("POST", "/account/tokens/{key}/revocation"): ("account.own", "key.revoked"),
    ("GET", "/sign-in/provider"): (EVERYBODY, None),
    ("GET", "/sign-in/provider/back"): (EVERYBODY, "session.opened"),
    ("GET", "/sign-in/code"): (EVERYBODY, None),
    ("POST", "/sign-in/code"): (EVERYBODY, "session.opened"),
    ("GET", "/v1/partners"): ("accounts.manage", None),
    ("POST", "/v1/partners"): ("accounts.manage", "partner.registered"),
    ("GET", "/v1/partners/{partner}/quota"): ("accounts.manage", None),
    ("POST", "/v1/partners/{partner}/quota"): ("accounts.manage", "partner.limited"),
    ("GET", "/healthz"): (EVERYBODY, None),
    ("GET", "/readyz"): (EVERYBODY, None),
    ("GET", "/"): (EVERYBODY, None),
    ("GET", "/docs"): (EVERYBODY, None),
    ("GET", "/static/{digest}/{name}"): (EVERYBODY, None),
    ("GET", "/sign-in"): (EVERYBODY, None),
    ("POST", "/sign-in"): (EVERYBODY, "session.opened"),
    ("POST", "/sign-out"): (EVERYBODY, "session.closed"),
    ("POST", "/preferences"): (EVERYBODY, None),  # the browser keeps them; the server keeps nothing
    ("GET", "/alerts"): ("alerts.read", None),
    ("POST", "/alerts/searches"): ("alerts.read", None),  # memory keeps it, nothing else
    ("POST", "/alerts/views"): ("alerts.read", "view.saved"),
    ("POST", "/alerts/views/forget"): ("alerts.read", "view.saved"),
    ("POST", "/alerts/assignments"): ("alerts.act", "alert.assigned"),
    ("POST", "/alerts/next"): ("alerts.act", "alert.assigned"),
    ("GET", "/alerts/{alert}"): ("alerts.read", "alert.read"),
    ("POST", "/alerts/{alert}/decisions"): ("alerts.act", "alert.decided"),
    ("POST", "/alerts/{alert}/assignment"): ("alerts.act", "alert.assigned"),
    ("POST", "/alerts/{alert}/notes"): ("alerts.act", "alert.noted"),
    ("GET", "/cases"): ("cases.read", None),
    ("POST", "/cases"): ("cases.act", "case.opened"),
    ("POST", "/cases/additions"): ("cases.act", "case.changed"),
    ("GET", "/cases/{case}"): ("cases.read", "case.read"),
    ("POST", "/cases/{case}/acts"): ("cases.act", "case.changed"),
    ("POST", "/cases/{case}/attachments"): ("cases.act", "case.changed"),
    ("GET", "/cases/{case}/attachments/{number}"): ("cases.read", "case.read"),
    ("GET", "/cases/{case}/evidence"): ("cases.read", "case.read"),
    ("GET", "/suppressions"): ("alerts.read", None),
    ("POST", "/alerts/{alert}/suppressions"): ("alerts.act", "suppression.proposed"),
    ("POST", "/suppressions/{suppression}/decisions"): ("suppressions.decide", "suppression.decided"),
    ("GET", "/entities"): ("entities.read", None),
    ("POST", "/entities"): ("entities.read", None),  # a search is kept in memory alone
    ("GET", "/entities/{entity}"): ("entities.read", "entity.read"),
    ("POST", "/entities/{entity}/unmasking"): ("entities.act", "entity.unmasked"),
    ("GET", "/entities/{entity}/likeness"): ("entities.read", "entity.read"),
    ("POST", "/entities/{entity}/comparisons"): ("entities.act", "entity.compared"),
    ("GET", "/follow"): ("flows.follow", None),
    ("POST", "/follow"): ("flows.follow", "flow.followed"),
    ("GET", "/alerts/{alert}/flow"): ("alerts.read", "alert.read"),
    ("GET", "/alerts/{alert}/timeline"): ("alerts.read", "alert.read"),
    ("GET", "/detectors"): ("detectors.read", None),
    ("GET", "/detectors/{detector}"): ("detectors.read", None),
    ("GET", "/batches"): ("batches.read", None),
    ("POST", "/batches"): ("batches.submit", "batch.accepted"),
    ("GET", "/batches/{batch}"): ("batches.read", None),
    ("GET", "/uploads/{upload}"): ("batches.submit", None),
    ("GET", "/runs"): ("runs.read", None),
    ("POST", "/runs"): ("runs.start", "run.finished"),
    ("GET", "/runs/{run}"): ("runs.read", None),
    ("POST", "/runs/{run}/replays"): ("runs.replay", "run.replayed"),
    ("GET", "/journal"): ("journal.read", None),
    ("GET", "/accounts"): ("accounts.manage", None),
    ("POST", "/accounts"): ("accounts.manage", "account.created"),
    ("POST", "/accounts/{account}/changes"): ("accounts.manage", "account.changed"),
    ("POST", "/accounts/{account}/keys"): ("accounts.manage", "key.issued"),
    ("POST", "/keys/{key}/revocation"): ("accounts.manage", "key.revoked"),
}
GUARDED = sorted((method, path) for (method, path), (permission, _) in ROUTES.items() if permission is not None)
CALLERS = ("analyst", "supervisor", "auditor", "admin", "bank-a")


def _address(path: str) -> str:
    names = {"batch": "b_0", "alert": "a_0", "run": "r_0", "account": "nobody", "key": "0", "digest": "0", "name": "0"}
    names |= {"upload": "u_0", "detector": "none", "backtest": "t_0", "kind": "segments", "model": "0"}
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
    assert {method for method, path in _routes(world) if path != "/v1/uploads/{upload}"} == {"GET", "POST"}


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
