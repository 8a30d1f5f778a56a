"""Read a rule file: a TOML head in a comment, then SQL. It reads and locates; it judges nothing (see `detectors.lint`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlglot
from pydantic import ValidationError
from sqlglot import exp
from sqlglot.errors import SqlglotError

from detectors.example_bases import with_bases
from schemas.detector import DetectorMeta
from schemas.errors import DetectorInvalid

DIALECT = "duckdb"
_OPEN, _CLOSE = "/*---", "---*/"
LARGEST = 256 * 1024
"""Bytes of a rule file: eight times the largest that ships. A larger one is no rule, and reading it would hold up every command."""
_SHAPE = f"Open with a line `{_OPEN}`, end the head with a line `{_CLOSE}`, and write one SELECT below it."


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A rule as written: the head as a table, the SQL as text, and on which line of the file the SQL begins."""

    path: Path
    text: str
    head: dict[str, Any]
    sql: str
    sql_line: int

    def fault(self, why: str, *, line: int = 1, value: str | None = None, remedy: str | None = None) -> DetectorInvalid:
        """An error that says `path:line`."""
        return DetectorInvalid(why, where=f"{self.path}:{line}", value=value, remedy=remedy)

    def line_of(self, node: exp.Expr) -> int:
        """The line of the file on which a part of the SQL begins; the first line of the SQL where sqlglot kept no place."""
        starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        return self.sql_line + (self.sql.count("\n", 0, min(starts)) if starts else 0)

    def line_of_key(self, path: Sequence[str | int]) -> int:
        """The line of the head that opens a key such as `("params", "window_s")`; the first line where it is not found."""
        names = [re.escape(part) for part in path if isinstance(part, str)]
        for known in range(len(names), 0, -1):
            dotted, last = r"\.".join(names[:known]), names[known - 1]
            found = re.search(rf"^\s*(\[+{dotted}\]+|{dotted}\b|{last}\s*=)", self.text, re.MULTILINE)
            if found:
                return self.text.count("\n", 0, found.start(1)) + 1
        return 1

    def line_of_text(self, text: str) -> int:
        """The first line of the file that holds `text`; the first line where none does."""
        place = self.text.find(text)
        return 1 if place < 0 else self.text.count("\n", 0, place) + 1


def read_rule_file(path: Path) -> RuleFile:
    """Split a file into head and SQL. Raises DetectorInvalid with the line where either cannot be read."""
    text = _text_of(path)
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != _OPEN:
        raise DetectorInvalid("the file does not open with a head", where=f"{path}:1", remedy=_SHAPE)
    closing = next((number for number, line in enumerate(lines) if line.rstrip() == _CLOSE), None)
    if closing is None:
        raise DetectorInvalid("the head is not closed", where=f"{path}:1", remedy=_SHAPE)
    head_text = "\n".join(lines[1:closing])
    _refuse_comment_end(path, lines[1:closing])
    try:
        head = tomllib.loads(head_text, parse_float=Decimal)
    except (ValueError, RecursionError) as broken:  # TOMLDecodeError is a ValueError, and so is a number without end
        raise _head_broken(path, broken, closing) from broken
    return RuleFile(path, text, head, "\n".join(lines[closing + 1 :]), closing + 2)


def _text_of(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise DetectorInvalid("this is no file", where=f"{path}:1", remedy="Take it out of the directory.")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise DetectorInvalid(
            f"the file cannot be read: {error.strerror}",
            where=f"{path}:1",
            remedy="Give this user the right to read it, or take it out of the directory.",
        ) from error
    if len(data) > LARGEST:
        raise DetectorInvalid(
            f"the file is larger than {LARGEST // 1024} KiB",
            where=f"{path}:1",
            remedy="A rule and its examples are small.",
        )
    try:
        # Some editors open a file with a byte order mark; it is no part of the rule.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DetectorInvalid(
            "the file is not UTF-8",
            where=f"{path}:{line}",
            value=data.splitlines()[line - 1].decode("ascii", "backslashreplace").strip(),
            remedy="Save the file as UTF-8.",
        ) from error


def _refuse_comment_end(path: Path, lines: list[str]) -> None:
    # Another SQL tool would end the comment there and run the rest of the head as SQL.
    for number, line in enumerate(lines, start=2):
        if "*/" in line:
            raise DetectorInvalid(
                "`*/` inside the head ends the comment for other SQL tools",
                where=f"{path}:{number}",
                value=line.strip(),
                remedy="Write it another way, for example with a space between.",
            )


def _head_broken(path: Path, broken: ValueError | RecursionError, closing: int) -> DetectorInvalid:
    """`closing` is the index of the line that ends the head."""
    why, _, where = str(broken).partition(" (at ")
    found = re.match(r"line (\d+), (column \d+)", where)
    line, column = (int(found[1]) + 1, f" at {found[2]}") if found else (closing + 1 if where else 2, "")
    return DetectorInvalid(
        f"the head is not valid TOML: {why}{column}",
        where=f"{path}:{line}",
        remedy="Mend the line: text stands in quotes, a list in brackets. docs/rule-authors.md has a whole rule.",
    )


def read_meta(file: RuleFile) -> DetectorMeta:
    """The head as DetectorMeta, examples written out. Raises DetectorInvalid for the first key that does not fit, with its line."""
    head = with_bases(file)
    try:
        return DetectorMeta.model_validate({**head, "kind": "rule"})
    except ValidationError as refused:
        unfit = _unfit(file, refused)
    raise unfit  # out here: the other one holds the frames that it passed, and with them connections, until the interpreter ends


def _unfit(file: RuleFile, refused: ValidationError) -> DetectorInvalid:
    first = refused.errors(include_context=False)[0]
    place = [part for part in first["loc"] if part not in _BRANCHES]
    return file.fault(
        f"the head does not fit at `{'.'.join(map(str, place))}`: {_plain(first['msg'])}",
        line=file.line_of_key(place),
        value=None if isinstance(first["input"], dict) else str(first["input"])[:_SHOWN],
        remedy=_REMEDIES.get(first["type"], "Mend the value.") + _SEE_KEYS,
    )


_BRANCHES = frozenset({"int", "decimal"})
"""What pydantic adds to the place of a value that could be of two types."""
_SHOWN = 200
_SEE_KEYS = " docs/rule-authors.md lists the keys and what each is for."
_REMEDIES = {
    "missing": "Add it.",
    "extra_forbidden": "Mend its name, or take it out.",
    "string_too_long": "Shorten it.",
    "string_pattern_mismatch": "Write small letters and digits with hyphens between, as in cash-to-crypto.",
    "literal_error": "Write one of these words.",
    "value_error": "Mend the number, or its bounds.",
}
_PLAIN_WORDS = {
    "Field required": "this key is missing",
    "Extra inputs are not permitted": "there is no such key",
    "Input should": "it should",
    "String should": "it should",
    "a valid tuple": "a list",
    "a valid dictionary": "a table",
    "a valid string": "text",
    "a valid integer": "a whole number",
    ", unable to parse string as an integer": "",
}


def _plain(message: str) -> str:
    """What pydantic says, in words that somebody who writes TOML knows."""
    for word, plain in _PLAIN_WORDS.items():
        message = message.replace(word, plain)
    return message.removeprefix("Value error, ")


def parse_statements(file: RuleFile) -> list[exp.Expr]:
    """Every statement of the SQL as a syntax tree. Raises DetectorInvalid where sqlglot cannot read it."""
    try:
        return [statement for statement in sqlglot.parse(file.sql, dialect=DIALECT) if statement is not None]
    except SqlglotError as broken:
        found: dict[str, Any] = next(iter(getattr(broken, "errors", [])), {})
        highlight = str(found.get("highlight") or "")
        line = file.sql_line + max(int(found.get("line") or 1) - 1, 0)
        said = str(found.get("description") or broken)
        lacking = re.match(r"Required keyword: '\w+' missing for <class '.*\.(\w+)'>", said)
        raise file.fault(
            f"the SQL cannot be read: {f'something is missing in {lacking[1].upper()}' if lacking else said}",
            line=min(line, file.text.count("\n") + 1),
            value=highlight or None,
            remedy="Write one SELECT in the subset that docs/rule-authors.md lists.",
        ) from broken
