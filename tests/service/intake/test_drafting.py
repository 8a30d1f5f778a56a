"""A first mapping is guessed with reasons, says what it could not find, and is taken by nobody before a person has confirmed it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.workbooks import workbook

from schemas.errors import MappingInvalid, SubmissionRefused
from schemas.mapping import Mapping, read_mapping
from service.intake.drafting.document import draft_mapping
from service.intake.jobs import read

TYPES = ("PAYMENT", "TRANSFER", "CASH_OUT", "CASH_IN")


def drafted(path: Path, **also: Any) -> dict[str, Any]:
    payload = {"original": str(path), "file": path.name, "name": "ours", "zone": None, "sheet": None}
    return draft_mapping(payload | {"latest": "2026-01-01T00:00:00"} | also)


def written(tmp_path: Path, head: str, rows: list[str], encoding: str = "utf-8") -> Path:
    path = tmp_path / "sample.csv"
    path.write_bytes("\n".join([head, *rows, ""]).encode(encoding))
    return path


def confirmed(found: dict[str, Any]) -> Mapping:
    return read_mapping(found["toml"].replace("draft = true\n", ""))


def sure(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["ours"]: (each["theirs"], each["confidence"]) for each in found["columns"]}


def test_a_draft_is_no_mapping_until_its_line_is_taken_out(tmp_path: Path) -> None:
    rows = [f"R{n},2024-05-0{n},transfer,{n}.50,EUR,4100{n},4200{n}" for n in range(1, 9)]
    found = drafted(written(tmp_path, "reference,occurred_at,channel,amount,currency,from_account,to_account", rows))
    with pytest.raises(MappingInvalid, match="draft that nobody has confirmed"):
        read_mapping(found["toml"])
    assert confirmed(found).columns["amount"] == "amount"
    assert found["missing"] == []
    assert found["tried"]["accepted"] == 8


def test_the_layout_of_amlsim_is_found_but_for_its_currency(tmp_path: Path) -> None:
    path = tmp_path / "sample.parquet"
    pl.DataFrame(
        {
            "tran_id": range(1, 101),
            "orig_acct": [n * 7 % 90 for n in range(100)],
            "bene_acct": [n * 11 % 90 for n in range(100)],
            "tx_type": ["TRANSFER"] * 100,
            "base_amt": [n + 0.123 for n in range(1, 101)],
            "tran_timestamp": pl.Series(["2017-01-01"] * 100).str.to_datetime(time_unit="us"),
            "is_sar": [False] * 100,
            "alert_id": [-1] * 100,
        }
    ).write_parquet(path)
    found = drafted(path)
    mapping = confirmed(found)
    assert [each.partition(":")[0] for each in found["missing"]] == ["currency"]
    assert mapping.columns == {
        "reference": "tran_id", "channel": "tx_type", "amount": "base_amt", "from_account": "orig_acct", "to_account": "bene_acct",
    }  # fmt: skip
    assert mapping.drop == ("is_sar", "alert_id")
    assert mapping.time is not None
    assert mapping.time.precision == "day"
    assert mapping.rounding == {"amount": "half_even"}
    assert not mapping.nulls
    assert found["tried"]["accepted"] == 100


def test_the_layout_of_amlgentex_is_found_with_its_opening_balances_skipped(tmp_path: Path) -> None:
    head = (
        "tran_id,tran_date,step,type,amount,name_orig,name_dest,bank_orig,bank_dest,is_sar,pattern_id,oldbalance_orig"
    )
    kinds = ["INITALBALANCE,1.25,source,C_{}", "TRANSFER,2.25,S00A1{},S00A2{}", "CASH,3.25,S00A3{},SINK"]
    rows = [f"{n},2023-01-0{1 + n % 9},{n},{kinds[n % 3].format(n, n)},bank_a,bank_b,0,,1.0" for n in range(1, 61)]
    mapping = confirmed(drafted(written(tmp_path, head, rows)))
    assert mapping.columns["from_account"] == "name_orig"
    assert mapping.columns["to_account"] == "name_dest"
    assert mapping.columns["from_institution"] == "bank_orig"
    assert mapping.nulls == {"from_account": ("source",), "to_account": ("SINK",)}
    assert mapping.skip == {"type": ("INITALBALANCE",)}
    assert mapping.values["channel"] == {"TRANSFER": "transfer", "CASH": "other"}
    assert set(mapping.drop) == {"is_sar", "pattern_id"}


def test_the_layout_of_paysim_is_found_with_what_it_does_not_say_left_to_settle(tmp_path: Path) -> None:
    head = "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,isFraud,isFlaggedFraud"
    rows = [f"{n // 9},{TYPES[n % 4]},{n}.5,C12345{n},1.0,2.0,M98765{n},0.0,0,0" for n in range(40)]
    found = drafted(written(tmp_path, head, rows))
    mapping = confirmed(found)
    assert mapping.reference == "ours-@row"
    assert (mapping.columns["from_account"], mapping.columns["to_account"]) == ("nameOrig", "nameDest")
    assert mapping.time is not None
    assert (mapping.time.step, mapping.time.unit) == ("step", "hour")
    assert mapping.values["channel"]["CASH_IN"] == "cash_deposit"
    assert [rule.set for rule in mapping.when] == [{"from_account": ""}, {"to_account": ""}]
    assert set(mapping.drop) == {"isFraud", "isFlaggedFraud"}
    assert any("counts time" in each for each in found["doubts"])
    assert any("id of the" in each for each in found["doubts"])


def test_the_layout_of_saml_d_is_found_with_its_words_translated(tmp_path: Path) -> None:
    head = (
        "Time,Date,Sender_account,Receiver_account,Amount,Payment_currency,Received_currency,"
        "Sender_bank_location,Receiver_bank_location,Payment_type,Is_laundering"
    )
    types = ("Cash Deposit", "Cross-border", "ACH", "Credit card", "Cheque")
    rows = [
        f"10:35:{n:02},2022-10-0{1 + n % 9},87240{n},27693{n},{n}.62,UK pounds,Euro,UK,UAE,{types[n % 5]},0"
        for n in range(40)
    ]
    found = drafted(written(tmp_path, head, rows))
    mapping = confirmed(found)
    assert mapping.values["currency"] == {"UK pounds": "GBP"}
    assert mapping.values["to_country"] == {"UAE": "AE"}
    assert mapping.values["channel"]["Credit card"] == "card"
    assert mapping.reference == "ours-@row"
    assert mapping.columns["occurred_at"] == "Date"
    assert any("Time: a mapping joins nothing" in each for each in found["doubts"])


def test_a_french_export_gives_its_encoding_its_form_of_time_and_its_words(tmp_path: Path) -> None:
    rows = [
        f"OP{n};{n:02}/0{1 + n % 9}/2025 10:30;{('VIR', 'RETRAIT', 'CHÈQUE')[n % 3]};{n}00;XOF;41000{n};42000{n};loyer été"
        for n in range(1, 29)
    ]
    head = "N° OPÉRATION;DATE OPÉRATION;TYPE OPÉRATION;MONTANT;DEVISE;CPTE DÉB;CPTE CRÉD;LIBELLÉ"
    path = written(tmp_path, head, rows, "cp1252")
    found = drafted(path, zone="Africa/Bamako")
    mapping = confirmed(found)
    assert (mapping.format.delimiter, mapping.format.encoding) == (";", "cp1252")
    assert mapping.time is not None
    assert (mapping.time.format, mapping.time.zone) == ("%d/%m/%Y %H:%M", "Africa/Bamako")
    assert found["missing"] == []
    assert found["doubts"] == []
    taken = read(
        {
            "original": str(path), "institution": "B", "received_at": "2026-01-01T00:00:00Z", "out": str(tmp_path),
            "mapping": mapping.model_dump(mode="json", by_alias=True, exclude_none=True),
        },
        lambda _: None,
    )  # fmt: skip
    assert taken["accepted"] == found["tried"]["accepted"] == 28


def test_day_and_month_that_may_be_either_are_left_to_settle(tmp_path: Path) -> None:
    rows = [f"R{n},0{n}/0{n}/2025,{n}.50,EUR,4100{n}" for n in range(1, 9)]
    found = drafted(written(tmp_path, "ref,date,amount,currency,sender_account", rows))
    assert any("%d/%m/%Y or %m/%d/%Y" in each for each in found["doubts"])


def test_confidence_is_high_only_where_name_and_values_agree(tmp_path: Path) -> None:
    rows = [f"R{n},2025-05-0{n},{n}.50,EUR,4100{n},9{n}.25" for n in range(1, 9)]
    found = sure(drafted(written(tmp_path, "ref,x,amount,currency,sender_account,y", rows)))
    assert found["amount"] == ("amount", "high")
    assert found["currency"] == ("currency", "high")
    assert found["occurred_at"] == ("x", "low")
    assert "latitude" not in found


def test_objects_of_which_none_can_be_read_give_a_refusal_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "sample.ndjson"
    path.write_text('{"reference":"T1",\n{"reference":\n')
    with pytest.raises(SubmissionRefused):
        drafted(path)


def test_a_currency_that_nobody_settled_is_refused_for_that(tmp_path: Path) -> None:
    rows = [f"R{n},2024-05-0{n},transfer,{n}.50,4100{n},4200{n}" for n in range(1, 9)]
    path = written(tmp_path, "reference,occurred_at,channel,amount,from_account,to_account", rows)
    mapping = confirmed(drafted(path))
    payload = {"original": str(path), "mapping": mapping.model_dump(mode="json", by_alias=True), "institution": "BANK"}
    found = read(payload | {"received_at": "2026-01-01T00:00:00Z", "out": str(tmp_path)}, lambda _: None)
    assert "no_currency" in found["refusal"]["why"]


def test_what_is_missing_is_said_and_the_draft_is_not_tried(tmp_path: Path) -> None:
    found = drafted(written(tmp_path, "a,b", [f"x y,{n},5" for n in ()] + ["hello there,again"]))
    assert [each.partition(":")[0] for each in found["missing"]] == [
        "occurred_at",
        "currency",
        "amount",
        "from_account, to_account",
    ]
    assert found["tried"] is None


def test_a_file_in_our_own_form_is_drafted_as_it_is_taken_without_a_mapping(tmp_path: Path) -> None:
    head = "reference,occurred_at,channel,amount,currency,from_account,to_account"
    rows = [f"R-{n},2026-03-0{n},transfer,{n}.50,EUR,A,SHOP" for n in range(1, 9)]
    rows.append("R-9,2026-03-09T08:00:00+01:00,transfer,9.50,EUR,B,SHOP")
    found = drafted(written(tmp_path, head, rows))
    assert not found["missing"]
    assert tomllib.loads(found["toml"])["columns"] == {name: name for name in head.split(",")}


def test_names_and_values_from_a_file_stay_text_in_the_draft(tmp_path: Path) -> None:
    head = 'ref,amount,currency,date,sender_account,"tx""type]\\"'
    rows = [f'R{n},{n}.50,EUR,2025-05-0{n},4100{n},"wire ""#{n % 2}\\"' for n in range(1, 9)]
    document = tomllib.loads(drafted(written(tmp_path, head, rows))["toml"])
    assert document["columns"]["channel"] == 'tx"type]\\'
    assert document["values"]["channel"] == {'wire "#0\\': "transfer", 'wire "#1\\': "transfer"}


def test_a_workbook_is_drafted_too_and_a_message_needs_none(tmp_path: Path) -> None:
    book = tmp_path / "sample.xlsx"
    book.write_bytes(workbook([[f"R-{n}", "2024-05-01", "transfer", 1.5, "EUR", f"4100{n}", None] for n in range(9)]))
    assert sure(drafted(book))["reference"] == ("reference", "high")
    message = tmp_path / "sample.xml"
    message.write_text(
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf/></Document>'
    )
    with pytest.raises(SubmissionRefused, match="needs no mapping"):
        drafted(message)
