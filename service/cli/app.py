"""The commands by name, and how an error leaves the program: 0 done, 1 found a difference or a failure, 2 bad usage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import MappingInvalid, RequestInvalid, ThalwegError
from service.cli import alerts, audit, batches, detectors, evaluate, references, runs
from service.cli.printing import complain, settings_at

_BAD_USAGE = (RequestInvalid, MappingInvalid)

app = typer.Typer(
    name="thalweg",
    help="Find the financial flows of human traffickers and the networks around them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="The data directory; THALWEG_HOME, or ./var, where not given.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of a run; all cores where not given.")] = None,
) -> None:
    """Thalweg: from submitted batches to explained alerts, and back to the byte."""
    context.obj = settings_at(home, threads)


app.command("submit")(batches.submit)
app.command("replay")(runs.replay_command)
app.command("verify")(audit.verify)
app.command("rebuild")(audit.rebuild)
app.command("evaluate")(evaluate.evaluate_command)
app.add_typer(batches.partners, name="partners")
app.add_typer(batches.listing, name="batches")
app.add_typer(runs.app, name="runs")
app.add_typer(alerts.app, name="alerts")
app.add_typer(audit.journal, name="journal")
app.add_typer(detectors.app, name="detectors")
app.add_typer(references.app, name="references")


def main() -> None:
    """Run the command in the arguments and exit."""
    try:
        app()
    except ThalwegError as error:
        complain(error)
        sys.exit(2 if isinstance(error, _BAD_USAGE) else 1)
