"""A whole review without the mouse: by single keys, and the same where no script runs. What is decided stands in the journal."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

TEN = 10


def _decided(place: Any) -> int:
    return sum(kind == "alert.decided" for kind in place.world.entries())


def test_ten_alerts_are_reviewed_by_keys_alone(place: Any) -> None:
    before = _decided(place)
    with place.visit("analyst") as page:
        page.goto("/alerts?view=open&sort=newest")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        seconds = []
        for number in range(TEN):
            page.wait_for_selector("html[data-ready]", state="attached")
            page.keyboard.press("e" if number % 2 else "d")
            page.keyboard.press("Space")
            page.keyboard.press("Enter")
            expect(page.locator(".notice")).to_contain_text("The decision is recorded.")
            page.wait_for_selector("html[data-ready]", state="attached")
            page.keyboard.press("n")
            expect(page.locator("#decide")).to_be_visible()
            expect(page.locator(".notice")).to_have_count(0)
            timing = "(() => { const [n] = performance.getEntriesByType('navigation'); return n.responseEnd - n.startTime })()"
            seconds.append(page.evaluate(timing))
        page.wait_for_selector("html[data-ready]", state="attached")
        page.keyboard.press("u")
        page.wait_for_url("**/alerts?view=open&sort=newest")
        print(f"the next alert after {sorted(seconds)[TEN // 2]:.0f} ms (median)")
    assert _decided(place) - before == TEN


def _tab_to(page: Page, what: str, key: str = "Tab") -> None:
    for _ in range(150):
        page.keyboard.press(key)
        if page.locator(f"{what}:focus").count():
            return
    raise AssertionError(f"{what} is not reached by the keyboard")


def test_ten_alerts_are_reviewed_without_a_script_and_without_the_mouse(place: Any) -> None:
    before = _decided(place)
    with place.visit("analyst", java_script_enabled=False) as page:
        page.goto("/alerts?view=open")
        _tab_to(page, "[data-row]")
        page.keyboard.press("Enter")
        for _ in range(TEN):
            _tab_to(page, "a[href='#decide']")
            page.keyboard.press("Enter")
            _tab_to(page, "[name=decision]")
            page.keyboard.press("Space")
            page.keyboard.press("Enter")
            expect(page.locator(".notice")).to_contain_text("The decision is recorded.")
            _tab_to(page, ".notice a[rel=next]")
            page.keyboard.press("Enter")
            expect(page.locator(".notice")).to_have_count(0)
    assert _decided(place) - before == TEN


def test_a_row_is_marked_by_a_key_and_keys_can_be_switched_off(place: Any) -> None:
    with place.visit("analyst") as page:
        page.goto("/alerts?view=open")
        for key in ("j", "j", "x"):
            page.keyboard.press(key)
        assert page.locator("input[name=marked]:checked").count() == 1
        assert page.locator("tbody tr").nth(1).locator("input[name=marked]").is_checked()
        page.keyboard.press("/")
        assert page.locator("#text:focus").count() == 1
        page.keyboard.type("jx?")
        assert page.locator("#text").input_value() == "jx?", "keys are text where text is asked for"
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_have_attribute("open", "")
        page.get_by_role("button", name="Switch single keys off").click()
        page.wait_for_selector("html[data-keys=off][data-ready]", state="attached")
        page.keyboard.press("j")
        assert page.locator("[data-row]:focus").count() == 0


def test_a_name_that_is_searched_for_stands_in_no_address(place: Any) -> None:
    with place.visit("analyst") as page:  # which fails where an address holds the beginning of an account
        page.goto("/alerts?view=open")
        name = page.locator("td.subject").first.inner_text()
        page.keyboard.press("/")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        page.wait_for_url("**found=**")
        assert page.locator("td.subject").all_inner_texts() == [name]


def test_somebody_signs_in_by_the_form(place: Any) -> None:
    with place.visit(None) as page:
        page.goto("/alerts")
        page.get_by_label("Login").fill("analyst2")
        page.get_by_label("Password").fill(place.world.passwords["analyst2"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/guide")
        page.get_by_role("link", name="Begin").click()
        page.wait_for_url("**/alerts?view=open")
        assert page.locator("[data-row]").count() >= 10


@pytest.mark.parametrize("account", ["analyst", "auditor", "bank-a"])
def test_a_first_visit_is_walked_by_keyboard_without_a_script(place: Any, account: str) -> None:
    with place.visit(account, java_script_enabled=False) as page:
        page.goto("/guide")
        steps = page.locator("main ol a").count()
        for number in range(steps):
            _tab_to(page, f"main ol li:nth-child({number + 1}) a")
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: not url.endswith("/guide"))
            expect(page.locator("main h1")).to_have_count(1)
            _tab_to(page, 'footer a[href="/guide"]', "Shift+Tab")
            page.keyboard.press("Enter")
            page.wait_for_url("**/guide")
        assert steps >= 2
