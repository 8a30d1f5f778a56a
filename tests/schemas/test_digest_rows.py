"""The digest of rows names a table: equal tables share it, and no two different ones do."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.digest_rows import BLOCK_ROWS, RowDigest, digest_rows

_SCHEMA = {"a": pl.String(), "b": pl.Decimal(24, 4), "c": pl.Int16(), "d": pl.Datetime("us"), "e": pl.String()}
_texts = st.one_of(st.none(), st.text("ab\u00e9", max_size=3))
_rows = st.tuples(
    _texts,
    st.one_of(st.none(), st.sampled_from([Decimal("0.0001"), Decimal("1"), Decimal("12345678901234567890.1234")])),
    st.one_of(st.none(), st.integers(-800, 800)),
    st.one_of(st.none(), st.just(datetime(2024, 1, 1)), st.just(datetime(1999, 1, 1))),
    _texts,
)


def _frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


@settings(deadline=None, max_examples=200)
@given(st.lists(_rows, max_size=4), st.lists(_rows, max_size=4))
def test_two_tables_share_a_digest_only_when_they_are_equal(one: list, other: list) -> None:
    assert (digest_rows(_frame(one)) == digest_rows(_frame(other))) == (one == other)


def test_how_the_rows_are_handed_over_does_not_matter() -> None:
    frame = pl.DataFrame({"n": range(BLOCK_ROWS * 2 + 17)}).with_columns(t=pl.col("n").cast(pl.String))
    digest = RowDigest(frame.schema)
    for start in range(0, frame.height, 9_973):
        digest.add(frame.slice(start, 9_973))
    assert digest.hexdigest() == digest_rows(frame) == digest_rows(frame.rechunk())


def test_rows_as_arrow_in_any_pieces_have_the_same_digest() -> None:
    rows = [
        ("x", Decimal("-1.5"), 60, None, None),
        (None, None, None, datetime(1969, 1, 1), "\u00e9"),
        ("", None, -1, None, "b"),
    ]
    frame = pl.concat([_frame(rows[:2]), _frame(rows[2:])])
    digest = RowDigest(frame.schema)
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    digest.add_table(table.slice(0, 1))
    digest.add_table(table.slice(1))
    assert digest.hexdigest() == digest_rows(frame)
    with pytest.raises(ValueError, match="columns"):
        RowDigest(frame.schema).add_table(table.select(["a"]))


def test_texts_that_run_together_differ_and_null_is_not_the_empty_text() -> None:
    column = [["ab", "c"], ["a", "bc"], ["", "abc"], [None, "abc"], ["abc", None]]
    assert len({digest_rows(pl.DataFrame({"x": texts})) for texts in column}) == len(column)


def test_column_names_types_and_empty_tables_count() -> None:
    frames = [
        pl.DataFrame(schema={"x": pl.Int64}),
        pl.DataFrame(schema={"y": pl.Int64}),
        pl.DataFrame(schema={"x": pl.Int32}),
        pl.DataFrame({"x": [0]}),
        pl.DataFrame({"x": [None]}, schema={"x": pl.Int64}),
        pl.DataFrame({"x": [None, None]}, schema={"x": pl.Int64}),
    ]
    assert len({digest_rows(frame) for frame in frames}) == len(frames)


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        digest_rows(pl.DataFrame({"x": [0.1]}))


def test_the_digest_of_a_known_table_stays_what_it_is() -> None:
    frame = _frame([("x", Decimal("1.5"), 60, datetime(2024, 1, 1), None)])
    assert digest_rows(frame) == "f60056663d035cc98cd5270fd231505fee5fc058697d866f9993864a57c8b513"


def test_bytes_that_lie_behind_a_null_do_not_count() -> None:
    places = pa.py_buffer(np.array([0, 1, 5, 7], dtype=np.int64))
    with_rest = pa.LargeStringArray.from_buffers(3, places, pa.py_buffer(b"arestbc"), pa.py_buffer(b"\x05"))
    assert with_rest.to_pylist() == ["a", None, "bc"]
    digest = RowDigest(pl.Schema({"text": pl.String}))
    digest.add_table(pa.table({"text": with_rest}))
    assert digest.hexdigest() == digest_rows(pl.DataFrame({"text": ["a", None, "bc"]}))
