"""The child's side of a backtest: one detector over one snapshot, as it is set and with other numbers, and how the two differ.

It writes nothing: what is found is counted, compared and forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from detectors.api import Detector, Params, SnapshotView
from detectors.catalogue import Catalogue
from schemas.errors import DetectorInvalid
from schemas.finding import RAW_FINDING
from schemas.run import Manifest
from service.children import Progress
from service.runs.loading import loaded, number_of

SHOWN = 20
"""How many findings that one side alone has are listed: the strongest ones."""
_COMPARED = ("subject", "window_start_s", "window_end_s", "strength")


def backtest(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Find twice and compare. The payload: what `loaded` needs, `manifest` with one detector, `present` and `params` (as text: the
    numbers of either side that are not the file's), `since_s`, `until_s` or None,
    `rule_directories`. Raises DetectorInvalid where the detector fails with these numbers.
    """
    manifest = Manifest.model_validate(payload["manifest"])
    detector = Catalogue.load(tuple(map(Path, payload["rule_directories"]))).get(manifest.detectors[0].id)
    sides = {"present": payload["present"], "changed": payload["params"]}
    until_s = payload["until_s"]
    counts = pl.col("window_end_s") >= payload["since_s"]
    if until_s is not None:
        counts &= pl.col("window_end_s") < until_s
    with loaded(payload, manifest, progress) as (view, _):
        found, notes = {}, {}
        for side, numbers in sides.items():
            progress({"step": f"find with {side}", "detector": detector.meta.id})
            found[side] = _found(detector, view, {name: number_of(text) for name, text in numbers.items()})
            found[side] = found[side].filter(counts)
            notes[side] = view.notes.pop(detector.meta.id, {})
        told = compare(
            found["present"], found["changed"], dict(view.sql("select account, key from accounts").iter_rows())
        )
        return told | {"silent_for": list(view.missing(detector.meta)), "notes": notes}


def compare(present: pl.DataFrame, changed: pl.DataFrame, keys: Mapping[int, str]) -> dict[str, Any]:
    """How two lots of findings differ, in all, by account and by ISO week of the window's end.

    A finding is *kept* where the other side has one of the same subject whose window shares a moment with its own; else it is
    *lost* (only the present setting has it) or *gained* (only the changed numbers do).
    """
    before, after = _marked(present, changed), _marked(changed, present)
    lost, gained = before.filter(~pl.col("matched")), after.filter(~pl.col("matched"))
    subjects = [set(frame["subject"].to_list()) for frame in (before, after)]
    counts = {
        "present": before.height,
        "changed": after.height,
        "kept": before.height - lost.height,
        "lost": lost.height,
        "gained": gained.height,
    }
    accounts = {
        "present": len(subjects[0]),
        "changed": len(subjects[1]),
        "kept": len(subjects[0] & subjects[1]),
        "lost": len(subjects[0] - subjects[1]),
        "gained": len(subjects[1] - subjects[0]),
    }
    return {
        "findings": counts,
        "accounts": accounts,
        "weeks": _weeks(before, after),
        "lost": _listed(lost, keys),
        "gained": _listed(gained, keys),
    }


def _found(detector: Detector, view: SnapshotView, params: Params) -> pl.DataFrame:
    try:
        frame = detector.find(view, detector.meta.settled(params))
    except (duckdb.Error, ArithmeticError, LookupError, TypeError, ValueError, MemoryError) as error:
        raise DetectorInvalid(
            f"the detector fails with these numbers: {type(error).__name__}: {error}"[:500],
            where=detector.meta.id,
            remedy="Try others, or mend it.",
        ) from error
    return frame.select(pl.col(name).cast(RAW_FINDING[name]) for name in _COMPARED)


def _marked(these: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """These findings with `matched`, whether the others have its like, and `week`, `2026-W10`."""
    numbered = these.with_row_index("finding")
    shared = (
        numbered.join(others, on="subject", suffix="_other")
        .filter(
            (pl.col("window_start_s") <= pl.col("window_end_s_other"))
            & (pl.col("window_start_s_other") <= pl.col("window_end_s"))
        )
        .get_column("finding")
        .unique()
    )
    end = pl.from_epoch(pl.col("window_end_s"), time_unit="s")
    week = pl.format("{}-W{}", end.dt.iso_year(), end.dt.week().cast(pl.String).str.zfill(2))
    return numbered.with_columns(matched=pl.col("finding").is_in(shared.implode()), week=week)


def _weeks(before: pl.DataFrame, after: pl.DataFrame) -> list[dict[str, Any]]:
    was = before.group_by("week").agg(present=pl.len(), kept=pl.col("matched").sum())
    is_now = after.group_by("week").agg(changed=pl.len(), gained=(~pl.col("matched")).sum())
    both = was.join(is_now, on="week", how="full", coalesce=True).sort("week").fill_null(0)
    return (
        both.with_columns(lost=pl.col("present") - pl.col("kept"))
        .select("week", "present", "changed", "kept", "lost", "gained")
        .to_dicts()
    )


def _listed(findings: pl.DataFrame, keys: Mapping[int, str]) -> list[dict[str, Any]]:
    best = findings.sort(["strength", "subject", "window_start_s"], descending=[True, False, False]).head(SHOWN)
    return [
        {
            "account": keys[row["subject"]],
            "window_start": _moment(row["window_start_s"]),
            "window_end": _moment(row["window_end_s"]),
            "strength": row["strength"],
        }
        for row in best.iter_rows(named=True)
    ]


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
