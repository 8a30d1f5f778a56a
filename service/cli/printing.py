"""What every command shares: the settings, the operator who acts, and one way to print a record, for people or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.errors import ThalwegError
from service.access.roles import OPERATOR
from service.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: one object, or one object a line.")]
OPERATOR_ACTS: dict[str, str] = {"actor": OPERATOR.actor, "role": OPERATOR.role}
"""Who acts on the command line: whoever runs it on the machine that holds the data directory."""


def settings_at(home: Path | None, threads: int | None) -> Settings:
    """The settings of the environment, with what the command line says in their place."""
    said: dict[str, Any] = {}
    if home is not None:
        said["home"] = home
    if threads is not None:
        said["threads"] = threads
    return Settings(**said)


def show(record: Mapping[str, Any], as_json: bool) -> None:
    """One record: as a JSON object on one line, or as `name: value` lines."""
    if as_json:
        print(json.dumps(record, ensure_ascii=False))
        return
    for name, value in record.items():
        print(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


def show_all(records: Iterable[Mapping[str, Any]], as_json: bool, *, columns: Mapping[str, int]) -> None:
    """Records one a line: as JSON, or the named columns at their widths, with a heading."""
    if as_json:
        for record in records:
            print(json.dumps(record, ensure_ascii=False))
        return
    print("  ".join(f"{name:<{width}}" for name, width in columns.items()).rstrip())
    for record in records:
        cells = (f"{_cell(record.get(name)):<{width}}" for name, width in columns.items())
        print("  ".join(cells).rstrip())


def say(text: str) -> None:
    """A line about what is going on, beside the output."""
    print(text, file=sys.stderr, flush=True)


def complain(error: ThalwegError) -> None:
    """An error as people read it: where, why, the value, the remedy."""
    say(f"thalweg: {error}")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
