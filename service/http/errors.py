"""From an error to an answer: the status, and a problem document (RFC 9457) with a stable type, the place and the remedy.

The errors themselves know nothing of HTTP. What is not foreseen says nothing of the inside.
"""

from __future__ import annotations

import traceback
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from schemas import errors
from schemas.errors import Busy, InFlight, RateLimited, ThalwegError

TYPE = "https://thalweg.example/problems/"
"""Prefix of a problem's `type`. The names after it are stable; the address need not resolve."""

STATUS: dict[type[ThalwegError], int] = {
    errors.TooLarge: 413,
    errors.KeyMissing: 400,
    errors.CodingUnknown: 415,
    errors.KeyReused: 422,
    errors.InputError: 422,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.AccessDenied: 403,
    errors.NotAuthenticated: 401,
    errors.RateLimited: 429,
    errors.StorageFull: 507,
    errors.ChildFailed: 503,
    errors.ResourceExhausted: 503,
    errors.HomeUnavailable: 503,
    errors.IntegrityError: 500,
    ThalwegError: 500,
}
"""The status of each error: that of the nearest class above it which stands here."""

_FAULTS: dict[type, tuple[str, str]] = {
    errors.StorageFull: (
        "there is no room for this at the moment; nothing was kept",
        "Try again later; tell the operator.",
    ),
    errors.Busy: ("others are before this one", "Try again after the time that `Retry-After` gives; nothing is lost."),
    errors.ResourceExhausted: (
        "it needed more time or memory than is allowed, and was stopped",
        "Send less at a time, or try again later.",
    ),
    errors.HomeUnavailable: (
        "the service cannot record anything at the moment",
        "Try again in a moment. What was asked may have been done: the same again tells.",
    ),
    errors.IntegrityError: (
        "what is stored is not what was recorded; the operator has been told",
        "Nothing that you sent is at fault; ask the operator.",
    ),
    ThalwegError: ("something went wrong here", "Tell the operator when it happened."),
}
"""What a caller is told of a fault of ours: detail and remedy. The rest stands in the log."""
_SLUGS = {
    422: "request-invalid",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
}
_CALL_IT_JSON = "Send JSON, with `Content-Type: application/json`."
log = structlog.get_logger("thalweg.http")


class Problem(BaseModel):
    """A problem document. `field` names the place, `remedy` says what to do."""

    type: str = Field(examples=[f"{TYPE}stale-version"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["the alert has changed since it was opened"])
    field: str | None = Field(default=None, examples=["alert a_5b0c"])
    value: str | None = None
    remedy: str | None = Field(default=None, examples=["Read it again and decide on what it says now."])
    errors: list[dict[str, str]] | None = None


def status_of(error: ThalwegError) -> int:
    """The HTTP status of an error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: ThalwegError) -> Problem:
    """An error as a problem document. A fault of ours shows its kind, not its inside: that names the files of others, and
    counts what else the journal holds."""
    status = status_of(error)
    if status < 500:
        told = {"detail": error.why, "field": error.where, "value": error.value, "remedy": error.remedy}
    else:
        detail, remedy = next(_FAULTS[kind] for kind in type(error).__mro__ if kind in _FAULTS)
        told = {"detail": detail, "remedy": remedy}
    return Problem(type=f"{TYPE}{error.slug}", title=HTTPStatus(status).phrase, status=status, **told)


def plain_problem(status: int, detail: str, *, slug: str | None = None, remedy: str | None = None) -> Problem:
    """A problem that no error of ours stands behind."""
    slug = slug or _SLUGS.get(status, "error")
    return Problem(type=f"{TYPE}{slug}", title=HTTPStatus(status).phrase, status=status, detail=detail, remedy=remedy)


def answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem document as a response."""
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, problem.status, headers=headers, media_type="application/problem+json")


def headers_of(error: ThalwegError) -> dict[str, str]:
    """What belongs into the head of the answer to an error."""
    if isinstance(error, RateLimited | InFlight | Busy):
        return {"retry-after": str(error.retry_seconds)}
    if status_of(error) == 401:
        return {"www-authenticate": 'Bearer realm="thalweg"'}
    if status_of(error) == 503:
        return {"retry-after": "10"}
    return {}


def _places(error: Exception) -> list[str]:
    """Where an error came from, without its message and without any value: those may hold what must not be logged."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def install(app: FastAPI, page: Any) -> None:
    """Answer every error: with a problem document below /v1, and elsewhere with `page(request, problem)`."""

    def shown(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
        if request.url.path.startswith("/v1/") or request.url.path in {"/v1", "/healthz", "/readyz", "/openapi.json"}:
            return answer(problem, headers)
        response: Response = page(request, problem)
        response.headers.update(headers or {})
        return response

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, ThalwegError)  # noqa: S101 - narrows the type; registered for nothing else
        if status_of(error) >= 500:
            log.error("request failed", slug=error.slug, why=error.why, where=error.where)
        return shown(request, problem_of(error), headers_of(error))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
        if isinstance(error.body, bytes):  # a body that was not even tried as JSON, for what its sender calls it
            return shown(request, plain_problem(415, "the body is not called JSON", remedy=_CALL_IT_JSON))
        found = [
            {"field": ".".join(str(part) for part in each["loc"] if part != "body"), "why": str(each["msg"])}
            for each in error.errors()[:20]
        ]
        problem = plain_problem(422, "the request has fields that are missing or not valid", slug="request-invalid")
        return shown(
            request, problem.model_copy(update={"field": found[0]["field"] if found else None, "errors": found})
        )

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - as above
        detail = request.scope.get("thalweg.too_large", "") if error.status_code == 400 else ""
        status = 413 if detail else 422 if error.status_code == 400 else error.status_code
        headers = dict(error.headers or {}) | ({"connection": "close"} if status == 413 else {})
        return shown(request, plain_problem(status, detail or str(error.detail)), headers)

    async def unforeseen(request: Request, error: Exception) -> Response:
        log.error("request failed", slug="unforeseen", kind=type(error).__name__, at=_places(error))
        return shown(
            request, plain_problem(500, "something went wrong here", remedy="Tell the operator when it happened.")
        )

    app.add_exception_handler(ThalwegError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, unforeseen)
