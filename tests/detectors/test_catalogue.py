"""The catalogue holds every detector once, refuses the unsound with their reasons, and costs no model library to load."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from detectors.catalogue import Catalogue
from detectors.examples import run_example
from detectors.wording import LANGUAGES, explain, placeholders
from schemas.detector import DetectorMeta, Example
from schemas.errors import NotFound
from tests.detectors.lint.drafts import HEAD, SQL, spoil, write_rule

CATALOGUE = Catalogue.load()
EXAMPLES = [
    pytest.param(meta, example, kind, id=f"{meta.id}: {example.name}")
    for meta in (detector.meta for detector in CATALOGUE.detectors)
    for kind, examples in (("fires", meta.fires), ("silent", meta.silent))
    for example in examples
]


COUNTED_NONE = re.compile(r"(?<![\d.,:\u202f])0[ \u00a0](?=[^\W\d])")


def ids(catalogue: Catalogue) -> list[str]:
    return [detector.meta.id for detector in catalogue.detectors]


@pytest.mark.parametrize(("meta", "example", "kind"), EXAMPLES)
def test_every_example_of_every_detector_holds(meta: DetectorMeta, example: Example, kind: str) -> None:
    outcome = run_example(CATALOGUE.get(meta.id), example, "fires" if kind == "fires" else "silent")
    assert outcome.holds, str(outcome)
    for facts in map(json.loads, outcome.findings["facts"]):
        said = explain(meta, facts, meta.settled(example.params), base_currency="EUR", logic_hash="")
        assert not [text for text in said.sentence.values() if COUNTED_NONE.search(text)], (
            "0 of a thing is no word for none"
        )


def test_nothing_that_ships_is_refused() -> None:
    assert [str(fault) for fault in CATALOGUE.refused] == []


def test_detectors_are_sorted_and_unique() -> None:
    assert ids(CATALOGUE) == sorted(set(ids(CATALOGUE)))
    assert {
        "cash-structuring",
        "fan-out-burst",
        "inbound-many-senders",
        "near-threshold-cluster",
        "pass-through",
    } <= set(ids(CATALOGUE))


METAS = pytest.mark.parametrize("meta", [detector.meta for detector in CATALOGUE.detectors], ids=ids(CATALOGUE))


@METAS
def test_a_detector_that_runs_has_examples_that_fire_and_more_that_stay_silent(meta: DetectorMeta) -> None:
    if meta.status != "draft":
        assert len(meta.fires) >= 1
        assert len(meta.silent) >= (2 * len(meta.fires) if meta.kind == "rule" else 2)


@METAS
def test_an_analyst_reads_every_detector_in_every_language(meta: DetectorMeta) -> None:
    labels = [line.label for line in meta.indicators]
    for words in (meta.title, meta.why, meta.next_step, *meta.benign, *labels):
        assert all(words.get(language, "").strip() for language in LANGUAGES), words
    for sentence in meta.why.values():
        assert set(placeholders(sentence)) <= set(meta.facts) | set(meta.params)


def test_rules_of_a_mission_join_from_a_directory_of_their_own(tmp_path: Path) -> None:
    write_rule(tmp_path)
    assert set(ids(Catalogue.load([tmp_path]))) - set(ids(CATALOGUE)) == {"large-deposits"}


def test_an_unsound_rule_is_refused_and_the_rest_load(tmp_path: Path) -> None:
    write_rule(tmp_path, sql=spoil(SQL, "sorted_list(txn)", "list(txn)"), name="bad.sql")
    write_rule(tmp_path, name="good.sql")
    catalogue = Catalogue.load([tmp_path])
    assert "large-deposits" in ids(catalogue)
    (fault,) = catalogue.refused
    assert str(fault.where).startswith(f"{tmp_path / 'bad.sql'}:")
    assert "sorted_list" in (fault.remedy or "")


def test_a_rule_that_takes_a_shipped_id_is_refused_and_the_shipped_one_stays(tmp_path: Path) -> None:
    write_rule(tmp_path, head=spoil(HEAD, "large-deposits", "pass-through"))
    catalogue = Catalogue.load([tmp_path])
    assert catalogue.get("pass-through").logic_hash == CATALOGUE.get("pass-through").logic_hash
    (fault,) = catalogue.refused
    assert "one id" in fault.why
    assert str(fault.where).startswith(str(tmp_path))


def test_two_rules_of_a_mission_with_one_id_are_both_refused(tmp_path: Path) -> None:
    write_rule(tmp_path, name="one.sql")
    write_rule(tmp_path, name="two.sql")
    catalogue = Catalogue.load([tmp_path])
    assert "large-deposits" not in ids(catalogue)
    assert [fault.why.rpartition("one id: the other stands in ")[2] for fault in catalogue.refused] == [
        "two.sql",
        "one.sql",
    ]


def test_a_run_takes_test_and_live_detectors_or_those_that_it_names(tmp_path: Path) -> None:
    bare = HEAD[: HEAD.index("[[fires]]")]
    write_rule(tmp_path, head=spoil(bare, 'status = "test"', 'status = "draft"'))
    catalogue = Catalogue.load([tmp_path])
    assert "large-deposits" not in [detector.meta.id for detector in catalogue.pick()]
    assert [detector.meta.id for detector in catalogue.pick(["large-deposits", "cash-structuring"])] == [
        "cash-structuring",
        "large-deposits",
    ]
    with pytest.raises(NotFound, match="cash-structuring"):
        catalogue.get("no-such-detector")


def test_loading_the_catalogue_imports_no_model_library() -> None:
    script = (
        "import sys; from detectors.catalogue import Catalogue; [d.logic_hash for d in Catalogue.load().detectors];"
        "sys.exit(','.join(sorted({'pyod', 'sklearn', 'scipy', 'rustworkx'} & sys.modules.keys())) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
