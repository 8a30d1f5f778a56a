"""Ways to spoil tables while their form stays whole: cells of delimited text, members of JSON objects, columns of Parquet."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Change = tuple[int, int, bytes, int]

NDJSON = b"""{"reference":"T1","occurred_at":"2024-05-01","channel":"transfer","amount":"1","currency":"EUR","from_account":"A"}
{"reference":"T2","occurred_at":"2024-05-01","channel":"transfer","amount":1.25,"currency":"EUR","to_account":"B\\u00e9"}
{"reference":3,"occurred_at":"2024-05-01","channel":"card","amount":"1","currency":"EUR","from_account":"A","x":null}
"""
VALUES = [
    *("", " ", "0", "-0", "-1", "+1", "00012.50", "1.", ".5", "1,5", "1.2345", "1.23456", "9" * 18, "9" * 19, "1" * 60, "1e999", "1e-9"),
    *("NaN", "inf", "٣", "１２", "²", "1_000", "0x10", "2024-02-30", "0000-01-01", "9999-12-31T23:59:59Z", "2024-05-01T24:00:00Z"),
    *("2024-05-01T10:00:00", "2024-05-01T10:00:60Z", "2024-05-01t10:00:00.123456789+14:00", "2024-05-01 10:00:00-23:59", "1969-12-31"),
    *("XXX", "XTS", "eur", "EUR ", "transfer", "cash_deposit", "T1", "A|B", "=1+1", "@x", "'", "\u202e", "\ufeff", "e\u0301", "😀", "\x85"),
    *("\x7f", "x" * 200, "x" * 70_000, "é" * 128, "null", "true", "DE89370400440532013000", "+22376000001", "\u00a0", "\u2028"),
]  # fmt: skip
"""What stands in cells where people and programs err."""
_LITERALS = [
    *("null", "true", "1e999", "-0", "1E+2", "0.1000000000000000055511151231257827", "1" * 400, "[]", "{}", '[1,{"a":[2]}]', "NaN", "01"),
    *('"\\ud800"', '"\\u0000"', '"\\n"', '"\\"', "'x'", "[" * 2_000, '{"a":' * 2_000, '"x","amount":"2"', '"x","":1', "-"),
]  # fmt: skip


def cells_changed(data: bytes, changes: list[Change]) -> bytes:
    """Delimited text with other cells, lines left out, said twice or in another place."""
    delimiter = b";" if data.count(b";") > data.count(b",") else b","
    lines = data.split(b"\n")
    for place, deed, _, origin in changes:
        at, other = 1 + place % max(len(lines) - 1, 1), origin % len(lines)
        if at >= len(lines):
            break
        if deed % 6 == 0:
            lines[at : at + 1] = [lines[at], lines[other]]
        elif deed % 6 == 1 and len(lines) > 2:
            del lines[at]
        else:
            cells = lines[at].split(delimiter)
            value = VALUES[origin % len(VALUES)].encode()
            quoted = b'"' + value.replace(b'"', b'""') + b'"'
            cells[place % len(cells)] = quoted if deed % 2 else value
            lines[at] = delimiter.join(cells)
    return b"\n".join(lines)


def members_changed(data: bytes, changes: list[Change]) -> bytes:
    """Lines of JSON with other values, members more or fewer, and literals that are no JSON."""
    lines = data.split(b"\n")
    for place, deed, piece, origin in changes:
        at = place % len(lines)
        members = lines[at].split(b",")
        one = origin % len(members)
        key, colon, _ = members[one].partition(b":")
        if deed % 5 == 0:
            del members[one]
        elif deed % 5 == 1:
            members.append(members[one])
        elif deed % 5 == 2:
            members[one] = key + colon + b'"' + VALUES[(place + origin) % len(VALUES)].encode() + b'"'
        elif deed % 5 == 3:
            members[one] = key + colon + _LITERALS[(place + origin) % len(_LITERALS)].encode()
        else:
            members[one] = piece + members[one]
        lines[at] = b",".join(members)
    return b"\n".join(lines)


_MOMENT = datetime(2024, 5, 1, 10, tzinfo=UTC)
_TIMES = 8
_TABLE = pa.table(
    {
        "reference": ["T1", "T2", "T3", "T1"],
        "occurred_at": pa.array([_MOMENT] * 4, pa.timestamp("us", "UTC")),
        "channel": pa.array(["transfer"] * 4).dictionary_encode(),
        "amount": pa.array([Decimal("1.50"), Decimal("2.25"), Decimal("3.00"), Decimal("1.50")], pa.decimal128(10, 2)),
        "currency": ["EUR"] * 4,
        "from_account": ["A", "A", None, "A"],
        "to_account": ["B", None, "B", "B"],
    }
)
TABLE = pa.concat_tables(
    _TABLE.set_column(0, "reference", pa.array([f"T{n}-1", f"T{n}-2", f"T{n}-3", "T1"])) for n in range(_TIMES)
).combine_chunks()
_COLUMNS: list[Any] = [
    *(lambda value: pa.array([value, None, value, ""]), lambda value: pa.array([value.encode()] * 4, pa.binary())),
    *(lambda _: pa.array([1.5, float("nan"), float("inf"), None]), lambda _: pa.array([2**63 - 1, -1, 0, None])),
    lambda _: pa.array([None] * 4),
    *(lambda _: pa.array([True, False, None, True]), lambda _: pa.array([[1], None, [], [2]]), lambda _: pa.array([{"a": 1}] * 4)),
    lambda _: pa.array([Decimal("9" * 38), Decimal(0), Decimal(-1), None], pa.decimal128(38, 0)),
    lambda _: pa.array([Decimal("0." + "1" * 30)] * 4, pa.decimal128(38, 30)),
    lambda _: pa.array([Decimal("9" * 60)] * 4, pa.decimal256(70, 4)),
    lambda _: pa.array([1, 2**62, -(2**62), None], pa.timestamp("ms")),
    lambda _: pa.array([1, 2**62, 0, None], pa.timestamp("us", "UTC")),
    lambda _: pa.array([1, 2**62, -(2**62), None], pa.timestamp("ns", "Africa/Bamako")),
    lambda _: pa.array([0, -(2**31), 2**31 - 1, None], pa.date32()),
    *(lambda _: pa.array([1] * 4, pa.duration("s")), lambda _: pa.array([1] * 4, pa.time64("us"))),
    lambda _: pa.array([2**64 - 1] * 4, pa.uint64()),
    *(lambda value: pa.array([value] * 4, pa.large_string()), lambda value: pa.array([value, None, value, "B"]).dictionary_encode()),
    *(lambda value: pa.array([value] * 4, pa.string_view()), lambda _: pa.array([1.5, 2.5, 3.5, None], pa.float32()).cast(pa.float16())),
]  # fmt: skip


def typed_columns(data: bytes, changes: list[Change]) -> bytes:
    """Parquet with columns of other types and values, renamed, left out or said twice, and its rows in groups of one or none."""
    table = pq.read_table(io.BytesIO(data))
    group = 32
    for place, deed, _, origin in changes:
        at = place % table.num_columns
        name = table.column_names[at]
        if deed % 16 == 0 and table.num_columns > 1:
            table = table.remove_column(at)
        elif deed % 16 == 1:
            table = table.append_column(table.column_names[origin % table.num_columns], table.column(at))
        elif deed % 16 == 2:
            table = table.rename_columns(
                [*table.column_names[:at], VALUES[origin % len(VALUES)], *table.column_names[at + 1 :]]
            )
        elif deed % 16 == 3:
            table, group = table.slice(0, origin % 33), 1
        elif deed % 16 < 11:
            column = table.column(at)
            texts = pa.types.is_string(column.type)
            cells = column.to_pylist() if texts else [VALUES[origin % len(VALUES)]] * table.num_rows
            cells[origin % 32 : origin % 32 + 1] = [VALUES[place % len(VALUES)]] * (origin % 32 < len(cells))
            table = table.set_column(at, name, pa.array(cells, pa.string()))
        else:
            made = _COLUMNS[origin % len(_COLUMNS)](VALUES[place % len(VALUES)])
            table = table.set_column(at, name, pa.chunked_array([made] * _TIMES).slice(0, table.num_rows))
    return written(table, group)


def written(table: pa.Table, group: int = 32) -> bytes:
    """The bytes of a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(
        table, sink, row_group_size=max(group, 1), compression="zstd" if group == 1 else "none", use_dictionary=False
    )
    return sink.getvalue()
