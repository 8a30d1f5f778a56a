"""Opening after a crash: one unfinished append is cut and told of; anything more is refused and left exactly as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.canonical import sha256
from schemas.errors import JournalBroken
from schemas.journal import HEAD_FILE
from service.journal.append import Journal
from service.journal.verify import verify_journal
from tests.service.journal.samples import ENTRIES, PAYLOADS, accept, counting_clock, note


def _last_line(path: Path) -> bytes:
    return path.read_bytes().split(b"\n")[-2] + b"\n"


def test_a_torn_entry_line_is_cut_with_its_payload_wherever_it_was_torn(filled: Path) -> None:
    whole, kept = (filled / ENTRIES).read_bytes(), (filled / PAYLOADS).read_bytes()
    note(filled, 5)
    last = _last_line(filled / ENTRIES)
    for torn in [1, 2, *range(3, len(last) - 1, 23), len(last) - 1]:
        (filled / ENTRIES).write_bytes(whole[: len(whole) - torn])
        (filled / PAYLOADS).write_bytes(kept)
        with Journal.open(filled, counting_clock()) as journal:
            assert journal.size == 5
            assert [cut["file"] for cut in journal.recovery] == [ENTRIES, PAYLOADS]
            assert journal.recovery[0]["sha256"] == sha256(last[:-torn])
            assert journal.recovery[0]["bytes"] == len(last) - torn
        assert verify_journal(filled).entries == 5


def test_a_torn_payload_line_is_cut_wherever_it_was_torn(filled: Path) -> None:
    entries, kept = (filled / ENTRIES).read_bytes(), (filled / PAYLOADS).read_bytes()
    for length in (1, 2, 40, 4096):
        (filled / PAYLOADS).write_bytes(kept + b"x" * length)
        with Journal.open(filled, counting_clock()) as journal:
            assert journal.size == 6
            assert [(cut["file"], cut["bytes"]) for cut in journal.recovery] == [(PAYLOADS, length)]
    assert ((filled / ENTRIES).read_bytes(), (filled / PAYLOADS).read_bytes()) == (entries, kept)


def test_a_payload_whose_entry_never_came_is_cut(filled: Path) -> None:
    last = _last_line(filled / ENTRIES)
    orphan = _last_line(filled / PAYLOADS)
    note(filled, 5)
    (filled / ENTRIES).write_bytes((filled / ENTRIES).read_bytes().removesuffix(last))
    with Journal.open(filled, counting_clock()) as journal:
        assert journal.recovery == (
            {
                "file": PAYLOADS,
                "why": "a payload line without its entry",
                "bytes": len(orphan),
                "sha256": sha256(orphan),
            },
        )
        accept(journal, 7)
    assert verify_journal(filled).entries == 6


def test_opening_again_after_a_recovery_finds_nothing_to_cut(filled: Path) -> None:
    note(filled, 5)
    (filled / ENTRIES).write_bytes((filled / ENTRIES).read_bytes()[:-3])
    with Journal.open(filled, counting_clock()) as journal:
        assert journal.recovery
    with Journal.open(filled, counting_clock()) as journal:
        assert journal.recovery == ()


def test_what_was_cut_can_itself_be_recorded(filled: Path) -> None:
    note(filled, 5)
    (filled / ENTRIES).write_bytes((filled / ENTRIES).read_bytes()[:-3])
    with Journal.open(filled, counting_clock()) as journal:
        told = journal.append("house.recovered", {"cut": journal.recovery}, actor="system", role="system")
    assert told.payload is not None
    assert [cut["file"] for cut in told.payload["cut"]] == [ENTRIES, PAYLOADS]


def test_a_note_that_is_behind_is_brought_up(filled: Path) -> None:
    whole = (filled / HEAD_FILE).read_bytes()
    for size in range(6):
        note(filled, size)
        assert verify_journal(filled).ok
        with Journal.open(filled, counting_clock()) as journal:
            assert journal.recovery == ()
        assert (filled / HEAD_FILE).read_bytes() == whole


@pytest.mark.parametrize("lost", [None, b""])
def test_a_note_that_was_lost_is_written_anew(filled: Path, lost: bytes | None) -> None:
    whole = (filled / HEAD_FILE).read_bytes()
    (filled / HEAD_FILE).unlink() if lost is None else (filled / HEAD_FILE).write_bytes(lost)
    with Journal.open(filled, counting_clock()) as journal:
        assert journal.recovery == ()
    assert (filled / HEAD_FILE).read_bytes() == whole


def test_a_note_that_cannot_be_understood_is_told_of_and_written_anew(filled: Path) -> None:
    whole = (filled / HEAD_FILE).read_bytes()
    (filled / HEAD_FILE).write_bytes(whole + b"x")
    with Journal.open(filled, counting_clock()) as journal:
        assert [mended["file"] for mended in journal.recovery] == [HEAD_FILE]
    assert (filled / HEAD_FILE).read_bytes() == whole


@pytest.mark.parametrize("left", [(PAYLOADS,), (ENTRIES,), (ENTRIES, PAYLOADS)])
def test_files_created_by_a_process_that_was_then_killed_are_taken_up(directory: Path, left: tuple[str, ...]) -> None:
    directory.mkdir()
    for name in left:
        (directory / name).touch()
    with Journal.open(directory, counting_clock()) as journal:
        assert (journal.size, journal.recovery) == (0, ())
        accept(journal, 1)
    assert verify_journal(directory).ok


def _cut_whole_entries(directory: Path) -> None:
    for name in (ENTRIES, PAYLOADS):
        lines = (directory / name).read_bytes().split(b"\n")
        (directory / name).write_bytes(b"\n".join(lines[:4]) + b"\n")


def _drop_last_entries(directory: Path) -> None:
    lines = (directory / ENTRIES).read_bytes().split(b"\n")
    (directory / ENTRIES).write_bytes(b"\n".join(lines[:4]) + b"\n")


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        (lambda d: _replace(d / ENTRIES, b'"role":"admin"', b'"role":"owner"'), f"{ENTRIES}, entry 1, line 2"),
        (lambda d: _replace(d / ENTRIES, b'"seq":3', b'"seq":4'), f"{ENTRIES}, entry 3, line 4"),
        (lambda d: _replace(d / ENTRIES, b'{"actor":"bank-b"', b'["actor":"bank-b"'), f"{ENTRIES}, entry 2, line 3"),
        (lambda d: _replace(d / ENTRIES, b'"prev"', b'"prov"'), f"{ENTRIES}, entry 0, line 1"),
        (lambda d: _append(d / ENTRIES, b"\n"), f"{ENTRIES}, entry 6, line 7"),
        (lambda d: _append(d / ENTRIES, b"\x00" * 100 + b"\n"), f"{ENTRIES}, entry 6, line 7"),
        (lambda d: _replace(d / PAYLOADS, b'"rows":2', b'"rows":3'), f"{PAYLOADS}, entry 5, line 6"),
        (lambda d: _replace(d / PAYLOADS, b'"seq":5', b'"seq":4'), f"{PAYLOADS}, entry 5, line 6"),
        (lambda d: _drop_last(d / PAYLOADS), f"{PAYLOADS}, entry 5"),
        (lambda d: (d / PAYLOADS).unlink(), f"{PAYLOADS}, entry 0"),
        (lambda d: (d / ENTRIES).unlink(), f"{PAYLOADS}, entry 0"),
        (_cut_whole_entries, f"{HEAD_FILE}, entry 4"),
        (lambda d: _drop_last(d / ENTRIES), f"{HEAD_FILE}, entry 5"),
        (lambda d: (d / ENTRIES).write_bytes((d / ENTRIES).read_bytes()[:-3]), f"{HEAD_FILE}, entry 5"),
        (lambda d: _replace(d / ENTRIES, b'"object":"b-2"', b'"object":"b-3"'), f"{ENTRIES}, entry 5, line 6"),
        (_drop_last_entries, f"{PAYLOADS}, entry 4"),
        (lambda d: (d / ENTRIES).rename(d / "000010000.ndjson"), f"{ENTRIES}, entry 0"),
        (lambda d: (d / "000020000.ndjson").touch(), "000010000.ndjson, entry 10000"),
        (lambda d: (d / "000010000.ndjson").touch(), f"{ENTRIES}, entry 6"),
    ],
)
def test_damage_that_no_crash_explains_is_refused_and_nothing_is_touched(
    filled: Path, damage: Callable[[Path], object], place: str
) -> None:
    damage(filled)
    before = {path.name: path.read_bytes() for path in filled.iterdir()}
    with pytest.raises(JournalBroken) as refusal:
        Journal.open(filled, counting_clock())
    assert str(refusal.value).startswith(f"journal/{place}")
    assert {path.name: path.read_bytes() for path in filled.iterdir()} == before


def _replace(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def _append(path: Path, data: bytes) -> None:
    path.write_bytes(path.read_bytes() + data)


def _drop_last(path: Path) -> None:
    path.write_bytes(path.read_bytes().removesuffix(_last_line(path)))
