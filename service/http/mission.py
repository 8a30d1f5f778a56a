"""Routes of partner missions: submit, and see what became of it. Nothing here depends on what was found in a submission."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from schemas.batch import Receipt
from schemas.canonical import parse_json
from schemas.errors import MappingInvalid, NotFound, RequestInvalid, ThalwegError
from schemas.mapping import Mapping, parse_mapping, read_mapping, shipped_mapping
from service.access.operator import Operator
from service.http.deps import BatchReader, Caller, Submitter
from service.http.errors import Problem, plain_problem
from service.http.shapes import BatchLine, BatchOut, BatchPage, Reject, RejectPage
from service.http.spooling import Spooled, spooled
from service.intake.receive import Outcome, receipt
from service.ledger.views import LATEST, Batch

router = APIRouter(prefix="/v1/batches", tags=["batches"])
_LONGEST_KEY = 128
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "format": "binary"},
                "example": "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
                "R-1,2026-03-01T08:00:00Z,transfer,120.50,EUR,41,42\n",
            },
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"},
                "example": "reference,occurred_at,channel,amount,currency,from_account,to_account\n",
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "mapping": {
                            "type": "string",
                            "description": "the name of a shipped mapping, or a mapping document in TOML or JSON",
                        },
                        "replaces": {"type": "string"},
                        "name": {"type": "string", "description": "where it is not that of the part `file`"},
                        "partner": {"type": "string"},
                    },
                },
                "example": {"file": "reference,occurred_at,…", "mapping": "amlsim"},
            },
        },
    }
}


@router.post(
    "",
    status_code=201,
    response_model=BatchOut,
    openapi_extra=_FORM,
    responses={
        200: {"model": BatchOut, "description": "the same was submitted before; its receipt again"},
        422: {"model": Problem, "description": "refused; where the file was read, `batch` tells what was counted"},
        409: {"model": Problem},
        413: {"model": Problem},
        507: {"model": Problem},
    },
)
async def submit_batch(
    request: Request,
    caller: Submitter,
    *,
    response: Response,
    name: Annotated[str, Query(max_length=255, description="name of the file")] = "",
    mapping: Annotated[str, Query(max_length=64, description="a shipped mapping; none for the Thalweg format")] = "",
    partner: Annotated[
        str, Query(max_length=64, description="for whom; an operator names it, a partner may name itself alone")
    ] = "",
    replaces: Annotated[str | None, Query(max_length=64, description="the batch that this one corrects")] = None,
    idempotency_key: Annotated[str | None, Header(max_length=_LONGEST_KEY)] = None,
) -> Any:
    """Submit a file of transactions: CSV, NDJSON or Parquet, as the body or as the part `file` of a form.

    201 with a signed receipt where it is accepted, 200 where the same was submitted before. A refused submission is kept and
    recorded as well: 422, with the batch and its receipt beside the reason. `Content-Digest` is compared where it is given.
    """
    async with spooled(request, caller.office.house.home) as body:
        body.fields = {"mapping": mapping, "replaces": replaces or "", "partner": partner} | body.fields
        outcome = await run_in_threadpool(
            take_in, caller, body, name or body.fields.get("name") or body.name, idempotency_key
        )
    out = BatchOut.of(outcome.batch, outcome.receipt)
    location = {"location": f"/v1/batches/{out.batch}"}
    if outcome.batch.status == "refused":
        return _refused(outcome, out, location)
    response.headers.update(location)
    response.status_code = 200 if outcome.repeated else 201
    return out


@router.get("")
def list_batches(
    caller: BatchReader,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> BatchPage:
    """Submissions, newest first: a partner sees its own."""
    found, following = page_of(caller, cursor, limit)
    items = [
        BatchLine(
            batch=each.batch,
            partner=each.partner,
            name=each.name,
            status=each.status,
            counts=each.counts,
            digest=each.original,
            recorded_at=each.recorded_at,
        )
        for each in found
    ]
    return BatchPage(items=items, next=following)


@router.get("/{batch}", responses={404: {"model": Problem}})
def one_batch(batch: str, caller: BatchReader) -> BatchOut:
    """One submission. What belongs to another partner does not exist."""
    found = seen_batch(caller, batch)
    return BatchOut.of(found, receipt_of(caller, found))


@router.get("/{batch}/rejects", responses={404: {"model": Problem}})
def rejected_cells(
    batch: str,
    caller: BatchReader,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> RejectPage:
    """The rejected cells of a submission, in the order of the file."""
    seen_batch(caller, batch)
    rows = caller.sight.rejects(batch, limit=limit + 1, offset=offset).to_dicts()
    more = offset + limit if len(rows) > limit else None
    return RejectPage(items=[Reject(**row) for row in rows[:limit]], next=more)


@router.get("/{batch}/receipt", responses={404: {"model": Problem}})
def signed_receipt(batch: str, caller: BatchReader) -> Receipt:
    """The receipt: digest, counts and time, signed with Ed25519. The same for ever."""
    return receipt_of(caller, seen_batch(caller, batch))


def take_in(caller: Caller, body: Spooled, name: str, idempotency_key: str | None = None) -> Outcome:
    """Hand a body that has arrived to the intake, as the partner that the caller submits for."""
    house = caller.office.house
    partner = _for_whom(caller, body.fields.get("partner", ""))
    if idempotency_key is not None and not idempotency_key.isprintable():
        raise RequestInvalid("an idempotency key is printable text", where="Idempotency-Key")
    mapping = _mapping_of(body.fields.get("mapping", ""))
    by = caller.actor
    return house.intake.submit(
        body.path,
        partner=partner,
        name=name or "submission",
        mapping=None if mapping is None else mapping.model_dump(mode="json", by_alias=True, exclude_none=True),
        actor=by.actor,
        role=by.role,
        session=by.session,
        replaces=body.fields.get("replaces") or None,
        idempotency_key=idempotency_key,
    )


def _for_whom(caller: Caller, named: str) -> str:
    """Whose submission it is: what an operator names, and for anybody else their own partner, whatever they name."""
    person = caller.person
    if isinstance(person, Operator):
        if not named:
            raise RequestInvalid("an operator says for whom", where="partner", remedy="Name a registered partner.")
        return named
    if person.partner is None:
        caller.office.gate.refuse(person, "an account without a partner", "submission")
    if named not in ("", person.partner):
        raise RequestInvalid(
            f"this key submits for {person.partner} alone", where="partner", value=named, remedy="Leave it out."
        )
    return person.partner


def _mapping_of(text: str) -> Mapping | None:
    """The mapping that a submission names, or that it brings along as TOML or JSON; None for the Thalweg format."""
    if not text.strip():
        return None
    if _NAME.fullmatch(text):
        return shipped_mapping(text)
    if not text.lstrip().startswith("{"):
        return read_mapping(text)
    try:
        document = parse_json(text)
    except ThalwegError as error:
        raise MappingInvalid(error.why, where="mapping") from error
    return parse_mapping(document)


def seen_batch(caller: Caller, batch: str) -> Batch:
    """A submission that the caller may see. Raises NotFound, recorded, for all others."""
    try:
        return caller.sight.batch(batch)
    except NotFound:
        caller.office.gate.hide(caller.person, "batch", batch)


def page_of(caller: Caller, cursor: str | None, limit: int) -> tuple[list[Batch], str | None]:
    """A page of submissions and the cursor of the next: the last batch shown, since a sequence would tell what else there is."""
    before = seen_batch(caller, cursor).seq if cursor else LATEST
    found = caller.sight.batches(before=before, limit=limit + 1)
    return found[:limit], found[limit - 1].batch if len(found) > limit else None


def receipt_of(caller: Caller, batch: Batch) -> Receipt:
    """The receipt of a submission that the caller may see."""
    return receipt(caller.office.signing, batch)


def _refused(outcome: Outcome, out: BatchOut, headers: dict[str, str]) -> JSONResponse:
    told = parse_json(outcome.batch.refusal) if outcome.batch.refusal else {}
    problem = plain_problem(
        422,
        told.get("why", "the submission is refused as a whole"),
        slug=told.get("type", "submission-refused"),
        remedy=told.get("remedy", f"See {headers['location']}/rejects, mend the file and submit it again."),
    ).model_copy(update={"field": told.get("where"), "value": told.get("value")})
    body = problem.model_dump(exclude_none=True) | {"batch": out.model_dump(mode="json")}
    return JSONResponse(body, 422, headers=headers, media_type="application/problem+json")
