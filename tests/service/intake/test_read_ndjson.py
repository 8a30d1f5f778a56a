"""NDJSON: values by their text, never through a float; every line answered for; the same rows as CSV give the same segment."""

from __future__ import annotations

import json
from typing import Any

import pytest

GOOD = {
    "reference": "T1",
    "occurred_at": "2024-05-01T10:00:00Z",
    "channel": "transfer",
    "amount": "10.50",
    "currency": "EUR",
    "from_account": "A-1",
    "to_account": "B-2",
}


def line(**change: Any) -> str:
    return json.dumps({key: value for key, value in (GOOD | change).items() if value is not ...}, ensure_ascii=False)


def test_the_same_rows_as_csv_give_the_same_digest_whatever_the_order_of_keys_and_the_spacing(reading: Any) -> None:
    head = ",".join(GOOD)
    csv = reading(f"{head}\n{','.join(GOOD.values())}\nT2,2024-05-01,card,7,XOF,A,\n")
    turned = dict(reversed(GOOD.items()))
    second = {
        "reference": "T2",
        "occurred_at": "2024-05-01",
        "channel": "card",
        "amount": 7,
        "currency": "XOF",
        "from_account": "A",
    }
    first = json.dumps(turned, separators=(" ,  ", " :\t"))
    ndjson = reading(f" {first} \r\n{json.dumps(second)}")
    assert ndjson.counts == (2, 2, 0, 0)
    assert ndjson.result["format"] == "ndjson"
    assert ndjson.digest == csv.digest
    assert sorted(ndjson.lines) == [1, 2]


def test_escapes_are_read_and_take_the_same_way_as_plain_text(reading: Any) -> None:
    plain = reading(line(from_name="Kon\u00e9 \U0001f600 / x") + "\n")
    escaped = reading(line().replace("}", ', "from_name": "Kon\\u00e9 \\ud83d\\ude00 \\/ x"}') + "\n")
    assert plain.digest == escaped.digest
    assert plain.rows["from_name"].to_list() == ["Kon\u00e9 \U0001f600 / x"]


def test_numbers_are_taken_by_their_text(reading: Any) -> None:
    numbers = [
        "0.10",
        "123456789012345678.99",
        "10.500",
        "1e3",
        "1E2",
        "1e999",
        "-1",
        "10.505",
        "01",
        "NaN",
        "Infinity",
    ]
    lines = [line(reference=f"T{n}").replace('"10.50"', number) for n, number in enumerate(numbers)]
    found = reading("\n".join(lines))
    assert found.codes == [
        (4, "amount", "not_a_number"),
        (5, "amount", "not_a_number"),
        (6, "amount", "not_a_number"),
        (7, "amount", "not_positive"),
        (8, "amount", "too_many_decimals"),
        (9, None, "not_json"),
        (10, None, "not_json"),
        (11, None, "not_json"),
    ]
    assert [str(amount) for amount in found.rows.sort("reference")["amount"]] == [
        "0.1000",
        "123456789012345678.9900",
        "10.5000",
    ]


@pytest.mark.parametrize("block_bytes", [1, 100, 1 << 20])
def test_each_kind_of_bad_line_is_told(reading: Any, block_bytes: int) -> None:
    bad = [
        "",
        "{",
        line()[:-1],
        "[1]",
        '"text"',
        "null",
        line().replace('"T1"', '"T1", "reference": "T2"'),
        line(amount=True),
        line(purpose={"a": 1}),
        line(purpose=[1]),
        line().replace('"A-1"', '"\\ud800"'),
        line().replace('"A-1"', '"\\u0000"'),
        line().replace("A-1", "A\t1"),
        "[" * 100_000,
        line(reference=None),
        line(amount=...),
        line().replace('"T1"', '"T1", "": 7'),
        line(reference="ok2", unknown="kept"),
    ]
    data = line(reference="ok1").encode() + b"\n" + "\n".join(bad).encode() + b'\n{"a": "\xff"}\n'
    found = reading(data, block_bytes=block_bytes)
    assert found.codes == [
        (2, None, "blank_line"),
        (3, None, "not_json"),
        (4, None, "not_json"),
        (5, None, "not_an_object"),
        (6, None, "not_an_object"),
        (7, None, "not_an_object"),
        (8, "reference", "duplicate_key"),
        (9, "amount", "wrong_type"),
        (10, "purpose", "wrong_type"),
        (11, "purpose", "wrong_type"),
        (12, "from_account", "not_utf8"),
        (13, "from_account", "control_character"),
        (14, None, "not_json"),
        (15, None, "not_json"),
        (16, "reference", "missing"),
        (17, "amount", "missing"),
        (18, None, "unnamed_key"),
        (20, None, "not_utf8"),
    ]
    assert found.counts == (20, 2, 0, 18)
    assert found.result["extra_columns"] == ["unknown"]
    assert found.rows.sort("reference")["extra"].to_list() == [None, '{"unknown":"kept"}']


def test_many_layouts_in_one_file_are_all_read(reading: Any) -> None:
    lines = [line(reference=f"T{n}", **{f"own{n}": n}) for n in range(40)]
    found = reading("\n".join(lines))
    assert found.counts == (40, 40, 0, 0)
    assert found.rows.filter(found.rows["reference"] == "T17")["extra"].to_list() == ['{"own17":"17"}']


def test_objects_with_endlessly_many_keys_refuse_the_file(reading: Any) -> None:
    lines = [line(reference=f"T{n}", **{f"own{n}": n}) for n in range(600)]
    assert "different keys" in reading("\n".join(lines)).result["refusal"]["why"]


def test_a_mapping_reads_ndjson_and_a_key_that_is_nowhere_is_missing(reading: Any) -> None:
    mapping = {
        "name": "m",
        "columns": {"reference": "id", "amount": "sum", "to_account": "to", "occurred_at": "at"},
        "constants": {"currency": "EUR", "channel": "card"},
        "drop": ["label"],
    }
    found = reading(
        '{"id":1,"sum":"5","to":"x","at":"2024-01-01","label":1}\n{"id":2,"sum":"5","to":"x"}', mapping=mapping
    )
    assert found.counts == (2, 1, 0, 1)
    assert found.codes == [(2, "at", "missing")]
    assert found.result["extra_columns"] == []


@pytest.mark.parametrize("block_bytes", [1, 1 << 20])
def test_only_lines_that_are_read_name_unknown_columns_whatever_the_blocks(reading: Any, block_bytes: int) -> None:
    bad = [f'{{"reference": "B{number}", "odd{number}": 1e5}}' for number in range(12)]
    escaped = line(reference="T2").replace('"A-1"', '"\\u0041-1", "kept": "x"')
    found = reading("\n".join([*bad, line(), escaped]), block_bytes=block_bytes)
    assert found.counts == (14, 2, 0, 12)
    assert found.lines == [13, 14]
    assert found.result["extra_columns"] == ["kept"]
