"""`thalweg references`: load FX rates, thresholds and the baseline, and see which are in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import RequestInvalid
from service.cli.printing import OPERATOR_ACTS, AsJson, show, show_all
from service.house import open_house
from service.runs.baseline import baseline_csv

app = typer.Typer(help="Reference tables: FX, thresholds, the baseline.", no_args_is_help=True)


@app.command("load")
def load(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="fx, thresholds or baseline.")],
    file: Annotated[Path, typer.Argument(help="A CSV table; see docs/references.md.")],
    as_json: AsJson = False,
) -> None:
    """Take a table into use. A faulty one is refused whole and the one in use stays."""
    if not file.is_file():
        raise RequestInvalid("there is no such file", where=str(file), remedy="Check the path.")
    with open_house(context.obj) as house:
        digest = house.shelf.load(
            kind, file.read_bytes(), name=file.name, base_currency=context.obj.base_currency, **OPERATOR_ACTS
        )
    show({"kind": kind, "digest": digest}, as_json)


@app.command("list")
def list_references(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tables in use."""
    with open_house(context.obj) as house:
        in_use = house.shelf.current()
    records = [{"kind": kind, "digest": digest} for kind, digest in sorted(in_use.items())]
    show_all(records, as_json, columns={"kind": 12, "digest": 64})


@app.command("baseline")
def make_baseline(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="A finished run over a population that you take as usual.")],
    file: Annotated[Path, typer.Argument(help="The CSV to write, for `references load baseline FILE`.")],
    as_json: AsJson = False,
) -> None:
    """Write how many accounts each detector flagged in a run: what makes a finding surprising."""
    with open_house(context.obj) as house:
        file.write_bytes(baseline_csv(house.runs.get(run), house.home.run(run)))
    show({"written": str(file)}, as_json)
