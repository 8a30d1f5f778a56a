from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.errors import HomeUnavailable
from service.ledger import migrate
from service.ledger.ledger import Ledger

FIRST = migrate.Migration(1, "0001_one.sql", "create table one (x bigint)")
SECOND = migrate.Migration(2, "0002_two.sql", "-- in place\ncreate view two as select x from one")


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ship these further migrations in place of what the version really ships after its own."""
    real = migrate.shipped()

    def ship(*more: migrate.Migration) -> None:
        monkeypatch.setattr(migrate, "shipped", lambda: (*real, *more))

    return ship


def test_each_migration_is_recorded_with_the_digest_of_what_was_run() -> None:
    with duckdb.connect() as connection:
        migrate.apply(connection, [FIRST, SECOND])
        assert connection.execute("select * from migrations").fetchall() == [
            (1, FIRST.name, FIRST.digest),
            (2, SECOND.name, SECOND.digest),
        ]
        assert migrate.pending(connection, [FIRST, SECOND]) == []


def test_a_ledger_lacks_the_migrations_that_came_later() -> None:
    with duckdb.connect() as connection:
        migrate.apply(connection, [FIRST])
        assert migrate.pending(connection, [FIRST, SECOND]) == [SECOND]


def test_a_file_without_migrations_is_no_ledger() -> None:
    with duckdb.connect() as connection:
        assert migrate.pending(connection, [FIRST]) is None


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ([migrate.Migration(1, "0001_one.sql", "create table one (x integer)"), SECOND], "is not what it was"),
        ([FIRST], "made by another version: it has 0002_two.sql"),
    ],
)
def test_a_ledger_of_another_version_is_left_alone_and_the_remedy_named(
    known: list[migrate.Migration], why: str
) -> None:
    with duckdb.connect() as connection:
        migrate.apply(connection, [FIRST, SECOND])
        with pytest.raises(HomeUnavailable, match=why) as raised:
            migrate.pending(connection, known)
    assert "thalweg rebuild" in (raised.value.remedy or "")


def test_migrations_are_read_in_order_with_the_canonical_columns_filled_in() -> None:
    steps = migrate.load(migrate.FOLDER)
    assert [step.number for step in steps] == sorted(step.number for step in steps)
    assert "amount DECIMAL(24,4) NOT NULL" in steps[0].sql
    assert "{" not in steps[0].sql


@pytest.mark.parametrize("names", [["0001_a.sql", "0001_b.sql"], ["first.sql"]])
def test_a_folder_with_doubled_or_nameless_numbers_is_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("select 1")
    with pytest.raises(ValueError, match=r"migration|named"):
        migrate.load(tmp_path)


def test_an_in_place_migration_is_taken_on_at_the_next_start(house: Any, shipped: Any) -> None:
    with house.open() as ledger:
        ledger.project(house.partner())
    shipped(migrate.Migration(9001, "9001_view.sql", "-- in place\ncreate view names as select name from partners"))
    with house.open() as ledger:
        assert ledger.recovery == ["the ledger took on 9001_view.sql"]
        assert ledger.query("select * from names") == [("Bank-A",)]
    with house.open() as ledger:
        assert ledger.recovery == []


def test_any_other_migration_makes_the_ledger_anew_so_that_old_entries_fill_it(house: Any, shipped: Any) -> None:
    with house.open() as ledger:
        ledger.project(house.partner())
    shipped(migrate.Migration(9001, "9001_more.sql", "create table more (seq bigint)"))
    with house.open() as ledger:
        assert ledger.recovery[0].startswith("the ledger lacked 9001_more.sql; it was made anew from 1 entries")
        assert ledger.query("select count(*) from more") == [(0,)]
        assert ledger.applied == 1


def test_a_changed_migration_stops_the_start_and_a_rebuild_helps(house: Any, shipped: Any) -> None:
    shipped(migrate.Migration(9001, "9001_more.sql", "create table more (seq bigint)"))
    with house.open() as ledger:
        ledger.project(house.partner())
    shipped(migrate.Migration(9001, "9001_more.sql", "create table more (seq integer)"))
    with pytest.raises(HomeUnavailable, match="is not what it was"):
        house.open()
    Ledger.rebuild(house.home, house.journal)
    with house.open() as ledger:
        assert ledger.applied == 1
