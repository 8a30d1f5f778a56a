"""One house for the tests of cases, with people, a submission, and alerts that a test makes as it needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.houses import register, submit, world_csv
from support.standing import candidate, stand

from service.access.roles import OPERATOR, Person
from service.cases.checks import Eyes
from service.house import House, open_house
from service.settings import Settings

PEOPLE = {
    "ana": "analyst",
    "ben": "analyst",
    "cleo": "analyst",
    "sue": "supervisor",
    "sid": "supervisor",
    "aud": "auditor",
}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cases")


@pytest.fixture(scope="session")
def house(home: Path) -> Iterator[House]:
    with open_house(Settings(home=home, threads=1, reserve_bytes=0)) as house:
        register(house, "bank", "BANK")
        world = home / "world.csv"
        world.write_text(world_csv())
        submit(house, world, "bank")
        for account, role in PEOPLE.items():
            house.accounts.create(account, name=account.title(), role=role, partner=None, by=OPERATOR)  # type: ignore[arg-type]
        yield house


@pytest.fixture(scope="session")
def batch(house: House) -> str:
    return str(house.ledger.query("select batch from batches")[0][0])


@pytest.fixture
def alert(house: House, batch: str) -> Callable[[], str]:
    """Make a new alert on three deposits of the small world."""
    return lambda: stand(house, candidate(batch, ("c0", "c1", "c2")))[0]


@pytest.fixture
def eyes() -> Callable[[str], Eyes]:
    """What somebody of PEOPLE may see."""
    return lambda account: Eyes.of(Person(account, PEOPLE[account]))  # type: ignore[arg-type]
