"""`thalweg validate`: a file judged where it lies, by every check that the intake makes, without a server or a data directory."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.batch import unit_of
from schemas.errors import RequestInvalid
from service.cli.desk.mappings import mapping_document
from service.cli.printing import AsJson, cell, count, rejected_cell, say, show_facts, show_json
from service.cli.steps import Steps

_SHOWN = 20


def validate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, NDJSON, Parquet, or a message: ISO 20022, goAML, MT103.")],
    mapping: Annotated[str | None, typer.Option(help="A shipped mapping's name, or a mapping file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Judge a file offline, as the intake would. Exit 0 where it would be accepted whole, else 1.

    What only the server knows is left out: which of the rows it has already.
    """
    require_file(file)
    from service.children import Child, Limits  # noqa: PLC0415 - a bad path is told before anything is loaded
    from service.house import utc_now  # noqa: PLC0415
    from service.intake.rehearse import check  # noqa: PLC0415

    settings = context.obj.settings
    document = None if mapping is None else mapping_document(mapping)
    child = Child("service.intake.jobs", Limits(settings.intake_seconds, settings.intake_memory_bytes))
    with tempfile.TemporaryDirectory(prefix="thalweg-") as folder, Steps() as steps:
        try:
            judged = check(
                child, file.resolve(), mapping=document, max_reject_per_mille=settings.max_reject_per_mille, now=utc_now(),
                folder=Path(folder), goaml_schema=settings.goaml_schema, on_progress=steps.tell,
            )  # fmt: skip
        finally:
            child.close()
    end_with({name: value for name, value in judged.items() if name != "refusal" or value}, as_json=as_json)


def require_file(file: Path) -> None:
    """Raise RequestInvalid where there is no such file."""
    if not file.is_file():
        raise RequestInvalid("there is no such file", where=str(file), remedy="Check the path.")


def end_with(judged: dict[str, Any], *, as_json: bool) -> None:
    """Print a verdict, and end with 1 unless every row would be accepted or is known already."""
    if as_json:
        show_json(judged)
    else:
        _tell(judged)
    if judged["verdict"] != "accepted" or judged["faulty"] > judged["skipped"]:
        raise typer.Exit(1)


def _tell(judged: dict[str, Any]) -> None:
    counts = ", ".join(f"{judged[name]:,} {name}" for name in ("accepted", "duplicates", "rejected"))
    print(f"would be {judged['verdict']}; nothing was recorded")
    form = " ".join(str(judged[name]) for name in ("format", "encoding") if judged[name])
    delimiter = judged["delimiter"]
    show_facts(
        {
            "form": f"{form}, values separated by {delimiter!r}" if delimiter else form or None,
            "rows": f"{judged['rows']:,}: {counts}",
            "skipped by the mapping": judged["skipped"] or None,
            "how it was read": None if delimiter else judged["notes"] or None,
            "unknown columns": [each["column"] for each in judged["unknown_columns"]] or None,
        }
    )
    if refusal := judged.get("refusal"):
        place = f"{cell(refusal['where'])}: " if "where" in refusal else ""
        say(f"refused: {place}{refusal['why']}. {refusal.get('remedy', '')}".rstrip())
    unit = unit_of(judged["format"])
    for row in judged["rejects"][:_SHOWN]:
        say(f"  {rejected_cell(row, unit)}")
    if judged["faulty"] and len(judged["rejects"]) > _SHOWN:
        say(
            f"{count(judged['faulty'], 'row has', 'rows have')} a fault; --json tells the first {len(judged['rejects'])} cells"
        )
