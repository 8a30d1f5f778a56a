"""Uploads on disk: each a folder with the bytes so far and a note of what is asked, so that a cut line or a restart loses nothing.

An upload is not yet a submission, and nothing of it is in the journal. Only whole, durable bytes are ever acknowledged.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from schemas.errors import Conflict, KeyReused, NotFound, RateLimited, RequestInvalid, TooLarge
from service.durable import fsync_dir, write_durably
from service.home import Home
from service.intake.spool import no_room_is_said, require_room
from service.uploads.asked import Asked

KEPT_DAYS = 7
"""How long an upload is kept after it was last written to, and what became of it after that."""
MOST_OPEN = 32
"""Uploads of one partner that are not whole yet."""
_ID = re.compile(r"u_[0-9a-f]{16}")
_NOTE, _DATA = "about.json", "data"
_LOOK_EVERY = 16 << 20
_SWEPT_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Upload:
    """What is known of an upload beside its bytes.

    `coding` is how they are packed, `digest` the SHA-256 that they should have, `length` how many there should be. `whole`:
    all are there and no more are taken. `ended` is what became of them, as `service.uploads.queue` writes it.
    """

    upload: str
    asked: Asked
    coding: str
    digest: str | None
    length: int | None
    opened_at: str
    whole: bool = False
    ended: dict[str, Any] | None = None


class LengthExceeded(Conflict):
    """More bytes came than were announced; the upload is gone."""

    slug = "inconsistent-upload-length"


class Uploads:
    """The uploads of one home. Safe to use from any thread; of one upload only the holder of its turn may write."""

    def __init__(self, home: Home, clock: Callable[[], datetime], *, largest: int, reserve: int) -> None:
        self._home, self._clock, self._largest, self._reserve = home, clock, largest, reserve
        self._opening = threading.Lock()
        self._swept = clock()
        self._unfinished: dict[str, Upload] = {}
        self.forget_the_old()
        self._unfinished |= {each.upload: each for each in self.all() if not each.whole}

    @property
    def limits(self) -> str:
        """The value of `Upload-Limit`."""
        return f"max-size={self._largest}, max-age={KEPT_DAYS * 86_400}"

    def open(self, asked: Asked, *, coding: str, digest: str | None, length: int | None) -> Upload:
        """A new upload, or the unfinished one that this partner began for the same: the same key, or the same digest without one.

        So a client that never heard where its upload is asks again. Raises TooLarge, StorageFull, KeyReused, RateLimited.
        """
        if length is not None and length > self._largest:
            raise TooLarge(f"a submission may have {self._largest} bytes at most", remedy="Send it as several files.")
        require_room(self._home, self._reserve, length or 0)
        with self._opening:
            if self._clock() - self._swept > _SWEPT_EVERY:
                self._swept = self._clock()
                self.forget_the_old()
            unfinished = [each for each in list(self._unfinished.values()) if each.asked.partner == asked.partner]
            begun = _begun(unfinished, asked, coding=coding, digest=digest, length=length)
            if begun is not None:
                return begun
            if len(unfinished) >= MOST_OPEN:
                raise RateLimited(
                    f"{MOST_OPEN} uploads of this partner are not finished",
                    retry_seconds=60,
                    remedy="Finish them, or end them with DELETE.",
                )
            upload = Upload(
                f"u_{secrets.token_hex(8)}", asked, coding, digest, length, self._clock().isoformat(timespec="seconds")
            )
            folder = self._folder(upload.upload)
            folder.mkdir(mode=0o700)
            (folder / _DATA).touch()
            self.note(upload)
            fsync_dir(self._home.uploads)
            return upload

    def adopt(self, asked: Asked, file: Path, *, coding: str) -> Upload:
        """A file that has arrived whole as an upload that is whole. The file is moved."""
        upload = self.open(replace(asked, key=None), coding=coding, digest=None, length=None)
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
        file.replace(self.data(upload.upload))
        fsync_dir(self._folder(upload.upload))
        return self.note(replace(upload, asked=asked, whole=True))

    def get(self, upload: str) -> Upload:
        """An upload by its id. Raises NotFound."""
        try:
            if not _ID.fullmatch(upload):
                raise FileNotFoundError
            told = json.loads((self._folder(upload) / _NOTE).read_bytes())
        except FileNotFoundError as error:
            raise NotFound("no such upload") from error
        return Upload(**told | {"asked": Asked(**told["asked"])})

    def all(self) -> list[Upload]:
        """Every upload that is kept, the oldest first."""
        found = [self.get(path.parent.name) for path in self._home.uploads.glob(f"u_*/{_NOTE}")]
        return sorted(found, key=lambda each: (each.opened_at, each.upload))

    def note(self, upload: Upload) -> Upload:
        """Keep what is now known of an upload."""
        write_durably(self._folder(upload.upload) / _NOTE, json.dumps(asdict(upload)).encode())
        if upload.whole:
            self._unfinished.pop(upload.upload, None)
        else:
            self._unfinished[upload.upload] = upload
        return upload

    def end(self, upload: Upload, ended: dict[str, Any]) -> Upload:
        """Keep what became of an upload, and let go of its bytes."""
        noted = self.note(replace(upload, ended=ended))
        self.data(upload.upload).unlink(missing_ok=True)
        return noted

    def discard(self, upload: str) -> None:
        """Forget an upload and its bytes."""
        self._unfinished.pop(upload, None)
        shutil.rmtree(self._folder(upload))

    def data(self, upload: str) -> Path:
        """Where the bytes of an upload lie."""
        return self._folder(upload) / _DATA

    def offset(self, upload: Upload) -> int:
        """How many bytes have arrived. Once it has ended: how many there were, as far as that was said."""
        if upload.ended is None:
            with contextlib.suppress(FileNotFoundError):  # it has ended since it was read
                return self.data(upload.upload).stat().st_size
            upload = self.get(upload.upload)
        return upload.ended["size"] if upload.ended else 0

    @contextmanager
    def appending(self, upload: Upload) -> Iterator[Appending]:
        """Write to the end of an upload, whose turn the caller holds. What was written is durable afterwards, also where the
        writing broke off."""
        with no_room_is_said(), self.data(upload.upload).open("ab") as handle:
            appending = Appending(
                handle, upload.length, self._largest, lambda: require_room(self._home, self._reserve, 0)
            )
            try:
                yield appending
            finally:
                handle.flush()
                os.fsync(handle.fileno())

    def cut_back(self, upload: Upload, size: int) -> None:
        """Take back what one request brought, where it is not what its sender meant to send."""
        with self.data(upload.upload).open("r+b") as handle:
            handle.truncate(size)
            os.fsync(handle.fileno())

    def forget_the_old(self) -> None:
        """Remove uploads that nobody has touched for days, and folders without a note, which a crash left."""
        oldest = (self._clock() - timedelta(days=KEPT_DAYS)).timestamp()
        for folder in self._home.uploads.iterdir():
            note, data = folder / _NOTE, folder / _DATA
            if not note.exists() or max(each.stat().st_mtime for each in (note, data) if each.exists()) < oldest:
                shutil.rmtree(folder)

    def _folder(self, upload: str) -> Path:
        return self._home.uploads / upload


class Appending:
    """The end of an upload while one request writes to it."""

    def __init__(self, handle: BinaryIO, length: int | None, largest: int, look: Callable[[], None]) -> None:
        self._handle, self._length, self._largest, self._look = handle, length, largest, look
        self.size = self._looked = handle.tell()

    def write(self, piece: bytes) -> None:
        """Add some bytes. Raises LengthExceeded, TooLarge, StorageFull."""
        size = self.size + len(piece)
        if self._length is not None and size > self._length:
            raise LengthExceeded(f"more than {self._length} bytes came", where="Upload-Length", remedy="Begin again.")
        if size > self._largest:
            raise TooLarge(f"a submission may have {self._largest} bytes at most", remedy="Send it as several files.")
        if self.size - self._looked >= _LOOK_EVERY:
            self._look()
            self._looked = self.size
        self._handle.write(piece)
        self.size += len(piece)


def _begun(
    unfinished: list[Upload], asked: Asked, *, coding: str, digest: str | None, length: int | None
) -> Upload | None:
    for each in unfinished:
        same = each.asked.wants_the_same(asked) and (each.coding, each.digest) == (coding, digest)
        if asked.key is not None and each.asked.key == asked.key:
            if not same or ((each.length, length).count(None) == 0 and each.length != length):
                raise KeyReused(
                    "this idempotency key is that of another upload",
                    where="Idempotency-Key",
                    remedy="Use a new key for each new submission.",
                )
            return each
        if asked.key is None and digest is not None and same:
            return each
    return None


def require_length(upload: Upload, said: int | None) -> Upload:
    """The upload with the length that a request says it has. Raises RequestInvalid where another was said before."""
    if said is None or said == upload.length:
        return upload
    if upload.length is not None:
        raise RequestInvalid("another length was announced before", where="Upload-Length", value=str(said))
    return replace(upload, length=said)
