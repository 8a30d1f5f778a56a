"""Files judged before they are submitted, offline and by a dry run, and rejected rows fetched to be mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commands import serving, thalweg
from support.houses import csv_rows
from support.iso_messages import pacs008, transfer

GOOD = [(f"j{n}", 900 + n, "transfer", "10.00", "A", "B") for n in range(20)]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A good file, and the same with one bad amount."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(csv_rows(*GOOD))
    bad.write_text(good.read_text().replace("10.00", "10.0x", 1))
    return good, bad


def test_validate_needs_neither_a_server_nor_a_data_directory(tmp_path: Path, files: tuple[Path, Path]) -> None:
    home = tmp_path / "none"
    good, bad = (thalweg(home, "validate", str(file), "--json") for file in files)
    assert (good.code, good.record["verdict"], good.record["accepted"]) == (0, "accepted", 20), good.err
    assert (bad.code, bad.record["accepted"], bad.record["rejected"]) == (1, 19, 1)
    assert bad.record["rejects"][0]["column"] == "amount"
    shown = thalweg(home, "validate", str(files[1]))
    assert "line 2, amount" in shown.err
    assert "would be accepted" in shown.out
    assert not home.exists()
    assert thalweg(home, "validate", str(tmp_path / "missing.csv")).code == 2


def test_a_dry_run_compares_with_what_was_sent_and_rejected_rows_are_mended(
    home: Path, files: tuple[Path, Path]
) -> None:
    good, bad = files
    first = thalweg(home, "submit", str(bad), "--as", "bank", "--json")
    assert first.record["rejected"] == 1
    judged = thalweg(home, "submit", str(good), "--as", "bank", "--dry-run", "--json")
    assert (judged.code, judged.record["duplicates"], judged.record["accepted"]) == (0, 19, 1)
    with serving(home):
        same = thalweg(home, "submit", str(good), "--as", "bank", "--dry-run", "--json")
        assert same.record == judged.record
        rows = bad.parent / "rows.csv"
        assert thalweg(home, "batches", "rejects", first.record["batch"], "--rows", str(rows)).code == 0
        looser = thalweg(home, "submit", str(good), "--as", "newcomer", "--tlp", "CLEAR")
        assert (looser.code, "handling.tlp" in looser.err) == (2, True)
    assert '"newcomer"' not in thalweg(home, "partners", "list", "--json").out
    assert thalweg(home, "batches", "rejects", first.record["batch"], "--rows", str(rows)).code == 2
    again = bad.parent / "again.ndjson"
    assert thalweg(home, "batches", "rejects", first.record["batch"], "--rows", str(again)).code == 0
    rows.write_bytes(rows.read_bytes().replace(b"10.0x", b"10.00"))
    mended = thalweg(home, "submit", str(rows), "--as", "bank", "--json")
    assert (mended.record["accepted"], mended.record["rejected"]) == (1, 0)
    assert thalweg(home, "submit", str(good), "--dry-run").code == 2


def test_a_reject_of_a_message_is_told_by_its_record(home: Path, tmp_path: Path) -> None:
    message = tmp_path / "transfers.xml"
    message.write_text(pacs008(transfer(1), transfer(2, amount="-5")), "utf-8")
    for command in (["validate", str(message)], ["submit", str(message), "--as", "bank"]):
        told = thalweg(home, *command)
        assert (told.code, "record 2, " in told.err, "line 2, " in told.err) == (1, True, False), told.err


def test_a_drafted_mapping_is_taken_once_its_line_is_out(tmp_path: Path) -> None:
    home, sample, out = tmp_path / "none", tmp_path / "May 2025.csv", tmp_path / "ours.toml"
    rows = "".join(f"{n}/05/2025,VIR,{n}00,XOF,41000{n},42000{n}\n" for n in range(11, 21))
    sample.write_text("DATE OP,TYPE OP,MONTANT,DEVISE,CPTE DEB,CPTE CRED\n" + rows)
    made = thalweg(home, "mapping", "draft", str(sample), "-o", str(out))
    assert made.code == 0, made.err
    assert "take out `draft = true`" in made.err
    again = thalweg(home, "mapping", "draft", str(sample), "-o", str(out))
    assert (again.code, "--out" in again.err) == (2, True)
    refused = thalweg(home, "validate", str(sample), "--mapping", str(out))
    assert (refused.code, "nobody has confirmed" in refused.err) == (2, True)
    out.write_text(out.read_text("utf-8").replace("draft = true\n", ""), "utf-8")
    judged = thalweg(home, "validate", str(sample), "--mapping", str(out), "--json")
    assert (judged.code, judged.record["accepted"]) == (0, 10)
