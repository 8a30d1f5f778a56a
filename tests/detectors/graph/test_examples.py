"""Every example of every pattern holds on the real relations, and its explanation can be written in both languages."""

from __future__ import annotations

import json
from types import ModuleType

import duckdb
import polars as pl
import pytest

from detectors.api import Params, SnapshotView, default_params
from detectors.example_table import example_frame
from detectors.graph import gather_scatter, round_trip, scatter_gather
from detectors.relations import load_frame
from detectors.relations.load import example_references
from detectors.wording import explain
from schemas.detector import DetectorMeta, Example

PATTERNS = (scatter_gather, gather_scatter, round_trip)
EXAMPLES = [
    pytest.param(pattern, example, id=f"{pattern.META.id}: {example.name}")
    for pattern in PATTERNS
    for example in (*pattern.META.fires, *pattern.META.silent)
]


def snapshot(example: Example) -> SnapshotView:
    connection = duckdb.connect()
    tables = example_references()
    load_frame(connection, example_frame(example), tables=tables, base_currency="EUR")
    return SnapshotView(connection, as_of_s=0, base_currency="EUR", run_seed="example")


def run(pattern: ModuleType, example: Example) -> tuple[pl.DataFrame, Params, SnapshotView]:
    view = snapshot(example)
    params = {**default_params(pattern.META), **example.params}
    return pattern.find(view, params), params, view


@pytest.mark.parametrize(("pattern", "example"), EXAMPLES)
def test_an_example_flags_what_it_says_and_nothing_else(pattern: ModuleType, example: Example) -> None:
    findings, _, view = run(pattern, example)
    names = dict(view.sql("select account, name from accounts").iter_rows())
    assert tuple(sorted({names[subject] for subject in findings["subject"]})) == example.flags


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_has_enough_counter_examples(pattern: ModuleType) -> None:
    meta: DetectorMeta = pattern.META
    assert meta.kind == "pattern"
    assert meta.fires
    assert len(meta.silent) >= 2


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_finding_explains_itself_in_both_languages(pattern: ModuleType) -> None:
    findings, params, _ = run(pattern, pattern.META.fires[0])
    facts = json.loads(findings["facts"][0])
    assert set(facts) == set(pattern.META.facts)
    words = explain(pattern.META, facts, params, base_currency="EUR", logic_hash="")
    for language in ("en", "fr"):
        assert "{" not in words.sentence[language]
        assert not any("unknown" in line.observed[language] for line in words.indicators)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_strength_is_per_mille_and_members_include_the_subject(pattern: ModuleType) -> None:
    for example in pattern.META.fires:
        for row in run(pattern, example)[0].iter_rows(named=True):
            assert 0 < row["strength"] <= 1000
            assert row["subject"] in [member["account"] for member in row["members"]]
            assert row["evidence"] == sorted(set(row["evidence"]))
