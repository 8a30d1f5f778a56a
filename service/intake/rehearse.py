"""A submission judged and not recorded: the same checks in the same child, against what the partner has sent, and nothing kept."""

from __future__ import annotations

import json
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from schemas.mapping import Mapping, parse_mapping
from service.home import Home
from service.intake import settle
from service.intake.settle import Candidate, Progress, Submission, Worker
from service.intake.unknown import unknown_columns
from service.ledger import views
from service.ledger.ledger import Ledger

SHOWN = 200
"""Rejected cells that are told."""


def rehearse(
    home: Home,
    ledger: Ledger,
    child: Worker,
    original: Path,
    *,
    partner: str,
    name: str,
    mapping: dict[str, Any] | None,
    replaces: str | None,
    max_reject_per_mille: int,
    now: datetime,
    goaml_schema: Path | None = None,
    on_progress: Progress | None = None,
) -> dict[str, Any]:
    """What a submission of `original` by a registered partner would come to now: see `told`.

    Raises NotFound, Conflict, MappingInvalid and ChildFailed as a submission does.
    """
    registered = views.partner(ledger, partner)
    described = None if mapping is None else parse_mapping(mapping)
    submission = _submission(partner, registered.institution, name, described, replaces, now)
    folder = home.spool / f"rehearsal-{submission.batch}"
    folder.mkdir()
    try:
        settle.require_replaceable(ledger, submission)
        candidate = settle.read(
            child, submission, original, folder, max_reject_per_mille, on_progress, goaml_schema=goaml_schema
        )
        candidate = settle.without_known(
            child, ledger, submission, candidate, folder=folder, max_reject_per_mille=max_reject_per_mille
        )
        return told(candidate)
    finally:
        shutil.rmtree(folder)


def check(
    child: Worker, original: Path, *, mapping: dict[str, Any] | None, max_reject_per_mille: int, now: datetime,
    folder: Path, goaml_schema: Path | None = None, on_progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What can be said of a file without a house: every check but the comparison with what was sent before. See `told`.

    `folder` is an empty directory for what is made on the way. Raises MappingInvalid and ChildFailed.
    """
    described = None if mapping is None else parse_mapping(mapping)
    submission = _submission("unknown", "UNKNOWN", original.name, described, None, now)
    return told(
        settle.read(child, submission, original, folder, max_reject_per_mille, on_progress, goaml_schema=goaml_schema)
    )


def _submission(  # noqa: PLR0917 - what a submission is made of, in its order
    partner: str, institution: str, name: str, mapping: Mapping | None, replaces: str | None, now: datetime
) -> Submission:
    return Submission(
        batch=f"b_{secrets.token_hex(8)}",
        partner=partner,
        institution=institution,
        name=name,
        mapping=None if mapping is None else mapping.model_dump(mode="json", by_alias=True),
        mapping_digest=None if mapping is None else mapping.digest(),
        received_at=now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        replaces=replaces,
        idempotency=None,
        actor="",
        role="",
        session="",
    )


def told(candidate: Candidate) -> dict[str, Any]:
    """The verdict on a candidate, its counts, its first rejected cells, and what was seen of the file's form."""
    rejects = [] if candidate.rejects is None else pl.read_parquet(candidate.rejects, n_rows=SHOWN).to_dicts()
    form = {name: candidate.told[name] for name in ("format", "encoding", "delimiter", "skipped", "dropped_columns")}
    return {
        "verdict": candidate.status,
        **candidate.counts.model_dump(),
        "faulty": candidate.told["faulty"],
        **form,
        "unknown_columns": [each.model_dump() for each in unknown_columns(json.dumps(candidate.told["extra_columns"]))],
        "notes": candidate.told.get("notes", []),
        "refusal": candidate.refusal,
        "rejects": rejects,
    }
