"""Examples that build on a shared table mean the same as if they were written out, and what does not fit is refused at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.example_table import read_table
from detectors.examples import run_examples
from detectors.rulefile import read_meta, read_rule_file
from detectors.sqlrule import judge_rule, load_rule
from schemas.detector import Example
from schemas.errors import DetectorInvalid
from tests.detectors.lint.drafts import HEAD, spoil, write_rule

BASE = '''[bases.typical]
rows = """
occurred_at      | channel      | amount | to_account
2026-03-01 09:00 | cash_deposit | 100.00 | A-1
2026-03-01 10:00 | cash_deposit | 200.00 | A-1
"""
params = { at_least = 2 }
tables.segments = """
account | segment | valid_from | valid_to | source
X|B-9   | biller  | 2025-01-01 |          | example
"""

[[fires]]
name = "two on one day"
base = "typical"
flags = ["A-1"]

[[silent]]
name = "one alone"
base = "typical"
without = [2]

[[silent]]
name = "two, a day apart"
base = "typical"
change.2.occurred_at = "2026-03-02 09:00"
'''
BUILT = HEAD[: HEAD.index("[[fires]]")] + BASE
ADDED = '''without = [2]
dates_only = true
params = { at_least = 3 }
rows = """
occurred_at      | amount | from_account | to_account
2026-03-05 09:00 | 7.00   | C-1          | A-1
"""'''


def examples_of(folder: Path, head: str) -> dict[str, Example]:
    meta = read_meta(read_rule_file(write_rule(folder, head=head)))
    return {each.name: each for each in (*meta.fires, *meta.silent)}


def test_an_example_is_its_base_with_what_it_changes(tmp_path: Path) -> None:
    built, written = examples_of(tmp_path, BUILT), examples_of(tmp_path, HEAD)
    assert {name: read_table(each) for name, each in built.items()} == {
        name: read_table(each) for name, each in written.items()
    }
    assert all(outcome.holds for outcome in run_examples(load_rule(write_rule(tmp_path, head=BUILT))))


def test_rows_may_go_come_and_lose_their_times(tmp_path: Path) -> None:
    example = examples_of(tmp_path, spoil(BUILT, "without = [2]", ADDED))["one alone"]
    assert [(row["channel"], row["precision"], row["from_account"]) for row in read_table(example)] == [
        ("cash_deposit", "day", None),
        ("transfer", "day", "C-1"),
    ]
    assert (example.params, list(example.tables)) == ({"at_least": 3}, ["segments"])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('base = "typical"\nwithout', 'base = "usual"\nwithout', "not in the file"),
        ('base = "typical"\nwithout = [2]', "without = [2]", "not in the file"),
        ("without = [2]", "without = [3]", "there is no row 3"),
        ("change.2.occurred_at", "change.0.occurred_at", "there is no row 0"),
        ('"2026-03-02 09:00"', "7", "is no text"),
        ("without = [2]", "without = 2", "cannot be built"),
        ("change.2.occurred_at", "change.2.day", "header does not fit"),
        ("params = { at_least = 2 }", "flags = []", "nothing else"),
        ("[bases.typical]", '[bases.other]\nrows = ""\n\n[bases.typical]', "no example uses"),
    ],
)
def test_what_does_not_fit_is_refused_with_line_and_remedy(tmp_path: Path, old: str, new: str, why: str) -> None:
    rule, faults = judge_rule(write_rule(tmp_path, head=spoil(BUILT, old, new)))
    assert rule is None
    assert why in faults[0].why
    assert faults[0].remedy
    assert int(str(faults[0].where).rpartition(":")[2]) > 40


def test_a_list_in_place_of_bases_is_refused(tmp_path: Path) -> None:
    head = 'bases = ["typical"]\n' + HEAD
    with pytest.raises(DetectorInvalid, match="not a table of tables"):
        read_meta(read_rule_file(write_rule(tmp_path, head=head)))
