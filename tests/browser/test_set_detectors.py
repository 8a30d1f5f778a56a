"""How a detector is set, in a real browser without a script: one supervisor tries numbers and proposes them, another approves."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from service.access.roles import OPERATOR

PAGE = "/detectors/cash-structuring"


@pytest.mark.slow
def test_numbers_are_tried_proposed_and_approved_without_a_script(place: Any) -> None:
    world = place.world
    if world.house.accounts.find("supervisor2") is None:
        world.house.accounts.create("supervisor2", name="Second", role="supervisor", by=OPERATOR)
    with place.visit("supervisor", java_script_enabled=False) as page:
        page.goto(PAGE)
        page.get_by_role("link", name="Try other numbers, or propose a change").click()
        page.fill("#try-at_least", "1")
        page.get_by_role("button", name="Try these numbers").click()
        expect(page.get_by_role("alert")).to_contain_text("The parameter is out of bounds")
        page.fill("#try-at_least", "4")
        page.get_by_role("button", name="Try these numbers").click()
        expect(page.get_by_role("heading", name="In all")).to_be_visible(
            timeout=90_000
        )  # the page comes again by itself
        page.fill("#why", "Three deposits are a market stall here")
        page.get_by_role("button", name="Propose it").click()
        expect(page.locator(".notice")).to_contain_text("Nothing changes until a second person approves it")
        assert page.get_by_role("button", name="Approve it").count() == 0
    with place.visit("supervisor2", java_script_enabled=False) as page:
        page.goto("/detectors")
        page.locator(f'.notice a[href="{PAGE}/settings"]').click()
        page.get_by_role("button", name="Approve it").click()
        expect(page.locator(".notice")).to_contain_text("The detector is set so")
    with place.visit("analyst", java_script_enabled=False) as page:
        page.goto(PAGE)
        expect(page.locator("main")).to_contain_text("proposed by supervisor, approved by supervisor2")
