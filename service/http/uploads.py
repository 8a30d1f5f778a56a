"""Uploads: bytes that come in pieces over lines that break, and how far a submission is that is on its way in.

The protocol is that of the IETF draft "Resumable Uploads for HTTP" (draft-ietf-httpbis-resumable-upload-12, interop version 8).
An upload that is another partner's does not exist.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from schemas.canonical import canonical_json, digest_file
from schemas.errors import MappingInvalid, RequestInvalid, ThalwegError, TooLarge
from service.http import interim
from service.http.deps import Caller, Submitter
from service.http.errors import Problem, answer, headers_of, plain_problem, problem_of
from service.http.shapes import UploadAsked, UploadOut
from service.http.spooling import announced, check_digest, is_form, said_digest
from service.http.streams import EventStream
from service.http.submitting import answer_to, asked_of, require_key
from service.http.upload_state import headers_about, seen_upload, told
from service.intake.coding import coding_of
from service.uploads.asked import Asked
from service.uploads.store import LengthExceeded, Upload, require_length
from service.uploads.turns import Superseded, Turn, pieces_of

router = APIRouter(prefix="/v1/uploads", tags=["uploads"])
PARTIAL = "application/partial-upload"
PROBLEMS = "https://iana.org/assignments/http-problem-types#"
_TOLD_EVERY, _LONGEST_TELLING = 0.5, 600.0
_MISSING: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 404, 409, 413, 415, 422, 429, 503, 507)
}


@router.post("", status_code=201, responses=_REFUSED)
async def begin_upload(
    given: UploadAsked,
    response: Response,
    caller: Submitter,
    idempotency_key: Annotated[str | None, Header(max_length=128)] = None,
) -> UploadOut:
    """Begin an upload without its first bytes, with a whole mapping document where one is needed. The same again (the same
    `Idempotency-Key`, or the same digest without one) leads to the upload that was begun, and `offset` says where to go on."""
    require_key(caller, idempotency_key, rehearsal=given.dry_run)
    try:
        mapping = given.mapping if isinstance(given.mapping, str) else canonical_json(given.mapping).decode()
    except (TypeError, ValueError) as error:  # a fraction, a number without end: no mapping has one
        raise MappingInvalid("a mapping holds text, booleans and small integers alone", where="mapping") from error
    fields = {"name": given.name, "mapping": mapping, "replaces": given.replaces or "", "partner": given.partner}
    said = given.handling and given.handling.document()
    fields["handling"] = canonical_json(said).decode() if said else ""
    asked = asked_of(caller, fields, key=idempotency_key, rehearsal=given.dry_run)
    caller.office.queue.require_place(asked.partner)
    found = await run_in_threadpool(
        caller.office.uploads.open, asked, coding=given.coding, digest=given.digest, length=given.length
    )
    async with caller.office.turns.take(found.upload):
        response.headers.update(headers_about(caller, found) | {"location": f"/v1/uploads/{found.upload}"})
        return told(caller, found)


@router.options("", status_code=204)
def limits_of_uploads(caller: Submitter) -> Response:
    """What an upload may be: `Upload-Limit`, as the draft has it."""
    return limits_answer(caller, "POST, OPTIONS")


@router.options("/{upload}", status_code=204, responses=_MISSING)
def limits_of_upload(upload: str, caller: Submitter) -> Response:
    """The same for an upload that was begun."""
    seen_upload(caller, upload)
    return limits_answer(caller, "GET, HEAD, PATCH, DELETE, OPTIONS")


def limits_answer(caller: Caller, methods: str) -> Response:
    """204 with the limits of uploads and the methods of a resource."""
    return Response(status_code=204, headers={"upload-limit": caller.office.uploads.limits, "allow": methods})


@router.get("/{upload}", responses=_MISSING, response_model=UploadOut)
async def one_upload(request: Request, upload: str, caller: Submitter) -> Response:
    """How far an upload is, and what became of it. HEAD gives `Upload-Offset`, from where to go on; a request that is still
    sending to the upload is ended by it, since its sender has given up on it."""
    found = await run_in_threadpool(seen_upload, caller, upload)
    if "thalweg.head" in request.scope and not found.whole:
        async with caller.office.turns.take(upload):
            found = seen_upload(caller, upload)
    return JSONResponse(told(caller, found).model_dump(mode="json"), headers=headers_about(caller, found))


@router.get(
    "/{upload}/events",
    responses=_MISSING | {200: {"content": {"text/event-stream": {}}}, 429: {"model": Problem}},
    response_class=StreamingResponse,
)
async def upload_events(request: Request, upload: str, caller: Submitter) -> StreamingResponse:
    """The same as server-sent events, whenever something has changed, until it has ended. An account has a few such streams open at
    a time; one more is 429."""
    await run_in_threadpool(seen_upload, caller, upload)

    async def events() -> AsyncIterator[str]:
        last, begun = "", asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() - begun < _LONGEST_TELLING:
            now = told(caller, await run_in_threadpool(seen_upload, caller, upload))
            text = now.model_dump_json()
            if text != last:
                yield f"event: upload\ndata: {text}\n\n"
            last = text
            if now.state in {"done", "failed"} or await request.is_disconnected():
                return
            await asyncio.sleep(_TOLD_EVERY)

    return EventStream(events(), caller.office.streams.begin(caller.person.account))


@router.patch(
    "/{upload}",
    status_code=201,
    responses=_MISSING
    | {code: {"model": Problem} for code in (400, 409, 413, 415, 422, 503, 507)}
    | {204: {"description": "appended; more is to come"}},
    openapi_extra={"requestBody": {"content": {PARTIAL: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def append(  # noqa: PLR0917 - the headers of the protocol
    request: Request,
    upload: str,
    caller: Submitter,
    upload_offset: Annotated[int, Header(ge=0, le=2**53, description="where the content belongs")],
    upload_complete: Annotated[str, Header(max_length=8, description="`?1` with the last piece, else `?0`")],
    upload_length: Annotated[int | None, Header(ge=0, le=2**53, description="bytes that there will be")] = None,
    prefer: Annotated[str, Header(max_length=255)] = "",
) -> Response:
    """Append the next bytes. With the last piece the answer is that of the submission itself, as `POST /v1/batches` gives it."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PARTIAL:
        return answer(plain_problem(415, "a piece of an upload is called otherwise", remedy=f"Send it as `{PARTIAL}`."))
    if upload_complete not in {"?0", "?1"}:
        raise RequestInvalid("this is `?0` or `?1`", where="Upload-Complete", value=upload_complete)
    await run_in_threadpool(seen_upload, caller, upload)
    async with caller.office.turns.take(upload) as turn:
        found, last = seen_upload(caller, upload), upload_complete == "?1"
        refusal = _does_not_fit(caller, found, upload_offset)
        if refusal is not None:
            return refusal
        found = require_length(found, upload_length)
        if last and (size := announced(request)) is not None:
            found = require_length(found, upload_offset + size)
        try:
            found = await _append(request, caller, turn, found, last=last)
        except (LengthExceeded, TooLarge) as error:
            await run_in_threadpool(caller.office.uploads.discard, upload)
            return _too_long(caller, error)
    if not last:
        return Response(status_code=204, headers=headers_about(caller, found))
    return await _taken_in(caller, found, prefer)


@router.delete("/{upload}", status_code=204, responses=_MISSING | {409: {"model": Problem}})
async def cancel(upload: str, caller: Submitter) -> Response:
    """Give an upload up and forget its bytes. What is whole is a submission already, and stays."""
    await run_in_threadpool(seen_upload, caller, upload)
    async with caller.office.turns.take(upload):
        found = seen_upload(caller, upload)
        if found.whole:
            return _iana(409, "completed-upload", "the upload is complete already", headers_about(caller, found))
        await run_in_threadpool(caller.office.uploads.discard, upload)
    return Response(status_code=204)


async def begin(request: Request, caller: Caller, asked: Asked, *, last: bool = False, prefer: str = "") -> Response:
    """Begin an upload, or find the one that was begun for the same; the content of the request is its first piece, or (`last`) all
    of it. Where the upload goes on is told before the content has come, to a client that understands that."""
    if is_form(request):
        raise RequestInvalid(
            "a form cannot be sent in pieces",
            where="Content-Type",
            remedy="Send the file as it is, and the rest in the query.",
        )
    office, said = caller.office, request.headers.get("upload-length", "")
    office.queue.require_place(asked.partner)
    try:
        found = await run_in_threadpool(
            office.uploads.open, asked,
            coding=coding_of(request.headers.get("content-encoding")),
            digest=said_digest(request.headers.get("repr-digest")),
            length=int(said) if said.isdigit() and len(said) < 16 else None,
        )  # fmt: skip
        async with office.turns.take(found.upload) as turn:
            interim.tell(request, {"location": f"/v1/uploads/{found.upload}", "upload-limit": office.uploads.limits})
            if last:
                office.uploads.cut_back(found, 0)
            if office.uploads.offset(found) == 0:
                found = await _append(request, caller, turn, found, last=last)
    except (LengthExceeded, TooLarge) as error:
        return _too_long(caller, error)
    if last:
        return await _taken_in(caller, found, prefer)
    return JSONResponse(
        told(caller, found).model_dump(mode="json"), 201,
        headers=headers_about(caller, found) | {"location": f"/v1/uploads/{found.upload}"},
    )  # fmt: skip


def need_not_wait(prefer: str) -> bool:
    """Whether a `Prefer` (RFC 7240) says that the caller does not wait for the end."""
    return "respond-async" in {each.strip().lower() for each in prefer.replace(";", ",").split(",")}


async def take_later(caller: Caller, asked: Asked, file: Path, coding: str) -> JSONResponse:
    """202: a file that has arrived whole is taken in when its turn comes. The file is moved."""
    upload = await run_in_threadpool(adopt, caller, asked, file, coding)
    return _accepted(caller, upload)


def adopt(caller: Caller, asked: Asked, file: Path, coding: str) -> Upload:
    """Put a file that has arrived whole in line."""
    upload = caller.office.uploads.adopt(asked, file, coding=coding)
    caller.office.queue.enqueue(upload)
    return upload


async def _append(request: Request, caller: Caller, turn: Turn, upload: Upload, *, last: bool) -> Upload:
    """Write the content of a request to the end of an upload; as much as comes, where the line is cut."""
    uploads, digest = caller.office.uploads, hashlib.sha256()
    before = uploads.offset(upload)
    with uploads.appending(upload) as end:
        try:
            async for piece in pieces_of(request.stream(), turn):
                digest.update(piece)
                end.write(piece)
        except ClientDisconnect as error:
            raise Superseded("the line broke", remedy="Ask for the offset and go on.") from error
    try:
        check_digest(said_digest(request.headers.get("content-digest")), digest.hexdigest(), "Content-Digest")
    except RequestInvalid:
        uploads.cut_back(upload, before)
        raise
    if not last:
        return upload if upload == uploads.get(upload.upload) else uploads.note(upload)
    upload = replace(require_length(upload, uploads.offset(upload)), whole=True)
    if upload.digest is not None:
        found = await run_in_threadpool(digest_file, uploads.data(upload.upload))
        try:
            check_digest(upload.digest, found, "Repr-Digest")
        except RequestInvalid:
            uploads.discard(upload.upload)
            raise
    return await run_in_threadpool(uploads.note, upload)


async def _taken_in(caller: Caller, upload: Upload, prefer: str) -> Response:
    job = caller.office.queue.enqueue(upload)
    if need_not_wait(prefer):
        return _accepted(caller, upload)
    complete = {"upload-complete": "?1"}
    try:
        return answer_to(await asyncio.shield(asyncio.wrap_future(job)), complete)
    except ThalwegError as error:
        return answer(problem_of(error), headers_of(error) | complete)


def _accepted(caller: Caller, upload: Upload) -> JSONResponse:
    headers = {
        "location": f"/v1/uploads/{upload.upload}",
        "preference-applied": "respond-async",
        "upload-complete": "?1",
    }
    return JSONResponse(told(caller, upload).model_dump(mode="json"), 202, headers=headers)


def _does_not_fit(caller: Caller, upload: Upload, offset: int) -> JSONResponse | None:
    """The answer where nothing is taken, or nothing at this offset; None where it fits."""
    headers, there = headers_about(caller, upload), caller.office.uploads.offset(upload)
    if upload.whole:
        return _iana(400, "completed-upload", "the upload is complete already", headers)
    if offset == there:
        return None
    members = {"expected-offset": there, "provided-offset": offset}
    return _iana(409, "mismatching-upload-offset", "the upload goes on elsewhere", headers, members)


def _too_long(caller: Caller, error: LengthExceeded | TooLarge) -> JSONResponse:
    """The answer where more came than was announced or is allowed; the upload is gone."""
    if isinstance(error, LengthExceeded):
        return _iana(400, "inconsistent-upload-length", error.why, {})
    return answer(problem_of(error), {"upload-limit": caller.office.uploads.limits})


def _iana(
    status: int, kind: str, title: str, headers: dict[str, str], members: dict[str, Any] | None = None
) -> JSONResponse:
    """A problem whose type the draft defines."""
    body = {"type": PROBLEMS + kind, "title": title, "status": status, "detail": title} | (members or {})
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")
