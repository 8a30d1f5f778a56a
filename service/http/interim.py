"""The interim response 104 of the draft on resumable uploads: where an upload goes on, told before its bytes have all come.

ASGI has no message for it, so the server offers it in the scope (`service.cli.serving.telling`). Another server offers nothing, and
then nothing is sent: a client may not rely on it.
"""

from __future__ import annotations

from fastapi import Request

EXTENSION = "thalweg.interim"
VERSION = "8"
"""The interop version of draft-12. A client that speaks another, or says none, may take a 104 for the answer."""
_HEADER = "upload-draft-interop-version"


def wanted(request: Request) -> bool:
    """Whether the client understands a 104, and the server can send one."""
    return request.headers.get(_HEADER, "").strip() == VERSION and EXTENSION in (request.scope.get("extensions") or {})


def tell(request: Request, headers: dict[str, str]) -> None:
    """Send 104 (Upload Resumption Supported) with these fields, where it is `wanted`."""
    if wanted(request):
        request.scope["extensions"][EXTENSION](
            104, b"Upload Resumption Supported", list((headers | {_HEADER: VERSION}).items())
        )
