"""The page for rule authors is true: its rule runs, and it names everything that a rule may use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detectors.examples import run_examples
from detectors.lint.structure import OUTPUT, RELATIONS
from detectors.sqlbind import BUILT_IN, HOUSE_ARITY
from detectors.sqlrule import EVIDENCE_LIMIT, load_rule
from schemas.detector import ROLES, DetectorMeta

PAGE = (Path(__file__).parents[2] / "docs" / "rule-authors.md").read_text(encoding="utf-8")


def test_the_rule_on_the_page_passes_the_lint_and_its_examples_hold(tmp_path: Path) -> None:
    block = re.search(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    path = tmp_path / "from-the-page.sql"
    # As a live rule, so that no check is passed over.
    path.write_text(block[1].replace('status = "draft"', 'status = "live"'), encoding="utf-8")
    outcomes = list(run_examples(load_rule(path)))
    assert len(outcomes) == 3
    assert [str(outcome) for outcome in outcomes if not outcome.holds] == []


@pytest.mark.parametrize("relation", sorted(RELATIONS))
def test_the_page_names_every_column_that_a_rule_sees(relation: str) -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{relation}`")]
    assert set(re.findall(r"`([a-z_]+)`", line)) >= RELATIONS[relation]


def test_the_page_names_every_key_of_the_head_and_what_else_an_author_writes() -> None:
    written = {"kind", "params"}
    keys = set(DetectorMeta.model_fields) - written
    words = {*keys, *OUTPUT, *HOUSE_ARITY, *(f"${name}" for name in BUILT_IN), *ROLES, "left_out", str(EVIDENCE_LIMIT)}
    assert {word for word in words if word not in PAGE} == set()
