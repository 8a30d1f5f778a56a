"""The one place that opens DuckDB: a writer thread, a cursor for each read, and a file that is born whole.

The database is a projection of the journal. It must never be trusted over the journal, and a connection must never be shared
between threads: every read takes its own cursor, every write goes through the one writer.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar, cast

import duckdb
import polars as pl

from schemas.errors import HomeUnavailable
from service.durable import fault_point, fsync_dir, rename_durably

Cursor = duckdb.DuckDBPyConnection
Params = Sequence[object] | Mapping[str, object]
OnFatal = Callable[[str], None]
T = TypeVar("T")

MEMORY_LIMIT = "2GB"
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": MEMORY_LIMIT,
    # Keeping the order of insertion made the checkpoint after four loads of 1M rows write them all again: 6.3 s against 0.04 s.
    # A query that wants an order says so.
    "preserve_insertion_order": "false",
}
_FATAL = (duckdb.FatalException, duckdb.InternalException)


def wal_of(path: Path) -> Path:
    """The write-ahead log that DuckDB keeps beside a database file."""
    return path.with_name(f"{path.name}.wal")


def suspect_of(path: Path) -> Path:
    """The mark that a read left because the file was damaged: the next start makes the ledger anew."""
    return path.with_name(f"{path.name}.suspect")


class Store:
    """One open database file. Reads from any thread; writes wait for the one writer. Close it, or use it as a context."""

    def __init__(self, path: Path, *, on_fatal: OnFatal | None = None) -> None:
        """Open an existing file. Raises duckdb.Error where it cannot be read; `recover` decides what follows."""
        self._path = path
        self._connection = duckdb.connect(str(path), config=_CONFIG)
        self._cursors = threading.Lock()
        self._on_fatal = on_fatal
        self._work: SimpleQueue[tuple[Callable[[Cursor], Any], Future[Any]] | None] = SimpleQueue()
        self._open = True
        self.failed: str | None = None
        """Why the database can no longer be used, once it cannot; the process should then end and start again."""
        self._writer = threading.Thread(target=self._write_on, name="ledger-writer", daemon=True)
        self._writer.start()
        atexit.register(self.close)  # a process that ends without closing would leave the log to the next start

    def query(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """The rows of one read, as tuples."""
        return self._read(lambda cursor: cursor.execute(sql, params).fetchall())

    def frame(self, sql: str, params: Params = ()) -> pl.DataFrame:
        """The rows of one read, as a polars frame."""
        return self._read(lambda cursor: _frame(cursor, sql, params))

    def write(self, work: Callable[[Cursor], T], committed: Callable[[T], None] = lambda _: None) -> T:
        """Do `work` in one transaction on the writer thread and wait for it. What it raises is raised here, and undone.

        `committed` gets the result on the writer thread, after the commit and before the next work.
        Raises HomeUnavailable where the commit itself fails: it may or may not be durable, and only a fresh start can tell.
        """
        self._refuse_if_failed()
        done: Future[T] = Future()
        self._work.put((lambda cursor: self._transact(cursor, work, committed), done))
        return done.result()

    def alone(self, work: Callable[[Cursor], T]) -> T:
        """Do `work`, which handles its own transactions, on the writer thread and wait for it; meant for a start.

        Raises HomeUnavailable for any fault of the database, which is then closed to further use.
        """
        done: Future[T] = Future()
        self._work.put((work, done))
        try:
            return done.result()
        except duckdb.Error as error:
            raise self._fail(error) from error

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database file; meant for after DDL, where a long log is a risk."""
        self._read(lambda cursor: cursor.execute("checkpoint").fetchall())

    def is_whole(self) -> bool:
        """Whether the file has room for the blocks that it says are in use: one cut short may open, and fail when it is read.

        Free blocks at its end need not exist. A cut that this does not see is met by a read, and mended by the next start.
        """
        ((blocks, size),) = self.query("select used_blocks, block_size from pragma_database_size()")
        return self._path.stat().st_size >= int(blocks) * int(size)

    def close(self) -> None:
        """Finish what is queued and close the file. Closing twice is fine."""
        if not self._open:
            return
        self._open = False
        atexit.unregister(self.close)
        self._work.put(None)
        self._writer.join()
        try:
            self._connection.close()
        except duckdb.Error as error:
            # Whatever did not reach the file is in the journal; the next start finds out.
            self.failed = self.failed or str(error)

    def _read(self, read: Callable[[Cursor], T]) -> T:
        self._refuse_if_failed()
        with self._cursors:
            cursor = self._connection.cursor()
        try:
            return read(cursor)
        except _FATAL as error:
            raise self._fail(error) from error
        except duckdb.Error as error:
            if self._is_damage(str(error)):
                suspect_of(self._path).touch()
                raise self._fail(error) from error
            raise
        finally:
            cursor.close()

    def _write_on(self) -> None:
        with self._cursors:
            cursor = self._connection.cursor()
        while (item := self._work.get()) is not None:
            work, done = item
            try:
                done.set_result(work(cursor))
            except BaseException as error:
                done.set_exception(error)
        cursor.close()

    def _transact(self, cursor: Cursor, work: Callable[[Cursor], T], committed: Callable[[T], None]) -> T:
        self._refuse_if_failed()
        try:
            cursor.begin()
            result = work(cursor)
        except _FATAL as error:
            raise self._fail(error) from error
        except BaseException:
            self._roll_back(cursor)
            raise
        fault_point("ledger.before-commit")
        try:
            cursor.commit()
        except duckdb.Error as error:
            raise self._fail(error) from error
        committed(result)
        fault_point("ledger.committed")
        return result

    def _roll_back(self, cursor: Cursor) -> None:
        try:
            cursor.rollback()
        except duckdb.Error as error:
            self._fail(error)

    def _is_damage(self, message: str) -> bool:
        return "Corrupt database file" in message or (
            "Could not read enough bytes" in message and str(self._path) in message
        )

    def _refuse_if_failed(self) -> None:
        if not self._open:
            raise HomeUnavailable("the ledger is closed")
        if self.failed is not None:
            raise _unusable(self.failed)

    def _fail(self, error: duckdb.Error) -> HomeUnavailable:
        self.failed = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        if self._on_fatal is not None:
            self._on_fatal(self.failed)
        return _unusable(self.failed)


def _unusable(cause: str) -> HomeUnavailable:
    return HomeUnavailable(
        "the ledger stopped after a fault of its storage",
        value=cause,
        remedy="Start again: the start compares it with the journal and mends it.",
    )


def _frame(cursor: Cursor, sql: str, params: Params) -> pl.DataFrame:
    relation = cursor.sql(sql, params=params) if params else cursor.sql(sql)
    if relation is None:  # DuckDB gives no relation for a statement that is not a read
        raise ValueError("only a read gives a frame")
    return cast(pl.DataFrame, relation.pl())


def born_aside(path: Path, build: Callable[[Cursor], T], *, before_rename: Callable[[], None] = lambda: None) -> T:
    """Build a new database beside `path`, close it, and rename it into place: a file killed in its first writes never opens.

    `build` gets the connection and handles its own transactions; `before_rename` runs when the new file is whole.
    """
    aside = path.with_name(f"{path.name}.new")
    discard_aside(path)
    connection = duckdb.connect(str(aside), config=_CONFIG)
    try:
        result = build(connection)
        connection.execute("checkpoint")
    finally:
        connection.close()
    fault_point("ledger.built")
    wal_of(aside).unlink(missing_ok=True)  # empty after the checkpoint; it must not outlive the rename
    before_rename()
    fault_point("ledger.before-rename")
    rename_durably(aside, path)
    suspect_of(path).unlink(missing_ok=True)
    fault_point("ledger.born")
    return result


def discard_aside(path: Path) -> None:
    """Remove what an interrupted birth left behind."""
    aside = path.with_name(f"{path.name}.new")
    for leftover in (aside, wal_of(aside)):
        leftover.unlink(missing_ok=True)


def set_aside(path: Path, why: str) -> list[str]:
    """Rename a database and its log to `<name>.<why>-N`, durably; the new name, or nothing if there was nothing.

    The log goes first: without it the file is an older but consistent state, while a log without its file is nothing.
    """
    number = 1
    while any(path.parent.glob(f"{path.name}.*-{number}*")):
        number += 1
    target = path.with_name(f"{path.name}.{why}-{number}")
    moved = [(source, aside) for source, aside in ((wal_of(path), wal_of(target)), (path, target)) if source.exists()]
    for source, aside in moved:
        source.replace(aside)
        fault_point("ledger.set-aside")
    fsync_dir(path.parent)
    return [target.name] if moved else []
