"""The SQL that measures keeps to what rules may use, so that it gives the same rows on the engines in use."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from detectors.anomaly import measuring
from detectors.lint.portable import ALLOWED

_HERE = Path(measuring.__file__).parent
_BESIDE = {"Floor", "MD5", "Concat"}
"""Exact on every engine: rounding down of a decimal, and text and digests that order the sample."""


@pytest.mark.parametrize(
    "names",
    [("length.sql", "legs.sql", "features.sql"), ("calendar.sql", "ties.sql"), ("network_payments.sql",)],
    ids=lambda names: names[-1],
)
def test_every_construct_is_one_that_rules_may_use(names: tuple[str, ...]) -> None:
    statement = sqlglot.parse_one(
        "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names), dialect="duckdb"
    )
    beyond: set[object] = set()
    for node in statement.walk():
        kind = type(node)
        parts = ALLOWED.get(kind)
        if parts is None:
            beyond |= {kind.__name__} - _BESIDE
        else:
            beyond |= {(kind.__name__, part) for part, value in node.args.items() if value and part not in parts}
    assert beyond == set()
