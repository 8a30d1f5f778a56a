"""Cases and accounts in a real browser: two people decide without a script, and no page has a fault or is cut off."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _open_case(place: Any, page: Page) -> str:
    (alert,) = place.world.program("analyst").get("/v1/alerts", params={"limit": 1}).json()["items"]
    page.goto(f"/alerts/{alert['id']}")
    if not page.locator("#case-title").is_visible():  # folded where the alert is in a case already
        page.locator('details:has(form[action="/cases"]) > summary').click()
    page.fill("#case-title", "Payments of many to one")
    page.locator('form[action="/cases"] button').click()
    return page.url.partition("?")[0]


def _tick(page: Page, count: int) -> None:
    for _ in range(count):
        page.locator('section[aria-labelledby="checklist"] button', has_text="☐").first.click()


def test_two_people_decide_a_case_without_a_script(place: Any) -> None:
    with place.visit(java_script_enabled=False) as page:
        address = _open_case(place, page)
        _tick(page, 2)
        page.select_option("#outcome", "refer_for_protection")
        page.fill("#reason", "Those who paid may be victims.")
        page.get_by_role("button", name="Freeze the evidence and propose").click()
        assert page.get_by_role("button", name="Take the second review").count() == 0
    with place.visit("analyst2", java_script_enabled=False) as page:
        page.goto("/cases?view=waiting")
        page.locator(f'a[href="{address[len(place.origin) :]}"]').click()
        page.get_by_role("button", name="Take the second review").click()
        page.get_by_role("button", name="Decide as proposed").click()
        assert page.get_by_text("Confirmed by").is_visible()
        assert page.get_by_role("link", name="Save it").is_visible()


@pytest.mark.parametrize(
    ("language", "theme"),
    [
        ("en", "light"),
        pytest.param("fr", "dark", marks=pytest.mark.slow),
        pytest.param("ar", "light", marks=pytest.mark.slow),
    ],
)
def test_no_page_of_cases_and_accounts_has_a_fault_or_is_cut_off(place: Any, language: str, theme: str) -> None:
    with place.visit("supervisor") as page:
        case = _open_case(place, page)
        account = page.locator("#protect + dl a").first.get_attribute("href")
    with place.visit("supervisor", language=language, theme=theme) as page:
        for address in (case, account, f"{account}/likeness", "/cases", "/suppressions", "/entities"):
            page.set_viewport_size({"width": 1200, "height": 900})
            page.goto(address)
            found = Axe().run(page, options={"preload": False}).response["violations"]
            assert [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]] == [], address
            page.set_viewport_size({"width": 320, "height": 640})
            assert page.evaluate(WIDE) <= 0, address
