"""What was decided on alerts like one: found by the same detectors, in the same family, with accounts in the same roles.

It counts and shows only what the reader may see: an alert that is restricted to others is not in it, not even as a number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from schemas.alert import DECIDED_STATES
from service.access.visibility import Scope
from service.alerts.book import Alert
from service.ledger.views import Reads

_LATEST = 500
_NAMES = ("alert", "score", "severity", "state", "reason", "note", "decided_by", "decided_at")
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Alike:
    """A decided alert, how it was decided, and how many accounts more or fewer it has in each role, added up."""

    alert: str
    score: int
    severity: str
    state: str
    reason: str
    note: str
    decided_by: str
    decided_at: str
    apart: int


@dataclass(frozen=True, slots=True)
class Similar:
    """How the decided alerts of the same detectors and family were decided, and the nearest of them."""

    escalated: int
    dismissed: int
    reasons: dict[str, int]
    nearest: tuple[Alike, ...]


def similar(ledger: Reads, found: Alert, alerts: Scope, *, shown: int = SHOWN) -> Similar:
    """Among the 500 decided last: nearest first, by accounts in each role, then by when they were decided."""
    rows = ledger.query(
        "with alike as ("
        "  select alert, score, severity, state from kept_alerts"
        f"  where family = ? and detectors = ? and alert <> ? and list_contains(?, state) and {alerts.where}"
        "), decided as ("
        "  select a.alert, arg_max(a.reason, a.seq) as reason, arg_max(coalesce(a.note, ''), a.seq) as note,"
        "    arg_max(a.actor, a.seq) as actor, arg_max(a.recorded_at, a.seq) as recorded_at"
        "  from alert_acts as a join alike on alike.alert = a.alert and a.state = alike.state and a.reason is not null group by a.alert"
        ") select alike.alert, score, severity, state, reason, note, actor, recorded_at"
        " from alike join decided using (alert) order by recorded_at desc, alike.alert limit ?",
        [found["family"], found["detectors"], found["alert"], list(DECIDED_STATES), *alerts.params, _LATEST],
    )
    profiles = _profiles(ledger, [row[0] for row in rows])
    own = Counter(member["role"] for member in found["body"]["members"])
    alike = [Alike(**dict(zip(_NAMES, row, strict=True)), apart=_apart(own, profiles[row[0]])) for row in rows]
    return Similar(
        escalated=sum(each.state == "escalated" for each in alike),
        dismissed=sum(each.state == "dismissed" for each in alike),
        reasons=dict(Counter(each.reason for each in alike).most_common()),
        nearest=tuple(sorted(alike, key=lambda each: each.apart)[:shown]),
    )


def _profiles(ledger: Reads, alerts: list[str]) -> dict[str, Counter[str]]:
    rows: list[tuple[Any, ...]] = ledger.query(
        "select alert, role, count(*) from standing_members where list_contains(?::varchar[], alert) group by alert, role",
        [alerts],
    )
    profiles: dict[str, Counter[str]] = defaultdict(Counter)
    for alert, role, count in rows:
        profiles[alert][role] = count
    return profiles


def _apart(one: Counter[str], other: Counter[str]) -> int:
    return sum(abs(one[role] - other[role]) for role in one.keys() | other.keys())
