"""The verifier against every small damage that a file can take: it names the first entry that is not what was recorded.

The last entry is confirmed by no later one but by the note in `head`, and beyond that by a head that was kept elsewhere.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.canonical import canonical_json, parse_json
from schemas.journal import GENESIS, HEAD_FILE, Entry, Kept, commitment, leaf_hash
from service.journal.append import Journal
from service.journal.verify import FirstBad, JournalReport, verify_journal
from tests.service.journal.samples import ENTRIES, PAYLOADS, accept, counting_clock, note

SIZE = 6


def _verify(directory: Path, expected: tuple[int, str] | None = None) -> JournalReport:
    return verify_journal(directory, expect_at_least=expected, pause=lambda: None)


def _first_bad(directory: Path, expected: tuple[int, str] | None = None) -> FirstBad:
    report = _verify(directory, expected)
    assert not report.ok
    assert report.first_bad is not None
    assert report.entries == report.first_bad.seq
    return report.first_bad


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n")[:-1]


def _write(path: Path, lines: list[bytes]) -> None:
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def _edit(directory: Path, name: str, change: Callable[[list[bytes]], None]) -> None:
    lines = _lines(directory / name)
    change(lines)
    _write(directory / name, lines)


@pytest.fixture
def known(filled: Path) -> tuple[int, str]:
    """The size and head of the sample, as somebody wrote them down elsewhere."""
    return SIZE, _verify(filled).head


def test_a_whole_journal_holds_and_gives_size_and_head(filled: Path) -> None:
    head = leaf_hash(_lines(filled / ENTRIES)[-1])
    assert verify_journal(filled) == JournalReport(True, SIZE, head, None)
    assert verify_journal(filled).as_dict() == {"ok": True, "entries": 6, "head": head, "first_bad": None, "erased": []}


def test_an_empty_journal_holds_and_no_journal_does_not(journal: Journal, directory: Path, tmp_path: Path) -> None:
    assert verify_journal(directory) == JournalReport(True, 0, GENESIS, None)
    assert not verify_journal(tmp_path / "elsewhere").ok


@pytest.mark.parametrize(
    "mask", [0x01, *(pytest.param(mask, marks=pytest.mark.slow) for mask in (0x02, 0x10, 0x20, 0x0F, 0x80))]
)
@pytest.mark.parametrize("name", [ENTRIES, PAYLOADS])
def test_every_byte_of_both_files_counts(filled: Path, name: str, mask: int) -> None:
    path = filled / name
    whole = path.read_bytes()
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= mask
        path.write_bytes(damaged)
        bad = _first_bad(filled)
        assert bad.seq == whole[:position].count(b"\n"), f"byte {position} of {name}: {bad}"


def test_every_byte_of_the_note_counts(filled: Path) -> None:
    whole = (filled / HEAD_FILE).read_bytes()
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        (filled / HEAD_FILE).write_bytes(damaged)
        bad = _verify(filled).first_bad
        assert bad is not None
        assert HEAD_FILE in bad.file or HEAD_FILE in bad.why or "ends here" in bad.why, bad


def test_a_lost_note_is_missed_and_one_that_says_nothing_yet_is_not(filled: Path) -> None:
    (filled / HEAD_FILE).write_bytes(b"")
    assert _verify(filled).ok, "its bytes are not made durable: a power cut may leave it empty"
    (filled / HEAD_FILE).unlink()
    assert _first_bad(filled).file == HEAD_FILE


@pytest.mark.parametrize("name", [ENTRIES, PAYLOADS])
@pytest.mark.parametrize("at", range(SIZE))
def test_a_deleted_line_is_missed(filled: Path, known: tuple[int, str], name: str, at: int) -> None:
    _edit(filled, name, lambda lines: lines.__delitem__(at))
    assert _first_bad(filled, known).seq == at


@pytest.mark.parametrize("at", range(SIZE - 1))
def test_a_deleted_entry_with_its_payload_is_missed(filled: Path, at: int) -> None:
    for name in (ENTRIES, PAYLOADS):
        _edit(filled, name, lambda lines: lines.__delitem__(at))
    assert _first_bad(filled).seq == at


@pytest.mark.parametrize("name", [ENTRIES, PAYLOADS])
@pytest.mark.parametrize("at", range(SIZE - 1))
def test_two_lines_in_each_others_place_are_seen(filled: Path, known: tuple[int, str], name: str, at: int) -> None:
    def swap(lines: list[bytes]) -> None:
        lines[at], lines[at + 1] = lines[at + 1], lines[at]

    _edit(filled, name, swap)
    assert _first_bad(filled, known).seq == at


@pytest.mark.parametrize("name", [ENTRIES, PAYLOADS])
@pytest.mark.parametrize("at", range(SIZE))
def test_a_line_that_stands_twice_is_seen(filled: Path, known: tuple[int, str], name: str, at: int) -> None:
    _edit(filled, name, lambda lines: lines.insert(at, lines[at]))
    assert _first_bad(filled, known).seq in (at, at + 1)


@pytest.mark.parametrize("name", [ENTRIES, PAYLOADS])
def test_a_file_cut_anywhere_but_at_the_end_of_a_line_is_named_there(filled: Path, name: str) -> None:
    whole = (filled / name).read_bytes()
    for length in range(1, len(whole), 3):
        if whole[length - 1 : length] != b"\n":
            (filled / name).write_bytes(whole[:length])
            assert _first_bad(filled).seq == whole[:length].count(b"\n")


@pytest.mark.parametrize("name", [ENTRIES, PAYLOADS])
def test_a_deleted_file_is_missed(filled: Path, name: str) -> None:
    (filled / name).unlink()
    assert _first_bad(filled).seq == 0


def test_a_forged_entry_at_the_end_that_does_not_follow_is_seen(filled: Path) -> None:
    last = Entry.model_validate(parse_json(_lines(filled / ENTRIES)[-1]))
    forged = last.model_copy(update={"seq": SIZE, "actor": "nobody"})
    _edit(filled, ENTRIES, lambda lines: lines.append(forged.line()))
    _edit(filled, PAYLOADS, lambda lines: lines.append(lines[-1].replace(b'"seq":5', b'"seq":6')))
    assert _first_bad(filled).seq == SIZE


@pytest.mark.parametrize("at", range(1, SIZE))
def test_an_entry_put_in_with_hashes_that_fit_only_itself_is_named(filled: Path, at: int) -> None:
    before = _lines(filled / ENTRIES)[at - 1]
    kept = Kept(seq=at, salt="5a" * 32, payload={"batch": "forged"})
    entry = Entry.model_validate(parse_json(before)).model_copy(
        update={"seq": at, "prev": leaf_hash(before), "commit": commitment("5a" * 32, {"batch": "forged"})}
    )
    known = SIZE, leaf_hash(_lines(filled / ENTRIES)[-1])
    _edit(filled, ENTRIES, lambda lines: lines.insert(at, entry.line()))
    _edit(filled, PAYLOADS, lambda lines: lines.insert(at, kept.line()))
    assert _first_bad(filled, known).seq == at


@pytest.mark.parametrize("garbage", [b"\n", b"{}\n", b"\x00" * 512, b"x", b" "])
@pytest.mark.parametrize("name", [ENTRIES, PAYLOADS])
def test_garbage_at_the_end_is_seen(filled: Path, name: str, garbage: bytes) -> None:
    (filled / name).write_bytes((filled / name).read_bytes() + garbage)
    assert _first_bad(filled).seq == SIZE


@pytest.mark.parametrize(
    "name", ["notes.txt", "000000005.ndjson", "000000000.ndjson.bak", "00000000.ndjson", "000020000.ndjson"]
)
def test_a_file_that_has_no_place_in_a_journal_is_named(filled: Path, name: str) -> None:
    (filled / name).write_bytes(b"")
    bad = _first_bad(filled)
    assert (bad.seq, bad.file) == (SIZE, name)


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda line: line.replace(b'","', b'", "', 1),
        lambda line: line.replace(b'"v":1', b'"v":2'),
        lambda line: line.replace(b'"v":1', b'"v":1,"v":1'),
        lambda line: line.replace(b'"v":1', b'"v":1,"w":1'),
        lambda line: line.replace(b'"type":"batch.refused"', b'"type":"batch.deleted"'),
        lambda line: line.replace(b'"role":"partner",', b""),
        lambda line: line.replace(b"Z", b"+00:00", 1),
        lambda line: line + b"\r",
        lambda line: b"[" + line + b"]",
        lambda line: b"null",
    ],
)
def test_an_entry_line_in_another_form_is_refused(filled: Path, rewrite: Callable[[bytes], bytes]) -> None:
    def change(lines: list[bytes]) -> None:
        lines[2] = rewrite(lines[2])

    _edit(filled, ENTRIES, change)
    bad = _first_bad(filled)
    assert (bad.seq, bad.file, bad.line) == (2, ENTRIES, 3)


def test_hexadecimal_in_capitals_is_another_salt(filled: Path) -> None:
    def shout(lines: list[bytes]) -> None:
        kept = parse_json(lines[3])
        lines[3] = canonical_json({**kept, "salt": kept["salt"].upper()})

    _edit(filled, PAYLOADS, shout)
    assert _first_bad(filled).seq == 3


@pytest.mark.parametrize("name", [ENTRIES, PAYLOADS])
def test_a_file_of_a_pair_that_is_gone_is_named_itself(filled: Path, name: str) -> None:
    (filled / name).unlink()
    bad = _first_bad(filled)
    assert (bad.file, bad.seq, bad.why) == (name, 0, "this file is missing")
    os.mkfifo(filled / name)  # reading it would wait for ever
    assert _first_bad(filled).file == name


def test_an_erased_payload_breaks_no_chain_and_is_not_what_was_recorded(filled: Path) -> None:
    def erase(lines: list[bytes]) -> None:
        lines[1] = Kept(seq=1, salt=None, payload=None).line()

    _edit(filled, PAYLOADS, erase)
    report = verify_journal(filled)
    assert (report.ok, report.entries, report.first_bad, report.erased) == (False, SIZE, None, (1,))
    with Journal.open(filled, counting_clock()) as journal:
        assert [one.payload is None for one in journal.read()] == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    "half", [b'{"payload":null,"salt":"%s","seq":1}' % (b"0" * 64), b'{"payload":{},"salt":null,"seq":1}']
)
def test_a_payload_erased_by_half_is_broken(filled: Path, half: bytes) -> None:
    _edit(filled, PAYLOADS, lambda lines: lines.__setitem__(1, half))
    assert _first_bad(filled).seq == 1


def test_cutting_whole_entries_off_the_end_shows_only_against_a_head_kept_elsewhere(
    filled: Path, known: tuple[int, str]
) -> None:
    for name in (ENTRIES, PAYLOADS):
        _edit(filled, name, lambda lines: lines.__delitem__(slice(4, None)))
    assert "had 6 entries" in _first_bad(filled).why
    note(filled, 4)
    assert _verify(filled).ok, "whoever cuts the entries can write the note as well"
    bad = _first_bad(filled, known)
    assert (bad.seq, bad.line) == (4, 5)
    assert "had 6 entries" in bad.why


def test_rewriting_the_whole_tail_shows_only_against_a_head_kept_elsewhere(
    filled: Path, known: tuple[int, str]
) -> None:
    _forge_from(filled, 2)
    assert _first_bad(filled).seq == SIZE - 1
    note(filled, SIZE)
    assert _verify(filled).ok, "whoever rewrites the entries can write the note as well"
    bad = _first_bad(filled, known)
    assert bad.seq == SIZE - 1
    assert "rewritten" in bad.why


def test_a_journal_that_has_grown_since_the_head_was_kept_still_holds(filled: Path, known: tuple[int, str]) -> None:
    with Journal.open(filled, counting_clock()) as journal:
        accept(journal, 9)
    report = _verify(filled, known)
    assert (report.ok, report.entries) == (True, SIZE + 1)


def test_the_visitor_meets_every_entry_that_holds_by_itself_also_after_the_first_bad_one(filled: Path) -> None:
    _edit(filled, PAYLOADS, lambda lines: lines.__setitem__(2, b"{}"))
    met: list[int] = []
    report = verify_journal(filled, visit=lambda entry, _: met.append(entry.seq), pause=lambda: None)
    assert report.first_bad is not None
    assert (report.first_bad.seq, report.entries, met) == (2, 2, [0, 1, 3, 4, 5])


def test_verifying_writes_nothing(filled: Path, tmp_path: Path) -> None:
    (filled / ENTRIES).write_bytes((filled / ENTRIES).read_bytes()[:-10])
    shutil.copytree(filled, tmp_path / "copy")
    _verify(filled)
    for path in filled.iterdir():
        assert path.read_bytes() == (tmp_path / "copy" / path.name).read_bytes()


def test_a_journal_that_is_being_appended_to_verifies_at_any_moment(directory: Path) -> None:
    with Journal.open(directory, counting_clock()) as journal:
        done = threading.Event()

        def keep_appending() -> None:
            for number in range(300):
                accept(journal, number)
            done.set()

        writer = threading.Thread(target=keep_appending)
        writer.start()
        sizes = []
        while not done.is_set():
            report = verify_journal(directory)
            assert report.ok, report
            sizes.append(report.entries)
        writer.join()
    assert sizes == sorted(sizes)
    assert verify_journal(directory).entries == 300


def _forge_from(directory: Path, start: int) -> None:
    """Rewrite entry `start` and everything after it with hashes that fit."""
    lines = _lines(directory / ENTRIES)
    for at in range(start, len(lines)):
        entry = Entry.model_validate(parse_json(lines[at]))
        lines[at] = entry.model_copy(update={"actor": "forger", "prev": leaf_hash(lines[at - 1])}).line()
    _write(directory / ENTRIES, lines)
