"""By when an alert should be decided: so many days after it was first raised, fewer the more severe it is.

The day counts, not the hour: an alert is late on the day after its last one. New evidence does not set the clock back.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

DAYS = {"critical": 1, "high": 3, "medium": 7, "low": 14}


def due_on(severity: str, first_raised: str) -> date:
    """The last day, in UTC, to decide an alert. `first_raised` is the time of the entry that raised it."""
    return datetime.fromisoformat(first_raised).date() + timedelta(days=DAYS[severity])


def due_until(now: datetime) -> list[tuple[str, str]]:
    """For each severity, the time up to which an alert was raised that is due today or late: the end of that day."""
    return [(severity, f"{now.date() - timedelta(days=days)}T23:59:59.999999Z") for severity, days in DAYS.items()]
