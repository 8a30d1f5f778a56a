"""What a submitter is told of columns that nobody knows: by submit and by show, with and without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commands import serving, thalweg
from support.houses import csv_rows

WANTED = [{"column": "Branch", "nearest": None}, {"column": "purpos", "nearest": "purpose"}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "more.csv"
    head, row = csv_rows(("r1", 1, "transfer", "10.00", "A", "B")).splitlines()
    path.write_text(f"{head},purpos,Branch\n{row},rent,7\n")
    return path


def test_submit_and_show_name_the_columns_that_are_not_looked_at(tmp_path: Path, file: Path) -> None:
    home = tmp_path / "home"
    told = thalweg(home, "submit", str(file), "--as", "bank", "--json").record
    assert told["unknown_columns"] == WANTED
    shown = thalweg(home, "batches", "show", told["batch"], "--json").record
    assert shown.pop("name") == "more.csv"
    assert (shown.pop("partner"), shown.pop("at"), shown.pop("replaces")) == ("bank", told["receipt"]["at"], None)
    assert shown == told
    for words in (["submit", str(file), "--as", "bank"], ["batches", "show", told["batch"]]):
        (line,) = (line for line in thalweg(home, *words).err.splitlines() if "unknown columns" in line)
        assert line.startswith("2 unknown columns: Branch, purpos (did you mean purpose?). ")
        assert "kept as `extra`, and no detector looks at it" in line
        assert "mapping" in line
    assert thalweg(home, "batches", "show", "b_none").code == 1


def test_a_file_without_unknown_columns_is_told_nothing_of_them(tmp_path: Path) -> None:
    plain = tmp_path / "plain.csv"
    plain.write_text(csv_rows(("r1", 1, "transfer", "10.00", "A", "B")))
    told = thalweg(tmp_path / "home", "submit", str(plain), "--as", "bank")
    assert "unknown" not in told.err
    assert thalweg(tmp_path / "home", "submit", str(plain), "--as", "bank", "--json").record["unknown_columns"] == []


def test_a_name_that_would_write_over_the_terminal_is_shown_by_its_codes(tmp_path: Path) -> None:
    odd = tmp_path / "odd.ndjson"
    odd.write_text(
        '{"reference":"r1","occurred_at":"2026-03-01","channel":"transfer","amount":"1","currency":"EUR",'
        '"from_account":"A","\\u001b[2Jx":"y"}\n'
    )
    told = thalweg(tmp_path / "home", "submit", str(odd), "--as", "bank")
    assert "\x1b" not in told.err
    assert r"\x1b[2Jx" in told.err


def test_a_refusal_names_the_line(tmp_path: Path, file: Path) -> None:
    file.write_text(f'"{file.read_text()}')
    told = thalweg(tmp_path / "home", "submit", str(file), "--as", "bank")
    assert told.code == 1
    assert "refused: line 1: a quote in the header is not closed. " in told.err


def test_through_a_server_the_answers_are_the_same(tmp_path: Path, file: Path) -> None:
    home = tmp_path / "home"
    bad = tmp_path / "bad.csv"
    bad.write_text(file.read_text().replace("10.00", "-1"))
    told = thalweg(home, "submit", str(file), "--as", "bank", "--json").record
    refused = thalweg(home, "submit", str(bad), "--as", "bank", "--json").record
    assert (refused["unknown_columns"], refused["status"]) == (WANTED, "refused")
    shown = {
        each["batch"]: thalweg(home, "batches", "show", each["batch"], "--json").record for each in (told, refused)
    }
    with serving(home):
        assert thalweg(home, "submit", str(file), "--as", "bank", "--json").record == told
        for batch, before in shown.items():
            assert thalweg(home, "batches", "show", batch, "--json").record == before
        again = thalweg(home, "submit", str(bad), "--as", "bank", "--json").record
        assert again["refusal"] == refused["refusal"]
        assert again["unknown_columns"] == WANTED
        assert thalweg(home, "batches", "show", "b_none").code == 1
