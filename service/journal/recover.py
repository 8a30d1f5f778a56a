"""Finds where the journal ends after whatever happened to the last process, and cuts what no entry had committed.

It cuts an unfinished last line and the payload line whose entry never came. It never cuts a complete entry: one that does
not follow from the entry before it raises JournalBroken, and a person decides.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import orjson

from schemas.canonical import sha256
from schemas.errors import JournalBroken
from schemas.journal import ENTRIES_PER_FILE, GENESIS, commitment, entries_file, leaf_hash, payloads_file
from service.durable import fsync_dir, fsync_file

_NAME = re.compile(r"^([0-9]{9})(\.payloads)?\.ndjson$")


@dataclass(frozen=True, slots=True)
class Found:
    """The journal as it stands: how many entries, the leaf hash of the last, and what had to be cut to get there."""

    size: int
    head: str
    cut: tuple[dict[str, str | int], ...]


def recover(directory: Path) -> Found:
    """Check the chain of all entries, cut what a crash left unfinished at the end, and make the rest durable.

    Payloads are checked when they are read; here only their count, and the last one. Raises JournalBroken, naming entry and
    file, where more is missing or other than a crash during one append can explain.
    """
    firsts = _first_entries(directory)
    size, head = 0, GENESIS
    cut: list[dict[str, str | int]] = []
    for first in firsts:
        entries = _lines_of(directory / entries_file(first))
        payloads = _lines_of(directory / payloads_file(first))
        if first == firsts[-1]:
            cut += _cut_unfinished(directory, first, entries, payloads)
        elif len(entries.lines) != ENTRIES_PER_FILE:
            raise _broken(first + len(entries.lines), entries_file(first), "entries are missing before the next file")
        head = _follow(entries.lines, first, head)
        _hold_payloads_to(first, entries.lines, payloads.lines)
        size = first + len(entries.lines)
    for path in sorted(directory.glob("*.ndjson"))[-2:]:
        fsync_file(path)  # what the last process wrote may not be on disk yet; from here on it is relied on
    fsync_dir(directory)
    return Found(size, head, tuple(cut))


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


def _cut_unfinished(directory: Path, first: int, entries: _Lines, payloads: _Lines) -> list[dict[str, str | int]]:
    """Cut at most one unfinished append, entry line first, so that being killed here leaves the same case again."""
    cut = []
    if entries.rest:
        cut.append(_cut(directory / entries_file(first), entries.rest, "an entry line without its end"))
        entries.rest = b""
    orphan = payloads.rest
    why = "a payload line without its end"
    if not orphan and len(payloads.lines) == len(entries.lines) + 1:
        orphan = payloads.lines.pop() + b"\n"
        why = "a payload line without its entry"
    if orphan:
        cut.append(_cut(directory / payloads_file(first), orphan, why))
        payloads.rest = b""
    return cut


def _cut(path: Path, tail: bytes, why: str) -> dict[str, str | int]:
    os.truncate(path, path.stat().st_size - len(tail))
    fsync_file(path)
    return {"file": path.name, "why": why, "bytes": len(tail), "sha256": sha256(tail)}


def _follow(lines: list[bytes], first: int, head: str) -> str:
    """Walk the chain from `head` over the lines of one file; give the new head."""
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
    return JournalBroken(
        why,
        where=place,
        remedy="Verify the journal, find out who changed it, and restore it from a copy before starting.",
    )
