"""`thalweg demo`: an invented world goes in, alerts come out, and a server shows them. Doing it again changes nothing.

It keeps away from a data directory that holds anything else.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tomllib
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer

from schemas.alert import OPEN_STATES
from schemas.errors import ChildFailed, RequestInvalid
from service.access.roles import OPERATOR, Role
from service.alerts.book import EVERYTHING, Filter
from service.cli.alerts import show_queue
from service.cli.desk import require_no_server
from service.cli.desk.here import Here
from service.cli.printing import OPERATOR_ACTS, count, show_table
from service.cli.serving.server import listen, serve_house
from service.house import House, open_house
from service.ledger import views

TEN = 10
PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("analyst", "Awa, who reviews alerts", "analyst"),
    ("supervisor", "Sami, who oversees reviews", "supervisor"),
    ("auditor", "Ada, who replays and verifies", "auditor"),
    ("admin", "Ali, who keeps accounts", "admin"),
)
Partner = dict[str, str]


def demo(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="Port; THALWEG_PORT, or 8000.")] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before serving.")] = False,
    home: Annotated[Path | None, typer.Option(help="The data directory, as before the command.")] = None,
    scale: Annotated[float, typer.Option(hidden=True)] = 1.0,
) -> None:
    """Load an invented world, find what is wrong in it, show it. Again over the same data directory, it changes nothing."""
    settings = context.obj.settings
    if home is not None:
        settings = settings.model_copy(update={"home": home})
    require_no_server(replace(context.obj, settings=settings), "a demonstration")
    clock = _Clock()
    with ExitStack() as stack:
        listener = None
        if not no_serve:  # first of all, so that a port that is taken is said before anything is done
            listener = stack.enter_context(listen(settings.host, settings.port if port is None else port))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="thalweg-demo-")))
        writing = stack.enter_context(_written_beside(folder, scale))
        house = stack.enter_context(open_house(settings))
        house.run_child.start()  # its libraries load while the world is being written
        clock.say(_end_of(writing))
        partners = tomllib.loads((folder / "partners.toml").read_text("utf-8"))["partner"]
        _require_own_ground(house, partners)
        _take_in(house, folder, partners, clock)
        _find(house, clock)
        lines = Here(house).alerts(TEN, decided=False)
        print(
            f"the best {len(lines)} of {count(house.alerts.count(EVERYTHING, only=Filter(states=OPEN_STATES)), 'alert')}:"
        )
        show_queue(lines)
        _introduce(house, partners)
        clock.say("ready")
        if listener is not None:
            serve_house(settings, house, listener, on_ready=lambda url: clock.say(f"serving on {url}; Ctrl-C ends it"))


class _Clock:
    """Says what was done, and how long after the start."""

    def __init__(self) -> None:
        """The start is that of the process: its imports are part of the wait."""
        self._began = time.perf_counter() - max(0.0, time.time() - psutil.Process().create_time())

    def say(self, text: str) -> None:
        print(f"{time.perf_counter() - self._began:5.1f} s  {text}", flush=True)


def _written_beside(folder: Path, scale: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-I", "-m", "fixtures.generate", str(folder), "--scale", str(scale)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own interpreter and module


def _end_of(writing: subprocess.Popen[str]) -> str:
    told, _ = writing.communicate()
    if writing.returncode != 0:
        raise ChildFailed("the invented world could not be written", remedy="See what was said above.")
    return f"an invented world: {told.splitlines()[0].partition(';')[0]}"


def _require_own_ground(house: House, partners: list[Partner]) -> None:
    """Raises RequestInvalid where the data directory holds what no demonstration put there."""
    ours = {(each["id"], each["name"], each["institution"]) for each in partners}
    here = {(found.partner, found.name, found.institution) for found in views.partners(house.ledger)}
    logins = {login for login, _, _ in PEOPLE} | {each["id"] for each in partners}
    accounts = {found.account for found in house.accounts.all()}
    if here <= ours and accounts <= logins and (here or not accounts):
        return
    raise RequestInvalid(
        "this data directory holds more than a demonstration", where=str(house.home.root),
        remedy="Name another: thalweg demo --home DIRECTORY.",
    )  # fmt: skip


def _take_in(house: House, folder: Path, partners: list[Partner], clock: _Clock) -> None:
    known = {found.partner for found in views.partners(house.ledger)}
    desk = Here(house)
    for kind in ("fx", "thresholds"):
        table = (folder / f"{kind}.csv").read_bytes()
        house.shelf.load(kind, table, name=f"{kind}.csv", base_currency=house.settings.base_currency, **OPERATOR_ACTS)
    for each in partners:
        if each["id"] not in known:
            desk.add_partner(each["id"], name=each["name"], institution=each["institution"])
        mapping = str(folder / each["mapping"]) if "mapping" in each else None
        told = desk.submit(folder / each["file"], partner=each["id"], mapping=mapping)
        counts = f"{told['accepted']:,} of {told['rows']:,} rows accepted"
        clock.say(f"{each['name']} submitted {each['file']}: {counts}, receipt for {told['batch']}")


def _find(house: House, clock: _Clock) -> None:
    """Start a run, unless the last one has seen everything that is there."""
    newest = views.batches(house.ledger, limit=1)[0].seq
    earlier = [found for found in house.runs.all() if found["status"] == "finished"]
    if earlier and earlier[0]["seq"] > newest:
        clock.say(f"run {earlier[0]['run']} has seen all of it: no other is needed")
        return
    found = house.runs.start(actor=OPERATOR.actor, role=OPERATOR.role)
    kinds = count(len(found["detectors"]), "detector")
    clock.say(f"run {found['run']} is {found['status']}: {kinds}, {count(found['findings'], 'finding')}")


def _introduce(house: House, partners: list[Partner]) -> None:
    """One account for each role and partner, each with a password made now and printed here alone."""
    people: list[tuple[str, str, Role, str | None]] = [(login, name, role, None) for login, name, role in PEOPLE]
    people += [(each["id"], each["name"], "partner", each["id"]) for each in partners]
    rows: list[dict[str, Any]] = []
    for login, name, role, partner in people:
        if house.accounts.find(login) is None:
            password = house.accounts.create(login, name=name, role=role, partner=partner, by=OPERATOR)
        else:
            password = house.accounts.set_password(login, by=OPERATOR)
        rows.append({"role": role, "login": login, "password": password, "who": name})
    print("sign in as any of these; the passwords are made now, shown this once, and kept nowhere:")
    show_table(rows, ("role", "login", "password", "who"), nothing="")
