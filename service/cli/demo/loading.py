"""What a demonstration does with an open house, step by step. Each step finds what an earlier demonstration left and keeps it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schemas.alert import OPEN_STATES
from schemas.errors import RequestInvalid
from schemas.reference import REFERENCE_KINDS
from service.access.roles import OPERATOR, Role
from service.alerts.book import EVERYTHING, Filter
from service.cli.alerts import show_queue
from service.cli.desk.here import Here
from service.cli.printing import OPERATOR_ACTS, count, show_table
from service.house import House
from service.ledger import views
from service.runs.execute import engine_of

TEN = 10
PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("analyst", "Awa, who reviews alerts", "analyst"),
    ("supervisor", "Sami, who oversees reviews", "supervisor"),
    ("auditor", "Ada, who replays and verifies", "auditor"),
    ("admin", "Ali, who keeps accounts", "admin"),
)
Partner = dict[str, str]


@contextmanager
def run_child_warming(house: House) -> Iterator[None]:
    """Let the child of runs load its libraries in the meantime; a fault of it shows in the run itself."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(engine_of, house.run_child)
        yield


def partners_in(folder: Path) -> list[Partner]:
    """The partners of a world that was written."""
    partners: list[Partner] = tomllib.loads((folder / "partners.toml").read_text("utf-8"))["partner"]
    return partners


def require_own_ground(house: House, partners: list[Partner]) -> None:
    """Raises RequestInvalid where the data directory holds what no demonstration put there."""
    ours = {(each["id"], each["name"], each["institution"]) for each in partners}
    here = {(found.partner, found.name, found.institution) for found in views.partners(house.ledger)}
    logins = {login for login, _, _ in PEOPLE} | {each["id"] for each in partners}
    accounts = {found.account for found in house.accounts.all()}
    if here <= ours and accounts <= logins and (here or not accounts):
        return
    raise RequestInvalid(
        "this data directory holds more than a demonstration",
        where=str(house.home.root),
        remedy="Name another: thalweg demo --home DIRECTORY.",
    )


def take_in(house: House, folder: Path, partners: list[Partner]) -> Iterator[str]:
    """Load the reference tables, register the partners and submit their files; a line on each submission."""
    desk = Here(house)
    base = house.settings.base_currency
    for path in (folder / f"{kind}.csv" for kind in REFERENCE_KINDS):
        if path.exists():  # what a world's mission does not keep is what ships with Thalweg
            house.shelf.load(path.stem, path.read_bytes(), name=path.name, base_currency=base, **OPERATOR_ACTS)
    for each in partners:
        desk.add_partner(each["id"], name=each["name"], institution=each["institution"])
        mapping = str(folder / each["mapping"]) if "mapping" in each else None
        told = desk.submit(folder / each["file"], partner=each["id"], mapping=mapping)
        counts = f"{told['accepted']:,} of {told['rows']:,} rows accepted"
        yield f"{each['name']} submitted {each['file']}: {counts}, receipt for {told['batch']}"


def find(house: House) -> str:
    """Start a run, unless the last one has seen everything that is there; a line on it."""
    newest = views.batches(house.ledger, limit=1)[0].seq
    earlier = [found for found in house.runs.all() if found["status"] == "finished"]
    if earlier and earlier[0]["seq"] > newest:
        return f"run {earlier[0]['run']} has seen all of it: no other is needed"
    found = house.runs.start(actor=OPERATOR.actor, role=OPERATOR.role)
    kinds = count(len(found["detectors"]), "detector")
    return f"run {found['run']} is {found['status']}: {kinds}, {count(found['findings'], 'finding')}"


def show_the_best(house: House) -> None:
    """The head of the queue."""
    lines = Here(house).alerts(TEN, decided=False)
    queue, below = (
        house.alerts.count(EVERYTHING, only=Filter(states=OPEN_STATES, place=place)) for place in ("queue", "below")
    )
    print(f"the best {len(lines)} of {count(queue, 'alert')} in the queue; {below:,} more lie below its line:")
    show_queue(lines)


def introduce(house: House, partners: list[Partner]) -> None:
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
