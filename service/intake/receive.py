"""The way of a submission: kept, read in a child, compared with what the partner sent before, recorded, shown, receipted.

The journal entry is the commit point. Before it nothing counts, after it nothing is lost; a retry finds what was recorded and
gives the same receipt. What is said to a submitter depends on its own submissions alone.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schemas.batch import Receipt
from schemas.canonical import sha256
from schemas.errors import Conflict, KeyReused
from schemas.handling import HandlingAsked
from schemas.mapping import parse_mapping
from service.durable import fault_point
from service.home import Home
from service.intake import settle, spool
from service.intake.settle import Candidate, Progress, Submission, Worker
from service.journal.append import Journal
from service.journal.keys import SigningKey, receipt_key
from service.journal.receipts import sign_receipt
from service.ledger import views
from service.ledger.ledger import Ledger
from service.settings import Settings

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a submission. `repeated` says that an earlier one had the same effect and its receipt is given again."""

    batch: views.Batch
    receipt: Receipt
    repeated: bool = False


class Intake:
    """Takes submissions, from any thread. One stands before a home; making it clears what a crash left in the spool."""

    def __init__(  # noqa: PLR0917 - the parts of the house in the order in which it is wired
        self,
        home: Home,
        journal: Journal,
        ledger: Ledger,
        child: Worker,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._home, self._journal, self._ledger = home, journal, ledger
        self._child, self._clock, self._settings = child, clock, settings
        self._key = receipt_key(home.keys)
        self._committing = threading.Lock()
        spool.clean(home)

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The key that checks the receipts of this house."""
        return self._key.public

    def submit(
        self,
        source: BinaryIO | Path,
        *,
        partner: str,
        name: str,
        mapping: dict[str, Any] | None,
        actor: str,
        role: str,
        session: str = "",
        replaces: str | None = None,
        idempotency_key: str | None = None,
        content_digest: str | None = None,
        handling: HandlingAsked | None = None,
        on_progress: Progress | None = None,
    ) -> Outcome:
        """Take in the bytes of `source` for a registered partner; whether accepted or refused, it is recorded and receipted.

        `content_digest` is the SHA-256 that the sender computed, in hexadecimal: other bytes are not taken in. `on_progress`
        hears how many rows were read so far. `handling` binds from the same entry that records the submission.

        Raises NotFound for an unknown partner, or a batch to replace that is not the partner's; KeyReused for a key that was
        used for another submission; Conflict for a batch that cannot be replaced, and for bytes that stand under another
        handling; RequestInvalid where the bytes have another digest, or the handling is looser than what is agreed;
        TooLarge, StorageFull, MappingInvalid, ChildFailed. In all these nothing is recorded. HomeUnavailable: whether it was
        recorded is unknown, and the same submission again will tell.
        """
        registered = views.partner(self._ledger, partner)
        described = None if mapping is None else parse_mapping(mapping)
        submission = Submission(
            batch=f"b_{secrets.token_hex(8)}",
            partner=partner,
            institution=registered.institution,
            name=_file_name(name),
            mapping=None if described is None else described.model_dump(mode="json", by_alias=True),
            mapping_digest=None if described is None else described.digest(),
            received_at=_rfc3339(self._clock()),
            replaces=replaces,
            idempotency=None if idempotency_key is None else sha256(idempotency_key.encode()),
            actor=actor,
            role=role,
            session=session,
            handling=handling,
        )
        folder = self._home.spool / submission.batch
        folder.mkdir()
        try:
            fault_point("intake.begun")
            return self._take(submission, source, folder, content_digest, on_progress)
        finally:
            shutil.rmtree(folder)
            fault_point("intake.tidied")

    def _take(
        self,
        submission: Submission,
        source: BinaryIO | Path,
        folder: Path,
        content_digest: str | None,
        on_progress: Progress | None,
    ) -> Outcome:
        settings = self._settings
        original = spool.keep(
            source,
            folder,
            self._home,
            largest=settings.max_upload_bytes,
            reserve=settings.reserve_bytes,
            expected=content_digest,
        )
        earlier = self._earlier(submission, original)
        if earlier is not None:
            return earlier
        settle.require_replaceable(self._ledger, submission)
        settle.handling_of(self._ledger, submission)
        candidate = settle.read(
            self._child,
            submission,
            original.path(self._home),
            folder,
            settings.max_reject_per_mille,
            on_progress,
            goaml_schema=settings.goaml_schema,
        )
        fault_point("intake.read")
        with self._committing, spool.no_room_is_said():
            # What others committed while this one was being read counts: only here is the ledger's answer final.
            self._ledger.catch_up()
            earlier = self._earlier(submission, original)
            if earlier is not None:
                return earlier
            settle.require_replaceable(self._ledger, submission)
            return self._commit(submission, original, candidate, folder)

    def _commit(self, submission: Submission, original: spool.Original, candidate: Candidate, folder: Path) -> Outcome:
        candidate = settle.without_known(
            self._child,
            self._ledger,
            submission,
            candidate,
            folder=folder,
            max_reject_per_mille=self._settings.max_reject_per_mille,
        )
        handling = settle.handling_of(self._ledger, submission)
        fault_point("intake.compared")
        files = settle.put_in_place(self._home, self._ledger, submission.batch, candidate)
        files[f"originals/{original.digest}"] = original.digest
        recorded = self._journal.append(
            "batch.accepted" if candidate.status == "accepted" else "batch.refused",
            settle.payload(submission, original, candidate, files, handling) | {"receipt_key": self._key.fingerprint},
            actor=submission.actor,
            role=submission.role,
            session=submission.session,
            object=submission.batch,
        )
        fault_point("intake.recorded")
        self._ledger.project(recorded)
        fault_point("intake.projected")
        return self._outcome(views.batch(self._ledger, submission.batch))

    def _earlier(self, submission: Submission, original: spool.Original) -> Outcome | None:
        """What an earlier submission of the same came to; None where this is a new one."""
        if submission.idempotency is not None:
            found = views.batch_of_key(self._ledger, submission.partner, submission.idempotency)
            if found is not None and (
                found.handling_asked != submission.handling_asked or not _same(found, submission, original)
            ):
                raise KeyReused(
                    "this idempotency key was used for another submission",
                    where="idempotency key",
                    remedy="Use a new key for each new submission.",
                )
        else:
            current = views.current_batches(self._ledger, partner=submission.partner, original=original.digest)
            found = next((batch for batch in current if _same(batch, submission, original, lenient=True)), None)
            if found is not None and submission.handling_asked not in (None, found.handling_asked):
                raise Conflict(
                    "the same was submitted before under another handling",
                    where="handling",
                    value=found.batch,
                    remedy="Say of that submission how it is to be handled.",
                )
        return None if found is None else self._outcome(found, repeated=True)

    def _outcome(self, batch: views.Batch, *, repeated: bool = False) -> Outcome:
        return Outcome(batch, receipt(self._key, batch), repeated)


def receipt(key: SigningKey, batch: views.Batch) -> Receipt:
    """The receipt of a recorded batch; its time is the entry's, so the same batch gives the same receipt for ever."""
    return sign_receipt(
        key,
        batch=batch.batch,
        partner=batch.partner,
        status=batch.status,
        original=batch.original,
        segment=batch.segment,
        counts=batch.counts,
        at=batch.recorded_at,
    )


def _same(batch: views.Batch, submission: Submission, original: spool.Original, *, lenient: bool = False) -> bool:
    """Whether `batch` is what the submission asks for. Lenient: one that asks for no replacement asks for what stands."""
    replaces = submission.replaces
    return (
        batch.original == original.digest
        and batch.mapping_digest == submission.mapping_digest
        and (batch.replaces == replaces or (lenient and replaces is None))
    )


def _file_name(name: str) -> str:
    """The last part of a name as it may be recorded and shown: printable, 255 characters at most."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter if letter.isprintable() else "?" for letter in last)[:255] or "submission"


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
