"""Standing alerts for tests without waiting for a run: they come in as a run's own file and its `run.finished` entry."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from schemas.canonical import digest_file
from service.house import House
from service.runs.outputs import bodies_of, write_alerts

_numbers = itertools.count(1)
_WHY = {"en": "6 cash deposits in 7 days", "fr": "6 dépôts d’espèces en 7 jours"}
_FIRST = date(2000, 1, 1)


def candidate(batch: str = "b_none", references: tuple[str, ...] = (), **changed: Any) -> dict[str, Any]:
    """A candidate alert on a subject and in a week of its own, changed as asked: none takes up another's standing alert."""
    number = next(_numbers)
    subject = changed.get("subject", f"BANKA|{number:06d}")
    account = subject.rpartition("|")[2]
    evidence = [{"batch": batch, "reference": each} for each in references or (f"X-{number}",)]
    members = [
        {"account": account, "key": subject, "role": "collector"},
        {"account": "ACC-V", "key": "BANKA|ACC-V", "role": "possible_victim"},
    ]
    part = {"detector": "cash-structuring", "family": "generic", "flagged": 3, "population": 1000, "surprisal": 7967}
    part |= {"strength": 800, "weight": 5, "damping": 1000, "points": 31868}
    return {
        "key": f"{number:032x}"[::-1],
        "subject": subject,
        "subject_account": account,
        "score": 50_000,
        "severity": "high",
        "family": "generic",
        "detectors": ["cash-structuring"],
        "why": _WHY,
        "members": members,
        "members_left_out": 0,
        "evidence": evidence,
        "evidence_left_out": 0,
        "parts": [part],
        "findings": [],
        "linked": [],
        "place": "queue",
        "window_start": f"{_FIRST + timedelta(days=7 * number)}T00:00:00Z",
        "window_end": f"{_FIRST + timedelta(days=7 * number + 6)}T23:59:59Z",
    } | changed


def stand(house: House, *candidates: dict[str, Any]) -> list[str]:
    """Fold candidates into the standing alerts as one run would; the ids of new alerts, in the order given."""
    run = f"r_{next(_numbers):016x}"
    place = house.home.run(run)
    place.mkdir()
    write_alerts(place / "alerts.parquet", list(candidates), bodies_of(candidates))
    told = {
        "run": run,
        "status": "finished",
        "findings": 1,
        "alerts": len(candidates),
        "seconds": "0.1",
        "detectors": [],
    }
    told |= {"digest": "0" * 64, "exact_digest": "0" * 64, "manifest": "0" * 64}
    told |= {"files": {"alerts.parquet": digest_file(place / "alerts.parquet")}}
    house.record("run.finished", told, actor="operator", role="operator", object=run)
    return [f"a_{each['key'][:20]}" for each in candidates]
