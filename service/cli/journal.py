"""`thalweg journal`: is the journal what was recorded. It reads the journal's files and nothing else."""

from __future__ import annotations

import typer

from service.cli.given import standing_home
from service.cli.printing import AsJson, count, show_json
from service.journal.verify import verify_journal

journal = typer.Typer(help="The journal of every act.", no_args_is_help=True, rich_markup_mode=None)


@journal.command("verify")
def verify_the_journal(context: typer.Context, as_json: AsJson = False) -> None:
    """Re-derive the whole journal and name the first bad entry. Exit 0 where it holds."""
    report = verify_journal(standing_home(context.obj).journal)
    bad = report.first_bad
    if as_json:
        answer = report.as_dict()
        show_json({name: answer[name] for name in ("ok", "entries", "head", "first_bad")})
    elif bad is None:
        print(f"the journal holds: {count(report.entries, 'entry', 'entries')}, head {report.head}")
    else:
        print(f"the journal is not what was recorded: journal/{bad.file}, line {bad.line}, entry {bad.seq}: {bad.why}")
        print(f"{count(report.entries, 'entry holds', 'entries hold')}, up to head {report.head}")
    if not report.ok:
        raise typer.Exit(1)
