"""One way to print: a record or a table for people, the same as JSON for programs; what goes on beside it to standard error.

A partner's values reach a terminal only here, and never as anything but text: see `plain`.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Annotated, Any

import typer

from schemas.errors import ThalwegError
from service.access.roles import OPERATOR

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: one object, or one object a line.")]
OPERATOR_ACTS: dict[str, str] = {"actor": OPERATOR.actor, "role": OPERATOR.role}
"""Who acts on the command line: whoever runs it on the machine that holds the data directory."""

SHORT = 16
"""Characters of a digest that people are shown in a table."""
_GAP = "  "
_NARROWEST = 20
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What steers a terminal, turns the direction of a line or begins a new one."""


def plain(text: str) -> str:
    """A text that a terminal shows and does not obey: what steers it is written as its code, `\\x1b`."""
    return _NOT_TEXT.sub(lambda found: ascii(found[0])[1:-1], text)


def show_json(*records: Mapping[str, Any]) -> None:
    """Each record as a JSON object on a line of its own."""
    for record in records:
        text = json.dumps(record, ensure_ascii=False)
        print(_NOT_TEXT.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def show_facts(facts: Mapping[str, Any], *, indent: str = "") -> None:
    """Names and values, one a line, the values aligned. None is left out."""
    known = {name: value for name, value in facts.items() if value is not None}
    width = max(map(len, known), default=0)
    for name, value in known.items():
        print(f"{indent}{name:<{width}}{_GAP}{cell(value)}")


def show_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, nothing: str) -> None:
    """The named columns under a heading: numbers to the right, the last column cut to the width of a terminal.

    `nothing` is said where there are no rows.
    """
    records = list(rows)
    if not records:
        say(nothing)
        return
    cells = [[cell(record.get(name)) for name in columns] for record in records]
    widths = [max(len(name), *(len(line[place]) for line in cells)) for place, name in enumerate(columns)]
    right = [
        all(isinstance(record.get(name), int | float | None) for record in records) and len(columns) > 1
        for name in columns
    ]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in (list(columns), *cells):
        padded = [
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        ]
        print(_cut(_GAP.join(padded).rstrip(), room))


def say(text: str) -> None:
    """A line about what is going on, beside the output."""
    print("\n".join(map(plain, text.split("\n"))), file=sys.stderr, flush=True)


def complain(error: ThalwegError) -> None:
    """An error as people read it: where, why, the value, the remedy."""
    say(f"thalweg: {error}")


def cell(value: Any) -> str:
    """A value as people read it: thousands apart, a list by its parts, nothing as a dash; `plain`, whoever wrote it."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return plain(", ".join(map(str, value))) or "-"
    return plain(str(value))


def score(points: float) -> str:
    """A score of 0 to 100 with one decimal, rounded down: 49.96 is not yet the 50 at which a band begins."""
    return str(Decimal(str(points)).quantize(Decimal("0.1"), ROUND_DOWN))


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 alert, 2,000 alerts."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _cut(text: str, room: int | None) -> str:
    return text if room is None or len(text) <= max(room, _NARROWEST) else f"{text[: max(room, _NARROWEST) - 1]}…"


def rejected_cell(row: dict[str, Any], unit: str = "line") -> str:
    """A rejected cell in one line: its place, why, the value where there was one, and what to do."""
    place = ", ".join(str(part) for part in (f"{unit} {row['line']}", row["column"]) if part)
    value = "" if row["value"] is None else f" (got {row['value']!r})"
    return f"{place}: {row['reason'].rstrip('.')}{value}. {row['remedy']}"
