"""The lock tells a change of logic from a change of words, and says how to mend what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors import lock
from detectors.catalogue import Catalogue
from detectors.lock import Locked
from detectors.sqlrule import SqlRule, judge_rule, load_rule
from schemas.detector import DetectorMeta
from tests.detectors.lint.drafts import HEAD, SQL, spoil, write_rule
from tests.detectors.test_wording import meta


def test_the_lock_file_agrees_with_every_detector() -> None:
    catalogue = Catalogue.load(judge_all=True)
    assert catalogue.refused == ()
    assert lock.check(catalogue.detectors) == []


def hashes(tmp_path: Path, *, head: str = HEAD, sql: str = SQL) -> Locked:
    rule = load_rule(write_rule(tmp_path, head=head, sql=sql))
    return Locked(rule.logic_hash, rule.prose_hash)


SAME = {
    "white space": (HEAD, SQL.replace("    ", "\t").replace("\n", "\n\n")),
    "a comment": (HEAD, SQL + "-- why\n/* because */"),
    "capitals of words": (HEAD, SQL.replace("select", "SELECT").replace("count", "COUNT")),
    "another order of the head": (HEAD.replace('severity = "low"\nweight = 1', 'weight = 1\nseverity = "low"'), SQL),
    "a promotion": (HEAD.replace('status = "test"', 'status = "live"'), SQL),
    "an example more": (HEAD + HEAD[HEAD.rindex("[[silent]]") :].replace("a day apart", "again").join(("\n", "")), SQL),
}
LOGIC = {
    "the SQL": (HEAD, spoil(SQL, "direction = 'in'", "direction = 'out'")),
    "a capital in a text": (HEAD, spoil(SQL, "'in'", "'IN'")),
    "a default": (spoil(HEAD, "default = 2\n", "default = 3\n"), SQL),
    "a weight": (spoil(HEAD, "weight = 1", "weight = 2"), SQL),
    "a role": (spoil(HEAD, 'senders = "payer"', 'senders = "mule"'), SQL),
    "a severity": (spoil(HEAD, 'severity = "low"', 'severity = "high"'), SQL),
}
PROSE = {
    "a title": (spoil(HEAD, 'title.en = "Large deposits"', 'title.en = "Big deposits"'), SQL),
    "the sentence": (spoil(HEAD, "{total} in all", "{total}"), SQL),
    "a look-alike": (spoil(HEAD, 'en = "A shop"', 'en = "A stall"'), SQL),
    "a reason": (spoil(HEAD, "Two deposits in a day", "Two deposits a day"), SQL),
    "a source": (spoil(HEAD, "our judgement", "our own judgement"), SQL),
}


@pytest.mark.parametrize(("head", "sql"), SAME.values(), ids=list(SAME))
def test_what_changes_neither_logic_nor_words_changes_no_hash(tmp_path: Path, head: str, sql: str) -> None:
    assert hashes(tmp_path, head=head, sql=sql) == hashes(tmp_path)


@pytest.mark.parametrize(("head", "sql"), LOGIC.values(), ids=list(LOGIC))
def test_what_may_change_findings_changes_the_logic_hash_alone(tmp_path: Path, head: str, sql: str) -> None:
    before, after = hashes(tmp_path), hashes(tmp_path, head=head, sql=sql)
    assert after.logic != before.logic
    assert after.prose == before.prose


@pytest.mark.parametrize(("head", "sql"), PROSE.values(), ids=list(PROSE))
def test_what_changes_words_changes_the_prose_hash_alone(tmp_path: Path, head: str, sql: str) -> None:
    before, after = hashes(tmp_path), hashes(tmp_path, head=head, sql=sql)
    assert after.prose != before.prose
    assert after.logic == before.logic


def python_hash(tmp_path: Path, source: str, described: DetectorMeta | None = None) -> str:
    path = tmp_path / "pattern.py"
    path.write_text(source, encoding="utf-8")
    return lock.logic_hash_of_python(described or meta(), [path])


PATTERN = '''"""What it is for."""
from x import y

META = y(title="Title")


def find(view, params):
    """What it gives."""
    return view.sql(f"select {params['a']}")
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("What it is for", "What it is really for"),
        ("What it gives", "What it hands back"),
        ('title="Title"', 'title="Other"'),
        ("    return", "    # a reason\n    return"),
        ("import y\n", "import y\nfrom beside import EXAMPLES\n"),
        ("\n\n\ndef", "\n\n\n\n\ndef"),
    ],
)
def test_words_of_a_pattern_are_no_logic(tmp_path: Path, old: str, new: str) -> None:
    assert python_hash(tmp_path, spoil(PATTERN, old, new)) == python_hash(tmp_path, PATTERN)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("select", "select distinct"),
        ("params['a']", "params['b']"),
        ("def find(view, ", "def find(v, "),
        ("import y\n", "import y\nfrom beside import EXAMPLES, z\n"),
        ("import y\n", "import y\nfrom beside import EXAMPLES as find\n"),
    ],
)
def test_code_of_a_pattern_is_logic(tmp_path: Path, old: str, new: str) -> None:
    assert python_hash(tmp_path, spoil(PATTERN, old, new)) != python_hash(tmp_path, PATTERN)


def test_a_default_of_a_pattern_is_logic(tmp_path: Path) -> None:
    changed = meta(params={"least": {"default": 5, "unit": "count", "least": 1, "most": 100, "reason": "four of them"}})
    plain = meta(params={"least": {"default": 4, "unit": "count", "least": 1, "most": 100, "reason": "four of them"}})
    assert python_hash(tmp_path, PATTERN, changed) != python_hash(tmp_path, PATTERN, plain)


def rule(tmp_path: Path, **parts: str) -> SqlRule:
    return load_rule(write_rule(tmp_path, **parts))


def test_a_lock_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "lock.toml"
    detectors = [rule(tmp_path)]
    lock.write(detectors, path)
    assert lock.read(path) == lock.compute(detectors)
    assert lock.check(detectors, path) == []


def test_a_change_names_the_detector_what_changed_and_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "lock.toml"
    lock.write([rule(tmp_path)], path)
    (logic,) = lock.check([rule(tmp_path, sql=spoil(SQL, "'in'", "'out'"))], path)
    (prose,) = lock.check([rule(tmp_path, head=spoil(HEAD, "A shop", "A stall"))], path)
    assert logic.startswith("large-deposits: its logic has changed")
    assert prose.startswith("large-deposits: its words have changed")
    assert all("thalweg detectors lock" in problem for problem in (logic, prose))


def test_a_detector_that_comes_or_goes_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lock.toml"
    (new,) = lock.check([rule(tmp_path)], path)
    assert new.startswith("large-deposits: the detector is not in the lock file")
    lock.write([rule(tmp_path)], path)
    (gone,) = lock.check([], path)
    assert gone.startswith("large-deposits: the lock file names a detector that is not there")


def test_a_rule_that_is_as_it_was_locked_is_not_judged_again_and_any_other_is(tmp_path: Path) -> None:
    sound = rule(tmp_path)
    path = tmp_path / "lock.toml"
    lock.write([sound], path)
    known = lock.judged(path)
    unsound = write_rule(tmp_path, sql=spoil(SQL, "select", "select *,"))
    assert judge_rule(unsound, known)[0] is None
    same = write_rule(tmp_path)
    again, faults = judge_rule(same, known)
    assert faults == []
    assert again is not None
    assert (again.logic_hash, again.prose_hash) == (sound.logic_hash, sound.prose_hash)
    assert again.tree == sound.tree


def test_a_lock_of_another_format_vouches_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock.toml"
    lock.write([rule(tmp_path)], path)
    path.write_text(path.read_text().replace(f"format = {lock.FORMAT_VERSION}", "format = 1"))
    assert lock.judged(path) == {}
