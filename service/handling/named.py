"""RED inside the unit: what stands on it is read by people who were named, and by nobody before somebody was.

A supervisor names them by restricting the alert, or the case, to them. Until then no list has a line of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.errors import HandlingForbids
from service.access.accounts import Query
from service.runs.candidates import MAX_SHOWN_EVIDENCE as MOST

_MARK = '"tlp":"RED"'
"""In canonical JSON no text of an originator's can look so: a quotation mark in it is escaped."""
_RED = """
select b.batch from batches as b
left join current_batch_handling as h on h.batch = b.batch
left join current_partner_handling as p on p.partner = b.partner
where contains(coalesce(h.handling, p.handling, ''), ?)
"""


_UNNAMED = f"""
with red as ({_RED}),
full_up as (
    select alert, version from alert_evidence where exists (select 1 from red) group by alert, version having count(*) >= {MOST}
)
select e.alert from alert_evidence as e join red using (batch) where e.alert not in (select alert from current_restrictions)
union
select v.alert from alert_versions as v join full_up using (alert, version)
where regexp_matches(v.body, '"evidence_left_out":[1-9]') and v.alert not in (select alert from current_restrictions)
"""


def unnamed(query: Query) -> frozenset[str]:
    """The alerts that stand on RED, in any version, and that are restricted to nobody yet. Those that left out evidence for its
    number count while anything is RED."""
    return frozenset(alert for (alert,) in query(_UNNAMED, [_MARK]))


_WAITING = f"""
with red as ({_RED}),
behind as (
    select e.alert, list(distinct e.batch order by e.batch) as batches
    from alert_evidence as e join red using (batch) where list_contains(?::varchar[], e.alert) group by e.alert
),
since as (
    select alert, min(recorded_at) as recorded_at from alert_versions where list_contains(?::varchar[], alert) group by alert
)
select s.alert, s.revision, since.recorded_at, coalesce(behind.batches, [])
from standing_alerts as s join since using (alert) left join behind using (alert)
order by since.recorded_at, s.alert
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert for which nobody has been named, told by nothing that lies in it. `batches` are the RED ones that it stands on: none
    where it only may, since it left out evidence for its number."""

    alert: str
    revision: int
    raised_at: str
    batches: tuple[str, ...]


def waiting(query: Query) -> list[Waiting]:
    """What waits for people to be named, the oldest first."""
    alerts = sorted(unnamed(query))
    rows = query(_WAITING, [_MARK, alerts, alerts]) if alerts else []
    return [Waiting(alert, revision, at, tuple(batches)) for alert, revision, at, batches in rows]


def red_batches(query: Query) -> frozenset[str]:
    """The batches whose originator gave them for named people alone."""
    return frozenset(batch for (batch,) in query(_RED, [_MARK]))


def require_none(query: Query, batches: Iterable[str]) -> None:
    """Raise HandlingForbids where one of these batches is RED: rows that no alert was restricted for."""
    if not red_batches(query).isdisjoint(batches):
        raise HandlingForbids(
            "some of what was found was given for named people alone (RED)",
            where="tlp",
            remedy="Read it in an alert that a supervisor restricted to you, or ask its originator.",
        )
