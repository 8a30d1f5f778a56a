"""goAML reports: both forms of a side, persons, entities, accounts and goods, and the operator's own schema."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.goaml_reports import account, both, entity, person, report, transaction

from service.intake.mapping import wanted_of
from service.intake.readers.messages.open import open_message

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="report"><xs:complexType><xs:sequence>
<xs:any maxOccurs="unbounded" processContents="lax"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="transaction"><xs:complexType><xs:sequence>
<xs:element name="transactionnumber" type="xs:string"/><xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/>
</xs:sequence></xs:complexType></xs:element><xs:element name="amount_local" type="xs:decimal"/></xs:schema>"""


def beside(found: Any, kind: str) -> list[dict[str, Any]]:
    path = found.result["beside"][kind]
    return pl.read_parquet(path).rows(named=True) if path else []


def test_a_transfer_between_a_client_and_a_stranger_is_one_transaction(reading):
    sides = both(f"<from_account>{account('41')}</from_account>", f"<to_entity>{entity()}</to_entity>")
    found = reading(report(transaction("T-1", sides)))
    row = found.rows.row(0, named=True)
    assert (found.result["format"], found.counts) == ("goaml", (1, 1, 0, 0))
    assert (row["reference"], str(row["occurred_at"].date()), row["precision"]) == ("101/T-1", "2025-05-24", "day")
    assert (str(row["amount"]), row["currency"]) == ("1500000.0000", "XOF")
    assert (row["from_key"], row["from_name"], row["from_country"]) == ("RIVRMLBA|41", "Awa Diallo", "ML")
    assert (row["to_account"], row["to_name"], row["to_kind"], row["to_country"]) == (
        "RC-9",
        "Sahel Motors",
        "business",
        "FR",
    )


def test_the_foreign_form_of_a_side_says_the_same_as_the_clients_form(reading):
    left, right = f"<from_account>{account('41')}</from_account>", f"<to_person>{person('Jean', 'P-9')}</to_person>"
    client = reading(report(transaction("T-1", both(left, right))))
    foreign = reading(report(transaction("T-1", both(left, right, mine=""))))
    assert client.rows.drop("extra").equals(foreign.rows.drop("extra"))
    assert "t_from_my_client/from_funds_code" in client.rows["extra"][0]


def test_signatories_directors_and_documents_are_kept_as_parties(reading):
    sides = both(f"<from_account>{account('41')}</from_account>", f"<to_entity>{entity()}</to_entity>")
    found = reading(report(transaction("T-1", sides)))
    parties = {(row["role"], row["name"]): row for row in beside(found, "parties")}
    assert {("payer", "Awa Diallo"), ("signatory", "Ines Diallo"), ("director", "Omar Diallo")} <= set(parties)
    payer = parties["payer", "Awa Diallo"]
    assert (payer["born"], payer["party"]) == ("1989-07-02", "P-1")
    assert json.loads(payer["identifiers"]) == [{"scheme": "PASSP", "value": "P-1", "issue_country": "ML"}]
    assert json.loads(payer["address"])[0]["city"] == "Mopti"
    (number,) = beside(found, "accounts")
    assert (number["account"], number["institution"], number["name"]) == ("41", "RIVRMLBA", "Current")


def test_goods_are_kept_and_make_a_trade(reading):
    goods = """<goods_services><item><item_type>VEHIC</item_type><item_make>Renault</item_make>
      <estimated_value>9000000</estimated_value><registration_number>AB-1</registration_number></item></goods_services>"""
    sides = both(f"<from_account>{account('41')}</from_account>", f"<to_entity>{entity()}</to_entity>")
    found = reading(report(transaction("T-1", sides, more=goods)))
    (item,) = [row for row in beside(found, "parties") if row["role"] == "goods"]
    assert (found.rows["channel"][0], item["name"], item["party"]) == ("trade", "VEHIC Renault", "AB-1")
    assert json.loads(item["details"]) == {"estimated_value": "9000000"}


def test_cash_at_the_counter_is_a_deposit_or_a_withdrawal_with_one_account(reading):
    held = account("41")
    into = both(f"<from_person>{person()}</from_person>", f"<to_account>{held}</to_account>", funds=("CASH", "BANKD"))
    out = both(f"<from_account>{held}</from_account>", f"<to_person>{person()}</to_person>", funds=("BANKD", "CASH"))
    found = reading(report(transaction("T-1", into), transaction("T-2", out)))
    assert found.rows["channel"].to_list() == ["cash_deposit", "cash_withdrawal"]
    assert found.rows["from_account"].to_list() == [None, "41"]
    assert found.rows["to_account"].to_list() == ["41", None]


def test_reasons_and_indicators_go_with_each_transaction_and_the_reporter_with_none(reading):
    sides = both(f"<from_account>{account('41')}</from_account>", f"<to_entity>{entity()}</to_entity>")
    found = reading(report(transaction("T-1", sides)))
    extra = json.loads(found.rows["extra"][0])
    assert (extra["report/indicators"], extra["report/reason"]) == ("TBML, CASH", "Sold far below its worth")
    assert "Keita" not in found.rows["extra"][0] + str(beside(found, "parties"))


def test_a_transaction_of_several_parties_runs_from_who_paid_to_who_received(reading):
    listed = f"""<involved_parties><party><role>SELL</role><account>{account("77")}</account><country>FR</country></party>
      <party><role>BUY</role><person>{person("Jean", "P-9")}</person><country>ML</country></party>
      <party><role>WITN</role><person>{person("Ines", "P-2")}</person><country>ML</country></party></involved_parties>"""
    found = reading(report(transaction("T-1", listed)))
    row = found.rows.row(0, named=True)
    assert (row["from_account"], row["to_account"]) == ("P-9", "77")
    assert ("related", "Ines Diallo") in {(each["role"], each["name"]) for each in beside(found, "parties")}


def test_parties_without_a_role_that_pays_or_receives_are_told_and_not_guessed(reading):
    listed = f"<involved_parties><party><role>WITN</role><account>{account('77')}</account></party></involved_parties>"
    found = reading(report(transaction("T-1", listed)))
    assert found.codes == [(1, "t_from", "no_account")]
    assert "transaction 1 of its report, line 7" in found.rejects["reason"][0]


def test_a_report_of_an_activity_without_transactions_is_refused_with_words(reading):
    assert "no transactions" in reading(report("<activity><report_parties/></activity>")).result["refusal"]["why"]


@pytest.fixture
def schema(tmp_path: Path) -> str:
    path = tmp_path / "goaml.xsd"
    path.write_text(SCHEMA)
    return str(path)


def test_a_report_that_breaks_the_operators_schema_is_refused_with_the_line(reading, schema):
    sides = both(f"<from_account>{account('41')}</from_account>", f"<to_entity>{entity()}</to_entity>")
    good, bad = transaction("T-1", sides), transaction("T-2", sides, amount="many")
    assert reading(report(good), goaml_schema=schema).counts == (1, 1, 0, 0)
    refusal = reading(report(good, bad), goaml_schema=schema).result["refusal"]
    assert "amount_local" in refusal["why"]
    assert refusal["where"].startswith("line ")


def test_without_a_schema_a_bad_amount_is_one_rejected_transaction(reading):
    sides = both(f"<from_account>{account('41')}</from_account>", f"<to_entity>{entity()}</to_entity>")
    found = reading(report(transaction("T-1", sides), transaction("T-2", sides, amount="many")))
    assert found.codes == [(2, "amount_local", "not_a_number")]


def test_a_schema_that_cannot_be_read_takes_no_report_and_names_the_setting(reading, tmp_path):
    sides = both(f"<from_account>{account('41')}</from_account>", f"<to_entity>{entity()}</to_entity>")
    (tmp_path / "broken.xsd").write_text("<xs:schema")
    for path in (tmp_path / "none.xsd", tmp_path / "broken.xsd"):
        refusal = reading(report(transaction("T-1", sides)), goaml_schema=str(path)).result["refusal"]
        assert "THALWEG_GOAML_SCHEMA" in refusal["remedy"]


@pytest.mark.shared
def test_the_published_schema_takes_a_published_report():
    folder = Path(os.environ.get("THALWEG_SHARED", Path(__file__).parents[3].parent / "shared")) / "formats" / "goaml"
    if not folder.exists():
        pytest.skip("the study data are not beside the project")
    wanted = replace(wanted_of(None), goaml_schema=folder / "goAMLSchema-5.0.2.xsd")
    source = open_message(folder / "STR.xml", wanted)
    assert [block.records for block in source.blocks()] == [1]
