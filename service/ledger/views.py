"""The questions that the rest of the service asks the ledger, by name. Reads only; who may see what is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol, cast

import polars as pl

from schemas.batch import REJECTS, BatchCounts, BatchStatus
from schemas.canonical import parse_json
from schemas.errors import NotFound
from service.home import Home
from service.ledger.segments import full_rows
from service.ledger.store import Params

LATEST = 2**63 - 1
"""As a snapshot: everything there is."""


class Reads(Protocol):
    """What a view needs of a ledger."""

    @property
    def home(self) -> Home: ...

    def query(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]: ...

    def frame(self, sql: str, params: Params = ()) -> pl.DataFrame: ...


@dataclass(frozen=True, slots=True)
class Partner:
    """A registered submitter. `institution` is the one that its accounts belong to where a row names none."""

    partner: str
    name: str
    institution: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A submission as it was recorded. `mapping` and `refusal` are canonical JSON; `recorded_at` is the entry's time.

    `extra_columns` is a canonical JSON array: the names of the columns that were not known, None where there were none.
    So is `notes`: what the reader chose and left out, in sentences. `handling_asked` is what its sender said of its handling,
    a canonical JSON object.
    """

    seq: int
    batch: str
    partner: str
    recorded_at: str
    status: BatchStatus
    name: str
    size: int
    original: str
    format: str | None
    mapping: str | None
    mapping_digest: str | None
    institution: str | None
    received_at: str | None
    segment: str | None
    rows: int
    accepted: int
    duplicates: int
    rejected: int
    replaces: str | None
    idempotency: str | None
    refusal: str | None
    files: str
    extra_columns: str | None
    notes: str | None
    handling_asked: str | None

    @property
    def counts(self) -> BatchCounts:
        return BatchCounts(rows=self.rows, accepted=self.accepted, duplicates=self.duplicates, rejected=self.rejected)


_BATCH = ", ".join(field.name for field in fields(Batch))


def partners(ledger: Reads) -> list[Partner]:
    """Every partner, by id."""
    rows = ledger.query("select partner, name, institution, recorded_at from partners order by partner")
    return [Partner(*row) for row in rows]


def partner(ledger: Reads, partner: str) -> Partner:
    """One partner. Raises NotFound."""
    rows = ledger.query("select partner, name, institution, recorded_at from partners where partner = ?", [partner])
    if not rows:
        raise NotFound("no such partner", value=partner, remedy="Register it first.")
    return Partner(*rows[0])


def batches(ledger: Reads, *, partner: str | None = None, before: int = LATEST, limit: int = 100) -> list[Batch]:
    """Submissions with a sequence below `before`, newest first: accepted, refused and replaced ones alike."""
    return _batches(
        ledger,
        "batches where seq < ? and (?::varchar is null or partner = ?) order by seq desc limit ?",
        [before, partner, partner, limit],
    )


def batch(ledger: Reads, batch: str, *, partner: str | None = None) -> Batch:
    """One submission, of that partner if one is given. Raises NotFound for none and for another partner's alike."""
    found = _batches(
        ledger, "batches where batch = ? and (?::varchar is null or partner = ?)", [batch, partner, partner]
    )
    if not found:
        raise NotFound("no such batch", value=batch)
    return found[0]


def current_batches(
    ledger: Reads, snapshot: int = LATEST, *, partner: str | None = None, original: str | None = None
) -> list[Batch]:
    """The accepted batches of a snapshot (entries 0 to `snapshot`, included) that none of its batches replaces, in order.

    Only those of `partner`, and only those made of the bytes with digest `original`, where these are given.
    """
    return _batches(
        ledger,
        "batches_as_of($snapshot) where ($partner::varchar is null or partner = $partner) "
        "and ($original::varchar is null or original = $original) order by seq",
        {"snapshot": snapshot, "partner": partner, "original": original},
    )


def batch_of_key(ledger: Reads, partner: str, idempotency: str) -> Batch | None:
    """The submission that a partner made under an idempotency key, by the key's digest."""
    found = _batches(ledger, "batches where partner = ? and idempotency = ? order by seq", [partner, idempotency])
    return found[0] if found else None


def replaced_by(ledger: Reads, batch: str) -> str | None:
    """The accepted batch that replaces this one, if any."""
    rows = ledger.query("select batch from batches where status = 'accepted' and replaces = ? order by seq", [batch])
    return str(rows[0][0]) if rows else None


def segment_file(ledger: Reads, segment: str, name: str) -> str | None:
    """SHA-256 of the bytes of a segment's file as a batch recorded it; None for a segment that no batch uses."""
    rows = ledger.query("select files from batches where segment = ? order by seq limit 1", [segment])
    return cast(str, parse_json(str(rows[0][0]))[f"segments/{name}"]) if rows else None


def rejects(ledger: Reads, batch: str, *, limit: int = 1000, offset: int = 0) -> pl.DataFrame:
    """Rejected cells of a batch in the order of the file: columns of `schemas.batch.REJECTS`."""
    columns = ", ".join(f'"{name}"' for name in REJECTS)
    return ledger.frame(
        f'select {columns} from rejects where batch = ? order by line, "column", code, "value" limit ? offset ?',
        [batch, limit, offset],
    )


def transactions(ledger: Reads, evidence: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """The transactions named by (batch, reference), in total order, with their `submitter`; replaced ones too.

    An alert keeps the evidence that it was made of, so this reads all batches, not only the current ones. Columns: `batch`,
    `seq`, those of a segment, `submitter`. Raises DigestMismatch where a segment is not as recorded.
    """
    found = ledger.frame(
        "with wanted as (select distinct unnest(?::varchar[]) as batch, unnest(?::varchar[]) as reference) "
        "select t.*, b.partner as submitter from wanted as w "
        "join batches as b on b.batch = w.batch "
        "join transactions as t on t.seq = b.seq and t.reference = w.reference "
        "order by t.occurred_at, submitter, t.reference, b.batch",
        [[batch for batch, _ in evidence], [reference for _, reference in evidence]],
    )
    return full_rows(ledger, found)


def account_transactions(
    ledger: Reads, key: str, snapshot: int = LATEST, *, limit: int = 200, offset: int = 0
) -> pl.DataFrame:
    """An account's transactions in a snapshot, newest first: `batch`, `seq`, the columns of a segment, `submitter` and
    `direction` (in, out). Raises DigestMismatch where a segment is not as recorded.
    """
    found = ledger.frame(
        f"{_SIDES} select * exclude (counterparty) from sides "
        "order by occurred_at desc, submitter, reference, direction, seq limit $limit offset $offset",
        {"key": key, "snapshot": snapshot, "limit": limit, "offset": offset},
    )
    return full_rows(ledger, found)


def account_summary(ledger: Reads, key: str, snapshot: int = LATEST) -> pl.DataFrame:
    """What went in and out of an account in a snapshot, by direction and currency: `transactions`, `total`, `counterparties`,
    `first_at`, `last_at`. Two reports of one transfer by two submitters count twice. No rows: an unknown account.
    """
    return ledger.frame(
        f"{_SIDES} select direction, currency, count(*)::bigint as transactions, sum(amount)::decimal(38,4) as total, "
        "count(distinct counterparty)::bigint as counterparties, min(occurred_at) as first_at, "
        "max(occurred_at) as last_at from sides group by all order by direction, currency",
        {"key": key, "snapshot": snapshot},
    )


_SIDES = """
with snapshot as (select seq, partner from batches_as_of($snapshot)),
sides as (
    select t.*, s.partner as submitter, side.direction, side.counterparty
    from transactions as t
    join snapshot as s on s.seq = t.seq
    cross join lateral (
        select unnest(['out', 'in']) as direction, unnest([t.from_key, t.to_key]) as own,
               unnest([t.to_key, t.from_key]) as counterparty
    ) as side
    where (t.from_key = $key or t.to_key = $key) and side.own = $key
)
"""


def _batches(ledger: Reads, rest: str, params: Params) -> list[Batch]:
    return [Batch(*row) for row in ledger.query(f"select {_BATCH} from {rest}", params)]
