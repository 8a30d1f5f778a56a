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
_PERIOD = "from_day bigint, to_day bigint"
COLUMNS = {
    "segments": f"account integer, segment varchar, {_PERIOD}",
    "profiles": f"account integer, sector varchar, income_base decimal(24, 4), output_base decimal(24, 4), {_PERIOD}",
    "corridors": f"kind varchar, route varchar, step integer, from_country varchar, to_country varchar, {_PERIOD}",
    "calendar": "country varchar, kind varchar, name varchar, first_day bigint, last_day bigint",
    "places": "place varchar, country varchar, kind varchar",
    "merchants": "merchant_category varchar, topic varchar",
    "mentions": "txn integer, topic varchar, term varchar",
    "prices": "commodity varchar, day integer, price_base decimal(24, 4)",
    "watched": "account integer, entry varchar, list varchar, kind varchar, grade varchar, humanitarian boolean,"
    f" matched varchar, {_PERIOD}",
    "quantities": "txn integer, unit varchar, quantity decimal(24, 4)",
}
"""The columns of the relations: one whose reference table has no rows, or which has no texts to read, is made of these alone,
which takes a tenth of the time of its query, and an example has nine of them."""
OF_TEXTS = frozenset({"mentions", "quantities"})
"""The relations that are read out of `purpose`."""

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
    texts: bool,
    on_step: Callable[[str], None],
) -> None:
    """Create every relation of `LISTS` over `transactions`, `accounts` and what they stand on. `tables` are frames by kind; a kind
    that is not among them counts as one without rows. `texts` says whether any transaction has a purpose.
    """
    filled = {name for name, rows in tables.items() if rows.height}
    for name in filled & TABLES.keys() - {"fx", "thresholds", "baseline"} | (
        {"ownership"} if "watchlist" in filled else set()
    ):
        schema = TABLES[name].schema
        rows = tables.get(name, pl.DataFrame(schema=schema))
        register_table(connection, f"ref_{name}", rows.select(list(schema)).cast(pl.Schema(schema)))
    for name in LISTS:
        if (name in OF_TEXTS and not texts) or (name != "quantities" and SOURCE_OF.get(name, name) not in filled):
            connection.execute(f"create table {name} ({COLUMNS[name]})")
            continue
        text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
        listed, written = {"places": ("place", "w.place"), "mentions": ("term", "purpose")}.get(name, ("", ""))
        text = text.replace("{folded_listed}", folded(listed)).replace("{folded_written}", folded(written))
        connection.execute(text, {"base": base_currency} if "$base" in text else None)
    if "watchlist" in filled:
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
