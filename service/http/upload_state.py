"""An upload as its submitter is told of it: as a document, and as the header fields of the protocol."""

from __future__ import annotations

from typing import cast

import schemas.errors
from schemas.errors import NotFound, ThalwegError
from service.access.operator import Operator
from service.http.deps import Caller
from service.http.errors import problem_of
from service.http.shapes import Rehearsal, UploadOut
from service.uploads.store import Upload


def seen_upload(caller: Caller, upload: str) -> Upload:
    """An upload that the caller may see. Raises NotFound, recorded, for all others."""
    try:
        found = caller.office.uploads.get(upload)
    except NotFound:
        found = None
    person = caller.person
    if found is None or not (isinstance(person, Operator) or person.partner == found.asked.partner):
        caller.office.gate.hide(person, "upload", upload)
    return found


def told(caller: Caller, upload: Upload) -> UploadOut:
    """An upload as its submitter is told of it."""
    ended, progress = upload.ended or {}, caller.office.queue.progress(upload.upload) or {}
    state = "open" if not upload.whole else progress.get("step", "waiting")
    if upload.ended is not None:
        state = "failed" if "error" in ended else "done"
    rehearsed = ended.get("rehearsed")
    return UploadOut(
        upload=upload.upload,
        partner=upload.asked.partner,
        name=upload.asked.name,
        state=state,
        offset=caller.office.uploads.offset(upload),
        length=upload.length,
        rows=progress.get("rows"),
        rejected=progress.get("rejected"),
        batch=ended.get("batch"),
        repeated=ended.get("repeated"),
        rehearsal=None if rehearsed is None else Rehearsal(**rehearsed),
        problem=_problem(ended["error"]) if "error" in ended else None,
    )


def headers_about(caller: Caller, upload: Upload) -> dict[str, str]:
    """The state of an upload as header fields; with the address of the batch, so that a lost answer can be had again."""
    offset = caller.office.uploads.offset(upload)
    length = offset if upload.whole else upload.length
    headers = {
        "upload-offset": str(offset),
        "upload-complete": f"?{int(upload.whole)}",
        "upload-limit": caller.office.uploads.limits,
    }
    headers |= {} if length is None else {"upload-length": str(length)}
    batch = (upload.ended or {}).get("batch")
    return headers | ({"location": f"/v1/batches/{batch}"} if batch else {})


def _problem(error: dict[str, str]) -> dict[str, str]:
    """An error that was noted, as a problem document would tell it."""
    kind = getattr(schemas.errors, error.get("class", ""), ThalwegError)
    again = cast(ThalwegError, kind.__new__(kind))  # not by its own way of being made: that of some asks for more
    ThalwegError.__init__(
        again, error["why"], where=error.get("where"), value=error.get("value"), remedy=error.get("remedy")
    )
    shown = problem_of(again)
    told = {"why": shown.detail, "where": shown.field, "value": shown.value, "remedy": shown.remedy}
    return {"type": kind.slug} | {name: text for name, text in told.items() if text is not None}
