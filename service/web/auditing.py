"""The pages of those who look at what the service did: runs with their replays and differences, statistics, the journal.

They do what the API does, by the same code, and name no account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from schemas.errors import InputError, NotFound, ThalwegError
from service.http import auditor
from service.http.comparing import told_diff, told_statistics
from service.http.deps import Caller
from service.http.errors import status_of
from service.journal.verify import JournalReport, verify_journal
from service.web import case_words, words
from service.web.language import clock, number, points, say
from service.web.pages import go, language_of, render, signed_in
from service.web.ran import RunPage, RunRow
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
RunReader = Annotated[Caller, Depends(signed_in("runs.read"))]
RunStarter = Annotated[Caller, Depends(signed_in("runs.start"))]
Replayer = Annotated[Caller, Depends(signed_in("runs.replay"))]
JournalReader = Annotated[Caller, Depends(signed_in("journal.read"))]
StatisticsReader = Annotated[Caller, Depends(signed_in("statistics.read"))]
Day = Annotated[str, Query(max_length=10)]
ENTRIES, RUNS, MOST = 100, 200, 200
"""How many entries and runs a page lists, and how many alerts of each kind a comparison does."""


@dataclass(frozen=True, slots=True)
class RunsPage:
    may_start: bool
    may_count: bool
    rows: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True)
class JournalPage:
    size: str
    head: str
    rows: tuple[dict[str, Any], ...]
    next: str
    report: JournalReport | None
    held: str


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert that only one run has, or whose score is another. `was` is empty where it was not there."""

    alert: str
    severity: str
    was: str
    now: str
    detectors: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DiffPage:
    run: str
    other: str
    inputs: tuple[tuple[str, str, str], ...]
    parts: tuple[tuple[str, str, tuple[AlertLine, ...]], ...]
    same: str
    unseen: str


@dataclass(frozen=True, slots=True)
class CountTable:
    """Figures with their heading: for each row its name and its cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    worded: bool = True
    """Whether the names of its rows are words of the pages, to be said in the reader's language."""


@router.get("/runs")
def runs(request: Request, caller: RunReader) -> HTMLResponse:
    """Every run, newest first."""
    language, person = language_of(request), caller.person
    rows = tuple(RunRow.of(each, language) for each in caller.office.house.runs.all()[:RUNS])
    page = RunsPage(person.may("runs.start"), person.may("statistics.read"), rows)
    return render(request, "runs.html", person, page=page)


@router.post("/runs")
def start_run(caller: RunStarter) -> Response:
    """Start a run and lead to its page, which follows it."""
    return go(f"/runs/{caller.office.work.start(caller.actor)}")


@router.get("/runs/{run}")
def run(request: Request, caller: RunReader, run: str) -> HTMLResponse:
    """One run. While it goes on, the page comes anew every few seconds."""
    return _run(request, caller, run)


@router.post("/runs/{run}/replays")
def replay(request: Request, caller: Replayer, run: str) -> HTMLResponse:
    """Replay a run and show the verdict."""
    return _run(request, caller, run, caller.office.work.replay(run, caller.actor))


@router.get("/runs/{run}/diff")
def diff(
    request: Request, caller: RunReader, run: str, other: Annotated[str, Query(max_length=64)] = ""
) -> HTMLResponse:
    """How a run differs from an earlier one."""
    try:
        found = told_diff(caller, run, other)
    except NotFound:
        raise
    except ThalwegError as error:
        return _run(request, caller, run, error=error)
    return render(request, "diff.html", caller.person, page=_diff(found, caller, language_of(request)))


@router.get("/statistics")
def figures(request: Request, caller: StatisticsReader, since: Day = "", until: Day = "") -> HTMLResponse:
    """The figures of a period."""
    language, refusal, status = language_of(request), "", 200
    try:
        found = told_statistics(caller, since, until)
    except InputError as error:
        refusal, status = told_whole(error.why, error.remedy, language), status_of(error)
        found = told_statistics(caller, "", "")
    tables = _tables(found, caller, language)
    hours = {name: number(count, language) for name, count in (found["hours_to_decide"] or {}).items()}
    return render(
        request,
        "statistics.html",
        caller.person,
        status=status,
        told=found,
        tables=tables,
        hours=hours,
        refusal=refusal,
    )


@router.get("/journal")
def journal(request: Request, caller: JournalReader, before: int | None = None) -> HTMLResponse:
    """The entries of the journal, newest first."""
    return _journal(request, caller, before)


@router.get("/journal/verification")
def verify(request: Request, caller: JournalReader) -> HTMLResponse:
    """Read the journal again from its files, and name the first entry that is not what was recorded."""
    return _journal(request, caller, None, verify_journal(caller.office.house.home.journal))


def _journal(request: Request, caller: Caller, before: int | None, report: JournalReport | None = None) -> HTMLResponse:
    language, house = language_of(request), caller.office.house
    found = auditor.entries(house.ledger.query, before=before, limit=ENTRIES + 1)
    shown, more = found[:ENTRIES], len(found) > ENTRIES
    page = JournalPage(
        size=number(house.journal.size, language),
        head=house.journal.head,
        rows=tuple(each.model_dump() | {"time": clock(each.at, language)} for each in shown),
        next=f"/journal?before={shown[-1].seq}" if more else "",
        report=report,
        held=number(report.entries, language) if report else "",
    )
    return render(request, "journal.html", caller.person, page=page)


def _run(
    request: Request,
    caller: Caller,
    run: str,
    verdict: dict[str, Any] | None = None,
    error: ThalwegError | None = None,
) -> HTMLResponse:
    office, language = caller.office, language_of(request)
    found, known = office.house.runs.get(run), office.house.runs.all()
    page = RunPage.of(
        found,
        office.work.progress(run),
        may_replay=caller.person.may("runs.replay"),
        verdict=verdict,
        language=language,
    )
    others = tuple(
        (each["run"], clock(each["at"], language)) for each in known if each["digest"] and each["run"] != run
    )
    earlier = next((each["run"] for each in known if each["digest"] and each["seq"] < found["seq"]), "")
    return render(
        request,
        "run.html",
        caller.person,
        status=status_of(error) if error else 200,
        page=page,
        others=others[:RUNS] if found["digest"] else (),
        earlier=earlier,
        set_so=tuple((each["detector"], _set_so(each)) for each in found.get("set", ())),
        refusal=told_whole(error.why, error.remedy, language) if error else "",
    )


def _set_so(each: Mapping[str, Any]) -> str:
    numbers = [f"{name} = {value}" for name, value in each["params"].items()]
    return ", ".join([*numbers, *([each["status"]] if each["status"] else [])])


def _diff(found: Mapping[str, Any], caller: Caller, language: str) -> DiffPage:
    titles = _titles(caller, language)
    kinds = (("added", words.DIFF["added"]), ("removed", words.DIFF["removed"]), ("moved", words.DIFF["moved"]))
    return DiffPage(
        run=found["after"],
        other=found["before"],
        inputs=tuple((each["what"], _short(each["was"]), _short(each["now"])) for each in found["inputs"]),
        parts=tuple(
            (
                title,
                number(len(found[part]), language),
                tuple(_alert(each, part, titles, language) for each in found[part][:MOST]),
            )
            for part, title in kinds
        ),
        same=number(found["same"], language),
        unseen=number(found["unseen"], language) if found["unseen"] else "",
    )


def _alert(each: Mapping[str, Any], part: str, titles: Mapping[str, str], language: str) -> AlertLine:
    score = points(each["score"], language)
    was = score if part == "removed" else points(each["was"], language) if part == "moved" else ""
    why = tuple(
        f"{titles.get(one['detector'], one['detector'])}: {_points(one['was'], language)} → {_points(one['now'], language)}"
        for one in each.get("why", ())
    )
    return AlertLine(
        alert=each["alert"] or "",
        severity=each["severity"],
        was=was,
        now="" if part == "removed" else score,
        detectors=", ".join(titles.get(name, name) for name in each["detectors"]),
        why=why,
    )


def _points(thousandths: int | None, language: str) -> str:
    return "–" if thousandths is None else number(round(thousandths / 1000), language)


def _short(text: str | None) -> str:
    """A value of a manifest; a digest by its beginning."""
    return "–" if text is None else text[:12] if len(text) == 64 else text[:80]


def _titles(caller: Caller, language: str) -> dict[str, str]:
    return {each.meta.id: say(each.meta.title, language) for each in caller.office.catalogue().detectors}


def _tables(found: Mapping[str, Any], caller: Caller, language: str) -> tuple[CountTable, ...]:
    """The figures as tables; one without rows is not shown."""
    titles = _titles(caller, language)
    columns = ("submissions", "refused", "accepted", "duplicates", "rejected")
    submitted = tuple(
        (each["partner"], tuple(number(each[name], language) for name in columns)) for each in found["submissions"]
    )
    detectors = tuple(
        (titles.get(each["detector"], each["detector"]), _record(each, language)) for each in found["detectors"]
    )
    worded: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("raised", words.SEVERITY),
        ("decisions", words.STATE),
        ("reasons", words.REASON),
        ("cases", case_words.STATE),
        ("runs", words.STATUS),
        ("acts", words.ENTRY),
    )
    tables = [CountTable("submissions", tuple(words.FIGURE[name] for name in columns), submitted, worded=False)]
    for name, known in worded:
        order = list(known)
        counts = (
            sorted(found[name].items(), key=lambda each: order.index(each[0]))
            if name == "raised"
            else found[name].items()
        )
        rows = tuple((known.get(code, code), (number(count, language),)) for code, count in counts)
        tables.append(CountTable(name, (words.FIGURE["count"],), rows))
    tables.insert(
        4,
        CountTable(
            "detectors",
            (words.FIGURE["decided"], words.FIGURE["escalated"], words.FIGURE["share"]),
            detectors,
            worded=False,
        ),
    )
    return tuple(each for each in tables if each.rows)


def _record(each: Mapping[str, Any], language: str) -> tuple[str, str, str]:
    low, high = (number(round(per_mille / 10), language) for per_mille in each["interval_per_mille"])
    return number(each["decided"], language), number(each["escalated"], language), f"{low} – {high} %"
