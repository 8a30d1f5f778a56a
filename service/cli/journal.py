"""`thalweg journal`: is the journal what was recorded. It reads the journal's files and nothing else."""

from __future__ import annotations

import typer

from service.cli.given import standing_home
from service.cli.heads import Since, kept_head
from service.cli.printing import AsJson, count, show_json
from service.journal.verify import JournalReport, verify_journal

journal = typer.Typer(help="The journal of every act.", no_args_is_help=True, rich_markup_mode=None)


@journal.command("verify")
def verify_the_journal(context: typer.Context, since: Since = None, as_json: AsJson = False) -> None:
    """Re-derive the whole journal and name the first bad entry. Exit 0 where it holds."""
    report = verify_journal(standing_home(context.obj).journal, expect_at_least=kept_head(since))
    if as_json:
        show_json(report.as_dict())
    else:
        _show(report)
    if not report.ok:
        raise typer.Exit(1)


def _show(report: JournalReport) -> None:
    bad, entries = report.first_bad, count(report.entries, "entry", "entries")
    if bad is not None:
        print(f"the journal is not what was recorded: journal/{bad.file}, line {bad.line}, entry {bad.seq}: {bad.why}")
        print(f"{count(report.entries, 'entry holds', 'entries hold')}, up to head {report.head}")
    elif report.erased:
        print(f"the chain of {entries} holds, head {report.head}")
        print(f"payloads were destroyed, and no act that does so exists: entry {', '.join(map(str, report.erased))}")
    else:
        print(f"the journal holds: {entries}, head {report.head}")
    if not report.ok:
        print("what to do: stop the service, keep this directory as it is, and put the journal back from a copy")
