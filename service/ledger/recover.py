"""What a start finds when it holds the ledger against the journal, and what it does about it.

The journal is the truth. A ledger that is behind is brought up; one that is damaged or disagrees is set aside and made anew; one
that knows more entries than the journal has is a sign that the journal was cut, and nothing starts until a person has decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from schemas.errors import HomeUnavailable, JournalBroken
from schemas.journal import GENESIS, leaf_hash
from service.home import Home
from service.ledger import migrate, project
from service.ledger.store import Cursor, OnFatal, Store, born_aside, discard_aside, set_aside, suspect_of, wal_of

if TYPE_CHECKING:
    from service.journal.append import Journal


@dataclass(frozen=True, slots=True)
class Applied:
    """What a ledger says of itself: how many entries it has applied, whether they are 0 to count - 1, and the last leaf."""

    count: int
    gapless: bool
    leaf: str


@dataclass(frozen=True, slots=True)
class Defect:
    """Why a ledger must be made anew: a word for the name under which the old one is kept, and a sentence."""

    word: str
    why: str


def applied(cursor: Cursor) -> Applied:
    """Read `applied` of a ledger."""
    row = cursor.execute(
        "select count(*), coalesce(min(seq), 0), coalesce(max(seq), -1), count(distinct seq) from applied"
    ).fetchone()
    count, first, last, distinct = row if row else (0, 0, -1, 0)
    found = cursor.execute("select leaf from applied where seq = ?", [last]).fetchone()
    return Applied(count, first == 0 and last == count - 1 == distinct - 1, found[0] if found else GENESIS)


def reconciled(home: Home, journal: Journal, on_fatal: OnFatal | None = None) -> tuple[Store, list[str]]:
    """An open store that agrees with the journal, and a sentence for each thing that had to be mended.

    Raises JournalBroken where the journal holds fewer entries than the ledger has applied, DigestMismatch where a file that
    the journal names is missing or changed, and HomeUnavailable where the ledger is of another version.
    """
    discard_aside(home.ledger)
    sound = home.ledger.exists() and not suspect_of(home.ledger).exists()
    store = _opened(home, on_fatal) if sound else None
    if store is not None:
        try:
            defect = _defect(store, journal)
            if defect is None:
                return store, _brought_up(store, home, journal)
        except BaseException:
            store.close()
            raise
        store.close()
    else:
        defect = _why_not_open(home, journal)
    notes = _made_anew(home, journal, defect)
    return Store(home.ledger, on_fatal=on_fatal), notes


def rebuilt(home: Home, journal: Journal) -> list[str]:
    """Make the ledger anew from the journal, whatever stands there now; a sentence for each thing worth recording."""
    discard_aside(home.ledger)
    before = _claimed(home)
    notes = _made_anew(home, journal, Defect("replaced", "the ledger was rebuilt on request"))
    if before is not None and before > journal.size:
        notes.append(f"the earlier ledger had applied {before} entries, the journal holds {journal.size}")
    return notes


def _opened(home: Home, on_fatal: OnFatal | None = None) -> Store | None:
    try:
        return Store(home.ledger, on_fatal=on_fatal)
    except duckdb.Error as error:
        if "set lock on file" in str(error):
            raise HomeUnavailable(
                "another process has the ledger open",
                where=home.ledger.name,
                remedy="Talk to the running server with --url, or stop it first.",
            ) from error
        return None


def _why_not_open(home: Home, journal: Journal) -> Defect:
    if home.ledger.exists():
        found = "was found damaged" if suspect_of(home.ledger).exists() else "could not be opened"
        return Defect("damaged", f"the ledger {found}")
    if wal_of(home.ledger).exists() or journal.size:
        return Defect("stray", "the ledger was missing")
    return Defect("stray", "")


def _defect(store: Store, journal: Journal) -> Defect | None:
    steps = migrate.shipped()
    try:
        lacking = store.write(lambda cursor: migrate.pending(cursor, steps)) if store.is_whole() else None
        found = None if lacking is None else store.write(applied)
    except duckdb.Error:
        lacking = found = None
    except HomeUnavailable:
        if store.failed is None:
            raise  # of another version, which is for a person to decide
        lacking = found = None
    if lacking is None or found is None:
        return Defect("damaged", "the ledger could not be read")
    if found.count > journal.size:
        raise _journal_was_cut(found.count, journal.size)
    if not found.gapless:
        return Defect("disagrees", "the ledger had gaps among the entries it applied")
    if found.leaf != _leaf_before(journal, found.count):
        return Defect("disagrees", f"the ledger had applied another entry {found.count - 1} than the journal holds")
    if not all(step.in_place for step in lacking):
        return Defect("older", f"the ledger lacked {', '.join(step.name for step in lacking)}")
    return None


def _leaf_before(journal: Journal, count: int) -> str:
    """The leaf of the last of the first `count` entries."""
    if count == 0:
        return GENESIS
    return leaf_hash(next(iter(journal.read(count - 1))).entry.line())


def _brought_up(store: Store, home: Home, journal: Journal) -> list[str]:
    notes = []
    lacking = store.write(lambda cursor: migrate.pending(cursor, migrate.shipped()))
    if lacking:
        store.alone(lambda cursor: migrate.apply(cursor, lacking))
        notes.append(f"the ledger took on {', '.join(step.name for step in lacking)}")
    count = store.write(applied).count
    if count < journal.size:
        store.alone(lambda cursor: project.apply_all(cursor, journal.read(count), home))
        store.checkpoint()
        notes.append(f"entries {count} to {journal.size - 1} were in the journal and not yet in the ledger")
    return notes


def _made_anew(home: Home, journal: Journal, defect: Defect) -> list[str]:
    """Build the ledger aside from the whole journal, keep the old one under another name, put the new one in place."""
    kept: list[str] = []

    def make(cursor: Cursor) -> None:
        migrate.apply(cursor, migrate.shipped())
        project.apply_all(cursor, journal.read(0), home)

    born_aside(home.ledger, make, before_rename=lambda: kept.extend(set_aside(home.ledger, defect.word)))
    if not defect.why:
        return []
    old = f"; what was there is kept as {kept[0]}" if kept else ""
    return [f"{defect.why}; it was made anew from {journal.size} entries{old}"]


def _claimed(home: Home) -> int | None:
    """How many entries the present ledger says it has applied; None where it cannot say."""
    store = _opened(home) if home.ledger.exists() else None
    if store is None:
        return None
    try:
        return store.write(applied).count
    except (duckdb.Error, HomeUnavailable):
        return None
    finally:
        store.close()


def _journal_was_cut(ledger: int, journal: int) -> JournalBroken:
    return JournalBroken(
        f"the journal holds {journal} entries, but the ledger has applied {ledger}: entries were removed",
        where="journal",
        remedy="Put the journal back from its copy and compare it with heads that auditors keep. If the loss is accepted, "
        "`thalweg rebuild` starts from the shorter journal and records that it did.",
    )
