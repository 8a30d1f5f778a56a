"""Who messages name beside an account's transactions: masked on its page and in the API, in clear for a reason that is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.goaml_reports import account, both, entity, report, transaction

from schemas.party import PARTY_ROLES
from service.web.named_parties import PARTY_WORDS

_SIDES = both(f"<from_account>{account('77004411')}</from_account>", f"<to_entity>{entity()}</to_entity>")


@pytest.fixture(scope="module")
def number(world: Any) -> str:
    """The id of the account that the message names as the payer's."""
    told = world.program("bank-a").post("/v1/batches?name=r.xml", content=report(transaction("P-1", _SIDES)).encode())
    assert told.status_code == 201, told.text
    return str(
        world.program("analyst").post("/v1/entities/searches", json={"text": "77004411"}).json()["items"][0]["id"]
    )


def test_parties_are_masked_until_a_reason_is_given(world: Any, number: str, since: Callable[[], list[str]]) -> None:
    analyst = world.program("analyst")
    shown = analyst.get(f"/v1/entities/{number}")
    roles = {each["role"] for each in shown.json()["parties"]}
    assert {"payer", "signatory"} <= roles
    assert "payee" not in roles, "the other side is not this account's"
    assert shown.json()["described"][0]["institution_name"] == "Bank of the River"
    for secret in ("Diallo", "P-1", "1989-07-02", "Rue 7"):
        assert secret not in shown.text
    clear = analyst.post(f"/v1/entities/{number}/unmasking", json={"reason": "Letter to the bank"})
    payer = next(each for each in clear.json()["parties"] if each["role"] == "payer")
    assert (payer["name"], payer["born"], payer["masked"]) == ("Awa Diallo", "1989-07-02", False)
    assert "Rue 7" in payer["address"]
    assert payer["identifiers"][0].startswith("PASSP P-1")
    assert since()[:2] == ["entity.read", "entity.unmasked"]


def test_the_page_of_an_account_shows_them_masked_with_neutral_words(world: Any, number: str) -> None:
    page = world.browser("analyst").get(f"/entities/{number}").text
    assert "Named in messages" in page
    assert "may sign for an account of it" in page
    assert "A••• D•••" in page
    assert "Diallo" not in page


def test_every_role_has_words() -> None:
    assert set(PARTY_WORDS) == set(PARTY_ROLES)
