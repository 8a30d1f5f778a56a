"""A flow that two partners reported, from its submission to the alert: both reports are shown, and it is counted once."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commands import Told, thalweg
from support.houses import world_csv


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world as one bank reports it, and two of its payments into the sink as the other bank does; one run over both."""
    folder = tmp_path_factory.mktemp("shared")
    header, *rows = [f"{line},ONE,ONE" for line in world_csv().splitlines()]
    header = header.replace("ONE,ONE", "from_institution,to_institution")
    (folder / "one.csv").write_text("\n".join([header, *rows]) + "\n")
    second = [row.replace("in", "their-in", 1) for row in rows if row.startswith(("in0", "in1"))]
    (folder / "two.csv").write_text("\n".join([header, *second]) + "\n")
    for name in ("one", "two"):
        told = thalweg(folder / "home", "submit", str(folder / f"{name}.csv"), "--as", name)
        assert told.code == 0, told.err
    assert thalweg(folder / "home", "runs", "start", "--detector", "scatter-gather").code == 0
    return folder / "home"


def show(home: Path, *words: str) -> Told:
    return thalweg(home, "alerts", "show", "1", *words)


def test_both_reports_stand_in_the_evidence_and_are_named_as_one_flow(shared: Path) -> None:
    record = show(shared, "--json").record
    names = [each["reference"] for each in record["evidence"]]
    assert sorted(names) == sorted(
        [f"{way}{n}" for way in ("out", "in") for n in range(4)] + ["their-in0", "their-in1"]
    )
    assert [sorted(each["reference"] for each in group) for group in record["same_flow"]] == [
        ["in0", "their-in0"],
        ["in1", "their-in1"],
    ]
    assert thalweg(shared, "alerts", "list", "--json").records[0]["same_flow"] == record["same_flow"]


def test_people_are_told_how_many_transactions_there_are_and_which_rows_are_one(shared: Path) -> None:
    lines = show(shared).out.splitlines()
    assert "8 transactions (2 of them reported by two partners):" in lines
    assert sum("the same flow as" in line and line.endswith("counted once)") for line in lines) == 2


def test_a_run_over_flows_that_two_reported_replays_to_the_byte(shared: Path) -> None:
    run = thalweg(shared, "runs", "list", "--json").records[0]["run"]
    replayed = thalweg(shared, "replay", run, "--json")
    assert replayed.code == 0, replayed.out
    assert replayed.record["verdict"] == "identical"
