"""What a text file is written in is found and told: which delimiter, which encoding, and how to say so in the mapping."""

from __future__ import annotations

import pytest

HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account,purpose\n"
ROW = "R-{0},2025-05-01,transfer,1.50,EUR,A,B,{1}\n"
MAPPED = {
    "name": "m",
    "columns": {
        name: name
        for name in (
            "reference",
            "occurred_at",
            "channel",
            "amount",
            "currency",
            "from_account",
            "to_account",
            "purpose",
        )
    },
}


def in_encoding(encoding: str) -> dict[str, object]:
    return MAPPED | {"format": {"encoding": encoding}}


@pytest.mark.parametrize(("delimiter", "spoken"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_the_delimiter_that_was_found_is_told(reading, delimiter, spoken):
    found = reading((HEADER + ROW.format(1, "x")).replace(",", delimiter))
    assert found.counts == (1, 1, 0, 0)
    assert found.result["notes"] == [f"read as UTF-8, values separated by {spoken}"]


def test_a_header_of_foreign_names_is_refused_with_the_delimiter_that_seems_to_stand_in_it(reading):
    refusal = reading("DATE;MONTANT;COMPTE\n2025-05-01;1,50;41\n").result["refusal"]
    assert "separated by semicolons, 2 of them" in refusal["why"]
    assert "[columns]" in refusal["remedy"]


def test_a_mapping_with_the_wrong_delimiter_is_told_the_one_that_stands_there(reading):
    text = (HEADER + ROW.format(1, "x")).replace(",", "\t")
    refusal = reading(text, mapping=MAPPED | {"format": {"delimiter": ";"}}).result["refusal"]
    assert "separated by tabs" in refusal["why"]
    assert 'delimiter = "\\t"' in refusal["remedy"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_named_and_read_once_the_mapping_says_it(reading, encoding):
    text = HEADER + ROW.format(1, "Köln") + ROW.format(2, "\U0001f30a")
    data = text.encode(encoding)
    refusal = reading(data).result["refusal"]
    assert "UTF-16" in refusal["why"]
    assert 'encoding = "utf-16"' in refusal["remedy"]
    for block_bytes in (1, 7, 1 << 20):
        found = reading(data, mapping=in_encoding("utf-16"), block_bytes=block_bytes)
        assert found.rows["purpose"].to_list() == ["Köln", "\U0001f30a"]


def test_half_a_character_of_utf16_is_one_rejected_line(reading):
    data = (HEADER + ROW.format(1, "x") + ROW.format(2, "y")).encode("utf-16-le")
    found = reading(data[:-3], mapping=in_encoding("utf-16"))
    assert found.counts == (2, 1, 0, 1)
    lone = (HEADER + ROW.format(1, "x") + ROW.format(2, "@@")).encode("utf-16-le").replace(b"@\0@\0", b"\x00\xd8@\0")
    assert reading(lone, mapping=in_encoding("utf-16")).codes == [(3, None, "not_utf8")]


def test_utf32_is_named_and_not_taken(reading):
    assert "UTF-32" in reading((HEADER + ROW.format(1, "x")).encode("utf-32")).result["refusal"]["why"]


def test_a_line_in_another_encoding_is_rejected_with_the_byte_and_how_it_would_read(reading):
    found = reading((HEADER + ROW.format(1, "x") + ROW.format(2, "Société")).encode("cp1252"))
    assert found.codes == [(3, None, "not_utf8")]
    assert "byte E9" in found.rejects["reason"][0]
    assert "which cp1252 reads as" in found.rejects["reason"][0]
    assert "Soci\u00e9t\u00e9" in found.rejects["reason"][0]
    assert 'encoding = "cp1252"' in found.rejects["remedy"][0]


def test_a_header_in_another_encoding_is_refused_with_the_same_words(reading):
    refusal = reading(("Société," + HEADER).encode("cp1252")).result["refusal"]
    assert "byte E9 at place 5, which cp1252 reads as 'Société" in refusal["why"]
    assert 'encoding = "cp1252"' in refusal["remedy"]


@pytest.mark.parametrize(
    ("encoding", "text"), [("cp1256", "شركة"), ("cp1251", "Река"), ("cp850", "Société"), ("iso-8859-15", "10 €")]
)
def test_encodings_of_other_regions_are_read_once_the_mapping_says_them(reading, encoding, text):
    data = (HEADER + ROW.format(1, text)).encode(encoding)
    found = reading(data, mapping=in_encoding(encoding))
    assert found.rows["purpose"][0] == text
    assert found.result["notes"] == [f"read as {encoding.upper()}, values separated by commas"]
