"""Alerts of invented detectors and analysts who decide them, as a real run and real acts leave them in the journal."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from detectors.rank import Weighing, score_parts
from schemas.canonical import digest_file
from service.access.roles import OPERATOR
from service.house import House
from service.runs.outputs import bodies_of, write_alerts

WORTH_OF = {"scatter-gather": 0.85, "pass-through": 0.5, "inbound-many-senders": 0.15, "cash-structuring": 0.1}
"""How often an alert is worth a look where this is the best of its detectors."""


def candidate(number: int, strengths: dict[str, int], *, place: str = "queue", prefix: str = "L") -> dict[str, Any]:
    """A candidate alert on an account of its own, with these detectors at these strengths."""
    weighings = {detector: Weighing(detector, 6, 3, 1000) for detector in strengths}
    score, parts = score_parts(strengths, weighings, {detector: {n} for n, detector in enumerate(strengths)})
    why = {"en": "Invented for a test", "fr": "Inventé pour un test"}
    return {
        "key": f"{prefix}{number:031x}"[::-1],
        "subject": f"{prefix}|{number}",
        "subject_account": str(number),
        "score": score,
        "severity": "high",
        "family": "generic",
        "detectors": [part["detector"] for part in parts],
        "why": why,
        "members": [{"account": str(number), "key": f"{prefix}|{number}", "role": "collector"}],
        "members_left_out": 0,
        "evidence": [{"batch": "b_none", "reference": f"{prefix}-{number}"}],
        "evidence_left_out": 0,
        "window_start": "2026-03-02T00:00:00Z",
        "window_end": "2026-03-08T23:59:59Z",
        "parts": parts,
        "findings": [],
        "linked": [],
        "place": place,
    }


def finish_run(house: House, run: str, candidates: Sequence[dict[str, Any]]) -> None:
    """Leave candidates behind as a run does: its file and its entry."""
    place = house.home.run(run)
    place.mkdir()
    write_alerts(place / "alerts.parquet", candidates, bodies_of(candidates))
    told = {
        "run": run,
        "status": "finished",
        "findings": 0,
        "alerts": len(candidates),
        "seconds": "0.1",
        "detectors": [],
    }
    told |= {"digest": "0" * 64, "exact_digest": "0" * 64, "manifest": "0" * 64}
    told["places"] = {name: sum(each["place"] == name for each in candidates) for name in ("queue", "sample", "below")}
    told["files"] = {"alerts.parquet": digest_file(place / "alerts.parquet")}
    house.record("run.finished", told, actor=OPERATOR.actor, role=OPERATOR.role, object=run)


def decide(house: House, made: dict[str, Any], reason: str) -> None:
    """An analyst decides the alert of a candidate for this reason."""
    worth = reason in {"suspicion_confirmed", "needs_investigation"}
    told: dict[str, Any] = {
        "alert": f"a_{made['key'][:20]}",
        "act": "escalate" if worth else "dismiss",
        "reason": reason,
        "version": 1,
    }
    told |= {"state": "escalated" if worth else "dismissed", "assignee": None, "note": None, "revision": 1}
    house.record("alert.decided", told, actor="ana", role="analyst", object=told["alert"])


def decided_world(
    house: House, count: int, *, seed: int = 1, share: float | None = None, prefix: str = "L"
) -> list[dict[str, Any]]:
    """A run with so many alerts, each decided: by the truth of `WORTH_OF`, or by chance where a `share` is given."""
    draw = random.Random(seed)
    made = []
    for number in range(count):
        chosen = draw.sample(list(WORTH_OF), draw.choice([1, 1, 2]))
        made.append(candidate(number, {each: draw.randint(300, 1000) for each in chosen}, prefix=prefix))
    finish_run(house, f"r_{prefix}{seed}", made)
    for each in made:
        chance = max(WORTH_OF[detector] for detector in each["detectors"]) if share is None else share
        yes, no = draw.choice(["suspicion_confirmed", "needs_investigation"]), "legitimate_business"
        decide(house, each, yes if draw.random() < chance else no)
    return made
