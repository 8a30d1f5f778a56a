"""SWIFT MT103: the fields of block 4 become both sides of a payment; whatever is no MT103 is told by its place."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from support.swift_messages import FIELDS, mt103


def beside(found: Any, kind: str) -> list[dict[str, Any]]:
    return pl.read_parquet(found.result["beside"][kind]).rows(named=True)


def test_a_message_becomes_a_transaction_with_both_sides(reading):
    found = reading(mt103(1))
    row = found.rows.row(0, named=True)
    assert (found.result["format"], found.counts) == ("mt103", (1, 1, 0, 0))
    assert (row["reference"], row["end_to_end_id"]) == ("RIVRMLBA/REF-1", "128551e7-3799-41b3-b82b-f87a59e8345f")
    assert (str(row["occurred_at"].date()), str(row["amount"]), row["currency"]) == ("2025-03-02", "1500.0000", "XOF")
    assert (row["from_key"], row["from_name"], row["from_country"]) == ("RIVRMLBA|ML41-41", "DIALLO ET FILS", "ML")
    assert (row["to_key"], row["to_name"], row["to_country"], row["to_kind"]) == (
        "FR1420041010050500013M02606",
        "JEAN PETIT",
        "FR",
        "person",
    )
    assert (row["to_institution"], row["purpose"]) == ("SEASFRPP", "FACTURE 12 MARS")
    extra = json.loads(row["extra"])
    assert (extra[":33B:"], extra[":71A:"]) == ("EUR2,29", "SHA")


def test_addresses_and_dates_of_birth_are_kept(reading):
    parties = {row["role"]: row for row in beside(reading(mt103(1)), "parties")}
    assert json.loads(parties["payer"]["address"]) == [{"1": "RUE DU FLEUVE", "2": "MOPTI"}]
    assert (parties["payee"]["born"], json.loads(parties["payee"]["address"])[0]["place 1"]) == (
        "1980-02-29",
        "FR/LYON",
    )
    assert (parties["sending_institution"]["party"], parties["receiving_institution"]["party"]) == (
        "RIVRMLBA",
        "SEASFRPP",
    )


def test_an_output_message_names_the_sender_in_block_2(reading):
    received = mt103(1).replace(
        "{1:F01RIVRMLBAAXXX0000000000}{2:I103SEASFRPPXXXXN}",
        "{1:F01SEASFRPPAXXX0000000000}{2:O1031200250302RIVRMLBAAXXX00000000002503021200N}",
    )
    assert reading(received).digest == reading(mt103(1)).digest


def test_messages_may_be_divided_by_dollars_and_preceded_by_acknowledgements(reading):
    divided = mt103(1).rstrip() + "\n$\n\x01{1:F21RIVRMLBAAXXX0000000000}{4:{177:2503021200}{451:0}}" + mt103(2)
    found = reading(divided.replace("\n", "\r\n"))
    assert found.counts == (2, 2, 0, 0)


def test_a_party_named_by_a_document_is_known_by_it(reading):
    named = FIELDS.replace(
        ":50K:/ML41-41\nDIALLO ET FILS\nRUE DU FLEUVE\nMOPTI", ":50F:CCPT/ML/P-77\n1/AWA DIALLO\n3/ML/MOPTI"
    )
    row = reading(mt103(1, fields=named)).rows.row(0, named=True)
    assert (row["from_account"], row["from_party"], row["from_name"]) == ("P-77", "P-77", "AWA DIALLO")


def test_other_messages_unfinished_ones_and_stray_text_are_told_by_their_place(reading):
    other = mt103(2).replace("{2:I103", "{2:I202")
    cut = mt103(3).partition(":70:")[0] + "\n"
    found = reading(mt103(1) + other + cut + mt103(4) + "stray\n")
    assert found.counts == (5, 2, 0, 3)
    assert found.codes == [(2, "{2:}", "not_mapped"), (3, None, "not_a_message"), (5, None, "not_a_message")]
    assert "it is an MT202" in found.rejects["reason"][0]
    assert "message 3, line 39" in found.rejects["reason"][1]


def test_a_bad_field_is_rejected_with_its_tag_and_value(reading):
    bad = mt103(2).replace("XOF1500,", "XOF1.500")
    absent = mt103(3).replace(":32A:", ":32X:")
    wrong = mt103(4, day="99")
    found = reading(mt103(1) + bad + absent + wrong)
    assert found.codes == [(2, ":32A:", "wrong_type"), (3, ":32A:", "missing"), (4, ":32A:", "not_a_time")]
    assert found.rejects["value"][0] == "250302XOF1.500"


def test_a_message_without_end_does_not_fill_memory(reading):
    endless = mt103(1) + mt103(2).partition("-}")[0] + ":72:" + "x" * 79 + "\n" + ("y" * 79 + "\n") * 5_000
    found = reading(endless)
    assert found.counts == (2, 1, 0, 1)


def test_a_repeated_field_is_kept_under_a_number(reading):
    twice = mt103(1, fields=FIELDS + "\n:71F:EUR1,\n:71F:EUR2,")
    extra = json.loads(reading(twice).rows["extra"][0])
    assert (extra[":71F:"], extra[":71F#2:"]) == ("EUR1,", "EUR2,")
