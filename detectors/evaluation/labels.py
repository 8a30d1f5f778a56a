"""Read a truth file: which transactions and accounts belong to which planted pattern."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from schemas.errors import TruthInvalid

_REQUIRED = ("reference", "pattern", "kind")
_REMEDY = "Columns: reference, pattern, kind, and the accounts (from_account, to_account, or account)."


@dataclass(frozen=True, slots=True)
class Pattern:
    """A planted pattern: its kind, the references of its transactions and its accounts, both as submitted."""

    name: str
    kind: str
    references: frozenset[str]
    accounts: frozenset[str]


def read_truth(path: Path) -> list[Pattern]:
    """The patterns of a truth file, sorted by name. Raises TruthInvalid where a column is missing or a pattern has two kinds."""
    try:
        rows = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise TruthInvalid("the truth file cannot be read as CSV", where=str(path.name), remedy=_REMEDY) from error
    missing = [name for name in _REQUIRED if name not in rows.columns]
    if missing:
        raise TruthInvalid(f"the column {missing[0]} is missing", where=path.name, remedy=_REMEDY)
    accounts = [name for name in rows.columns if name == "account" or name.endswith("_account")]
    references: dict[str, set[str]] = defaultdict(set)
    members: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, str] = {}
    for row in rows.drop_nulls("pattern").iter_rows(named=True):
        name = row["pattern"]
        if kinds.setdefault(name, row["kind"]) != row["kind"]:
            raise TruthInvalid("a pattern has two kinds", where=path.name, value=name, remedy="Give it one.")
        references[name].add(row["reference"])
        members[name].update(row[column] for column in accounts if row[column])
    return [
        Pattern(name, kinds[name] or "unknown", frozenset(references[name]), frozenset(members[name]))
        for name in sorted(kinds)
    ]
