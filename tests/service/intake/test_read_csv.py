"""Canonical CSV: every physical line is accounted for, and one bad line never takes a good one with it."""

from __future__ import annotations

from random import Random
from typing import Any

import polars as pl
import pytest

GOOD = "T1,2024-05-01T10:00:00Z,transfer,10.50,EUR,A-1,B-2"
HEAD = "reference,occurred_at,channel,amount,currency,from_account,to_account"


def row(reference: str, **change: str) -> str:
    cells = dict(zip(HEAD.split(","), GOOD.split(","), strict=True)) | {"reference": reference} | change
    return ",".join(cells.values())


def text(*lines: str, head: str = HEAD) -> str:
    return "\n".join([head, *lines]) + "\n"


def test_good_rows_are_sealed_in_order_of_time_and_reference(reading: Any) -> None:
    found = reading(text(row("b"), row("a"), row("c", occurred_at="2024-04-01T00:00:00+02:00")))
    assert found.counts == (3, 3, 0, 0)
    assert found.rows["reference"].to_list() == ["c", "a", "b"]
    assert found.lines == [4, 3, 2]
    first = found.rows.row(0, named=True)
    assert (str(first["occurred_at"]), first["offset_minutes"], first["precision"]) == (
        "2024-03-31 22:00:00",
        120,
        "second",
    )
    assert (first["from_key"], first["to_key"], str(first["amount"])) == ("BANK|A-1", "BANK|B-2", "10.5000")


@pytest.mark.parametrize("block_bytes", [1, 7, 64, 1 << 20])
def test_each_kind_of_bad_line_is_told_and_the_lines_around_it_are_read(reading: Any, block_bytes: int) -> None:
    broken = [
        row("ok1"),
        "",
        "T,too,few",
        f"{GOOD},more",
        '"open,2024-05-01,transfer,1,EUR,A,B',
        row("ok2"),
        row("T5", from_account='a"b'),
        row("T\x00"),
        row("T6", to_account="tab\there"),
        row("ok3"),
    ]
    data = text(*broken).encode() + b"T\xff,2024-05-01,transfer,1,EUR,A,B\n" + row("ok4").encode()
    found = reading(data, block_bytes=block_bytes)
    assert found.codes == [
        (3, None, "blank_line"),
        (4, None, "wrong_column_count"),
        (5, None, "wrong_column_count"),
        (6, None, "unclosed_quote"),
        (8, None, "malformed_quote"),
        (9, "reference", "control_character"),
        (10, "to_account", "control_character"),
        (12, None, "not_utf8"),
    ]
    assert found.counts == (12, 4, 0, 8)
    assert found.rows["reference"].to_list() == ["ok1", "ok2", "ok3", "ok4"]
    assert found.lines == [2, 7, 11, 13]


def test_quoted_values_may_hold_the_delimiter_quotes_and_in_purpose_line_breaks(reading: Any) -> None:
    head = f"{HEAD},purpose"
    found = reading(
        text(
            '"T,1",2024-05-01,transfer,1,EUR,"A ""x""",B,"two\r\n\r\nlines, here"',
            f"{row('T2')},plain",
            '"T3",2024-05-01,transfer,1,EUR,"A\nB",B,x',
            head=head,
        )
    )
    assert found.counts == (3, 2, 0, 1)
    assert found.codes == [(6, "from_account", "control_character")]
    first = found.rows.row(0, named=True)
    assert (first["reference"], first["from_account"], first["purpose"]) == ("T,1", 'A "x"', "two\n\nlines, here")
    assert found.lines == [2, 5]


def test_a_quote_left_open_never_swallows_more_than_its_own_line(reading: Any) -> None:
    lines = [row(f"T{number}") for number in range(2_500)]
    lines[100] = '"' + lines[100]
    lines[2_400] = lines[2_400] + '"'
    found = reading(text(*lines))
    assert found.counts == (2_500, 2_498, 0, 2)
    assert found.codes == [(102, None, "unclosed_quote"), (2402, None, "malformed_quote")]


def test_more_than_a_thousand_open_quotes_refuse_the_batch_and_still_count_every_row(reading: Any) -> None:
    # Each opening is more than 1,000 lines before the next one, so none can be closed by it; the last run is dense.
    lines = [row("ok")] + ['"open'] * 1_501
    found = reading(text(*lines), max_reject_per_mille=1000)
    assert found.result["status"] == "refused"
    assert found.counts == (1_502, 0, 0, 1_502)


def test_a_cell_and_a_line_have_a_largest_size(reading: Any) -> None:
    head = f"{HEAD},note"
    found = reading(
        text(
            f"{row('a')},{'x' * 65_536}",
            f"{row('b')},{'x' * 65_537}",
            f"{row('c')},{'x' * (10 << 20)}",
            f"{row('d')},y",
            head=head,
        ),
        block_bytes=1 << 16,
    )
    assert found.codes == [(2, "extra", "too_long"), (3, "note", "cell_too_large"), (4, None, "cell_too_large")]
    assert found.rows["reference"].to_list() == ["d"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_delimiter_and_line_ends_are_found_and_a_byte_order_mark_is_no_text(
    reading: Any, delimiter: str, ends: str
) -> None:
    data = text(row("T1"), row("T2")).replace(",", delimiter).replace("\n", ends)
    found = reading(b"\xef\xbb\xbf" + data.encode())
    assert found.counts == (2, 2, 0, 0)
    assert found.result["delimiter"] == delimiter
    assert found.digest == reading(text(row("T2"), row("T1"))).digest


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (HEAD.encode() + b"\n", "no transactions"),
        (text(GOOD).replace(",", "#").encode(), "none of the known columns"),
        (text(GOOD, head=HEAD.replace("amount", "Amount")).encode(), "required columns are missing: amount"),
        (text(GOOD, head=HEAD.replace("from_account", "amount")).encode(), "more than once"),
        (text(GOOD, head=HEAD.replace("from_account", "")).encode(), "no name"),
        (text(GOOD, head="\n" + HEAD).encode(), "first line is blank"),
        (text(GOOD).replace("\n", "\r").encode(), "carriage return"),
        (text(GOOD).encode("utf-16"), "UTF-16"),
        (text(GOOD).encode("utf-16-le"), "UTF-16"),
        (b"PK\x03\x04...", "zip archive but is broken"),
        (b"\x1f\x8b...", "gzip"),
        (b"\xfd7zXZ\x00...", "an xz archive"),
        (b"BZh9...", "a bzip2 archive"),
        (b"PAR1 broken", "broken"),
        (b'[{"reference": 1}]', "JSON array"),
        (("référence," + text(GOOD)).encode("latin-1"), "header is not UTF-8"),
        (("référence\r" + text(GOOD)).encode("latin-1"), "header is not UTF-8"),
        (text(GOOD, head="\x01" + HEAD).encode(), "control characters"),
        (text(GOOD, head='"' + HEAD).encode(), "a quote in the header is not closed"),
        (text(GOOD, head=HEAD.replace("to_account", '"to_account')).encode(), "a quote in the header is not closed"),
        (text(GOOD, head='"reference"x' + HEAD.removeprefix("reference")).encode(), "inside or behind a name"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole_with_a_remedy(reading: Any, data: bytes, why: str) -> None:
    found = reading(data)
    assert found.result["status"] == "refused"
    assert why in found.result["refusal"]["why"]
    assert found.result["refusal"]["remedy"]
    assert found.result["segment"] is None
    assert found.counts == (0, 0, 0, 0)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("size", [300, 4096, 1 << 17])
def test_random_bytes_are_told_to_be_no_text(reading: Any, seed: int, size: int) -> None:
    refusal = reading(Random(seed).randbytes(size)).result["refusal"]
    assert "neither text nor Parquet" in refusal["why"]
    assert "CSV, NDJSON or Parquet" in refusal["remedy"]


def test_a_few_stray_control_characters_do_not_make_a_file_binary(reading: Any) -> None:
    lines = [row(f"T{number}\x00") for number in range(3)] + [row(f"S{number}") for number in range(60)]
    assert reading(text(*lines)).counts == (63, 60, 0, 3)


def test_more_than_one_bad_row_in_ten_refuses_the_batch_and_says_why(reading: Any) -> None:
    lines = [row(f"T{number}") for number in range(18)] + [row("x", amount="1e3"), row("y", amount="NaN")]
    assert reading(text(*lines), max_reject_per_mille=100).result["status"] == "read"
    found = reading(text(*lines[1:]), max_reject_per_mille=100)
    assert found.result["status"] == "refused"
    assert "2 of 19 rows" in found.result["refusal"]["why"]
    assert "not_a_number" in found.result["refusal"]["why"]
    assert found.counts == (19, 0, 0, 19)
    assert found.rejects["line"].to_list() == [19, 20]
    assert found.result["segment"] is None


def test_a_latin_1_file_is_refused_with_the_advice_to_use_utf_8(reading: Any) -> None:
    lines = [row(f"T{number}", from_account="Kon\u00e9") for number in range(20)]
    found = reading(text(*lines).encode("latin-1"), max_reject_per_mille=100)
    assert "not_utf8" in found.result["refusal"]["why"]
    assert "UTF-8" in found.result["refusal"]["remedy"]


def test_unknown_columns_are_kept_as_canonical_json_and_named(reading: Any) -> None:
    head = f"{HEAD},zeta,Alpha"
    found = reading(text(f'{row("T1")},"say ""hi"" \\",1', f"{row('T2')},,", f"{row('T3')},,\u00e9", head=head))
    assert found.result["extra_columns"] == ["Alpha", "zeta"]
    assert found.rows["extra"].to_list() == ['{"Alpha":"1","zeta":"say \\"hi\\" \\\\"}', None, '{"Alpha":"\u00e9"}']


def test_text_is_trimmed_and_composed_and_empty_is_nothing(reading: Any) -> None:
    head = f"{HEAD},from_name,to_name"
    found = reading(text(f'{row(" T1 ")}, Kone\u0301 ,""', head=head))
    one = found.rows.row(0, named=True)
    assert (one["reference"], one["from_name"], one["to_name"]) == ("T1", "Kon\u00e9", None)


def test_repeats_within_a_file_are_duplicates_or_conflicts_with_the_first_line_named(reading: Any) -> None:
    lines = [row("a"), row("b"), row("a", amount="10.5"), row("a", amount="11"), row("b"), row("c")]
    found = reading(text(*lines))
    assert found.counts == (6, 3, 2, 1)
    assert found.duplicates.rows() == [(4, "a", 2), (6, "b", 3)]
    assert found.codes == [(5, "reference", "conflict")]
    assert "line 2" in found.rejects["reason"][0]
    assert found.rows["amount"].cast(pl.String).to_list() == ["10.5000"] * 3


def test_the_order_of_the_rows_changes_nothing_about_the_digest(reading: Any) -> None:
    lines = [row(f"T{number % 50}", occurred_at=f"2024-05-{1 + number % 28:02d}") for number in range(50)]
    assert reading(text(*lines)).digest == reading(text(*reversed(lines))).digest
    assert reading(text(*lines)).digest != reading(text(*lines[1:])).digest


def test_block_size_and_spilling_to_disk_change_nothing(reading: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    days = [28 if number % 3 else 1 + number * 7 % 28 for number in range(400)]
    lines = [row(f"T{number}", occurred_at=f"2024-05-{day:02d}") for number, day in enumerate(days)]
    lines += [lines[3], row("T5", amount="7"), "bad"]
    whole = reading(text(*lines))
    spilled = []
    write = pl.DataFrame.write_ipc
    monkeypatch.setattr(pl.DataFrame, "write_ipc", lambda *given, **named: spilled.append(1) or write(*given, **named))
    monkeypatch.setattr("service.intake.seal.KEPT_BYTES", 10_000)
    for name, value in {"_STRETCH_ROWS": 40, "_CROWD_ROWS": 80, "_SAMPLE": 4}.items():
        monkeypatch.setattr(f"service.intake.seal.{name}", value)
    parts = reading(text(*lines), block_bytes=997)
    assert 1 < len(spilled) < len(text(*lines)) // 997  # some blocks are kept, the others go to disk
    assert parts.rows.equals(whole.rows)
    assert parts.rejects.equals(whole.rejects)
    assert (parts.digest, parts.lines, parts.counts) == (whole.digest, whole.lines, whole.counts)
    names = {path.name for path in __import__("pathlib").Path(parts.result["segment"]).parent.iterdir()}
    assert not any(name.startswith("part-") for name in names)


@pytest.mark.parametrize("block_bytes", [1, 60, 1 << 20])
def test_a_byte_order_mark_within_the_file_is_text_wherever_a_block_begins(reading: Any, block_bytes: int) -> None:
    lines = [row("\ufeff1"), row("2"), row("\ufeff3"), row('"4"'), row("\ufeff\ufeff5")]
    found = reading(b"\xef\xbb\xbf" + text(*lines).encode(), block_bytes=block_bytes)
    assert sorted(found.rows["reference"]) == ["2", "4", "\ufeff1", "\ufeff3", "\ufeff\ufeff5"]
