"""The study data goes in by its shipped mappings, labels never come along, and what is found replays to the byte."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
from support.commands import in_a_fresh_process, thalweg

SHARED = Path(os.environ.get("THALWEG_SHARED", Path(__file__).resolve().parents[3] / "shared"))
LABELS = {
    "amlsim": ["is_sar", "alert_id", "alert_type"],
    "amlgentex": ["is_sar", "pattern_id", "model_type", "pattern_type"],
}


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize(("name", "mapping"), [("amlsim-1k", "amlsim"), ("amlgentex-100k", "amlgentex")])
def test_study_data_goes_in_without_its_labels_and_its_run_replays(tmp_path: Path, name: str, mapping: str) -> None:
    labelled = SHARED / "data" / name / "transactions.parquet"
    if not labelled.is_file():
        pytest.skip("the study data is not here")
    bare = tmp_path / "bare.parquet"
    pl.read_parquet(labelled).drop(LABELS[mapping]).write_parquet(bare)
    home = tmp_path / "home"

    told = [
        thalweg(place, "submit", str(file), "--as", "study", "--mapping", mapping, "--json")
        for place, file in ((home, labelled), (tmp_path / "other", bare))
    ]
    assert [each.code for each in told] == [0, 0], told[0].err + told[1].err
    with_labels, without = (each.record for each in told)
    assert with_labels["digest"] == without["digest"]
    assert with_labels["receipt"]["original"] != without["receipt"]["original"]
    assert with_labels["rows"] == with_labels["accepted"] + with_labels["duplicates"] + with_labels["rejected"]
    segment = pl.read_parquet(home / "segments" / f"{with_labels['digest']}.parquet")
    assert not set(LABELS[mapping]) & set(segment.columns)

    run = thalweg(home, "runs", "start", "--json")
    assert (run.code, run.record["status"]) == (0, "finished"), run
    assert run.record["alerts"] > 0
    assert len(thalweg(home, "alerts", "list", "--all", "--json").records) == run.record["alerts"]

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    replayed = in_a_fresh_process(
        home, "--threads", "1", "replay", run.record["run"], "--json",
        cwd=elsewhere, TZ="America/St_Johns", LC_ALL="fr_FR.UTF-8", PYTHONHASHSEED="11",
    )  # fmt: skip
    assert (replayed.code, replayed.record["verdict"]) == (0, "identical"), replayed
    assert replayed.record["replayed_digest"] == run.record["digest"]
