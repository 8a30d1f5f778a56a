"""Appending: what is acknowledged is on disk and chained; what is not on disk is never acknowledged."""

from __future__ import annotations

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.errors import HomeUnavailable, JournalBroken, StorageFull
from schemas.journal import GENESIS, leaf_hash
from service.journal.append import Journal
from service.journal.verify import verify_journal
from tests.service.journal.samples import BEGINNING, accept, counting_clock


def test_an_empty_journal_has_the_genesis_head(journal: Journal) -> None:
    assert (journal.size, journal.head, list(journal.read())) == (0, GENESIS, [])


def test_each_entry_follows_from_the_one_before_it(journal: Journal) -> None:
    recorded = [accept(journal, number) for number in range(5)]
    assert [one.entry.seq for one in recorded] == [0, 1, 2, 3, 4]
    assert [one.entry.prev for one in recorded] == [GENESIS, *(one.hash for one in recorded[:-1])]
    assert (journal.size, journal.head) == (5, recorded[-1].hash)


def test_the_head_is_the_leaf_hash_of_the_bytes_of_the_last_line(journal: Journal, directory: Path) -> None:
    accept(journal, 1)
    accept(journal, 2)
    last = (directory / "000000000.ndjson").read_bytes().split(b"\n")[-2]
    assert leaf_hash(last) == journal.head


def test_an_append_gives_back_what_a_later_read_gives(journal: Journal) -> None:
    recorded = journal.append("alert.noted", {"words": ("a", "b"), "n": 3}, actor="nadia", role="analyst", object="a-1")
    assert recorded.payload == {"words": ["a", "b"], "n": 3}
    assert list(journal.read()) == [recorded]


def test_changing_the_payload_after_the_append_changes_nothing_that_was_recorded(journal: Journal) -> None:
    payload: dict[str, Any] = {"list": [1]}
    recorded = journal.append("alert.noted", payload, actor="nadia", role="analyst")
    payload["list"].append(2)
    assert recorded.payload == {"list": [1]}


def test_a_reopened_journal_goes_on_where_it_stopped(directory: Path) -> None:
    with Journal.open(directory, counting_clock()) as journal:
        first = accept(journal, 1)
    with Journal.open(directory, counting_clock()) as journal:
        assert (journal.size, journal.head, journal.recovery) == (1, first.hash, ())
        second = accept(journal, 2)
        assert second.entry.prev == first.hash
        assert [one.entry.seq for one in journal.read()] == [0, 1]
    assert verify_journal(directory).ok


def test_reading_starts_anywhere(journal: Journal) -> None:
    recorded = [accept(journal, number) for number in range(4)]
    assert list(journal.read(2)) == recorded[2:]
    assert list(journal.read(4)) == []
    assert list(journal.read(9)) == []


def test_a_reading_ends_where_it_began_even_if_entries_are_added_meanwhile(journal: Journal) -> None:
    accept(journal, 1)
    accept(journal, 2)
    reading = journal.read()
    next(reading)
    accept(journal, 3)
    assert [one.entry.seq for one in reading] == [1]


def test_thirty_two_threads_make_one_chain_without_gaps(journal: Journal, directory: Path) -> None:
    with ThreadPoolExecutor(32) as pool:
        recorded = list(pool.map(lambda number: accept(journal, number), range(320)))
    assert sorted(one.entry.seq for one in recorded) == list(range(320))
    assert sorted(journal.read(), key=lambda one: one.entry.seq) == sorted(recorded, key=lambda one: one.entry.seq)
    report = verify_journal(directory)
    assert (report.ok, report.entries, report.head) == (True, 320, journal.head)


def test_a_file_holds_ten_thousand_entries_and_the_next_goes_on(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    with Journal.open(directory, counting_clock()) as journal:
        for number in range(10_002):
            accept(journal, number)
        head = journal.head
        assert [one.entry.seq for one in journal.read(9_998)] == [9_998, 9_999, 10_000, 10_001]
    assert sorted(path.name for path in directory.iterdir()) == [
        "000000000.ndjson",
        "000000000.payloads.ndjson",
        "000010000.ndjson",
        "000010000.payloads.ndjson",
        "head",
    ]
    with Journal.open(directory, counting_clock()) as journal:
        assert (journal.size, journal.head) == (10_002, head)
    assert verify_journal(directory).head == head


def test_only_the_owner_can_read_the_files(journal: Journal, directory: Path) -> None:
    accept(journal, 1)
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}


def test_times_are_utc_with_microseconds_whatever_the_zone_of_the_clock(directory: Path) -> None:
    dakar_summer = timezone(timedelta(hours=2))
    with Journal.open(directory, lambda: datetime(2025, 3, 1, 1, 30, tzinfo=dakar_summer)) as journal:
        assert accept(journal, 1).entry.at == "2025-02-28T23:30:00.000000Z"


def test_a_clock_without_a_zone_is_refused_and_nothing_is_recorded(directory: Path) -> None:
    with Journal.open(directory, lambda: datetime(2025, 3, 1)) as journal:
        with pytest.raises(ValueError, match="zone"):
            accept(journal, 1)
        assert journal.size == 0


def test_a_clock_that_steps_back_changes_no_order(directory: Path) -> None:
    times = iter([BEGINNING, BEGINNING - timedelta(hours=1), BEGINNING + timedelta(hours=1)])
    with Journal.open(directory, lambda: next(times)) as journal:
        recorded = [accept(journal, number) for number in range(3)]
    assert [one.entry.seq for one in recorded] == [0, 1, 2]
    assert recorded[1].entry.at < recorded[0].entry.at
    assert verify_journal(directory).ok


@pytest.mark.parametrize("payload", [{"amount": 1.5}, {"n": 2**53}, {"at": BEGINNING}, {"text": "\ud800"}, {1: "a"}])
def test_a_payload_without_a_canonical_form_is_refused_and_the_journal_goes_on(
    journal: Journal, payload: dict[str, Any]
) -> None:
    with pytest.raises((TypeError, ValueError)):
        journal.append("alert.noted", payload, actor="nadia", role="analyst")
    assert accept(journal, 1).entry.seq == 0


def test_an_unknown_type_is_refused_and_the_journal_goes_on(journal: Journal) -> None:
    with pytest.raises(ValidationError):
        journal.append("alert.deleted", {}, actor="nadia", role="analyst")  # type: ignore[arg-type]
    assert accept(journal, 1).entry.seq == 0


def test_equal_payloads_have_different_commitments_so_that_nobody_can_guess_them(journal: Journal) -> None:
    assert accept(journal, 1).entry.commit != accept(journal, 1).entry.commit


def test_after_an_error_on_fsync_nothing_is_appended_until_the_journal_is_reopened(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal.open(directory, counting_clock())
    accept(journal, 1)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", _fails_on_call(2, errno.EIO))
        with pytest.raises(HomeUnavailable, match="unknown"):
            accept(journal, 2)
    assert journal.failed
    with pytest.raises(HomeUnavailable, match="Restart"):
        accept(journal, 3)
    assert (journal.size, [one.entry.seq for one in journal.read()]) == (1, [0])
    journal.close()
    with Journal.open(directory, counting_clock()) as journal:
        assert journal.size == 2, "the error came after the entry was written: unknown, and here it was there"
        accept(journal, 4)
    assert verify_journal(directory).ok


def test_an_interrupted_append_is_unknown_too(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal.open(directory, counting_clock())
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", _interrupts)
        with pytest.raises(KeyboardInterrupt):
            accept(journal, 1)
    with pytest.raises(HomeUnavailable, match="unknown"):
        accept(journal, 2)
    journal.close()


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_full_volume_takes_the_append_back_and_a_later_one_works(
    directory: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    with Journal.open(directory, counting_clock()) as journal:
        accept(journal, 1)
        with monkeypatch.context() as full:
            full.setattr(os, "write", _writes_half_then_fails_on_call(call))
            with pytest.raises(StorageFull):
                accept(journal, 2)
        assert not journal.failed
        assert verify_journal(directory).entries == 1
        assert accept(journal, 3).entry.seq == 1
    assert verify_journal(directory).ok


def test_nothing_is_appended_to_a_closed_journal(directory: Path) -> None:
    journal = Journal.open(directory, counting_clock())
    journal.close()
    journal.close()
    with pytest.raises(HomeUnavailable, match="closed"):
        accept(journal, 1)


def test_reading_refuses_a_payload_that_was_changed(filled: Path) -> None:
    path = filled / "000000000.payloads.ndjson"
    path.write_bytes(path.read_bytes().replace(b'"rows":1', b'"rows":7'))
    with Journal.open(filled, counting_clock()) as journal, pytest.raises(JournalBroken, match="entry 1"):
        list(journal.read())


def test_reading_refuses_an_entry_that_was_changed_while_the_journal_was_open(filled: Path) -> None:
    path = filled / "000000000.ndjson"
    with Journal.open(filled, counting_clock()) as journal:
        path.write_bytes(path.read_bytes().replace(b'"actor":"nadia"', b'"actor":"nobody"'))
        with pytest.raises(JournalBroken, match="entry 4"):
            list(journal.read())


def test_a_journal_in_a_place_that_is_not_a_directory_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file")
    with pytest.raises(HomeUnavailable, match="journal"):
        Journal.open(tmp_path / "journal", counting_clock())


def _fails_on_call(number: int, code: int) -> Any:
    calls = iter(range(1, 1_000))

    def fsync(_: int) -> None:
        if next(calls) == number:
            raise OSError(code, os.strerror(code))

    return fsync


def _interrupts(_: int) -> None:
    raise KeyboardInterrupt


def _writes_half_then_fails_on_call(number: int) -> Any:
    calls = iter(range(1, 1_000))
    write = os.write

    def partial(handle: int, data: bytes) -> int:
        if next(calls) == number:
            write(handle, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data)

    return partial
