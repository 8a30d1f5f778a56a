"""A snapshot as of a moment and what its queue would be at any setting. Nothing is searched twice: a setting that changes one detector
searches that one again, and one that changes the fusion fuses again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
from grid import AS_IT_IS, QUEUE, RANK, WEIGHT, Setting

from detectors import rank
from detectors.api import Detector, SnapshotView
from detectors.catalogue import Catalogue
from detectors.findings import Names, name_findings
from schemas.detector import DetectorMeta
from schemas.run import QueueRule
from service.house import House
from service.runs.candidates import candidate_alerts
from service.runs.execute import RunOptions, payload_of
from service.runs.loading import loaded
from service.runs.manifest import build_manifest, take_snapshot, this_engine

Alert = dict[str, Any]
AGAINST_CHANCE = ("novel-network", "street-proceeds")
"""Those whose findings bring a surprisal of their own, which constants of `rank` bound."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reweighed:
    """A detector as fusion sees it, at another weight."""

    meta: DetectorMeta


class Look:
    """One loaded snapshot. `seeded` gives the same one for another seed of chance."""

    def __init__(self, view: SnapshotView, baseline: pl.DataFrame) -> None:
        self._view, self._baseline = view, baseline
        self._detectors: list[Detector] = [d for d in Catalogue.load().detectors if d.meta.status in ("test", "live")]
        self._found: dict[Any, pl.DataFrame] = {}
        self._named: dict[int, list[Alert]] = {}

    def seeded(self, seed: str) -> Look:
        return Look(dataclasses.replace(self._view, run_seed=seed), self._baseline)

    def alerts(self, setting: Setting = AS_IT_IS) -> list[Alert]:
        """The candidate alerts at a setting, best first."""
        with _constants(setting):
            params = {d.meta.id: d.meta.settled(_of(setting, d.meta.id)) for d in self._detectors}
            raws = {d.meta.id: self._find(d, params[d.meta.id], setting) for d in self._detectors}
            names = Names(self._view, list(raws.values()))
            named = {d.meta.id: self._name(d, params[d.meta.id], raws[d.meta.id]) for d in self._detectors}
            weights = _of(setting, WEIGHT)
            chosen: Sequence[Any] = [_reweighed(d, weights) for d in self._detectors]
            most = _of(setting, QUEUE).get("max_members", QueueRule().max_members)
            return candidate_alerts(chosen, raws, named, self._baseline, names, max_members=most)

    def _find(self, detector: Detector, params: Mapping[str, Any], setting: Setting) -> pl.DataFrame:
        measured = _of(setting, RANK) if detector.meta.id in AGAINST_CHANCE else {}
        key = detector.meta.id, tuple(sorted(params.items())), tuple(sorted(measured.items()))
        if key not in self._found:
            self._found[key] = detector.find(self._view, params)
        return self._found[key]

    def _name(self, detector: Detector, params: Mapping[str, Any], raw: pl.DataFrame) -> list[Alert]:
        if id(raw) not in self._named:
            names = Names(self._view, [raw])
            named = name_findings(detector, raw, names, params, self._view.base_currency)
            self._named[id(raw)] = [each.finding for each in named]
        return self._named[id(raw)]


@contextmanager
def looked_at(house: House, moment: datetime, scratch: Path, seed: str) -> Iterator[Look]:
    """The snapshot that a run as of `moment`, which is UTC, would load."""
    options = RunOptions(base_currency="EUR", threads=2, memory_bytes=4 << 30, queue=QueueRule())
    manifest = build_manifest(
        take_snapshot(house.ledger, house.journal.size - 1, house.journal.head),
        [],
        house.shelf.current(),
        engine=this_engine(),
        base_currency=options.base_currency,
        queue=options.queue,
        as_of=moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment,
    ).model_copy(update={"seed": seed})
    payload = payload_of(house.home, manifest, options) | {"scratch": str(scratch)}
    with loaded(payload, manifest, lambda step: None) as (view, tables):
        yield Look(view, tables["baseline"])


def _of(setting: Setting, where: str) -> dict[str, int]:
    return {each.name: each.value for each in setting if each.where == where}


def _reweighed(detector: Detector, weights: Mapping[str, int]) -> Detector | Reweighed:
    if detector.meta.id not in weights:
        return detector
    return Reweighed(detector.meta.model_copy(update={"weight": weights[detector.meta.id]}))


@contextmanager
def _constants(setting: Setting) -> Iterator[None]:
    with ExitStack() as held:
        for name, value in _of(setting, RANK).items():
            held.enter_context(mock.patch.object(rank, name, value))
        yield
