"""What the ledger knows of some accounts: their transactions in force, each flow once, in total order.

It reads whole accounts in sets, never row by row, and nothing that is not as the journal recorded it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Protocol

import polars as pl

from schemas.errors import DigestMismatch
from schemas.transaction import MICROSECONDS, MONEY
from service.ledger.segments import segments_of
from service.ledger.views import Reads

_DETAILS: dict[str, pl.DataType | type[pl.DataType]] = {
    "precision": pl.String,
    "offset_minutes": pl.Int16,
    "channel": pl.String,
    "from_account": pl.String,
    "to_account": pl.String,
    "from_country": pl.String,
    "to_country": pl.String,
    "end_to_end_id": pl.String,
}
_INDEX: dict[str, pl.DataType | type[pl.DataType]] = {
    "seq": pl.Int64,
    "row": pl.Int64,
    "reference": pl.String,
    "occurred_at": MICROSECONDS,
    "from_key": pl.String,
    "to_key": pl.String,
    "amount": MONEY,
    "currency": pl.String,
}
ROWS = pl.Schema({"batch": pl.String, "submitter": pl.String, **_INDEX, **_DETAILS, "also": pl.List(pl.String)})
"""The columns of what is read. `also` names the other reports of the same flow, each as "batch reference"; null where none is."""
_CURRENT = (
    "current_rows as (select t.*, b.batch, b.partner as submitter from transactions as t join current_batches as b on t.seq = b.seq"
    " where not list_contains($without::varchar[], b.batch) and ($until::timestamp is null or t.occurred_at <= $until)"
    " and ($since::timestamp is null or t.occurred_at >= $since))"
)
_WANTED = "wanted as (select unnest($accounts::varchar[]) as key)"
Until = datetime | None


class Reader(Protocol):
    """Where following money reads. `until` leaves out what occurred after it, `since` what did before."""

    def counts(self, accounts: Sequence[str], until: Until, since: Until = None) -> dict[str, int]:
        """How many reports there are of each account; none for one that is not known."""

    def rows(self, accounts: Sequence[str], until: Until, since: Until = None) -> pl.DataFrame:
        """ROWS of all of these accounts."""

    def named(self, batch: str, reference: str) -> pl.DataFrame:
        """ROWS: the one that a submitter reported under this reference, or none; of what is in force."""


class LedgerReader:
    """See `Reader`: a ledger, each read with a cursor of its own, as if the batches `without` had not been sent."""

    def __init__(self, ledger: Reads, without: Collection[str] = ()) -> None:
        self._ledger, self._without = ledger, sorted(without)

    def counts(self, accounts: Sequence[str], until: Until, since: Until = None) -> dict[str, int]:
        rows = self._ledger.query(
            f"with {_CURRENT}, {_WANTED}, sides as ("
            "select from_key as key from current_rows union all "
            "select to_key from current_rows where to_key is distinct from from_key) "
            "select key, count(*) from sides semi join wanted using (key) group by key",
            {"accounts": list(accounts), "until": until, "since": since, "without": self._without},
        )
        return {str(key): int(count) for key, count in rows}

    def rows(self, accounts: Sequence[str], until: Until, since: Until = None) -> pl.DataFrame:
        found = self._ledger.frame(
            f"with {_CURRENT}, {_WANTED} select * from current_rows "
            "where from_key in (select key from wanted) or to_key in (select key from wanted)",
            {"accounts": list(accounts), "until": until, "since": since, "without": self._without},
        )
        return once_each(self._ledger, self._detailed(found))

    def named(self, batch: str, reference: str) -> pl.DataFrame:
        found = self._ledger.frame(
            "select t.*, b.batch, b.partner as submitter from transactions as t join current_batches as b on t.seq = b.seq "
            "where b.batch = ? and t.reference = ? and not list_contains(?::varchar[], b.batch)",
            [batch, reference, self._without],
        )
        return self._detailed(found).with_columns(also=pl.lit(None, pl.List(pl.String))).select(ROWS.names())

    def _detailed(self, found: pl.DataFrame) -> pl.DataFrame:
        """With what only the segments hold."""
        names = ", ".join(_DETAILS)
        parts = [pl.DataFrame(schema={"seq": pl.Int64, "row": pl.Int64, "as_sealed": pl.String, **_DETAILS})]
        for seq, (_, path) in sorted(segments_of(self._ledger, found["seq"].unique().to_list()).items()):
            numbers = found.filter(pl.col("seq") == seq)["row"].to_list()
            part = self._ledger.frame(
                f"select file_row_number as row, reference as as_sealed, {names} "
                "from read_parquet(?, file_row_number = true) "
                "where file_row_number in (select unnest(?::bigint[]))",
                [str(path), numbers],
            )
            parts.append(part.with_columns(seq=pl.lit(seq, pl.Int64)).select(parts[0].columns))
        full = found.join(pl.concat(parts), on=["seq", "row"], how="left")
        if full.filter(pl.col("reference").ne_missing(pl.col("as_sealed"))).height:
            raise DigestMismatch(
                "a transaction is not in its segment as the ledger's index has it",
                remedy="`thalweg verify` names every file that is not as recorded; `thalweg rebuild` makes the ledger anew.",
            )
        return full.drop("as_sealed")


def once_each(ledger: Reads, rows: pl.DataFrame) -> pl.DataFrame:
    """ROWS in total order, without the later reports of a flow that several partners reported; the first one names a later."""
    ordered = rows.sort("occurred_at", "submitter", "reference", "seq")
    ends = ["from_key", "to_key", "currency"]
    alike = ordered.filter(
        pl.col("from_key").is_not_null()
        & pl.col("to_key").is_not_null()
        & (pl.col("submitter").n_unique().over(ends) > 1)
    )
    if not alike.height:
        return ordered.with_columns(also=pl.lit(None, pl.List(pl.String))).select(ROWS.names())
    columns = (
        "seq",
        "row",
        "submitter",
        "reference",
        "occurred_at",
        "precision",
        "from_key",
        "to_key",
        "currency",
        "end_to_end_id",
    )
    given: dict[str, object] = {name: alike[name].to_list() for name in columns}
    twins = ledger.frame(_twins(), given | {"amount": [str(amount) for amount in alike["amount"]]})
    name = ["seq", "submitter", "reference"]
    seconds = twins.rename({"slot": "seq"})
    named = (
        ordered.join(seconds, on=name, how="inner")
        .sort("occurred_at", *name)
        .group_by("first_slot", "first_reference", maintain_order=True)
        .agg(also=pl.concat_str("batch", "reference", separator=" "))
        .rename({"first_slot": "seq", "first_reference": "reference"})
    )
    return (
        ordered.join(seconds, on=name, how="anti")
        .join(named, on=["seq", "reference"], how="left")
        .sort("occurred_at", "submitter", "reference", "seq")
        .select(ROWS.names())
    )


@cache
def _twins() -> str:
    """The rule by which runs tell second reports, over rows that are given: there is one such rule, and this is not another."""
    rule = (
        files("detectors.relations")
        .joinpath("twins.sql")
        .read_text("utf-8")
        .partition("create table twins as\nwith ")[2]
    )
    given = (
        "staged as (select unnest($seq::bigint[]) as slot, unnest($row::bigint[]) as row, "
        "unnest($submitter::varchar[]) as submitter, unnest($reference::varchar[]) as reference, "
        "unnest($occurred_at::timestamp[]) as occurred_at, unnest($precision::varchar[]) as precision, "
        "unnest($from_key::varchar[]) as from_key, "
        "unnest($to_key::varchar[]) as to_key, unnest($amount::decimal(24,4)[]) as amount, "
        "unnest($currency::varchar[]) as currency, unnest($end_to_end_id::varchar[]) as end_to_end_id)"
    )
    return f"with {given}, {rule}"
