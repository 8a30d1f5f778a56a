"""NDJSON: one flat object a line, its values by their text. A number never passes through a float, and no key is lost.

Lines that look like one another are read together: the keys of the first become a pattern that only valid JSON with exactly
these keys matches. Whatever no pattern matches is read alone, exactly, by the standard library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import polars as pl

from service.intake.readers.block import LINE, MAX_COLUMNS, Block, Source, Wanted, refuse
from service.intake.readers.csv import without_large_cells
from service.intake.readers.lines import Lines
from service.intake.readers.pieces import pieces
from service.intake.rejects import RAW, SHOWN_CHARACTERS, no_rejects, raw_rejects

_PATTERNS = 8
_PLAIN_KEY = re.compile("[A-Za-z0-9_.-]{1,64}")
_GAP = "[ \\t\\r]*"
_VALUE = '(?:"([^"\\\\\\x00-\\x1f]*)"|(-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?)|null)'


def open_ndjson(path: Path, wanted: Wanted, block_bytes: int) -> Source:
    """The objects of a file, a stretch of lines at a time. Raises SubmissionRefused for more than 512 different keys."""

    def blocks() -> Iterator[Block]:
        reading = _Reading(wanted)
        for data in pieces(path, block_bytes):
            yield reading.read(data)

    return Source("ndjson", blocks, "utf-8")


@dataclass(slots=True)
class _Reading:
    wanted: Wanted
    line: int = 1
    keys: set[str] = field(default_factory=set)

    def read(self, data: bytes) -> Block:
        lines = Lines(data)
        frame = pl.DataFrame(
            {LINE: pl.int_range(self.line, self.line + len(lines.text), eager=True), "text": lines.text}
        )
        self.line += frame.height
        good, rejects = _without_unreadable(frame, lines)
        read, more = _read_objects(good)
        self._note_keys(read)
        absent = [name for name in self.wanted.required if name not in read.columns]
        read = read.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
        read, large = without_large_cells(read, [name for name in read.columns if name != LINE])
        kept = read.drop(self.wanted.dropped, strict=False)
        return Block(kept, frame.height, pl.concat([rejects, more, large]))

    def _note_keys(self, read: pl.DataFrame) -> None:
        self.keys.update(read.columns)
        if len(self.keys) > MAX_COLUMNS:
            raise refuse(
                f"the objects have more than {MAX_COLUMNS} different keys", "Use the same few keys in each object."
            )


def _without_unreadable(frame: pl.DataFrame, lines: Lines) -> tuple[pl.DataFrame, pl.DataFrame]:
    bad = np.zeros(frame.height, dtype=np.int8)
    bad[np.flatnonzero((frame["text"].str.strip_chars() == "").to_numpy())] = 1
    bad[lines.not_utf8] = 2
    bad[lines.too_long] = 3
    if not bad.any():
        return frame, no_rejects()
    marked = frame.with_columns(pl.Series("bad", bad))
    rejects = [
        raw_rejects(rows[LINE], code=code, value=rows["text"])
        for number, code in ((1, "blank_line"), (2, "not_utf8"), (3, "cell_too_large"))
        if (rows := marked.filter(pl.col("bad") == number)).height
    ]
    return marked.filter(pl.col("bad") == 0).drop("bad"), pl.concat(rejects)


def _read_objects(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The objects as columns with `@line`, in order of lines, and the rejects."""
    found = [pl.DataFrame(schema={LINE: pl.Int64()})]
    aside = []
    for _ in range(_PATTERNS):
        keys = _keys_of(lines["text"][0]) if lines.height else None
        if not keys:
            break
        first = lines.head(1)
        read, lines = _read_alike(lines, keys)
        if read.height:  # an empty frame would name columns of lines that are rejected
            found.append(read)
        if lines.height and lines[LINE][0] == first[LINE][0]:  # such as one with an escape: its pattern is done with
            aside.append(first)
            lines = lines.slice(1)
    alone, rejects = _read_alone(pl.concat([*aside, lines]))
    return pl.concat([*found, alone], how="diagonal").sort(LINE), rejects


def _keys_of(line: str) -> list[str] | None:
    """The keys of a flat object that a pattern can describe; None for any other line."""
    try:
        pairs = _loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(pairs, _Object):
        return None
    keys = [key for key, _ in pairs]
    plain = all(_PLAIN_KEY.fullmatch(key) for key in keys) and len(set(keys)) == len(keys) <= MAX_COLUMNS
    return keys if plain else None


def _read_alike(lines: pl.DataFrame, keys: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lines that have exactly these keys in this order and no escapes, as columns; and the other lines."""
    members = f"{_GAP},{_GAP}".join(f'"{re.escape(key)}"{_GAP}:{_GAP}{_VALUE}' for key in keys)
    groups = lines["text"].str.extract_groups(f"^({_GAP}\\{{{_GAP}{members}{_GAP}\\}}{_GAP})$").struct.unnest()
    matches = groups.to_series(0).is_not_null()
    columns = groups.get_columns()[1:]
    values = {
        key: pl.select(pl.coalesce(text, number))[:, 0]
        for key, text, number in zip(keys, columns[::2], columns[1::2], strict=True)
    }
    read = pl.DataFrame({LINE: lines[LINE], **values}).filter(matches)
    return read, lines.filter(~matches)


class _Object(list[tuple[str, Any]]):
    """The members of a JSON object in order, repeated keys included."""


class _Number(str):
    """The text of a JSON number."""

    __slots__ = ()


def _loads(line: str) -> Any:
    return json.loads(
        line, object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number, parse_constant=_no_constant
    )


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _read_alone(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    keys: dict[str, None] = {}
    for line, text in lines.iter_rows():
        values, faults = _members(text)
        rejects += [{"line": line, **fault} for fault in faults]
        if not faults:
            rows.append({LINE: line, **values})
            keys.update(dict.fromkeys(values))
    schema = {LINE: pl.Int64(), **dict.fromkeys(keys, pl.String())}
    frame = pl.DataFrame(rows, schema=schema) if rows else pl.DataFrame(schema={LINE: pl.Int64()})
    return frame, pl.DataFrame(rejects, schema=RAW)


def _members(text: str) -> tuple[dict[str, str | None], list[dict[str, Any]]]:
    """The members of one line by key, or what is wrong with it."""
    try:
        pairs = _loads(text)
    except (ValueError, RecursionError):
        return {}, [_fault("not_json", None, text)]
    if not isinstance(pairs, _Object):
        return {}, [_fault("not_an_object", None, text)]
    if len(pairs) > MAX_COLUMNS:
        return {}, [_fault("wrong_column_count", None, text, f"at most {MAX_COLUMNS} keys")]
    values: dict[str, str | None] = {}
    faults: list[dict[str, Any]] = []
    for key, value in pairs:
        fault = _judge(key, value, values)
        if fault is not None:
            faults.append(fault)
        values[key] = None if value is None else str(value)
    return values, faults


def _judge(key: str, value: Any, before: dict[str, str | None]) -> dict[str, Any] | None:
    if not _is_text(key):
        return _fault("not_utf8", None, key, "a key holds half a surrogate pair")
    if key in before:
        return _fault("duplicate_key", key, key)
    if key in {"", LINE}:
        return _fault("unnamed_key", key or None, "null" if value is None else str(value))
    if value is not None and not isinstance(value, str):
        return _fault("wrong_type", key, "true or false" if isinstance(value, bool) else "a nested value")
    if isinstance(value, _Number):
        return _fault("not_a_number", key, value) if "e" in value.lower() else None
    return None if value is None or _is_text(value) else _fault("not_utf8", key, value, "half a surrogate pair")


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fault(code: str, column: str | None, value: str | None, detail: str | None = None) -> dict[str, Any]:
    shown = None if value is None else value.encode("utf-8", "replace").decode()
    if shown is not None and len(shown) > SHOWN_CHARACTERS:
        shown = f"{shown[: SHOWN_CHARACTERS - 1]}…"
    name = None if column is None else column.encode("utf-8", "replace").decode()
    return {"column": name, "value": shown, "code": code, "detail": detail}
