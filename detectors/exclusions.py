"""Leave out findings whose subject is known for a lawful trade that explains them. What is left out is counted, never lost."""

from __future__ import annotations

import polars as pl

from detectors.api import SnapshotView
from schemas.detector import DetectorMeta
from schemas.transaction import DAY_SECONDS

NOTE = "known_segments"
"""The note that holds how many findings were left out."""


def without_excluded(view: SnapshotView, meta: DetectorMeta, findings: pl.DataFrame) -> pl.DataFrame:
    """The findings, as RAW_FINDING, without those whose subject was in one of `meta.exclusions` during the whole window."""
    if not meta.exclusions or "segments" not in view.filled:
        return findings
    known = view.sql(
        "select account as subject, from_day, to_day from segments where segment in (select unnest(?::varchar[]))",
        [list(meta.exclusions)],
    ).with_columns(pl.col("subject").cast(findings.schema["subject"]))
    numbered = findings.with_row_index("finding")
    first, last = (pl.col(name) // DAY_SECONDS for name in ("window_start_s", "window_end_s"))
    explained = (
        numbered.join(known, on="subject")
        .filter((pl.col("from_day") <= first) & (last < pl.col("to_day")))
        .select("finding")
        .unique()
    )
    view.note(meta.id, NOTE, explained.height)
    return numbered.join(explained, on="finding", how="anti", maintain_order="left").drop("finding")
