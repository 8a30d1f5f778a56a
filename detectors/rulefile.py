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
    except tomllib.TOMLDecodeError as broken:
        raise _head_broken(path, broken) from broken
    return RuleFile(path, text, head, "\n".join(lines[closing + 1 :]), closing + 2)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DetectorInvalid("the file is not UTF-8", where=f"{path}:1", remedy="Save the file as UTF-8.") from error
    except OSError as error:
        raise DetectorInvalid(
            f"the file cannot be read: {error.strerror}",
            where=f"{path}:1",
            remedy="Give this user the right to read it, or take it out of the directory.",
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


def _head_broken(path: Path, broken: tomllib.TOMLDecodeError) -> DetectorInvalid:
    found = re.search(r"at line (\d+)", str(broken))
    line = int(found[1]) + 1 if found else 2
    return DetectorInvalid(
        f"the head is not valid TOML: {broken}", where=f"{path}:{line}", remedy="See docs/rule-authors.md for the keys."
    )


def read_meta(file: RuleFile) -> DetectorMeta:
    """The head as DetectorMeta, examples written out. Raises DetectorInvalid for the first key that does not fit, with its line."""
    head = with_bases(file)
    try:
        return DetectorMeta.model_validate({**head, "kind": "rule"})
    except ValidationError as refused:
        first = refused.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise file.fault(
            f"the head does not fit at `{where}`: {first['msg']}",
            line=file.line_of_key(first["loc"]),
            value=None if isinstance(first["input"], dict) else str(first["input"]),
            remedy="See docs/rule-authors.md for the keys and what each is for.",
        ) from refused


def parse_statements(file: RuleFile) -> list[exp.Expr]:
    """Every statement of the SQL as a syntax tree. Raises DetectorInvalid where sqlglot cannot read it."""
    try:
        return [statement for statement in sqlglot.parse(file.sql, dialect=DIALECT) if statement is not None]
    except SqlglotError as broken:
        found: dict[str, Any] = next(iter(getattr(broken, "errors", [])), {})
        highlight = str(found.get("highlight") or "")
        line = file.sql_line + max(int(found.get("line") or 1) - 1, 0)
        raise file.fault(
            f"the SQL cannot be read: {found.get('description') or broken}",
            line=min(line, file.text.count("\n") + 1),
            value=highlight or None,
            remedy="Write one SELECT in the subset that docs/rule-authors.md lists.",
        ) from broken
