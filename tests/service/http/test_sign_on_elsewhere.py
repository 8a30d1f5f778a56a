"""Single sign-on against a provider that others wrote, over a real connection: what it says of itself, signs and hands out."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from service.access.provider import Provider, Registration
from service.access.roles import OPERATOR

with warnings.catch_warnings(action="ignore"):  # what the provider is built from is on its way to another library
    import oidc_provider_mock as oidc

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
BACK = "https://fiu.example/sign-in/provider/back"


@pytest.fixture
def issuer(world: Any) -> Iterator[str]:
    """The address of the provider, while the house is registered with it."""
    state, before = world.app.state, world.app.state.office
    with (
        oidc.run_server_in_thread(require_nonce=True) as server,
        httpx2.Client(trust_env=False, timeout=10, follow_redirects=False) as client,
    ):
        found = f"http://localhost:{server.server_port}"
        known = Registration(issuer=found, client="thalweg", claim="sub", back=BACK, secret="of the house")
        state.office = replace(before, provider=Provider(known, client, lambda: datetime.now(UTC)))
        yield found
    state.office = before


def _signed_in_there(left: Any, sub: str) -> dict[str, str]:
    """What a browser brings back from the provider's own form."""
    answer = httpx2.post(left.headers["location"], data={"sub": sub}, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(BACK)
    return dict(httpx2.URL(answer.headers["location"]).params)


def test_somebody_whom_a_real_provider_names_is_let_in_and_nobody_else(world: Any, issuer: str) -> None:
    world.house.accounts.link("auditor", "u-real", by=OPERATOR)
    try:
        for sub, status in (("u-real", 200), ("u-unknown", 401)):
            browser = world.browser()
            brought = _signed_in_there(browser.get("/sign-in/provider"), sub)
            assert browser.get("/sign-in/provider/back", params=brought).status_code == status
            if status == 200:
                assert browser.get("/v1/account").json()["account"] == "auditor"
    finally:
        world.house.accounts.link("auditor", None, by=OPERATOR)


def test_a_code_is_of_no_use_to_whoever_steals_it(world: Any, issuer: str) -> None:
    """This provider asks for no verifier; the nonce of the browser that left holds the identity to it all the same."""
    world.house.accounts.link("auditor", "u-real", by=OPERATOR)
    try:
        victim, thief = world.browser(), world.browser()
        stolen = _signed_in_there(victim.get("/sign-in/provider"), "u-real")
        own = httpx2.URL(thief.get("/sign-in/provider").headers["location"]).params["state"]
        assert thief.get("/sign-in/provider/back", params=stolen | {"state": own}).status_code == 401
        assert thief.get("/v1/account").status_code == 401
    finally:
        world.house.accounts.link("auditor", None, by=OPERATOR)
