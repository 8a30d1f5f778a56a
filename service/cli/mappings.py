"""`thalweg mapping draft`: a first mapping from a sample of a file, with reasons, for a person to confirm. Nothing is sent or recorded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from schemas.errors import RequestInvalid
from service.cli.checking import require_file
from service.cli.printing import AsJson, count, plain, say, show_json

mapping = typer.Typer(help="Mappings: a first draft from a sample.", no_args_is_help=True, rich_markup_mode=None)
_SHOWN = 8


@mapping.callback()
def about() -> None:
    """Mappings: a first draft from a sample."""


@mapping.command("draft")
def draft(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A sample: CSV, NDJSON, Parquet or XLSX.")],
    name: Annotated[str, typer.Option(help="The mapping's name; the file's, where not given.")] = "",
    zone: Annotated[str | None, typer.Option(help="The zone of times without offset, such as Africa/Bamako.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook with several.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the draft to this new file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Guess a mapping from a sample. It says `draft = true` and is not taken before a person has removed that line.

    Exit 0 where it is whole, 1 where something is missing that only a person can give.
    """
    require_file(file)
    _require_zone(zone)
    if out is not None and out.exists():
        raise RequestInvalid("the file is there already", where="--out", value=str(out), remedy="Choose another name.")
    found = _drafted(context.obj.settings, file, name or _name_of(file), zone, sheet)
    if out is not None:
        out.write_text(found["toml"], "utf-8")
    if as_json:
        show_json(found)
    else:
        if out is None:
            print("\n".join(map(plain, found["toml"].split("\n"))), end="")
        _tell(found, out)
    if found["missing"]:
        raise typer.Exit(1)


def _drafted(settings: Any, file: Path, name: str, zone: str | None, sheet: str | None) -> dict[str, Any]:
    from service.children import Child, Limits  # noqa: PLC0415 - a bad path is told before anything is loaded
    from service.house import utc_now  # noqa: PLC0415

    child = Child("service.intake.jobs", Limits(settings.intake_seconds, settings.intake_memory_bytes))
    latest = utc_now().replace(tzinfo=None).isoformat()
    payload = {"original": str(file.resolve()), "file": file.name, "name": name, "zone": zone, "sheet": sheet}
    try:
        return child.call("draft_mapping", payload | {"latest": latest})
    finally:
        child.close()


def _require_zone(zone: str | None) -> None:
    try:
        ZoneInfo(zone or "UTC")
    except (KeyError, OSError, ValueError) as error:
        raise RequestInvalid(
            "this is not a time zone", where="--zone", value=str(zone), remedy="Use a name such as Africa/Bamako."
        ) from error


def _name_of(file: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:64] or "draft"


def _tell(found: dict[str, Any], out: Path | None) -> None:
    levels = [each["confidence"] for each in found["columns"]]
    sure = ", ".join(f"{levels.count(level)} {level}" for level in ("high", "medium", "low"))
    say(f"a draft from {count(found['rows'], 'row')} of {found['format']}; confidence in columns: {sure}")
    for each in found["missing"]:
        say(f"missing: {each}")
    for each in found["doubts"]:
        say(f"to settle: {each}")
    if tried := found["tried"]:
        codes = ", ".join(f"{code} {number:,}" for code, number in list(tried["codes"].items())[:_SHOWN])
        say(
            f"tried on these rows: {tried['accepted']:,} accepted, {tried['skipped']:,} skipped, {tried['rejected']:,} rejected"
            + (f" ({codes})" if codes else "")
            + (f": {tried['why']}" if "why" in tried else "")
        )
    say(f"look at every line{f' of {out}' if out else ''}, then take out `draft = true`: until then it is not taken")
