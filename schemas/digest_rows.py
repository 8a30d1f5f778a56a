"""The identity of a segment: a digest of its canonical rows, never of the Parquet bytes that happen to hold them.

Rows are taken in the order in which they stand, in blocks of `BLOCK_ROWS`; of each block each column is written as one mode
byte and what the mode needs to give the values back. The encoding is injective, so two different tables cannot share one, and
it does not depend on threads, chunks, compression, library versions or how the rows were handed over.
"""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl

from schemas.canonical import canonical_json

BLOCK_ROWS = 65_536
_NULL_LENGTH = 0xFFFF_FFFF
_ALL_NULL, _ONE_TEXT, _TEXTS, _INTEGERS, _DECIMAL_TEXTS = b"\x00", b"\x01", b"\x02", b"\x03", b"\x04"


def digest_rows(frame: pl.DataFrame) -> str:
    """Hexadecimal SHA-256 of the columns, types and rows of `frame`, in the order in which they stand.

    Text, decimal, integer, boolean, date and datetime columns are accepted; a float column raises TypeError.
    """
    digest = RowDigest(frame.schema)
    digest.add(frame)
    return digest.hexdigest()


class RowDigest:
    """The digest of `digest_rows`, fed piece by piece: the sizes of the pieces do not matter, their order does.

    Modes of a column in a block of n rows: 0, all null, nothing follows. 1, the same text n times: its length and bytes. 2,
    text: n lengths (u32, all ones for null), then the bytes of all, joined. 3, integers, times, booleans, and decimals whose
    scaled values fit 64 bits: n null marks (u8), then n little-endian i64. 4, other decimals: as 2, of their decimal text.
    The first mode that fits is taken. The digest ends with the number of rows.
    """

    def __init__(self, schema: pl.Schema) -> None:
        self._schema = schema
        columns = [[name, _type_name(dtype)] for name, dtype in schema.items()]
        self._digest = hashlib.sha256(canonical_json({"v": 2, "columns": columns}))
        self._waiting = pl.DataFrame(schema=schema)
        self._rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Take further rows. Raises ValueError where the columns are not the declared ones."""
        if frame.schema != self._schema:
            raise ValueError("these rows do not have the columns that the digest was started with")
        rows = pl.concat([self._waiting, frame]) if self._waiting.height else frame
        whole = rows.height - rows.height % BLOCK_ROWS
        for start in range(0, whole, BLOCK_ROWS):
            self._add_block(rows.slice(start, BLOCK_ROWS))
        self._waiting = rows.slice(whole)

    def hexdigest(self) -> str:
        """The digest of all rows so far. Nothing can be added afterwards."""
        if self._waiting.height:
            self._add_block(self._waiting)
            self._waiting = self._waiting.clear()
        self._digest.update(b"rows" + self._rows.to_bytes(8, "little"))
        return self._digest.hexdigest()

    def _add_block(self, block: pl.DataFrame) -> None:
        self._rows += block.height
        self._digest.update(block.height.to_bytes(4, "little"))
        for series in block:
            _add_column(self._digest, series)


def _type_name(dtype: pl.DataType) -> str:
    """A name of our own: what a library prints for a type may change with its version."""
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
        return f"datetime({dtype.time_unit})"
    if dtype in (pl.Float32, pl.Float64):
        raise TypeError("a float has no canonical form; use a decimal or an integer")
    if dtype in (pl.String, pl.Boolean, pl.Date) or (dtype.is_integer() and dtype != pl.Int128):
        return str(dtype).lower()
    raise TypeError(f"{dtype} has no canonical form")


def _add_column(digest: hashlib._Hash, series: pl.Series) -> None:
    if series.null_count() == len(series):
        digest.update(_ALL_NULL)
    elif series.dtype == pl.String:
        _add_text(digest, series, _TEXTS)
    elif series.dtype.is_decimal() and not _fits_64_bits(series.to_physical()):
        _add_text(digest, series.cast(pl.String), _DECIMAL_TEXTS)
    else:
        digest.update(_INTEGERS + series.is_null().cast(pl.UInt8).to_numpy().tobytes())
        integers = series.to_physical().cast(pl.Int64, wrap_numerical=series.dtype == pl.UInt64)
        digest.update(integers.fill_null(0).to_numpy().astype("<i8", copy=False).tobytes())


def _fits_64_bits(scaled: pl.Series) -> bool:
    least, most = scaled.min(), scaled.max()
    return isinstance(least, int) and isinstance(most, int) and least >= -(2**63) and most < 2**63


def _add_text(digest: hashlib._Hash, series: pl.Series, mode: bytes) -> None:
    if mode == _TEXTS and not series.null_count() and (series == series[0]).all():
        text = series[0].encode()
        digest.update(_ONE_TEXT + len(text).to_bytes(4, "little") + text)
        return
    lengths = series.str.len_bytes().fill_null(_NULL_LENGTH).cast(pl.UInt32).to_numpy()
    digest.update(mode + lengths.astype(np.dtype("<u4"), copy=False).tobytes())
    digest.update(series.drop_nulls().str.join("").item().encode())
