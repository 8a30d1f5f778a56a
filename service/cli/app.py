"""The commands by name, and how the program ends: 0 done, 1 found a difference or a failure, 2 bad usage.

Each command's module is imported when the command is asked for, so that a small one does not wait for the libraries of another.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from schemas.errors import MappingInvalid, RequestInvalid, ThalwegError
from service.cli.given import Given, settings_at
from service.cli.printing import complain

CONTENTS: dict[str, tuple[str, str]] = {
    "demo": ("demo:demo", "Show what Thalweg does, on an invented world."),
    "serve": ("serve:serve", "Serve the data directory over HTTP."),
    "submit": ("batches:submit", "Submit a file of transactions."),
    "validate": ("checking:validate", "Judge a file offline, as the intake would."),
    "mapping": ("mappings:mapping", "A first mapping from a sample, to be confirmed."),
    "batches": ("batches:batches", "Submitted batches and their rejected rows."),
    "partners": ("partners:partners", "Partner missions: register and list them."),
    "references": ("references:references", "What runs look things up in: rates, lists, segments."),
    "runs": ("runs:runs", "Start runs, and list them."),
    "replay": ("replay:replay_run", "Carry out a run again and compare."),
    "alerts": ("alerts:alerts", "The queue of alerts, best first."),
    "cases": ("cases:cases", "Cases with their timelines, and suppressions."),
    "learning": ("learning:learning", "What decisions teach its order."),
    "follow": ("follow:follow_money", "Follow money: where it went or came from."),
    "evaluate": ("evaluate:evaluate_queue", "Compare the queue with labelled patterns."),
    "detectors": ("detectors:detectors", "The catalogue: look, write, judge, try."),
    "journal": ("journal:journal", "Verify the journal of every act."),
    "verify": ("audit:verify", "Verify journal and files, to the byte."),
    "rebuild": ("audit:rebuild", "Make the ledger anew from the journal."),
    "users": ("people:users", "Accounts: who may come in."),
    "keys": ("people:keys", "Keys of accounts, for programs."),
}
"""Command -> where it is (module below this package, and name), and what it is for."""

_BAD_USAGE = (RequestInvalid, MappingInvalid)


class Contents(TyperGroup):
    """The root: it knows the commands by the table above and imports none before it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(CONTENTS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in CONTENTS:
            return None
        module, _, name = CONTENTS[cmd_name][0].partition(":")
        found: typer.Typer | Callable[..., None] = getattr(import_module(f"service.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name = cmd_name
            return group
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, purpose) for name, (_, purpose) in CONTENTS.items()])


app = typer.Typer(
    cls=Contents,
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
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Threads of a run or replay; THALWEG_THREADS, or all cores (a server: all but one), where not given.",
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(help="A server to talk to, with the key in THALWEG_TOKEN; THALWEG_URL where not given."),
    ] = None,
) -> None:
    """Thalweg: from submitted batches to explained alerts, and back to the byte."""
    context.obj = Given(
        settings_at(home=home, threads=threads),
        url=url or os.environ.get("THALWEG_URL") or None,
        token=os.environ.get("THALWEG_TOKEN") or None,
    )


def main() -> None:
    """Run the command in the arguments and exit. Where nobody reads the output any more it ends without a word, with 1."""
    try:
        app()
        code: int | str | None = 0
    except SystemExit as end:
        code = end.code
    except ThalwegError as error:
        complain(error)
        code = 2 if isinstance(error, _BAD_USAGE) else 1
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)
