"""The identity of a segment: a digest of its canonical rows, never of the Parquet bytes that happen to hold them.

Rows are taken in the order in which they stand, in blocks of `BLOCK_ROWS`; of each block each column is written as one mode
byte and what the mode needs to give the values back. The encoding is injective, so two different tables cannot share one, and
it does not depend on threads, chunks, compression, library versions or how the rows were handed over.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

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
        self._waiting = _arrow(pl.DataFrame(schema=schema))
        self._rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Take further rows. Raises ValueError where the columns are not the declared ones."""
        if frame.schema != self._schema:
            raise ValueError("these rows do not have the columns that the digest was started with")
        for start in range(0, frame.height, BLOCK_ROWS):
            self.add_table(_arrow(frame.slice(start, BLOCK_ROWS)))

    def add_table(self, table: pa.Table) -> None:
        """Take further rows, as the Arrow table that polars makes of them. Raises ValueError as `add` does."""
        if table.schema != self._waiting.schema:
            raise ValueError("these rows do not have the columns that the digest was started with")
        rows = pa.concat_tables([self._waiting, table]) if self._waiting.num_rows else table
        whole = rows.num_rows - rows.num_rows % BLOCK_ROWS
        for start in range(0, whole, BLOCK_ROWS):
            self._add_block(rows.slice(start, BLOCK_ROWS))
        self._waiting = rows.slice(whole)

    def hexdigest(self) -> str:
        """The digest of all rows so far. Nothing can be added afterwards."""
        if self._waiting.num_rows:
            self._add_block(self._waiting)
            self._waiting = self._waiting.slice(0, 0)
        self._digest.update(b"rows" + self._rows.to_bytes(8, "little"))
        return self._digest.hexdigest()

    def _add_block(self, block: pa.Table) -> None:
        self._rows += block.num_rows
        self._digest.update(block.num_rows.to_bytes(4, "little"))
        for column in block.columns:
            _add_column(self._digest, column)


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


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


def _add_column(digest: hashlib._Hash, column: pa.ChunkedArray) -> None:
    if column.null_count == len(column):
        digest.update(_ALL_NULL)
        return
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if pa.types.is_large_string(array.type):
        _add_text(digest, array, _TEXTS)
        return
    integers = _scaled(array) if pa.types.is_decimal(array.type) else _integers(array)
    if integers is None:
        _add_text(digest, pl.Series(pl.from_arrow(array)).cast(pl.String).to_arrow(), _DECIMAL_TEXTS)
    else:
        digest.update(_INTEGERS + (~_valid(array)).tobytes())
        digest.update(integers.astype("<i8", copy=False).tobytes())


def _valid(array: pa.Array) -> npt.NDArray[np.bool_]:
    if not array.null_count:
        return np.ones(len(array), dtype=np.bool_)
    marks: npt.NDArray[np.bool_] = array.is_valid().to_numpy(zero_copy_only=False)
    return marks


def _integers(array: pa.Array) -> npt.NDArray[np.int64]:
    """Whole numbers, times and booleans as 64 bits; 0 where null."""
    series = pl.Series(pl.from_arrow(array))
    integers = series.to_physical().cast(pl.Int64, wrap_numerical=series.dtype == pl.UInt64)
    return integers.fill_null(0).to_numpy()


def _scaled(array: pa.Array) -> npt.NDArray[np.int64] | None:
    """The scaled values of decimals, 0 where null; None where one does not fit 64 bits."""
    words = np.frombuffer(array.buffers()[1], "<i8", 2 * len(array), 16 * array.offset).reshape(-1, 2)
    low, high = words[:, 0], words[:, 1]
    if array.null_count:
        valid = _valid(array)
        low, high = np.where(valid, low, 0), np.where(valid, high, 0)
    return low if (high == low >> 63).all() else None


def _add_text(digest: hashlib._Hash, array: pa.LargeStringArray, mode: bytes) -> None:
    if mode == _TEXTS and not array.null_count and _is_one_text(*_text(array)):
        text = array[0].as_buffer().to_pybytes()
        digest.update(_ONE_TEXT + len(text).to_bytes(4, "little") + text)
        return
    lengths, joined = _text(array)
    marked = lengths.astype("<u4")
    if array.null_count:
        absent = ~_valid(array)
        if lengths[absent].any():  # bytes behind a null, which are nobody's
            joined = _text(array.drop_null())[1]
        marked[absent] = _NULL_LENGTH
    digest.update(mode + marked.tobytes())
    digest.update(joined)


def _text(array: pa.LargeStringArray) -> tuple[npt.NDArray[np.int64], memoryview]:
    """The length of each text in bytes, and the bytes of all. A null has a length too, which is nearly always 0."""
    _, places, data = array.buffers()
    offsets = np.frombuffer(places, np.int64, len(array) + 1, 8 * array.offset)
    return np.diff(offsets), memoryview(data or b"")[offsets[0] : offsets[-1]]


def _is_one_text(lengths: npt.NDArray[np.int64], joined: memoryview) -> bool:
    if (lengths != lengths[0]).any():
        return False
    texts = np.frombuffer(joined, np.uint8).reshape(len(lengths), lengths[0])
    # The last text first: most columns that are not one text are told by it alone.
    return bool((texts[-1] == texts[0]).all() and (texts == texts[0]).all())
