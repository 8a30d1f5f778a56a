"""Which rules of a mission's own may run: those that pass the lint and whose every example holds.

A rule that ships was judged when it was locked. Any other has its examples run once, in a child that has no way out, and the
verdict is kept in the data directory for as long as neither the rule nor what judges it changes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from detectors.api import Detector
from detectors.catalogue import RULES, Catalogue
from schemas.canonical import digest_json
from schemas.errors import DetectorInvalid
from service.home import Home
from service.runs.judging import Judged, judge
from service.runs.manifest import code_digest, environment_digest

FOLDER = "judged"
"""Below the data directory. What is in it may be deleted: the rules are judged again."""

Fault = dict[str, str | None]


def admitted(directories: Sequence[Path], home: Home, *, judge_new: bool = True) -> Catalogue:
    """The catalogue as a run may use it: a rule of these directories with an example that does not hold is among the refused.

    Without `judge_new` a rule that no run has met yet passes: looking costs no child.
    """
    catalogue = Catalogue.load(directories)
    own = [each for each in catalogue.detectors if not _ships(each) and each.meta.status in {"live", "test"}]
    faults = {each.meta.id: found for each in own if (found := _faults(each, home, judge_new))}
    return Catalogue(
        tuple(each for each in catalogue.detectors if each.meta.id not in faults),
        (*catalogue.refused, *(fault for found in faults.values() for fault in found)),
    )


def unjudged(catalogue: Catalogue, home: Home) -> frozenset[str]:
    """The rules of a mission's own that no run has met as they are now: their examples have not been run. It judges nothing.

    A draft is among them, for it runs only where it is named.
    """
    own = (each for each in catalogue.detectors if not _ships(each))
    return frozenset(each.meta.id for each in own if _read(_kept(each, home), each.source_path) is None)


class Catalogues:
    """The catalogue, loaded again whenever a file in one of the directories of rules has changed or a run has judged one."""

    def __init__(self, directories: Sequence[Path], home: Home) -> None:
        self._directories, self._home, self._lock = tuple(directories), home, Lock()
        self._known: tuple[object, Catalogue] | None = None

    def current(self) -> Catalogue:
        """The detectors as their files are now. What ships with Thalweg does not change while it runs."""
        with self._lock:
            files = [path for directory in self._directories for path in sorted(directory.rglob("*.sql"))]
            state = [_state(path) for path in (*files, self._home.root / FOLDER)]
            if self._known is None or self._known[0] != state:
                self._known = state, admitted(self._directories, self._home, judge_new=False)
            return self._known[1]


def _state(path: Path) -> tuple[str, int, int]:
    """What changes when a file does. A link to nowhere and a file that went meanwhile have no time; the catalogue tells of the first."""
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size


def choose(catalogue: Catalogue, ids: Sequence[str] | None) -> tuple[Detector, ...]:
    """The detectors of these ids, or all that run. Raises NotFound, and the first fault of one that was refused."""
    known = {each.meta.id for each in catalogue.detectors}
    missing = [each for each in ids or () if each not in known]
    for fault in told(catalogue.faults_of(missing)):
        raise DetectorInvalid(fault["why"] or "", where=fault["where"], value=fault["value"], remedy=fault["remedy"])
    return catalogue.pick(ids)


def told(refused: Sequence[DetectorInvalid]) -> list[Fault]:
    """Faults as the journal and every answer name them: the file without its place on this machine."""
    return [
        {
            "where": Path(fault.where).name if fault.where else None,
            "why": fault.why,
            "value": fault.value,
            "remedy": fault.remedy,
        }
        for fault in refused
    ]


def _ships(detector: Detector) -> bool:
    return detector.meta.kind != "rule" or detector.source_path.resolve().is_relative_to(RULES)


def _faults(rule: Detector, home: Home, judge_new: bool) -> list[DetectorInvalid]:
    """What a child found of this rule, now or before. A child that failed has found nothing that holds another time."""
    kept = _kept(rule, home)
    before = _read(kept, rule.source_path)
    if before is not None or not judge_new:
        return before or []
    (judged,) = judge([rule.source_path])
    if judged.id is not None:
        _keep(kept, judged)
    return list(judged.faults)


def _kept(rule: Detector, home: Home) -> Path:
    """Where the verdict on a rule as it is now lies, by what is the same thing and what would judge it."""
    name = digest_json({"file": rule.code_digest, "code": code_digest(), "environment": environment_digest()})
    return home.root / FOLDER / f"{name}.json"


def _read(kept: Path, rule: Path) -> list[DetectorInvalid] | None:
    try:
        found: list[dict[str, Any]] = json.loads(kept.read_bytes())
        return [
            DetectorInvalid(each["why"], where=f"{rule}:{each['line']}", value=each["value"], remedy=each["remedy"])
            for each in found
        ]
    except (OSError, ValueError, KeyError, TypeError):  # not there, or torn by a crash: it is judged again
        return None


def _keep(kept: Path, judged: Judged) -> None:
    """The faults by line, for the file may stand elsewhere another time. What cannot be kept is judged again."""
    faults = [
        {
            "line": (fault.where or "").rpartition(":")[2],
            "why": fault.why,
            "value": fault.value,
            "remedy": fault.remedy,
        }
        for fault in judged.faults
    ]
    try:
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        beside = kept.with_suffix(".part")
        beside.write_text(json.dumps(faults, ensure_ascii=False), encoding="utf-8")
        beside.replace(kept)
    except OSError:
        return
