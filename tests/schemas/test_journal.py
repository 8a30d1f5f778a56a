"""The form of the journal, against published and hand-made values: what is written today must be readable in ten years."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.journal import (
    GENESIS,
    Entry,
    Kept,
    commitment,
    entries_file,
    head_note,
    leaf_hash,
    parse_head_note,
    payloads_file,
)

FIELDS: dict[str, Any] = {
    "seq": 0,
    "type": "house.opened",
    "at": "2025-03-01T08:00:00.000000Z",
    "actor": "operator",
    "role": "admin",
    "session": "",
    "object": "",
    "purpose": "Ségou",
    "commit": "ab" * 32,
    "prev": GENESIS,
}


def test_the_line_of_an_entry_never_changes() -> None:
    expected = (
        '{"actor":"operator","at":"2025-03-01T08:00:00.000000Z","commit":"' + "ab" * 32 + '","object":"","prev":"'
        + "0" * 64 + '","purpose":"Ségou","role":"admin","seq":0,"session":"","type":"house.opened","v":1}'
    )  # fmt: skip
    assert Entry(**FIELDS).line() == expected.encode()


def test_the_hash_of_an_entry_is_the_leaf_hash_of_rfc_6962() -> None:
    assert leaf_hash(b"") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456") == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"


def test_a_commitment_is_over_the_bytes_of_the_salt_and_the_canonical_payload() -> None:
    salt = bytes(range(32))
    expected = hashlib.sha256(salt + b'{"a":[1,"x"],"b":null}').hexdigest()
    assert commitment(salt.hex(), {"b": None, "a": [1, "x"]}) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("v", "1"),
        ("seq", -1),
        ("seq", "0"),
        ("seq", True),
        ("type", "batch.deleted"),
        ("at", "2025-03-01T08:00:00Z"),
        ("at", "2025-03-01T08:00:00.000000+00:00"),
        ("at", "2025-03-01 08:00:00.000000Z"),
        ("at", "٢025-03-01T08:00:00.000000Z"),
        ("at", "2025-03-01T08:00:00.000000Z\n"),
        ("actor", None),
        ("actor", 7),
        ("commit", "AB" * 32),
        ("commit", "ab" * 31),
        ("prev", "0" * 65),
        ("prev", "0" * 64 + "\n"),
        ("surplus", "x"),
    ],
)
def test_an_entry_in_another_form_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Entry.model_validate(FIELDS | {field: value})


@pytest.mark.parametrize("field", FIELDS)
def test_an_entry_that_lacks_a_field_is_refused(field: str) -> None:
    with pytest.raises(ValidationError):
        Entry.model_validate({name: value for name, value in FIELDS.items() if name != field})


def test_a_payload_line_holds_payload_and_salt_or_neither() -> None:
    assert Kept(seq=3, salt="5a" * 32, payload={}).line() == b'{"payload":{},"salt":"' + b"5a" * 32 + b'","seq":3}'
    assert Kept(seq=3, salt=None, payload=None).line() == b'{"payload":null,"salt":null,"seq":3}'
    for half in (
        {"salt": "5a" * 32, "payload": None},
        {"salt": None, "payload": {}},
        {"salt": "5A" * 32, "payload": {}},
    ):
        with pytest.raises(ValidationError):
            Kept.model_validate({"seq": 3} | half)


def test_a_file_is_named_after_its_first_entry() -> None:
    assert [entries_file(seq) for seq in (0, 9_999, 10_000)] == [
        "000000000.ndjson",
        "000000000.ndjson",
        "000010000.ndjson",
    ]
    assert payloads_file(123_456) == "000120000.payloads.ndjson"


@given(st.integers(0, 10**12 - 1), st.binary(min_size=32, max_size=32))
def test_a_note_of_the_head_has_one_length_and_is_read_back(size: int, digest: bytes) -> None:
    note = head_note(size, digest.hex())
    assert len(note) == 78
    assert parse_head_note(note) == (size, digest.hex())


@pytest.mark.parametrize(
    "data", [b"", b"0 ", head_note(1, GENESIS)[:-1], head_note(1, GENESIS) + b"\n", head_note(1, "A" * 64)]
)
def test_a_note_in_another_form_tells_nothing(data: bytes) -> None:
    assert parse_head_note(data) is None
