"""A first visit: every step leads to a page that the reader may open, and it is linked from there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from service.access.roles import OPERATOR


@pytest.mark.parametrize("account", ["analyst", "supervisor", "auditor", "admin", "bank-a"])
def test_every_step_leads_to_a_page_of_the_readers_own(world: Any, account: str) -> None:
    browser = world.browser(account)
    steps = re.findall(r'<li><p>(.*?)<br><a href="([^"]+)">', browser.get("/guide").text)
    assert steps
    for text, address in steps:
        assert len(text) > 20
        page = browser.get(address)
        assert page.status_code == 200, address
        assert '<a href="/guide">' in page.text


def test_the_first_sign_in_of_an_account_leads_there_and_no_later_one(world: Any) -> None:
    world.house.accounts.create("newcomer", name="N", role="analyst", by=OPERATOR, password="a password of their own")
    asked = {"account": "newcomer", "password": "a password of their own"}
    places = [world.browser().post("/sign-in", data=asked).headers["location"] for _ in range(2)]
    assert places == ["/guide", "/alerts"]


def test_it_is_in_the_readers_language_and_for_nobody_else(world: Any) -> None:
    told = world.browser("analyst").get("/guide", headers={"accept-language": "ar"}).text
    assert "زيارة أولى" in told
    assert world.browser().get("/guide").headers["location"].startswith("/sign-in")
