"""The whole error tree. An error says where, which value, why, and what to do; it knows nothing of HTTP.

ThalwegError
├── InputError                what somebody sent or wrote is wrong; they can mend it
│   ├── SubmissionRefused     a whole submission cannot be taken in
│   ├── MappingInvalid        a mapping does not fit its description or the file
│   ├── ReferenceInvalid      an FX, threshold or other reference table is not valid
│   ├── DetectorInvalid       a rule, a pattern or a model does not pass the lint
│   ├── TruthInvalid          an evaluation file is not valid
│   ├── TooLarge              a request is larger than the limit
│   ├── KeyMissing            a submission has no idempotency key where one is required
│   ├── CodingUnknown         a body is packed in a way that is not known here
│   └── RequestInvalid        a request or a command has a bad argument
├── NotFound                  no such thing, or none that the caller may see
├── Conflict                  the thing has changed, or another act holds it
│   ├── StaleVersion          a decision was made on an older version
│   ├── MoveRefused           the workflow table has no such move
│   ├── KeyReused             an idempotency key was used for something else
│   └── InFlight              the same is being done for another request; it says when to ask again
├── AccessDenied              the caller is known and may not do this
│   └── HandlingForbids       an originator's caveat forbids it
├── NotAuthenticated          the caller is not known
├── RateLimited               too many attempts; it says when to try again
│   └── QuotaExceeded         a partner has sent what it may send in a day
├── IntegrityError            what is stored is not what was recorded
│   ├── JournalBroken         an entry does not follow from the one before it
│   └── DigestMismatch        a file's digest is not the recorded one
├── ResourceExhausted         a limit of memory, time, disk or size was met
│   ├── ChildFailed           a worker child died, hung or went over its limits
│   ├── Busy                  others are before this one; it says when to try again
│   └── StorageFull           the volume has no room to accept more
└── HomeUnavailable           the data directory is locked, read-only or of another version
"""

from __future__ import annotations

from typing import ClassVar


class ThalwegError(Exception):
    """Base of every error that Thalweg raises on purpose.

    `why` is a sentence without personal data. `where` names the place (file, line, column, field), `value` the offending
    value, shortened, `remedy` what to do. `slug` is stable: it becomes the problem type over HTTP.
    """

    slug: ClassVar[str] = "error"

    def __init__(
        self, why: str, *, where: str | None = None, value: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(why)
        self.why = why
        self.where = where
        self.value = None if value is None else _shorten(value)
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        value = f" (got {self.value!r})" if self.value is not None else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.why}{value}.{remedy}"

    def as_dict(self) -> dict[str, str]:
        """The error as strings: `type`, `why` and whichever of `where`, `value`, `remedy` are known."""
        parts = {
            "type": self.slug,
            "why": self.why,
            "where": self.where,
            "value": self.value,
            "remedy": self.remedy,
        }
        return {name: text for name, text in parts.items() if text is not None}


def _shorten(value: str, limit: int = 80) -> str:
    return value if len(value) <= limit else f"{value[: limit - 1]}…"


class InputError(ThalwegError):
    slug = "input-invalid"


class SubmissionRefused(InputError):
    slug = "submission-refused"


class MappingInvalid(InputError):
    slug = "mapping-invalid"


class ReferenceInvalid(InputError):
    slug = "reference-invalid"


class DetectorInvalid(InputError):
    slug = "detector-invalid"


class TruthInvalid(InputError):
    slug = "truth-invalid"


class TooLarge(InputError):
    slug = "too-large"


class KeyMissing(InputError):
    slug = "idempotency-key-missing"


class CodingUnknown(InputError):
    slug = "unsupported-content-coding"


class RequestInvalid(InputError):
    slug = "request-invalid"


class NotFound(ThalwegError):
    slug = "not-found"


class Conflict(ThalwegError):
    slug = "conflict"


class StaleVersion(Conflict):
    slug = "stale-version"


class MoveRefused(Conflict):
    slug = "move-refused"


class KeyReused(Conflict):
    slug = "idempotency-key-reused"


class InFlight(Conflict):
    """`retry_seconds` is how long to wait before asking what became of the other."""

    slug = "in-flight"
    retry_seconds = 2


class AccessDenied(ThalwegError):
    slug = "access-denied"


class HandlingForbids(AccessDenied):
    slug = "handling-forbids"


class NotAuthenticated(ThalwegError):
    slug = "not-authenticated"


class RateLimited(ThalwegError):
    """`retry_seconds` is how long to wait."""

    slug = "rate-limited"

    def __init__(self, why: str, *, retry_seconds: int, remedy: str | None = None) -> None:
        super().__init__(why, remedy=remedy or f"Try again in {retry_seconds} s.")
        self.retry_seconds = retry_seconds


class QuotaExceeded(RateLimited):
    slug = "quota-exceeded"


class IntegrityError(ThalwegError):
    slug = "integrity"


class JournalBroken(IntegrityError):
    slug = "journal-broken"


class DigestMismatch(IntegrityError):
    slug = "digest-mismatch"


class ResourceExhausted(ThalwegError):
    slug = "resource-exhausted"


class ChildFailed(ResourceExhausted):
    slug = "child-failed"


class ChildOutgrown(ChildFailed):
    """It took more memory than it was given."""


class Busy(ResourceExhausted):
    """`retry_seconds` is how long to wait."""

    slug = "busy"

    def __init__(self, why: str, *, retry_seconds: int) -> None:
        super().__init__(why, remedy=f"Try again in {retry_seconds} s.")
        self.retry_seconds = retry_seconds


class StorageFull(ResourceExhausted):
    slug = "storage-full"


class HomeUnavailable(ThalwegError):
    slug = "home-unavailable"
