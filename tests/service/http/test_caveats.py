"""What originators forbid inside the unit and on the way out of it: RED waits for named people, whichever way somebody comes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

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


def _ways(alert: str, case: str) -> list[tuple[str, str]]:
    """Every address that would show what a RED alert stands on."""
    api = [f"/v1/alerts/{alert}{part}" for part in ("", "/transactions", "/similar", "/graph", "/graph?scope=around")]
    pages = [f"/alerts/{alert}{part}" for part in ("", "/flow", "/timeline")]
    cases = [f"{face}/cases/{case}{part}" for face in ("/v1", "") for part in ("", "/evidence", "/attachments/1")]
    return [("GET", address) for address in [*api, *pages, *cases]]


def test_red_is_read_by_named_people_alone_whichever_way_they_come(
    world: Any, red: tuple[str, str, str], since: Since
) -> None:
    batch, alert, _ = red
    asked = {"title": "A red matter", "alerts": [alert]}
    assert world.program("supervisor").post("/v1/cases", json=asked).json()["field"] == "alerts"
    _handle(world, batch)
    case = world.program("supervisor").post("/v1/cases", json=asked).json()["case"]["id"]
    _handle(world, batch, tlp="RED")
    for method, address in _ways(alert, case):
        for account in ("analyst", "supervisor", "auditor"):
            caller = world.program(account) if address.startswith("/v1") else world.browser(account)
            answer = caller.request(method, address)
            assert answer.status_code == 403, (account, address, answer.text[:200])
            assert SECRET not in answer.text
            world.app.state.office.gate._refusals.forget(account)
    assert set(since()[-10:]) == {"access.denied"}
    _restrict(world, alert, ["supervisor", "analyst"])
    answers = {address: world.program("analyst").request(method, address) for method, address in _ways(alert, case)[:5]}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert SECRET in answers[f"/v1/alerts/{alert}/transactions"].text
    assert world.program("analyst").get(f"/v1/cases/{case}").status_code == 200
    assert world.program("auditor").get(f"/v1/alerts/{alert}").status_code == 404


def test_nobody_decides_on_what_they_may_not_read(world: Any, red: tuple[str, str, str]) -> None:
    alert = red[1]
    told = {"act": "dismiss", "reason": "data_error"}
    decided = world.program("analyst").post(f"/v1/alerts/{alert}/decisions", json=told, headers={"if-match": '"1"'})
    noted = world.program("analyst").post(f"/v1/alerts/{alert}/notes", json={"note": "x"})
    assert [(each.status_code, each.json()["field"]) for each in (decided, noted)] == [(403, "tlp")] * 2
    assert alert not in decided.text.replace(decided.json()["value"], "")


def test_money_is_not_followed_through_what_is_red(world: Any, red: tuple[str, str, str]) -> None:
    asked = {"batch": red[0], "reference": f"C-{red[2]}", "purpose": "an alert"}
    refused = world.program("analyst").post("/v1/flows", json=asked)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (403, "handling-forbids")
    assert "OTHER-" not in refused.text
    _handle(world, red[0], tlp="AMBER")
    assert world.program("analyst").post("/v1/flows", json=asked).status_code == 200


def test_an_account_shows_nothing_that_was_submitted_as_red(world: Any, red: tuple[str, str, str]) -> None:
    analyst = world.program("analyst")
    (found,) = analyst.post("/v1/entities/searches", json={"text": f"BANK-B|RED-{red[2]}"}).json()["items"]
    shown = analyst.post(f"/v1/entities/{found['id']}/unmasking", json={"reason": "an alert"})
    assert shown.status_code == 200
    assert (shown.json()["identifiers"], shown.json()["counterparties"], SECRET in shown.text) == ([], [], False)
    _handle(world, red[0], tlp="AMBER")
    shown = analyst.post(f"/v1/entities/{found['id']}/unmasking", json={"reason": "an alert"})
    assert SECRET in shown.text
    assert len(shown.json()["counterparties"]) == 1


def test_rows_as_they_were_sent_are_read_by_the_unit_with_an_entry_and_red_ones_by_their_partner_alone(
    world: Any, since: Since
) -> None:
    good = "".join(f"G-{n},2026-03-02T10:00:00Z,transfer,1,EUR,A,B,N\n" for n in range(20))
    batch = world.submit("bank-b", f"{HEADER}{good}G-x,2026-03-02T10:00:00Z,transfer,{SECRET},EUR,A,B,N\n".encode())[
        "batch"
    ]
    places = [f"/v1/batches/{batch}/rejects", f"/v1/batches/{batch}/rejected-rows", f"/batches/{batch}"]

    def asked(account: str) -> list[tuple[int, bool]]:
        browser, program = world.browser(account), world.program(account)
        answers = [(browser if place.startswith("/b") else program).get(place) for place in places]
        return [(answer.status_code, SECRET in answer.text) for answer in answers]

    assert asked("bank-b") == asked("auditor") == [(200, True)] * 3
    assert since() == ["batch.accepted", *["batch.read"] * 3]
    _handle(world, batch, tlp="RED")
    assert asked("analyst") == [(403, False)] * 3
    assert asked("bank-b") == [(200, True)] * 3
    _handle(world, batch)


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
