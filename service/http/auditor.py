"""Routes of auditors and of those who start runs: runs, replays, and the journal."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from schemas.errors import NotFound, RequestInvalid
from service.http.deps import JournalReader, Replayer, RunReader, RunStarter
from service.http.errors import Problem
from service.http.shapes import EntryOut, EntryPage, ReplayOut, RunAsked, RunOut, RunPage

router = APIRouter(prefix="/v1", tags=["runs"])
_COLUMNS = "seq, type, recorded_at, actor, role, session, object, purpose"
_LONGEST_WAIT = 300


@router.post(
    "/runs",
    status_code=202,
    responses={
        200: {"model": RunOut, "description": "it has ended within the wait"},
        409: {"model": Problem},
        422: {"model": Problem},
    },
)
def start_run(
    asked: RunAsked,
    caller: RunStarter,
    response: Response,
    prefer: Annotated[str | None, Header(description="`wait=60` waits so many seconds for the end")] = None,
) -> RunOut:
    """Run the detectors over everything that was accepted so far. 202 while it goes on; ask its address how it stands."""
    work = caller.office.work
    try:
        run = work.start(
            caller.actor, as_of=asked.as_of, detectors=asked.detectors, false_discoveries=asked.false_discoveries
        )
    except NotFound as error:
        if error.value not in (asked.detectors or ()):
            raise
        raise RequestInvalid(error.why, where="detectors", value=error.value, remedy=error.remedy) from error
    if (seconds := _wait_of(prefer)) and work.await_end(run, seconds):
        response.status_code = 200
    response.headers["location"] = f"/v1/runs/{run}"
    return RunOut(**caller.office.house.runs.get(run))


@router.get("/runs")
def list_runs(caller: RunReader) -> RunPage:
    """Every run, newest first."""
    return RunPage(items=[RunOut(**each) for each in caller.office.house.runs.all()])


@router.get("/runs/{run}", responses={404: {"model": Problem}})
def one_run(run: str, caller: RunReader) -> RunOut:
    """One run: its detectors, the digest of what it found, and while it goes on the step it is at."""
    step = caller.office.work.progress(run)
    return RunOut(**caller.office.house.runs.get(run) | ({"progress": step} if step else {}))


@router.post("/runs/{run}/replays", responses={404: {"model": Problem}, 409: {"model": Problem}})
def replay_run(run: str, caller: Replayer) -> ReplayOut:
    """Carry out a run again in a fresh process from what its manifest names, compare, and record the verdict."""
    return ReplayOut(**caller.office.work.replay(run, caller.actor))


@router.get("/journal", tags=["journal"])
def list_entries(
    caller: JournalReader,
    before: Annotated[int | None, Query(ge=0, le=2**53, description="entries with a smaller number")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    type: Annotated[str | None, Query(max_length=64)] = None,  # noqa: A002 - the name of the field
) -> EntryPage:
    """The entries of the journal, newest first, and its head. What an entry commits to is not shown."""
    found = entries(caller.office.house.ledger.query, before=before, limit=limit + 1, kind=type)
    journal = caller.office.house.journal
    more = found[limit - 1].seq if len(found) > limit else None
    return EntryPage(size=journal.size, head=journal.head, items=found[:limit], next=more)


def entries(query: Any, *, before: int | None, limit: int, kind: str | None = None) -> list[EntryOut]:
    """Entries below a number, newest first, of one type if one is given."""
    rows = query(
        f"select {_COLUMNS} from entries where (?::bigint is null or seq < ?) and (?::varchar is null or type = ?) "
        "order by seq desc limit ?",
        [before, before, kind, kind, limit],
    )
    names = ("seq", "type", "at", "actor", "role", "session", "object", "purpose")
    return [EntryOut(**dict(zip(names, row, strict=True))) for row in rows]


def _wait_of(prefer: str | None) -> int:
    match = re.search(r"\bwait=(\d{1,4})\b", prefer or "")
    return min(int(match[1]), _LONGEST_WAIT) if match else 0
