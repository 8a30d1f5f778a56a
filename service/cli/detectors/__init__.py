"""`thalweg detectors`: the catalogue, its examples, its pages and its lock; writing and trying detectors is in `authoring`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from detectors import pages as catalogue_pages
from detectors.api import Detector
from detectors.catalogue import Catalogue
from detectors.examples import run_examples
from detectors.lock import LOCK_FILE, write
from service.catalogue import Seen, line_of, silent_for
from service.cli.detectors import authoring, tuning
from service.cli.detectors.examples import tell_examples
from service.cli.detectors.named import complain_of, sound
from service.cli.printing import SHORT, AsJson, count, plain, say, show_facts, show_json, show_table
from service.home import Home
from service.tuning.setting import in_force, proposals_in_journal

detectors = typer.Typer(help="The catalogue of detectors.", no_args_is_help=True, rich_markup_mode=None)
detectors.command("new")(authoring.new)
detectors.command("lint")(authoring.lint)
detectors.command("backtest")(authoring.backtest)
detectors.command("propose")(tuning.propose)
detectors.command("proposals")(tuning.proposals)
detectors.command("approve")(tuning.approve)
detectors.command("refuse")(tuning.refuse)


@detectors.command("list")
def list_detectors(context: typer.Context, as_json: AsJson = False) -> None:
    """List the detectors, what of the current ledger each lacks, and which rules no run has judged yet. Exit 1 where one was refused."""
    from service.admission import admitted, unjudged  # noqa: PLC0415 - it brings in what a child needs

    home = Home(context.obj.home)
    catalogue, seen = admitted(context.obj.settings.rule_directories, home, judge_new=False), _seen(context)
    new = unjudged(catalogue, home)
    held = in_force(proposals_in_journal(home.journal))
    records = [line_of(each, seen, new, held) for each in catalogue.detectors]
    if as_json:
        show_json(*records)
    else:
        show_table(
            [
                each
                | {
                    "logic": each["logic_hash"][:SHORT],
                    "lacks": silent_for(each),
                    "status": each["status"] if each["judged"] else f"{each['status']}, not judged yet",
                }
                for each in records
            ],
            ("id", "kind", "family", "tier", "status", "examples", "logic", "lacks"),
            nothing="There is no detector.",
        )
    complain_of(catalogue.refused)


@detectors.command("show")
def show_detector(context: typer.Context, detector: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    """Show one detector: what it is for, its parameters with their reasons, what it needs, its examples and its source."""
    catalogue = Catalogue.load(context.obj.settings.rule_directories)
    complain_of(catalogue.faults_of([detector]))
    found = catalogue.get(detector)
    held = in_force(proposals_in_journal(Home(context.obj.home).journal))
    record = line_of(found, _seen(context), held=held)
    if as_json:
        show_json(record | found.meta.model_dump(mode="json"))
        return
    _tell(found, record)


@detectors.command("test")
def run_the_examples(
    context: typer.Context,
    detector: Annotated[list[str] | None, typer.Argument(help="Only these; all where none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the examples of detectors. Exit 0 where every example holds and none of those asked for is refused."""
    catalogue = Catalogue.load(context.obj.settings.rule_directories)
    refused = catalogue.faults_of(detector) if detector else catalogue.refused
    chosen = catalogue.detectors if not detector else sound(catalogue, detector, refused)
    records = list(_run(chosen, quietly=as_json or len(chosen) == 1))
    if as_json:
        show_json(*records)
    elif chosen:
        tell_examples(records, whole=bool(detector))
    complain_of(refused)
    if not all(record["holds"] for record in records):
        raise typer.Exit(1)


@detectors.command("lock")
def lock(context: typer.Context, as_json: AsJson = False) -> None:
    """Write the hashes of every detector's logic and prose into the lock file."""
    write(Catalogue.load(judge_all=True).detectors)
    if as_json:
        show_json({"written": LOCK_FILE.name})
    else:
        print(f"written: {LOCK_FILE.name}")


@detectors.command("pages")
def write_pages(
    directory: Annotated[
        Path, typer.Argument(help="Where to; docs/detectors where not given.")
    ] = catalogue_pages.PAGES,
    as_json: AsJson = False,
) -> None:
    """Write the catalogue as pages: one for each detector that ships, with pictures, and an index by family."""
    written = catalogue_pages.write(Catalogue.load().detectors, directory)
    if as_json:
        show_json({"written": str(directory), "files": len(written)})
    else:
        print(f"{count(len(written), 'file')} written into {directory}")


def _run(chosen: Sequence[Detector], *, quietly: bool) -> Iterator[dict[str, Any]]:
    for place, each in enumerate(chosen, start=1):
        outcomes = [outcome.as_record() for outcome in run_examples(each, tell=True)]
        if not quietly:
            say(f"{place} of {len(chosen)}  {each.meta.id}  {count(len(outcomes), 'example')}")
        yield from outcomes


def _seen(context: typer.Context) -> Seen:
    return Seen.at(Home(context.obj.home).journal)


def _tell(found: Detector, record: dict[str, Any]) -> None:
    meta = found.meta
    told = record | {
        "coverage": None,
        "empty_tables": None,
        "sources": None,
        "set": None,
        "title": None,
        "lacks": silent_for(record),
    }
    show_facts({"title": meta.title["en"]} | told)
    for source in meta.sources:
        print(f"  after {source}")
    for name, each in meta.params.items():
        value = (record["set"] or {"params": {}})["params"].get(name)
        said = each.default if value is None else f"{value} (set so; {each.default} in its file)"
        print(f"  {name} = {said} {each.unit}, {each.least} to {each.most}: {each.reason}")
    if record["set"]:
        print("  set by {proposed_by} and {decided_by} on {decided_at}".format(**record["set"]))
    for column, share in record["coverage"].items():
        known = (
            "no finished run tells how many have it" if share is None else f"{share:.1%} of the transactions have it"
        )
        print(f"  needs the column {column}: {known}")
    for table in meta.tables:
        print(f"  needs the table {table}: {'it is empty' if table in record['empty_tables'] else 'it has rows'}")
    if meta.exclusions:
        print(f"  leaves alone accounts that are known as {', '.join(meta.exclusions)}")
    for kind, examples in (("fires", meta.fires), ("silent", meta.silent)):
        for example in examples:
            print(f"  {kind}: {example.name}")
    print()
    print("\n".join(map(plain, found.source_path.read_text(encoding="utf-8").split("\n"))))
