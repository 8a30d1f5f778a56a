"""Holds a ledger against one that is made anew from the journal, table by table and view by view.

The ledger is only a view of the journal, and yet it is what people are shown: an edited one shows another queue, or lets
somebody in. Nothing of the house is written to; both sides are copies.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from service.home import Home
from service.journal.append import Recorded
from service.ledger import migrate, project
from service.ledger.store import Cursor, Store, born_aside, wal_of

Difference = tuple[str, str]
"""A table or view of the ledger and how it differs; the name is empty where the ledger as a whole is meant."""

_DEFINITIONS = """
    select view_name as name, sql from duckdb_views() where not internal and database_name = '{of}'
    union all
    select function_name, macro_definition from duckdb_functions() where not internal and database_name = '{of}'
"""


def differences(home: Home, entries: Iterable[Recorded]) -> list[Difference]:
    """How the ledger of `home`, which no process may have open, differs from what `entries`, all of the journal, make.

    Raises DigestMismatch where a file that an entry names is missing or changed: then nothing can be made to compare with.
    """
    if not home.ledger.exists():
        return []
    with tempfile.TemporaryDirectory(prefix="compare-", dir=home.workroom) as folder:
        standing, anew = Path(folder) / "standing.duckdb", Path(folder) / "anew.duckdb"
        for source, target in ((home.ledger, standing), (wal_of(home.ledger), wal_of(standing))):
            if source.exists():
                shutil.copyfile(source, target)
        born_aside(anew, lambda cursor: _make(cursor, entries, home))
        store = Store(anew)
        try:
            return store.write(lambda cursor: list(_compared(cursor, standing)))
        except duckdb.Error as error:
            return [("", f"it cannot be read: {str(error).splitlines()[0]}")]
        finally:
            store.close()


def _make(cursor: Cursor, entries: Iterable[Recorded], home: Home) -> None:
    migrate.apply(cursor, migrate.shipped())
    project.apply_all(cursor, entries, home)


def _compared(cursor: Cursor, standing: Path) -> Iterator[Difference]:
    cursor.execute(f"attach '{str(standing).replace(chr(39), chr(39) * 2)}' as standing")
    ours, theirs = (_tables(cursor, name) for name in ("anew", "standing"))
    if why := _behind(cursor):
        yield "", why
        return
    for table in sorted(ours.keys() | theirs.keys()):
        if table not in theirs:
            yield table, "the table is missing"
        elif table not in ours:
            yield table, "the journal makes no such table"
        elif ours[table] != theirs[table]:
            yield table, "its columns are others"
        else:
            yield from _rows(cursor, table)
    definitions = [dict(cursor.execute(_DEFINITIONS.format(of=of)).fetchall()) for of in ("anew", "standing")]
    for name in sorted(definitions[0].keys() | definitions[1].keys()):
        if definitions[0].get(name) != definitions[1].get(name):
            yield name, "it is defined otherwise than this version does"


def _behind(cursor: Cursor) -> str | None:
    """Why the standing ledger cannot be compared yet: the next start would bring it up first."""
    for table, why in (
        ("migrations", "it was made by an earlier version"),
        ("applied", "entries of the journal are not yet applied to it"),
    ):
        ours, theirs = (set(cursor.execute(f"select * from {of}.{table}").fetchall()) for of in ("anew", "standing"))
        if theirs < ours:
            return f"{why}: start the service once, stop it and compare again"
    return None


def _tables(cursor: Cursor, database: str) -> dict[str, list[tuple[str, str]]]:
    """The columns of each table with their types."""
    rows = cursor.execute(
        "select table_name, column_name, data_type from duckdb_columns() where database_name = ? and not internal "
        "and table_name in (select table_name from duckdb_tables() where database_name = ?) order by table_name, column_index",
        [database, database],
    ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in rows:
        found.setdefault(table, []).append((column, kind))
    return found


def _rows(cursor: Cursor, table: str) -> Iterator[Difference]:
    less = "select count(*) from (from {a}.{t} except all from {b}.{t})"
    quoted = f'"{table}"'
    lost, extra = (
        int((cursor.execute(less.format(a=a, b=b, t=quoted)).fetchone() or (0,))[0])
        for a, b in (("anew", "standing"), ("standing", "anew"))
    )
    if lost or extra:
        yield table, f"rows that the journal makes and that are not there: {lost}; rows that it does not make: {extra}"
