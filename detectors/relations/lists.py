"""From reference tables to the relations that detectors read: days as whole numbers, money in the base currency, keys as the
run's account numbers, texts folded. A table without rows gives a relation without rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from schemas.reference import TABLES

LISTS = (
    "segments",
    "profiles",
    "corridors",
    "calendar",
    "places",
    "merchants",
    "mentions",
    "quantities",
    "prices",
    "watched",
)
"""The relations made of reference tables, and of texts, each from `lists/<name>.sql`."""
SCREENED = ("holders", "listings", "ownership")
"""Relations with names and owners, for `detectors.screening` alone: no rule may read them. Made where a watchlist has rows."""
SOURCE_OF = {"mentions": "lexicon", "watched": "watchlist"}
"""The reference table of a relation, where it has another name."""

_SQL = Path(__file__).parent / "lists"


def folded(column: str) -> str:
    """SQL for a text without case, accents and punctuation, its words parted by single blanks."""
    bare = f"regexp_replace(lower(strip_accents({column})), '\\p{{M}}+', '', 'g')"
    return f"trim(regexp_replace({bare}, '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'))"


def build_lists(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, pl.DataFrame],
    *,
    base_currency: str,
    on_step: Callable[[str], None],
) -> None:
    """Create every relation of `LISTS` over `payments`, `accounts` and `staged`. `tables` are frames by kind; a kind that is
    not among them counts as one without rows.
    """
    for name, table in TABLES.items():
        if name not in {"fx", "thresholds", "baseline"}:
            rows = tables.get(name, pl.DataFrame(schema=table.schema))
            register_table(connection, f"ref_{name}", rows.select(list(table.schema)).cast(pl.Schema(table.schema)))
    for name in LISTS:
        text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
        listed, written = {"places": ("place", "w.place"), "mentions": ("term", "purpose")}.get(name, ("", ""))
        text = text.replace("{folded_listed}", folded(listed)).replace("{folded_written}", folded(written))
        connection.execute(text, {"base": base_currency} if "$base" in text else None)
    if tables.get("watchlist", pl.DataFrame()).height:
        for name in SCREENED:
            text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
            connection.execute(
                text.replace("{folded_listed}", folded("name")).replace("{folded_written}", folded("name"))
            )
    on_step("lists")


def register_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """A frame as a table of the run's database."""
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"create table {name} as select * from incoming")
    connection.unregister("incoming")
