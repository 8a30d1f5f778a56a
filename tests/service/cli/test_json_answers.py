"""What programs rely on: the keys of every command with --json, and its exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest
from support.commands import thalweg
from support.houses import csv_rows

from detectors.catalogue import RULES

SUBMIT = [
    "batch",
    "status",
    "rows",
    "accepted",
    "duplicates",
    "rejected",
    "digest",
    "receipt",
    "format",
    "unknown_columns",
    "notes",
]
RUN = ["run", "status", "findings", "alerts", "digest", "seconds", "detectors", "places"]
ALERT = [
    "id", "key", "score", "severity", "family", "detectors", "why", "members", "evidence", "window_start", "window_end",
    "same_flow", "place",
]  # fmt: skip


def test_submit_tells_the_counts_the_segment_and_the_receipt(tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    file.write_text(csv_rows(("r1", 1, "transfer", "10.00", "A", "B"), ("r2", 2, "transfer", "11.00", "A", "B")))
    told = thalweg(tmp_path / "home", "submit", str(file), "--as", "bank", "--json")
    assert told.code == 0
    assert list(told.record) == SUBMIT
    assert told.record["digest"] == told.record["receipt"]["segment"]
    assert (told.record["rows"], told.record["accepted"], told.record["status"]) == (2, 2, "accepted")
    again = thalweg(tmp_path / "home", "submit", str(file), "--as", "bank", "--json")
    assert again.record == told.record, "the same file twice gives the same receipt"


def test_a_refused_submission_ends_with_1_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(csv_rows(("r1", 1, "transfer", "-10.00", "A", "B"), ("r2", 2, "transfer", "11.00", "A", "B")))
    told = thalweg(tmp_path / "home", "submit", str(file), "--as", "bank", "--json")
    assert told.code == 1
    assert list(told.record) == [*SUBMIT, "refusal"]
    assert (told.record["status"], told.record["digest"]) == ("refused", None)
    shown = thalweg(tmp_path / "home", "submit", str(file), "--as", "bank")
    assert shown.code == 1
    assert "line 2" in shown.err
    assert f"thalweg batches rejects {shown.out.split()[0]}" in shown.err
    rejects = thalweg(tmp_path / "home", "batches", "rejects", told.record["batch"], "--json")
    assert list(rejects.records[0]) == ["line", "column", "value", "code", "reason", "remedy"]


def test_runs_tell_each_detector_with_its_kind_and_time(home: Path) -> None:
    started = thalweg(home, "runs", "start", "--detector", "cash-structuring", "--json")
    assert started.code == 0
    assert list(started.record) == RUN
    (detector,) = started.record["detectors"]
    assert list(detector) == ["id", "kind", "status", "findings", "seconds"]
    assert (detector["kind"], detector["status"]) == ("rule", "done")
    assert isinstance(started.record["seconds"], float)
    listed = thalweg(home, "runs", "list", "--json").records
    assert [list(each) for each in listed] == [RUN, RUN]
    assert listed[0] == started.record, "newest first"


def test_alerts_are_listed_best_first_with_who_and_what(prepared: Path) -> None:
    listed = thalweg(prepared, "alerts", "list", "--json").records
    assert len(listed) >= 2
    assert all(list(each) == ALERT for each in listed)
    assert [each["score"] for each in listed] == sorted((each["score"] for each in listed), reverse=True)
    splitting = next(each for each in listed if "cash-structuring" in each["detectors"])
    assert splitting["members"][0].keys() == {"account", "key", "role"}
    assert ("SPLIT", "BANK|SPLIT") in {(each["account"], each["key"]) for each in splitting["members"]}
    assert {each["reference"] for each in splitting["evidence"]} == {"c0", "c1", "c2"}
    assert all(each.keys() == {"batch", "reference"} for each in splitting["evidence"])
    assert thalweg(prepared, "alerts", "list", "--json", "--limit", "1").records == listed[:1]
    shown = thalweg(prepared, "alerts", "show", listed[1]["id"], "--json").record
    assert {name: shown[name] for name in ALERT} == listed[1]
    assert thalweg(prepared, "alerts", "show", "2", "--json").record == shown, "by rank as well"


def test_a_replay_tells_its_verdict(prepared: Path) -> None:
    run = thalweg(prepared, "runs", "list", "--json").records[0]
    told = thalweg(prepared, "replay", run["run"], "--json")
    assert told.code == 0
    assert list(told.record) == ["run", "verdict", "original_digest", "replayed_digest", "differences"]
    assert told.record["verdict"] == "identical"
    assert told.record["original_digest"] == told.record["replayed_digest"] == run["digest"]


def test_verification_tells_what_was_checked(prepared: Path) -> None:
    journal = thalweg(prepared, "journal", "verify", "--json")
    assert journal.code == 0
    assert list(journal.record) == ["ok", "entries", "head", "first_bad", "erased"]
    everything = thalweg(prepared, "verify", "--json")
    assert everything.code == 0
    assert list(everything.record)[:3] == ["ok", "checked", "problems"]
    assert (everything.record["ok"], everything.record["problems"]) == (True, [])


def test_a_changed_file_is_named_and_ends_with_1(home: Path) -> None:
    original = next((home / "originals").iterdir())
    original.chmod(0o600)
    data = bytearray(original.read_bytes())
    data[100] ^= 1
    original.write_bytes(data)
    told = thalweg(home, "verify", "--json")
    assert told.code == 1
    (problem,) = told.record["problems"]
    assert list(problem) == ["file", "why", "remedy"]
    assert problem["file"] == f"originals/{original.name}"
    printed = thalweg(home, "verify").out
    assert problem["file"] in printed
    assert f"what to do: {problem['remedy']}" in printed


@pytest.mark.parametrize("words", [["journal", "verify"], ["verify"]], ids=" ".join)
def test_entries_that_an_earlier_visit_saw_are_missed(home: Path, tmp_path: Path, words: list[str]) -> None:
    kept = tmp_path / "visit.json"
    kept.write_text(thalweg(home, *words, "--json").out)
    assert thalweg(home, *words, "--since", str(kept)).code == 0
    kept.write_text(json.dumps({"entries": 99, "head": "0" * 64}))
    told = thalweg(home, *words, "--since", str(kept))
    assert (told.code, "it had 99 entries" in told.out) == (1, True)
    kept.write_text("[]")
    assert thalweg(home, *words, "--since", str(kept)).code == 2


def test_an_edited_ledger_is_told_from_one_that_the_journal_makes(home: Path) -> None:
    assert thalweg(home, "verify", "--ledger").code == 0
    with duckdb.connect(str(home / "ledger.duckdb")) as ledger:
        ledger.execute("update partners set name = 'another'")
    assert thalweg(home, "verify").code == 0
    told = thalweg(home, "verify", "--ledger", "--json")
    assert (told.code, [each["file"] for each in told.record["problems"]]) == (1, ["ledger.duckdb"])
    assert "partners" in told.record["problems"][0]["why"]
    assert "thalweg rebuild" in told.record["problems"][0]["remedy"]
    assert thalweg(home, "rebuild").code == 0
    assert thalweg(home, "verify", "--ledger").code == 0


def test_a_changed_journal_ends_with_1_and_names_the_entry(home: Path) -> None:
    entries = sorted((home / "journal").glob("?????????.ndjson"))[0]
    lines = entries.read_text("utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace('"actor":"operator"', '"actor":"nobodyat"')
    entries.write_text("".join(lines), "utf-8")
    told = thalweg(home, "journal", "verify", "--json")
    assert told.code == 1
    assert told.record["first_bad"]["seq"] == 1
    assert "entry 1" in thalweg(home, "journal", "verify").out


def test_detectors_are_listed_with_their_sources(prepared: Path) -> None:
    listed = thalweg(prepared, "detectors", "list", "--json").records
    keys = ["id", "kind", "family", "tier", "status", "set", "judged", "logic_hash", "sources", "examples"]
    keys += ["needs", "tables", "exclusions", "coverage", "empty_tables"]
    assert all(list(each) == keys for each in listed)
    assert {each["kind"] for each in listed} == {"rule", "pattern", "model"}
    assert all(each["sources"] and each["examples"] >= 3 for each in listed)
    examples = thalweg(prepared, "detectors", "test", "cash-structuring", "--json")
    assert examples.code == 0
    assert all(each["holds"] for each in examples.records)
    keys = ["id", "kind", "example", "holds", "expected", "flagged", "lacks", "count", "findings"]
    assert all(list(each) == keys for each in examples.records)
    found = [finding for each in examples.records for finding in each["findings"]]
    keys = ["subject", "window_start", "window_end", "strength", "members", "transactions", "sentence", "observed"]
    assert found
    assert all(list(each) == keys for each in found)


def test_evaluation_compares_the_queue_with_labels(prepared: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    lines = [f"c{number},p1,cash-structuring,,SPLIT" for number in range(3)]
    truth.write_text("reference,pattern,kind,from_account,to_account\n" + "\n".join(lines) + "\n")
    told = thalweg(prepared, "evaluate", str(truth), "--json")
    assert told.code == 0
    assert told.record["patterns"] == 1
    assert told.record["budgets"][-1]["found"] == 1
    assert told.record["limits"]["patterns"][0]["fate"] == "ranked_low", (
        "one alert is looked at, and another is above it"
    )
    assert [each["name"] for each in told.record["ablations"]][-1] == "without fusion"
    page = tmp_path / "page.html"
    shown = thalweg(prepared, "evaluate", str(truth), "--page", str(page))
    assert "cash-structuring" in shown.out
    assert "cash-structuring" in page.read_text()
    refused = thalweg(prepared, "evaluate", str(truth), "--page", str(tmp_path / "nowhere" / "page.html"))
    assert (refused.code, "a folder that exists" in refused.err) == (2, True)


def test_batches_and_partners_are_listed(prepared: Path) -> None:
    (batch,) = thalweg(prepared, "batches", "list", "--json").records
    assert (batch["partner"], batch["status"], batch["accepted"]) == ("bank", "accepted", batch["rows"])
    (partner,) = thalweg(prepared, "partners", "list", "--json").records
    assert partner == {"partner": "bank", "name": "bank", "institution": "BANK"}
    added = thalweg(prepared.parent / "another", "partners", "add", "p", "--name", "P", "--institution", "PX", "--json")
    assert added.record == {"partner": "p", "name": "P", "institution": "PX"}


def test_a_ledger_is_rebuilt_from_the_journal(home: Path) -> None:
    before = thalweg(home, "alerts", "list", "--json").out
    assert thalweg(home, "rebuild", "--json").record["entries"] > 0
    assert thalweg(home, "alerts", "list", "--json").out == before


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["submit", "no-such-file", "--as", "bank"],
        ["submit"],
        ["runs", "start", "--as-of", "yesterday"],
        ["runs", "start", "--as-of", "2026-03-01T10:00:00"],
        ["alerts", "list", "--limit", "0"],
        ["evaluate", "no-such-file"],
        ["references", "load", "fx", "no-such-file"],
        ["--url", "http://thalweg.example", "runs", "list"],
        ["--url", "ftp://127.0.0.1", "runs", "list"],
    ],
)
def test_bad_usage_ends_with_2_and_says_what_to_do(tmp_path: Path, words: list[str]) -> None:
    told = thalweg(tmp_path / "home", *words, THALWEG_TOKEN="thalweg_0_0")
    assert told.code == 2
    assert told.out == ""
    assert told.err


def test_a_setting_that_is_not_valid_is_named(tmp_path: Path) -> None:
    told = thalweg(tmp_path / "home", "runs", "list", THALWEG_PORT="eighty")
    assert told.code == 2
    assert "THALWEG_PORT" in told.err


@pytest.mark.parametrize(("name", "value"), [("RULE_DIRECTORIES", "["), ("TRUSTED_PROXIES", "x")])
def test_a_list_that_cannot_be_read_is_bad_usage(tmp_path: Path, name: str, value: str) -> None:
    told = thalweg(tmp_path / "home", "runs", "list", **{f"THALWEG_{name}": value})
    assert (told.code, "Traceback" in told.err) == (2, False)
    assert name in told.err.upper()


def test_rules_of_ones_own_are_loaded_by_path_and_a_bad_one_is_named(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    (rules / "folder.sql").mkdir(parents=True)
    (rules / "wide.sql").write_bytes(b"\xff\xfe")
    told = thalweg(tmp_path / "home", "detectors", "list", "--json", THALWEG_RULE_DIRECTORIES=str(rules))
    assert "cash-structuring" in [each["id"] for each in told.records]
    assert "wide.sql:1: the file is not UTF-8" in told.err
    assert "folder.sql:1: this is no file" in told.err


@pytest.mark.parametrize("words", [["--replaces", "b_none"], ["--mapping", "no-such"], ["--key", "a\nb"]], ids=" ".join)
def test_a_submission_that_cannot_be_begun_registers_nobody(tmp_path: Path, words: list[str]) -> None:
    home, file = tmp_path / "home", tmp_path / "one.csv"
    file.write_text(csv_rows(("r1", 1, "transfer", "10.00", "A", "B")))
    told = thalweg(home, "submit", str(file), "--as", "newcomer", *words)
    assert told.code in {1, 2}
    assert "registered the new partner" not in told.err
    assert thalweg(home, "partners", "list", "--json").records == []


@pytest.mark.parametrize("words", [["replay", "r_0"], ["verify"], ["journal", "verify"], ["rebuild"]], ids=" ".join)
def test_a_check_of_a_directory_that_is_not_there_is_bad_usage_and_makes_none(tmp_path: Path, words: list[str]) -> None:
    for home in (tmp_path / "mistyped", tmp_path):
        told = thalweg(home, *words)
        assert (told.code, told.out) == (2, "")
        assert "there is no data directory here" in told.err
        assert str(home) in told.err
        assert list(tmp_path.iterdir()) == []


def test_a_home_whose_journal_was_taken_away_is_checked_and_does_not_pass(home: Path) -> None:
    (home / "journal").rename(home.parent / "elsewhere")
    assert thalweg(home, "verify").code == 1


def test_a_rule_that_is_refused_is_told_with_every_fault_when_it_is_asked_for(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    shipped = (RULES / "generic" / "cash-structuring.sql").read_text("utf-8")
    assert shipped.count("\nid = ") == 1
    broken = re.sub(r"(?m)^id = .*$", 'id = "my-rule"', shipped).replace(
        "from flows", "from read_csv('/etc/passwd')", 1
    )
    (rules / "a_file.sql").write_text(broken)
    (rules / "other.sql").write_text("no head")
    said = {"THALWEG_RULE_DIRECTORIES": str(rules)}
    for words in (["test", "my-rule"], ["test", "a_file"], ["test", "my-rule", "pass-through"], ["show", "my-rule"]):
        told = thalweg(tmp_path / "home", "detectors", *words, **said)
        assert told.code == 1
        assert re.search(rf"{re.escape(str(rules))}/a_file\.sql:\d+: ", told.err), told.err
        assert "other.sql" not in told.err, "only what was asked for"
        assert "no such detector" not in told.err
        assert ("pass-through" in words) == ("all hold" in told.out)
    assert "no such detector" in thalweg(tmp_path / "home", "detectors", "test", "my-other-rule", **said).err
    assert thalweg(tmp_path / "home", "detectors", "test", "pass-through", **said).code == 0


def test_a_run_of_a_detector_that_there_is_not_is_bad_usage(home: Path) -> None:
    told = thalweg(home, "runs", "start", "--detector", "cash-structuring", "--detector", "no-such")
    assert (told.code, told.out) == (2, "")
    assert "--detector" in told.err
    assert "cash-structuring" in told.err, "it lists what there is"
    empty = thalweg(home.parent / "empty", "runs", "start", "--detector", "cash-structuring")
    assert (empty.code, "--detector" in empty.err) == (1, False), "nothing to run over is another matter"


@pytest.mark.parametrize(
    "words", [["replay", "r_none"], ["alerts", "show", "a_none"], ["batches", "rejects", "b_none"]]
)
def test_what_is_not_there_ends_with_1(prepared: Path, words: list[str]) -> None:
    told = thalweg(prepared, *words)
    assert (told.code, told.out) == (1, "")
    assert "no such" in told.err


def test_a_data_directory_that_cannot_be_written_to_is_named_without_a_traceback(home: Path) -> None:
    (home / "lock").unlink(missing_ok=True)
    (home / "lock").mkdir()
    told = thalweg(home, "batches", "list")
    assert told.code == 1
    assert "the data directory cannot be written to" in told.err
