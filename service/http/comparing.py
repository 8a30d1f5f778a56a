"""Routes of those who look at what the service did: how two runs differ, the figures of a period, the journal read again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from service.access.visibility import cases
from service.house import utc_now
from service.http.deps import Caller, JournalReader, RunReader, StatisticsReader
from service.http.errors import Problem
from service.journal.verify import verify_journal
from service.runs.differ import RunFiles, differ
from service.statistics import Period, statistics

router = APIRouter(prefix="/v1", tags=["runs"])
Day = Annotated[str, Query(max_length=10)]


class RunDiff(BaseModel):
    """`inputs` that are not the same; alerts that only one run has, and those whose score moved, with the detectors that moved it.

    `alert` is the standing alert that a candidate became, null for none. `unseen` counts what the caller may not see.
    """

    before: str
    after: str
    inputs: list[dict[str, str | None]]
    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    moved: list[dict[str, Any]]
    same: int
    unseen: int


class JournalVerified(BaseModel):
    """Whether every entry is what was recorded, how many hold from the beginning, and the first that does not."""

    ok: bool
    entries: int
    head: str
    first_bad: dict[str, Any] | None
    erased: list[int] = Field(description="entries whose payload was destroyed")


@router.get("/runs/{run}/diff/{other}", responses={404: {"model": Problem}, 409: {"model": Problem}})
def diff_runs(run: str, other: str, caller: RunReader) -> RunDiff:
    """How a run differs from an earlier one, `other`: what both were given, and which alerts came, went or moved and why."""
    return RunDiff(**told_diff(caller, run, other))


@router.get("/statistics", responses={422: {"model": Problem}})
def read_statistics(caller: StatisticsReader, since: Day = "", until: Day = "") -> dict[str, Any]:
    """The figures of a period, both days included; the last three months where none is given. Counts alone."""
    return told_statistics(caller, since, until)


@router.get("/journal/verification", tags=["journal"])
def verify(caller: JournalReader) -> JournalVerified:
    """Read the journal again from its files, as `thalweg journal verify` does: the first entry that is not what was recorded."""
    return JournalVerified(**verify_journal(caller.office.house.home.journal).as_dict())


def told_diff(caller: Caller, run: str, other: str) -> dict[str, Any]:
    """How a run differs from another, as the caller may see alerts. Raises NotFound."""
    house = caller.office.house
    after, before = (RunFiles.of(house.home, house.runs.get(each)) for each in (run, other))
    found = differ(before, after)
    scope = caller.alerts
    query = house.ledger.query
    hidden = {
        row[0] for row in query(f"select distinct subject from kept_alerts where not ({scope.where})", scope.params)
    }
    known = dict(query("select alert_key, min(alert) from alert_versions group by alert_key"))
    unseen = 0
    for part in ("added", "removed", "moved"):
        shown = [each for each in found[part] if each["subject"] not in hidden]
        unseen += len(found[part]) - len(shown)
        found[part] = [
            {"alert": known.get(each["key"])} | {name: each[name] for name in each if name not in {"subject", "key"}}
            for each in shown
        ]
    return found | {"before": other, "after": run, "unseen": unseen}


def told_statistics(caller: Caller, since: str, until: str) -> dict[str, Any]:
    """The figures of a period as the caller may see alerts and cases. Raises RequestInvalid for a day that is none."""
    period = Period.of(since, until, today=utc_now().date())
    visible = cases(caller.person, caller.withheld)
    return statistics(caller.office.house.ledger, period, alerts=caller.alerts, cases=visible)
