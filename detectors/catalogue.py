"""Every detector there is, in one place: rules found as files, patterns and models declared here by module.

A detector that does not pass is refused with its reason, and the rest load. Loading never imports a model's libraries.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType

import polars as pl

from detectors.api import Detector, Params, SnapshotView
from detectors.exclusions import without_excluded
from detectors.lint.examples import SILENT_PER_FIRING
from detectors.lock import judged, logic_hash_of_python, prose_hash
from detectors.rulefile import read_rule_file
from detectors.sqlrule import judge_rule
from schemas.canonical import digest_file
from schemas.detector import DetectorMeta
from schemas.errors import DetectorInvalid, NotFound
from schemas.finding import RAW_FINDING

PATTERNS: tuple[str, ...] = (
    "detectors.graph.scatter_gather",
    "detectors.graph.round_trip",
    "detectors.graph.gather_scatter",
    "detectors.graph.layered_chain",
    "detectors.graph.earner_to_collector",
    "detectors.graph.border_convergence",
    "detectors.graph.smurf_ring",
    "detectors.graph.street_proceeds",
    "detectors.graph.bipartite_stack",
    "detectors.screening.sanctions_match",
    "detectors.screening.sanctions_name",
    "detectors.screening.owned_or_controlled",
    "detectors.network.novel_network",
)
MODELS: tuple[str, ...] = (
    "detectors.anomaly.unusual_account",
    "detectors.anomaly.changed_account",
    "detectors.anomaly.unusual_network",
)
"""Modules with `META: DetectorMeta` and `find(view, params)`."""

_DETECTORS = Path(__file__).parent
RULES = _DETECTORS / "rules"
_LOGIC_PACKAGES = ("detectors.graph.", "detectors.network.", "detectors.anomaly.")


@dataclass(frozen=True)
class PythonDetector:
    """A pattern or a model as a detector: a module with META and find."""

    module: ModuleType

    @property
    def meta(self) -> DetectorMeta:
        meta: DetectorMeta = self.module.META
        return meta

    @property
    def source_path(self) -> Path:
        return Path(str(self.module.__file__))

    @cached_property
    def logic_hash(self) -> str:
        return logic_hash_of_python(self.meta, _logic_files(self.module))

    @cached_property
    def prose_hash(self) -> str:
        return prose_hash(self.meta)

    @cached_property
    def code_digest(self) -> str:
        return digest_file(self.source_path)

    def find(self, view: SnapshotView, params: Params) -> pl.DataFrame:
        """The findings, as RAW_FINDING. Parameters that are not given stand at their defaults."""
        if view.missing(self.meta):
            return pl.DataFrame(schema=RAW_FINDING)
        find: Callable[[SnapshotView, Params], pl.DataFrame] = self.module.find
        return without_excluded(view, self.meta, find(view, self.meta.settled(params)))


def _logic_files(module: ModuleType) -> list[Path]:
    """The module's file, the modules of detector packages that it imports, directly or not, and the SQL that stands beside it."""
    seen: set[Path] = set()
    waiting = [Path(str(module.__file__))]
    while waiting:
        source = waiting.pop()
        if source not in seen:
            seen.add(source)
            waiting += [found for found in map(_source_of, _imports(source)) if found is not None]
    return sorted(seen) + sorted(Path(str(module.__file__)).parent.glob("*.sql"))


@cache
def _imports(source: Path) -> tuple[str, ...]:
    """The modules that a file of ours imports. Many detectors share theirs, and none changes while the process lives."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
    return tuple(found)


def _source_of(name: str) -> Path | None:
    """The file of a module that decides findings; none for one outside the detector packages, and none for mere examples."""
    if not name.startswith(_LOGIC_PACKAGES) or name.endswith((".examples", "_examples")):
        return None
    path = _DETECTORS.parent.joinpath(*name.split(".")).with_suffix(".py")
    return path if path.is_file() else None


@dataclass(frozen=True)
class Catalogue:
    """The detectors by id, and those that were refused with the reason."""

    detectors: tuple[Detector, ...]
    refused: tuple[DetectorInvalid, ...] = ()

    @classmethod
    def load(cls, extra_directories: Sequence[Path] = (), *, judge_all: bool = False) -> Catalogue:
        """Everything under `detectors/`, and the rules below each of `extra_directories`.

        A shipped rule that is byte for byte as it was locked has been judged; with `judge_all` it is judged again.
        """
        known = {} if judge_all else judged()
        found: list[Detector] = []
        refused: list[DetectorInvalid] = []
        for path in (path for directory in (RULES, *extra_directories) for path in sorted(directory.rglob("*.sql"))):
            rule, faults = judge_rule(path, known)
            refused += faults
            if rule is not None:
                found.append(rule)
        for name in (*PATTERNS, *MODELS):
            try:
                found.append(_python_detector(name))
            except DetectorInvalid as fault:
                refused.append(fault)
        return cls(*_without_twins(found, refused))

    def pick(self, ids: Sequence[str] | None = None) -> tuple[Detector, ...]:
        """The detectors of these ids, sorted by id; without ids, all but retired and draft ones. Raises NotFound."""
        if ids is None:
            return tuple(detector for detector in self.detectors if detector.meta.status in {"live", "test"})
        return tuple(self.get(wanted) for wanted in sorted(set(ids)))

    def get(self, wanted: str) -> Detector:
        """The detector of this id. Raises NotFound that lists what there is."""
        for detector in self.detectors:
            if detector.meta.id == wanted:
                return detector
        known = ", ".join(detector.meta.id for detector in self.detectors)
        raise NotFound("there is no such detector", value=wanted, remedy=f"There are: {known}.")

    def faults_of(self, ids: Sequence[str]) -> list[DetectorInvalid]:
        """Why detectors of these ids were refused: the faults of the files that say so of themselves, or are so called."""
        return [fault for fault in self.refused if not names_of(fault).isdisjoint(ids)]


def names_of(fault: DetectorInvalid) -> set[str | None]:
    """What somebody may call the detector that a fault is about: its file's name without the ending, and its id."""
    path = Path((fault.where or "").rpartition(":")[0])
    try:
        written = read_rule_file(path).head.get("id")
    except DetectorInvalid:  # it cannot be read, which is then the fault itself
        written = None
    return {path.stem, fault.where, str(written)}


def _python_detector(name: str) -> PythonDetector:
    try:
        module = importlib.import_module(name)
    except ImportError as broken:
        raise DetectorInvalid(
            f"the module cannot be imported: {broken}", where=name, remedy="Mend it, or take it out of the catalogue."
        ) from broken
    if not isinstance(getattr(module, "META", None), DetectorMeta) or not callable(getattr(module, "find", None)):
        raise DetectorInvalid(
            "the module has no META or no find",
            where=name,
            remedy="Give it `META: DetectorMeta` and `find(view, params)`.",
        )
    meta = module.META
    if meta.status != "draft" and (not meta.fires or len(meta.silent) < SILENT_PER_FIRING):
        raise DetectorInvalid(
            f"{len(meta.fires)} example(s) fire and {len(meta.silent)} stay silent",
            where=name,
            value=meta.id,
            remedy=f"Give META one example that fires at least and {SILENT_PER_FIRING} that stay silent, or make it a draft.",
        )
    return PythonDetector(module)


def _without_twins(
    found: list[Detector], refused: list[DetectorInvalid]
) -> tuple[tuple[Detector, ...], tuple[DetectorInvalid, ...]]:
    """Of detectors with one id the one that ships stays and the others are refused: a stray file must not turn off what was
    reviewed. Where none or several ship, neither can be trusted to be the one that was meant, and all are refused."""
    by_id: dict[str, list[Detector]] = {}
    for detector in found:
        by_id.setdefault(detector.meta.id, []).append(detector)
    kept = {name: _the_one_meant(group) for name, group in by_id.items()}
    faults = [
        DetectorInvalid(
            f"two detectors have one id: the other stands in {_others(each, group)}",
            where=f"{each.source_path}:1",
            value=name,
            remedy="Give each its own id.",
        )
        for name, group in by_id.items()
        for each in group
        if each is not kept[name]
    ]
    alone = sorted((each for each in kept.values() if each is not None), key=lambda detector: detector.meta.id)
    return tuple(alone), (*refused, *faults)


def _others(detector: Detector, group: Sequence[Detector]) -> str:
    return ", ".join(sorted(each.source_path.name for each in group if each is not detector))


def _the_one_meant(group: Sequence[Detector]) -> Detector | None:
    shipped = [each for each in group if each.source_path.resolve().is_relative_to(_DETECTORS)]
    if len(group) == 1:
        return group[0]
    return shipped[0] if len(shipped) == 1 else None
