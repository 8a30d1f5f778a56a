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


@partners.command("quota")
def partner_quota(
    context: typer.Context,
    partner: Annotated[str, typer.Argument(help="The partner's id.")],
    batches: Annotated[int | None, typer.Option(min=0, help="Set: submissions a day (UTC).")] = None,
    megabytes: Annotated[int | None, typer.Option(min=0, help="Set: megabytes (10^6) a day.")] = None,
    unlimited: Annotated[bool, typer.Option("--unlimited", help="Set: no limit but those that are given.")] = False,
    as_json: AsJson = False,
) -> None:
    """What a partner may send in a day and has sent today; with a limit, set it. A limit that is not given stays."""
    with open_desk(context.obj) as desk:
        found = desk.quota(partner)
        if batches is not None or megabytes is not None or unlimited:
            kept = {} if unlimited else found
            found = desk.limit_partner(
                partner,
                batches_a_day=kept.get("batches_a_day") if batches is None else batches,
                bytes_a_day=kept.get("bytes_a_day") if megabytes is None else megabytes * 1_000_000,
            )
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
