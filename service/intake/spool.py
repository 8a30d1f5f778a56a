"""Takes in the bytes of a submission: hashed while they arrive, on disk before anything else happens, kept under their digest.

It never looks into the bytes, and it never lets them take the room that the journal needs.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from schemas.errors import RequestInvalid, StorageFull, TooLarge
from service.durable import fault_point, rename_durably
from service.home import Home

CHUNK_BYTES = 1 << 20
_LOOK_EVERY = 16 * CHUNK_BYTES
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes as received: SHA-256 in hexadecimal and how many there are."""

    digest: str
    size: int

    def path(self, home: Home) -> Path:
        """Where they lie once they are kept."""
        return home.originals / self.digest


def clean(home: Home) -> int:
    """Remove what interrupted submissions left in the spool; how many there were. Nothing in it was acknowledged."""
    leftovers = list(home.spool.iterdir())
    for leftover in leftovers:
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
    return len(leftovers)


def keep(
    source: BinaryIO | Path, folder: Path, home: Home, *, largest: int, reserve: int, expected: str | None = None
) -> Original:
    """Copy the bytes into `folder`, make them durable, and move them to `originals/<digest>`.

    Raises TooLarge for more than `largest` bytes, StorageFull where less than `reserve` bytes would stay free,
    RequestInvalid where the SHA-256 is not the `expected` one.
    """
    with no_room_is_said():
        require_room(home, reserve, source.stat().st_size if isinstance(source, Path) else 0)
        spooled = folder / "original"
        if isinstance(source, Path):
            with source.open("rb") as stream:
                original = _spool(stream, spooled, home, largest, reserve)
        else:
            original = _spool(source, spooled, home, largest, reserve)
        if expected is not None and expected.lower() != original.digest:
            raise RequestInvalid(
                "the bytes that arrived are not those that were meant to be sent",
                where="content digest",
                value=original.digest,
                remedy="Send the file again.",
            )
        rename_durably(spooled, original.path(home))
        fault_point("intake.kept")
        return original


def require_room(home: Home, reserve: int, size: int) -> None:
    """Raise StorageFull unless `size` more bytes leave `reserve` bytes free on the volume."""
    if shutil.disk_usage(home.root).free < reserve + size:
        raise StorageFull(
            "the volume has no room for a submission",
            remedy="Free space or enlarge the volume; nothing was accepted.",
        )


@contextmanager
def no_room_is_said() -> Iterator[None]:
    """Turn the system's word for a full volume into StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise StorageFull(
            "the volume ran out of room",
            remedy="Free space or enlarge the volume; nothing was accepted.",
        ) from error


def _spool(stream: BinaryIO, spooled: Path, home: Home, largest: int, reserve: int) -> Original:
    digest, size, looked = hashlib.sha256(), 0, 0
    with spooled.open("xb") as handle:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > largest:
                raise TooLarge(
                    f"a submission may have {largest} bytes at most", remedy="Send it as several smaller files."
                )
            if size - looked >= _LOOK_EVERY:
                require_room(home, reserve, 0)
                looked = size
            digest.update(chunk)
            handle.write(chunk)
            fault_point("intake.spooling")
        handle.flush()
        os.fsync(handle.fileno())
    fault_point("intake.spooled")
    return Original(digest.hexdigest(), size)
