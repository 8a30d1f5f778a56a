"""The ledger's shape over time: numbered SQL files, applied in order, each recorded with its digest.

A migration is never edited once applied: the digest tells. Since the ledger is a projection, a change of shape rebuilds it from
the journal, unless the migration says `-- in place` in its first line because it needs no rows from old entries.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from schemas.batch import REJECTS
from schemas.canonical import sha256
from schemas.errors import HomeUnavailable
from schemas.party import ACCOUNTS, PARTIES
from schemas.transaction import duckdb_columns
from service.ledger.store import Cursor

FOLDER = Path(__file__).parent / "migrations"
_NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
_DUCKDB_TYPES: dict[pl.DataType, str] = {pl.Int64(): "BIGINT", pl.String(): "VARCHAR"}


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step. `sql` is the text as run, with the columns of `schemas/` filled in; `digest` is over that text."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return sha256(self.sql.encode())

    @property
    def in_place(self) -> bool:
        return self.sql.startswith("-- in place")


def load(folder: Path) -> tuple[Migration, ...]:
    """The migrations of a folder, in order. Raises ValueError where a number is doubled or a name is not a migration's."""
    columns = {
        "{segment_columns}": duckdb_columns(),
        "{rejects_columns}": _columns(REJECTS),
        "{parties_columns}": _columns(PARTIES),
        "{accounts_columns}": _columns(ACCOUNTS),
    }
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.match(path.name)
        if match is None:
            raise ValueError(f"{path.name} is not named like 0001_what_it_does.sql")
        sql = path.read_text()
        for mark, declared in columns.items():
            sql = sql.replace(mark, declared)
        found.append(Migration(int(match[1]), path.name, sql))
    if len({step.number for step in found}) != len(found):
        raise ValueError(f"two migrations have one number: {', '.join(step.name for step in found)}")
    return tuple(found)


def _columns(schema: dict[str, pl.DataType]) -> str:
    return ", ".join(f'"{name}" {_DUCKDB_TYPES[dtype]}' for name, dtype in schema.items())


@cache
def shipped() -> tuple[Migration, ...]:
    """The migrations that come with this version."""
    return load(FOLDER)


def apply(cursor: Cursor, steps: Sequence[Migration]) -> None:
    """Run steps in order, each in a transaction with its record."""
    cursor.execute(
        "create table if not exists migrations (number integer not null, name varchar not null, digest varchar not null)"
    )
    for step in steps:
        cursor.begin()
        cursor.execute(step.sql)
        cursor.execute("insert into migrations values (?, ?, ?)", [step.number, step.name, step.digest])
        cursor.commit()
    cursor.execute("checkpoint")


def pending(cursor: Cursor, steps: Sequence[Migration]) -> list[Migration] | None:
    """The steps that a ledger still lacks; None where the file is no ledger at all.

    Raises HomeUnavailable where an applied step has changed since, or comes from a newer version.
    """
    try:
        recorded = cursor.execute("select number, name, digest from migrations order by number").fetchall()
    except duckdb.CatalogException:
        return None
    known = {step.number: step for step in steps}
    for number, name, digest in recorded:
        if number not in known:
            raise _other_version(f"the ledger was made by another version: it has {name}", number)
        if digest != known[number].digest:
            raise _other_version(f"{name} is not what it was when this ledger was made", number)
    done = {number for number, _, _ in recorded}
    return [step for step in steps if step.number not in done]


def _other_version(why: str, number: int) -> HomeUnavailable:
    return HomeUnavailable(
        why, where=f"migration {number:04d}", remedy="Run `thalweg rebuild`: it makes the ledger anew from the journal."
    )
