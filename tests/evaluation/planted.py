"""Which detectors find each kind that the fixture world plants, and which fire on its innocent look-alikes: by finding, not by rank.

`measure_planted.py` runs it over whole worlds, `measure_structural.py` over the simulators' data.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from detectors.evaluation.labels import Pattern

LEAST_COVERED = LEAST_OWN = 1, 2
"""A finding finds a pattern when it covers half of it and half of its own evidence belongs to it; with the second alone it
points at it, with the first alone it shows it among more: an account's whole record holds every story that the account is in.
Halves are of transactions; where a pattern has several accounts, of accounts will do as well."""
SEVERAL = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What a detector says of one subject: its id, and the references and the accounts, as submitted, that it shows."""

    detector: str
    references: frozenset[str]
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """A kind: how many instances, how many that anything finds or points at, and how many each detector finds, points at, or shows."""

    kind: str
    planted: int
    found: int
    seen: int
    finders: dict[str, int]
    pointers: dict[str, int]
    showers: dict[str, int]


def lines(findings: Iterable[Found], patterns: Sequence[Pattern]) -> list[Line]:
    """One line a kind, in the order of the alphabet."""
    finders: dict[str, set[str]] = defaultdict(set)
    pointers: dict[str, set[str]] = defaultdict(set)
    showers: dict[str, set[str]] = defaultdict(set)
    of_reference: dict[str, set[str]] = defaultdict(set)
    by_name = {pattern.name: pattern for pattern in patterns}
    for pattern in patterns:
        for reference in pattern.references:
            of_reference[reference].add(pattern.name)
    for finding in findings:
        for name in {name for reference in finding.references for name in of_reference.get(reference, ())}:
            planted = by_name[name].references
            covers, points = _halves(planted, finding.references)
            if len(by_name[name].accounts) >= SEVERAL and all(_halves(by_name[name].accounts, finding.accounts)):
                covers = points = True
            for told, true in ((finders, covers and points), (pointers, points), (showers, covers)):
                if true:
                    told[name].add(finding.detector)
    kinds: dict[str, list[str]] = defaultdict(list)
    for pattern in patterns:
        kinds[pattern.kind].append(pattern.name)
    return [_line(kind, names, finders, pointers, showers) for kind, names in sorted(kinds.items())]


def _halves(planted: frozenset[str], shown: frozenset[str]) -> tuple[bool, bool]:
    """Whether what is shown covers half of what was planted, and whether half of it belongs there."""
    common = len(planted & shown)
    covers = common * LEAST_COVERED[1] >= len(planted) * LEAST_COVERED[0]
    return covers, common * LEAST_OWN[1] >= len(shown) * LEAST_OWN[0] and common > 0


def _line(kind: str, names: list[str], *told: dict[str, set[str]]) -> Line:
    found, seen = (sum(1 for name in names if by.get(name)) for by in told[:2])
    return Line(kind, len(names), found, seen, *(_counted(names, by) for by in told))


def _counted(names: list[str], told: dict[str, set[str]]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        for detector in told.get(name, ()):
            counts[detector] += 1
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def findings_of(run: Path) -> list[Found]:
    """The findings of a run's directory."""
    bodies = (json.loads(body) for body in pl.read_parquet(run / "findings.parquet")["body"])
    return [
        Found(
            body["detector"],
            frozenset(shown["reference"] for shown in body["evidence"]),
            frozenset(member["account"] for member in body["members"]),
        )
        for body in bodies
    ]


def tables(findings: Sequence[Found], truth: Sequence[Pattern], innocence: Sequence[Pattern]) -> str:
    """Both tables, in Markdown."""
    text = ["| planted | found | its own | others that find it | others that point at it |", "|---|---|---|---|---|"]
    for line in lines(findings, truth):
        own = [each.get(line.kind, 0) for each in (line.finders, line.pointers, line.showers)]
        rest = [f"{word} {count}" for word, count in (("points at", own[1]), ("shows", own[2])) if count > own[0]]
        said = ", ".join([str(own[0]), *rest])
        others = {each: count for each, count in line.finders.items() if each != line.kind}
        pointing = {each: c for each, c in line.pointers.items() if each != line.kind and each not in others}
        text.append(f"| {line.kind} | {line.found} of {line.planted} | {said} | {_told(others)} | {_told(pointing)} |")
    text += ["", "| look-alike | fired on | by |", "|---|---|---|"]
    text += [
        f"| {line.kind} | {line.seen} of {line.planted} | {_told(line.pointers)} |"
        for line in lines(findings, innocence)
    ]
    return "\n".join(text)


def structures(findings: Sequence[Found], truth: Sequence[Pattern], detectors: Sequence[str]) -> str:
    """A row a detector, a column a kind: of how many patterns it finds, and in brackets at how many it points. In Markdown."""
    columns = lines(findings, truth)
    made = {name: sum(1 for one in findings if one.detector == name) for name in detectors}
    text = [
        f"| detector | findings | {' | '.join(f'{line.kind} ({line.planted})' for line in columns)} |",
        f"|---|---|{'---|' * len(columns)}",
    ]
    for name in detectors:
        cells = (f"{line.finders.get(name, 0)} ({line.pointers.get(name, 0)})" for line in columns)
        text.append(f"| {name} | {made[name]} | {' | '.join(cells)} |")
    together = (f"{line.found} ({line.seen})" for line in columns)
    return "\n".join([*text, f"| any of them | {len(findings)} | {' | '.join(together)} |"])


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{detector} {count}" for detector, count in counts.items()) or "nothing"
