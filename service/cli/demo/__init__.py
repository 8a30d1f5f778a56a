"""`thalweg demo`: an invented world goes in, alerts come out, and a server shows them. Doing it again changes nothing.

It keeps away from a data directory that holds anything else.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import ChildFailed
from service.cli.desk import require_no_server
from service.cli.listening import listen


def demo(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="Port; THALWEG_PORT, or 8000.")] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before serving.")] = False,
    home: Annotated[Path | None, typer.Option(help="The data directory, as before the command.")] = None,
    scale: Annotated[float, typer.Option(hidden=True)] = 1.0,
) -> None:
    """Load an invented world, find what is wrong in it, show it. Again over the same data directory, it changes nothing."""
    clock, given = Clock(), context.obj
    if home is not None:
        given = replace(given, settings=given.settings.model_copy(update={"home": home}))
    require_no_server(given, "a demonstration")
    with ExitStack() as stack:
        listener = None
        if not no_serve:  # first of all, so that a port that is taken is said before anything is done
            listener = stack.enter_context(listen(given.settings.host, given.settings.port if port is None else port))
        world = stack.enter_context(ExitStack())
        folder = Path(world.enter_context(tempfile.TemporaryDirectory(prefix="thalweg-demo-")))
        writing = world.enter_context(_written_beside(folder, scale))
        from service.cli.demo import loading  # noqa: PLC0415 - a second of imports, while the world is being written
        from service.house import open_house  # noqa: PLC0415

        house = stack.enter_context(open_house(given.settings))
        world.enter_context(loading.run_child_warming(house))
        clock.say(_end_of(writing))
        partners = loading.partners_in(folder)
        loading.require_own_ground(house, partners)
        for line in loading.take_in(house, folder, partners):
            clock.say(line)
        clock.say(loading.find(house))
        world.close()
        loading.show_the_best(house)
        loading.introduce(house, partners)
        clock.say("ready")
        if listener is not None:
            from service.cli.serving.server import serve_house  # noqa: PLC0415 - not needed before there is something to show

            serve_house(
                given.settings, house, listener, on_ready=lambda url: clock.say(f"serving on {url}; Ctrl-C ends it")
            )


class Clock:
    """Says what was done, and how long after the start of the process: its imports are part of the wait.

    What passed before the clock was made is taken to be the processor time spent, nearly all of it imports. The time at which
    the system says that a process was made is not used: it rests on the wall clock, which can be set and can jump.
    """

    def __init__(self) -> None:
        self._began = time.perf_counter() - time.process_time()

    def say(self, text: str) -> None:
        print(f"{time.perf_counter() - self._began:5.1f} s  {text}", flush=True)


@contextmanager
def _written_beside(folder: Path, scale: float) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-I", "-m", "fixtures.generate", str(folder), "--scale", str(scale)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writing:  # noqa: S603 - our own interpreter and module
        try:
            yield writing
        finally:
            writing.kill()  # of no effect once it has ended


def _end_of(writing: subprocess.Popen[str]) -> str:
    told, _ = writing.communicate()
    if writing.returncode != 0:
        raise ChildFailed("the invented world could not be written", remedy="See what was said above.")
    return f"an invented world: {told.splitlines()[0].partition(';')[0]}"
