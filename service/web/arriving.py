"""The page of a submission that is on its way in: how far it is, until it is a batch. It comes anew by itself, with or without a script."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.http.deps import Caller
from service.http.spooling import Spooled
from service.http.submitting import asked_of
from service.http.upload_state import seen_upload, told
from service.uploads.queue import Result
from service.web.language import number
from service.web.pages import go, language_of, render, signed_in
from service.web.told import told_whole

router = APIRouter(include_in_schema=False)
Submitter = Annotated[Caller, Depends(signed_in("batches.submit"))]
_WAITED_FOR = 2.0
"""Seconds that a form waits for the end: most files are small, and their sender should see the batch at once."""


@dataclass(frozen=True, slots=True)
class UploadPage:
    upload: str
    name: str
    state: str
    rows: str
    failed: str
    going: bool


async def taken_in(caller: Caller, body: Spooled) -> tuple[str, Result | None]:
    """Put a file from a form in line: its upload, and what it came to where that was soon. Raises what the intake raises."""
    said = {"name": body.name, "handling": _handling_of(body.fields)}
    asked = asked_of(caller, body.fields | said, key=None)
    caller.office.queue.require_place(asked.partner)
    upload = await asyncio.to_thread(caller.office.uploads.adopt, asked, body.path, coding="")
    job = caller.office.queue.enqueue(upload)
    try:
        return upload.upload, await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(job)), _WAITED_FOR)
    except TimeoutError:
        return upload.upload, None


def _handling_of(fields: dict[str, str]) -> str:
    """What the form says of the handling, as the API takes it: what was left as agreed is not said, and each line is a caveat."""
    said: dict[str, Any] = {name: fields.get(name, "").strip() for name in ("tlp", "use", "onward", "purpose")}
    said["caveats"] = [line.strip() for line in fields.get("caveats", "").splitlines() if line.strip()]
    return json.dumps({name: each for name, each in said.items() if each})


@router.get("/uploads/{upload}")
def upload_page(request: Request, caller: Submitter, upload: str) -> Response:
    """How far a submission is; once it is a batch, that."""
    language, found = language_of(request), told(caller, seen_upload(caller, upload))
    if found.batch is not None:
        return go(f"/batches/{found.batch}", notice="submitted")
    problem = found.problem or {}
    page = UploadPage(
        upload=upload,
        name=found.name,
        state=found.state,
        rows="" if found.rows is None else number(found.rows, language),
        failed=told_whole(problem["why"], problem.get("remedy"), language) if problem else "",
        going=found.state not in {"done", "failed"},
    )
    return render(request, "upload.html", caller.person, page=page)
