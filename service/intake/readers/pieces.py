"""Whole lines of a text file, a bounded number of bytes at a time; an endless line is cut short, so that it cannot fill memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from service.intake.readers.block import RECORD_BYTES

BOM = b"\xef\xbb\xbf"
WIDE = "utf-16"
_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32-le", b"\x00\x00\xfe\xff": "utf-32-be", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be",
}  # fmt: skip


def pieces(path: Path, block_bytes: int, encoding: str = "utf-8") -> Iterator[bytes]:
    """Runs of whole lines as UTF-8, each ending with a newline except perhaps the last, without the byte-order mark.

    `encoding` is UTF-8, UTF-16 or one that has one byte a character; bytes that it does not define become text that is not
    UTF-8. A line of more than `RECORD_BYTES` may be cut to one byte more than that: too long to be taken.
    """
    with path.open("rb") as handle:
        wide = _Wide(handle) if encoding == WIDE else handle
        for run in _runs(wide, block_bytes):
            yield run if encoding in {"utf-8", WIDE} else recoded(run, encoding)


def beginning(path: Path, count: int, encoding: str = "utf-8") -> bytes:
    """The first bytes of a file without the byte-order mark; as UTF-8 where it is UTF-16, else as they are."""
    with path.open("rb") as handle:
        return (_Wide(handle) if encoding == WIDE else handle).read(count).removeprefix(BOM)


def wide_of(sample: bytes) -> str | None:
    """Which UTF-16 or UTF-32 the beginning of a file shows by its mark, or by where its zero bytes stand; None for neither."""
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return name
    zeros = [sample[at::2].count(0) for at in (0, 1)]
    if sum(zeros) * 8 <= len(sample):
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


class _Wide:
    """A UTF-16 file read as UTF-8; what is no UTF-16 becomes bytes that are no UTF-8."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        sample = handle.read(1 << 16)
        handle.seek(0)
        self._decode = codecs.getincrementaldecoder(wide_of(sample) or "utf-16-le")("surrogatepass")

    def read(self, count: int) -> bytes:
        data = self._handle.read(max(count, 4))
        try:
            text = self._decode.decode(data, not data)
        except UnicodeDecodeError:  # cut in the middle of a character
            self._decode.reset()
            return b"\xff"
        read = text.encode("utf-8", "surrogatepass")
        return read if read or not data else self.read(count)


def recoded(data: bytes, encoding: str) -> bytes:
    """The same text as UTF-8."""
    return data.decode(encoding, "surrogateescape").encode("utf-8", "surrogateescape")


def _runs(handle: BinaryIO | _Wide, block_bytes: int) -> Iterator[bytes]:
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
