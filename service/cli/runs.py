"""`thalweg runs`: start a run, and list runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from schemas.errors import DetectorInvalid, NotFound, RequestInvalid
from service.cli.desk import Desk, Step, open_desk
from service.cli.printing import SHORT, AsJson, complain, count, say, show_json, show_table

runs = typer.Typer(help="Start runs, and list them.", no_args_is_help=True, rich_markup_mode=None)


@runs.command("start")
def start(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option(help="Run as of this time (RFC 3339); what came later is not seen.")
    ] = None,
    detector: Annotated[list[str] | None, typer.Option(help="Only this detector; may be repeated.")] = None,
    false_discoveries: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="Of what a model flags, the share that may be lawful, per mille."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the detectors over everything that is in the ledger. Exit 1 where a detector failed."""
    moment = None if as_of is None else parse_moment(as_of)
    with open_desk(context.obj) as desk:
        found = _started(desk, moment, detector or None, false_discoveries, None if as_json else say_step)
    if as_json:
        show_json(found)
    else:
        show_run(found)
    if found["status"] != "finished":
        raise typer.Exit(1)


@runs.command("list")
def list_runs(context: typer.Context, as_json: AsJson = False) -> None:
    """List runs, newest first."""
    with open_desk(context.obj) as desk:
        records = desk.runs()
    if as_json:
        show_json(*records)
        return
    show_table(
        [each | {"digest": (each["digest"] or "-")[:SHORT]} for each in records],
        ("run", "status", "findings", "alerts", "seconds", "digest"),
        nothing="There was no run yet: thalweg runs start",
    )


def _started(
    desk: Desk, as_of: datetime | None, detectors: list[str] | None, false_discoveries: int | None, on_step: Step | None
) -> dict[str, Any]:
    try:
        return desk.start_run(as_of=as_of, detectors=detectors, false_discoveries=false_discoveries, on_step=on_step)
    except (NotFound, RequestInvalid) as error:  # a server names the field, the house does not
        if error.value not in (detectors or ()):
            raise
        raise RequestInvalid(error.why, where="--detector", value=error.value, remedy=error.remedy) from error


def show_run(found: dict[str, Any]) -> None:
    """A run for people: how it ended, then a line for each detector, and why one failed."""
    told = [f"{found['run']} is {found['status']}"]
    if found["seconds"] is not None:
        told.append(f"{found['seconds']:.1f} s")
    print(", ".join([*told, count(found["findings"], "finding"), count(found["alerts"], "alert")]))
    if places := found.get("places"):
        print(f"{places['queue'] + places['sample']:,} of them for the queue, {places['below']:,} below the line")
    if found["digest"]:
        print(f"digest {found['digest']}")
    if found["detectors"]:
        show_table(found["detectors"], ("id", "kind", "status", "findings", "seconds"), nothing="")
    for model, moved in found.get("drift", {}).items():
        most = sorted(moved, key=lambda name: (-moved[name], name))[:3]
        say(f"{model}: moved most by the last window: {', '.join(f'{name} {moved[name] / 10:.0f} %' for name in most)}")
    silent = [each["id"] for each in found["detectors"] if each.get("silent_for")]
    if silent:
        say(
            f"{count(len(silent), 'detector')} could not look for want of data: {', '.join(silent)}; thalweg detectors list"
        )
    for each in found.get("suppressed", []):
        say(
            f"{count(each['alerts'], 'alert')} fell under {each['suppression']} and stay out of the queue: thalweg cases suppressions"
        )
    for fault in found.get("refused", []):
        complain(DetectorInvalid(**fault))
    for failed in (each for each in (*found["detectors"], found) if each.get("cause")):
        cause = failed["cause"]
        why = cause.get("why", cause) if isinstance(cause, dict) else cause.splitlines()[0]
        say(f"{failed.get('id', found['run'])} failed: {why}")


def say_step(step: dict[str, Any]) -> None:
    """A step of a run, beside the output."""
    say("  ".join(str(part) for part in step.values()))


def parse_moment(text: str) -> datetime:
    """An RFC 3339 time, or a date, which means its end, as UTC without a zone. Raises RequestInvalid."""
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
