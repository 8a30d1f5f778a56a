"""What an example's findings come to, in the example's own words: whom they flag, in which roles, on which of its rows, and why.

For whoever writes a detector: most of all where an example fired that must stay silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from detectors.api import Detector, SnapshotView
from detectors.example_table import read_table
from detectors.findings import Names, Record, name_findings
from schemas.detector import Example

MOST = 20
"""Findings of one example that are told; more of them say nothing new to an author."""

_SHOWN = ("window_start", "window_end", "strength")


def told(
    detector: Detector,
    example: Example,
    view: SnapshotView,
    findings: pl.DataFrame,
    params: Mapping[str, int | Decimal],
) -> Iterator[Record]:
    """The first findings of an example: subject, window, strength, members with their roles, the rows that are evidence, the
    sentence in every language and what was observed against which threshold. `params` are the values that it ran with."""
    first = findings.head(MOST)
    if first.is_empty():
        return
    rows = {row["reference"]: _row(row) for row in read_table(example)}
    names = Names(view, [first])
    for found in name_findings(detector, first, names, params, view.base_currency):
        record = found.finding
        yield (
            {"subject": record["subject_account"]}
            | {name: record[name] for name in _SHOWN}
            | {
                "members": [{"account": each["account"], "role": each["role"]} for each in record["members"]],
                "transactions": [rows[each["reference"]] for each in record["evidence"]],
                "sentence": record["explanation"]["sentence"],
                "observed": [
                    {name: line[name] for name in ("label", "observed", "threshold", "sense")}
                    for line in record["explanation"]["indicators"]
                ],
            }
        )


def _row(row: Mapping[str, Any]) -> Record:
    """A row of the example as its author wrote it, what was left out filled in. A row without a reference has its number for one."""
    when = row["occurred_at"]
    return {
        "reference": row["reference"],
        "occurred_at": str(when.date()) if row["precision"] == "day" else f"{when:%Y-%m-%dT%H:%M:%SZ}",
        "channel": row["channel"],
        "amount": format(row["amount"], "f"),
        "currency": row["currency"],
        "from_account": row["from_account"],
        "to_account": row["to_account"],
    }
