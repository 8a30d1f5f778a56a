"""`thalweg verify` and `rebuild`: is what stands here what was recorded, and make the ledger anew from it."""

from __future__ import annotations

import typer

from service.cli.desk import require_no_server
from service.cli.given import standing_home
from service.cli.printing import AsJson, count, say, show_json
from service.home import Home
from service.house import utc_now
from service.journal.append import Journal
from service.ledger.ledger import Ledger
from service.verify import verify_home


def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Check journal, originals, segments, manifests, findings, reference tables and code against what was recorded."""
    report = verify_home(standing_home(context.obj))
    if as_json:
        show_json(report.as_dict())
    else:
        for problem in report.problems:
            print(f"{problem.file}: {problem.why}")
        entries = count(report.journal.entries, "entry", "entries")
        verdict = count(len(report.problems), "problem") if report.problems else "all of it holds"
        print(f"{count(report.checked, 'file')} and {entries} checked: {verdict}; head {report.journal.head}")
        if report.unaccounted:
            say(f"{count(len(report.unaccounted), 'file')} that no entry names, as a crash leaves behind: no problem")
    if not report.ok:
        raise typer.Exit(1)


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
