"""Every example of every pattern holds on the real relations, and its explanation can be written in every language it speaks."""

from __future__ import annotations

import json
from types import ModuleType

import polars as pl
import pytest

from detectors.api import Params
from detectors.catalogue import PythonDetector
from detectors.example_table import example_frame
from detectors.examples import run_example, snapshot_of
from detectors.graph import (
    bipartite_stack,
    border_convergence,
    earner_to_collector,
    gather_scatter,
    layered_chain,
    round_trip,
    scatter_gather,
    smurf_ring,
)
from detectors.wording import explain
from schemas.detector import DetectorMeta, Example

PATTERNS = (
    scatter_gather,
    gather_scatter,
    round_trip,
    layered_chain,
    earner_to_collector,
    border_convergence,
    smurf_ring,
    bipartite_stack,
)
EXAMPLES = [
    pytest.param(pattern, example, id=f"{pattern.META.id}: {example.name}")
    for pattern in PATTERNS
    for example in (*pattern.META.fires, *pattern.META.silent)
]


def run(pattern: ModuleType, example: Example) -> tuple[pl.DataFrame, Params]:
    detector = PythonDetector(pattern)
    params = detector.meta.settled(example.params)
    with snapshot_of(example_frame(example), example.tables) as view:
        return detector.find(view, params), params


@pytest.mark.parametrize(("pattern", "example"), EXAMPLES)
def test_an_example_flags_what_it_says_and_nothing_else(pattern: ModuleType, example: Example) -> None:
    outcome = run_example(PythonDetector(pattern), example, "fires" if example.flags else "silent")
    assert outcome.holds, str(outcome)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_has_enough_counter_examples(pattern: ModuleType) -> None:
    meta: DetectorMeta = pattern.META
    assert meta.kind == "pattern"
    assert meta.fires
    assert len(meta.silent) >= 2


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_finding_explains_itself_in_every_language_of_the_pattern(pattern: ModuleType) -> None:
    findings, params = run(pattern, pattern.META.fires[0])
    facts = json.loads(findings["facts"][0])
    assert set(facts) == set(pattern.META.facts)
    words = explain(pattern.META, facts, params, base_currency="EUR", logic_hash="")
    assert {"en", "fr"} <= set(words.sentence)
    for language, sentence in words.sentence.items():
        assert "{" not in sentence
        assert not any("unknown" in line.observed[language] for line in words.indicators)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_strength_is_per_mille_and_members_include_the_subject(pattern: ModuleType) -> None:
    for example in pattern.META.fires:
        for row in run(pattern, example)[0].iter_rows(named=True):
            assert 0 < row["strength"] <= 1000
            assert row["subject"] in [member["account"] for member in row["members"]]
            assert row["evidence"] == sorted(set(row["evidence"]))
