"""Build the relations in a DuckDB connection, from segment files or from a small frame. The one place that knows how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from detectors.relations.lists import build_lists, register_table
from schemas.reference import FX, THRESHOLDS
from schemas.transaction import OPTIONAL, duckdb_columns, polars_schema

_SQL = Path(__file__).parent
_UNSEEN = {
    "end_to_end_id",
    "reverses",
    "from_institution",
    "to_institution",
    "from_party",
    "to_party",
    "from_name",
    "to_name",
}
"""Read as something else (a match, `is_reversal`, part of the account key), or a person's name, which only screening may use."""
_SHOWN = [column for column in OPTIONAL if column.name not in _UNSEEN]
_ALWAYS = {"from_country", "to_country", "from_kind", "to_kind"}
_CODES = {
    "channel_code": ("channel",),
    "currency_code": ("currency",),
    "country_code": ("from_country", "to_country"),
    "kind_code": ("from_kind", "to_kind"),
}
"""Types by name, with the columns whose words they hold."""
_CODED = {column: code for code, columns in _CODES.items() for column in columns}

_STEPS = ("accounts", "rates", "payments", "limits", "pairs", "contacts", "flows", "daily")

Step = Callable[[str], None]
Tables = Mapping[str, pl.DataFrame]
"""Frames of `schemas.reference.TABLES` by kind: `fx` and `thresholds` at least; another kind may be left out as empty."""
Coverage = dict[str, int]
"""How many transactions as reported have a value in each optional column that detectors may see."""


@dataclass(frozen=True, slots=True)
class Source:
    """A segment to load: its Parquet file, the batch that it is and the submitter, whose id is part of the total order."""

    path: Path
    batch: str
    submitter: str


def load_segments(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    *,
    tables: Tables,
    base_currency: str,
    as_of: datetime | None = None,
    on_step: Step | None = None,
) -> Coverage:
    """Load segments and build `accounts`, `transactions`, `flows`, `reports`, the lists and what they stand on.

    The order of `sources` does not matter.
    What occurred after `as_of` (UTC, without a zone) is not loaded: a run as of then cannot know it.
    """
    ordered = sorted(sources, key=lambda source: (source.submitter, source.batch))
    _slots(connection, ordered)
    if ordered:
        connection.execute(
            f"create temp view staged as select s.slot, s.submitter, f.* from read_parquet({_paths(ordered)},"
            " filename = 'source_file') as f join segment_list as s on s.path = f.source_file"
            + ("" if as_of is None else f" where f.occurred_at <= timestamp '{as_of.isoformat(sep=' ')}'")
        )
    else:
        connection.execute(f"create temp table nothing ({duckdb_columns()})")
        connection.execute("create temp view staged as select 0 as slot, '' as submitter, * from nothing")
    return _build(connection, tables, base_currency, on_step or _quietly)


def load_frame(
    connection: duckdb.DuckDBPyConnection,
    frame: pl.DataFrame,
    *,
    tables: Tables,
    base_currency: str,
) -> Coverage:
    """The same from one frame of SEGMENT columns, as a batch called `example` of a submitter called `example`."""
    _slots(connection, [Source(Path("example"), "example", "example")])
    connection.execute(f"create temp table example ({duckdb_columns()})")
    rows = frame.select(list(polars_schema())).cast(polars_schema())
    connection.register("example_rows", rows.to_arrow())
    connection.execute("insert into example select * from example_rows")
    connection.unregister("example_rows")
    connection.execute("create temp view staged as select 0 as slot, 'example' as submitter, * from example")
    return _build(connection, tables, base_currency, _quietly)


def _quietly(step: str) -> None:
    return None


def _slots(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    listed = pl.DataFrame(
        {
            "slot": range(len(sources)),
            "path": [str(source.path) for source in sources],
            "batch": [source.batch for source in sources],
            "submitter": [source.submitter for source in sources],
        },
        schema={"slot": pl.Int32, "path": pl.String, "batch": pl.String, "submitter": pl.String},
    )
    register_table(connection, "segment_list", listed)


def _paths(sources: Sequence[Source]) -> str:
    quoted = (str(source.path).replace("'", "''") for source in {source.path: source for source in sources}.values())
    return "[" + ", ".join(f"'{path}'" for path in quoted) + "]"


def _build(connection: duckdb.DuckDBPyConnection, tables: Tables, base_currency: str, on_step: Step) -> Coverage:
    register_table(connection, "fx", tables["fx"].select(list(FX)).cast(pl.Schema(FX)))
    limits = tables["thresholds"].select(list(THRESHOLDS)).cast(pl.Schema(THRESHOLDS))
    register_table(connection, "thresholds", limits)
    coverage = _coverage(connection)
    present = [name for name, count in coverage.items() if count > 0 or name in _ALWAYS]
    _match_reports(connection)
    on_step("twins")
    _codes(connection)
    for step in _STEPS:
        text = (_SQL / f"{step}.sql").read_text(encoding="utf-8")
        if step == "payments":
            text = text.replace("{optional}", ", ".join(_coded(name) for name in present))
        connection.execute(text, {"base": base_currency} if step == "rates" else None)
        on_step(step)
    _views(connection, present)
    build_lists(connection, tables, base_currency=base_currency, texts=bool(coverage["purpose"]), on_step=on_step)
    return coverage


def _given_back(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether there are first reports of a flow that only a later one says to be a refund; they are put into `given_back`."""
    connection.execute(
        "create temp table given_back as select distinct t.first_slot, t.first_reference from twins as t"
        " join staged as s on s.slot = t.slot and s.reference = t.reference where s.reverses is not null"
    )
    found = connection.execute("select count(*) from given_back").fetchone()
    return bool(found and found[0])


def _match_reports(connection: duckdb.DuckDBPyConnection) -> None:
    """Find what two partners both report, and leave the first report of each in `flowing`, which detectors see."""
    several = connection.execute("select count(distinct submitter) > 1 from segment_list").fetchone()
    if several and several[0]:
        connection.execute((_SQL / "twins.sql").read_text(encoding="utf-8"))
        known = "case when (s.slot, s.reference) in (from given_back) then s.reference else s.reverses end as reverses"
        marked = f" replace ({known})" if _given_back(connection) else ""
        connection.execute(
            f"create temp view flowing as select s.*{marked} from staged as s"
            " anti join twins as t on t.submitter = s.submitter and t.reference = s.reference"
        )
    else:
        connection.execute(
            "create table twins"
            " (slot integer, submitter varchar, reference varchar, first_slot integer, first_reference varchar,"
            " matched varchar, apart_s bigint)"
        )
        connection.execute("create temp view flowing as select * from staged")


def _codes(connection: duckdb.DuckDBPyConnection) -> None:
    """Types that hold the few words of a column as numbers, in text order: as texts they made half of what a run holds in memory."""
    connection.execute("create type direction_code as enum ('in', 'out')")
    for code, columns in _CODES.items():
        words = " union ".join(f"select {column} as word from staged" for column in columns)
        found = connection.execute(f"select distinct word from ({words}) where word is not null").fetchall()
        listed = ", ".join("'" + word.replace("'", "''") + "'" for word in sorted({*(word for (word,) in found), ""}))
        connection.execute(f"create type {code} as enum ({listed})")


def _coded(column: str) -> str:
    code = _CODED.get(column)
    return f"r.{column}" if code is None else f"cast(r.{column} as {code}) as {column}"


def _coverage(connection: duckdb.DuckDBPyConnection) -> Coverage:
    """Counts by optional column. An absent one costs nothing and reads as NULL."""
    counts = ", ".join(f"count({column.name})" for column in _SHOWN)
    found = connection.execute(f"select {counts} from staged").fetchone()
    filled = found or (0,) * len(_SHOWN)
    return {column.name: count for column, count in zip(_SHOWN, filled, strict=True)}


def _views(connection: duckdb.DuckDBPyConnection, present: Sequence[str]) -> None:
    optional = ", ".join(
        column.name if column.name in present else f"cast(null as {column.duckdb}) as {column.name}"
        for column in _SHOWN
    )
    connection.execute(
        "create view transactions as select txn, t_s, t_end_s, day, local_s, channel, amount, currency, amount_base,"
        f" from_account, to_account, {optional}, is_reversal from payments"
    )
    connection.execute(
        "create view reports as"
        " select p.txn, s.batch, p.reference from payments as p join segment_list as s on s.slot = p.slot"
        " union all select p.txn, s.batch, t.reference from twins as t"
        " join payments as p on p.slot = t.first_slot and p.reference = t.first_reference"
        " join segment_list as s on s.slot = t.slot"
    )


def example_references(base_currency: str = "EUR") -> dict[str, pl.DataFrame]:
    """FX and thresholds for the small tables of examples: 1 USD = 0.8 EUR, 655.957 XOF = 1 EUR, 10,000 EUR of cash."""
    fx = pl.DataFrame(
        {
            "currency": ["USD", "XOF"],
            "base": [base_currency] * 2,
            "date": ["1970-01-01"] * 2,
            "rate": [Decimal("0.8"), Decimal("0.0015244902")],
        }
    ).with_columns(pl.col("date").str.to_date())
    thresholds = pl.DataFrame(
        {
            "country": ["*", "*"],
            "currency": ["EUR", "*"],
            "kind": ["cash", "cash"],
            "amount": [Decimal(10_000), Decimal(10_000)],
            "valid_from": ["1970-01-01"] * 2,
            "valid_to": [None, None],
            "source": ["example", "example"],
        },
        schema_overrides={"valid_to": pl.Date},
    ).with_columns(pl.col("valid_from").str.to_date())
    return {"fx": fx, "thresholds": thresholds}
