"""`thalweg cases`: cases with their timelines, the table of acts, and suppressions. It reads: acts upon cases are for people who
have an account, over HTTP or in the pages, so that two of them can answer for a decision."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from schemas.case import ACTS, table_of
from service.cli.desk import open_desk
from service.cli.printing import AsJson, plain, say, show_facts, show_json, show_table

cases = typer.Typer(help="Cases: look at them and at suppressions.", no_args_is_help=True, rich_markup_mode=None)


@cases.command("list")
def list_cases(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, changed last first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the cases, changed last first."""
    with open_desk(context.obj) as desk:
        found = desk.cases(limit)
    if as_json:
        show_json(*found)
        return
    rows = [each | {"alerts": len(each["alerts"]), "due": (each["due_at"] or "")[:10]} for each in found]
    show_table(rows, ("id", "state", "lead", "alerts", "due", "title"), nothing="There is no case yet.")


@cases.command("show")
def show_case(
    context: typer.Context, case: Annotated[str, typer.Argument(help="Its id.")], as_json: AsJson = False
) -> None:
    """Show one case: where it stands, and every act upon it."""
    with open_desk(context.obj) as desk:
        found = desk.case(case)
    if as_json:
        show_json(found)
        return
    standing: dict[str, Any] = found["case"]
    proposal = standing["proposal"] or {}
    show_facts(
        {
            "case": f"{standing['id']}, revision {standing['revision']}",
            "title": plain(standing["title"]),
            "state": standing["state"],
            "lead": standing["lead"],
            "due": standing["due_at"],
            "shown to": standing["people"] or "everybody who works on cases",
            "alerts": standing["alerts"],
            "proposed": f"{proposal['outcome']} by {proposal['by']}" if proposal else None,
            "evidence": proposal.get("evidence"),
        }
    )
    for each in found["timeline"]:
        told = each["told"]
        words = told.get("note") or told.get("reason") or told.get("text") or told.get("name") or ""
        print(plain(f"{each['at']} {each['actor']} {each['act']}{': ' if words else ''}{words}"))
    say("--json shows it whole")


@cases.command("acts")
def show_acts(as_json: AsJson = False) -> None:
    """Show the table of acts: in which state, by whom, what it leads to, and what voids a proposal."""
    rows = table_of(ACTS)
    if as_json:
        show_json(*rows)
    else:
        show_table(rows, ("act", "leads to", "voids", "who", "in"), nothing="")


@cases.command("suppressions")
def list_suppressions(context: typer.Context, as_json: AsJson = False) -> None:
    """List what is kept out of the queue, by whom and until when."""
    with open_desk(context.obj) as desk:
        found = desk.suppressions()
    if as_json:
        show_json(*found)
        return
    rows = [
        each | {"until": each["expires_at"][:10], "in force": "yes" if each["in_force"] else "no"} for each in found
    ]
    columns = ("suppression", "state", "in force", "until", "family", "subject", "proposed_by", "decided_by", "reason")
    show_table(rows, columns, nothing="Nothing is suppressed.")
