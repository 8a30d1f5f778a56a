"""What stands before every route: size limits while bytes arrive, and the headers that keep a browser from doing more than asked.

It looks at no identity and at no content. HEAD is answered as GET is, without the body.
An error that nobody foresaw ends here: answered as every other, and logged without its text.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.case import LARGEST_ATTACHMENT

SMALL_BODY = 64 * 1024
BESIDE_THE_FILE = 256 * 1024
"""Room for the other fields of a form. The file in it is held to its own limit where it is kept."""
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000",  # browsers take it over TLS alone, so it is harmless without
    "x-frame-options": "DENY",
    # Not "no-referrer": under that a browser sends `Origin: null` with our own forms, and sign-in refuses every one.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_SUBMISSIONS = ("/v1/batches", "/batches")
_TABLES, _UPLOADS = "/v1/references/", "/v1/uploads/"
_ATTACHMENTS = re.compile(r"(?:/v1)?/cases/[^/]+/attachments")


class Shield:
    """Middleware: a body above its limit is refused, at once where it is announced, else at the byte that passes it."""

    def __init__(self, app: ASGIApp, *, largest_submission: int) -> None:
        self._app, self._largest = app, largest_submission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head_only = scope["method"] == "HEAD"
        if head_only:
            scope = {**scope, "method": "GET", "thalweg.head": True}
        headers = Headers(scope=scope)
        limit = self._limit(scope, is_form=headers.get("content-type", "").startswith("multipart/form-data"))
        announced = headers.get("content-length", "")
        too_large = announced.isdigit() and int(announced) > limit
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            if too_large:
                raise HTTPException(413, _too_large(limit))
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, _too_large(limit))
            return message

        started = False

        async def covered(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                _cover(MutableHeaders(scope=message), scope["path"])
            elif head_only and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if too_large:
            scope["thalweg.too_large"] = _too_large(limit)
        try:
            await self._app(scope, counted, covered)
        except Exception as error:  # outside of here it would be answered bare and logged with whatever it holds
            response = await scope["app"].exception_handlers[Exception](Request(scope), error)
            if started:
                raise RuntimeError("an answer broke off") from None
            await response(scope, receive, covered)

    def _limit(self, scope: Scope, *, is_form: bool) -> int:
        path: str = scope["path"]
        if scope["method"] == "PATCH" and path.startswith(_UPLOADS):
            return self._largest
        if path == _UPLOADS.rstrip("/"):
            return BESIDE_THE_FILE
        if scope["method"] == "POST" and _ATTACHMENTS.fullmatch(path):
            return min(self._largest, LARGEST_ATTACHMENT) + BESIDE_THE_FILE
        if scope["method"] != "POST" or not (path in _SUBMISSIONS or path.startswith(_TABLES)):
            return SMALL_BODY
        return self._largest + (BESIDE_THE_FILE if is_form else 0)


def _too_large(limit: int) -> str:
    return f"a request here may have {limit} bytes at most"


def _cover(headers: MutableHeaders, path: str) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if not path.startswith("/static/"):
        headers["cache-control"] = "no-store"
    headers["vary"] = "Cookie, Accept-Language, Authorization, Accept-Encoding"
