"""What the page of commands says is what there is."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import typer

from service.cli.app import CONTENTS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "commands.md").read_text("utf-8")


def _commands() -> set[str]:
    names = set()
    for name, (place, _) in CONTENTS.items():
        module, _, thing = place.partition(":")
        found = getattr(import_module(f"service.cli.{module}"), thing)
        if isinstance(found, typer.Typer):
            names |= {f"{name} {each.name}" for each in found.registered_commands}
        else:
            names.add(name)
    return names


def test_every_command_is_on_the_page_and_every_command_on_the_page_exists() -> None:
    headed = re.findall(r"\*\*`(?:thalweg )?([a-z]+(?: [a-z]+)?)(?=[ `])", PAGE)
    known = _commands()
    told = {each if each in known else each.partition(" ")[0] for each in headed}
    assert known - told == set(), "not on the page"
    assert told - known == set(), "no such command"


def test_every_command_has_a_purpose_that_fits_its_line() -> None:
    assert all(0 < len(purpose) <= 60 and purpose.endswith(".") for _, purpose in CONTENTS.values())
