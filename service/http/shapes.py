"""The shapes of requests and answers, with examples: what the OpenAPI document says and what requests are held to."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.batch import BatchCounts, BatchStatus, Receipt, UnknownColumn
from schemas.canonical import parse_json
from schemas.handling import HandlingAsked
from service.access.roles import Permission, Role
from service.intake.unknown import unknown_columns
from service.ledger.views import Batch

Login = Annotated[str, StringConstraints(min_length=1, max_length=64)]
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BatchOut(BaseModel):
    """A submission and what became of it. Nothing here depends on what was found in it."""

    batch: str = Field(examples=["b_1f0c9d2e8a7b6c5d"])
    partner: str = Field(examples=["bank-alpha"])
    name: str = Field(examples=["march.csv"])
    status: BatchStatus
    rows: int = Field(examples=[1000])
    accepted: int = Field(examples=[990])
    duplicates: int = Field(examples=[4])
    rejected: int = Field(examples=[6])
    digest: str = Field(description="SHA-256 of the bytes as received", examples=[DIGEST])
    recorded_at: str = Field(examples=["2026-03-01T08:00:00.000000Z"])
    replaces: str | None = None
    handling_asked: HandlingAsked | None = Field(
        default=None,
        description="what was said of its handling as it was sent; `/handling` tells what holds",
        examples=[None],
    )
    format: str | None = Field(
        description="the form that was read: `csv`, `xlsx`, `pacs.008` and so on; null where it was none",
        examples=["csv"],
    )
    unknown_columns: list[UnknownColumn] = Field(
        description="kept as `extra`, seen by no detector; `nearest` is the column that may have been meant",
        examples=[[{"column": "ammount", "nearest": "amount"}]],
    )
    notes: list[str] = Field(
        default_factory=list,
        description="what the reader chose and left out: encoding, delimiter, sheets",
        examples=[["read as UTF-8, values separated by semicolons"]],
    )
    refusal: dict[str, str] | None = Field(
        default=None,
        description="why the whole was refused: `type`, `why`, and `where`, `value`, `remedy` where they are known",
        examples=[None],
    )
    receipt: Receipt

    @classmethod
    def of(cls, batch: Batch, receipt: Receipt) -> BatchOut:
        return cls(
            batch=batch.batch,
            partner=batch.partner,
            name=batch.name,
            status=batch.status,
            rows=batch.rows,
            accepted=batch.accepted,
            duplicates=batch.duplicates,
            rejected=batch.rejected,
            digest=batch.original,
            recorded_at=batch.recorded_at,
            replaces=batch.replaces,
            handling_asked=HandlingAsked.model_validate_json(batch.handling_asked) if batch.handling_asked else None,
            format=batch.format,
            unknown_columns=unknown_columns(batch.extra_columns),
            notes=parse_json(batch.notes) if batch.notes else [],
            refusal=parse_json(batch.refusal) if batch.refusal else None,
            receipt=receipt,
        )


class BatchLine(BaseModel):
    """A submission in a list."""

    batch: str = Field(examples=["b_1f0c9d2e8a7b6c5d"])
    partner: str = Field(examples=["bank-alpha"])
    name: str = Field(examples=["march.csv"])
    status: BatchStatus
    counts: BatchCounts
    digest: str = Field(examples=[DIGEST])
    recorded_at: str = Field(examples=["2026-03-01T08:00:00.000000Z"])


class BatchPage(BaseModel):
    items: list[BatchLine]
    next: str | None = Field(default=None, description="cursor of the next page; null at the end")


class Reject(BaseModel):
    """One bad cell: where, what, why, and what to do."""

    line: int | None = Field(examples=[41])
    column: str | None = Field(examples=["amount"])
    value: str | None = Field(examples=["12,50"])
    code: str = Field(examples=["not_a_number"])
    reason: str = Field(examples=["is not a decimal number"])
    remedy: str = Field(examples=["Write it with a point: 12.50"])


class RejectPage(BaseModel):
    items: list[Reject]
    next: int | None = Field(default=None, description="offset of the next page; null at the end")


class Rehearsal(BaseModel):
    """What a submission would come to, judged by every check and not recorded."""

    verdict: BatchStatus = Field(description="`accepted`: it would be, but for what is rejected; `refused`: as a whole")
    rows: int = Field(examples=[1000])
    accepted: int = Field(examples=[990])
    duplicates: int = Field(examples=[4])
    rejected: int = Field(examples=[6])
    faulty: int = Field(
        description="rows with a fault of their own; all rows of a refused file are rejected", examples=[6]
    )
    format: str | None = Field(examples=["csv"])
    encoding: str | None = Field(examples=["utf-8"])
    delimiter: str | None = Field(examples=[","])
    skipped: int = Field(description="rows that the mapping leaves out by intention")
    dropped_columns: list[str]
    unknown_columns: list[UnknownColumn]
    notes: list[str] = Field(
        default_factory=list, description="what the reader chose and left out: encoding, delimiter, sheets"
    )
    refusal: dict[str, str] | None = None
    rejects: list[Reject] = Field(description="the first 200 rejected cells")


class UploadAsked(_Asked):
    """An upload to begin: what `POST /v1/batches` takes in its query, and what is known of the bytes to come."""

    name: str = Field(default="", max_length=255, examples=["march.csv"])
    mapping: str | dict[str, Any] = Field(
        default="",
        description="a shipped mapping, or a mapping document; none for the Thalweg format",
        examples=["amlsim"],
    )
    replaces: str | None = Field(default=None, max_length=64)
    partner: str = Field(default="", max_length=64)
    dry_run: bool = False
    handling: HandlingAsked | None = Field(
        default=None, description="where it is stricter than agreed", examples=[{"tlp": "RED"}]
    )
    coding: Literal["", "gzip", "zstd"] = ""
    length: int | None = Field(default=None, ge=0, le=2**53, examples=[81_920])
    digest: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="SHA-256 of the bytes to come", examples=[DIGEST]
    )


class UploadOut(BaseModel):
    """A submission on its way in. `state`: `open` while bytes are missing; `waiting`, `unpacking`, `reading` while it is taken
    in; `done` with `batch` (or `rehearsal`); `failed` with `problem`, and nothing is recorded."""

    upload: str = Field(examples=["u_1f0c9d2e8a7b6c5d"])
    partner: str = Field(examples=["bank-alpha"])
    name: str = Field(examples=["march.csv"])
    state: Literal["open", "waiting", "unpacking", "reading", "done", "failed"]
    offset: int = Field(description="bytes that have arrived", examples=[25_000_000])
    length: int | None = Field(default=None, description="bytes that there will be, where that was said")
    rows: int | None = Field(default=None, description="rows read so far", examples=[120_000])
    rejected: int | None = Field(default=None, description="of these, with a fault")
    batch: str | None = Field(default=None, examples=["b_1f0c9d2e8a7b6c5d"])
    repeated: bool | None = Field(default=None, description="the same was submitted before: `batch` is that one")
    rehearsal: Rehearsal | None = None
    problem: dict[str, str] | None = Field(
        default=None, description="`type`, `why`, and `where`, `value`, `remedy` where known"
    )


class RunAsked(_Asked):
    as_of: str | None = Field(
        default=None,
        examples=["2026-03-31T12:00:00Z"],
        description="RFC 3339 in UTC; the latest transaction by default",
    )
    detectors: list[str] | None = Field(default=None, description="ids; all that are test or live by default")
    false_discoveries: int | None = Field(
        default=None, ge=1, le=1000, description="of what a model flags, per mille; the setting of the house by default"
    )


class RunDetector(BaseModel):
    """What one detector of a run came to."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(examples=["cash-structuring"])
    kind: str = Field(examples=["rule"])
    status: str = Field(examples=["done"])
    findings: int = 0
    seconds: float | None = Field(default=None, examples=[0.412])


class RunOut(BaseModel):
    """A run as `thalweg runs` prints it."""

    model_config = ConfigDict(extra="allow")

    run: str = Field(examples=["r_0a1b2c3d4e5f6071"])
    status: Literal["started", "finished", "incomplete", "failed"]
    findings: int = 0
    alerts: int = 0
    digest: str | None = Field(default=None, examples=[DIGEST])
    seconds: float | None = Field(default=None, examples=[3.204])
    detectors: list[RunDetector] = Field(default_factory=list)
    places: dict[str, int] = Field(
        default_factory=dict,
        examples=[{"queue": 33, "sample": 5, "below": 180}],
        description="how many alerts lie above the line, were drawn from below it for review, or lie below it",
    )
    drift: dict[str, dict[str, int]] = Field(
        default_factory=dict,
        examples=[{"unusual-account": {"money_in": 41, "money_in over 7 days": 12, "the score": 63}}],
        description="by model, how far each feature, and the score, of the last window lies from the earlier ones, per mille; "
        "`over 7 days` is told of windows of another length than those that lie end to end",
    )


class RunPage(BaseModel):
    items: list[RunOut]


class ReplayOut(BaseModel):
    """`identical`, `different` with each difference named, or `not comparable` where models compute otherwise here."""

    run: str
    verdict: Literal["identical", "different", "not comparable"]
    original_digest: str | None
    replayed_digest: str | None
    differences: list[dict[str, Any]]


class EntryOut(BaseModel):
    """An entry of the journal. What it commits to is kept beside the chain and is not shown here."""

    seq: int
    type: str
    at: str
    actor: str
    role: str
    session: str
    object: str
    purpose: str


class EntryPage(BaseModel):
    size: int = Field(description="how many entries the journal has")
    head: str = Field(description="leaf hash of the last one: keep it elsewhere", examples=[DIGEST])
    items: list[EntryOut]
    next: int | None = None


class AccountIn(_Asked):
    account: Login = Field(examples=["a.diallo"])
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(examples=["Aminata Diallo"])
    role: Role
    partner: str | None = Field(default=None, examples=["bank-alpha"])


class AccountOut(BaseModel):
    account: str
    name: str
    role: Role
    partner: str | None
    active: bool
    since: str
    second_factor: bool
    linked: bool = Field(description="to an identity at the provider of single sign-on")
    keys: list[str] = Field(description="public ids of the keys that work")


class AccountMade(AccountOut):
    password: str = Field(description="shown this once")


class AccountChange(_Asked):
    act: Literal["open", "close", "password", "factor", "link"] = Field(
        description="`factor` takes the second factor away; `link` says who they are at the provider of single sign-on"
    )
    identity: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = Field(
        default=None, description="for `link`: what the provider calls them; null to end the link", examples=[None]
    )


class KeyAsked(_Asked):
    label: Annotated[str, StringConstraints(max_length=80)] = ""
    scopes: list[Permission] | None = Field(default=None, min_length=1, description="all that the role may, by default")
    days: int | None = Field(default=None, ge=1, le=366, description="until it is revoked, by default")


class KeyMade(BaseModel):
    account: str
    key: str = Field(description="shown this once", examples=["thalweg_0123456789abcdef_…"])


class PartnerIn(_Asked):
    partner: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["bank-alpha"])
    name: Annotated[str, StringConstraints(min_length=1, max_length=256)] = Field(examples=["Bank Alpha"])
    institution: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["BANKALXX"])


class PartnerOut(PartnerIn):
    recorded_at: str


class Health(BaseModel):
    ok: bool = Field(examples=[True])
    entries: int = Field(description="entries in the journal")
    applied: int = Field(description="entries that the ledger shows")


class Empty(BaseModel):
    """Nothing to say."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})
