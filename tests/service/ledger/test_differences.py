"""A ledger beside one that the journal makes: whatever somebody edits in it is named, and nothing of the house is written to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from service.ledger.differences import differences
from service.ledger.store import wal_of
from tests.service.ledger.conftest import House


@pytest.fixture
def closed(house: House) -> House:
    """A house with a partner and a closed ledger."""
    house.partner()
    house.partner("bank-b")
    house.open().close()
    return house


def _found(house: House) -> list[str]:
    before = house.home.ledger.read_bytes()
    found = differences(house.home, house.journal.read(0))
    assert house.home.ledger.read_bytes() == before
    assert list(house.home.spool.iterdir()) == []
    return [name for name, _ in found]


def test_a_ledger_as_it_was_left_has_no_differences(closed: House) -> None:
    assert _found(closed) == []
    closed.home.ledger.unlink()
    assert differences(closed.home, closed.journal.read(0)) == []


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ("delete from partners where partner = 'bank-a'", ["partners"]),
        ("update partners set name = 'x' where partner = 'bank-a'", ["partners"]),
        ("insert into partners from partners limit 1", ["partners"]),
        ("create or replace view current_people as select * from people limit 0", ["current_people"]),
        ("create table shadow as select 1 as one", ["shadow"]),
        ("drop table quotas", ["quotas"]),
        ("alter table quotas add column more integer", ["quotas"]),
        ("create macro hidden(x) as x", ["hidden"]),
        ("delete from applied where seq = 1", [""]),
        ("drop table migrations", [""]),
    ],
)
def test_each_edit_is_named_by_its_table(closed: House, edit: str, named: list[str]) -> None:
    with duckdb.connect(str(closed.home.ledger)) as ledger:
        ledger.execute(edit)
    assert _found(closed) == named


DAMAGES: list[Callable[[Path], object]] = [
    lambda path: path.write_bytes(b"x" * 9000),
    lambda path: path.write_bytes(b""),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=["junk", "empty"])
def test_a_file_that_is_no_ledger_is_told(closed: House, damage: Callable[[Path], object]) -> None:
    damage(closed.home.ledger)
    wal_of(closed.home.ledger).unlink(missing_ok=True)
    assert _found(closed) != []
