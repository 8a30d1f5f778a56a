"""The files that an open journal writes, and the order in which lines are written and made durable.

Nothing here knows what an entry means. An OSError from `FilePair.write` means that it is unknown whether the entry is on disk.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from schemas.journal import ENTRIES_PER_FILE, HEAD_FILE, entries_file, head_note, payloads_file
from service.durable import fault_point, fsync_dir

_CLOSED = -1


@dataclass(slots=True)
class FilePair:
    """Two open files, by descriptor, and where the last committed line of each ends."""

    first: int
    payloads: int
    entries: int
    payloads_end: int
    entries_end: int

    @classmethod
    def open(cls, directory: Path, seq: int) -> FilePair:
        """Open, or create durably, the files that hold entry `seq`. Payloads first: an entry never stands without one."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        payloads = os.open(directory / payloads_file(seq), flags, 0o600)
        try:
            entries = os.open(directory / entries_file(seq), flags, 0o600)
        except OSError:
            os.close(payloads)
            raise
        fsync_dir(directory)
        first = seq - seq % ENTRIES_PER_FILE
        return cls(first, payloads, entries, os.fstat(payloads).st_size, os.fstat(entries).st_size)

    def write(self, kept: bytes, line: bytes) -> None:
        """Payload line, fsync, entry line, fsync: with the last of these the entry is committed."""
        kept, line = kept + b"\n", line + b"\n"
        _write_all(self.payloads, kept)
        fault_point("journal.payload")
        os.fsync(self.payloads)
        half = len(line) // 2
        _write_all(self.entries, line[:half])
        fault_point("journal.torn")
        _write_all(self.entries, line[half:])
        fault_point("journal.entry")
        os.fsync(self.entries)
        fault_point("journal.synced")
        self.payloads_end += len(kept)
        self.entries_end += len(line)

    def take_back(self) -> bool:
        """Cut both files back to the last committed entry; True if that is certain."""
        try:
            os.ftruncate(self.entries, self.entries_end)
            os.fsync(self.entries)
            os.ftruncate(self.payloads, self.payloads_end)
            os.fsync(self.payloads)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Close both; closing again does nothing."""
        for handle in (self.payloads, self.entries):
            if handle != _CLOSED:
                os.close(handle)
        self.payloads = self.entries = _CLOSED


class HeadNote:
    """The file that tells size and head of the journal. It follows the commit and is not part of it: it may be behind."""

    def __init__(self, directory: Path) -> None:
        self._handle = os.open(directory / HEAD_FILE, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def write(self, size: int, head: str) -> None:
        """Overwrite the note. One that cannot be written stays behind, which is no fault: the entry itself is on disk."""
        with contextlib.suppress(OSError):
            note = head_note(size, head)
            os.pwrite(self._handle, note, 0)
            os.ftruncate(self._handle, len(note))

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        if self._handle != _CLOSED:
            os.close(self._handle)
            self._handle = _CLOSED


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
