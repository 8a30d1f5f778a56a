"""`thalweg detectors`: the catalogue, its examples, and the lock."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from detectors.api import Detector
from detectors.catalogue import Catalogue
from detectors.examples import run_examples
from detectors.lock import LOCK_FILE, write
from service.cli.printing import AsJson, complain, show, show_all

app = typer.Typer(help="The catalogue of detectors.", no_args_is_help=True)


@app.command("list")
def list_detectors(context: typer.Context, as_json: AsJson = False) -> None:
    """List the detectors. Exit 1 where one was refused."""
    catalogue = Catalogue.load(context.obj.rule_directories)
    widths = {"id": 24, "kind": 8, "family": 20, "tier": 9, "status": 8, "examples": 8, "logic_hash": 16}
    show_all([_line(each) for each in catalogue.detectors], as_json, columns=widths)
    _complain_of_refused(catalogue)


@app.command("show")
def show_detector(context: typer.Context, detector: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    """Show one detector: what it is for, its parameters with their reasons, its sources and its source."""
    found = Catalogue.load(context.obj.rule_directories).get(detector)
    show(_line(found) | found.meta.model_dump(mode="json"), as_json)
    if not as_json:
        typer.echo(found.source_path.read_text(encoding="utf-8"))


@app.command("test")
def run_the_examples(
    context: typer.Context,
    detector: Annotated[list[str] | None, typer.Argument(help="Only these; all where none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the examples of detectors. Exit 0 where every example holds."""
    catalogue = Catalogue.load(context.obj.rule_directories)
    chosen = catalogue.detectors if not detector else catalogue.pick(detector)
    records = [
        {
            "id": outcome.detector,
            "kind": outcome.kind,
            "example": outcome.example,
            "holds": outcome.holds,
            "expected": list(outcome.expected),
            "flagged": list(outcome.flagged),
        }
        for each in chosen
        for outcome in run_examples(each)
    ]
    show_all(records, as_json, columns={"id": 24, "holds": 6, "example": 70})
    if not all(record["holds"] for record in records):
        raise typer.Exit(1)
    _complain_of_refused(catalogue)


@app.command("lock")
def lock(context: typer.Context, as_json: AsJson = False) -> None:
    """Write the hashes of every detector's logic and prose into the lock file."""
    write(Catalogue.load().detectors)
    show({"written": LOCK_FILE.name}, as_json)


def _line(detector: Detector) -> dict[str, Any]:
    meta = detector.meta
    return {
        "id": meta.id,
        "kind": meta.kind,
        "family": meta.family,
        "tier": meta.tier,
        "status": meta.status,
        "logic_hash": detector.logic_hash,
        "sources": list(meta.sources),
        "examples": len(meta.fires) + len(meta.silent),
    }


def _complain_of_refused(catalogue: Catalogue) -> None:
    for refused in catalogue.refused:
        complain(refused)
    if catalogue.refused:
        raise typer.Exit(1)
