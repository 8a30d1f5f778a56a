"""One person at a terminal: from a file to a queue, to a replay, to the byte that somebody changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commands import in_a_fresh_process, thalweg
from support.houses import RULES, csv_rows, world_csv


def _flip_a_byte(path: Path) -> None:
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_from_a_file_to_a_verified_replay_and_to_the_changed_byte(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "march.csv"
    file.write_text(world_csv())

    submitted = thalweg(home, "submit", str(file), "--as", "bank", "--json")
    assert (submitted.code, submitted.record["accepted"]) == (0, submitted.record["rows"])

    chosen = [word for rule in RULES for word in ("--detector", rule)]
    run = thalweg(home, "runs", "start", *chosen, "--json")
    assert (run.code, run.record["status"]) == (0, "finished")
    assert run.record["alerts"] >= 2

    alerts = thalweg(home, "alerts", "list", "--json").records
    assert len(alerts) == run.record["alerts"]
    by_detector = {detector: each for each in alerts for detector in each["detectors"]}
    assert {each["account"] for each in by_detector["cash-structuring"]["members"]} == {"SPLIT"}
    assert {"SOURCE", "SINK"} <= {each["account"] for each in by_detector["scatter-gather"]["members"]}

    replayed = in_a_fresh_process(
        home, "--threads", "1", "replay", run.record["run"], "--json",
        cwd=tmp_path, TZ="Asia/Kolkata", LC_ALL="fr_FR.UTF-8", PYTHONHASHSEED="7",
    )  # fmt: skip
    assert (replayed.code, replayed.record["verdict"]) == (0, "identical"), replayed

    assert thalweg(home, "verify").code == 0
    findings = home / "runs" / run.record["run"] / "findings.parquet"
    _flip_a_byte(findings)
    verified = thalweg(home, "verify", "--json")
    assert verified.code == 1
    assert [each["file"] for each in verified.record["problems"]] == [f"runs/{run.record['run']}/findings.parquet"]
    _flip_a_byte(findings)
    assert thalweg(home, "verify").code == 0

    segment = home / "segments" / f"{submitted.record['digest']}.parquet"
    segment.chmod(0o600)
    segment.write_bytes(segment.read_bytes()[:1000])
    different = thalweg(home, "replay", run.record["run"], "--json")
    assert (different.code, different.record["verdict"]) == (1, "different")
    assert different.record["differences"]


@pytest.mark.slow
def test_a_correction_replaces_what_was_wrong_and_the_old_run_still_replays(tmp_path: Path) -> None:
    home, first, second = tmp_path / "home", tmp_path / "first.csv", tmp_path / "second.csv"
    deposits = [(f"c{number}", 30.0 * number, "cash_deposit", "4500.00", "", "SPLIT") for number in range(3)]
    first.write_text(csv_rows(*deposits))
    second.write_text(csv_rows(*((*row[:3], "45.00", *row[4:]) for row in deposits)))
    chosen = ("--detector", "cash-structuring", "--json")

    wrong = thalweg(home, "submit", str(first), "--as", "bank", "--json").record
    before = thalweg(home, "runs", "start", *chosen).record
    right = thalweg(home, "submit", str(second), "--as", "bank", "--replaces", wrong["batch"], "--json")
    assert right.code == 0, right.err
    after = thalweg(home, "runs", "start", *chosen).record

    assert (before["findings"], after["findings"]) == (1, 0)
    assert thalweg(home, "replay", before["run"], "--json").record["verdict"] == "identical"


@pytest.mark.slow
def test_every_detector_over_the_small_world_replays_identically(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "march.csv"
    file.write_text(world_csv())
    assert thalweg(home, "submit", str(file), "--as", "bank").code == 0
    run = thalweg(home, "runs", "start", "--json")
    assert (run.code, run.record["status"]) == (0, "finished")
    assert {each["kind"] for each in run.record["detectors"]} == {"rule", "pattern", "model"}
    for threads in ("1", "3"):
        replayed = in_a_fresh_process(home, "--threads", threads, "replay", run.record["run"], "--json", cwd=tmp_path)
        assert (replayed.code, replayed.record["verdict"]) == (0, "identical"), replayed
