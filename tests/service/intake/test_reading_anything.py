"""Whatever the bytes, the rows are accounted for, nothing crashes, and the size of the blocks does not show."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from service.intake.jobs import read

HEAD = b"reference,occurred_at,channel,amount,currency,from_account,to_account,purpose\n"
CSV = (
    HEAD
    + b"""T1,2024-05-01,transfer,1.50,EUR,A,B,plain
T2,2024-05-01T10:00:00Z,card,2,EUR,A,,"quoted, with ""quotes"" and
a line break"
T3,2024-05-02T10:00:00+02:00,cash_deposit,3,XOF,,"B",K\xc3\xb6ln
T1,2024-05-01,transfer,1.50,EUR,A,B,plain
T4,2024-05-01,transfer,4,EUR,A,B,"two
more

breaks"
T5,2024-05-03,transfer,5,EUR,A,B,
"""
)
NDJSON = b"""{"reference":"T1","occurred_at":"2024-05-01","channel":"transfer","amount":"1","currency":"EUR","from_account":"A"}
{"reference":"T2","occurred_at":"2024-05-01","channel":"transfer","amount":1.25,"currency":"EUR","to_account":"B\\u00e9"}
{"reference":3,"occurred_at":"2024-05-01","channel":"card","amount":"1","currency":"EUR","from_account":"A","x":null}
"""
_pieces = st.sampled_from(
    [
        b'"',
        b'""',
        b"\n",
        b"\r",
        b"\r\n",
        b",",
        b";",
        b"\x00",
        b"\x1e",
        b"\xff",
        b" ",
        b"e",
        b"\xc2\x85",
        b"\xef\xbb\xbf",
        b"{",
        b"}",
        b"\\",
    ]
)
_change = st.tuples(st.integers(0, 10_000), st.integers(0, 6), st.one_of(_pieces, st.binary(max_size=3)))
_changes = st.lists(_change, max_size=6)


def mutated(data: bytes, changes: list[tuple[int, int, bytes]], keep: int) -> bytes:
    for at, length, piece in changes:
        place = keep + at % (len(data) - keep + 1)
        data = data[:place] + piece + data[place + length :]
    return data


def run(data: bytes, block_bytes: int) -> tuple[dict[str, Any], pl.DataFrame | None]:
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "original"
        original.write_bytes(data)
        payload = {
            "original": str(original),
            "institution": "BANK",
            "received_at": "2026-01-01T00:00:00Z",
            "out": folder,
            "max_reject_per_mille": 999,
            "block_bytes": block_bytes,
        }
        found = read(payload, lambda _: None)
        rejects = pl.read_parquet(found["rejects"]) if found["rejects"] else None
    for name in ("segment", "lines", "rejects", "duplicates_file"):
        found.pop(name)
    return found, rejects


def check(data: bytes, block_bytes: int) -> None:
    found, rejects = run(data, block_bytes)
    assert found["rows"] == found["accepted"] + found["duplicates"] + found["rejected"]
    if rejects is not None:
        assert rejects["line"].n_unique() == found["faulty"]
        assert rejects.null_count().select("line", "code", "reason", "remedy").row(0) == (0, 0, 0, 0)
    whole, same = run(data, 1 << 20)
    assert found == whole
    assert (rejects is None and same is None) or (rejects is not None and same is not None and rejects.equals(same))


_settings = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@_settings
@example([(CSV.index(b"T2") - len(HEAD), 0, b"\xef\xbb\xbf")], 1)
@given(_changes, st.integers(1, 400))
def test_mutations_of_a_csv_keep_the_account_and_never_crash(changes: list[tuple[int, int, bytes]], block: int) -> None:
    check(mutated(CSV, changes, len(HEAD)), block)


@_settings
@given(_changes, st.integers(1, 400))
def test_mutations_of_ndjson_keep_the_account_and_never_crash(
    changes: list[tuple[int, int, bytes]], block: int
) -> None:
    check(mutated(NDJSON, changes, 1), block)


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=200), st.integers(1, 100))
def test_any_bytes_at_all_are_answered(data: bytes, block: int) -> None:
    check(data, block)
    check(HEAD + data, block)
