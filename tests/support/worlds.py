"""An application over an open house, with people of every role, two partners, and alerts that a test makes as it needs them.

Alerts come in as a run's own file and its `run.finished` entry, as a real run leaves them, without waiting for a run.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.canonical import digest_file
from service import partners
from service.access.roles import OPERATOR
from service.app import create_app
from service.house import House, open_house
from service.runs.outputs import bodies_of, write_alerts
from service.settings import Settings

HOST = "https://fiu.example"
OPERATOR_TOKEN = "known-to-whoever-reads-the-note"
ROLES = ("analyst", "supervisor", "auditor", "admin")
_numbers = itertools.count(1)


@dataclass
class World:
    """An application over an open house, its passwords and keys, and the means to look at it from behind."""

    app: FastAPI
    house: House
    passwords: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def browser(self, account: str | None = None) -> TestClient:
        """A browser, signed in where an account is given. It sends where its requests come from, as browsers do."""
        client = TestClient(self.app, base_url=HOST, headers={"origin": HOST}, follow_redirects=False)
        if account is not None:
            token, _ = self.app.state.office.gate.sessions.open(account)
            client.cookies.set("__Host-thalweg", token)
        return client

    def program(self, account: str | None) -> TestClient:
        """A program that calls the API with the key of an account, or with none."""
        headers = {"authorization": f"Bearer {self.keys[account]}"} if account else {}
        return TestClient(self.app, base_url=HOST, headers=headers, raise_server_exceptions=False)

    def entries(self, start: int = 0) -> list[str]:
        """The types of the entries from `start` on."""
        return [recorded.entry.type for recorded in self.house.journal.read(start)]

    def submit(self, account: str, data: bytes, **query: str) -> dict[str, Any]:
        answer = self.program(account).post("/v1/batches", params={"name": "march.csv", **query}, content=data)
        assert answer.status_code in {200, 201}, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def finding(self, **explained: Any) -> dict[str, Any]:
        """A finding for an alert, its explanation changed."""
        (found,) = make_candidate(next(_numbers), "b_none", ("X-0",))["findings"]
        return dict(found) | {"explanation": found["explanation"] | explained}

    def alert(self, batch: str = "b_none", references: tuple[str, ...] = (), **changed: Any) -> str:
        """A new alert on a subject of its own; its id."""
        number = next(_numbers)
        run = f"r_{number:016x}"
        candidate = make_candidate(number, batch, references or (f"X-{number}",)) | changed
        place = self.house.home.run(run)
        place.mkdir()
        write_alerts(place / "alerts.parquet", [candidate], bodies_of([candidate]))
        who = {"actor": "operator", "role": "operator", "object": run}
        told = {"run": run, "status": "finished", "findings": 1, "alerts": 1, "seconds": "0.1", "detectors": []}
        told |= {"digest": "0" * 64, "exact_digest": "0" * 64, "manifest": "0" * 64}
        files = {"alerts.parquet": digest_file(place / "alerts.parquet")}
        self.house.record("run.finished", told | {"files": files}, **who)
        return f"a_{candidate['key'][:20]}"


def make_candidate(number: int, batch: str, references: tuple[str, ...]) -> dict[str, Any]:
    """A candidate alert with every part that a page prints, and text that a browser must not take for markup."""
    subject = f"BANKA|{number}"
    why = {
        "en": f"6 cash deposits in 7 days into <b>ACC-{number}</b>, each under 10,000.00 EUR",
        "fr": f"6 dépôts d’espèces en 7 jours sur <b>ACC-{number}</b>, chacun sous 10 000,00 EUR",
    }
    evidence = [{"batch": batch, "reference": reference} for reference in references]
    members = [
        {"account": f"ACC-{number}", "key": subject, "role": "collector"},
        {"account": "ACC-V", "key": "BANKA|V", "role": "possible_victim"},
    ]
    line = {
        "label": {"en": "Cash deposits", "fr": "Dépôts d’espèces"},
        "observed": {"en": "6"},
        "threshold": {"en": "3"},
        "sense": "at_least",
        "distance": 2000,
    }
    explanation = {
        "title": {"en": "Deposits kept under the threshold", "fr": "Dépôts maintenus sous le seuil"},
        "sentence": why,
        "indicators": [line],
        "effects": [],
        "benign": [{"en": "A shop that banks its takings", "fr": "Un commerce qui dépose sa recette"}],
        "next_step": {"en": "Ask for deposit slips.", "fr": "Demander les bordereaux."},
        "sources": ["FATF R.29"],
        "logic_hash": "ab" * 32,
    }
    window = {"window_start": "2026-03-02T00:00:00Z", "window_end": "2026-03-08T23:59:59Z"}
    finding = {
        "id": f"f_{number}",
        "detector": "cash-structuring",
        "kind": "rule",
        "family": "generic",
        "severity": "high",
        "status": "live",
        "subject": subject,
        "subject_account": f"ACC-{number}",
        "strength": 800,
        "evidence": evidence,
        "members": members,
        "facts": {"deposits": 6},
        "explanation": explanation,
        **window,
    }
    part = {"detector": "cash-structuring", "family": "generic", "flagged": 3, "population": 1000, "surprisal": 7967}
    part |= {"strength": 800, "weight": 5, "damping": 1000, "points": 31868}
    return {
        "key": f"{number:032x}"[::-1],
        "subject": subject,
        "subject_account": f"ACC-{number}",
        "score": 50_000 + number,
        "severity": "high",
        "family": "generic",
        "detectors": ["cash-structuring"],
        "why": why,
        "members": members,
        "members_left_out": 0,
        "evidence": evidence,
        "evidence_left_out": 0,
        "parts": [part],
        "findings": [finding],
        "linked": [],
        **window,
    }


@contextmanager
def opened_world(home: Path, **settings: Any) -> Iterator[World]:
    """A world over a house at `home`, its application started."""
    chosen = Settings(home=home, max_upload_bytes=200_000, reserve_bytes=0, **settings)
    with open_house(chosen) as house:
        app = create_app(chosen, house, operator_token=OPERATOR_TOKEN)
        with TestClient(app):
            made = World(app, house)
            _people(made)
            made.keys["operator"] = OPERATOR_TOKEN
            yield made


def _people(world: World) -> None:
    house = world.house
    for partner in ("bank-a", "bank-b"):
        partners.register(
            house.journal, house.ledger, partner=partner, name=partner.title(), institution=partner.upper(),
            actor="operator", role="operator",
        )  # fmt: skip
    people = [(role, role, None) for role in ROLES] + [("bank-a", "partner", "bank-a"), ("bank-b", "partner", "bank-b")]
    people.append(("analyst2", "analyst", None))
    for account, role, partner in people:
        name = f"The {account}"
        world.passwords[account] = house.accounts.create(account, name=name, role=role, partner=partner, by=OPERATOR)  # type: ignore[arg-type]
        world.keys[account] = house.accounts.issue_key(account, by=OPERATOR)
