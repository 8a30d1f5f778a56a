"""`thalweg submit`, `batches` and `partners`: take in a file, and see what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.errors import NotFound, RequestInvalid
from schemas.mapping import read_mapping, shipped_mapping
from service import partners as registry
from service.cli.printing import OPERATOR_ACTS, AsJson, say, show, show_all
from service.house import House, open_house
from service.intake.receive import Outcome
from service.ledger import views

partners = typer.Typer(help="Register partner missions, and list them.", no_args_is_help=True)
listing = typer.Typer(help="Look at submitted batches.", no_args_is_help=True)


def submit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, NDJSON or Parquet.")],
    partner: Annotated[str, typer.Option("--as", help="The partner that submits; registered if it is new.")],
    mapping: Annotated[str | None, typer.Option(help="A shipped mapping's name, or a mapping file.")] = None,
    replaces: Annotated[str | None, typer.Option(help="The batch that this one corrects.")] = None,
    key: Annotated[str | None, typer.Option(help="An idempotency key: the same key has one effect.")] = None,
    as_json: AsJson = False,
) -> None:
    """Submit a file of transactions. Exit 0 where it is accepted, 1 where it is refused."""
    if not file.is_file():
        raise RequestInvalid("there is no such file", where=str(file), remedy="Check the path.")
    document = None if mapping is None else mapping_document(mapping)
    with open_house(context.obj) as house:
        ensure_partner(house, partner)
        outcome = house.intake.submit(
            file, partner=partner, name=file.name, mapping=document, replaces=replaces, idempotency_key=key,
            **OPERATOR_ACTS,
        )  # fmt: skip
        answer = submission_answer(outcome)
        show(answer, as_json)
        if not as_json:
            _say_rejects(house, outcome)
    if answer["status"] != "accepted":
        raise typer.Exit(1)


def submission_answer(outcome: Outcome) -> dict[str, Any]:
    """What a submitter is told of a submission."""
    batch, counts = outcome.batch, outcome.batch.counts
    return {
        "batch": batch.batch,
        "status": batch.status,
        "rows": counts.rows,
        "accepted": counts.accepted,
        "duplicates": counts.duplicates,
        "rejected": counts.rejected,
        "digest": batch.segment,
        "receipt": outcome.receipt.model_dump(mode="json"),
        "refusal": batch.refusal,
    }


def mapping_document(name: str) -> dict[str, Any]:
    """A mapping by the name of a shipped one or by path. Raises MappingInvalid."""
    path = Path(name)
    mapping = read_mapping(path.read_text("utf-8"), where=path.name) if path.is_file() else shipped_mapping(name)
    document: dict[str, Any] = mapping.model_dump(mode="json", by_alias=True, exclude_none=True)
    return document


def ensure_partner(house: House, partner: str) -> None:
    """Register a partner that is new, under its id; an operator gives it a name and an institution with `partners add`."""
    try:
        views.partner(house.ledger, partner)
    except NotFound:
        registry.register(
            house.journal, house.ledger, partner=partner, name=partner, institution=partner.upper(), **OPERATOR_ACTS
        )
        say(f"registered the new partner {partner} with the institution code {partner.upper()}")


@partners.command("add")
def add_partner(
    context: typer.Context,
    partner: Annotated[str, typer.Argument(help="A short id: lower-case letters, digits and hyphens.")],
    name: Annotated[str, typer.Option(help="What the partner is called.")],
    institution: Annotated[str, typer.Option(help="BIC or national code that its accounts belong to.")],
    as_json: AsJson = False,
) -> None:
    """Register a partner."""
    with open_house(context.obj) as house:
        found = registry.register(
            house.journal, house.ledger, partner=partner, name=name, institution=institution, **OPERATOR_ACTS
        )
    show({"partner": found.partner, "name": found.name, "institution": found.institution}, as_json)


@partners.command("list")
def list_partners(context: typer.Context, as_json: AsJson = False) -> None:
    """List the partners."""
    with open_house(context.obj) as house:
        rows = house.ledger.query("select partner, name, institution from partners order by partner")
    records = [dict(zip(("partner", "name", "institution"), row, strict=True)) for row in rows]
    show_all(records, as_json, columns={"partner": 20, "institution": 16, "name": 40})


@listing.command("list")
def list_batches(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List batches, newest first."""
    with open_house(context.obj) as house:
        found = views.batches(house.ledger, limit=limit)
    records = [
        {"batch": each.batch, "partner": each.partner, "status": each.status, "at": each.recorded_at, "name": each.name}
        | each.counts.model_dump()
        for each in found
    ]
    widths = {
        "batch": 18,
        "partner": 16,
        "status": 9,
        "rows": 9,
        "accepted": 9,
        "duplicates": 10,
        "rejected": 8,
        "name": 30,
    }
    show_all(records, as_json, columns=widths)


@listing.command("rejects")
def list_rejects(
    context: typer.Context,
    batch: Annotated[str, typer.Argument()],
    limit: Annotated[int, typer.Option(min=1)] = 1000,
    as_json: AsJson = False,
) -> None:
    """The rejected cells of a batch: line, column, value, reason, remedy."""
    with open_house(context.obj) as house:
        views.batch(house.ledger, batch)
        rows = views.rejects(house.ledger, batch, limit=limit).to_dicts()
    show_all(rows, as_json, columns={"line": 8, "column": 16, "code": 18, "value": 24, "reason": 40, "remedy": 40})


def _say_rejects(house: House, outcome: Outcome) -> None:
    if outcome.batch.counts.rejected:
        say(f"see what was rejected and why: thalweg batches rejects {outcome.batch.batch}")
        for row in views.rejects(house.ledger, outcome.batch.batch, limit=3).to_dicts():
            say(f"  line {row['line']}, {row['column']}: {row['reason']} (got {row['value']!r}) {row['remedy']}")
