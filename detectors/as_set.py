"""A detector under another status than its file gives it: what two people decided of it, or what a manifest recorded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from detectors.api import Detector, Params, SnapshotView
from schemas.detector import DetectorMeta, Status


@dataclass(frozen=True)
class AsSet:
    """The same detector; only `meta.status` is another. Its logic and its hashes are those of the file."""

    detector: Detector
    status: Status

    @cached_property
    def meta(self) -> DetectorMeta:
        return self.detector.meta.model_copy(update={"status": self.status})

    @property
    def logic_hash(self) -> str:
        return self.detector.logic_hash

    @property
    def prose_hash(self) -> str:
        return self.detector.prose_hash

    @property
    def code_digest(self) -> str:
        return self.detector.code_digest

    @property
    def source_path(self) -> Path:
        return self.detector.source_path

    def find(self, view: SnapshotView, params: Params) -> pl.DataFrame:
        """What the detector finds."""
        return self.detector.find(view, params)


def under(detector: Detector, status: Status) -> Detector:
    """A detector under a status; itself where that is its own."""
    return detector if detector.meta.status == status else AsSet(detector, status)
