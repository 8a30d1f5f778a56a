"""Judge rules before anybody relies on them: the lint, then every example, in a child that has no way out.

What somebody sends is parsed and run there alone: it may be anything, and it costs the server nothing but a wait.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any

import duckdb

from detectors.api import Detector
from detectors.catalogue import Catalogue
from detectors.examples import Outcome, run_examples
from detectors.sqlrule import judge_rule
from schemas.errors import ChildFailed, DetectorInvalid
from service.children import Child, Limits, Progress

_LIMITS = Limits(wall_seconds=900, resident_bytes=1 << 30, silent_seconds=120)
_AT_ONCE = 4
_OVERTAXED = "it could not be judged: "


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged: its id where it could be read, how many examples were run, and every fault as `where` says. `outcomes` has what
    each example gave (`Outcome.as_record`), where that was asked for."""

    id: str | None
    examples: int
    faults: tuple[DetectorInvalid, ...]
    outcomes: tuple[dict[str, Any], ...] = ()


def judge(
    files: Sequence[Path],
    *,
    rule_directories: Sequence[Path] = (),
    examples: bool = True,
    tell: bool = False,
    on_judged: Callable[[Path, Judged], None] | None = None,
) -> list[Judged]:
    """The verdict on each rule file: the lint's faults, an id that another detector has, and the examples that do not hold.

    A file that the child dies of is a fault as well. Several files are judged at a time, one to a core; `on_judged` hears of each as
    soon as it is done, from one thread at a time. With `tell` a verdict has what each example gave.
    """
    children = [Child("service.runs.judging", _LIMITS, nice=5) for _ in range(_at_once(len(files)))]
    free: SimpleQueue[Child] = SimpleQueue()
    for child in children:
        free.put(child)
    asked = {"rule_directories": [str(each) for each in rule_directories], "examples": examples, "tell": tell}
    telling = Lock()

    def judged(path: Path) -> Judged:
        child = free.get()
        try:
            verdict = _asked(child, path, asked)
        finally:
            free.put(child)
        with telling:
            if on_judged is not None:
                on_judged(path, verdict)
        return verdict

    try:
        with ThreadPoolExecutor(max(1, len(children))) as pool:
            try:
                return list(pool.map(judged, files))
            except BaseException:  # somebody waits no longer: neither do we for a rule that hangs
                for child in children:
                    child.stop()
                raise
    finally:
        for child in children:
            child.close()


def _at_once(files: int) -> int:
    return min(files, os.cpu_count() or 1, _AT_ONCE)


def judge_text(text: str, workroom: Path, name: str, *, rule_directories: Sequence[Path] = ()) -> Judged:
    """The verdict on a rule that somebody sends. It is written below `workroom` for as long as this takes, and called `rule.sql`."""
    folder = workroom / name
    folder.mkdir(mode=0o700)
    path = folder / "rule.sql"
    try:
        path.write_text(text, encoding="utf-8")
        (judged,) = judge([path], rule_directories=rule_directories, tell=True)
    finally:
        path.unlink(missing_ok=True)
        folder.rmdir()
    shown = (
        DetectorInvalid(
            fault.why, where=(fault.where or "").replace(str(path), path.name), value=fault.value, remedy=fault.remedy
        )
        for fault in judged.faults
    )
    return Judged(judged.id, judged.examples, tuple(shown), judged.outcomes)


def _asked(child: Child, path: Path, asked: Mapping[str, Any]) -> Judged:
    try:
        told = child.call("judge", {"file": str(path), **asked})
    except ChildFailed as error:
        fault = DetectorInvalid(
            _OVERTAXED + error.why, where=f"{path}:1", remedy="Make the rule or its examples smaller."
        )
        return Judged(None, 0, (fault,))
    faults = (
        DetectorInvalid(each["why"], where=each.get("where"), value=each.get("value"), remedy=each.get("remedy"))
        for each in told["faults"]
    )
    return Judged(told["id"], told["examples"], tuple(faults), tuple(told["outcomes"]))


def _judge(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    path = Path(payload["file"])
    rule, faults = judge_rule(path)
    if rule is None:
        return {"id": None, "examples": 0, "outcomes": [], "faults": [each.as_dict() for each in faults]}
    progress({"step": "lint", "detector": rule.meta.id})
    faults += _twins(rule, _catalogue(*payload["rule_directories"]))
    outcomes: list[Outcome] = []
    if payload["examples"]:
        faults += broken_examples(rule, progress, outcomes if payload["tell"] else None)
    count = len(rule.meta.fires) + len(rule.meta.silent) if payload["examples"] else 0
    told = [each.as_record() for each in outcomes]
    return {"id": rule.meta.id, "examples": count, "outcomes": told, "faults": [each.as_dict() for each in faults]}


@cache
def _catalogue(*directories: str) -> Catalogue:
    """Every detector there is: read once in the life of a child, which is one call of `judge`."""
    return Catalogue.load(tuple(map(Path, directories)))


def broken_examples(
    detector: Detector, progress: Progress, outcomes: list[Outcome] | None = None
) -> Iterator[DetectorInvalid]:
    """A fault for each example that does not hold, with its place in the detector's file. Each is told as it is done: a rule of many
    examples on a slow machine is not one that hangs. What they gave is put into `outcomes`, where there is such a list."""
    text = detector.source_path.read_text(encoding="utf-8")
    try:
        for outcome in run_examples(detector, tell=outcomes is not None):
            progress({"step": "example", "detector": detector.meta.id})
            if outcomes is not None:
                outcomes.append(outcome)
            if not outcome.holds:
                wanted, got = (", ".join(each) or "nobody" for each in (outcome.expected, outcome.flagged))
                yield DetectorInvalid(
                    f"the example `{outcome.example}` does not hold: it must flag {wanted} and flags {got}",
                    where=f"{detector.source_path}:{_line_of(text, outcome.example)}",
                    remedy="Mend the rule, or the example where it is the one that is wrong.",
                )
    except (DetectorInvalid, duckdb.Error) as error:
        why, where = str(error).splitlines()[0], f"{detector.source_path}:1"
        if isinstance(error, DetectorInvalid):
            why, where = error.why, error.where or where
        yield DetectorInvalid(
            f"its examples cannot be run: {why}",
            where=where,
            remedy="Mend the rule; thalweg detectors test shows its examples.",
        )


def _twins(rule: Detector, catalogue: Catalogue) -> Iterator[DetectorInvalid]:
    known = [each for each in catalogue.faults_of([rule.meta.id]) if each.where == f"{rule.source_path}:1"]
    if known:  # it stands in a directory of rules, where another has its id
        yield from known
        return
    for other in catalogue.detectors:
        if other.meta.id == rule.meta.id and other.source_path.resolve() != rule.source_path.resolve():
            yield DetectorInvalid(
                f"two detectors have one id: the other stands in {other.source_path.name}",
                where=f"{rule.source_path}:1",
                value=rule.meta.id,
                remedy="Give each its own id.",
            )


def _line_of(text: str, name: str) -> int:
    place = text.find(f'"{name}"')
    return 1 if place < 0 else text.count("\n", 0, place) + 1


JOBS = {"judge": _judge}
