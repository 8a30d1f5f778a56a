"""The figures of a period: what came in, what runs found, how it was decided, and how long that took. Counts alone, and no account.

They are counted from the ledger, as a caller may see alerts and cases; nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from schemas.errors import RequestInvalid
from service.access.visibility import Scope
from service.alerts.sample import wilson
from service.ledger.views import Reads

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    since: date
    until: date

    @classmethod
    def of(cls, since: str, until: str, *, today: date) -> Period:
        """From text; the last three months where nothing is said. Raises RequestInvalid."""
        last = _day(until, "until") if until else today
        first = _day(since, "since") if since else last - timedelta(days=90)
        if last < first:
            raise RequestInvalid("the period ends before it begins", where="until", value=until, remedy="Change a day.")
        return cls(first, last)

    @property
    def bounds(self) -> list[object]:
        """As texts to compare the times of entries with: from the first, before the second."""
        return [self.since.isoformat(), (self.until + timedelta(days=1)).isoformat()]


def statistics(ledger: Reads, period: Period, *, alerts: Scope, cases: Scope) -> Figures:
    """Everything that the page of statistics shows."""
    within = "recorded_at >= ? and recorded_at < ?"
    decided = (
        "select a.act, a.state, coalesce(a.reason, '') as reason, a.recorded_at, k.severity, k.first_raised, k.detectors"
        f" from alert_acts as a join kept_alerts as k using (alert) where a.state in ('escalated', 'dismissed')"
        f" and a.recorded_at >= ? and a.recorded_at < ? and {alerts.where}"
    )
    bounds, seen = period.bounds, [*period.bounds, *alerts.params]
    hours = "date_diff('minute', first_raised::timestamp, recorded_at::timestamp) / 60.0"
    ((median, slow),) = ledger.query(f"select median({hours}), quantile_cont({hours}, 0.9) from ({decided})", seen)
    return {
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "submissions": _named(
            ledger.query(
                "select partner, count(*), count(*) filter (status = 'refused'), sum(accepted), sum(duplicates), sum(rejected)"
                f" from batches where {within} group by partner order by partner",
                bounds,
            ),
            ("partner", "submissions", "refused", "accepted", "duplicates", "rejected"),
        ),
        "runs": _counts(
            ledger, f"select status, count(*) from runs where {within} group by status order by status", bounds
        ),
        "raised": _counts(
            ledger,
            "select severity, count(*) from kept_alerts where first_raised >= ? and first_raised < ?"
            f" and {alerts.where} group by severity order by severity",
            seen,
        ),
        "decisions": _counts(ledger, f"select state, count(*) from ({decided}) group by state order by state", seen),
        "reasons": _counts(
            ledger,
            f"select reason, count(*) from ({decided}) where reason <> '' group by reason order by 2 desc, 1",
            seen,
        ),
        "hours_to_decide": None if median is None else {"median": round(median), "nine_of_ten": round(slow)},
        "detectors": [
            {"detector": name, "decided": count, "escalated": worth, "interval_per_mille": list(wilson(worth, count))}
            for name, count, worth in ledger.query(
                "select detector, count(*), count(*) filter (state = 'escalated') from"
                f" (select unnest(detectors) as detector, state from ({decided})) group by detector order by 2 desc, 1",
                seen,
            )
        ],
        "cases": _counts(
            ledger,
            f"select state, count(*) from standing_cases where {cases.where} group by state order by state",
            list(cases.params),
        ),
        "acts": _counts(
            ledger, f"select type, count(*) from entries where {within} group by type order by 2 desc, 1", bounds
        ),
    }


def _counts(ledger: Reads, sql: str, params: list[object]) -> dict[str, int]:
    return {str(name): int(count) for name, count in ledger.query(sql, params)}


def _named(rows: list[tuple[Any, ...]], names: tuple[str, ...]) -> list[Figures]:
    return [
        {name: value if isinstance(value, str) else int(value) for name, value in zip(names, row, strict=True)}
        for row in rows
    ]


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RequestInvalid("this is not a day", where=where, value=text, remedy="Write 2026-03-01.") from error
