"""`thalweg journal`, `verify` and `rebuild`: is what stands here what was recorded, and make the ledger anew from it."""

from __future__ import annotations

from dataclasses import asdict

import typer

from service.cli.printing import AsJson, show
from service.home import Home
from service.house import utc_now
from service.journal.append import Journal
from service.journal.verify import verify_journal
from service.ledger.ledger import Ledger
from service.verify import verify_home

journal = typer.Typer(help="The journal of every act.", no_args_is_help=True)


@journal.command("verify")
def verify_the_journal(context: typer.Context, as_json: AsJson = False) -> None:
    """Re-derive the whole journal and name the first bad entry. Exit 0 where it holds."""
    report = verify_journal(Home(context.obj.home.resolve()).journal)
    answer = asdict(report)
    show({name: answer[name] for name in ("ok", "entries", "head", "first_bad")}, as_json)
    if not report.ok:
        raise typer.Exit(1)


def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Check journal, originals, segments, manifests, findings, reference tables and code against what was recorded."""
    report = verify_home(Home(context.obj.home.resolve()))
    show(report.as_dict(), as_json)
    if not report.ok:
        raise typer.Exit(1)


def rebuild(context: typer.Context, as_json: AsJson = False) -> None:
    """Make the ledger anew from the journal and the segments."""
    home = Home.open(context.obj.home)
    with home.held(), Journal.open(home.journal, utc_now) as entries:
        notes = Ledger.rebuild(home, entries)
        with Ledger.open(home, entries) as ledger:
            payload = {"journal": list(entries.recovery), "ledger": [*notes, *ledger.recovery]}
            recorded = entries.append("house.recovered", payload, actor="operator", role="operator")
            ledger.project(recorded)
            show({"entries": entries.size, "notes": notes}, as_json)
