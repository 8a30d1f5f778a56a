"""Rules of a mission's own that are not sound: each is refused with file, line and cure, and the rest of the catalogue runs."""

from __future__ import annotations

import os
import re
from pathlib import Path
from unittest import mock

import pytest
from support.commands import serving, thalweg

from service.cli.detectors.skeleton import skeleton

SPOILT = {
    "two-statements": ("---*/\n", "---*/\nselect 1;\n", "statement"),
    "function-off-the-list": ("t_end_s - start_s", "random()", "not in the subset"),
    "window-without-order": (
        "count(*) over week",
        "row_number() over (partition by account order by t_s)",
        "total order",
    ),
    "parameter-out-of-bounds": ("default = 3\n", "default = 9000\n", "outside 2 to 1000"),
    "unknown-view": ("from flows", "from salaries", "salaries"),
    "example-that-lies": ("deposits >= $at_least and", "deposits > $at_least and", "does not hold"),
    "cash-structuring": ("---*/\n", "---*/\n", "two detectors have one id"),
}


def live(name: str) -> str:
    return skeleton("my-rule", "generic").replace("my-rule", name).replace('status = "draft"', 'status = "live"')


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A directory with a sound rule and one for each way to be unsound."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "my-rule.sql").write_text(live("my-rule"), encoding="utf-8")
    for name, (old, new, _) in SPOILT.items():
        text = live(name)
        assert old in text, (name, old)
        (folder / f"{name}.sql").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_a_run_leaves_out_what_is_unsound_names_it_and_runs_the_rest(home: Path, rules: Path) -> None:
    said = {"THALWEG_RULE_DIRECTORIES": str(rules)}
    run = thalweg(home, "runs", "start", "--detector", "my-rule", "--json", **said)
    assert run.code == 0, run.err
    assert [(each["id"], each["findings"]) for each in run.record["detectors"]] == [("my-rule", 1)]
    refused = {each["where"].partition(".sql:")[0]: each for each in run.record["refused"]}
    assert set(refused) == set(SPOILT)
    for name, fault in refused.items():
        assert re.fullmatch(rf"{name}\.sql:[1-9][0-9]*", fault["where"])
        assert SPOILT[name][2] in f"{fault['why']} {fault['value']}", fault
        assert fault["remedy"]
    listed = {each["id"]: each["judged"] for each in thalweg(home, "detectors", "list", "--json", **said).records}
    assert listed["my-rule"], "what a run has met is judged"
    (rules / "my-rule.sql").write_text(live("my-rule") + "\n-- changed\n", encoding="utf-8")
    again = thalweg(home, "detectors", "list", **said)
    assert [line.split()[0] for line in again.out.splitlines() if "not judged yet" in line] == ["my-rule"]
    lines = (rules / "example-that-lies.sql").read_text("utf-8").splitlines()
    assert "three deposits in a week" in lines[int(refused["example-that-lies"]["where"].rpartition(":")[2]) - 1]
    assert thalweg(home, "runs", "list", "--json").records[0]["refused"] == run.record["refused"]


def test_the_examples_of_a_rule_are_run_once_and_again_when_it_changes(home: Path, rules: Path) -> None:
    said = {"THALWEG_RULE_DIRECTORIES": str(rules)}
    words = ["runs", "start", "--detector", "my-rule"]
    assert "example-that-lies" not in thalweg(home, "detectors", "list", **said).err
    told = thalweg(home, *words, **said)
    assert "example-that-lies.sql:" in told.err
    kept = {path.name: path.stat().st_mtime_ns for path in (home / "judged").iterdir()}
    assert len(kept) == 2
    assert thalweg(home, *words, **said).err.count("does not hold") == 1
    assert {path.name: path.stat().st_mtime_ns for path in (home / "judged").iterdir()} == kept
    listed = thalweg(home, "detectors", "list", **said)
    assert (listed.code, listed.err.count("does not hold")) == (1, 1)
    (rules / "example-that-lies.sql").write_text(live("example-that-lies"), encoding="utf-8")
    assert "does not hold" not in thalweg(home, *words, **said).err
    assert len(list((home / "judged").iterdir())) == 3


def test_a_torn_verdict_is_no_verdict(home: Path, rules: Path) -> None:
    said = {"THALWEG_RULE_DIRECTORIES": str(rules)}
    words = ["runs", "start", "--detector", "my-rule"]
    thalweg(home, *words, **said)
    for path in (home / "judged").iterdir():
        path.write_bytes(path.read_bytes()[:1])
    assert "example-that-lies.sql:" in thalweg(home, *words, **said).err


def test_a_refused_rule_that_is_asked_for_by_name_says_why_it_is_not_run(home: Path, rules: Path) -> None:
    said = {"THALWEG_RULE_DIRECTORIES": str(rules)}
    before = len(thalweg(home, "runs", "list", "--json").records)
    for name in ("example-that-lies", "unknown-view"):
        told = thalweg(home, "runs", "start", "--detector", name, **said)
        assert told.code == 1
        assert re.search(rf"{name}\.sql:[1-9][0-9]*: ", told.err)
    assert len(thalweg(home, "runs", "list", "--json").records) == before


def test_a_server_tells_of_refused_rules_without_their_place_on_its_machine(home: Path, rules: Path) -> None:
    with mock.patch.dict(os.environ, {"THALWEG_RULE_DIRECTORIES": str(rules)}), serving(home):
        told = thalweg(home, "runs", "start", "--detector", "my-rule", "--json")
        asked = thalweg(home, "runs", "start", "--detector", "example-that-lies")
    assert {each["where"].partition(".sql:")[0] for each in told.record["refused"]} == set(SPOILT)
    assert "does not hold" in asked.err
    assert str(rules) not in f"{told.out}{told.err}{asked.err}"
