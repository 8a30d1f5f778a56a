"""A baseline from a run: how many accounts each detector flagged among how many. Frozen by loading it as a reference table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import RequestInvalid
from service.runs.outputs import FINDINGS


def baseline_csv(run: dict[str, Any], place: Path) -> bytes:
    """The CSV of a baseline: `detector,flagged,population`, one row for each detector that was done, by id. One that had nothing
    to look at has no row: that it flagged nobody says nothing about it.

    `run` is the run as `Runs.get` gives it, `place` its directory. Raises RequestInvalid where the run did not finish: a
    detector that failed would look like one that never flags anybody.
    """
    if run["status"] != "finished":
        raise RequestInvalid(
            "only a finished run makes a baseline",
            where="run",
            value=run["run"],
            remedy="Start a run and let it finish.",
        )
    findings = pl.read_parquet(place / FINDINGS, columns=["detector", "subject"])
    flagged = dict(findings.group_by("detector").agg(pl.col("subject").n_unique()).iter_rows())
    population = run["sizes"]["accounts"]
    lines = [
        f"{each['id']},{flagged.get(each['id'], 0)},{population}"
        for each in run["detectors"]
        if not each.get("silent_for")
    ]
    return ("detector,flagged,population\n" + "\n".join(sorted(lines)) + "\n").encode()
