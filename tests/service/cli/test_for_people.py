"""What people read: short lines and tables, never a dump of data; and secrets once, nowhere else."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from support.commands import thalweg
from support.houses import csv_rows

from service.cli.printing import cell, count, plain, say, score, show_facts, show_json, show_table

LISTS = [
    ["alerts", "list"],
    ["alerts", "show", "1"],
    ["batches", "list"],
    ["runs", "list"],
    ["partners", "list"],
    ["detectors", "list"],
    ["references", "list"],
    ["journal", "verify"],
    ["verify"],
]


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_without_json_no_data_structure_is_printed(prepared: Path, words: list[str]) -> None:
    told = thalweg(prepared, *words)
    assert told.code == 0
    assert told.out
    assert not set('{}[]"') & set(told.out)


def test_the_queue_shows_rank_score_severity_subject_and_why(prepared: Path) -> None:
    head, best, *_ = thalweg(prepared, "alerts", "list").out.splitlines()
    assert head.split() == ["rank", "score", "severity", "subject", "why"]
    record = thalweg(prepared, "alerts", "list", "--json", "--limit", "1").record
    assert best.split()[0] == "1"
    assert record["why"] in best
    assert record["members"][0]["key"] in best


def test_one_alert_is_told_from_its_reason_to_its_evidence(prepared: Path) -> None:
    record = thalweg(prepared, "alerts", "show", "1", "--json").record
    lines = thalweg(prepared, "alerts", "show", "1").out.splitlines()
    assert lines[0] == record["why"]
    assert any(record["id"] in line for line in lines)
    assert any(record["evidence"][0]["reference"] in line for line in lines)
    assert any(record["members"][0]["key"] in line for line in lines)
    for finding in record["findings"]:
        said = finding["explanation"]
        assert f"{finding['detector']}: {said['sentence']['en']}" in lines
        assert any(line.endswith(said["next_step"]["en"]) for line in lines)
        assert all(any(benign["en"] in line for line in lines) for benign in said["benign"])


def test_an_empty_house_says_what_to_do_next(tmp_path: Path) -> None:
    told = thalweg(tmp_path / "home", "alerts", "list")
    assert (told.code, told.out) == (0, "")
    assert "thalweg runs start" in told.err
    assert "submitted yet" in thalweg(tmp_path / "home", "batches", "list").err


def test_help_lists_every_command_with_its_purpose(tmp_path: Path) -> None:
    told = thalweg(tmp_path / "home", "--help")
    assert told.code == 0
    for name in ("demo", "serve", "submit", "runs", "replay", "alerts", "journal", "verify", "users", "keys"):
        assert f"\n  {name} " in told.out
    assert not (tmp_path / "home").exists(), "help touches nothing"


def test_a_table_is_aligned_and_numbers_stand_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    show_table([{"name": "a", "rows": 5}, {"name": "bcd", "rows": 12_345}], ("name", "rows"), nothing="")
    assert capsys.readouterr().out.splitlines() == ["name    rows", "a          5", "bcd   12,345"]


def test_a_table_is_cut_to_the_width_of_a_terminal_and_never_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"why": "word " * 40}]
    for is_terminal, longest in ((True, 60), (False, 199)):
        screen = io.StringIO()
        monkeypatch.setattr(screen, "isatty", lambda told=is_terminal: told)
        monkeypatch.setattr("sys.stdout", screen)
        monkeypatch.setenv("COLUMNS", "60")
        show_table(rows, ("why",), nothing="")
        assert max(map(len, screen.getvalue().splitlines())) == longest


def test_facts_are_aligned_and_what_is_not_known_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    show_facts({"a": 1, "long": ["x", "y"], "none": None})
    assert capsys.readouterr().out == "a     1\nlong  x, y\n"


def test_values_and_counts_read_as_words() -> None:
    assert [cell(value) for value in (None, "", True, False, 1234, ["a"], 0.5)] == [
        "-",
        "-",
        "yes",
        "no",
        "1,234",
        "a",
        "0.5",
    ]
    assert [count(1, "entry", "entries"), count(2000, "alert")] == ["1 entry", "2,000 alerts"]


@pytest.mark.parametrize(
    ("thousandths", "shown"),
    [(49_960, "49.9"), (49_999, "49.9"), (50_000, "50.0"), (79_949, "79.9"), (100_000, "100.0"), (0, "0.0")],
)
def test_a_score_is_rounded_down_as_on_the_pages(thousandths: int, shown: str) -> None:
    assert score(thousandths / 1000) == shown


def test_a_list_shows_no_score_above_the_recorded_one(prepared: Path) -> None:
    exact = [each["score"] for each in thalweg(prepared, "alerts", "list", "--json").records]
    shown = [float(line.split()[1]) for line in thalweg(prepared, "alerts", "list").out.splitlines()[1:]]
    assert len(shown) == len(exact) > 0
    assert all(low <= whole < low + 0.1 for low, whole in zip(shown, exact, strict=True))


def test_a_password_is_printed_where_it_is_made_and_nowhere_else(home: Path) -> None:
    added = thalweg(home, "users", "add", "a.diallo", "--name", "Aminata Diallo", "--role", "analyst", "--json")
    assert added.code == 0
    assert list(added.record) == ["account", "name", "role", "partner", "active", "password"]
    changed = thalweg(home, "users", "password", "a.diallo", "--json").record
    key = thalweg(home, "keys", "issue", "a.diallo", "--json").record["key"]
    secrets = [added.record["password"], changed["password"], key.rpartition("_")[2]]
    assert len(set(secrets)) == 3
    listed = thalweg(home, "users", "list", "--json")
    assert listed.record["keys"] == [key.split("_")[1]]
    kept = [listed.out, *(path.read_text("latin-1") for path in home.rglob("*") if path.is_file())]
    assert not [secret for secret in secrets for text in kept if secret in text]


def test_a_key_does_what_it_names_and_a_factor_and_a_link_are_taken_away(home: Path) -> None:
    assert thalweg(home, "users", "add", "ad", "--name", "Ad", "--role", "admin").code == 0
    narrow = ("keys", "issue", "ad", "--scope", "metrics.read", "--days", "2", "--label", "scraper", "--json")
    assert thalweg(home, *narrow).record["key"].startswith("thalweg_")
    assert thalweg(home, "keys", "issue", "ad", "--scope", "alerts.read").code == 2
    assert thalweg(home, "users", "factor", "ad").code == 1, "it has none"
    assert thalweg(home, "users", "link", "ad", "--identity", "u-1").out == "ad is linked\n"
    assert thalweg(home, "users", "link", "ad").out == "ad is linked to nobody\n"
    assert thalweg(home, "users", "link", "nobody").code == 1


def test_an_account_is_closed_and_opened_and_a_key_ends(home: Path) -> None:
    assert thalweg(home, "users", "add", "bank-user", "--name", "B", "--role", "partner", "--partner", "bank").code == 0
    assert "closed" in thalweg(home, "users", "close", "bank-user").out
    assert thalweg(home, "users", "list", "--json").record["active"] is False
    assert "open" in thalweg(home, "users", "open", "bank-user").out
    thalweg(home, "keys", "issue", "bank-user")
    (key,) = thalweg(home, "keys", "list", "bank-user", "--json").records
    assert thalweg(home, "keys", "revoke", key["key"]).code == 0
    assert thalweg(home, "keys", "list", "--json").records == []
    assert thalweg(home, "keys", "revoke", key["key"]).code == 1
    assert thalweg(home, "users", "close", "nobody").code == 1


@pytest.mark.parametrize("role", ["operator", "partner", "root"])
def test_an_account_needs_a_role_that_there_is_and_a_partner_where_the_role_has_one(home: Path, role: str) -> None:
    assert thalweg(home, "users", "add", "somebody", "--name", "S", "--role", role).code == 2


def test_a_partners_value_is_shown_on_a_terminal_and_never_obeyed(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    evil = "\x1b[2J\x9b31m\u202e12"
    file.write_text(csv_rows(("r1", 1, "transfer", evil, "A", "B"), ("r2", 2, "transfer", "11.00", "A", "B")))
    told = thalweg(tmp_path / "home", "submit", str(file), "--as", "bank")
    batch = told.out.split()[0]
    for answer in (
        told,
        thalweg(tmp_path / "home", "batches", "rejects", batch),
        thalweg(tmp_path / "home", "batches", "rejects", batch, "--json"),
    ):
        assert not {"\x1b", "\x9b", "\u202e"} & set(answer.out + answer.err)
        assert "[2J" in answer.out + answer.err
    assert thalweg(tmp_path / "home", "batches", "rejects", batch, "--json").records[0]["value"] == evil


def test_letters_of_every_language_stay_and_what_steers_a_terminal_is_spelt_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert plain("Ségou 1\u202f000 € مالي 東") == "Ségou 1\u202f000 € مالي 東"
    assert plain("a\x1b]0;x\x07\nb\u2066") == "a\\x1b]0;x\\x07\\nb\\u2066"
    say("first line\nsecond\x1b[0m")
    assert capsys.readouterr().err == "first line\nsecond\\x1b[0m\n"
    show_json({"a": "\x85é"})
    assert capsys.readouterr().out == '{"a": "\\u0085é"}\n'
