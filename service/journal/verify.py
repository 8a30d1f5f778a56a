"""Reads a journal again from its bytes and names the first entry that is not what was recorded.

It shares no code with the writer but the form of an entry in `schemas/journal.py`, writes nothing, holds no lock, and may run
beside a server that is appending. It must never repair, and never pass over a line that it does not understand.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from schemas.canonical import parse_canonical
from schemas.errors import IntegrityError
from schemas.journal import (
    ENTRIES_PER_FILE,
    GENESIS,
    Entry,
    Kept,
    commitment,
    entries_file,
    leaf_hash,
    payloads_file,
)

_NAME = re.compile(r"([0-9]{9})(?:\.payloads)?\.ndjson")
_LOOKS_AT_AN_UNFINISHED_TAIL = 20
_PAUSE_S = 0.025

Visit = Callable[[Entry, dict[str, Any] | None], None]


@dataclass(frozen=True, slots=True)
class FirstBad:
    """Where the journal stops being what was recorded. `seq` is the place in the chain, `line` counts from 1 in `file`."""

    seq: int
    file: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class JournalReport:
    """`entries` hold from the beginning, `head` is the leaf hash of the last of them; `erased` names those without payload."""

    ok: bool
    entries: int
    head: str
    first_bad: FirstBad | None
    erased: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {**asdict(self), "erased": list(self.erased)}


def verify_journal(
    directory: Path,
    *,
    expect_at_least: tuple[int, str] | None = None,
    visit: Visit | None = None,
    pause: Callable[[], None] = lambda: time.sleep(_PAUSE_S),
) -> JournalReport:
    """Re-derive the whole journal in `directory`.

    `expect_at_least` is a size and the head that the journal had at that size, kept elsewhere: with it, a journal that was
    cut short or rewritten up to there is told from a whole one. `visit` gets every entry that holds by itself with its payload
    (None if erased), also after the first bad one. `pause` is waited between looks at a last line that may be just being
    written.
    """
    if not directory.is_dir():
        return JournalReport(False, 0, GENESIS, FirstBad(0, "", 0, "there is no journal"))
    check = _Check(expect_at_least)
    for line, after in _with_next(_lines(directory, pause)):
        record = check.add(line, after)
        if visit and record:
            visit(*record)
        if check.first_bad and not visit:
            break
    return check.report()


class _Line(NamedTuple):
    """What stands at one place of the chain, newlines included, or a fault of the files themselves."""

    seq: int
    number: int
    entry: bytes | None
    kept: bytes | None
    fault: tuple[str, str] | None = None
    """(file, why)."""


@dataclass(slots=True)
class _Check:
    """The chain up to a place: what holds so far and the first thing that does not."""

    expected: tuple[int, str] | None
    entries: int = 0
    head: str = GENESIS
    first_bad: FirstBad | None = None
    erased: list[int] = field(default_factory=list)
    _before: str = GENESIS
    """The head before the last entry, for when the next entry shows that the last one is bad."""

    def add(self, line: _Line, after: _Line | None) -> tuple[Entry, dict[str, Any] | None] | None:
        """Check one place; give its entry and payload if they hold by themselves."""
        if line.fault or line.entry is None:
            self._blame(line, *(line.fault or (payloads_file(line.seq), "a payload line without its entry")))
            return None
        entry = self._read_entry(line, line.entry)
        if entry is None:
            return None
        digest = leaf_hash(line.entry.removesuffix(b"\n"))
        self._follow(line, digest, entry, after)
        kept = self._read_kept(line, entry)
        if kept is None:
            return None
        if self.first_bad is None:
            self._before, self.head = self.head, digest
            self.entries += 1
            if kept.payload is None:
                self.erased.append(line.seq)
            self._hold_to_expected()
        return entry, kept.payload

    def report(self) -> JournalReport:
        """What was found, once every line has been added."""
        if self.first_bad is None and self.expected and self.entries < self.expected[0]:
            seq = self.entries
            why = f"the journal ends here, but it had {self.expected[0]} entries"
            self.first_bad = FirstBad(seq, entries_file(seq), seq % ENTRIES_PER_FILE + 1, why)
        return JournalReport(self.first_bad is None, self.entries, self.head, self.first_bad, tuple(self.erased))

    def _blame(self, line: _Line, file: str, why: str) -> None:
        if self.first_bad is None:
            self.first_bad = FirstBad(line.seq, file, line.number, why)

    def _blame_the_last(self, why: str) -> None:
        if self.first_bad is None:
            self.entries, self.head = self.entries - 1, self._before
            seq = self.entries
            self.erased = [one for one in self.erased if one < seq]
            self.first_bad = FirstBad(seq, entries_file(seq), seq % ENTRIES_PER_FILE + 1, why)

    def _read_entry(self, line: _Line, data: bytes) -> Entry | None:
        try:
            return Entry.model_validate(_parse_line(data))
        except (IntegrityError, ValidationError) as error:
            self._blame(line, entries_file(line.seq), f"this line is not an entry: {_reason(error)}")
            return None

    def _follow(self, line: _Line, digest: str, entry: Entry, after: _Line | None) -> None:
        """Hold the entry to its place. Where two entries disagree, the one that a third or the expected head confirms is good."""
        if entry.seq > line.seq:
            self._blame(
                line, entries_file(line.seq), f"entry {entry.seq} stands here: an entry is missing or out of order"
            )
            return
        if entry.seq == line.seq and entry.prev == self.head:
            return
        if self.entries and self._is_confirmed(line, digest, after):
            self._blame_the_last("the entries after this one do not follow from it: it was changed or put in")
        elif entry.seq < line.seq:
            self._blame(line, entries_file(line.seq), f"entry {entry.seq} stands here: it was put in or stands twice")
        else:
            self._blame(line, entries_file(line.seq), "this entry does not follow from the one before it")

    def _is_confirmed(self, line: _Line, digest: str, after: _Line | None) -> bool:
        if self.expected == (line.seq + 1, digest):
            return True
        return after is not None and after.entry is not None and f'"prev":"{digest}"'.encode() in after.entry

    def _read_kept(self, line: _Line, entry: Entry) -> Kept | None:
        file = payloads_file(line.seq)
        if line.kept is None:
            self._blame(line, file, "the payload line is missing")
            return None
        try:
            kept = Kept.model_validate(_parse_line(line.kept))
        except (IntegrityError, ValidationError) as error:
            self._blame(line, file, f"this line is not a payload line: {_reason(error)}")
            return None
        if kept.seq != entry.seq:
            self._blame(line, file, f"the payload of entry {kept.seq} stands here")
            return None
        if kept.salt is not None and kept.payload is not None and commitment(kept.salt, kept.payload) != entry.commit:
            self._blame(line, file, "this payload is not the one that its entry commits to")
            return None
        return kept

    def _hold_to_expected(self) -> None:
        if self.expected and self.expected[0] == self.entries and self.expected[1] != self.head:
            self._blame_the_last(
                "the head was another at this size: this entry, or some before it as well, was rewritten"
            )


def _lines(directory: Path, pause: Callable[[], None]) -> Iterator[_Line]:
    """Every place of the chain in order, with the faults of the files where they begin to matter."""
    names = sorted(path.name for path in directory.iterdir())
    firsts = sorted({first for name in names if (first := _first_entry_of(name)) is not None})
    seq = 0
    for first in firsts:
        if first != seq:
            yield _Line(seq, 1, None, None, (entries_file(first), f"this file should begin at entry {seq}"))
        try:
            entries, payloads = (
                _read_settled(directory, first, pause) if first == firsts[-1] else _read(directory, first)
            )
        except OSError as error:
            yield _Line(first, 1, None, None, (entries_file(first), f"the file cannot be read: {error.strerror}"))
            continue
        for index, (line, kept) in enumerate(zip_longest(_split(entries), _split(payloads))):
            overfull = (entries_file(first), f"a file holds {ENTRIES_PER_FILE} entries, and this one goes on")
            yield _Line(first + index, index + 1, line, kept, overfull if index >= ENTRIES_PER_FILE else None)
            seq = first + index + 1
    for name in names:
        if _first_entry_of(name) is None:
            yield _Line(seq, 0, None, None, (name, "this file does not belong to a journal"))


def _first_entry_of(name: str) -> int | None:
    match = _NAME.fullmatch(name)
    return int(match[1]) if match and int(match[1]) % ENTRIES_PER_FILE == 0 else None


def _split(data: bytes) -> list[bytes]:
    """Lines with their newlines: one that lacks it was torn."""
    return io.BytesIO(data).readlines()


def _read(directory: Path, first: int) -> tuple[bytes, bytes]:
    # Entries first: whatever is appended between the two readings, no entry read here can lack its payload.
    paths = (directory / entries_file(first), directory / payloads_file(first))
    lines, kept = (path.read_bytes() if path.exists() else b"" for path in paths)
    return lines, kept


def _read_settled(directory: Path, first: int, pause: Callable[[], None]) -> tuple[bytes, bytes]:
    """The last two files with no append under way. What stays unfinished while nothing is appended is left to be named."""
    complete: list[int] = []
    for _ in range(_LOOKS_AT_AN_UNFINISHED_TAIL):
        lines, kept = _read(directory, first)
        complete.append(lines.count(b"\n"))
        whole = all(data.endswith(b"\n") or not data for data in (lines, kept))
        if whole and kept.count(b"\n") == complete[-1]:
            return lines, kept
        pause()
    if complete[-1] > complete[0]:  # a busy writer: judge the entries that were complete, with their payloads
        return lines[: lines.rfind(b"\n") + 1], b"".join(_split(kept)[: complete[-1]])
    return lines, kept


def _with_next(lines: Iterator[_Line]) -> Iterator[tuple[_Line, _Line | None]]:
    current = next(lines, None)
    while current is not None:
        after = next(lines, None)
        yield current, after
        current = after


def _parse_line(line: bytes) -> Any:
    if not line.endswith(b"\n"):
        raise IntegrityError("it has no end")
    return parse_canonical(line.removesuffix(b"\n"))


def _reason(error: IntegrityError | ValidationError) -> str:
    if isinstance(error, IntegrityError):
        return error.why
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
