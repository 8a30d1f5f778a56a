"""`thalweg references`: load the tables that runs look things up in, and see which are in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import RequestInvalid
from schemas.reference import REFERENCE_KINDS
from service.cli.desk import open_desk, require_no_server
from service.cli.printing import SHORT, AsJson, show_json, show_table
from service.house import open_house
from service.runs.baseline import baseline_csv

references = typer.Typer(
    help="Reference tables: FX, thresholds, watchlists, segments…", no_args_is_help=True, rich_markup_mode=None
)


@references.command("load")
def load(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join(REFERENCE_KINDS)}.")],
    file: Annotated[Path, typer.Argument(help="A CSV table; see docs/references.md.")],
    as_json: AsJson = False,
) -> None:
    """Take a table into use. A faulty one is refused whole and the one in use stays."""
    if not file.is_file():
        raise RequestInvalid("there is no such file", where=str(file), remedy="Check the path.")
    with open_desk(context.obj) as desk:
        loaded = desk.load_reference(kind, file)
    if as_json:
        show_json(loaded)
    else:
        print(f"{kind} in use: {loaded['digest']}")


@references.command("list")
def list_references(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tables in use, with how many rows each has; what they hold is not shown."""
    with open_desk(context.obj) as desk:
        records = desk.references()
    if as_json:
        show_json(*records)
    else:
        show_table(
            [
                each | {"digest": each["digest"][:SHORT], "loaded": each["at"] or "ships with Thalweg"}
                for each in records
            ],
            ("kind", "rows", "digest", "loaded", "name"),
            nothing="No table is in use.",
        )


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
