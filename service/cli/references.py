"""`thalweg references`: load FX rates, thresholds and the baseline, and see which are in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import RequestInvalid
from service.cli.desk import require_no_server
from service.cli.printing import OPERATOR_ACTS, AsJson, show_json, show_table
from service.house import open_house
from service.runs.baseline import baseline_csv

references = typer.Typer(
    help="Reference tables: FX, thresholds, the baseline.", no_args_is_help=True, rich_markup_mode=None
)


@references.command("load")
def load(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="fx, thresholds or baseline.")],
    file: Annotated[Path, typer.Argument(help="A CSV table; see docs/commands.md.")],
    as_json: AsJson = False,
) -> None:
    """Take a table into use. A faulty one is refused whole and the one in use stays."""
    if not file.is_file():
        raise RequestInvalid("there is no such file", where=str(file), remedy="Check the path.")
    require_no_server(context.obj, "loading a reference table")
    settings = context.obj.settings
    with open_house(settings) as house:
        digest = house.shelf.load(
            kind, file.read_bytes(), name=file.name, base_currency=settings.base_currency, **OPERATOR_ACTS
        )
    if as_json:
        show_json({"kind": kind, "digest": digest})
    else:
        print(f"{kind} in use: {digest}")


@references.command("list")
def list_references(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tables in use."""
    require_no_server(context.obj, "listing reference tables")
    with open_house(context.obj.settings) as house:
        in_use = house.shelf.current()
    records = [{"kind": kind, "digest": digest} for kind, digest in sorted(in_use.items())]
    if as_json:
        show_json(*records)
    else:
        show_table(records, ("kind", "digest"), nothing="No table is in use.")


@references.command("baseline")
def make_baseline(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="A finished run over a population that you take as usual.")],
    file: Annotated[Path, typer.Argument(help="The CSV to write, for `references load baseline FILE`.")],
    as_json: AsJson = False,
) -> None:
    """Write how many accounts each detector flagged in a run: what makes a finding surprising."""
    require_no_server(context.obj, "making a baseline")
    with open_house(context.obj.settings) as house:
        file.write_bytes(baseline_csv(house.runs.get(run), house.home.run(run)))
    if as_json:
        show_json({"written": str(file)})
    else:
        print(f"written: {file}")
