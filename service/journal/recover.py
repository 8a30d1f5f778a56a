"""Finds where the journal ends after whatever happened to the last process, and cuts what no entry had committed.

It cuts an unfinished last line and the payload line whose entry never came. It never cuts a complete entry: one that does
not follow from the entry before it, or is not the noted head, raises JournalBroken, and a person decides.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import orjson

from schemas.canonical import sha256
from schemas.errors import JournalBroken
from schemas.journal import (
    ENTRIES_PER_FILE,
    GENESIS,
    HEAD_FILE,
    commitment,
    entries_file,
    leaf_hash,
    parse_head_note,
    payloads_file,
)
from service.durable import fsync_dir, fsync_file

Mended = dict[str, str | int]

_NAME = re.compile(r"^([0-9]{9})(\.payloads)?\.ndjson$")


@dataclass(frozen=True, slots=True)
class Found:
    """The journal as it stands: how many entries, the leaf hash of the last, and what was mended to get there."""

    size: int
    head: str
    mended: tuple[Mended, ...]


def recover(directory: Path) -> Found:
    """Check the chain of all entries, cut what a crash left unfinished at the end, and make the rest durable.

    Payloads are checked when they are read; here only their count, and the last one. Raises JournalBroken, naming entry and
    file, where more is missing or other than a crash during one append can explain.
    """
    firsts = _first_entries(directory)
    noted, mended = _noted(directory)
    size, head = 0, GENESIS
    tails: list[_Tail] = []
    for first in firsts:
        entries = _lines_of(directory / entries_file(first))
        payloads = _lines_of(directory / payloads_file(first))
        if first == firsts[-1]:
            tails = _unfinished(directory, first, entries, payloads)
        elif len(entries.lines) != ENTRIES_PER_FILE:
            raise _broken(first + len(entries.lines), entries_file(first), "entries are missing before the next file")
        head = _follow(entries.lines, first, head, noted)
        _hold_payloads_to(first, entries.lines, payloads.lines)
        size = first + len(entries.lines)
    if noted[0] > size:
        # The note is written after the commit: this is no crash, and nothing is cut while it is not explained.
        raise _broken(size, HEAD_FILE, f"it tells of {noted[0]} entries, and there are {size}: entries were removed")
    mended += [_cut(tail) for tail in tails]
    for path in sorted(directory.glob("*.ndjson"))[-2:]:
        fsync_file(path)  # what the last process wrote may not be on disk yet; from here on it is relied on
    fsync_dir(directory)
    return Found(size, head, tuple(mended))


def _noted(directory: Path) -> tuple[tuple[int, str], list[Mended]]:
    path = directory / HEAD_FILE
    data = path.read_bytes() if path.exists() else b""
    noted = parse_head_note(data)
    unreadable: Mended = {
        "file": HEAD_FILE,
        "why": "it could not be understood",
        "bytes": len(data),
        "sha256": sha256(data),
    }
    return noted or (0, GENESIS), [unreadable] if data and not noted else []


@dataclass(slots=True)
class _Lines:
    """Complete lines of a file without their newlines, and the bytes after the last newline."""

    lines: list[bytes]
    rest: bytes


def _lines_of(path: Path) -> _Lines:
    # A missing file is an empty one: its partner tells whether lines are missing, or the process was killed between the two.
    *lines, rest = path.read_bytes().split(b"\n") if path.exists() else [b""]
    return _Lines(lines, rest)


def _first_entries(directory: Path) -> list[int]:
    named = {int(match[1]) for path in directory.iterdir() if (match := _NAME.match(path.name))}
    for expected, first in zip(range(0, len(named) * ENTRIES_PER_FILE, ENTRIES_PER_FILE), sorted(named), strict=True):
        if first != expected:
            raise _broken(expected, entries_file(expected), "this file is missing, or a file is misnamed")
    return sorted(named)


@dataclass(frozen=True, slots=True)
class _Tail:
    """Bytes at the end of a file that no entry has committed."""

    path: Path
    data: bytes
    why: str


def _unfinished(directory: Path, first: int, entries: _Lines, payloads: _Lines) -> list[_Tail]:
    """At most one unfinished append, entry line first, so that being killed in cutting leaves the same case again."""
    tails = []
    if entries.rest:
        tails.append(_Tail(directory / entries_file(first), entries.rest, "an entry line without its end"))
    orphan = payloads.rest
    why = "a payload line without its end"
    if not orphan and len(payloads.lines) == len(entries.lines) + 1:
        orphan = payloads.lines.pop() + b"\n"
        why = "a payload line without its entry"
    if orphan:
        tails.append(_Tail(directory / payloads_file(first), orphan, why))
    return tails


def _cut(tail: _Tail) -> Mended:
    os.truncate(tail.path, tail.path.stat().st_size - len(tail.data))
    fsync_file(tail.path)
    return {"file": tail.path.name, "why": tail.why, "bytes": len(tail.data), "sha256": sha256(tail.data)}


def _follow(lines: list[bytes], first: int, head: str, noted: tuple[int, str]) -> str:
    """Walk the chain from `head` over the lines of one file; give the new head. At the size `noted` it must be the noted one."""
    for seq, line in enumerate(lines, start=first):
        try:
            entry = orjson.loads(line)
            follows = entry["seq"] == seq and entry["prev"] == head
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise _broken(seq, entries_file(first), "this line is not an entry", seq - first + 1) from None
        if not follows:
            raise _broken(
                seq, entries_file(first), "this entry does not follow from the one before it", seq - first + 1
            )
        head = leaf_hash(line)
        if seq + 1 == noted[0] and head != noted[1]:
            why = f"this entry is not the one that {HEAD_FILE} tells of: it was changed, or some before it as well"
            raise _broken(seq, entries_file(first), why, seq - first + 1)
    return head


def _hold_payloads_to(first: int, entries: list[bytes], payloads: list[bytes]) -> None:
    name = payloads_file(first)
    if len(payloads) < len(entries):
        raise _broken(first + len(payloads), name, "the payload line of this entry is missing")
    if len(payloads) > len(entries):
        raise _broken(first + len(entries), name, "payloads stand here whose entries are missing")
    if not entries:
        return
    last = first + len(entries) - 1
    try:
        kept = orjson.loads(payloads[-1])
        erased = kept["payload"] is None and kept["salt"] is None
        fits = kept["seq"] == last
        fits = fits and (erased or commitment(kept["salt"], kept["payload"]) == orjson.loads(entries[-1])["commit"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise _broken(last, name, "this payload is not the one that its entry commits to", len(payloads))


def _broken(seq: int, file: str, why: str, line: int | None = None) -> JournalBroken:
    place = f"journal/{file}, entry {seq}" + (f", line {line}" if line else "")
    remedy = "Verify the journal, find out who changed it, and restore it from a copy before starting."
    if file == HEAD_FILE:
        remedy += f" If the loss is accepted, remove journal/{HEAD_FILE}."
    return JournalBroken(why, where=place, remedy=remedy)
