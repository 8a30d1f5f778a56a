"""`thalweg partners`: register partner missions, and list them."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.desk import open_desk
from service.cli.printing import AsJson, show_facts, show_json, show_table

partners = typer.Typer(help="Register partner missions, and list them.", no_args_is_help=True, rich_markup_mode=None)


@partners.command("add")
def add_partner(
    context: typer.Context,
    partner: Annotated[str, typer.Argument(help="A short id: lower-case letters, digits and hyphens.")],
    name: Annotated[str, typer.Option(help="What the partner is called.")],
    institution: Annotated[str, typer.Option(help="BIC or national code that its accounts belong to.")],
    as_json: AsJson = False,
) -> None:
    """Register a partner."""
    with open_desk(context.obj) as desk:
        found = desk.add_partner(partner, name=name, institution=institution)
    if as_json:
        show_json(found)
    else:
        show_facts(found)


@partners.command("list")
def list_partners(context: typer.Context, as_json: AsJson = False) -> None:
    """List the partners."""
    with open_desk(context.obj) as desk:
        records = desk.partners()
    if as_json:
        show_json(*records)
    else:
        show_table(records, ("partner", "institution", "name"), nothing="No partner is registered yet.")
