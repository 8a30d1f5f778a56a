"""Bodies of submissions on their way in: written to the spool of the home as they arrive, never to another place, then handed on.

A file here is not yet a submission; whatever a crash leaves is cleared when the house opens.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from schemas.errors import RequestInvalid
from service.house import House
from service.intake.spool import no_room_is_said, require_room

LONGEST_MAPPING = 128 * 1024
_LONGEST_FIELD = 8 * 1024
_MOST_PARTS = 20
_LOOK_EVERY = 16 << 20


@dataclass(slots=True)
class Spooled:
    """A body on disk: where, its SHA-256, and for a form the fields beside the file and the file's name."""

    path: Path
    digest: str = ""
    name: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def spooled(request: Request, house: House) -> AsyncIterator[Spooled]:
    """The body of a request in a file that is gone afterwards: raw, or the part `file` of a form.

    Raises RequestInvalid for a form that cannot be read or holds no file, and for a body that is not as its digest says;
    StorageFull before the volume has no room left.
    """
    home, reserve = house.home, house.settings.reserve_bytes
    require_room(home, reserve, announced(request) or 0)
    found = Spooled(home.spool / f"upload-{secrets.token_hex(8)}")
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    try:
        with no_room_is_said(), found.path.open("xb") as file:
            handle = _Watched(file, lambda: require_room(home, reserve, 0))
            digest = hashlib.sha256()
            if kind == b"multipart/form-data":
                await _read_form(request, options.get(b"boundary", b""), handle, digest, found)
            else:
                async for chunk in request.stream():
                    digest.update(chunk)
                    handle.write(chunk)
        found.digest = digest.hexdigest()
        for header in ("Content-Digest", "Repr-Digest"):
            check_digest(said_digest(request.headers.get(header)), found.digest, header)
        yield found
    finally:
        found.path.unlink(missing_ok=True)


def is_form(request: Request) -> bool:
    """Whether the body of a request is a form."""
    return request.headers.get("content-type", "").lower().startswith("multipart/")


def said_digest(header: str | None) -> str | None:
    """The SHA-256 in a `Content-Digest` or `Repr-Digest` (RFC 9530), in hexadecimal; None where it gives another or none."""
    for part in (header or "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "sha-256":
            try:
                return base64.b64decode(value.strip().strip(":"), validate=True).hex()
            except binascii.Error:
                return "not base64"
    return None


def check_digest(said: str | None, found: str, where: str) -> None:
    """Compare the SHA-256 that a sender gave with that of what arrived. Raises RequestInvalid."""
    if said not in (None, found):
        raise RequestInvalid(
            "the body is not what its digest says",
            where=where,
            value=said,
            remedy="Send it again; it was damaged on the way.",
        )


def announced(request: Request) -> int | None:
    """The length of a body as its head gives it."""
    text = request.headers.get("content-length", "")
    return int(text) if text.isdigit() else None


class _Watched:
    """A file that looks now and then whether there is room for more."""

    def __init__(self, file: IO[bytes], look: Callable[[], None]) -> None:
        self._file, self._look, self._until = file, look, _LOOK_EVERY

    def write(self, piece: bytes) -> None:
        self._until -= len(piece)
        if self._until < 0:
            self._look()
            self._until = _LOOK_EVERY
        self._file.write(piece)


async def _read_form(request: Request, boundary: bytes, handle: _Watched, digest: Any, found: Spooled) -> None:
    if not boundary:
        raise RequestInvalid("the form has no boundary", where="Content-Type")
    form = _Form(handle, digest, found)
    parser = MultipartParser(boundary, form.callbacks())
    try:
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
    except FormParserError as error:
        raise RequestInvalid("the form cannot be read", remedy="Send the file as the part `file`.") from error
    if not form.has_file:
        raise RequestInvalid("the form holds no file", where="file", remedy="Send the file as the part `file`.")


class _Form:
    """Sorts the parts of a form as they arrive: the file to disk, small fields into memory."""

    def __init__(self, handle: _Watched, digest: Any, found: Spooled) -> None:
        self._handle, self._digest, self._found = handle, digest, found
        self._header, self._headers = [b"", b""], dict[bytes, bytes]()
        self._part, self._text, self._parts = "", b"", 0
        self.has_file = False

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._take_header_name,
            "on_header_value": self._take_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._take,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._headers, self._part, self._text = {}, "", b""
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise RequestInvalid(f"a form here has {_MOST_PARTS} parts at most")

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = [b"", b""]

    def _open(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._part = options.get(b"name", b"").decode("utf-8", "replace")
        if self._part == "file":
            if self.has_file:
                raise RequestInvalid("the form holds two files", where="file", remedy="Send one file at a time.")
            self.has_file = True
            self._found.name = options.get(b"filename", b"").decode("utf-8", "replace")

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._part == "file":
            self._digest.update(data[start:end])
            self._handle.write(data[start:end])
            return
        self._text += data[start:end]
        longest = LONGEST_MAPPING if self._part == "mapping" else _LONGEST_FIELD
        if len(self._text) > longest:
            raise RequestInvalid(f"a field has {longest} bytes at most", where=self._part)

    def _end(self) -> None:
        if self._part and self._part != "file":
            self._found.fields[self._part] = self._text.decode("utf-8", "replace")
