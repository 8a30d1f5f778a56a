"""The one writer of the journal: an act is recorded, chained to the act before it and on disk, or it did not happen.

It never changes or removes an entry. Once it cannot say whether an entry is on disk, it refuses to go on until reopened.
"""

from __future__ import annotations

import errno
import itertools
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
from pydantic import ValidationError

from schemas.canonical import canonical_json, parse_canonical
from schemas.errors import HomeUnavailable, IntegrityError, JournalBroken, StorageFull, ThalwegError
from schemas.journal import (
    ENTRIES_PER_FILE,
    SALT_BYTES,
    Entry,
    EntryType,
    Kept,
    commitment,
    entries_file,
    leaf_hash,
    payloads_file,
)
from service.journal.files import FilePair, HeadNote
from service.journal.recover import recover

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry with its payload as a reader gets it back; `payload` is None where it was erased."""

    entry: Entry
    payload: dict[str, Any] | None

    @property
    def hash(self) -> str:
        """The leaf hash of the entry: the journal's `head` when this is its last entry."""
        return leaf_hash(self.entry.line())


class Journal:
    """The journal of one home, open for appending. One process holds it (see `Home.held`); its threads may share it."""

    def __init__(self, directory: Path, clock: Callable[[], datetime]) -> None:
        self._directory = directory
        self._clock = clock
        self._lock = threading.Lock()
        found = recover(directory)
        self._size, self._head = found.size, found.head
        self.recovery: tuple[dict[str, str | int], ...] = found.mended
        """What opening found and mended: file, why, and of what it cut bytes and sha256. For a `house.recovered` entry."""
        self._failed: str | None = None
        self._files = FilePair.open(directory, self._size)
        self._note = HeadNote(directory)
        self._note.write(self._size, self._head)

    @classmethod
    def open(cls, directory: Path, clock: Callable[[], datetime]) -> Journal:
        """Open the journal in `directory`, creating it if there is none. `clock` gives aware times.

        Raises JournalBroken where an entry does not follow from the one before it, HomeUnavailable where it cannot be
        written.
        """
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls(directory, clock)
        except OSError as error:
            raise HomeUnavailable(
                f"the journal cannot be opened for writing: {error.strerror}",
                where=str(directory),
                remedy="Nothing is done without a journal entry: make the directory writable and start again.",
            ) from error

    @property
    def size(self) -> int:
        """How many entries are on disk for certain."""
        return self._size

    @property
    def head(self) -> str:
        """Leaf hash of the last of them in hexadecimal, or GENESIS."""
        return self._head

    @property
    def failed(self) -> str | None:
        """Why nothing more can be appended, or None: a process that sees a reason here should exit and start again.

        Waits for an entry that is on its way to the disk: until it is there, whether it ever will be is not known.
        """
        with self._lock:
            return self._failed

    def append(
        self,
        type: EntryType,  # noqa: A002 - the field's name in the entry
        payload: dict[str, Any],
        *,
        actor: str,
        role: str,
        session: str = "",
        object: str = "",  # noqa: A002 - the field's name in the entry
        purpose: str = "",
    ) -> Recorded:
        """Record an act. When this returns, the entry is on disk.

        Raises StorageFull where there was no room: nothing is recorded and a later append may work. Raises HomeUnavailable
        where it is not known whether the entry is on disk: this and every later append fails until the journal is reopened.
        TypeError or ValueError: the payload has no canonical form, or a field is not valid; nothing is recorded.
        """
        salt = secrets.token_hex(SALT_BYTES)
        kept_as = orjson.loads(
            canonical_json(payload)
        )  # as any later read gives it back: lists for tuples, nothing shared
        commit = commitment(salt, kept_as)
        with self._lock:
            self._refuse_if_failed()
            entry = Entry(
                seq=self._size,
                type=type,
                at=_rfc3339(self._clock()),
                actor=actor,
                role=role,
                session=session,
                object=object,
                purpose=purpose,
                commit=commit,
                prev=self._head,
            )
            line = entry.line()
            # Until the commit is known to have happened, or not to have, nothing more may be appended.
            self._failed = f"whether entry {entry.seq} is on disk is unknown"
            self._commit(Kept(seq=entry.seq, salt=salt, payload=kept_as).line(), line)
            self._size, self._head = self._size + 1, leaf_hash(line)
            self._failed = None
            self._note.write(self._size, self._head)
        return Recorded(entry, kept_as)

    def read(self, start: int = 0) -> Iterator[Recorded]:
        """The entries from `start` on, up to those that are on disk when the reading begins.

        Raises JournalBroken where a payload is not the one that its entry commits to, or the chain does not hold.
        """
        with self._lock:
            size, head = self._size, self._head
        prev = None
        for seq, line, kept in self._lines(start, size):
            recorded = _recorded(seq, line, kept)
            if prev is not None and recorded.entry.prev != prev:
                raise _broken(seq, entries_file(seq), "this entry does not follow from the one before it")
            prev = leaf_hash(line)
            yield recorded
        if prev not in (None, head):
            raise _broken(size - 1, entries_file(size - 1), "this is not the entry that was written")

    def close(self) -> None:
        """Close the files. The journal appends nothing afterwards."""
        with self._lock:
            self._failed = self._failed or "the journal is closed"
            self._files.close()
            self._note.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _refuse_if_failed(self) -> None:
        if self._failed:
            raise HomeUnavailable(
                f"nothing more is recorded: {self._failed}",
                where="journal",
                remedy="Restart the service; it finds out at start what is on disk.",
            )

    def _commit(self, kept: bytes, line: bytes) -> None:
        try:
            if self._size % ENTRIES_PER_FILE == 0 and self._size != self._files.first:
                full, self._files = self._files, FilePair.open(self._directory, self._size)
                full.close()
            self._files.write(kept, line)
        except OSError as error:
            if error.errno in _NO_ROOM and self._files.take_back():
                self._failed = None
                raise StorageFull(
                    "the volume has no room for a journal entry",
                    where="journal",
                    remedy="Free space or enlarge the volume; nothing was recorded.",
                ) from error
            self._failed = f"{self._failed} ({error.strerror})"
            self._refuse_if_failed()

    def _lines(self, start: int, size: int) -> Iterator[tuple[int, bytes, bytes]]:
        """(seq, entry line, payload line) of the entries from `start` to before `size`."""
        while start < size:
            first = start - start % ENTRIES_PER_FILE
            end = min(size, first + ENTRIES_PER_FILE)
            try:
                with (
                    (self._directory / entries_file(first)).open("rb") as entries,
                    (self._directory / payloads_file(first)).open("rb") as payloads,
                ):
                    wanted = itertools.islice(zip(entries, payloads, strict=False), start - first, end - first)
                    for seq, (line, kept) in enumerate(wanted, start=start):
                        yield seq, line.removesuffix(b"\n"), kept.removesuffix(b"\n")
                        start = seq + 1
            except FileNotFoundError:
                pass  # said below: the entry is gone
            if start < end:
                raise _broken(start, entries_file(first), "this entry was on disk and is no longer there")


def _rfc3339(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("the clock must give times with a zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _recorded(seq: int, line: bytes, kept_line: bytes) -> Recorded:
    name = entries_file(seq)
    try:
        entry = Entry.model_validate(parse_canonical(line))
        name = payloads_file(seq)
        kept = Kept.model_validate(parse_canonical(kept_line))
    except (IntegrityError, ValidationError) as error:
        why = error.why if isinstance(error, ThalwegError) else "the line has not the form of the journal"
        raise _broken(seq, name, why) from None
    fits = kept.salt is None or kept.payload is None or commitment(kept.salt, kept.payload) == entry.commit
    if not (entry.seq == kept.seq == seq and fits):
        raise _broken(seq, name, "this payload is not the one that its entry commits to")
    return Recorded(entry, kept.payload)


def _broken(seq: int, file: str, why: str) -> JournalBroken:
    place = f"journal/{file}, entry {seq}, line {seq % ENTRIES_PER_FILE + 1}"
    return JournalBroken(why, where=place, remedy="Verify the journal and restore it from a copy before going on.")
