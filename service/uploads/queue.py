"""What has arrived whole goes through here to the intake: in order, a few at a time, and with a word to those who come too many.

What was answered 202 is taken in even if the process ends before: the uploads on disk are the list of what is still to do.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from schemas.canonical import digest_file, parse_json, sha256
from schemas.errors import Busy, InFlight, NotFound, QuotaExceeded, RateLimited, ThalwegError
from schemas.handling import HandlingAsked
from service.home import Home
from service.house import House, utc_now
from service.intake.receive import Outcome
from service.intake.rehearse import rehearse
from service.ledger import views
from service.ledger.batches import rejects_file
from service.ledger.views import Batch
from service.quotas import quota_of
from service.uploads.asked import Asked
from service.uploads.store import Upload, Uploads

_AT_ONCE = 6
"""Submissions in hand: one is read, the others are hashed, fsynced and recorded meanwhile."""
_ASSUMED_SECONDS = 0.2
_LONGEST_WAIT = 120
log = structlog.get_logger("thalweg.uploads")
Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What a submission came to: an outcome, or what a rehearsal told."""

    outcome: Outcome | None = None
    rehearsed: dict[str, Any] | None = None


def rejected_rows_of(home: Home, batch: Batch, form: str, out: Path) -> dict[str, Any]:
    """What the intake child is told to write the rejected rows of a batch. Raises NotFound where it has none."""
    rejects = rejects_file(home, batch.batch)
    if not rejects.exists():
        raise NotFound("no row of this batch was rejected", where=batch.batch)
    return {
        "original": str(home.originals / batch.original),
        "name": batch.name,
        "mapping": None if batch.mapping is None else parse_json(batch.mapping),
        "rejects": str(rejects),
        "every": batch.status == "refused",
        "form": form,
        "out": str(out),
    }


class Queue:
    """The way from whole bytes to the intake, for every request of one application."""

    def __init__(self, house: House, uploads: Uploads) -> None:
        self._house, self._uploads = house, uploads
        self._most = house.settings.most_waiting
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="submission")
        self._lock = threading.Lock()
        self._keys: Counter[tuple[str, str]] = Counter()
        self._partners: Counter[str] = Counter()
        self._in_hand: dict[str, tuple[int, int]] = {}
        self._progress: dict[str, dict[str, Any]] = {}
        self._jobs: set[Future[Result]] = set()
        self._seconds = _ASSUMED_SECONDS
        self._closing = False

    def require_place(self, partner: str) -> None:
        """Raises Busy where too many wait already, RateLimited where most of them are this partner's: before a body is read."""
        with self._lock:
            waiting, theirs = self._partners.total(), self._partners[partner]
            retry = min(_LONGEST_WAIT, max(1, round(waiting * self._seconds)))
        if waiting >= self._most:
            raise Busy("too many submissions wait to be taken in", retry_seconds=retry)
        if theirs > self._most // 2:
            raise RateLimited("too many submissions of this partner wait to be taken in", retry_seconds=retry)

    @contextmanager
    def alone(self, partner: str, key: str | None) -> Iterator[None]:
        """Hold an idempotency key of a partner. Raises InFlight where another request holds it."""
        if key is None:
            yield
            return
        with self._lock:
            if self._keys[partner, key]:
                raise InFlight(
                    "a submission under this idempotency key is being taken in",
                    where="Idempotency-Key",
                    remedy="Ask again in a moment: the answer will be the first one's.",
                )
            self._keys[partner, key] += 1
        try:
            yield
        finally:
            self._leave(self._keys, (partner, key))

    async def carry_out(self, asked: Asked, file: Path, coding: str) -> Result:
        """Take in a file that lies in the spool, and wait for it. Raises what the intake raises."""
        job = self._submit(asked.partner, lambda: self._carry_out(asked, file, coding, lambda _: None))
        return await asyncio.wrap_future(job)

    async def rows_of(self, batch: Batch, form: str, out: Path) -> None:
        """Write the rejected rows of a batch as a file to mend: see `service.intake.resubmit`."""
        await asyncio.wrap_future(self._submit(batch.partner, lambda: self._rows_of(batch, form, out)))

    def enqueue(self, upload: Upload) -> Future[Result]:
        """Take in an upload that is whole; what becomes of it is noted with it, whoever waits or not."""
        told = self._progress[upload.upload] = {"step": "waiting"}
        return self._submit(upload.asked.partner, lambda: self._end(upload, told.update))

    def progress(self, upload: str) -> dict[str, Any] | None:
        """How far an upload is that is being taken in; None where it is not."""
        told = self._progress.get(upload)
        return None if told is None else dict(told)

    def resume(self) -> int:
        """Take up what was whole when the process before this one ended; how many there were."""
        left = [upload for upload in self._uploads.all() if upload.whole and upload.ended is None]
        for upload in left:
            self.enqueue(upload)
        return len(left)

    def close(self, seconds: float) -> None:
        """Begin nothing more, and give what is in hand some time to end. The rest is taken up at the next start."""
        self._closing = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            jobs = list(self._jobs)
        wait(jobs, timeout=seconds)

    def _submit(self, partner: str, work: Callable[[], Result]) -> Future[Result]:
        with self._lock:
            self._partners[partner] += 1
        job = self._threads.submit(self._timed, work)
        with self._lock:
            self._jobs.add(job)

        def done(ended: Future[Result]) -> None:
            self._leave(self._partners, partner)
            with self._lock:
                self._jobs.discard(ended)

        job.add_done_callback(done)
        return job

    def _timed(self, work: Callable[[], Result]) -> Result:
        begun = time.monotonic()
        try:
            return work()
        finally:
            took = (time.monotonic() - begun) / _AT_ONCE
            self._seconds += (took - self._seconds) / 8

    def _end(self, upload: Upload, tell: Tell) -> Result:
        """Take in an upload and note what became of it."""
        size = self._uploads.offset(upload)
        try:
            result = self._carry_out(upload.asked, self._uploads.data(upload.upload), upload.coding, tell)
        except ThalwegError as error:
            if not self._closing:  # else it is taken up again, since it may have failed only because we end
                self._uploads.end(upload, {"size": size, "error": error.as_dict() | {"class": type(error).__name__}})
            raise
        except Exception as error:
            log.error("an upload failed", slug="unforeseen", kind=type(error).__name__)
            self._uploads.end(
                upload, {"size": size, "error": {"class": "ThalwegError", "why": "something went wrong here"}}
            )
            raise
        finally:
            self._progress.pop(upload.upload, None)
        told: dict[str, Any] = {"rehearsed": result.rehearsed}
        if result.outcome is not None:
            told = {"batch": result.outcome.batch.batch, "repeated": result.outcome.repeated}
        self._uploads.end(upload, {"size": size} | told)
        return result

    def _carry_out(self, asked: Asked, file: Path, coding: str, tell: Tell) -> Result:
        plain = self._unpacked(file, coding, tell)
        tell({"step": "reading", "rows": 0, "rejected": 0})
        try:
            return self._taken(asked, plain, tell)
        finally:
            if plain != file:
                plain.unlink(missing_ok=True)

    def _unpacked(self, file: Path, coding: str, tell: Tell) -> Path:
        if not coding:
            return file
        tell({"step": "unpacking"})
        settings, plain = self._house.settings, file.with_name(f"{file.name}.plain")
        plain.unlink(missing_ok=True)
        limits = {"largest": settings.max_upload_bytes, "reserve": settings.reserve_bytes}
        try:
            self._house.intake_child.call(
                "unpack", {"packed": str(file), "coding": coding, "out": str(plain)} | limits, tell
            )
        except ThalwegError:
            plain.unlink(missing_ok=True)
            raise
        return plain

    def _rows_of(self, batch: Batch, form: str, out: Path) -> Result:
        self._house.intake_child.call("rejected_rows", rejected_rows_of(self._house.home, batch, form, out))
        return Result()

    def _taken(self, asked: Asked, file: Path, tell: Tell) -> Result:
        house = self._house
        if asked.rehearsal:
            told = rehearse(
                house.home, house.ledger, house.intake_child, file,
                partner=asked.partner, name=asked.name, mapping=asked.mapping, replaces=asked.replaces,
                max_reject_per_mille=house.settings.max_reject_per_mille, now=utc_now(),
                goaml_schema=house.settings.goaml_schema, on_progress=tell,
            )  # fmt: skip
            return Result(rehearsed=told)
        with self._within_quota(asked, file):
            return Result(self._submitted(asked, file, tell))

    @contextmanager
    def _within_quota(self, asked: Asked, file: Path) -> Iterator[None]:
        """Raise QuotaExceeded where the partner has sent what it may today; what was recorded before is no new submission."""
        size, now = file.stat().st_size, utc_now()
        quota = quota_of(self._house.ledger, asked.partner, now)
        with self._lock:
            batches, bytes_ = self._in_hand.get(asked.partner, (0, 0))
            try:
                quota.require_room(size, now, batches=batches, bytes=bytes_)
            except QuotaExceeded:
                if not self._known(asked, file):
                    raise
            self._in_hand[asked.partner] = (batches + 1, bytes_ + size)
        try:
            yield
        finally:
            with self._lock:
                batches, bytes_ = self._in_hand.pop(asked.partner)
                if batches > 1:
                    self._in_hand[asked.partner] = (batches - 1, bytes_ - size)

    def _known(self, asked: Asked, file: Path) -> bool:
        ledger = self._house.ledger
        if asked.key is not None:
            return views.batch_of_key(ledger, asked.partner, sha256(asked.key.encode())) is not None
        return bool(views.current_batches(ledger, partner=asked.partner, original=digest_file(file)))

    def _submitted(self, asked: Asked, file: Path, tell: Tell) -> Outcome:
        return self._house.intake.submit(
            file, partner=asked.partner, name=asked.name, mapping=asked.mapping, actor=asked.actor, role=asked.role,
            session=asked.session, replaces=asked.replaces, idempotency_key=asked.key, on_progress=tell,
            handling=None if asked.handling is None else HandlingAsked.model_validate(asked.handling),
        )  # fmt: skip

    def _leave(self, counter: Counter[Any], member: Any) -> None:
        with self._lock:
            counter[member] -= 1
            if not counter[member]:
                del counter[member]
