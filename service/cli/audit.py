"""`thalweg verify` and `rebuild`: is what stands here what was recorded, and make the ledger anew from it."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.desk import require_no_server
from service.cli.given import standing_home
from service.cli.heads import Since, kept_head
from service.cli.printing import AsJson, count, say, show_json
from service.home import Home
from service.house import utc_now
from service.journal.append import Journal
from service.ledger.differences import differences
from service.ledger.ledger import Ledger
from service.verify import HomeReport, verify_home

_SHOWN = 5


def verify(
    context: typer.Context,
    since: Since = None,
    ledger: Annotated[
        bool,
        typer.Option(
            "--ledger", help="Compare the ledger, too, with one made anew from the journal. Needs no server to run."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check journal, originals, segments, manifests, findings, reference tables, code and keys against what was recorded."""
    home = standing_home(context.obj)
    if ledger:
        require_no_server(context.obj, "comparing the ledger")
    report = verify_home(home, expect_at_least=kept_head(since))
    sound = report.ok
    if ledger and sound:  # with a file that is not as recorded there is nothing to compare with
        with home.held(), Journal.open(home.journal, utc_now) as entries:
            report = report.with_ledger(differences(home, entries.read(0)))
    if as_json:
        show_json(report.as_dict())
    else:
        _show(report)
        if ledger and not sound:
            say("the ledger was not compared: put right first what is named here")
        elif not ledger:
            say(
                "the ledger, which people are shown, was not compared with this: `thalweg verify --ledger`, without a server, does"
            )
    if not report.ok:
        raise typer.Exit(1)


def _show(report: HomeReport) -> None:
    for problem in report.problems:
        print(f"{problem.file}: {problem.why}")
    entries = count(report.journal.entries, "entry", "entries")
    verdict = count(len(report.problems), "problem") if report.problems else "all of it holds"
    print(f"{count(report.checked, 'file')} and {entries} checked: {verdict}; head {report.journal.head}")
    for remedy in dict.fromkeys(problem.remedy for problem in report.problems):
        print(f"what to do: {remedy}")
    for note in report.notes:
        say(note)
    if report.unaccounted:
        more = ", …" if len(report.unaccounted) > _SHOWN else ""
        names = ", ".join(report.unaccounted[:_SHOWN])
        say(f"{count(len(report.unaccounted), 'file')} that no entry names, as a crash leaves behind: {names}{more}")


def rebuild(context: typer.Context, as_json: AsJson = False) -> None:
    """Make the ledger anew from the journal and the segments."""
    require_no_server(context.obj, "a rebuild")
    home = Home.open(standing_home(context.obj).root)
    with home.held(), Journal.open(home.journal, utc_now) as entries:
        notes = Ledger.rebuild(home, entries)
        with Ledger.open(home, entries) as ledger:
            payload = {"journal": list(entries.recovery), "ledger": [*notes, *ledger.recovery]}
            ledger.project(entries.append("house.recovered", payload, actor="operator", role="operator"))
            size = entries.size
    if as_json:
        show_json({"entries": size, "notes": list(notes)})
        return
    print(f"the ledger is rebuilt from {count(size, 'entry', 'entries')}")
    for note in notes:
        print(f"  {note}")
