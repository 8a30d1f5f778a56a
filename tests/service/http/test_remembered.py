"""What the pages remember of the ledger is never older than the last act."""

from __future__ import annotations

from typing import Any

from service.access.roles import Actor
from service.alerts.book import EVERYTHING


def test_an_act_is_seen_at_once_and_a_reading_forgets_nothing(world: Any) -> None:
    alert = world.alert()
    reader = world.browser("analyst")
    ledger = world.house.ledger
    assert alert in reader.get("/alerts?view=open").text
    held = dict(ledger._recall._held)
    assert held
    reader.get(f"/alerts/{alert}")
    assert held.items() <= ledger._recall._held.items()
    world.house.alerts.act(
        alert, "dismiss", reason="data_error", by=Actor("analyst", "analyst"), scope=EVERYTHING, revision=1
    )
    assert alert not in reader.get("/alerts?view=open").text
