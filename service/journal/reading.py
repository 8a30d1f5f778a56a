"""Reads the files of a journal line by line for the verifier, also while a server is appending to them.

It judges nothing but whether a file has a place in a journal, shares no code with the writer, and writes nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from schemas.journal import ENTRIES_PER_FILE, HEAD_FILE, entries_file, parse_head_note, payloads_file

_NAME = re.compile(r"([0-9]{9})(?:\.payloads)?\.ndjson")
_LOOKS_AT_AN_UNFINISHED_TAIL = 20


class Line(NamedTuple):
    """What stands at one place of the chain, newlines included, or a fault of the files themselves."""

    seq: int
    number: int
    entry: bytes | None
    kept: bytes | None
    fault: tuple[str, str] | None = None
    """(file, why)."""


def lines_in(directory: Path, pause: Callable[[], None]) -> Iterator[Line]:
    """Every place of the chain in order, with the faults of the files where they begin to matter."""
    names = sorted(path.name for path in directory.iterdir())
    firsts = sorted({first for name in names if (first := _first_entry_of(name)) is not None})
    seq = 0
    for first in firsts:
        if first != seq:
            yield Line(seq, 1, None, None, (entries_file(first), f"this file should begin at entry {seq}"))
        try:
            entries, payloads = (
                _read_settled(directory, first, pause) if first == firsts[-1] else _read(directory, first)
            )
        except OSError as error:
            yield Line(first, 1, None, None, (entries_file(first), f"the file cannot be read: {error.strerror}"))
            continue
        pair = (entries_file(first), payloads_file(first))
        lost = next((name for name in pair if not (directory / name).is_file()), None)
        for index, (line, kept) in enumerate(zip_longest(_split(entries), _split(payloads))):
            fault = (lost, "this file is missing") if lost else None
            if index >= ENTRIES_PER_FILE:
                fault = (entries_file(first), f"a file holds {ENTRIES_PER_FILE} entries, and this one goes on")
            yield Line(first + index, index + 1, line, kept, fault)
            seq = first + index + 1
    for name in names:
        if _first_entry_of(name) is None and name != HEAD_FILE:
            yield Line(seq, 0, None, None, (name, "this file does not belong to a journal"))


def read_note(directory: Path) -> tuple[bytes | None, tuple[int, str] | None]:
    """The note's bytes, None where there is none, and what it tells. It is read until it holds still."""
    path = directory / HEAD_FILE
    data = path.read_bytes() if path.is_file() else None
    while data is not None and data != (again := path.read_bytes()):
        data = again
    return data, parse_head_note(data) if data else None


def _first_entry_of(name: str) -> int | None:
    match = _NAME.fullmatch(name)
    return int(match[1]) if match and int(match[1]) % ENTRIES_PER_FILE == 0 else None


def _split(data: bytes) -> list[bytes]:
    """Lines with their newlines: one that lacks it was torn."""
    return io.BytesIO(data).readlines()


def _read(directory: Path, first: int) -> tuple[bytes, bytes]:
    # Entries first: whatever is appended between the two readings, no entry read here can lack its payload.
    paths = (directory / entries_file(first), directory / payloads_file(first))
    lines, kept = (path.read_bytes() if path.is_file() else b"" for path in paths)
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


def with_next(lines: Iterator[Line]) -> Iterator[tuple[Line, Line | None]]:
    """Each line with the one after it."""
    current = next(lines, None)
    while current is not None:
        after = next(lines, None)
        yield current, after
        current = after
