"""What a check is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlglot import exp

from detectors.rulefile import RuleFile
from schemas.detector import DetectorMeta


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: on which line of the file, what, the offending text, and what to do."""

    line: int
    why: str
    value: str | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that could be read: its file, its head and the syntax tree of its one SELECT."""

    file: RuleFile
    meta: DetectorMeta
    tree: exp.Query

    def fault(self, node: exp.Expr, why: str, remedy: str) -> Fault:
        """A fault at a part of the SQL."""
        return Fault(self.file.line_of(node), why, node.sql(dialect="duckdb", comments=False), remedy)

    def head_fault(self, path: tuple[str, ...], why: str, remedy: str, value: str | None = None) -> Fault:
        """A fault at a key of the head."""
        return Fault(self.file.line_of_key(path), why, value, remedy)


Check = Callable[[Draft], Iterable[Fault]]
