"""Five people over HTTP, at a real server: a partner submits, an analyst decides, an auditor replays, nobody sees too much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.commands import serving, thalweg
from support.houses import RULES, world_csv

from schemas.errors import AccessDenied, NotFound, StaleVersion
from service.cli.desk.client import Client
from service.cli.desk.running import Server

PEOPLE = (
    ("analyst", "analyst", None),
    ("colleague", "analyst", None),
    ("supervisor", "supervisor", None),
    ("auditor", "auditor", None),
    ("bank-user", "partner", "bank"),
    ("rival-user", "partner", "rival"),
)


@dataclass(frozen=True)
class Served:
    """A server at work, and the keys of the people who may come in."""

    home: Path
    url: str
    keys: dict[str, str]

    def as_(self, account: str) -> Client:
        return Client(Server(self.url, self.keys[account]))

    def command(self, account: str, *words: str) -> Any:
        """A command on another machine, with the key of an account."""
        return thalweg(self.home.parent / "nothing", "--url", self.url, *words, THALWEG_TOKEN=self.keys[account])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    home, keys = tmp_path / "home", {}
    for partner in ("bank", "rival"):
        thalweg(home, "partners", "add", partner, "--name", partner.title(), "--institution", partner.upper())
    for login, role, partner in PEOPLE:
        whose = ("--partner", partner) if partner else ()
        thalweg(home, "users", "add", login, "--name", login.title(), "--role", role, *whose)
        keys[login] = thalweg(home, "keys", "issue", login, "--json").record["key"]
    with serving(home) as url:
        yield Served(home, url, keys)


def test_from_submission_to_decision_to_replay(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "march.csv"
    file.write_text(world_csv())
    submitted = served.command("bank-user", "submit", str(file), "--as", "bank", "--json")
    assert submitted.code == 0, submitted.err
    batch = submitted.record["batch"]
    assert submitted.record["receipt"] == served.as_("bank-user").get(f"/v1/batches/{batch}/receipt")
    with pytest.raises(NotFound):
        served.as_("rival-user").get(f"/v1/batches/{batch}")
    assert served.as_("rival-user").get("/v1/batches")["items"] == []

    chosen = [word for rule in RULES for word in ("--detector", rule)]
    run = served.command("supervisor", "runs", "start", *chosen, "--json")
    assert (run.code, run.record["status"]) == (0, "finished"), run.err
    with pytest.raises(AccessDenied):
        served.as_("bank-user").get("/v1/alerts")

    (best, *_) = served.command("analyst", "alerts", "list", "--limit", "1", "--json").records
    seen = served.as_("analyst").get(f"/v1/alerts/{best['id']}")
    evidence = served.as_("analyst").get(f"/v1/alerts/{best['id']}/transactions")["items"]
    assert {each["reference"] for each in evidence} == {each["reference"] for each in best["evidence"]}

    decision = {"act": "escalate", "reason": "needs_investigation", "note": "Ask for deposit slips."}
    revision = {"if-match": f'"{seen["revision"]}"'}
    decided = served.as_("analyst").post(f"/v1/alerts/{best['id']}/decisions", decision, revision)
    assert (decided["state"], decided["history"][-1]["actor"]) == ("escalated", "analyst")
    with pytest.raises(StaleVersion):
        served.as_("colleague").post(f"/v1/alerts/{best['id']}/decisions", decision | {"act": "dismiss"}, revision)
    assert best["id"] not in {each["id"] for each in served.command("analyst", "alerts", "list", "--json").records}

    replayed = served.as_("auditor").post(f"/v1/runs/{run.record['run']}/replays")
    assert (replayed["verdict"], replayed["replayed_digest"]) == ("identical", run.record["digest"])
    entries = served.as_("auditor").get("/v1/journal", limit=1000)["items"]
    told = {(each["type"], each["actor"]) for each in entries}
    assert {
        ("batch.accepted", "bank-user"),
        ("run.finished", "supervisor"),
        ("alert.read", "analyst"),
        ("alert.decided", "analyst"),
        ("run.replayed", "auditor"),
    } <= told
    assert ("alert.decided", "colleague") not in told
    assert thalweg(served.home, "verify").code == 0
