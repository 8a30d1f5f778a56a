"""Takes the content coding off a body: gzip or zstd, in the intake child, with a cap on the size and on the ratio.

What is kept, digested and receipted is the file inside.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas.errors import CodingUnknown, RequestInvalid, StorageFull, TooLarge

CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}
"""Content codings (RFC 9110, RFC 8878) and what they are called here."""
MOST_RATIO = 200
"""A real export packs ten to thirty to one; a bomb a thousand and more."""
_FREE_BYTES = 16 << 20
_CHUNK = 1 << 20


def coding_of(header: str | None) -> str:
    """The coding that a `Content-Encoding` names, "" for none. Raises CodingUnknown; codings one on the other are not taken."""
    said = (header or "").strip().lower()
    if said in {"", "identity"}:
        return ""
    if said not in CODINGS:
        raise CodingUnknown(
            "this content coding is not taken", where="Content-Encoding", value=said, remedy="Use gzip or zstd, once."
        )
    return CODINGS[said]


def unpack(payload: dict[str, Any], progress: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Unpack a file. Payload: `packed` (path), `coding`, `out` (path of the new file), `largest` and `reserve` in bytes.

    Gives its `size`. Raises TooLarge above `largest` bytes or a ratio of 200 beyond the first 16 MiB, RequestInvalid for what
    is not whole or not so packed, StorageFull.
    """
    packed, out = Path(payload["packed"]), Path(payload["out"])
    allowed = min(int(payload["largest"]), max(packed.stat().st_size * MOST_RATIO, _FREE_BYTES))
    size = looked = 0
    with out.open("xb") as handle:
        try:
            with pa.CompressedInputStream(pa.OSFile(str(packed)), payload["coding"]) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > allowed:
                        raise TooLarge(
                            f"unpacked, the file passes {allowed} bytes",
                            remedy="Send it unpacked, or as several files.",
                        )
                    if size - looked >= _FREE_BYTES:
                        looked = size
                        _require_room(out, int(payload["reserve"]))
                        progress({"unpacked": size})
                    handle.write(chunk)
        except pa.ArrowException as error:
            raise _not_so_packed(payload["coding"]) from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise _not_so_packed(payload["coding"]) from error
    return {"size": size}


def _not_so_packed(coding: str) -> RequestInvalid:
    return RequestInvalid(
        f"the body is not whole, or not {coding}",
        where="Content-Encoding",
        remedy="Pack the file again, or send it as it is.",
    )


def _require_room(out: Path, reserve: int) -> None:
    if shutil.disk_usage(out.parent).free < reserve:
        raise StorageFull("the volume has no room to unpack a submission", remedy="Free space or enlarge the volume.")
