"""What a partner is told of the use of what it sent: by quarter, late, and never so little that one client could be meant.

A quarter is told when the next one has ended, by what had been decided until then, so that it is told once and never changes.
Fewer than five subjects, or subjects in fewer than five batches, are told as nothing is: in the same words, by the same questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from service.access.accounts import Query

LEAST = 5
_QUARTERS = """
select year(r) as year, quarter(r) as quarter, count(*), sum(rows), sum(accepted), sum(duplicates), sum(rejected)
from (select *, cast(left(recorded_at, 10) as date) as r from batches where partner = ?)
group by all order by all
"""
_HELPED = """
with decided as (
    select alert, arg_max(state, seq) as state from alert_acts
    where state is not null and recorded_at < ? group by alert
),
escalated as (
    select v.alert, v.version, v.subject,
           row_number() over (partition by v.alert order by v.version desc) as place
    from alert_versions as v join decided as d on d.alert = v.alert
    where d.state = 'escalated' and v.recorded_at < ?
)
select count(distinct e.subject), count(distinct b.batch)
from escalated as e
join alert_evidence as x on x.alert = e.alert and x.version = e.version
join batches as b on b.batch = x.batch
where e.place = 1 and b.partner = ? and b.recorded_at >= ? and b.recorded_at < ?
"""


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of a partner. `helped` is a number of subjects, rounded down to fives; None where it is withheld or not yet due."""

    quarter: str
    batches: int
    rows: int
    accepted: int
    duplicates: int
    rejected: int
    helped: int | None


def feedback(query: Query, partner: str, now: datetime) -> list[Quarter]:
    """Every quarter in which a partner sent something, the earliest first."""
    found = []
    for year, quarter, *counts in query(_QUARTERS, [partner]):
        began, ended = _start(year, quarter), _start(year, quarter + 1)
        due = _start(year, quarter + 2)
        subjects, batches = query(_HELPED, [_text(due), _text(due), partner, _text(began), _text(ended)])[0]
        told = now >= due and subjects >= LEAST and batches >= LEAST
        helped = subjects // LEAST * LEAST if told else None
        found.append(
            Quarter(
                f"{year}-Q{quarter}",
                batches=int(counts[0]),
                rows=int(counts[1]),
                accepted=int(counts[2]),
                duplicates=int(counts[3]),
                rejected=int(counts[4]),
                helped=helped,
            )
        )
    return found


def _start(year: int, quarter: int) -> datetime:
    """The first moment of a quarter, counted on beyond the fourth into the years after."""
    later, place = divmod(quarter - 1, 4)
    return datetime(year + later, place * 3 + 1, 1, tzinfo=UTC)


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
