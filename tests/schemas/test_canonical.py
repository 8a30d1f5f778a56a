"""Canonical JSON: one value, one sequence of bytes, equal to the reference implementation; and nothing inexact gets in or out."""

from __future__ import annotations

import hashlib
from collections import namedtuple
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import (
    MAX_INTEGER,
    canonical_json,
    digest_file,
    digest_json,
    parse_canonical,
    parse_json,
    sha256,
    written,
)
from schemas.errors import IntegrityError

INTEGERS = st.integers(-MAX_INTEGER, MAX_INTEGER)
SCALARS = st.none() | st.booleans() | INTEGERS | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(VALUES)
def test_the_bytes_are_those_of_the_reference_implementation(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_is_written_is_read_back_as_it_was(value: Any) -> None:
    assert parse_canonical(canonical_json(value)) == value
    assert parse_json(canonical_json(value)) == value


@given(VALUES, st.dictionaries(st.text(st.characters(max_codepoint=127)), VALUES))
def test_a_part_that_is_written_before_stands_for_its_value(part: Any, around: dict[str, Any]) -> None:
    try:
        assert canonical_json(around | {"part": [written(part)]}) == canonical_json(around | {"part": [part]})
    except ValueError:
        assert not all(map(str.isascii, _keys(around)))


def test_every_character_is_written_as_the_reference_implementation_writes_it() -> None:
    everything = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000] + ["\U0001f600", "\U0010ffff"]
    assert canonical_json(everything) == rfc8785.dumps(everything)


def test_keys_are_sorted_by_utf_16_units_and_not_by_code_points() -> None:
    assert canonical_json({"\uffff": 1, "\U0001f600": 2, "a": [{"\uffff": 3, "\U0001f600": 4}]}) == (
        '{"a":[{"\U0001f600":4,"\uffff":3}],"\U0001f600":2,"\uffff":1}'.encode()
    )


def test_subclasses_of_json_types_are_written_as_what_they_are() -> None:
    class Colour(StrEnum):
        RED = "red"

    class Size(IntEnum):
        BIG = 3

    pair = namedtuple("pair", "left right")
    value = {"colour": Colour.RED, "size": Size.BIG, "pair": pair(1, "b"), "tuple": (1, (2,))}
    assert canonical_json(value) == b'{"colour":"red","pair":[1,"b"],"size":3,"tuple":[1,[2]]}'


@pytest.mark.parametrize(
    "value", [1.0, [0.5], {"a": {"b": float("nan")}}, b"bytes", {1: 2}, {None: 1}, {1, 2}, object()]
)
def test_what_has_no_canonical_form_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("value", [["é", {"é": 1.5}], {"é": 1, "a": [1.5]}, [{"é": 1}, 1.5]])
def test_a_float_is_found_also_after_a_key_that_is_not_ascii(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), [2**70], "\ud800", {"a": "\udfff"}, {"\ud800": 1}, {"é": "\ud800"}])
def test_what_a_reader_could_not_keep_exactly_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_json(value)


def test_nesting_beyond_what_a_reader_follows_is_refused_both_ways() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested"):
        canonical_json(deep)
    with pytest.raises(IntegrityError):
        parse_json(b"[" * 100_000 + b"]" * 100_000)


def test_moderate_nesting_is_fine() -> None:
    assert parse_canonical(b"[" * 300 + b"]" * 300)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"x":{"a":1,"a":2}}',
        b"1.0",
        b"1e3",
        b"NaN",
        b"-Infinity",
        b"-0",
        b"9007199254740992",
        b"-9007199254740992",
        b"9" * 10_000,
        b"01",
        b'"\\ud800"',
        b'{"\\udfff":1}',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b'\xff\xfe"\x00a\x00"\x00',
        b'"a\nb"',
        b"[1,]",
        b"{} {}",
        b"",
    ],
)
def test_what_cannot_have_been_written_is_refused_when_read(text: bytes) -> None:
    with pytest.raises(IntegrityError):
        parse_json(text)


@pytest.mark.parametrize(
    "text", [b' {"a": 1}', b'{"b":1,"a":2}', b'"\\u0041"', b"[1, 2]", b"1\n", b'"\\/"', b'"\\u001F"']
)
def test_another_way_to_write_a_value_is_parsed_but_is_not_canonical(text: bytes) -> None:
    parse_json(text)
    with pytest.raises(IntegrityError, match="canonical form"):
        parse_canonical(text)


@given(st.binary(max_size=40) | st.text('[]{}",:0123456789-.eE\\u \n ntrfals').map(str.encode))
def test_any_bytes_are_parsed_or_refused_and_nothing_else_happens(data: bytes) -> None:
    try:
        value = parse_json(data)
    except IntegrityError:
        return
    assert parse_json(canonical_json(value)) == value


def test_digests_are_sha_256_in_lower_case_hexadecimal(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    expected = hashlib.sha256(b"abc").hexdigest()
    assert sha256(b"abc") == digest_file(path) == expected
    assert digest_json({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


def _keys(value: Any) -> list[str]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*(value if isinstance(value, dict) else ()), *(key for each in inside for key in _keys(each))]
