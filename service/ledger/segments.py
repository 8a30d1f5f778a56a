"""Full rows of transactions, read back from the segments that the ledger's index points into.

Nothing is shown that is not as recorded: the file must have the digest that the journal holds, and each row read must be the
one that the index holds, or DigestMismatch says which file is not.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import polars as pl

from schemas.canonical import digest_file, parse_json
from schemas.errors import DigestMismatch
from schemas.transaction import SEGMENT_NAMES, polars_schema
from service.home import Home

if TYPE_CHECKING:
    from service.ledger.views import Reads

INDEXED = ("reference", "occurred_at", "from_key", "to_key", "amount", "currency")
"""The columns of a segment that the ledger's `transactions` has too, beside `seq`, of the batch, and `row`, in the file."""

_ROWS = ", ".join(SEGMENT_NAMES)
_VERSIONS = 65_536


def as_recorded(home: Home, path: Path, files: dict[str, str]) -> Path:
    """`path`, once its bytes are known to be those that an entry's `files` name. Raises DigestMismatch, with what was found.

    A file is read for this once in a process, and again when its inode, size or times have changed.
    """
    name = str(path.relative_to(home.root))
    found = _digest(path)
    if found is not None and found == files.get(name):
        return path
    raise DigestMismatch(
        "a file of an accepted batch is missing" if found is None else "a file of an accepted batch has changed",
        where=name,
        value=found,
        remedy="Put the file back from a copy; `thalweg verify` names every file that is not as recorded.",
    )


def segments_of(ledger: Reads, seqs: list[int]) -> dict[int, tuple[str, Path]]:
    """The batch of each of these entries, and its segment's file, found to be as recorded."""
    rows = ledger.query("select seq, batch, segment, files from batches where list_contains(?::bigint[], seq)", [seqs])
    return {
        seq: (batch, as_recorded(ledger.home, ledger.home.segment(segment), cast("dict[str, str]", parse_json(files))))
        for seq, batch, segment, files in rows
    }


def full_rows(ledger: Reads, found: pl.DataFrame) -> pl.DataFrame:
    """The rows of the index in `found`, in its order, with all columns: `batch`, `seq`, those of a segment, then what else
    `found` has beside the index's own.

    Raises DigestMismatch where a segment is missing or changed, and where a row is not the one that was indexed.
    """
    beside = [name for name in found.columns if name not in ("seq", "row", *INDEXED)]
    schema = {"batch": pl.String(), "seq": pl.Int64(), "row": pl.Int64(), **polars_schema()}
    parts = [pl.DataFrame(schema=schema)]
    for seq, (batch, path) in sorted(segments_of(ledger, found["seq"].unique().to_list()).items()):
        numbers = found.filter(pl.col("seq") == seq)["row"].unique().sort().to_list()
        rows = _read(ledger, path, numbers)
        parts.append(rows.with_columns(batch=pl.lit(batch), seq=pl.lit(seq, pl.Int64)).select(schema.keys()))
    full = found.join(pl.concat(parts), on=["seq", "row"], how="left", maintain_order="left", suffix="@segment")
    _must_be_as_indexed(ledger, full)
    whole = full.with_columns(pl.col(f"{name}@segment").alias(name) for name in INDEXED)
    return whole.select("batch", "seq", *SEGMENT_NAMES, *beside)


def _read(ledger: Reads, path: Path, numbers: list[int]) -> pl.DataFrame:
    # A list of literals: DuckDB skips row groups by it, which it does not for a join (0.05 s against 1.8 s for three rows of 5M).
    listed = ", ".join(map(str, numbers))
    return ledger.frame(
        f"select file_row_number as row, {_ROWS} from read_parquet(?, file_row_number = true)"
        f" where file_row_number in ({listed})",
        [str(path)],
    )


def _must_be_as_indexed(ledger: Reads, full: pl.DataFrame) -> None:
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}@segment")) for name in INDEXED)
    other = full.filter(~same)
    if other.height:
        ((_, path),) = segments_of(ledger, [other["seq"][0]]).values()
        raise DigestMismatch(
            "a transaction is not in its segment as the ledger's index has it",
            where=f"{path.relative_to(ledger.home.root)}, row {other['row'][0]}",
            remedy="The segment is as recorded: `thalweg rebuild` makes the ledger anew from it.",
        )


def _digest(path: Path) -> str | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    # The time of change is set by the system alone, so that a file altered under its old times is read again.
    return _digest_of(path, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


@lru_cache(_VERSIONS)
def _digest_of(path: Path, *_identity: int) -> str:
    return digest_file(path)
