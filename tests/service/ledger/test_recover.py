from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.errors import HomeUnavailable, JournalBroken
from service.journal.append import Journal
from service.ledger.ledger import Ledger
from service.ledger.store import wal_of


@pytest.fixture
def filled(house: Any, rows: Any) -> Any:
    """A house with a partner, two batches and a run, whose ledger is up to date and closed; `house.before` are its digests."""
    with house.open() as ledger:
        ledger.project(house.partner())
        ledger.project(house.batch("b_1", rows(["r1", "r2"])))
        ledger.project(house.batch("b_2", rows(["r3"]), replaces="b_1"))
        ledger.project(house.run("run-1", "started"))
        house.before = ledger.digests()
    return house


def _as_before(house: Any) -> list[str]:
    """Open the ledger, check that it holds what it held, and give what the start had to say."""
    with house.open() as ledger:
        assert ledger.digests() == house.before
        return list(ledger.recovery)


def test_a_first_start_has_nothing_to_mend(house: Any) -> None:
    with house.open() as ledger:
        assert (ledger.recovery, ledger.applied) == ([], 0)


def test_a_start_with_nothing_wrong_says_nothing(filled: Any) -> None:
    assert _as_before(filled) == []


def test_a_rebuilt_ledger_holds_the_same_rows_in_every_table(filled: Any) -> None:
    notes = Ledger.rebuild(filled.home, filled.journal)
    assert notes == [
        "the ledger was rebuilt on request; it was made anew from 4 entries; what was there is kept as ledger.duckdb.replaced-1"
    ]
    assert _as_before(filled) == []


def test_a_deleted_database_is_made_anew_from_the_journal(filled: Any) -> None:
    filled.home.ledger.unlink()
    assert _as_before(filled) == ["the ledger was missing; it was made anew from 4 entries"]


def test_an_old_copy_that_was_put_back_is_brought_up(filled: Any, tmp_path: Path) -> None:
    old = shutil.copy(filled.home.ledger, tmp_path / "old")
    with filled.open() as ledger:
        ledger.project(filled.partner("bank-b"))
        ledger.project(filled.partner("bank-c"))
        filled.before = ledger.digests()
    shutil.copy(old, filled.home.ledger)
    assert _as_before(filled) == ["entries 4 to 5 were in the journal and not yet in the ledger"]


def test_an_old_copy_put_back_beside_a_newer_log_is_not_believed(filled: Any, tmp_path: Path) -> None:
    old = shutil.copy(filled.home.ledger, tmp_path / "old")
    with filled.open() as ledger:
        ledger.project(filled.partner("bank-b"))
    with filled.open() as ledger:
        ledger.project(filled.partner("bank-c"))
        newer = shutil.copy(wal_of(filled.home.ledger), tmp_path / "newer")
        filled.before = ledger.digests()
    shutil.copy(old, filled.home.ledger)
    shutil.copy(newer, wal_of(filled.home.ledger))
    assert _as_before(filled) != []
    assert _as_before(filled) == []


def test_a_database_deleted_beside_its_log_does_not_get_that_log(filled: Any) -> None:
    wal_of(filled.home.ledger).write_bytes(b"a log that belongs to nothing")
    filled.home.ledger.unlink()
    assert "kept as ledger.duckdb.stray-1" in _as_before(filled)[0]


@pytest.mark.parametrize("damage", ["empty", "noise", "half", "alien"])
def test_a_database_that_cannot_be_read_is_set_aside_and_made_anew(filled: Any, damage: str) -> None:
    path = filled.home.ledger
    if damage == "alien":
        path.unlink()
        with duckdb.connect(str(path)) as other:
            other.execute("create table something_else as select 1 as x")
    else:
        whole = path.read_bytes()
        path.write_bytes({"empty": b"", "noise": b"\x07" * 8192, "half": whole[: len(whole) // 2]}[damage])
    notes = _as_before(filled)
    assert "made anew from 4 entries; what was there is kept as ledger.duckdb.damaged-1" in notes[0]
    assert (filled.home.root / "ledger.duckdb.damaged-1").exists()


def test_a_log_torn_at_any_place_costs_nothing(filled: Any, rows: Any, tmp_path: Path) -> None:
    """A torn log opens without an error and without its last commits: the journal alone knows that they are missing."""
    with filled.open() as ledger:
        ledger.project(filled.batch("b_3", rows([f"s{number}" for number in range(50)])))
        for number in range(5):
            ledger.project(filled.partner(f"p{number}"))
        filled.before = ledger.digests()
        saved = [shutil.copy(path, tmp_path) for path in (filled.home.ledger, wal_of(filled.home.ledger))]
    log = Path(saved[1]).read_bytes()
    lost = 0
    for keep in range(0, len(log), max(1, len(log) // 12)):
        shutil.copy(saved[0], filled.home.ledger)
        wal_of(filled.home.ledger).write_bytes(log[:keep])
        lost += bool(_as_before(filled))
    assert lost >= 6


def test_a_ledger_of_another_journal_is_set_aside(filled: Any, house: Any, tmp_path: Path) -> None:
    other = type(house)(tmp_path / "other")
    with other.open() as ledger:
        ledger.project(other.partner("someone-else"))
    shutil.copy(other.home.ledger, filled.home.ledger)
    notes = _as_before(filled)
    assert notes == [
        "the ledger had applied another entry 0 than the journal holds; it was made anew from 4 entries; "
        "what was there is kept as ledger.duckdb.disagrees-1"
    ]


def test_a_ledger_with_a_gap_is_set_aside(filled: Any) -> None:
    with duckdb.connect(str(filled.home.ledger)) as connection:
        connection.execute("delete from applied where seq = 1")
    assert "gaps" in _as_before(filled)[0]


def test_a_journal_that_was_cut_stops_the_start_until_a_rebuild_accepts_the_loss(filled: Any) -> None:
    filled.journal.close()
    for path in filled.home.journal.iterdir():
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:-1]))
    journal = Journal.open(filled.home.journal, filled.clock)
    with pytest.raises(JournalBroken, match="holds 3 entries, but the ledger has applied 4"):
        Ledger.open(filled.home, journal)
    notes = Ledger.rebuild(filled.home, journal)
    assert notes[-1] == "the earlier ledger had applied 4 entries, the journal holds 3"
    with Ledger.open(filled.home, journal) as ledger:
        assert (ledger.recovery, ledger.applied) == ([], 3)


def test_what_an_interrupted_birth_left_is_removed(filled: Any) -> None:
    for name in ("ledger.duckdb.new", "ledger.duckdb.new.wal"):
        (filled.home.root / name).write_bytes(b"half a database")
    assert _as_before(filled) == []
    assert sorted(path.name for path in filled.home.root.glob("ledger*")) == ["ledger.duckdb"]


def test_a_start_with_a_missing_segment_names_the_file(filled: Any) -> None:
    next(filled.home.segments.iterdir()).unlink()
    filled.home.ledger.unlink()
    with pytest.raises(Exception, match="missing") as raised:
        filled.open()
    assert raised.value.where.startswith("segments/")


def test_damage_met_while_reading_stops_the_ledger_and_the_next_start_mends_it(filled: Any, rows: Any) -> None:
    """Every stretch of the file is spoilt in turn: an answer is right, or there is none; and the next start is whole again."""
    whole = filled.home.ledger.read_bytes()
    met = 0
    for start in range(12_288, len(whole), len(whole) // 7):
        spoilt = bytes(byte ^ 0xFF for byte in whole[start : start + 512])
        filled.home.ledger.write_bytes(whole[:start] + spoilt + whole[start + 512 :])
        told: list[str] = []
        with Ledger.open(filled.home, filled.journal, on_fatal=told.append) as ledger:
            if ledger.recovery:
                assert "made anew" in ledger.recovery[0]
            with contextlib.suppress(HomeUnavailable):
                assert ledger.digests() == filled.before
            assert told == ([ledger.failed] if ledger.failed else [])
            if ledger.failed:
                with pytest.raises(HomeUnavailable, match="Start again"):
                    ledger.query("select 1")
        if ledger.failed:
            met += 1
            assert "the ledger was found damaged; it was made anew" in _as_before(filled)[0]
        assert _as_before(filled) == []
    assert met >= 1
