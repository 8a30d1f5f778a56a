"""What originators forbid inside the unit and on the way out of it: RED waits for named people, whichever way somebody comes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from service.ledger.store import Store

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account,from_name\n"
EXPORT = {"recipient": "Border police", "kind": "authority", "use": "intelligence", "purpose": "request 32"}
SECRET = "Rouge Personne"
_numbers = itertools.count(1)


@pytest.fixture
def red(world: Any) -> Iterator[tuple[str, str, str]]:
    """A batch for named people alone, an alert on it, and the number of its accounts. The batch is AMBER again afterwards: other
    tests share the house."""
    number = str(next(_numbers))
    line = f"C-{number},2026-03-02T10:00:00Z,transfer,10.50,EUR,RED-{number},OTHER-{number},{SECRET}"
    batch = world.submit("bank-b", f"{HEADER}{line}\n".encode())["batch"]
    assert _handle(world, batch, tlp="RED").status_code == 200
    yield batch, world.alert(batch, (f"C-{number}",)), number
    _handle(world, batch)


def _handle(world: Any, batch: str, **said: Any) -> Any:
    return world.program("bank-b").post(f"/v1/batches/{batch}/handling", json=said)


def _restrict(world: Any, alert: str, people: list[str]) -> None:
    told = {"json": {"people": people}, "headers": {"if-match": '"1"'}}
    answer = world.program("supervisor").post(f"/v1/alerts/{alert}/restriction", **told)
    assert answer.status_code == 200, answer.text


def _listed(world: Any, account: str, **asked: str) -> list[dict[str, Any]]:
    items = world.program(account).get("/v1/alerts", params={"limit": 200, **asked}).json()["items"]
    return list(items)


ACT = {"act": "note", "note": "x"}
DECISION = {"act": "dismiss", "reason": "data_error"}
SUPPRESSION = {"until": "2027-01-01", "reason": "x"}
BY_ID: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "alert": [
        *(("GET", f"/v1/alerts/{{}}{part}", {}) for part in ("", "/transactions", "/similar", "/graph", "?version=1")),
        *(("GET", f"/v1/alerts/{{}}{part}", {}) for part in ("/graph?scope=around", "/handling")),
        *(("GET", f"/alerts/{{}}{part}", {}) for part in ("", "/flow", "/timeline")),
        ("POST", "/v1/alerts/{}/decisions", {"json": DECISION}),
        ("POST", "/v1/alerts/{}/assignment", {"json": {"assignee": "analyst2"}}),
        ("POST", "/v1/alerts/{}/notes", {"json": {"note": "x"}}),
        ("POST", "/v1/alerts/{}/exports", {"json": EXPORT}),
        ("POST", "/v1/suppressions", {"json": SUPPRESSION | {"alert": "{}"}}),
        ("POST", "/v1/cases", {"json": {"title": "x", "alerts": ["{}"]}}),
        ("POST", "/alerts/{}/decisions", {"data": DECISION | {"revision": "1"}}),
        ("POST", "/alerts/{}/assignment", {"data": {"assignee": "analyst2", "revision": "1"}}),
        ("POST", "/alerts/{}/notes", {"data": {"note": "x"}}),
        ("POST", "/alerts/{}/suppressions", {"data": SUPPRESSION}),
        ("POST", "/cases", {"data": {"title": "x", "alert": "{}"}}),
        ("POST", "/alerts/assignments", {"data": {"assignee": "analyst2", "alert": "{}:1"}}),
    ],
    "case": [
        *(("GET", f"{face}/cases/{{}}{part}", {}) for face in ("/v1", "") for part in ("", "/evidence")),
        *(("GET", f"{face}/cases/{{}}/attachments/1", {}) for face in ("/v1", "")),
        ("GET", "/v1/cases/{}/handling", {}),
        ("POST", "/v1/cases/{}/acts", {"json": ACT}),
        ("POST", "/v1/cases/{}/exports", {"json": EXPORT}),
        ("POST", "/v1/cases/{}/attachments", {"files": {"file": ("a.txt", b"x")}}),
        ("POST", "/cases/{}/acts", {"data": ACT | {"revision": "1"}}),
        ("POST", "/cases/{}/attachments", {"files": {"file": ("a.txt", b"x")}, "data": {"revision": "1"}}),
    ],
}
"""Every way to an alert or a case by its id, with what is sent."""
TO_NAME = {"/v1/alerts/{}/handling"}
"""What supervisors are told before they name people: whose data it is. Acts are tried by one role: all go the same way."""


def _for(name: str, asked: Any) -> Any:
    """What is sent, with an id where its place is."""
    if isinstance(asked, dict):
        return {key: _for(name, each) for key, each in asked.items()}
    if isinstance(asked, list):
        return [_for(name, each) for each in asked]
    return asked.replace("{}", name) if isinstance(asked, str) else asked


def _opened_case(world: Any, red: tuple[str, str, str]) -> str:
    """A case on an alert that was AMBER when it was opened, and is RED now."""
    _handle(world, red[0])
    asked = {"title": "A red matter", "alerts": [red[1]]}
    case: str = world.program("supervisor").post("/v1/cases", json=asked).json()["case"]["id"]
    _handle(world, red[0], tlp="RED")
    return case


@pytest.mark.parametrize("account", ["analyst", "supervisor", "auditor"])
@pytest.mark.parametrize("kind", ["alert", "case"])
def test_what_waits_for_people_is_to_those_not_named_as_what_does_not_exist(
    world: Any, red: tuple[str, str, str], kind: str, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = _opened_case(world, red)
    ids = {"alert": (red[1], "a_ffffffffffffffffffff"), "case": (case, "c_ffffffffffffffff")}[kind]
    work, heads = list[str](), {"if-match": '"1"', "accept-encoding": "identity"}
    for name in ("query", "frame"):
        monkeypatch.setattr(Store, name, _noting(getattr(Store, name), work))
    for method, address, sent in BY_ID[kind]:
        if account != "analyst" and (method == "POST" or address in TO_NAME):
            continue
        told = []
        for each in (ids[1], *ids):  # the first fills what is remembered
            caller = world.program(account) if address.startswith("/v1") else world.browser(account)
            world.app.state.office.gate._refusals.forget(account)
            work.clear()
            size = world.house.journal.size
            answer = caller.request(method, _for(each, address), headers=heads, **_for(each, sent))
            head = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
            text = answer.text.replace(each, "")  # where a form or an error says again what was typed
            told.append((answer.status_code, head, text, world.entries(size), list(work)))
        assert told[1] == told[2], (method, address)
        assert told[1][0] in {403, 404, 422}, (method, address, told[1][0])
        assert SECRET not in told[1][2]


def _noting(real: Any, work: list[str]) -> Any:
    def call(store: Any, sql: str, params: Any = ()) -> Any:
        work.append(sql)
        return real(store, sql, params)

    return call


def test_whoever_is_named_reads_it_and_nobody_else(world: Any, red: tuple[str, str, str], since: Since) -> None:
    case = _opened_case(world, red)
    assert _listed(world, "analyst") == [each for each in _listed(world, "analyst") if each["id"] != red[1]]
    _restrict(world, red[1], ["supervisor", "analyst"])
    for _, address, _ in BY_ID["alert"][:5]:
        assert world.program("analyst").get(address.format(red[1])).status_code == 200, address
    assert SECRET in world.program("analyst").get(f"/v1/alerts/{red[1]}/transactions").text
    assert world.program("analyst").get(f"/v1/cases/{case}").status_code == 200
    refused = world.program("analyst").get(f"/v1/alerts/{red[1]}")
    assert refused.status_code == 200
    assert world.program("auditor").get(f"/v1/alerts/{red[1]}").status_code == 404
    assert since()[-1] == "access.denied"


def test_nothing_that_waits_is_put_into_a_case_by_its_id(world: Any, red: tuple[str, str, str]) -> None:
    batch = world.submit("bank-b", f"{HEADER}CASE-1,2026-03-02T10:00:00Z,transfer,1,EUR,A,B,N\n".encode())["batch"]
    asked = {"title": "x", "alerts": [world.alert(batch, ("CASE-1",))]}
    case = world.program("analyst").post("/v1/cases", json=asked).json()["case"]["id"]
    answers = []
    for alert in (red[1], "a_ffffffffffffffffffff"):
        told = {"json": {"act": "add_alerts", "alerts": [alert]}, "headers": {"if-match": '"1"'}}
        answer = world.program("analyst").post(f"/v1/cases/{case}/acts", **told)
        answers.append((answer.status_code, answer.text.replace(alert, "")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_money_is_followed_as_if_what_is_red_had_not_been_sent(world: Any, red: tuple[str, str, str]) -> None:
    analyst, number = world.program("analyst"), red[2]
    line = f"L-{number},2026-03-02T09:00:00Z,transfer,10.50,EUR,PAYER-{number},RED-{number},N"
    mild = world.submit("bank-b", f"{HEADER}{line}\n".encode())["batch"]
    asked = {"batch": red[0], "reference": f"C-{number}", "purpose": "an alert"}
    refused, unknown = (analyst.post("/v1/flows", json=each) for each in (asked, asked | {"reference": f"D-{number}"}))
    assert refused.status_code == unknown.status_code == 404
    assert refused.text == unknown.text.replace(f"D-{number}", f"C-{number}")
    asked |= {"batch": mild, "reference": f"L-{number}"}
    found = analyst.post("/v1/flows", json=asked)
    assert (found.status_code, "OTHER-" in found.text) == (200, False)
    _handle(world, red[0], tlp="AMBER")
    assert "OTHER-" in analyst.post("/v1/flows", json=asked).text


def test_an_account_shows_nothing_that_was_submitted_as_red(world: Any, red: tuple[str, str, str]) -> None:
    analyst, search = world.program("analyst"), {"text": f"BANK-B|RED-{red[2]}"}
    assert analyst.post("/v1/entities/searches", json=search).json()["items"] == []
    _handle(world, red[0], tlp="AMBER")
    (found,) = analyst.post("/v1/entities/searches", json=search).json()["items"]
    _handle(world, red[0], tlp="RED")
    shown = analyst.post(f"/v1/entities/{found['id']}/unmasking", json={"reason": "an alert"})
    assert shown.status_code == 200
    assert (shown.json()["identifiers"], shown.json()["counterparties"], SECRET in shown.text) == ([], [], False)
    _handle(world, red[0], tlp="AMBER")
    shown = analyst.post(f"/v1/entities/{found['id']}/unmasking", json={"reason": "an alert"})
    assert SECRET in shown.text
    assert len(shown.json()["counterparties"]) == 1


def test_rows_as_they_were_sent_are_read_for_a_purpose_that_is_recorded_and_red_ones_by_their_partner_alone(
    world: Any, since: Since
) -> None:
    good = "".join(f"G-{n},2026-03-02T10:00:00Z,transfer,1,EUR,A,B,N\n" for n in range(20))
    data = f"{HEADER}{good}G-x,2026-03-02T10:00:00Z,transfer,{SECRET},EUR,A,B,N\n".encode()
    batch = world.submit("bank-b", data)["batch"]
    places = [f"/v1/batches/{batch}/rejects", f"/v1/batches/{batch}/rejected-rows"]

    def asked(account: str, purpose: str = "") -> list[tuple[int, bool]]:
        said = {"thalweg-purpose": purpose} if purpose else {}
        answers = [world.program(account).get(place, headers=said) for place in places]
        browser = world.browser(account)
        if purpose:
            answers.append(browser.post(f"/batches/{batch}/rejects", data={"purpose": purpose}))
        answers.append(browser.get(f"/batches/{batch}"))
        return [(answer.status_code, SECRET in answer.text) for answer in answers]

    assert asked("bank-b") == [(200, True)] * 3
    assert asked("auditor") == [(422, False), (422, False), (200, False)]
    assert (
        world.program("auditor").get(places[0], headers={"thalweg-purpose": " %20"}).json()["field"]
        == "Thalweg-Purpose"
    )
    assert since() == ["batch.accepted"]
    assert asked("auditor", "request%20d%C3%A9tente") == [(200, True), (200, True), (303, False), (200, True)]
    assert since()[1:] == ["batch.read"] * 3
    rows = world.house.ledger.query("select purpose from entries where type = 'batch.read' order by seq desc limit 3")
    assert {purpose for (purpose,) in rows} == {"request détente", "request%20d%C3%A9tente"}
    _handle(world, batch, tlp="RED")
    assert asked("analyst", "request 2") == [(403, False)] * 3 + [(200, False)]
    assert asked("bank-b") == [(200, True)] * 3
    _handle(world, batch)


def test_in_a_session_the_purpose_is_said_once_for_a_submission_and_its_links_then_work(
    world: Any, since: Since
) -> None:
    rows = "".join(f"P-{n},2026-03-02T10:00:00Z,transfer,{n or SECRET},EUR,A,B,N\n" for n in range(21))
    batch = world.submit("bank-b", f"{HEADER}{rows}".encode())["batch"]
    browser = world.browser("supervisor")
    asked = browser.post(f"/batches/{batch}/rejects", data={"purpose": "  "})
    assert (asked.status_code, "Say what it is for" in asked.text) == (422, True)
    assert browser.post(f"/batches/{batch}/rejects", data={"purpose": "request 3"}).status_code == 303
    for place in (f"/batches/{batch}", f"/v1/batches/{batch}/rejects", f"/v1/batches/{batch}/rejected-rows"):
        assert SECRET in browser.get(place).text
    assert since() == ["batch.accepted", "batch.read"]


def test_looking_accounts_up_and_reading_rows_are_out_of_the_hourly_budget(
    world: Any, monkeypatch: pytest.MonkeyPatch, since: Since
) -> None:
    gate = world.app.state.office.gate
    gate._reads.forget("analyst2")
    monkeypatch.setattr(gate._reads, "_times", 3)
    search = [world.program("analyst2").post("/v1/entities/searches", json={"text": str(n)}) for n in range(5)]
    assert [each.status_code for each in search] == [200, 200, 200, 429, 429]
    assert since() == ["access.denied"] * 2
    page = world.browser("analyst2").post("/entities", data={"text": "X"})
    assert page.status_code == 429
    gate._reads.forget("analyst2")


def test_words_in_a_caveat_make_nothing_red(world: Any, red: tuple[str, str, str]) -> None:
    said = {"caveats": ['"tlp":"RED"', "RED"], "purpose": '{"tlp":"RED"}'}
    assert _handle(world, red[0], **said).status_code == 200
    assert world.program("analyst").get(f"/v1/alerts/{red[1]}").status_code == 200


def test_a_case_leaves_when_two_people_decided_it_and_every_originator_agrees(world: Any, since: Since) -> None:
    batch = world.submit("bank-b", f"{HEADER}C-0,2026-03-02T10:00:00Z,transfer,1,EUR,A,B,N\n".encode())["batch"]
    case = _proposed(world, world.alert(batch, ("C-0",)))
    supervisor = world.program("supervisor")
    place = f"/v1/cases/{case['id']}/exports"
    early = supervisor.post(place, json=EXPORT)
    assert (early.status_code, early.json()["type"].rpartition("/")[2]) == (409, "move-refused")
    case = _act(world, case, "analyst2", act="review")
    case = _act(world, case, "analyst2", act="confirm", evidence=case["proposal"]["evidence"])
    refused = supervisor.post(place, json=EXPORT)
    assert (refused.status_code, refused.json()["field"], refused.json()["value"]) == (403, "onward", batch)
    assert since()[-1] == "access.denied"
    said = {"recipient": EXPORT["recipient"], "document": "letter 9"}
    assert world.program("analyst").post(f"/v1/batches/{batch}/consents", json=said).status_code == 200
    sent = supervisor.post(place, json=EXPORT)
    assert (sent.status_code, sent.json()["handling"]["tlp"], sent.json()["owners"]) == (201, "AMBER", ["bank-b"])
    assert sent.json()["case"]["alerts"][0]["transactions"][0]["reference"] == "C-0"
    assert since()[-1] == "case.exported"
    told = world.program("auditor").get(f"/v1/cases/{case['id']}/handling").json()
    assert (told["handling"], told["batches"]) == (sent.json()["handling"], [batch])
    _handle(world, batch, onward="never")
    assert supervisor.post(place, json=EXPORT).json()["field"] == "onward"
    assert world.program("analyst").post(place, json=EXPORT).status_code == 403
    assert supervisor.post(place, json=EXPORT | {"kind": "own_unit"}).status_code == 201


def _proposed(world: Any, alert: str) -> dict[str, Any]:
    asked = {"title": "To pass on", "alerts": [alert]}
    case = world.program("analyst").post("/v1/cases", json=asked).json()["case"]
    for item in (1, 2):
        case = _act(world, case, "analyst", act="tick", item=item)
    return _act(world, case, "analyst", act="propose", outcome="disseminate", reason="It adds up.")


def _act(world: Any, case: dict[str, Any], who: str, **asked: Any) -> dict[str, Any]:
    headers = {"if-match": f'"{case["revision"]}"'}
    answer = world.program(who).post(f"/v1/cases/{case['id']}/acts", json=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["case"]
    return found
