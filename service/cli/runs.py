"""`thalweg runs` and `replay`: start a run, list runs, and carry one out again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from schemas.errors import RequestInvalid
from service.children import Child
from service.cli.printing import OPERATOR_ACTS, AsJson, say, show, show_all
from service.home import Home
from service.house import open_house, run_limits, run_options
from service.runs.replay import replay

app = typer.Typer(help="Start runs, and list them.", no_args_is_help=True)
_SHOWN = ("run", "status", "findings", "alerts", "digest", "seconds", "detectors")


@app.command("start")
def start(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option(help="Run as of this time (RFC 3339); what came later is not seen.")
    ] = None,
    detector: Annotated[list[str] | None, typer.Option(help="Only this detector; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the detectors over everything that is in the ledger. Exit 1 where a detector failed."""
    with open_house(context.obj) as house:
        found = house.runs.start(
            as_of=None if as_of is None else parse_moment(as_of),
            detectors=detector or None,
            on_progress=None if as_json else _say_step,
            **OPERATOR_ACTS,
        )
    show(shown(found), as_json)
    if found["status"] != "finished":
        raise typer.Exit(1)


@app.command("list")
def list_runs(context: typer.Context, as_json: AsJson = False) -> None:
    """List runs, newest first."""
    with open_house(context.obj) as house:
        records = [shown(found) for found in house.runs.all()]
    show_all(
        records, as_json, columns={"run": 18, "status": 10, "findings": 8, "alerts": 6, "seconds": 8, "digest": 64}
    )


def replay_command(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="The run to carry out again.")],
    as_json: AsJson = False,
) -> None:
    """Carry out a run again in a fresh process, from its manifest. Exit 0 where the same comes out to the byte."""
    settings = context.obj
    options = run_options(settings)
    child = Child("service.runs.worker", run_limits(settings), threads=options.threads)
    try:
        answer = replay(Home.open(settings.home), run, child=child, options=options)
    finally:
        child.close()
    show(answer, as_json)
    if answer["verdict"] != "identical":
        raise typer.Exit(1)


def parse_moment(text: str) -> datetime:
    """An RFC 3339 time, or a date, which means its end, as UTC without a zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise RequestInvalid(
            "this is not a time", where="--as-of", value=text, remedy="Write it as 2026-03-31 or 2026-03-31T12:00:00Z."
        ) from error
    if len(text) == len("2026-03-31"):
        return moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    if moment.tzinfo is None:
        raise RequestInvalid("the time has no offset", where="--as-of", value=text, remedy="Add Z or +01:00.")
    return moment.astimezone(UTC).replace(tzinfo=None)


def shown(found: dict[str, Any]) -> dict[str, Any]:
    """A run as it is printed: numbers as numbers."""
    record = {name: found[name] for name in _SHOWN}
    record["seconds"] = None if found["seconds"] is None else float(found["seconds"])
    record["detectors"] = [each | {"seconds": float(each["seconds"])} for each in found["detectors"]]
    if found.get("cause"):
        record["cause"] = found["cause"]
    return record


def _say_step(step: dict[str, Any]) -> None:
    say("  ".join(str(part) for part in step.values()))
