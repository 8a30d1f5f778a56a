"""`thalweg detectors`: the catalogue, its examples, and the lock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from detectors.api import Detector
from detectors.catalogue import Catalogue
from detectors.examples import run_examples
from detectors.lock import LOCK_FILE, write
from detectors.rulefile import read_rule_file
from schemas.errors import DetectorInvalid
from service.cli.printing import SHORT, AsJson, complain, count, show_facts, show_json, show_table

detectors = typer.Typer(help="The catalogue of detectors.", no_args_is_help=True, rich_markup_mode=None)


@detectors.command("list")
def list_detectors(context: typer.Context, as_json: AsJson = False) -> None:
    """List the detectors. Exit 1 where one was refused."""
    catalogue = Catalogue.load(context.obj.settings.rule_directories)
    records = [_line(each) for each in catalogue.detectors]
    if as_json:
        show_json(*records)
    else:
        show_table(
            [each | {"logic": each["logic_hash"][:SHORT]} for each in records],
            ("id", "kind", "family", "tier", "status", "examples", "logic"),
            nothing="There is no detector.",
        )
    _complain_of(catalogue.refused)


@detectors.command("show")
def show_detector(context: typer.Context, detector: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    """Show one detector: what it is for, its parameters with their reasons, its sources and its source."""
    catalogue = Catalogue.load(context.obj.settings.rule_directories)
    _complain_of(faults_of(catalogue, [detector]))
    found = catalogue.get(detector)
    if as_json:
        show_json(_line(found) | found.meta.model_dump(mode="json"))
        return
    line = _line(found)
    show_facts({"title": found.meta.title["en"]} | line | {"sources": None})
    for source in line["sources"]:
        print(f"  after {source}")
    for name, each in found.meta.params.items():
        print(f"  {name} = {each.default} {each.unit}: {each.reason}")
    print()
    print(found.source_path.read_text(encoding="utf-8"))


@detectors.command("test")
def run_the_examples(
    context: typer.Context,
    detector: Annotated[list[str] | None, typer.Argument(help="Only these; all where none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the examples of detectors. Exit 0 where every example holds and none of those asked for is refused."""
    catalogue = Catalogue.load(context.obj.settings.rule_directories)
    refused = faults_of(catalogue, detector) if detector else catalogue.refused
    chosen = catalogue.detectors if not detector else _sound(catalogue, detector, refused)
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
    if as_json:
        show_json(*records)
    elif chosen:
        _tell_examples(records)
    _complain_of(refused)
    if not all(record["holds"] for record in records):
        raise typer.Exit(1)


@detectors.command("lock")
def lock(context: typer.Context, as_json: AsJson = False) -> None:
    """Write the hashes of every detector's logic and prose into the lock file."""
    write(Catalogue.load().detectors)
    if as_json:
        show_json({"written": LOCK_FILE.name})
    else:
        print(f"written: {LOCK_FILE.name}")


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


def _tell_examples(records: list[dict[str, Any]]) -> None:
    failed = [record for record in records if not record["holds"]]
    for record in failed:
        print(f"{record['id']}: {record['kind']} {record['example']!r} does not hold")
        show_facts({"expected": record["expected"], "flagged": record["flagged"]}, indent="  ")
    verdict = f"{count(len(failed), 'does', 'do')} not hold" if failed else "all hold"
    kinds = len({record["id"] for record in records})
    print(f"{count(len(records), 'example')} of {count(kinds, 'detector')}: {verdict}")


def faults_of(catalogue: Catalogue, ids: Sequence[str]) -> list[DetectorInvalid]:
    """Why detectors of these ids were refused: the faults of the files that say so of themselves, or are so called."""
    return [fault for fault in catalogue.refused if not _names_of(fault).isdisjoint(ids)]


def _names_of(fault: DetectorInvalid) -> set[str | None]:
    """What somebody may call the detector that a fault is about: its file's name without the ending, and its id."""
    path = Path((fault.where or "").rpartition(":")[0])
    try:
        written = read_rule_file(path).head.get("id")
    except DetectorInvalid:  # it cannot be read, which is then the fault itself
        written = None
    return {path.stem, fault.where, str(written)}


def _sound(catalogue: Catalogue, ids: Sequence[str], refused: Sequence[DetectorInvalid]) -> tuple[Detector, ...]:
    """Those of these ids that can be run. Raises NotFound for one that is neither in the catalogue nor was refused."""
    known = {each.meta.id for each in catalogue.detectors}
    told = {name for fault in refused for name in _names_of(fault)}
    return catalogue.pick([each for each in ids if each in known or each not in told])


def _complain_of(refused: Sequence[DetectorInvalid]) -> None:
    for fault in refused:
        complain(fault)
    if refused:
        raise typer.Exit(1)
