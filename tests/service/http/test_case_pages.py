"""The pages of cases and of accounts: the whole review by forms, numbers masked in the source and in no address, victims apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from service.house import utc_now

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account,from_name,from_party,phone\n"


class Reader(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def revision(page: str) -> str:
    return unescape(re.findall(r'name="revision" value="(\d+)"', page)[-1])


def opened(world: Any, who: str = "analyst", **changed: Any) -> tuple[str, str]:
    """A case that was opened by the form on an alert's page: the alert and the address of the case."""
    alert = world.alert(**changed)
    page = world.browser(who).get(f"/alerts/{alert}").text
    assert 'action="/cases"' in page
    answer = world.browser(who).post("/cases", data={"alert": alert, "title": "A matter", "due": ""})
    assert answer.status_code == 303
    address, _, notice = answer.headers["location"].partition("?")
    assert notice == "notice=case-opened"
    return alert, address


def act(world: Any, who: str, address: str, act: str, **asked: Any) -> Any:
    browser = world.browser(who)
    seen = revision(browser.get(address).text)
    return browser.post(f"{address}/acts", data={"act": act, "revision": seen, **asked})


def test_two_people_decide_a_case_by_forms_alone(world: Any, since: Since) -> None:
    _, address = opened(world)
    for item in ("1", "2"):
        assert act(world, "analyst", address, "tick", item=item, done="true").status_code == 303
    proposed = act(world, "analyst", address, "propose", outcome="refer_for_protection", reason="Two who paid.")
    assert proposed.headers["location"].startswith(address)
    own = world.browser("analyst").get(address).text
    assert 'value="review"' not in own
    assert 'value="withdraw"' in own
    assert act(world, "analyst2", address, "review").status_code == 303
    evidence = re.findall(r'name="evidence" value="([0-9a-f]{64})"', world.browser("analyst2").get(address).text)[0]
    assert act(world, "analyst2", address, "confirm", evidence=evidence, note="").status_code == 303
    page = world.browser("auditor").get(address).text
    assert "Refer people for protection" in page
    assert "Confirmed by" in page
    assert evidence in page
    assert since().count("case.moved") == 3


def test_the_same_form_sent_twice_over_a_bad_line_opens_one_case(world: Any, since: Since) -> None:
    alert = world.alert()
    page = world.browser("analyst").get(f"/alerts/{alert}").text
    case = re.findall(r'name="case" value="(c_[0-9a-f]{16})"', page)[0]
    asked = {"alert": alert, "title": "Once", "due": "2027-01-15", "case": case}
    answers = [world.browser("analyst").post("/cases", data=asked).headers["location"] for _ in range(2)]
    assert answers[0] == answers[1] == f"/cases/{case}?notice=case-opened"
    other = world.browser("analyst2").post("/cases", data=asked).headers["location"]
    assert not other.startswith(f"/cases/{case}")
    assert since().count("case.opened") == 2


def test_a_form_that_somebody_else_was_faster_than_says_so_and_keeps_what_was_written(world: Any) -> None:
    _, address = opened(world)
    browser = world.browser("analyst")
    old = revision(browser.get(address).text)
    act(world, "analyst2", address, "note", note="Faster.")
    answer = browser.post(f"{address}/acts", data={"act": "note", "revision": old, "note": "My own words"})
    assert answer.status_code == 409
    assert "This case has changed since you opened it." in answer.text
    assert "My own words" in answer.text


@pytest.mark.parametrize(
    "asked", [{"act": "win"}, {"act": "tick", "item": "x"}, {"act": "note", "note": " "}, {"act": "attach"}]
)
def test_a_form_that_asks_for_nonsense_is_refused_on_the_page(world: Any, asked: dict[str, str]) -> None:
    _, address = opened(world)
    browser = world.browser("analyst")
    answer = browser.post(f"{address}/acts", data=asked | {"revision": revision(browser.get(address).text)})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_what_was_taken_out_is_put_back_by_its_own_button(world: Any) -> None:
    first, address = opened(world)
    second = world.alert()
    added = world.browser("analyst").post(
        "/cases/additions", data={"alert": second, "case": address.rpartition("/")[2]}
    )
    assert added.headers["location"].startswith(address)
    act(world, "analyst", address, "remove_alerts", alerts=first)
    page = world.browser("analyst").get(address).text
    undoes = re.findall(r'name="undoes" value="(\d+)"', page)
    answer = act(world, "analyst", address, "add_alerts", alerts=first, undoes=undoes[0])
    assert answer.status_code == 303
    assert "undone" in world.browser("analyst").get(address).text


def test_a_file_goes_in_by_the_form_and_is_only_ever_saved(world: Any) -> None:
    _, address = opened(world)
    browser = world.browser("analyst")
    seen = revision(browser.get(address).text)
    sent = browser.post(
        f"{address}/attachments", data={"revision": seen}, files={"file": ("slip.svg", b"<svg onload=x()>")}
    )
    assert sent.status_code == 303
    assert "slip.svg" in browser.get(address).text
    got = browser.get(f"{address}/attachments/1")
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["content-security-policy"].startswith("sandbox")
    assert got.headers["content-type"] == "application/octet-stream"
    none = browser.post(f"{address}/attachments", data={"revision": seen}, files={"other": ("x", b"x")})
    assert none.status_code == 422


def test_nobody_marked_lifts_a_restriction_and_others_meet_the_same_page_as_for_none(world: Any) -> None:
    _, address = opened(world)
    act(world, "supervisor", address, "restrict", people="supervisor")
    hidden = world.browser("analyst").get(address)
    absent = world.browser("analyst").get(f"/cases/c_{0:016x}")
    assert hidden.status_code == absent.status_code == 404
    assert address not in world.browser("analyst").get("/cases").text
    assert act(world, "supervisor", address, "restrict").status_code == 303
    assert world.browser("analyst").get(address).status_code == 200


def test_who_may_be_a_victim_stands_apart_from_the_others(world: Any) -> None:
    _, address = opened(world)
    page = world.browser("analyst").get(address).text
    protect, others = page.index('id="protect"'), page.index('id="others"')
    assert protect < page.index("BANKA|V") < others
    assert "BANKA|V" not in page[others:]
    assert not re.search("suspect", page, re.I)


def test_an_account_is_masked_in_the_source_until_a_reason_is_recorded(world: Any, since: Since) -> None:
    rows = "ENT-1,2026-03-02,transfer,95.00,EUR,4411223344,ACC-PAYEE,Awa Ndiaye,C-7788,+221770000001\n"
    world.submit("bank-a", (HEADER + rows).encode())
    browser = world.browser("analyst")
    answer = browser.post("/entities", data={"text": " 4411223344 "})
    address = answer.headers["location"]
    assert "4411223344" not in address
    page = browser.get(address).text
    for secret in ("4411223344", "Awa", "Ndiaye", "C-7788", "+221770000001", "ACC-PAYEE"):
        assert secret not in page, secret
    assert "BANK-A|••••44" in page
    assert browser.post(f"{address}/unmasking", data={"reason": " "}).status_code == 422
    assert "4411223344" not in browser.get(address).text
    assert browser.post(f"{address}/unmasking", data={"reason": "Letter to the bank"}).status_code == 303
    page = browser.get(address).text
    assert "Awa Ndiaye" in page
    assert "Letter to the bank" in page
    assert "Awa Ndiaye" not in world.browser("analyst2").get(address).text
    assert [each for each in since() if each.startswith("entity.")] == ["entity.read", "entity.unmasked", "entity.read"]
    spoken = [
        recorded.entry.line() for recorded in world.house.journal.read() if recorded.entry.type.startswith("entity.")
    ]
    assert not any(b"4411223344" in line for line in spoken)


def test_accounts_that_share_an_identifier_are_compared_and_what_is_said_is_kept(world: Any) -> None:
    rows = (
        "LIKE-1,2026-03-02,transfer,10.00,EUR,LIKE-A-001,ACC-X,Moussa  Traore,C-1,+22177111\n"
        "LIKE-2,2026-03-03,transfer,11.00,EUR,LIKE-B-002,ACC-X,MOUSSA traore,C-2,+22177111\n"
        "LIKE-3,2026-03-03,transfer,12.00,EUR,LIKE-C-003,ACC-X,Somebody Else,C-1,\n"
        "LIKE-4,2026-03-03,transfer,12.00,EUR,LIKE-D-004,ACC-X,Nobody Else,C-9,\n"
    )
    world.submit("bank-a", (HEADER + rows).encode())
    ids = world.house.entities.ids
    address = f"/v1/entities/{ids.of('BANK-A|LIKE-A-001')}"
    program = world.program("analyst")
    found = program.get(f"{address}/likeness").json()
    by_id = {each["id"]: each["stands_on"] for each in found["items"]}
    assert by_id == {ids.of("BANK-A|LIKE-B-002"): ["name", "phone"], ids.of("BANK-A|LIKE-C-003"): ["party"]}
    assert found["looked_at"] == ["party", "name", "phone"]
    said = program.post(f"{address}/comparisons", json={"other": ids.of("BANK-A|LIKE-B-002"), "verdict": "same"}).json()
    assert (said["verdict"], said["stands_on"], said["decided_by"]) == ("same", ["name", "phone"], "analyst")
    mirrored = program.get(f"/v1/entities/{ids.of('BANK-A|LIKE-B-002')}").json()["same_as"]
    assert [each["masked"] for each in mirrored] == ["BANK-A|••••01"]
    browser = world.browser("analyst")
    page = browser.get(address.removeprefix("/v1") + "/likeness").text
    assert page.index("••••03") < page.index("••••02"), "what nothing was said of comes first"
    assert 'data-key="y"' in page
    answer = browser.post(
        address.removeprefix("/v1") + "/comparisons",
        data={"other": ids.of("BANK-A|LIKE-C-003"), "verdict": "different"},
    )
    assert answer.status_code == 303
    assert "Different holders" in browser.get(address.removeprefix("/v1") + "/likeness").text


def test_the_counterparties_of_an_account_add_up_in_each_currency(world: Any) -> None:
    rows = "".join(f"CP-{n},2026-03-0{n},transfer,{n}.50,EUR,CP-SELF-1,CP-OTHER,,,\n" for n in (1, 2, 3))
    rows += "CP-4,2026-03-04,transfer,100,XOF,CP-OTHER,CP-SELF-1,,,\n"
    world.submit("bank-a", (HEADER + rows).encode())
    entity = world.house.entities.ids.of("BANK-A|CP-SELF-1")
    (other,) = world.program("auditor").get(f"/v1/entities/{entity}").json()["counterparties"]
    assert (other["masked"], other["transactions"]) == ("BANK-A|••••ER", 4)
    assert other["sums"] == [
        {"direction": "in", "currency": "XOF", "total": "100.0000"},
        {"direction": "out", "currency": "EUR", "total": "7.5000"},
    ]


@pytest.mark.parametrize("entity", ["e_", "e_AAAA", "e_" + "a" * 80, "x", "e_%C3%A9"])
def test_an_id_that_is_not_ours_leads_nowhere(world: Any, entity: str) -> None:
    assert world.browser("analyst").get(f"/entities/{entity}").status_code == 404
    assert world.program("analyst").get(f"/v1/entities/{entity}").status_code == 404


def test_a_suppression_is_proposed_and_approved_by_forms(world: Any) -> None:
    alert = world.alert(subject="BANKA|FORM", subject_account="FORM")
    until = (utc_now().date() + timedelta(days=10)).isoformat()
    made = world.browser("analyst").post(f"/alerts/{alert}/suppressions", data={"until": until, "reason": "Known."})
    assert made.headers["location"] == "/suppressions?notice=suppression"
    page = world.browser("supervisor").get("/suppressions").text
    address = re.findall(r'action="(/suppressions/s_[0-9a-f]{16}/decisions)"', page)[0]
    assert world.browser("supervisor").post(address, data={"act": "approve"}).status_code == 303
    assert "in force" in world.browser("analyst").get("/suppressions").text
    assert "There is one until" in world.browser("analyst").get(f"/alerts/{alert}").text
    assert world.browser("supervisor").post(address, data={"act": "approve"}).status_code == 409
    assert (
        world.browser("analyst").post(f"/alerts/{alert}/suppressions", data={"until": "", "reason": ""}).status_code
        == 422
    )


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "which", ["/cases", "/cases?view=waiting", "/suppressions", "/entities", "case", "entity", "likeness"]
)
def test_every_page_is_whole_without_a_script_and_labels_what_it_asks(world: Any, language: str, which: str) -> None:
    _, case = opened(world)
    entity = f"/entities/{world.house.entities.ids.of('BANKA|V')}"
    path = {"case": case, "entity": entity, "likeness": f"{entity}/likeness"}.get(which, which)
    browser = world.browser("supervisor")
    browser.cookies.set("language", language)
    answer = browser.get(path)
    page = Reader(answer.text)
    assert answer.status_code == 200
    assert not page.all("style")
    assert not [tag for tag, attributes in page.tags if "style" in attributes]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert len(page.all("h1")) == 1
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    labels = {each.get("for") for each in page.all("label")}
    asked = [each for tag in ("input", "select", "textarea") for each in page.all(tag) if each.get("type") != "hidden"]
    assert all(each["id"] in labels for each in asked)
