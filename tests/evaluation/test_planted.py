"""What counts as found, pointed at and shown, where findings are held against planted patterns."""

from __future__ import annotations

from evaluation.planted import Found, lines, structures

from detectors.evaluation.labels import Pattern


def _pattern(name: str, kind: str, references: str) -> Pattern:
    return Pattern(name, kind, frozenset(references), frozenset())


def test_a_finding_finds_what_it_covers_half_of_with_half_of_its_own() -> None:
    [line] = lines([Found("ring", frozenset("abxy"))], [_pattern("T1", "round-trip", "abcd")])
    assert (line.planted, line.found, line.finders) == (1, 1, {"ring": 1})


def test_a_small_part_is_pointed_at_and_a_whole_record_only_shows_it() -> None:
    findings = [Found("part", frozenset("a")), Found("record", frozenset("abcduvwxyz"))]
    [line] = lines(findings, [_pattern("T1", "round-trip", "abcd")])
    assert (line.found, line.finders, line.pointers, line.showers) == (0, {}, {"part": 1}, {"record": 1})


def test_instances_of_a_kind_are_counted_once_however_many_findings_find_them() -> None:
    planted = [_pattern("T1", "fan", "ab"), _pattern("T2", "fan", "cd"), _pattern("T3", "fan", "ef")]
    findings = [Found("fans", frozenset("ab")), Found("fans", frozenset("a")), Found("other", frozenset("cd"))]
    [line] = lines(findings, planted)
    assert (line.planted, line.found, line.finders) == (3, 2, {"fans": 1, "other": 1})


def test_half_of_several_accounts_is_as_good_as_half_of_the_transactions() -> None:
    network = Pattern("T1", "network", frozenset("abcdefgh"), frozenset("ABCD"))
    [line] = lines(
        [Found("net", frozenset("a"), frozenset("AB")), Found("few", frozenset("ab"), frozenset("A"))], [network]
    )
    assert line.finders == {"net": 1}
    [alone] = lines(
        [Found("one", frozenset("a"), frozenset("A"))], [Pattern("T2", "own", frozenset("abcd"), frozenset("A"))]
    )
    assert alone.finders == {}


def test_a_detector_is_told_kind_by_kind_with_its_noughts() -> None:
    planted = [_pattern("T1", "fan", "ab"), _pattern("T2", "ring", "cdef")]
    findings = [Found("fans", frozenset("ab")), Found("fans", frozenset("c")), Found("fans", frozenset("xyz"))]
    assert structures(findings, planted, ["fans", "rings"]).splitlines() == [
        "| detector | findings | fan (1) | ring (1) |",
        "|---|---|---|---|",
        "| fans | 3 | 1 (1) | 0 (1) |",
        "| rings | 0 | 0 (0) | 0 (0) |",
        "| any of them | 3 | 1 (1) | 0 (1) |",
    ]
