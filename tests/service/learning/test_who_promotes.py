"""Learned weights over HTTP, on pages and on the command line: who may do what, and what is shown to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support.commands import thalweg
from support.houses import OPERATOR, RULES

from service.access.roles import OPERATOR as AT_THE_MACHINE
from service.app import create_app
from service.house import House

PEOPLE = {"sue": "supervisor", "sam": "supervisor", "ana": "analyst", "audit": "auditor"}
HOST = "https://fiu.example"
TOKEN = "known-to-whoever-reads-the-note"


class Office:
    """An application over the prepared house, and a client for each of its people."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.app = create_app(house.settings, house, operator_token=TOKEN)
        self.keys = {"operator": TOKEN}
        for account, role in PEOPLE.items():
            house.accounts.create(account, name=account, role=role, partner=None, by=AT_THE_MACHINE)  # type: ignore[arg-type]
            self.keys[account] = house.accounts.issue_key(account, by=AT_THE_MACHINE)

    def program(self, account: str) -> TestClient:
        headers = {"authorization": f"Bearer {self.keys[account]}"}
        return TestClient(self.app, base_url=HOST, headers=headers)

    def browser(self, account: str, language: str) -> TestClient:
        headers = {"origin": HOST, "accept-language": language}
        client = TestClient(self.app, base_url=HOST, headers=headers)
        token, _ = self.app.state.office.gate.sessions.open(account)
        client.cookies.set("__Host-thalweg", token)
        return client


@pytest.fixture
def office(house: House) -> Iterator[Office]:
    made = Office(house)
    with TestClient(made.app):
        yield made


def test_one_supervisor_proposes_and_another_promotes_and_the_alert_shows_it(office: Office) -> None:
    made = office.program("sue").post("/v1/learning/proposals")
    assert made.status_code == 201, made.text
    model, address = made.json()["model"], f"/v1/learning/proposals/{made.json()['model']}/promotion"
    for account in ("sue", "operator", "ana", "audit"):
        refused = office.program(account).post(address)
        assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json"), account
    assert office.program("sam").post(address).json()["acts"][0]["actor"] == "sam"
    assert office.program("audit").get("/v1/learning").json()["promoted"] == model
    assert office.program("ana").get("/v1/learning").status_code == 403
    assert office.program("sue").post("/v1/learning/proposals").status_code == 409
    entries = [recorded.entry for recorded in office.house.journal.read()]
    learnt = [(entry.type, entry.actor) for entry in entries if entry.type.startswith("learning.")]
    assert learnt == [("learning.proposed", "sue"), ("learning.promoted", "sam")]

    run = office.house.runs.start(detectors=RULES, **OPERATOR)["run"]
    items = office.program("ana").get("/v1/alerts", params={"state": "new"}).json()["items"]
    line = next(each for each in items if each["run"] == run and "cash-structuring" in each["detectors"])
    shown = office.program("ana").get(f"/v1/alerts/{line['id']}").json()
    assert shown["alert"]["ordered_by"] == model
    record = shown["records"]["cash-structuring"]
    assert record["worth"] < record["decided"] / 2
    assert (
        record["interval_per_mille"][0] < 1000 * record["worth"] / record["decided"] < record["interval_per_mille"][1]
    )
    told = f"{record['worth']} of {record['decided']} decided alerts with it"
    assert told in office.browser("ana", "en").get(f"/alerts/{line['id']}").text
    page = office.browser("ana", "fr").get(f"/alerts/{line['id']}").text
    assert f"{record['worth']} des {record['decided']} alertes décidées" in page
    assert "appris des décisions" in page

    assert office.program("operator").post("/v1/learning/withdrawal", json={"why": "new guidance"}).status_code == 200
    assert office.program("operator").get("/v1/learning").json()["promoted"] is None


def test_the_commands_tell_propose_and_withdraw_and_leave_promotion_to_a_person(home: Path) -> None:
    told = thalweg(home, "learning", "show")
    assert told.code == 0
    assert "The queue is ordered by the formula" in told.out
    assert "420 decisions to learn from" in told.out
    made = thalweg(home, "learning", "propose", "--json")
    model = json.loads(made.out)["model"]
    assert "Somebody else promotes it" in made.err
    refused = thalweg(home, "learning", "promote", model[:12])
    assert refused.code == 1
    assert "the operator may not promote what orders the queue" in refused.err
    again = thalweg(home, "learning", "propose")
    assert (again.code, again.out) == (1, "")
    assert "50 are needed before another" in again.err
    assert thalweg(home, "learning", "withdraw", "--why", "no").code == 1
    assert model[:16] in thalweg(home, "learning", "show").out
    assert thalweg(home, "verify").code == 0
    shown = thalweg(home, "alerts", "show", "1")
    assert "decided alerts with it were worth a look" in shown.out
    path = home / "reference" / f"{model}.csv"
    path.write_bytes(path.read_bytes() + b"x,1000,1,1\n")
    assert thalweg(home, "verify").code == 1, "what was proposed is verified like everything else"


def test_the_page_lets_one_supervisor_propose_and_another_put_it_to_use(office: Office) -> None:
    sue, sam = office.browser("sue", "en"), office.browser("sam", "fr")
    assert "The formula orders the queue." in sue.get("/learning").text
    assert '<a href="/learning">' in sue.get("/detectors").text
    assert "/learning" not in office.browser("ana", "en").get("/detectors").text
    told = sue.post("/learning/proposals").text
    assert "The proposal is recorded, better or not." in told
    assert "You proposed this; another supervisor puts it to use." in told
    (made,) = office.program("sue").get("/v1/learning").json()["proposals"]
    address = f"/learning/proposals/{made['model']}/promotion"
    assert address not in told
    refused = sue.post(address)
    assert (refused.status_code, "ho proposed this may not promote it" in refused.text) == (403, True)
    assert [entry.entry.type for entry in office.house.journal.read(0)][-1] == "access.denied"
    assert f"{made['decisions']['count']}" in told
    assert f'action="{address}"' in sam.get("/learning").text
    assert "L’ordre est en service" in sam.post(address).text
    assert sam.post(address).status_code == 409
    assert address not in office.browser("audit", "en").get("/learning").text
    assert "ites pourquoi" in sam.post("/learning/withdrawal", data={"why": " "}).text
    assert "La formule ordonne de nouveau la file" in sam.post("/learning/withdrawal", data={"why": "consigne"}).text
    assert "<q>consigne</q>" in sue.get("/learning").text
