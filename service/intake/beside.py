"""Parties and accounts beside the transactions of a message: kept while it is read, written for the rows that were accepted.

Only accepted rows have them: of a duplicate the first one's stay. Memory holds one block; the rest is on disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.party import ACCOUNTS, PARTIES
from service.intake.readers import block
from service.intake.readers.block import LINE

KINDS = {"parties": PARTIES, "accounts": ACCOUNTS}


@dataclass
class BesideRows:
    """What the blocks of one file have beside their transactions, as it comes in."""

    directory: Path
    _writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)

    def add(self, found: block.Beside | None) -> None:
        """Keep the rows of one block."""
        if found is None:
            return
        for kind, rows in (("parties", found.parties), ("accounts", found.accounts)):
            if rows.height:
                table = _arrow(rows)
                if kind not in self._writers:
                    self._writers[kind] = pq.ParquetWriter(self._raw(kind), table.schema, compression="zstd")
                self._writers[kind].write_table(table)

    def settle(self, segment: Path, lines: Path) -> dict[str, str | None]:
        """Write the rows of the accepted transactions under their references; the path of each file, None where it is empty."""
        self.close()
        if not self._writers:
            return dict.fromkeys(KINDS)
        numbers = pl.DataFrame(pl.from_arrow(pq.read_table(lines))).rename({"line": LINE})
        accepted = numbers.with_columns(
            pl.DataFrame(pl.from_arrow(pq.read_table(segment, columns=["reference"])))["reference"]
        )
        return {
            kind: _filtered(self._raw(kind), self.directory / f"{kind}.parquet", kind, accepted, how="inner")
            if kind in self._writers
            else None
            for kind in KINDS
        }

    def close(self) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()

    def discard(self) -> None:
        """Remove what was kept on the way."""
        self.close()
        for kind in self._writers:
            self._raw(kind).unlink(missing_ok=True)

    def _raw(self, kind: str) -> Path:
        return self.directory / f"{kind}-read.parquet"


def with_places(rejects: pl.DataFrame, of: block.Block) -> pl.DataFrame:
    """Rejects that say at which place of the message they lie, where the block knows."""
    if of.beside is None or not rejects.height:
        return rejects
    places = pl.DataFrame({"line": of.frame[LINE], "@where": of.beside.where})
    said = pl.concat_str(["detail", "@where"], separator="; ", ignore_nulls=True)
    return rejects.join(places, on="line", how="left", maintain_order="left").with_columns(detail=said).drop("@where")


def without(files: dict[str, str | None], excluded: pl.DataFrame, out: Path) -> dict[str, str | None]:
    """The files anew, without the rows of the references in `excluded`."""
    return {
        kind: None if path is None else _filtered(Path(path), out / f"{kind}.parquet", kind, excluded, how="anti")
        for kind, path in files.items()
    }


def _filtered(source: Path, target: Path, kind: str, among: pl.DataFrame, *, how: str) -> str | None:
    on = LINE if how == "inner" else "reference"
    names = list(KINDS[kind])
    rows = 0
    schema = _arrow(pl.DataFrame(schema=KINDS[kind])).schema
    with pq.ParquetFile(source) as read, pq.ParquetWriter(target, schema, compression="zstd") as written:
        for group in range(read.num_row_groups):
            frame = pl.DataFrame(pl.from_arrow(read.read_row_group(group)))
            kept = frame.join(among, on=on, how=how, maintain_order="left").select(names)  # type: ignore[arg-type]
            written.write_table(_arrow(kept))
            rows += kept.height
    return str(target) if rows else None


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())
