"""How far a submission is, at a terminal: a bar while bytes go, the rows while they are read. Elsewhere only pauses are told."""

from __future__ import annotations

import sys
from typing import Any

import typer

from service.cli.printing import say


class Steps:
    """Hears the steps of `Desk.submit` and shows them on standard error."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._shown = False

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def tell(self, step: dict[str, Any]) -> None:
        """Show one step."""
        if step.get("step") == "pausing":
            self.end()
            say(f"{step['why']}; trying again in {step['seconds']:g} s")
        elif not sys.stderr.isatty():
            return
        elif step.get("step") == "sending":
            self._send(step["sent"], step["size"])
        elif step.get("rows"):
            self._end_bar()
            self._shown = True
            print(f"\rreading: {step['rows']:,} rows", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line that is being written."""
        self._end_bar()
        if self._shown:
            print(file=sys.stderr)
            self._shown = False

    def _send(self, sent: int, size: int) -> None:
        if self._bar is None:
            self._bar = typer.progressbar(length=size, label="sending", file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(sent - self._bar.pos)

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
