"""Single sign-on against a provider that runs beside the tests: who is let in, and everything that is not believed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI, Form
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from joserfc import jwk, jwt

from schemas.errors import HomeUnavailable
from service.access.provider import Provider, Registration
from service.access.roles import OPERATOR

Since = Callable[[], list[str]]
ISSUER, CLIENT, BACK = "https://id.example", "thalweg", "https://fiu.example/sign-in/provider/back"


@dataclass
class Elsewhere:
    """A provider: it remembers what was asked of it, and lies where a test tells it to."""

    key: Any = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "k1"}))
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "k1"})
    signing: Any = None
    issuer: str = ISSUER
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def described() -> dict[str, str]:
            places = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return places | {"issuer": self.issuer}

        @app.get("/jwks_uri")
        def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token_endpoint")
        def token(code: str = Form(), code_verifier: str = Form(), redirect_uri: str = Form()) -> JSONResponse:
            asked = self.codes.pop(code, None)
            made = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
            if asked is None or made != asked["code_challenge"] or redirect_uri != asked["redirect_uri"]:
                return JSONResponse({"error": "invalid_grant"}, 400)
            now = int(datetime.now(UTC).timestamp())
            claims = {"iss": ISSUER, "aud": CLIENT, "sub": "u-77", "nonce": asked["nonce"], "iat": now, "exp": now + 60}
            told = jwt.encode(
                self.header, claims | self.claims, self.signing or self.key, algorithms=["RS256", "HS256"]
            )
            return JSONResponse({"id_token": told, "token_type": "Bearer"})

        return app

    def sign_in(self, address: str) -> dict[str, str]:
        """What a browser brings back after somebody has signed in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.codes["c-1"] = asked
        return {"code": "c-1", "state": asked["state"]}


@pytest.fixture
def elsewhere(world: Any) -> Iterator[Elsewhere]:
    made = Elsewhere()
    state, before = world.app.state, world.app.state.office
    with TestClient(made.app(), base_url=ISSUER) as client:
        registration = Registration(issuer=ISSUER, client=CLIENT, claim="sub", back=BACK)
        provider = Provider(registration, client, lambda: datetime.now(UTC))
        state.office = replace(before, provider=provider)
        yield made
    state.office = before


@pytest.fixture
def linked(world: Any) -> Iterator[str]:
    world.house.accounts.link("analyst", "u-77", by=OPERATOR)
    yield "analyst"
    world.house.accounts.link("analyst", None, by=OPERATOR)


def _sign_on(world: Any, elsewhere: Elsewhere, **changed: str) -> tuple[Any, Any]:
    browser = world.browser()
    left = browser.get("/sign-in/provider")
    assert left.status_code == 303
    return browser, browser.get("/sign-in/provider/back", params=elsewhere.sign_in(left.headers["location"]) | changed)


def test_whoever_the_provider_names_and_an_account_is_linked_to_is_let_in(
    world: Any, elsewhere: Elsewhere, linked: str, since: Since
) -> None:
    assert "/sign-in/provider" in world.browser().get("/sign-in").text
    browser, answer = _sign_on(world, elsewhere)
    assert answer.status_code == 200
    assert 'content="0; url=/alerts"' in answer.text
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert browser.get("/v1/account").json()["account"] == linked
    assert since() == ["session.opened"]


def test_the_way_out_carries_a_challenge_a_nonce_and_a_state_and_a_lax_cookie(world: Any, elsewhere: Elsewhere) -> None:
    answers = [world.browser().get("/sign-in/provider") for _ in range(2)]
    asked = [parse_qs(urlsplit(answer.headers["location"]).query) for answer in answers]
    assert asked[0]["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert "samesite=lax" in answers[0].headers["set-cookie"].lower()


def test_nobody_who_has_no_account_here_gets_one(world: Any, elsewhere: Elsewhere, since: Since) -> None:
    accounts = len(world.house.accounts.all())
    browser, answer = _sign_on(world, elsewhere)
    assert answer.status_code == 401
    assert browser.get("/alerts").headers["location"].startswith("/sign-in")
    assert len(world.house.accounts.all()) == accounts
    assert since() == ["access.denied"]


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-on"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1_700_000_000},
        {"sub": None},
        {"nbf": 4_000_000_000},
    ],
)
def test_an_identity_that_is_not_for_this_sign_on_opens_nothing(
    world: Any, elsewhere: Elsewhere, linked: str, claims: dict[str, Any]
) -> None:
    elsewhere.claims = claims
    browser, answer = _sign_on(world, elsewhere)
    assert answer.status_code == 401
    assert browser.get("/alerts").headers["location"].startswith("/sign-in")


def test_an_identity_that_somebody_else_signed_opens_nothing(world: Any, elsewhere: Elsewhere, linked: str) -> None:
    elsewhere.signing = jwk.RSAKey.generate_key(2048, {"kid": "k1"})
    assert _sign_on(world, elsewhere)[1].status_code == 401
    elsewhere.header = {"alg": "HS256", "kid": "k1"}
    elsewhere.signing = jwk.OctKey.import_key("a secret that the client shares with it")
    assert _sign_on(world, elsewhere)[1].status_code == 401


def test_a_state_of_somebody_else_and_a_browser_that_never_left_open_nothing(
    world: Any, elsewhere: Elsewhere, linked: str
) -> None:
    assert _sign_on(world, elsewhere, state="planted")[1].status_code == 401
    stranger = world.browser()
    brought = elsewhere.sign_in(world.browser().get("/sign-in/provider").headers["location"])
    assert stranger.get("/sign-in/provider/back", params=brought).status_code == 401


def test_an_answer_serves_once(world: Any, elsewhere: Elsewhere, linked: str) -> None:
    browser = world.browser()
    brought = elsewhere.sign_in(browser.get("/sign-in/provider").headers["location"])
    cookies = dict(browser.cookies)
    assert browser.get("/sign-in/provider/back", params=brought).status_code == 200
    again = world.browser()
    again.cookies.update(cookies)
    assert again.get("/sign-in/provider/back", params=brought).status_code == 401


def test_a_provider_by_another_name_is_not_believed(world: Any, elsewhere: Elsewhere) -> None:
    elsewhere.issuer = "https://evil.example"
    assert world.browser().get("/sign-in/provider").status_code == 503


def test_an_address_counts_where_the_provider_has_verified_it(world: Any, elsewhere: Elsewhere) -> None:
    office = world.app.state.office
    known = replace(office.provider._known, claim="email")
    world.app.state.office = replace(
        office, provider=Provider(known, office.provider._client, lambda: datetime.now(UTC))
    )
    world.house.accounts.link("analyst", "a@fiu.example", by=OPERATOR)
    for verified, status in ((False, 401), (True, 200)):
        elsewhere.claims = {"email": "a@fiu.example", "email_verified": verified}
        assert _sign_on(world, elsewhere)[1].status_code == status
    world.house.accounts.link("analyst", None, by=OPERATOR)


def test_a_provider_is_asked_over_tls_alone() -> None:
    registration = Registration(issuer="http://id.example", client=CLIENT, claim="sub", back=BACK)
    with TestClient(FastAPI()) as client, pytest.raises(HomeUnavailable):
        Provider(registration, client, lambda: datetime.now(UTC)).begin()


def test_without_a_provider_there_is_no_such_page(world: Any) -> None:
    assert world.browser().get("/sign-in/provider").status_code == 404
    assert "/sign-in/provider" not in world.browser().get("/sign-in").text
