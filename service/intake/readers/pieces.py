"""Whole lines of a text file, a bounded number of bytes at a time; an endless line is cut short, so that it cannot fill memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from service.intake.readers.block import RECORD_BYTES

BOM = b"\xef\xbb\xbf"


def pieces(path: Path, block_bytes: int, encoding: str = "utf-8") -> Iterator[bytes]:
    """Runs of whole lines as UTF-8, each ending with a newline except perhaps the last, without the byte-order mark.

    `encoding` is UTF-8 or one that has one byte a character; bytes that it does not define stay as they are, and so become
    text that is not UTF-8. A line of more than `RECORD_BYTES` may be cut to one byte more than that: too long to be taken.
    """
    for run in _runs(path, block_bytes):
        yield run if encoding == "utf-8" else recoded(run, encoding)


def recoded(data: bytes, encoding: str) -> bytes:
    """The same text as UTF-8."""
    return data.decode(encoding, "surrogateescape").encode("utf-8", "surrogateescape")


def _runs(path: Path, block_bytes: int) -> Iterator[bytes]:
    with path.open("rb") as handle:
        waiting = handle.read(max(block_bytes, len(BOM))).removeprefix(BOM)
        while True:
            more = handle.read(block_bytes)
            cut = waiting.rfind(b"\n") + 1
            if cut:
                yield waiting[:cut]
                waiting = waiting[cut:]
            if not more:
                break
            waiting = _join(waiting, more)
        if waiting:
            yield waiting


def _join(waiting: bytes, more: bytes) -> bytes:
    if len(waiting) <= RECORD_BYTES:
        return waiting + more
    # `waiting` is the start of one line that is too long already: only its end can matter.
    newline = more.find(b"\n")
    return waiting[: RECORD_BYTES + 1] + (b"" if newline < 0 else more[newline:])
