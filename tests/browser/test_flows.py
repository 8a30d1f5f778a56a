"""Flows in a real browser: the picture and its table move together through the days, keys lead from neighbour to neighbour, and five
hundred accounts are drawn at once."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from support.flow_alerts import flow_alert, large_flow_alert

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LARGE_BYTES = 32 * 1024
ROWS_AS_CURVES = """async () => {
  await new Promise(requestAnimationFrame);
  const shown = (what) => [...document.querySelectorAll(what)].filter(e => !e.classList.contains("later"));
  const numbers = (what) => shown(what).map(e => e.dataset.link).join();
  return [numbers("tr[data-link]"), numbers(".flow path[data-link]"), document.getElementById("flow-count").textContent];
}"""

COUNTED = """async () => {
  await new Promise(requestAnimationFrame);
  return document.querySelectorAll("tr[data-link]:not(.later)").length;
}"""
PAINTED = """() => {
  const canvas = document.getElementById("flow-canvas");
  const held = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  held.drawImage(canvas, 0, 0);
  const shades = held.getImageData(0, 0, canvas.width, canvas.height).data;
  let painted = 0;
  for (let at = 0; at < shades.length; at += 4) painted += shades[at] !== shades[0] || shades[at + 1] !== shades[1];
  return painted;
}"""
"""How many points of the picture are not of the colour of its corner."""

CHAIN = [("A", "S", 100, 2), ("B", "S", 50, 3), ("S", "C", 120, 4), ("C", "D", 80, 5), ("A", "S", 30, 6)]


def test_through_the_days_the_table_says_what_is_drawn(place: Any) -> None:
    alert = flow_alert(place.world, CHAIN)
    with place.visit() as page:
        page.goto(f"/alerts/{alert}/flow")
        page.wait_for_selector("[data-drawn]")
        slider = page.locator("#flow-days")
        seen = []
        for day in (4, 0, 1, 2, 3, 4):
            slider.fill(str(day))
            rows, curves, told = page.evaluate(ROWS_AS_CURVES)
            assert rows == curves
            seen.append((int(told), page.locator("tr[data-link]:not(.later) td:nth-child(3)").all_text_contents()))
        assert [each for each, _ in seen] == [4, 1, 2, 3, 4, 4]
        assert sorted(seen[-1][1]) == ["1", "1", "1", "2"]
        assert seen[0] == seen[-1]
        assert "131.00\u00a0EUR" in page.locator("tr[data-link]").all_text_contents()[0]


def test_arrows_lead_from_neighbour_to_neighbour_and_t_to_the_table(place: Any) -> None:
    alert = flow_alert(place.world, CHAIN)
    with place.visit() as page:
        page.goto(f"/alerts/{alert}/flow")
        page.wait_for_selector("[data-drawn]")
        page.locator("#flow-figure").focus()
        told = []
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowDown"):
            page.keyboard.press(key)
            told.append(page.locator("#flow-at").inner_text().split(",")[0][-1])
        assert "".join(told) == "SCDCSAB"
        page.keyboard.press("t")
        assert page.evaluate("location.hash") == "#flow-table"


def _arrived(page: Page) -> list[float]:
    """Bytes of every answer as it came over the line, with its headers."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    arrived: list[float] = []
    session.on("Network.loadingFinished", lambda event: arrived.append(event["encodedDataLength"]))
    return arrived


def test_five_hundred_accounts_and_fifteen_hundred_movements_are_drawn_at_once(place: Any) -> None:
    alert = large_flow_alert(place.world)
    with place.visit() as page:
        arrived = _arrived(page)
        page.goto(f"/alerts/{alert}/flow")
        page.wait_for_selector("[data-drawn]")
        assert page.locator("canvas.flow").count() == 1
        assert page.locator("tr[data-link]").count() == 1500
        slider, days = page.locator("#flow-days"), []
        for day in ("0", slider.get_attribute("max") or ""):
            slider.fill(day)
            days.append((page.evaluate(COUNTED), page.evaluate(PAINTED)))
        (early, few), (late, all_of_them) = days
        assert early < late == 1500
        assert 0 < few < all_of_them
        assert sum(arrived) <= LARGE_BYTES
    with place.visit(java_script_enabled=False) as page:
        page.goto(f"/alerts/{alert}/flow")
        page.goto(page.locator("noscript a").get_attribute("href") or "")
        assert page.locator("svg.flow path.link").count() == 1500


def test_without_a_script_a_form_shows_another_day(place: Any) -> None:
    alert = flow_alert(place.world, CHAIN)
    with place.visit(java_script_enabled=False) as page:
        page.goto(f"/alerts/{alert}/flow")
        page.fill("#until", "2026-03-03")
        page.click("form.filters:has(#until) button")
        assert page.locator("tr[data-link]:not(.later)").count() == 2
        assert page.locator(".flow path.link:not(.later)").count() == 2


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("fr", "dark")])
def test_axe_finds_no_fault_and_nothing_is_cut_off_on_a_narrow_screen(place: Any, language: str, theme: str) -> None:
    alert = flow_alert(place.world, CHAIN)
    with place.visit(language=language, theme=theme, viewport={"width": 320, "height": 800}) as page:
        for address in (f"/alerts/{alert}/flow", f"/alerts/{alert}/timeline", "followed"):
            if address == "followed":
                page.locator("form.way button").nth(1).click()
                page.wait_for_load_state()
            else:
                page.goto(address)
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}, "preload": False}).response
            assert [each["id"] + node["html"][:150] for each in found["violations"] for node in each["nodes"]] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
