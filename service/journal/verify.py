"""Reads a journal again from its bytes and names the first entry that is not what was recorded.

It shares no code with the writer but the form of an entry in `schemas/journal.py`, writes nothing, holds no lock, and may run
beside a server that is appending. It must never repair, and never pass over a line that it does not understand.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas.canonical import parse_canonical
from schemas.errors import IntegrityError
from schemas.journal import (
    ENTRIES_PER_FILE,
    GENESIS,
    HEAD_FILE,
    Entry,
    Kept,
    commitment,
    entries_file,
    leaf_hash,
    payloads_file,
)
from service.journal.reading import Line, lines_in, read_note, with_next

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
    """`entries` hold from the beginning, `head` is the leaf hash of the last of them; `erased` names those without payload.

    An erased payload breaks no chain, and yet what was recorded is not there: since no act that erases exists, none is lawful,
    and a journal with one is not `ok`.
    """

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
    # The note first: whatever is appended while the entries are read, they are not fewer than it tells.
    note, noted = read_note(directory)
    check = _Check(expect_at_least, noted)
    for line, after in with_next(lines_in(directory, pause)):
        record = check.add(line, after)
        if visit and record:
            visit(*record)
        if check.first_bad and not visit:
            break
    if note is None and check.entries:
        check.blame_note("this file is missing")
    elif note and not noted:
        check.blame_note("this does not tell a size and a head")
    return check.report()


@dataclass(slots=True)
class _Check:
    """The chain up to a place: what holds so far and the first thing that does not."""

    expected: tuple[int, str] | None
    noted: tuple[int, str] | None
    entries: int = 0
    head: str = GENESIS
    first_bad: FirstBad | None = None
    erased: list[int] = field(default_factory=list)
    _before: str = GENESIS
    """The head before the last entry, for when the next entry shows that the last one is bad."""

    def add(self, line: Line, after: Line | None) -> tuple[Entry, dict[str, Any] | None] | None:
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
            self._hold_to_expected(after)
        return entry, kept.payload

    def report(self) -> JournalReport:
        """What was found, once every line has been added."""
        most = max(self.expected or (0, ""), self.noted or (0, ""))[0]
        if self.first_bad is None and self.entries < most:
            seq = self.entries
            why = f"the journal ends here, but it had {most} entries"
            self.first_bad = FirstBad(seq, entries_file(seq), seq % ENTRIES_PER_FILE + 1, why)
        holds = self.first_bad is None and not self.erased
        return JournalReport(holds, self.entries, self.head, self.first_bad, tuple(self.erased))

    def blame_note(self, why: str) -> None:
        """Note a fault of the file `head` itself, unless an entry is bad."""
        if self.first_bad is None:
            self.first_bad = FirstBad(self.entries, HEAD_FILE, 1, why)

    def _blame(self, line: Line, file: str, why: str) -> None:
        if self.first_bad is None:
            self.first_bad = FirstBad(line.seq, file, line.number, why)

    def _blame_the_last(self, why: str) -> None:
        if self.first_bad is None:
            self.entries, self.head = self.entries - 1, self._before
            seq = self.entries
            self.erased = [one for one in self.erased if one < seq]
            self.first_bad = FirstBad(seq, entries_file(seq), seq % ENTRIES_PER_FILE + 1, why)

    def _read_entry(self, line: Line, data: bytes) -> Entry | None:
        try:
            return Entry.model_validate(_parse_line(data))
        except (IntegrityError, ValidationError) as error:
            self._blame(line, entries_file(line.seq), f"this line is not an entry: {_reason(error)}")
            return None

    def _follow(self, line: Line, digest: str, entry: Entry, after: Line | None) -> None:
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

    def _is_confirmed(self, line: Line, digest: str, after: Line | None) -> bool:
        return (line.seq + 1, digest) in (self.expected, self.noted) or self._is_followed(digest, after)

    @staticmethod
    def _is_followed(digest: str, after: Line | None) -> bool:
        return after is not None and after.entry is not None and f'"prev":"{digest}"'.encode() in after.entry

    def _read_kept(self, line: Line, entry: Entry) -> Kept | None:
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

    def _hold_to_expected(self, after: Line | None) -> None:
        if self.expected and self.expected[0] == self.entries and self.expected[1] != self.head:
            self._blame_the_last(
                "the head was another at this size: this entry, or some before it as well, was rewritten"
            )
        if self.noted and self.noted[0] == self.entries and self.noted[1] != self.head:
            if self.expected == (self.entries, self.head) or self._is_followed(self.head, after):
                self.blame_note(f"its head at {self.entries} entries is not that of the journal")
            else:
                self._blame_the_last(
                    f"{HEAD_FILE} tells of another entry: this one was changed, or some before it as well, or the note"
                )


def _parse_line(line: bytes) -> Any:
    if not line.endswith(b"\n"):
        raise IntegrityError("it has no end")
    return parse_canonical(line.removesuffix(b"\n"))


def _reason(error: IntegrityError | ValidationError) -> str:
    if isinstance(error, IntegrityError):
        return error.why
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
