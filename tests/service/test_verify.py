"""Verifying a home: each kind of file, damaged by one byte, lost or put in, is named; and one bad file hides no other.

The home is made by hand here, with the files and payloads that intake and runs write, so that the verifier does not lean on
the code that it checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.canonical import canonical_json, digest_file, sha256
from schemas.digest_rows import digest_rows
from schemas.journal import Kept
from schemas.run import DetectorRef, Engine, Manifest, ReferenceRef, SegmentRef
from schemas.transaction import polars_schema
from service.home import Home
from service.journal.append import Journal
from service.journal.keys import receipt_key
from service.verify import HomeReport, verify_home
from tests.service.journal.samples import ENTRIES, PAYLOADS, counting_clock, note

ORIGINAL = b"reference,amount\nr-1,10.00\n"
REFUSED = b"not a table"
TABLE = b"currency,rate\nEUR,1\n"
CODE = b"select 1"
_WHO: dict[str, Any] = {"actor": "bank-a", "role": "partner"}


def _segment() -> pl.DataFrame:
    row = {
        "reference": [f"r-{number}" for number in range(50)],
        "occurred_at": [datetime(2025, 1, 1 + number % 28) for number in range(50)],
        "precision": ["day"] * 50,
        "channel": ["transfer"] * 50,
        "amount": [Decimal(number + 1) for number in range(50)],
        "currency": ["EUR"] * 50,
        "from_key": [f"X|{number % 7}" for number in range(50)],
    }
    return pl.DataFrame(row, schema_overrides=polars_schema()).select(
        pl.col(name).cast(dtype) if name in row else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in polars_schema().items()
    )


def _put(home: Home, name: str, data: bytes) -> str:
    path = home.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return sha256(data)


def _manifest(segment: str) -> Manifest:
    engine = Engine(python="3.11", duckdb="2", polars="2", pyod="3", lock="00", fingerprint="00")
    detector = DetectorRef(
        id="a-rule", kind="rule", status="live", logic_hash="00", code_digest=sha256(CODE), params={}
    )
    return Manifest(
        snapshot=1,
        as_of="2025-02-01T00:00:00.000000Z",
        base_currency="EUR",
        seed="00",
        segments=(SegmentRef(digest=segment, batch="b-1", submitter="bank-a", rows=50),),
        detectors=(detector,),
        references=(ReferenceRef(kind="fx", digest=sha256(TABLE)),),
        code="00",
        engine=engine,
    )


def _fill(home: Home, journal: Journal) -> None:
    journal.append("house.opened", {}, actor="operator", role="admin")
    _put(home, f"reference/{sha256(TABLE)}.csv", TABLE)
    journal.append("reference.loaded", {"kind": "fx", "digest": sha256(TABLE)}, actor="operator", role="admin")
    segment = digest_rows(_segment())
    _segment().write_parquet(home.segment(segment), compression="zstd")
    original = _put(home, f"originals/{sha256(ORIGINAL)}", ORIGINAL)
    files = {
        f"originals/{original}": original,
        f"segments/{segment}.parquet": digest_file(home.segment(segment)),
        "batches/b-1/rejects.parquet": _put(home, "batches/b-1/rejects.parquet", b"rejects"),
    }
    accepted = {"batch": "b-1", "original": original, "segment": segment, "files": files}
    journal.append("batch.accepted", accepted, object="b-1", **_WHO)
    refused = {"batch": "b-2", "original": _put(home, f"originals/{sha256(REFUSED)}", REFUSED), "files": {}}
    journal.append("batch.refused", refused, object="b-2", **_WHO)
    manifest = _manifest(segment)
    _put(home, f"code/{sha256(CODE)}", CODE)
    _put(home, "runs/r-1/manifest.json", manifest.canonical())
    journal.append("run.started", {"run": "r-1", "manifest": manifest.digest()}, object="r-1", **_WHO)
    made = {name: _put(home, f"runs/r-1/{name}", name.encode()) for name in ("findings.parquet", "alerts.parquet")}
    journal.append("run.finished", {"run": "r-1", "files": made}, object="r-1", **_WHO)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home.open(tmp_path / "home")
    with Journal.open(opened.journal, counting_clock()) as journal:
        _fill(opened, journal)
    return opened


def _record(home: Home, kind: Any, payload: dict[str, Any], **more: Any) -> None:
    with Journal.open(home.journal, counting_clock()) as journal:
        journal.append(kind, payload, **(_WHO | more))


def _named(report: HomeReport) -> list[str]:
    assert report.ok == (not report.problems)
    return [problem.file for problem in report.problems]


def test_a_whole_home_holds(home: Home) -> None:
    report = verify_home(home)
    assert report.as_dict() | {"journal": None} == {
        "ok": True,
        "checked": 9 + 2,
        "problems": [],
        "unaccounted": [],
        "erased": [],
        "notes": [],
        "journal": None,
    }
    assert report.journal.entries == 6


def test_the_report_is_json(home: Home) -> None:
    assert json.loads(json.dumps(verify_home(home).as_dict()))["journal"]["ok"] is True


def test_an_empty_home_holds(tmp_path: Path) -> None:
    report = verify_home(Home.open(tmp_path / "new"))
    assert (report.ok, report.checked) == (True, 0)


@pytest.mark.parametrize("folder", ["originals", "segments", "batches", "runs", "reference", "code"])
def test_one_flipped_byte_anywhere_in_a_file_is_named(home: Home, folder: str) -> None:
    for path in sorted(path for path in (home.root / folder).rglob("*") if path.is_file()):
        whole = path.read_bytes()
        for position in {0, len(whole) // 3, len(whole) // 2, len(whole) - 9, len(whole) - 1}:
            damaged = bytearray(whole)
            damaged[position] ^= 1
            path.write_bytes(damaged)
            assert _named(verify_home(home)) == [path.relative_to(home.root).as_posix()]
        path.write_bytes(whole)
    assert verify_home(home).ok


@pytest.mark.parametrize("folder", ["originals", "segments", "batches", "runs", "reference", "code"])
def test_a_missing_file_is_named_with_the_entry_that_names_it(home: Home, folder: str) -> None:
    for path in sorted(path for path in (home.root / folder).rglob("*") if path.is_file()):
        whole = path.read_bytes()
        path.unlink()
        report = verify_home(home)
        assert _named(report) == [path.relative_to(home.root).as_posix()]
        assert "missing" in report.problems[0].why
        path.write_bytes(whole)


@pytest.mark.parametrize("name", [ENTRIES, PAYLOADS])
def test_a_flipped_byte_in_the_journal_is_named_with_its_entry(home: Home, name: str) -> None:
    path = home.journal / name
    lines = path.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"b-1", b"b-9", 1)
    path.write_bytes(b"\n".join(lines))
    report = verify_home(home)
    assert [problem.file for problem in report.problems if problem.why.startswith("entry 2, line 3")] == [
        f"journal/{name}"
    ]


def test_a_bad_entry_does_not_hide_a_bad_file_that_a_later_entry_names(home: Home) -> None:
    path = home.journal / ENTRIES
    path.write_bytes(path.read_bytes().replace(b'"role":"admin"', b'"role":"owner"', 1))
    _put(home, "runs/r-1/findings.parquet", b"other")
    assert _named(verify_home(home)) == [f"journal/{ENTRIES}", "runs/r-1/findings.parquet"]


def test_every_bad_file_is_named_and_they_are_sorted(home: Home) -> None:
    names = [path.relative_to(home.root).as_posix() for path in home.root.rglob("*") if path.is_file()]
    names = sorted(name for name in names if not name.startswith("journal/"))
    for name in names:
        _put(home, name, b"other")
    named = _named(verify_home(home))
    assert named == sorted(named)
    assert set(names) - set(named) == {f"code/{sha256(CODE)}"}, "code is named by the manifest, and that is bad"


def test_a_segment_with_the_right_bytes_but_other_rows_than_its_name_says_is_named(home: Home) -> None:
    wrong = "0" * 64
    home.segment(wrong).write_bytes(home.segment(digest_rows(_segment())).read_bytes())
    files = {f"segments/{wrong}.parquet": digest_file(home.segment(wrong))}
    original = sha256(ORIGINAL)
    _record(home, "batch.accepted", {"original": original, "segment": wrong, "files": files})
    report = verify_home(home)
    assert _named(report) == [f"segments/{wrong}.parquet"]
    assert "rows" in report.problems[0].why


def test_a_segment_written_anew_with_equal_rows_keeps_its_name_but_not_its_bytes(home: Home) -> None:
    segment = digest_rows(_segment())
    _segment().write_parquet(home.segment(segment), compression="uncompressed")
    report = verify_home(home)
    assert _named(report) == [f"segments/{segment}.parquet"]
    assert "bytes" in report.problems[0].why


@pytest.mark.parametrize("data", [b"", b"PAR1", b"x" * 5_000])
def test_a_segment_that_is_no_table_is_named_even_where_only_its_rows_are_recorded(home: Home, data: bytes) -> None:
    name = _put(home, "segments/x", data)
    (home.segments / "x").rename(home.segment(name))
    _record(home, "batch.accepted", {"original": sha256(ORIGINAL), "segment": name, "files": {}})
    assert _named(verify_home(home)) == [f"segments/{name}.parquet"]


def test_a_segment_with_other_columns_is_no_segment(home: Home) -> None:
    frame = _segment().drop("extra")
    frame.write_parquet(home.segment("ab"))
    _record(home, "batch.accepted", {"original": sha256(ORIGINAL), "segment": "ab", "files": {}})
    assert _named(verify_home(home)) == ["segments/ab.parquet"]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("batch.accepted", {"segment": None, "files": {}}),
        ("batch.refused", {"original": 7, "files": {}}),
        ("batch.refused", {"original": sha256(REFUSED)}),
        ("run.started", {}),
        ("run.finished", {"files": None}),
        ("run.incomplete", {}),
        ("reference.loaded", {"kind": "fx"}),
        ("run.finished", {"files": {"findings.parquet": None}}),
    ],
)
def test_an_entry_that_does_not_say_what_it_should_is_not_passed_over(
    home: Home, kind: str, payload: dict[str, Any]
) -> None:
    _record(home, kind, payload, object="r-1")
    report = verify_home(home)
    assert not report.ok
    assert f"entry 6 ({kind})" in report.problems[0].why


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", "runs/../../outside"])
def test_a_file_outside_the_home_is_never_read(home: Home, name: str) -> None:
    (home.root.parent / "outside").write_bytes(b"secret")
    _record(home, "batch.refused", {"original": sha256(ORIGINAL), "files": {name: sha256(b"secret")}})
    report = verify_home(home)
    assert _named(report) == [name]
    assert "outside the home" in report.problems[0].why


def test_a_link_that_leads_outside_the_home_is_named(home: Home) -> None:
    (home.root.parent / "outside").write_bytes(ORIGINAL)
    path = home.originals / sha256(ORIGINAL)
    path.unlink()
    path.symlink_to(home.root.parent / "outside")
    assert _named(verify_home(home)) == [f"originals/{sha256(ORIGINAL)}"]


def test_files_that_no_entry_names_are_told_and_are_no_problem(home: Home) -> None:
    for name in ("originals/left", "runs/r-0/manifest.json", "segments/.x.new"):
        _put(home, name, b"left behind")
    report = verify_home(home)
    assert report.ok
    assert report.unaccounted == ("originals/left", "runs/r-0/manifest.json", "segments/.x.new")


def test_a_manifest_that_cannot_be_read_is_named(home: Home) -> None:
    digest = _put(home, "runs/r-2/manifest.json", canonical_json({"v": 99}))
    _record(home, "run.started", {"manifest": digest}, object="r-2")
    assert _named(verify_home(home)) == ["runs/r-2/manifest.json"]


def test_an_erased_payload_is_a_problem_and_what_it_named_is_unaccounted(home: Home) -> None:
    path = home.journal / PAYLOADS
    lines = path.read_bytes().split(b"\n")
    lines[3] = Kept(seq=3, salt=None, payload=None).line()
    path.write_bytes(b"\n".join(lines))
    report = verify_home(home)
    assert (_named(report), report.erased) == ([f"journal/{PAYLOADS}"], (3,))
    assert report.unaccounted == (f"originals/{sha256(REFUSED)}",)


def test_another_pair_of_keys_than_the_one_that_signed_is_named_with_what_to_do(home: Home) -> None:
    first = receipt_key(home.keys)
    _record(home, "batch.refused", {"original": sha256(ORIGINAL), "files": {}, "receipt_key": first.fingerprint})
    assert verify_home(home).ok
    for path in home.keys.iterdir():
        path.unlink()
    second = receipt_key(home.keys)
    report = verify_home(home)
    assert _named(report) == ["keys/receipt.pub.pem"]
    assert first.fingerprint in report.problems[0].why
    assert "partners" in report.problems[0].remedy
    _record(home, "batch.refused", {"original": sha256(ORIGINAL), "files": {}, "receipt_key": second.fingerprint})
    report = verify_home(home)
    assert (report.ok, len(report.notes)) == (True, 1)
    assert "from entry 7 on" in report.notes[0]


def test_a_data_directory_that_others_may_enter_is_told(home: Home) -> None:
    home.root.chmod(0o755)
    report = verify_home(home)
    assert (report.ok, len(report.notes)) == (True, 1)
    assert "its mode is 755, not 700" in report.notes[0]


def test_each_problem_says_what_to_do_about_its_kind_of_file(home: Home) -> None:
    for folder in ("originals", "segments", "batches", "runs", "reference", "code"):
        for path in [path for path in (home.root / folder).rglob("*") if path.is_file()]:
            path.unlink()
    problems = verify_home(home).problems
    assert (
        len({problem.remedy for problem in problems}) == len({problem.file.split("/")[0] for problem in problems}) >= 5
    )


def test_a_journal_cut_at_a_line_shows_against_a_head_kept_elsewhere(home: Home) -> None:
    whole = verify_home(home).journal
    for name in (ENTRIES, PAYLOADS):
        lines = (home.journal / name).read_bytes().split(b"\n")
        (home.journal / name).write_bytes(b"\n".join(lines[:5]) + b"\n")
    assert _named(verify_home(home)) == [f"journal/{ENTRIES}"]
    note(home.journal, 5)
    assert verify_home(home).ok
    assert _named(verify_home(home, expect_at_least=(whole.entries, whole.head))) == [f"journal/{ENTRIES}"]


def test_verifying_needs_no_right_to_write(home: Home) -> None:
    before = {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in home.root.rglob("*")}
    for path in [home.root, *before]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert verify_home(home).ok
    finally:
        for path in [home.root, *before]:
            path.chmod(0o700 if path.is_dir() else 0o600)
    assert {
        path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in home.root.rglob("*")
    } == before
