"""A run as a pure function: everything that its result depends on stands in the manifest, and the manifest has a digest."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.canonical import canonical_json, sha256
from schemas.detector import Status

MANIFEST_VERSION = 1
RunStatus = Literal["started", "finished", "incomplete", "failed"]
Verdict = Literal["identical", "different", "not comparable"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SegmentRef(_Frozen):
    """A segment that the run reads: its digest of canonical rows, the batch that it is, and who submitted it."""

    digest: str
    batch: str
    submitter: str
    rows: int


class DetectorRef(_Frozen):
    """A detector that the run runs: its logic and parameters by hash and by value, and the file by digest."""

    id: str
    kind: str
    status: Status
    logic_hash: str
    code_digest: str
    params: dict[str, str]


class ReferenceRef(_Frozen):
    """A reference table by content digest. `kind` is fx, thresholds, baseline and so on, or `learning` for promoted weights."""

    kind: str
    digest: str


class Engine(_Frozen):
    """What computed: versions and the numeric fingerprint. Thread count and directories are absent because nothing may depend on them."""

    python: str
    duckdb: str
    polars: str
    pyod: str
    lock: str
    fingerprint: str


class QueueRule(_Frozen):
    """How the alerts of a run are gathered, and how many of them an analyst is asked to look at."""

    budget_per_mille: int = Field(default=10, ge=0, le=1000)
    """Alerts above the line, as a share of the accounts of the snapshot."""
    least: int = Field(default=20, ge=0)
    """Alerts above the line however few accounts there are."""
    sample: int = Field(default=5, ge=0)
    """Alerts below the line that are drawn for review, so that what is missed there is measured."""
    max_members: int = Field(default=60, ge=2)
    """Most accounts that one alert gathers and shows."""


class Manifest(_Frozen):
    """The whole input of a run. Two runs with equal manifests have equal findings, or the software is wrong."""

    v: Literal[1] = 1
    snapshot: int
    as_of: str
    base_currency: str
    seed: str
    segments: tuple[SegmentRef, ...]
    detectors: tuple[DetectorRef, ...]
    references: tuple[ReferenceRef, ...]
    code: str
    """Digest over the sources that compute findings: `detectors/` and `schemas/`."""
    engine: Engine
    queue: QueueRule = QueueRule()
    """A run of before the budget was recorded is replayed with the one by default."""

    def canonical(self) -> bytes:
        """RFC 8785 bytes of the manifest."""
        return canonical_json(self.model_dump(mode="json"))

    def digest(self) -> str:
        """The name of the manifest: SHA-256 of its canonical bytes."""
        return sha256(self.canonical())


class DetectorOutcome(_Frozen):
    """How one detector did in a run. `seconds` is milliseconds-exact text; it is never part of a digest."""

    id: str
    kind: str
    status: Literal["done", "failed"]
    findings: int
    seconds: str
    cause: str | None = None


class RunResult(_Frozen):
    """What a run gave. `digest` covers findings and candidate alerts; times are not in it."""

    run: str
    status: RunStatus
    manifest_digest: str
    digest: str
    exact_digest: str
    """The same without models: equal on every machine."""
    findings: int
    alerts: int
    seconds: str
    detectors: tuple[DetectorOutcome, ...]
