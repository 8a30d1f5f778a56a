"""The ledger as the rest of the service holds it: reads from any thread, entries applied in the order of the journal.

It must never be written but by applying journal entries: what is not in the journal did not happen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from schemas.digest_rows import digest_rows
from schemas.errors import HomeUnavailable, JournalBroken
from schemas.journal import leaf_hash
from service.home import Home
from service.ledger import project, recover
from service.ledger.recall import Recall
from service.ledger.store import Cursor, OnFatal, Params, Store

if TYPE_CHECKING:
    from service.journal.append import Journal, Recorded


class Ledger:
    """DuckDB's view of the journal. `recovery` says what the start had to mend: write it into a `house.recovered` entry."""

    def __init__(self, home: Home, journal: Journal, store: Store, recovery: list[str]) -> None:
        """For `open` only."""
        self._home, self._journal, self._store = home, journal, store
        self._applied = store.write(recover.applied).count
        self._recall = Recall(store.query)
        self.recovery = recovery

    @classmethod
    def open(cls, home: Home, journal: Journal, *, on_fatal: OnFatal | None = None) -> Ledger:
        """Open or make the ledger and reconcile it with the journal.

        `on_fatal` is called, on whichever thread met it, when the database can no longer be used; a server ends the process
        there. Raises JournalBroken, DigestMismatch or HomeUnavailable; see `recover.reconciled`.
        """
        store, notes = recover.reconciled(home, journal, on_fatal)
        return cls(home, journal, store, notes)

    @staticmethod
    def rebuild(home: Home, journal: Journal) -> list[str]:
        """Make the ledger anew from the journal, with no ledger open; sentences for a `house.recovered` entry."""
        return recover.rebuilt(home, journal)

    @property
    def home(self) -> Home:
        """Where the files lie that the ledger points into."""
        return self._home

    @property
    def applied(self) -> int:
        """How many entries are applied: entries 0 to `applied` - 1."""
        return self._applied

    @property
    def failed(self) -> str | None:
        """Why the database can no longer be used, or None while it can."""
        return self._store.failed

    def query(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """The rows of one read, as tuples. Any thread."""
        return self._store.query(sql, params)

    def recall(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """The same, remembered until an entry changes a table; for a few rows that many pages ask for. Not to be altered, and
        never of `entries`: entries that change no other table, as those of readings, leave what is remembered."""
        return self._recall.query(sql, params)

    def frame(self, sql: str, params: Params = ()) -> pl.DataFrame:
        """The rows of one read, as a polars frame. Any thread."""
        return self._store.frame(sql, params)

    def project(self, recorded: Recorded) -> None:
        """Apply an entry, and before it whatever of the journal is not yet applied; an applied entry does nothing.

        Blocks until it is committed. Raises HomeUnavailable where DuckDB cannot take it: the entry stands in the journal all
        the same, and the next call or the next start applies it.
        """
        self._bring_up_to(recorded.entry.seq + 1, recorded)

    def catch_up(self) -> None:
        """Apply every entry of the journal that is not yet applied."""
        if self._applied < self._journal.size:
            self._bring_up_to(self._journal.size)

    def digests(self) -> dict[str, str]:
        """A digest of the rows of every table, whatever their physical order: equal ledgers have equal digests."""
        names = self.query("select table_name from duckdb_tables() where not internal order by table_name")
        rows = 'select columns(*)::varchar from "{}" order by all'
        return {name: digest_rows(self.frame(rows.format(name))) for (name,) in names}

    def close(self) -> None:
        """Close the file; what is queued is finished first."""
        self._store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _bring_up_to(self, size: int, last: Recorded | None = None) -> None:
        try:
            while self._applied < size:
                self._store.write(lambda cursor: self._next(cursor, size, last), self._took)
            if last is not None and self._applied > size:
                self._store.write(lambda cursor: _must_be_applied(cursor, last))
        except duckdb.Error as error:
            raise HomeUnavailable(
                f"the ledger could not take entry {self._applied}",
                value=str(error).splitlines()[0],
                remedy="The entry is in the journal and will be taken later; look for room on the volume.",
            ) from error

    def _next(self, cursor: Cursor, size: int, given: Recorded | None) -> tuple[int, bool]:
        """Apply the next entry, on the writer thread, unless another caller was faster; how many are applied then, and whether
        that changed a table."""
        position = self._applied
        if position >= size:
            return position, False
        if given is None or given.entry.seq != position:
            given = next(iter(self._journal.read(position)))
        project.apply(cursor, given, self._home)
        return position + 1, given.entry.type in project.HANDLERS

    def _took(self, taken: tuple[int, bool]) -> None:
        """On the writer thread, after the commit."""
        self._applied, changed = taken
        if changed:
            self._recall.forget()


def _must_be_applied(cursor: Cursor, recorded: Recorded) -> None:
    found = cursor.execute("select leaf from applied where seq = ?", [recorded.entry.seq]).fetchone()
    if found is None or found[0] != leaf_hash(recorded.entry.line()):
        raise JournalBroken("the ledger applied another entry here", where=f"entry {recorded.entry.seq}")
