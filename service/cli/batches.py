"""`thalweg submit` and `batches`: hand in a file, and see what became of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.batch import unit_of
from schemas.errors import RequestInvalid
from schemas.handling import read_asked
from service.cli.checking import end_with, require_file
from service.cli.desk import open_desk
from service.cli.printing import SHORT, AsJson, count, rejected_cell, say, show_facts, show_json, show_table
from service.cli.steps import Steps

batches = typer.Typer(help="Look at submitted batches.", no_args_is_help=True, rich_markup_mode=None)
_FIRST = 3
_NAMED, _WIDEST = 10, 64
_ABOUT = ("partner", "name", "at", "replaces")
_COUNTS = ("rows", "accepted", "duplicates", "rejected")


def submit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, NDJSON, Parquet, or a message: ISO 20022, goAML, MT103.")],
    partner: Annotated[
        str, typer.Option("--as", help="The partner that submits; registered if new. A partner's own key needs none.")
    ] = "",
    mapping: Annotated[str | None, typer.Option(help="A shipped mapping's name, or a mapping file.")] = None,
    replaces: Annotated[str | None, typer.Option(help="The batch that this one corrects.")] = None,
    key: Annotated[str | None, typer.Option(help="An idempotency key: the same key has one effect.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge it and record nothing.")] = False,
    tlp: Annotated[str, typer.Option(help="CLEAR, GREEN, AMBER, AMBER+STRICT or RED; not looser than agreed.")] = "",
    use: Annotated[str, typer.Option(help="evidence or intelligence.")] = "",
    onward: Annotated[str, typer.Option(help="Onward sharing: free, consent or never.")] = "",
    purpose: Annotated[str, typer.Option(help="What it is given for.")] = "",
    caveat: Annotated[list[str] | None, typer.Option(help="A caveat in your own words; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Submit a file of transactions. Exit 0 where it is accepted, 1 where it is refused.

    To a server by --url the file goes packed and in pieces. If the line breaks it goes on by itself; given again, the same
    command goes on where it ended.
    """
    require_file(file)
    if not partner and context.obj.url is None:
        raise RequestInvalid("say for whom", where="--as", remedy="Name a partner: --as bank-a")
    said = {"tlp": tlp, "use": use, "onward": onward, "purpose": purpose, "caveats": caveat or []}
    handling = read_asked(json.dumps({name: each for name, each in said.items() if each}))
    with open_desk(context.obj) as desk, Steps() as steps:
        if dry_run:
            judged = desk.rehearse(
                file, partner=partner, mapping=mapping, replaces=replaces, handling=handling, on_step=steps.tell
            )
            steps.end()
            end_with(judged, as_json=as_json)
            return
        answer = desk.submit(
            file, partner=partner, mapping=mapping, replaces=replaces, key=key, handling=handling, on_step=steps.tell
        )
        steps.end()
        rejects = desk.rejects(answer["batch"], _FIRST) if answer["rejected"] and not as_json else []
    if as_json:
        show_json(answer)
    else:
        _tell(answer, rejects)
    if answer["status"] != "accepted":
        raise typer.Exit(1)


@batches.command("list")
def list_batches(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List batches, newest first."""
    with open_desk(context.obj) as desk:
        records = desk.batches(limit)
    if as_json:
        show_json(*records)
    else:
        show_table(records, ("batch", "partner", "status", *_COUNTS, "name"), nothing="Nothing was submitted yet.")


@batches.command("show")
def show_batch(context: typer.Context, batch: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    """One batch: what submit told of it, and of whom it is."""
    with open_desk(context.obj) as desk:
        answer = desk.batch(batch)
    if as_json:
        show_json(answer)
    else:
        _tell(answer, [])


@batches.command("rejects")
def list_rejects(
    context: typer.Context,
    batch: Annotated[str, typer.Argument()],
    limit: Annotated[int, typer.Option(min=1)] = 1000,
    rows: Annotated[
        Path | None,
        typer.Option(
            help="Write the rejected rows themselves to this new file (.csv or .ndjson), to mend and submit alone."
        ),
    ] = None,
    purpose: Annotated[
        str, typer.Option("--for", help="What it is for; a server asks it of all but the partner, and records it.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """The rejected cells of a batch: line, column, value, reason, remedy."""
    if rows is not None:
        with open_desk(context.obj) as desk:
            desk.rejected_rows(batch, _form_of(rows), rows, purpose=purpose)
        say(f"wrote {rows}: mend the rows and submit it under the same mapping")
        return
    with open_desk(context.obj) as desk:
        records = desk.rejects(batch, limit, purpose=purpose)
    if as_json:
        show_json(*records)
    else:
        columns = ("line", "column", "value", "reason", "remedy")
        show_table(records, columns, nothing="No row of this batch was rejected.")


@batches.command("template")
def template(
    file: Annotated[Path, typer.Argument(help="The new workbook, such as template.xlsx.")], as_json: AsJson = False
) -> None:
    """Write the spreadsheet template: a workbook to fill in by hand, with what each column means."""
    from service.intake.template import template as workbook  # noqa: PLC0415 - the library is needed for this alone

    if file.suffix.lower() != ".xlsx" or file.exists():
        raise RequestInvalid(
            "this is not a new file that ends in .xlsx", where="FILE", value=str(file), remedy="Choose another name."
        )
    file.write_bytes(workbook())
    if as_json:
        show_json({"file": str(file)})
    else:
        say(f"wrote {file}: fill in its first sheet, write over the example row, and submit it")


def _form_of(file: Path) -> str:
    form = file.suffix.removeprefix(".").lower()
    if form not in {"csv", "ndjson"} or file.exists():
        raise RequestInvalid(
            "this is not a new file that ends in .csv or .ndjson",
            where="--rows",
            value=str(file),
            remedy="Choose another name.",
        )
    return form


def _tell(answer: dict[str, Any], rejects: list[dict[str, Any]]) -> None:
    receipt = answer["receipt"]
    counts = ", ".join(f"{answer[name]:,} {name}" for name in _COUNTS[1:])
    print(f"{answer['batch']} is {answer['status']}")
    show_facts(
        {name: answer.get(name) for name in _ABOUT}
        | {
            "rows": f"{answer['rows']:,}: {counts}",
            "segment": answer["digest"],
            "receipt": f"{receipt['at']}, signed by key {receipt['key'][:SHORT]}; --json shows it whole",
        }
    )
    for note in answer["notes"]:
        say(note if note.isprintable() else ascii(note))
    if unknown := answer["unknown_columns"]:
        say(_not_known(unknown))
    if refusal := answer.get("refusal"):
        place = f"{_printable(refusal['where'])}: " if "where" in refusal else ""
        say(f"refused: {place}{refusal.get('why', 'as a whole')}. {refusal.get('remedy', '')}".rstrip())
    for row in rejects:
        say(f"  {rejected_cell(row, unit_of(answer['format']))}")
    if answer["rejected"]:
        say(f"{count(answer['rejected'], 'row is', 'rows are')} rejected: thalweg batches rejects {answer['batch']}")


def _not_known(unknown: list[dict[str, Any]]) -> str:
    """Which columns are not looked at, and what may be done about it."""
    shown = ", ".join(_named(each) for each in unknown[:_NAMED])
    more = f" and {len(unknown) - _NAMED:,} more" if len(unknown) > _NAMED else ""
    return (
        f"{count(len(unknown), 'unknown column')}: {shown}{more}. Such a column is kept as `extra`, and no detector looks at it: "
        "mend its spelling or name it in a mapping, unless it is to stay unseen."
    )


def _named(unknown: dict[str, Any]) -> str:
    """A column of somebody else's file as a terminal may show it, and what may have been meant."""
    name, nearest = unknown["column"], unknown["nearest"]
    shown = _printable(name)
    return f"{shown} (did you mean {nearest}?)" if nearest not in (None, name) else shown


def _printable(name: str) -> str:
    return name if name.isprintable() and len(name) <= _WIDEST else ascii(name[:_WIDEST])
