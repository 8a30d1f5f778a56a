"""Parquet: typed columns become the text that the canonical format asks for, exactly; a slice of rows at a time.

Binary floating point is taken only where the mapping rounds it, and by its shortest decimal text.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.transaction import MONEY_SCALE
from service.intake.readers.block import LINE, Block, Source, Wanted, refuse, require_columns
from service.intake.readers.csv import without_large_cells

SLICE_ROWS = 262_144
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""The first day of the year 1 and the last of 9999, counted from 1970: what a date can be written of."""
_LEAST = -(2**63)
_A_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def open_parquet(path: Path, wanted: Wanted) -> Source:
    """Read the schema. Raises SubmissionRefused where the file is broken or a column has a type that is not exact."""
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refuse("the file begins as Parquet but is broken", "Write it again and send the whole file.") from error
    names = list(schema.names)
    require_columns(names, wanted)
    kept = tuple(name for name in names if name not in wanted.dropped)
    for name in kept:
        _check_type(name, schema.field(name).type, wanted)

    def blocks() -> Iterator[Block]:
        yield from _blocks(path, kept, rows)

    return Source("parquet", blocks, columns=kept)


def _check_type(name: str, kind: pa.DataType, wanted: Wanted) -> None:
    if pa.types.is_floating(kind) and name in wanted.known and name not in wanted.rounded:
        raise refuse(
            f"the column {name} holds binary floating point, which cannot hold amounts exactly",
            "Write the column as decimal or text, or submit with a mapping that has [rounding].",
            where=name,
        )
    plain = (
        pa.types.is_floating, pa.types.is_integer, pa.types.is_boolean, pa.types.is_date, pa.types.is_timestamp,
        pa.types.is_decimal, pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null,
    )  # fmt: skip
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if not any(test(kind) for test in plain):
        raise refuse(f"the column {name} has the type {kind}", "Write it as text.", where=name)


def _blocks(path: Path, names: tuple[str, ...], rows: int) -> Iterator[Block]:
    for first in range(0, rows, SLICE_ROWS):
        try:
            frame = pl.scan_parquet(str(path), glob=False).slice(first, SLICE_ROWS).select(names).collect()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise refuse(
                "the file is Parquet but cannot be read to its end", "Write it again and send the whole file."
            ) from error
        if frame.height != min(SLICE_ROWS, rows - first):
            raise refuse("the file does not hold as many rows as it says", "Write it again and send the whole file.")
        text = frame.select(_as_text(frame[name]) for name in names)
        numbers = pl.int_range(first + 1, first + 1 + text.height, dtype=pl.Int64, eager=True).alias(LINE)
        kept, large = without_large_cells(text.with_columns(numbers), names)
        plain, trimmed = _look(kept, [name for name in names if not _is_typed(frame[name])])
        exact = {} if large.height else {name: frame[name] for name in names if _is_exact(frame[name])}
        yield Block(kept, text.height, large, plain=plain, trimmed=trimmed, exact=exact)


def _is_typed(series: pl.Series) -> bool:
    """Whether its values are no text, so that what is written of them is plain and trimmed."""
    return series.dtype.is_numeric() or series.dtype.is_temporal()


def _is_exact(series: pl.Series) -> bool:
    """Whether it holds times with a zone, dates, or numbers that the canonical format has room for, decimal by decimal."""
    kind = series.dtype
    if isinstance(kind, pl.Datetime):
        return kind.time_zone is not None and _written_days(series) is None
    if kind == pl.Date:
        return _written_days(series) is None
    if isinstance(kind, pl.Decimal):
        return kind.scale <= MONEY_SCALE
    return kind.is_integer()


def _look(frame: pl.DataFrame, names: list[str]) -> tuple[bool, bool]:
    """Whether all text is printable ASCII, and whether no value is empty or begins or ends with a space."""
    if not names:
        return True, True
    least, most = 127, 0
    for name in names:
        buffer = frame[name].to_arrow().buffers()[-1]
        codes = np.frombuffer(b"" if buffer is None else buffer, np.uint8)
        if len(codes):
            least, most = min(least, int(codes.min())), max(most, int(codes.max()))
    value = pl.col(names)
    edged = value.str.len_bytes() == 0
    if least <= 32:  # there is a space somewhere
        edged = edged | value.str.starts_with(" ") | value.str.ends_with(" ")
    return least >= 32 and most < 127, not frame.select(pl.any_horizontal(edged.any())).item()


def _written_days(series: pl.Series) -> pl.Series | None:
    """Which dates or times lie in the years 1 to 9999, where not all do: there is no text of others, and some would overflow."""
    day = _A_DAY[series.dtype.time_unit] if isinstance(series.dtype, pl.Datetime) else 1
    counted = series.to_physical().cast(pl.Int64)
    first, last = max(_FIRST_DAY * day, _LEAST), min((_LAST_DAY + 1) * day - 1, -_LEAST - 1)
    inside = counted.is_between(first, last).fill_null(value=True)
    return None if inside.all() else inside


def _as_text(series: pl.Series) -> pl.Series:
    kind = series.dtype
    if isinstance(kind, pl.Datetime | pl.Date) and (inside := _written_days(series)) is not None:
        unit = kind.time_unit if isinstance(kind, pl.Datetime) else "days"
        counted = series.to_physical().cast(pl.String) + f" {unit} from 1970"
        return _as_text(series.set(~inside, None)).zip_with(inside, counted).alias(series.name)
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            return _iso(series, "")
        return _iso(series.dt.convert_time_zone("UTC").dt.replace_time_zone(None), "Z")
    if kind == pl.Date:
        return series.dt.to_string("%Y-%m-%d")
    if kind in (pl.Float32, pl.Float64):
        return _shortest(series)
    return series.cast(pl.String)


def _iso(moment: pl.Series, suffix: str) -> pl.Series:
    """RFC 3339 text; nanoseconds stay visible, for the rules to refuse rather than for us to cut."""
    nanoseconds = moment.dt.nanosecond()
    text = moment.dt.to_string("%Y-%m-%dT%H:%M:%S" if (nanoseconds == 0).all() else "%Y-%m-%dT%H:%M:%S%.6f")
    finer = nanoseconds % 1000 != 0
    if finer.any():
        text = pl.select(pl.when(finer).then(moment.dt.to_string("%Y-%m-%dT%H:%M:%S%.9f")).otherwise(text))[:, 0]
    return text + suffix if suffix else text


def _shortest(series: pl.Series) -> pl.Series:
    """The shortest decimal text that gives each float back, without exponent."""
    text = series.cast(pl.String)
    powers = text.filter(text.str.contains("[0-9]e")).unique()
    plain = {power: format(Decimal(power), "f") for power in powers}
    return text.replace(plain) if plain else text
