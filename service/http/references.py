"""Routes of reference tables: which are in use, and take another into use. Nobody is shown what a table holds."""

from __future__ import annotations

from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from schemas.errors import StaleVersion
from service.catalogue import tables_in_use
from service.http.deps import Caller, ReferenceKeeper, ReferenceReader
from service.http.detector_shapes import ReferenceOut
from service.http.errors import Problem
from service.http.spooling import Spooled, spooled

router = APIRouter(prefix="/v1/references", tags=["references"])
_LOADING = Lock()
"""One at a time: between reading what is in use and replacing it nobody else may."""
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "format": "binary"},
                "example": "account,segment,valid_from,valid_to,source\nBANKA|41,payroll,2026-01-01,,register\n",
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}, "name": {"type": "string"}},
                }
            },
        },
    }
}


@router.get("")
def list_references(caller: ReferenceReader) -> list[ReferenceOut]:
    """The tables in use, by kind: digest, rows and when each was loaded."""
    return [ReferenceOut(**each) for each in tables_in_use(caller.office.house.shelf.loaded())]


@router.post(
    "/{kind}",
    openapi_extra=_BODY,
    responses={409: {"model": Problem}, 413: {"model": Problem}, 422: {"model": Problem}},
)
async def load_reference(
    kind: str,
    request: Request,
    response: Response,
    caller: ReferenceKeeper,
    *,
    name: Annotated[str, Query(max_length=255, description="name of the file")] = "",
    if_match: Annotated[str | None, Header(description="the digest of the table that this one replaces")] = None,
) -> ReferenceOut:
    """Take a table into use from its CSV, whole or not at all: with one faulty row the answer is 422 with its place, and the
    table in use stays. The same bytes again change nothing. Name the digest that you read: if another table has been taken into
    use since, nothing happens (409)."""
    async with spooled(request, caller.office.house) as body:
        given = name or body.fields.get("name", "") or body.name
        loaded = await run_in_threadpool(_load, caller, kind, body, given, if_match)
    response.headers["etag"] = f'"{loaded.digest}"'
    return loaded


def _load(caller: Caller, kind: str, body: Spooled, name: str, replaces: str | None) -> ReferenceOut:
    house, by = caller.office.house, caller.actor
    with _LOADING:
        before = next((each for each in tables_in_use(house.shelf.loaded()) if each["kind"] == kind), None)
        if before is not None and replaces is not None and replaces.strip().strip('"') not in {"*", before["digest"]}:
            raise StaleVersion(
                "another table has been taken into use since this one was read",
                where=kind,
                value=replaces,
                remedy="Read the digest in use at /v1/references, and see whether your table is still the right one.",
            )
        house.shelf.load(
            kind,
            body.path.read_bytes(),
            name=name or "table.csv",
            base_currency=house.settings.base_currency,
            actor=by.actor,
            role=by.role,
            session=by.session,
        )
        (loaded,) = (each for each in tables_in_use(house.shelf.loaded()) if each["kind"] == kind)
    return ReferenceOut(**loaded)
