"""From a read candidate to what is recorded: known transactions taken out, files put in place, the entry's payload written.

Nothing here commits: until the journal entry, a file in place is only a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from schemas.batch import BatchCounts, BatchStatus
from schemas.canonical import canonical_json, digest_file
from schemas.errors import Conflict, DigestMismatch
from schemas.handling import Handling, HandlingAsked, tightened
from service.durable import fault_point, fsync_dir, rename_durably
from service.handling.agreed import agreed
from service.home import Home
from service.intake.known import known
from service.intake.spool import Original
from service.ledger import views
from service.ledger.batches import beside_file, duplicates_file, rejects_file

Progress = Callable[[dict[str, Any]], None]


class Worker(Protocol):
    """The child that reads: see `service.children.Child`."""

    def call(self, job: str, payload: dict[str, Any], on_progress: Progress | None = None) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Submission:
    """What a partner asks for, and who sends it. `idempotency` is the SHA-256 of the key."""

    batch: str
    partner: str
    institution: str
    name: str
    mapping: dict[str, Any] | None
    mapping_digest: str | None
    received_at: str
    replaces: str | None
    idempotency: str | None
    actor: str
    role: str
    session: str
    handling: HandlingAsked | None = None

    @property
    def handling_asked(self) -> str | None:
        """What the sender said of the handling, as the ledger holds it."""
        said = None if self.handling is None else self.handling.document()
        return None if said is None else canonical_json(said).decode()


@dataclass(frozen=True, slots=True)
class Candidate:
    """What reading gave: counts, and the files in the spool that are to be put in place. `told` is said for the record."""

    status: BatchStatus
    counts: BatchCounts
    segment_digest: str | None
    segment: Path | None
    rejects: Path | None
    duplicates: Path | None
    refusal: dict[str, Any] | None
    told: dict[str, Any]
    beside: dict[str, Path] = field(default_factory=dict)


_TOLD = ("format", "format_version", "encoding", "delimiter", "extra_columns", "dropped_columns", "skipped", "faulty")


def read(  # noqa: PLR0917 - what the child needs, in the order in which it comes about
    child: Worker,
    submission: Submission,
    original: Path,
    folder: Path,
    max_reject_per_mille: int,
    on_progress: Progress | None = None,
    *,
    goaml_schema: Path | None = None,
) -> Candidate:
    """Have the child read the original into `folder`. Raises MappingInvalid or ChildFailed; a refusal is a result."""
    result = child.call(
        "read",
        {
            "original": str(original),
            "name": submission.name,
            "mapping": submission.mapping,
            "institution": submission.institution,
            "received_at": submission.received_at,
            "out": str(folder),
            "max_reject_per_mille": max_reject_per_mille,
            "goaml_schema": None if goaml_schema is None else str(goaml_schema),
        },
        on_progress,
    )
    return _candidate(result)


def without_known(
    child: Worker,
    ledger: views.Reads,
    submission: Submission,
    candidate: Candidate,
    *,
    folder: Path,
    max_reject_per_mille: int,
) -> Candidate:
    """The candidate without the rows that the partner has submitted before: the same content counts as a duplicate, other
    content under the same reference as rejected. Too many of these refuse the whole, as too many bad rows do.
    """
    if candidate.segment is None:
        return candidate
    found = known(ledger, candidate.segment, partner=submission.partner, replaces=submission.replaces)
    if found.is_empty():
        return candidate
    listed = folder / "known.parquet"
    found.write_parquet(listed)
    result = child.call(
        "seal_without", {"out": str(folder), "known": str(listed), "max_reject_per_mille": max_reject_per_mille}
    )
    return _candidate(result)


def require_replaceable(ledger: views.Reads, submission: Submission) -> None:
    """Raise NotFound unless the batch to replace is the partner's own, Conflict unless it is accepted and current."""
    if submission.replaces is None:
        return
    batch = views.batch(ledger, submission.replaces, partner=submission.partner)
    if batch.status != "accepted":
        raise Conflict("a refused batch cannot be replaced", where=batch.batch, remedy="Submit without `replaces`.")
    successor = views.replaced_by(ledger, batch.batch)
    if successor is not None:
        raise Conflict(
            "this batch has been replaced already", where=batch.batch, remedy=f"Replace {successor} instead."
        )


def handling_of(ledger: views.Reads, submission: Submission) -> Handling | None:
    """What is recorded of the handling of a submission: None where its sender said nothing, for then what is agreed holds.

    Raises RequestInvalid where it asks for less than is agreed.
    """
    if submission.handling is None or submission.handling_asked is None:
        return None
    return tightened(agreed(ledger.query, submission.partner), submission.handling)


def put_in_place(home: Home, ledger: views.Reads, batch: str, candidate: Candidate) -> dict[str, str]:
    """Move segment, rejects, duplicates, parties and accounts from the spool to where they stay; SHA-256 of their bytes by path.

    A segment that a batch already uses stays as it was recorded. Raises DigestMismatch where it no longer is.
    """
    files = {}
    if candidate.segment is not None and candidate.segment_digest is not None:
        target = home.segment(candidate.segment_digest)
        files[_below(home, target)] = _segment_in_place(ledger, candidate.segment, target, candidate.segment_digest)
        fault_point("intake.segment")
    beside = [(candidate.rejects, rejects_file(home, batch)), (candidate.duplicates, duplicates_file(home, batch))]
    beside += [(path, beside_file(home, batch, kind)) for kind, path in candidate.beside.items()]
    for source, target in beside:
        if source is not None:
            target.parent.mkdir(exist_ok=True)
            fsync_dir(target.parent.parent)
            files[_below(home, target)] = digest_file(source)
            rename_durably(source, target)
            fault_point("intake.beside")
    return files


def payload(
    submission: Submission,
    original: Original,
    candidate: Candidate,
    files: dict[str, str],
    handling: Handling | None = None,
) -> dict[str, Any]:
    """The payload of `batch.accepted` or `batch.refused`: everything that the batch, its receipt and a retry need."""
    said: dict[str, Any] = {}
    if handling is not None and submission.handling is not None:
        said = {"handling": handling.model_dump(mode="json"), "handling_asked": submission.handling.document()}
    return {
        "batch": submission.batch,
        "partner": submission.partner,
        "institution": submission.institution,
        "name": submission.name,
        "original": original.digest,
        "size": original.size,
        "mapping": submission.mapping,
        "mapping_digest": submission.mapping_digest,
        "received_at": submission.received_at,
        "segment": candidate.segment_digest,
        "counts": candidate.counts.model_dump(mode="json"),
        "replaces": submission.replaces,
        "idempotency": submission.idempotency,
        "refusal": candidate.refusal,
        "files": files,
        **candidate.told,
        **said,
    }


def _segment_in_place(ledger: views.Reads, candidate: Path, target: Path, digest: str) -> str:
    own = digest_file(candidate)
    recorded = views.segment_file(ledger, digest, target.name)
    if recorded is None or own == recorded:
        rename_durably(candidate, target)
        return own
    if digest_file(target) != recorded:
        raise DigestMismatch(
            "a segment that other batches use has changed",
            where=f"segments/{target.name}",
            remedy="Put the file back from a copy; `thalweg verify` names every file that is not as recorded.",
        )
    return recorded


def _candidate(result: dict[str, Any]) -> Candidate:
    counts = BatchCounts(**{name: result[name] for name in BatchCounts.model_fields})
    return Candidate(
        status="accepted" if result["status"] == "read" else "refused",
        counts=counts,
        segment_digest=result["segment_digest"],
        segment=Path(result["segment"]) if result["segment_digest"] is not None else None,
        rejects=Path(result["rejects"]) if result["rejects"] is not None and counts.rejected else None,
        duplicates=Path(result["duplicates_file"]) if counts.duplicates else None,
        refusal=result["refusal"],
        told={name: result[name] for name in _TOLD} | ({"notes": notes} if (notes := result.get("notes")) else {}),
        beside={kind: Path(path) for kind, path in result.get("beside", {}).items() if path is not None},
    )


def _below(home: Home, path: Path) -> str:
    return str(path.relative_to(home.root))
