"""Payers are counted once in a window however often they pay: by running sums in the rule, one by one here."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.catalogue import RULES
from detectors.example_table import example_frame
from detectors.examples import snapshot_of
from detectors.sqlrule import load_rule
from schemas.detector import Example

RULE = load_rule(RULES / "extortion" / "coded-contribution.sql")
WINDOW_H = 48
LEAST = 2
LEXICON = {"lexicon": "topic | language | term | source\ncontribution | * | vacuna | test"}
_START = datetime(2026, 3, 2)


def _most_payers(payments: list[tuple[int, int]]) -> int:
    windows = ({payer for payer, hour in payments if end - WINDOW_H < hour <= end} for _, end in payments)
    return max(len(payers) for payers in windows)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 150)), min_size=1, max_size=12))
def test_the_strongest_window_has_as_many_payers_as_a_count_one_by_one(payments: list[tuple[int, int]]) -> None:
    lines = [
        f"{_START + timedelta(hours=hour):%Y-%m-%d %H:%M} | 10.00 | B-{payer} | A | vacuna" for payer, hour in payments
    ]
    rows = "\n".join(["occurred_at | amount | from_account | to_account | purpose", *lines])
    with snapshot_of(example_frame(Example(name="x", rows=rows)), LEXICON) as view:
        findings = RULE.find(view, RULE.meta.settled({"window_s": WINDOW_H * 3600, "at_least": LEAST}))
    most = max((json.loads(facts)["payers"] for facts in findings["facts"]), default=0)
    assert most == (_most_payers(payments) if _most_payers(payments) >= LEAST else 0)
