"""A file on its way to a server over a line that breaks: in pieces, packed where that helps, and taken up where it was cut.

Nothing is kept on this side: the server knows the upload by the digest of its bytes, so the same command goes on where the last one ended.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.errors import Conflict, HomeUnavailable, NotFound, ThalwegError
from service.cli.desk.client import Client, as_error, error_of

PIECE = 8 << 20
"""Bytes of one request: what a proxy lets through, and what a progress bar can show."""
_READ = 64 << 10
_PACKED_FROM = 64 << 10
_PACKED = (b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
"""What begins with one of these is packed already."""
_PAUSES = (0.5, 1, 2, 5, 10, 20, 30)
_ASK_SECONDS = 0.3
_HUNG_SECONDS = 90
"""After this long without a byte a line is dead, even if nobody says so."""
Step = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on without getting any further, in seconds, and how long to pause after each failure in a row."""

    seconds: float = 900
    pauses: tuple[float, ...] = _PAUSES


class Sender:
    """Sends files to one server."""

    def __init__(self, client: Client, patience: Patience, on_step: Step | None = None) -> None:
        self._client, self._patience, self._tell = client.hurried(_HUNG_SECONDS), patience, on_step or (lambda _: None)

    def send(self, file: Path, asked: dict[str, Any], *, key: str | None, packed: bool) -> dict[str, Any]:
        """Send a file and wait until it is taken in: the upload as the server tells it (`batch`, or `rehearsal`).

        Raises the error that the server has noted where nothing was recorded, and what ended the patience.
        """
        with _packed(file, wanted=packed) as (path, coding):
            about = asked | {"coding": coding, "length": path.stat().st_size, "digest": _digest(path)}
            address = self._whole(path, about, {} if key is None else {"idempotency-key": key})
        return self._ended(address)

    def _whole(self, path: Path, about: dict[str, Any], headers: dict[str, str]) -> str:
        """Bring every byte across; the address of the upload."""
        begun: dict[str, Any] = self._patiently(lambda: self._client.post("/v1/uploads", about, headers))
        address, size = f"/v1/uploads/{begun['upload']}", path.stat().st_size
        offset, failures, since = int(begun["offset"]), 0, time.monotonic()
        while True:
            try:
                if self._piece(address, path, offset, size):
                    return address
                offset, failures, since = min(offset + PIECE, size), 0, time.monotonic()
            except (HomeUnavailable, Conflict) as error:
                self._wait(error, failures, since)
                failures += 1
                there, whole = self._patiently(lambda: self._state(address))
                if whole:
                    return address
                if there > offset:
                    failures, since = 0, time.monotonic()
                offset = there

    def _piece(self, address: str, path: Path, offset: int, size: int) -> bool:
        """Send the next piece; whether it was the last. Raises HomeUnavailable where the line broke or the server is busy."""
        length = min(PIECE, size - offset)
        last = offset + length == size
        headers = {
            "content-type": "application/partial-upload",
            "content-length": str(length),
            "upload-offset": str(offset),
            "upload-complete": f"?{int(last)}",
            "prefer": "respond-async",
        }
        status, told, heads = self._client.exchange("PATCH", address, self._read(path, offset, length, size), headers)
        if status in {202, 204}:
            return last
        if status in {409, 429, 503}:
            raise HomeUnavailable("the server asks to come again", value=heads.get("retry-after"))
        raise as_error(status, told, heads.get("retry-after"), address)

    def _state(self, address: str) -> tuple[int, bool]:
        """How many bytes have arrived, and whether that is all. A head that was cut in its middle says nothing."""
        told = self._client.head(address)
        offset, whole = told.get("upload-offset", ""), told.get("upload-complete")
        if not offset.isdigit() or whole not in {"?0", "?1"}:
            raise HomeUnavailable("the answer was cut")
        return int(offset), whole == "?1"

    def _read(self, path: Path, offset: int, length: int, size: int) -> Iterator[bytes]:
        with path.open("rb") as handle:
            handle.seek(offset)
            end = offset + length
            while offset < end and (piece := handle.read(min(_READ, end - offset))):
                yield piece
                offset += len(piece)
                self._tell({"step": "sending", "sent": offset, "size": size})

    def _ended(self, address: str) -> dict[str, Any]:
        while True:
            told: dict[str, Any] = self._patiently(lambda: self._client.get(address))
            if told["state"] == "failed":
                raise error_of(told["problem"])
            if told["state"] == "done":
                return told
            self._tell({"step": told["state"], "rows": told["rows"]})
            time.sleep(_ASK_SECONDS)

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        """Ask until there is an answer: a line that breaks and a server that is busy are waited for."""
        failures, since = 0, time.monotonic()
        while True:
            try:
                return ask()
            except ThalwegError as error:
                if isinstance(error, NotFound) or not _passes(error):
                    raise
                self._wait(error, failures, since)
                failures += 1

    def _wait(self, error: ThalwegError, failures: int, since: float) -> None:
        pause = self._patience.pauses[min(failures, len(self._patience.pauses) - 1)]
        asked = getattr(error, "retry_seconds", None) or (error.value if (error.value or "").isdigit() else None)
        pause = max(pause, float(asked or 0))
        if time.monotonic() - since + pause > self._patience.seconds:
            raise error
        self._tell({"step": "pausing", "seconds": pause, "why": error.why})
        time.sleep(pause)


def _passes(error: ThalwegError) -> bool:
    """Whether it may be better in a moment."""
    return isinstance(error, HomeUnavailable) or hasattr(error, "retry_seconds")


@contextmanager
def _packed(file: Path, *, wanted: bool) -> Iterator[tuple[Path, str]]:
    """The file to send and its coding. The same file gives the same bytes, or the server would not know it again."""
    with file.open("rb") as handle:
        start = handle.read(4)
    if not wanted or start.startswith(_PACKED) or file.stat().st_size < _PACKED_FROM:
        yield file, ""
        return
    with tempfile.TemporaryDirectory(prefix="thalweg-") as place:
        path = Path(place) / "packed"
        with (
            file.open("rb") as source,
            path.open("wb") as target,
            gzip.GzipFile("", "wb", 6, target, mtime=0) as packing,
        ):
            shutil.copyfileobj(source, packing, 1 << 20)
        yield path, "gzip"


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
