"""The identity of a segment: a digest of its canonical rows, never of the Parquet bytes that happen to hold them.

Rows are taken in their total order, in blocks; each column of a block is written as lengths and bytes. The encoding is
injective, so two different tables cannot share an encoding, and it does not depend on threads, chunks or compression.
"""

from __future__ import annotations

import hashlib

import polars as pl

from schemas.canonical import canonical_json

BLOCK_ROWS = 65_536
_NULL_LENGTH = 0xFFFF_FFFF


def digest_rows(frame: pl.DataFrame) -> str:
    """Hexadecimal SHA-256 of the columns, types and rows of `frame`, in the order in which they stand.

    Text, decimal, integer, boolean and datetime columns are accepted; a float column raises TypeError.
    """
    header = [[name, _type_name(dtype)] for name, dtype in frame.schema.items()]
    digest = hashlib.sha256(canonical_json({"columns": header, "rows": frame.height}))
    for start in range(0, max(frame.height, 1), BLOCK_ROWS):
        block = frame.slice(start, BLOCK_ROWS)
        for series in block:
            _add_column(digest, series)
    return digest.hexdigest()


def _type_name(dtype: pl.DataType) -> str:
    if dtype in (pl.Float32, pl.Float64):
        raise TypeError("a float has no canonical form; use a decimal or an integer")
    return str(dtype)


def _add_column(digest: hashlib._Hash, series: pl.Series) -> None:
    if series.dtype.is_decimal():
        # The scaled integer as text: exact for any precision, and independent of how 128 bits are laid out.
        series = series.cast(pl.String)
    if series.dtype == pl.String:
        lengths = series.str.len_bytes().fill_null(_NULL_LENGTH).cast(pl.UInt32)
        digest.update(lengths.to_numpy().astype("<u4", copy=False).tobytes())
        joined = series.drop_nulls().str.join("")
        digest.update((joined[0] or "").encode() if len(joined) else b"")
    else:
        digest.update(series.is_null().cast(pl.UInt8).to_numpy().tobytes())
        digest.update(series.to_physical().cast(pl.Int64).fill_null(0).to_numpy().astype("<i8", copy=False).tobytes())
