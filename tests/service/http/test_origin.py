"""Who a request comes from: a header says it only where one of our own proxies wrote it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from service.http.origin import sender
from service.settings import Settings

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # not a proxy of ours: its header is its own invention
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("::1", ["2001:db8::5"], "2001:db8::5"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.9, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),  # what the sender wrote stands before it
        ("10.0.0.1", ["192.0.2.9", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, rubbish"], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("unknown", ["198.51.100.1"], "unknown"),
    ],
)
def test_the_sender_is_the_nearest_address_that_is_not_our_proxy(peer: str, forwarded: list[str], found: str) -> None:
    assert sender(peer, forwarded, PROXIES) == found


def test_nobodys_header_is_believed_unless_a_setting_says_so() -> None:
    assert Settings().trusted_proxies == ()
    assert sender("10.0.0.1", ["198.51.100.1"], ()) == "10.0.0.1"


def test_proxies_are_set_by_address_or_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THALWEG_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    assert Settings().trusted_proxies == PROXIES
    monkeypatch.setenv("THALWEG_TRUSTED_PROXIES", "everybody")
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(("trusted", "counted"), [((), "10.0.0.1"), (PROXIES, "198.51.100.1")])
def test_what_is_refused_counts_for_the_client_behind_a_trusted_proxy(world: Any, trusted: Any, counted: str) -> None:
    office = world.app.state.office
    settings = office.settings.model_copy(update={"trusted_proxies": trusted})
    world.app.state.office = replace(office, settings=settings)
    client = TestClient(world.app, base_url="https://fiu.example", client=("10.0.0.1", 50_000))
    said = {"x-forwarded-for": "192.0.2.9, 198.51.100.1", "origin": "https://fiu.example"}
    try:
        assert client.get("/v1/accounts", headers=said | {"authorization": "Bearer no"}).status_code == 401
        client.post("/sign-in", data={"account": f"not-{counted}", "password": "wrong"}, headers=said)
    finally:
        world.app.state.office = office
    assert f"client {counted}" in office.gate._refusals._attempts
    assert counted in office.gate._by_client._attempts
    office.gate._refusals.forget(f"client {counted}")
    office.gate._by_client.forget(counted)
