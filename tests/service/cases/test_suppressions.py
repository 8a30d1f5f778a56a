"""Suppressions in a real run: what they keep out is counted by the run, listed apart, and back by itself when they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from support.houses import OPERATOR
from support.standing import candidate, stand

from schemas.errors import AccessDenied, MoveRefused, NotFound
from service.access.roles import Actor
from service.alerts.book import EVERYTHING, AlertBook, Filter
from service.cases.checks import Eyes
from service.cases.suppressions import Suppressions
from service.house import House, utc_now

ANA, SUE, SID = Actor("ana", "analyst"), Actor("sue", "supervisor"), Actor("sid", "supervisor")
SUBJECT = {"subject": "BANK|SPLIT", "family": "generic"}


def approved(house: House, alert: str, days: int = 30) -> str:
    until = utc_now().date() + timedelta(days=days)
    made = house.suppressions.propose(alert, until=until, reason="A shop, visited in March.", by=ANA, alerts=EVERYTHING)
    house.suppressions.decide(made["suppression"], "approve", by=SUE, alerts=EVERYTHING)
    return str(made["suppression"])


def test_a_run_says_what_fell_under_a_suppression_and_how_many(house: House) -> None:
    (old,) = stand(house, candidate(**SUBJECT))
    suppression = approved(house, old)
    told = house.runs.start(detectors=["cash-structuring"], **OPERATOR)
    assert told["suppressed"] == [{"suppression": suppression, "alerts": 1}]
    hidden = house.alerts.page(EVERYTHING, only=Filter(place="suppressed"))
    assert [(each["subject"], each["run"]) for each in hidden] == [("BANK|SPLIT", told["run"])]
    queued = {each["alert"] for each in house.alerts.page(EVERYTHING, only=Filter(place="queue"), limit=1000)}
    assert old in queued
    assert hidden[0]["alert"] not in queued
    assert house.alerts.get(hidden[0]["alert"], EVERYTHING)
    ends = datetime.fromisoformat(house.suppressions.get(suppression, EVERYTHING)["expires_at"])
    now = [ends - timedelta(seconds=1)]
    later = AlertBook(house.journal, house.ledger, lambda: now[0])  # it remembers what it read the second before
    assert later.count(EVERYTHING, only=Filter(place="suppressed")) == 1
    assert later.count(EVERYTHING, only=Filter(place="queue")) == len(queued)
    now[0] = ends
    assert later.count(EVERYTHING, only=Filter(place="suppressed")) == 0
    assert hidden[0]["alert"] in {
        each["alert"] for each in later.page(EVERYTHING, only=Filter(place="queue"), limit=1000)
    }


def test_nobody_approves_their_own_and_what_has_run_out_cannot_be_approved(house: House) -> None:
    (alert,) = stand(house, candidate())
    made = house.suppressions.propose(
        alert, until=utc_now().date() + timedelta(days=1), reason="Known.", by=SID, alerts=EVERYTHING
    )
    with pytest.raises(AccessDenied):
        house.suppressions.decide(made["suppression"], "approve", by=SID, alerts=EVERYTHING)
    late = Suppressions(house.ledger, house.record, house.alerts, lambda: utc_now() + timedelta(days=3))
    with pytest.raises(MoveRefused, match="run out"):
        late.decide(made["suppression"], "approve", by=SUE, alerts=EVERYTHING)
    assert house.suppressions.decide(made["suppression"], "refuse", by=SID, alerts=EVERYTHING)["state"] == "refused"


def test_a_suppression_of_a_hidden_alert_does_not_exist_for_others(house: House, eyes: Callable[[str], Eyes]) -> None:
    (alert,) = stand(house, candidate())
    suppression = approved(house, alert)
    house.record("alert.restricted", {"alert": alert, "people": ["sue"]}, actor="sue", role="supervisor", object=alert)
    assert suppression not in {each["suppression"] for each in house.suppressions.all(eyes("ben").alerts)}
    with pytest.raises(NotFound):
        house.suppressions.decide(suppression, "end", by=SID, alerts=eyes("sid").alerts)
    assert house.suppressions.decide(suppression, "end", by=SUE, alerts=eyes("sue").alerts)["state"] == "ended"
