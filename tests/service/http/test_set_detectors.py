"""Trying and setting a detector over HTTP and on pages: who may, what each is shown, and what the journal says of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from support.houses import world_csv

from service.access.roles import OPERATOR
from service.web.language import LANGUAGES

Since = Callable[[], list[str]]
RULE, PAGE = "cash-structuring", "/detectors/cash-structuring"


@pytest.fixture(scope="module")
def second(world: Any) -> str:
    """Another supervisor."""
    if world.house.accounts.find("supervisor2") is None:
        world.house.accounts.create("supervisor2", name="Second", role="supervisor", by=OPERATOR)
        world.keys["supervisor2"] = world.house.accounts.issue_key("supervisor2", by=OPERATOR)
    world.submit("bank-a", world_csv().encode())
    return "supervisor2"


def _ended(browser: Any, address: str) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        text = str(browser.get(address).text)
        if 'http-equiv="refresh"' not in text:
            return text
        time.sleep(0.2)
    raise AssertionError("the backtest did not end")


def test_a_program_proposes_and_another_person_approves_it(world: Any, second: str, since: Since) -> None:
    one, other = world.program("supervisor"), world.program(second)
    place = f"/v1/detectors/{RULE}/proposals"
    made = one.post(place, json={"params": {"at_least": "4"}, "status": "test", "why": "fewer, please"})
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["params"], told["status"], told["state"]) == ({"at_least": "4"}, "test", "waiting")
    decided = f"{place}/{told['proposal']}/decisions"
    assert one.post(place, json={"status": "off", "why": "x"}).status_code == 409
    assert one.post(decided, json={"act": "approve"}).status_code == 403
    assert other.post(decided, json={"act": "refuse"}).status_code == 422
    assert world.program("analyst").post(decided, json={"act": "approve"}).status_code == 403
    assert other.post(decided, json={"act": "approve"}).json()["decided_by"] == second
    assert other.post(decided, json={"act": "approve"}).status_code == 409
    shown = world.program("analyst").get(f"/v1/detectors/{RULE}").json()
    assert (shown["status"], shown["set"]["params"], shown["set"]["proposed_by"]) == (
        "test",
        {"at_least": "4"},
        "supervisor",
    )
    back = one.post(place, json={"reset": True, "why": "the trial is over"}).json()["proposal"]
    assert other.post(f"{place}/{back}/decisions", json={"act": "approve"}).status_code == 200
    assert world.program("auditor").get(f"/v1/detectors/{RULE}").json()["set"] is None
    assert [each["state"] for each in world.program("auditor").get(place).json()] == ["approved", "approved"]
    assert world.program("auditor").get("/v1/detectors/none/proposals").status_code == 404
    acts = [kind for kind in since() if kind.startswith("detector.")]
    assert acts == ["detector.proposed", "detector.decided"] * 2
    assert one.post(place, json={"status": "on", "why": "x"}).status_code == 422
    assert one.post(place, json={"params": {"at_least": "4"}, "why": "x", "backtest": "t_none"}).status_code == 404


def test_a_supervisor_tries_numbers_on_the_page_and_proposes_them_and_a_colleague_decides(
    world: Any, second: str, since: Since
) -> None:
    sue, sam = world.browser("supervisor"), world.browser(second)
    form = sue.get(f"{PAGE}/settings").text
    fields = dict(re.findall(r'name="(p_\w+)" value="([^"]+)"', form))
    assert fields["p_at_least"] == "3"
    period = {"since": "2026-01-01", "until": "2026-12-31"}
    refused = sue.post(f"{PAGE}/backtests", data=fields | period | {"p_at_least": "1"})
    assert (refused.status_code, "The parameter is out of bounds" in refused.text) == (422, True)
    assert 'aria-invalid="true"' in refused.text
    begun = sue.post(f"{PAGE}/backtests", data=fields | period | {"p_at_least": "4"})
    assert begun.status_code == 303, begun.text
    tried = _ended(sue, begun.headers["location"])
    assert '<meta http-equiv="refresh"' not in tried
    assert "SPLIT" not in tried, "a backtest names no account"
    assert 'data-label="Lost">1</td>' in tried
    assert sue.get(begun.headers["location"].replace(RULE, "pass-through")).status_code == 404
    assert world.browser("analyst").get(begun.headers["location"]).status_code == 403
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', tried))
    without = sue.post(f"{PAGE}/proposals", data=hidden | {"why": " "})
    assert (without.status_code, "Say why, in a few words" in without.text) == (422, True)
    made = sue.post(f"{PAGE}/proposals", data=hidden | {"why": "three are a market stall <here>"})
    assert made.headers["location"] == f"{PAGE}/settings?notice=setting-proposed"

    own, theirs = sue.get(f"{PAGE}/settings").text, sam.get(f"{PAGE}/settings").text
    assert "three are a market stall &lt;here&gt;" in theirs
    assert "1 findings as set, 0 with the change" in theirs
    assert ('value="approve"' in own, 'value="approve"' in theirs) == (False, True)
    assert 'value="approve"' not in world.browser("auditor").get(f"{PAGE}/settings").text
    (proposal,) = set(re.findall(r"/proposals/(d_\w+)/decisions", theirs))
    decided = f"{PAGE}/proposals/{proposal}/decisions"
    assert sue.post(decided, data={"act": "approve"}).status_code == 403
    assert "wait for a second person" in sam.get("/detectors").text
    assert sam.post(decided, data={"act": "approve"}).headers["location"] == f"{PAGE}/settings?notice=setting-approved"
    page = world.browser("analyst").get(PAGE).text
    assert "proposed by supervisor, approved by supervisor2" in page
    assert "in its file 3" in page
    sue.post(f"{PAGE}/proposals", data={"reset": "yes", "why": "done"})
    (back,) = set(re.findall(r"/proposals/(d_\w+)/decisions", sam.get(f"{PAGE}/settings").text))
    sam.post(f"{PAGE}/proposals/{back}/decisions", data={"act": "approve"})
    assert "Set as in its file." in world.browser("analyst").get(PAGE).text
    acts = [kind for kind in since() if kind.startswith(("detector.", "access."))]
    assert acts == ["detector.backtested", "access.denied", "detector.proposed", "access.denied", "detector.decided",
                    "detector.proposed", "detector.decided"]  # fmt: skip


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_page_of_a_setting_speaks_every_language(world: Any, second: str, language: str) -> None:
    browser = world.browser(second)
    browser.cookies.set("language", language)
    text = browser.get(f"{PAGE}/settings").text
    assert f'<html lang="{language}"' in text
    assert browser.get("/detectors/none-such/settings").status_code == 404
    spoken = 'lang="en" dir="ltr"' in browser.get(PAGE).text.partition("</h1>")[0].rpartition("<h1")[2]
    assert spoken == (language == "ar"), "what is English on a page of another language is marked so"
    assert ("بالإنجليزية" in browser.get(PAGE).text) == (language == "ar")
