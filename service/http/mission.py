"""Routes of partner missions: submit, and see what became of it. Nothing here depends on what was found in a submission."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from schemas.batch import Receipt
from schemas.errors import NotFound
from service.http import caveats, interim, uploads
from service.http.deps import BatchReader, Caller, Submitter
from service.http.errors import Problem
from service.http.purposes import HEADER, SaidInHead, from_head, require_purpose
from service.http.shapes import BatchLine, BatchOut, BatchPage, Rehearsal, Reject, RejectPage, UploadOut
from service.http.spooling import is_form, spooled
from service.http.submitting import answer_to, asked_of, require_key
from service.intake.coding import coding_of
from service.intake.receive import receipt
from service.ledger.views import LATEST, Batch

router = APIRouter(prefix="/v1/batches", tags=["batches"])
_LONGEST_KEY = 128
_ROWS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (403, 404, 422, 429)}
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
                        "handling": {"type": "string", "description": "a JSON object, as in `Thalweg-Handling`"},
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
        200: {
            "model": BatchOut | Rehearsal,
            "description": "the same was submitted before; its receipt again. Or, with `dry_run`, what it would come to",
        },
        202: {
            "model": UploadOut,
            "description": "with `Prefer: respond-async`: it will be taken in; `Location` tells how far it is",
        },
        400: {"model": Problem, "description": "no idempotency key where one is required"},
        422: {"model": Problem, "description": "refused; where the file was read, `batch` tells what was counted"},
        409: {"model": Problem},
        413: {"model": Problem},
        415: {"model": Problem},
        429: {"model": Problem},
        503: {"model": Problem},
        507: {"model": Problem},
    },
)
async def submit_batch(
    request: Request,
    caller: Submitter,
    *,
    name: Annotated[str, Query(max_length=255, description="name of the file")] = "",
    mapping: Annotated[str, Query(max_length=64, description="a shipped mapping; none for the Thalweg format")] = "",
    partner: Annotated[
        str, Query(max_length=64, description="for whom; an operator names it, a partner may name itself alone")
    ] = "",
    replaces: Annotated[str | None, Query(max_length=64, description="the batch that this one corrects")] = None,
    dry_run: Annotated[bool, Query(description="judge it and record nothing")] = False,
    idempotency_key: Annotated[str | None, Header(max_length=_LONGEST_KEY)] = None,
    thalweg_handling: Annotated[
        str,
        Header(
            max_length=8192,
            description="how this submission is to be handled, where stricter than agreed: a JSON object with any of `tlp`, "
            "`purpose`, `use`, `onward` and `caveats`",
            examples=['{"tlp": "RED"}'],
        ),
    ] = "",
    prefer: Annotated[str, Header(max_length=255, description="`respond-async`: do not wait for the end")] = "",
    upload_complete: Annotated[
        str | None,
        Header(
            max_length=8,
            description="`?0` begins an upload in pieces; see `/v1/uploads`. `?1`: this is the whole, and where the client "
            "understands 104 it may go on by `PATCH` if the line breaks",
        ),
    ] = None,
) -> Response:
    """Submit a file of transactions: CSV, NDJSON or Parquet, as the body or as the part `file` of a form, as it is or with
    `Content-Encoding: gzip` or `zstd`.

    201 with a signed receipt where it is accepted, 200 where the same was submitted before. A refused submission is kept and
    recorded as well: 422, with the batch and its receipt beside the reason. `Content-Digest` is compared where it is given.
    """
    fields = {"name": name, "mapping": mapping, "replaces": replaces or "", "partner": partner}
    fields["handling"] = thalweg_handling
    require_key(caller, idempotency_key, rehearsal=dry_run)
    if upload_complete == "?0" or (upload_complete == "?1" and interim.wanted(request) and not is_form(request)):
        asked, last = asked_of(caller, fields, key=idempotency_key, rehearsal=dry_run), upload_complete == "?1"
        return await uploads.begin(request, caller, asked, last=last, prefer=prefer)
    queue, coding = caller.office.queue, coding_of(request.headers.get("content-encoding"))
    known = caller.person.partner or partner
    queue.require_place(known)
    async with AsyncExitStack() as stack:
        if known:
            stack.enter_context(queue.alone(known, idempotency_key))
        body = await stack.enter_async_context(spooled(request, caller.office.house))
        fields |= body.fields | {
            "name": name or body.fields.get("name") or body.name,
            "handling": thalweg_handling or body.fields.get("handling", ""),
        }
        asked = asked_of(caller, fields, key=idempotency_key, rehearsal=dry_run)
        if uploads.need_not_wait(prefer):
            return await uploads.take_later(caller, asked, body.path, coding)
        return answer_to(await queue.carry_out(asked, body.path, coding))


@router.options("", status_code=204)
def limits_of_submissions(caller: Submitter) -> Response:
    """What an upload may be: `Upload-Limit`, as the draft has it."""
    return uploads.limits_answer(caller, "GET, HEAD, POST, OPTIONS")


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


@router.get("/{batch}/rejects", responses=_ROWS)
def rejected_cells(
    batch: str,
    caller: BatchReader,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    purpose: SaidInHead = "",
) -> RejectPage:
    """The rejected cells of a submission, in the order of the file. That somebody of the unit read them, and what for, is recorded:
    once in a session, and each time where a key is shown."""
    note_rows(caller, seen_batch(caller, batch), from_head(purpose))
    rows = caller.sight.rejects(batch, limit=limit + 1, offset=offset).to_dicts()
    more = offset + limit if len(rows) > limit else None
    return RejectPage(items=[Reject(**row) for row in rows[:limit]], next=more)


@router.get(
    "/{batch}/rejected-rows",
    responses=_ROWS | {200: {"content": {"text/csv": {}, "application/x-ndjson": {}}}},
    response_class=FileResponse,
)
async def rejected_rows(
    batch: str,
    caller: BatchReader,
    form: Annotated[Literal["csv", "ndjson"], Query(alias="format")] = "csv",
    purpose: SaidInHead = "",
) -> FileResponse:
    """The rejected rows themselves, in the layout of the file, with where each stood and why it was rejected: mend it and
    submit it alone, under the same mapping. Of a submission that was refused as a whole these are all rows. Recorded as `/rejects`
    is."""
    found = await run_in_threadpool(seen_batch, caller, batch)
    await run_in_threadpool(note_rows, caller, found, from_head(purpose))
    caller.office.queue.require_place(found.partner)
    out = caller.office.house.home.spool / f"rejected-{secrets.token_hex(8)}"
    try:
        await caller.office.queue.rows_of(found, form, out)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    kind = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}[form]
    tidy = BackgroundTask(out.unlink, missing_ok=True)
    return FileResponse(out, media_type=kind, filename=f"{batch}-rejected.{form}", background=tidy)


@router.get("/{batch}/receipt", responses={404: {"model": Problem}})
def signed_receipt(batch: str, caller: BatchReader) -> Receipt:
    """The receipt: digest, counts and time, signed with Ed25519. The same for ever."""
    return receipt_of(caller, seen_batch(caller, batch))


def seen_batch(caller: Caller, batch: str) -> Batch:
    """A submission that the caller may see. Raises NotFound, recorded, for all others."""
    try:
        return caller.sight.batch(batch)
    except NotFound:
        caller.office.gate.hide(caller.person, "batch", batch)


def note_rows(caller: Caller, found: Batch, purpose: str, *, where: str = HEADER) -> None:
    """An entry that a reviewer read rows of a submission as they were sent, and what for, out of the budget of readings; its partner
    reads its own.

    Raises RequestInvalid where nothing is said of what it is for, RateLimited, and HandlingForbids where the originator gave it
    for named people alone.
    """
    if caller.person.partner is None:
        caveats.require_rows(caller, {found.batch}, f"rows of {found.batch}")
    if not has_rows(caller, found):
        said, told = require_purpose(purpose, where=where), {"batch": found.batch}
        caller.office.gate.note_opening(caller.token, caller.person, "batch.read", told, found.batch, purpose=said)


def has_rows(caller: Caller, found: Batch) -> bool:
    """Whether the caller reads rows of a submission without a word: its partner, the operator, and who gave it in this session."""
    gate, person = caller.office.gate, caller.person
    return person.partner is not None or gate.has_opened(caller.token, person, "batch.read", found.batch)


def page_of(caller: Caller, cursor: str | None, limit: int) -> tuple[list[Batch], str | None]:
    """A page of submissions and the cursor of the next: the last batch shown, since a sequence would tell what else there is."""
    before = seen_batch(caller, cursor).seq if cursor else LATEST
    found = caller.sight.batches(before=before, limit=limit + 1)
    return found[:limit], found[limit - 1].batch if len(found) > limit else None


def receipt_of(caller: Caller, batch: Batch) -> Receipt:
    """The receipt of a submission that the caller may see."""
    return receipt(caller.office.signing, batch)
