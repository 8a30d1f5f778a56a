"""Physical lines of a stretch of bytes as text, and which of them are no UTF-8 or too long to be read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from service.intake.readers.block import RECORD_BYTES

Indexes = npt.NDArray[np.int64]


class Lines:
    """The lines of `data` without their line ends (LF or CRLF); bad bytes stand as the replacement character."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._whole = data.removesuffix(b"\n")
        self.text = pl.Series([self._whole.decode("utf-8", "replace")]).str.split("\n").explode().str.strip_suffix("\r")
        self.not_utf8 = self._undecodable()
        self.too_long = where(self.text.str.len_bytes() > RECORD_BYTES)

    def foreign(self, indexes: Indexes) -> dict[int, str]:
        """For each line that is no UTF-8, what `foreign` says of it."""
        raw = self._whole.split(b"\n") if len(indexes) else []
        return {int(index): foreign(raw[index]) or "" for index in indexes}

    def offset(self, index: int) -> int:
        """Where line `index` begins in the bytes."""
        return int(np.flatnonzero(np.frombuffer(self.data, np.uint8) == 10)[index - 1]) + 1 if index else 0

    def _undecodable(self) -> Indexes:
        suspects = where(self.text.str.contains("\ufffd", literal=True))
        if not len(suspects):
            return suspects
        raw = self._whole.split(b"\n")
        # The replacement character may also stand in the file itself: only the bytes can tell.
        return np.array([index for index in suspects if not _is_utf8(raw[index])], dtype=np.int64)


def foreign(line: bytes) -> str | None:
    """What the first byte of a line that is no UTF-8 would be in the commonest other encoding, for a person to judge; None where it is."""
    try:
        line.decode()
    except UnicodeDecodeError as error:
        byte = line[error.start : error.start + 1]
        around = line[max(error.start - 12, 0) : error.start + 12].decode("cp1252", "replace")
        shown = "".join(letter if letter.isprintable() else "?" for letter in around)
        return f"byte {byte.hex().upper()} at place {error.start + 1}, which cp1252 reads as {shown!r}"
    return None


def where(mask: pl.Series) -> Indexes:
    """The indexes at which a mask without nulls holds."""
    return np.flatnonzero(mask.to_numpy())


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
