"""A person's own account over HTTP and in the browser, and what somebody who is after it tries: fixed sessions, guesses, paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest

from service.access.roles import OPERATOR, Role

Since = Callable[[], list[str]]
PASSWORD = "four words that fit"
COOKIE, STEP = "__Host-thalweg", "__Host-thalweg-step"


@pytest.fixture
def person(world: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """An analyst of this test's own, with a password."""
    login = "p" + re.sub(r"[^a-z]", "", request.node.name.lower())[-40:]
    world.house.accounts.create(login, name="P", role="analyst", by=OPERATOR, password=PASSWORD)
    yield login
    world.app.state.office.gate.sessions.close_all(login)


def _code(secret: str) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC).timestamp() + 30)


def _enrol(browser: Any) -> tuple[str, list[str]]:
    secret = browser.post("/v1/account/factor").json()["secret"]
    now = pyotp.TOTP(secret).now()
    taken = browser.post("/v1/account/factor/confirmation", json={"code": now})
    assert taken.status_code == 200, taken.text
    return secret, taken.json()["recovery_codes"]


def test_signing_in_takes_two_steps_once_a_factor_is_there(world: Any, person: str, since: Since) -> None:
    secret, recovery = _enrol(world.browser(person))
    browser = world.browser()
    first = browser.post("/sign-in", data={"account": person, "password": PASSWORD})
    assert (first.status_code, first.headers["location"]) == (303, "/sign-in/code")
    assert COOKIE not in browser.cookies
    assert browser.get("/alerts").headers["location"].startswith("/sign-in")
    assert browser.get("/sign-in/code").status_code == 200
    assert browser.post("/sign-in/code", data={"code": "nothing"}).status_code == 401
    opened = browser.post("/sign-in/code", data={"code": _code(secret)})
    assert (opened.status_code, opened.headers["location"]) == (303, "/guide")
    assert STEP not in browser.cookies
    assert browser.get("/v1/account").json()["recovery_codes_left"] == len(recovery)
    assert since() == ["factor.enrolled", "access.denied", "session.opened"]


def test_the_page_of_the_account_takes_up_a_factor_without_a_script(world: Any, person: str) -> None:
    browser = world.browser(person)
    shown = browser.post("/account/factor").text
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", shown)
    assert secret
    assert "<svg" in shown
    wrong = browser.post("/account/factor/confirmation", data={"code": "abcdef"})
    assert (wrong.status_code, secret[1] in wrong.text) == (422, True)
    done = browser.post("/account/factor/confirmation", data={"code": pyotp.TOTP(secret[1]).now()}).text
    assert len(re.findall(r"<li><code>([a-z2-9]{5}-){2}", done)) == 10
    assert "<li><code>" not in browser.get("/account").text
    assert browser.post("/account/factor").status_code == 409


def test_a_token_is_made_in_person_and_does_what_it_names(world: Any, person: str, since: Since) -> None:
    browser = world.browser(person)
    made = browser.post("/v1/account/tokens", json={"label": "report", "scopes": ["runs.read"], "days": 1})
    assert made.status_code == 201
    token = made.json()["token"]
    world.keys[person] = token
    program = world.program(person)
    assert program.get("/v1/runs").status_code == 200
    assert [program.get(path).status_code for path in ("/v1/alerts", "/v1/account")] == [403, 403]
    assert token not in browser.get("/v1/account/tokens").text
    page = browser.get("/account").text
    assert (token.split("_")[1] in page, token in page) == (True, False)
    whole = world.house.accounts.issue_key(person, by=OPERATOR)
    world.keys[person] = whole
    asked = {"label": "another", "scopes": ["runs.read"]}
    assert world.program(person).post("/v1/account/tokens", json=asked).status_code == 403
    assert browser.post("/v1/account/tokens", json={"label": "x", "scopes": ["accounts.manage"]}).status_code == 422
    assert browser.post(f"/v1/account/tokens/{token.split('_')[1]}/revocation").status_code == 200
    world.keys[person] = token
    assert world.program(person).get("/v1/runs").status_code == 401
    assert since() == [
        "key.issued",
        *["access.denied"] * 2,
        "key.issued",
        "access.denied",
        "key.revoked",
        "access.denied",
    ]


def test_nobody_ends_the_token_of_somebody_else(world: Any, person: str) -> None:
    public = world.house.accounts.issue_key("analyst", by=OPERATOR).split("_")[1]
    answers = [world.browser(person).post(f"/v1/account/tokens/{key}/revocation") for key in (public, "0" * 16)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(world: Any, person: str) -> None:
    here, elsewhere = world.browser(person), world.browser(person)
    wrong = here.post("/v1/account/password", json={"current": "not it at all", "new": "another four words"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "current")
    asked = {"current": PASSWORD, "new": "another four words", "again": "another four words"}
    assert here.post("/account/password", data=asked).status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").headers["location"] == "/sign-in?notice=ended"


def test_an_admin_gets_no_key_of_somebody_who_sees_cases_and_changes_not_their_own_account(
    world: Any, since: Since
) -> None:
    admin = world.program("admin")
    refused = [
        admin.post("/v1/accounts/analyst/keys"),
        admin.post("/v1/accounts/admin/changes", json={"act": "password"}),
        admin.post("/v1/accounts/analyst/changes", json={"act": "link", "identity": "me@provider"}),
        world.browser("admin").post("/accounts/supervisor/keys"),
    ]
    assert [answer.status_code for answer in refused] == [403] * 4
    assert since() == ["access.denied"] * 4


def test_whoever_has_a_password_from_an_admin_sees_nothing_before_choosing_their_own(world: Any, person: str) -> None:
    given = world.program("admin").post(f"/v1/accounts/{person}/changes", json={"act": "password"}).json()["password"]
    world.house.accounts.set_active(person, True, by=OPERATOR)
    browser = world.browser()
    opened = browser.post("/sign-in", data={"account": person, "password": given})
    assert opened.headers["location"] == "/account"
    assert browser.get("/alerts").headers["location"] == "/account"
    assert browser.get("/v1/alerts").status_code == 403
    browser.post("/v1/account/password", json={"current": given, "new": PASSWORD})
    assert browser.get("/alerts").status_code == 200


def test_a_session_that_somebody_planted_is_not_the_one_that_opens(world: Any, person: str) -> None:
    browser = world.browser()
    planted = "planted-by-somebody-else"
    browser.cookies.set(COOKIE, planted)
    answer = browser.post("/sign-in", data={"account": person, "password": PASSWORD})
    given = re.search(rf"{COOKIE}=([^;]+)", answer.headers["set-cookie"])
    assert given
    assert given[1] != planted
    stranger = world.browser()
    stranger.cookies.set(COOKIE, planted)
    assert stranger.get("/alerts").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("role", ["analyst", "supervisor", "auditor", "admin", "bank-a"])
def test_keys_that_are_nearly_right_open_nothing(world: Any, role: Role) -> None:
    public, secret = world.keys[role].split("_", 2)[1:]
    other = world.keys["bank-b"].split("_", 2)
    flipped = ("A" if secret[0] != "A" else "B") + secret[1:]
    for guess in (f"{public}_{flipped}", f"{public}_{other[2]}", f"{other[1]}_{secret}", f"{public}_{secret}=", public):
        world.app.state.office.gate._refusals.forget("client testclient")
        answer = world.program(None).get("/v1/account", headers={"authorization": f"Bearer thalweg_{guess}"})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "path", ["..%2f..%2fkeys%2freceipt.pem", "%2e%2e/keys/receipt.pem", "....//keys", "%00", "a\\..\\b"]
)
def test_a_path_that_climbs_leads_nowhere(world: Any, path: str) -> None:
    for client, place in (
        (world.program("bank-a"), "/v1/batches/{}"),
        (world.program("analyst"), "/v1/alerts/{}"),
        (world.program("auditor"), "/v1/runs/{}"),
        (world.browser(), "/static/{}/app.css"),
    ):
        answer = client.get(place.format(path))
        assert answer.status_code in {404, 405, 422}
        assert b"PRIVATE" not in answer.content
