"""ISO 20022: what each message becomes, what is kept beside it, and what is refused, told through the one door of intake."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from support.iso_messages import PACS009, PAIN001, TECH, booked, details, document, pacs008, statement, transfer


def beside(found: Any, kind: str) -> list[dict[str, Any]]:
    path = found.result["beside"][kind]
    return pl.read_parquet(path).rows(named=True) if path else []


def test_a_pacs008_becomes_a_transaction_with_both_sides_and_their_banks(reading):
    found = reading(pacs008(transfer(1)))
    row = found.rows.row(0, named=True)
    assert (found.result["format"], found.counts) == ("pacs.008", (1, 1, 0, 0))
    assert (row["reference"], row["end_to_end_id"], row["precision"]) == ("M-1/T-1", "E-1", "day")
    assert (str(row["amount"]), row["currency"], row["channel"]) == ("1500.0000", "XOF", "transfer")
    assert (row["from_key"], row["from_name"], row["from_kind"]) == ("RIVRMLBA|41", "Diallo & Fils", "business")
    assert (row["to_key"], row["to_country"], row["to_kind"]) == ("FR1420041010050500013M02606", "FR", "person")
    assert (row["to_institution"], row["from_country"], row["purpose"]) == ("GBDSC:200000", "ML", "Facture 12 mars")


def test_addresses_identifiers_and_dates_of_birth_are_kept_as_parties(reading):
    parties = {row["role"]: row for row in beside(reading(pacs008(transfer(1))), "parties")}
    assert set(parties) == {"payer", "payee", "ultimate_payer", "payer_institution", "payee_institution"}
    assert json.loads(parties["payer"]["address"])[0]["AdrLine#2"] == "Marche"
    assert json.loads(parties["payer"]["identifiers"])[1] == {"scheme": "TXID", "value": "MA.7", "issuer": "DGI"}
    assert (parties["payee"]["born"], parties["payee"]["party"]) == ("1980-02-29", "P-99")
    assert json.loads(parties["payee"]["details"])["Id/PrvtId/DtAndPlcOfBirth/CityOfBirth"] == "Lyon"
    assert parties["ultimate_payer"]["name"] == "Awa Diallo"


def test_accounts_are_kept_with_their_scheme_currency_and_name(reading):
    accounts = {row["side"]: row for row in beside(reading(pacs008(transfer(1))), "accounts")}
    assert (accounts["from"]["scheme"], accounts["from"]["currency"]) == ("BBAN", "XOF")
    assert (accounts["from"]["name"], accounts["from"]["institution_name"]) == ("Compte courant", "Bank of the River")
    assert accounts["to"]["scheme"] == "iban"


def test_what_has_no_column_is_kept_as_extra_under_its_path(reading):
    extra = json.loads(reading(pacs008(transfer(1))).rows["extra"][0])
    assert (extra["ChrgBr"], extra["PmtId/InstrId"]) == ("SHAR", "I-1")
    assert extra["GrpHdr/CreDtTm"] == "2025-03-01T10:00:00"
    assert not [path for path in extra if path.startswith(("Dbtr", "Cdtr"))]


@pytest.mark.parametrize("version", ["02", "08", "10", "13"])
def test_any_version_of_a_message_is_known_by_its_namespace(reading, version):
    assert reading(pacs008(transfer(1), version=version)).counts == (1, 1, 0, 0)


def test_a_message_in_an_envelope_is_read_as_it_is_alone(reading):
    alone = pacs008(transfer(1), transfer(2))
    header = '<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>X</BizMsgIdr></AppHdr>'
    inside = f"<Envelope>{header}{alone.partition('?>')[2]}</Envelope>"
    assert reading(inside).digest == reading(alone).digest


def test_a_bad_amount_is_rejected_with_its_element_value_and_line(reading):
    found = reading(pacs008(transfer(1), transfer(2, amount="12.345", currency="EUR"), transfer(3)))
    (reject,) = found.rejects.rows(named=True)
    assert found.counts == (3, 2, 0, 1)
    assert (reject["line"], reject["column"], reject["value"]) == (2, "IntrBkSttlmAmt", "12.345")
    assert "CdtTrfTxInf 2, line 25" in reject["reason"]
    assert {row["reference"] for row in beside(found, "parties")} == {"M-1/T-1", "M-1/T-3"}


def test_the_same_transaction_twice_in_a_file_is_a_duplicate_with_its_parties_once(reading):
    found = reading(pacs008(transfer(1), transfer(1)))
    assert found.counts == (2, 1, 1, 0)
    assert len(beside(found, "parties")) == 5


def test_a_code_that_is_no_country_stays_in_the_address_and_refuses_nothing(reading):
    found = reading(pacs008(transfer(1).replace("<Ctry>ML</Ctry>", "<Ctry>UK</Ctry>")))
    assert found.rows["from_country"][0] == "ML"  # by the bank's BIC
    assert '"Ctry":"UK"' in beside(found, "parties")[0]["address"]


def test_a_party_known_by_an_identifier_alone_is_its_own_account_and_a_mere_name_is_none(reading):
    identified = transfer(1).replace("CdtrAcct>", "Gone>")
    named = transfer(2).replace("CdtrAcct>", "Gone>").replace("<Id>P-99</Id>", "")
    found = reading(pacs008(identified, named))
    assert found.rows["to_account"].to_list() == ["P-99", None]


def test_a_cover_payment_runs_between_the_banks_and_is_not_matched_with_what_it_covers(reading):
    found = reading(PACS009)
    row = found.rows.row(0, named=True)
    assert (row["from_account"], row["to_account"]) == ("RIVRMLBA", "SEASFRPP")
    assert row["end_to_end_id"] is None
    assert "128551e7-3799-41b3-b82b-f87a59e8345f" in row["extra"]
    roles = {entry["role"]: entry["name"] or entry["party"] for entry in beside(found, "parties")}
    assert (roles["underlying_payer"], roles["intermediary_institution"]) == ("Awa Diallo", "MIDDFRPP")


def test_a_payment_initiation_takes_the_payer_around_it_and_keeps_equal_ids_of_the_customer_apart(reading):
    found = reading(PAIN001)
    assert found.rows["reference"].to_list() == ["P-1/B-1/SALARY#1", "P-1/B-1/SALARY#2"]
    assert found.rows["from_account"].unique().to_list() == ["DE89370400440532013000"]
    assert found.rows["to_name"].to_list() == ["Ines", "Omar"]
    assert [str(day.date()) for day in found.rows["occurred_at"]] == ["2025-03-04"] * 2


def test_a_credit_on_a_statement_comes_in_and_a_debit_goes_out(reading):
    other = "<RltdPties><{0}><Pty><Nm>Ines</Nm></Pty></{0}><{0}Acct><Id><IBAN>BE71096123456769</IBAN></Id></{0}Acct></RltdPties>"
    found = reading(
        statement(
            booked("CRDT", "5.00", details(other.format("Dbtr"))), booked("DBIT", "6.00", details(other.format("Cdtr")))
        )
    )
    rows = found.rows.sort("amount")
    assert rows["from_account"].to_list() == ["BE71096123456769", "DE89370400440532013000"]
    assert rows["to_account"].to_list() == ["DE89370400440532013000", "BE71096123456769"]
    assert rows["from_name"].to_list() == ["Ines", "Diallo et Fils"]


def test_a_reversed_credit_goes_back_to_the_one_who_had_paid(reading):
    payer = (
        "<RltdPties><Dbtr><Nm>Ines</Nm></Dbtr><DbtrAcct><Id><IBAN>BE71096123456769</IBAN></Id></DbtrAcct></RltdPties>"
    )
    back = booked("DBIT", "5.00", details(payer)).replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    row = reading(statement(back)).rows.row(0, named=True)
    assert (row["from_account"], row["to_account"]) == ("DE89370400440532013000", "BE71096123456769")
    assert json.loads(row["extra"])["RvslInd"] == "true"


def test_an_entry_of_several_transactions_takes_each_ones_own_amount_and_never_the_sum(reading):
    own = '<Refs><EndToEndId>E-{0}</EndToEndId></Refs><Amt Ccy="EUR">{0}.00</Amt>'
    found = reading(
        statement(booked("CRDT", "5.00", details(own.format(2), own.format(3), "<AddtlTxInf>x</AddtlTxInf>")))
    )
    assert found.rows["amount"].cast(pl.String).to_list() == ["2.0000", "3.0000"]
    assert found.codes == [(3, "Amt", "missing"), (3, "Amt@Ccy", "missing")]


def test_an_entry_without_details_is_one_transaction_and_cash_has_one_side(reading):
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>CNTR</Cd><SubFmlyCd>CDPT</SubFmlyCd></Fmly></Domn></BkTxCd>"
    row = reading(statement(booked("CRDT", "5.00", code=code))).rows.row(0, named=True)
    assert (row["channel"], row["from_account"], row["to_account"]) == ("cash_deposit", None, "DE89370400440532013000")
    assert row["purpose"] == "said at the end"


def test_entries_that_are_only_announced_are_rejected_and_not_held_against_the_file(reading):
    waiting = booked("CRDT", "9.00", status="<Cd>PDNG</Cd>")
    found = reading(statement(booked("CRDT", "5.00"), waiting), max_reject_per_mille=0)
    assert (found.counts, found.result["skipped"]) == ((2, 1, 0, 1), 1)
    assert found.codes == [(2, "Sts", "not_mapped")]


def test_pages_of_one_statement_do_not_share_references(reading):
    first = statement(booked("CRDT", "5.00"))
    second = first.replace("<Id>ST-1</Id>", "<Id>ST-1</Id><StmtPgntn><PgNb>2</PgNb></StmtPgntn>")
    assert reading(first).rows["reference"][0] != reading(second).rows["reference"][0]


def test_another_message_is_refused_by_name(reading):
    found = reading(document("pacs.002.001.10", "<FIToFIPmtStsRpt/>"))
    assert "the message is pacs.002" in found.result["refusal"]["why"]
    assert "camt.053" in found.result["refusal"]["remedy"]


def test_a_doctype_is_refused_before_anything_is_expanded(reading):
    bomb = '<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    text = pacs008(transfer(1)).replace("?>\n", f"?>\n{bomb}", 1).replace("Facture 12", "&b;")
    refusal = reading(text).result["refusal"]
    assert "DOCTYPE" in refusal["why"]
    outside = text.replace(bomb, '<!DOCTYPE Document SYSTEM "file:///etc/hostname">').replace("&b;", "x")
    assert "DOCTYPE" in reading(outside).result["refusal"]["why"]


@pytest.mark.parametrize(("depth", "said"), [(100, "nested more than 64 deep"), (5_000, "not well-formed")])
def test_deep_nesting_is_refused(reading, depth, said):
    deep = transfer(1).replace("<ChrgBr>", f"{'<a>' * depth}{'</a>' * depth}<ChrgBr>")
    assert said in reading(pacs008(deep)).result["refusal"]["why"]


def test_a_transaction_of_endless_elements_is_refused(reading):
    wide = transfer(1).replace("<ChrgBr>", f"{'<a>1</a>' * 30_000}<ChrgBr>")
    assert "more than 20000 elements" in reading(pacs008(wide)).result["refusal"]["why"]


def test_a_file_cut_in_the_middle_is_refused_whole_with_the_line(reading):
    text = pacs008(transfer(1), transfer(2))
    refusal = reading(text[: len(text) // 2 + 300]).result["refusal"]
    assert "not well-formed" in refusal["why"]
    assert refusal["where"].startswith("line ")


def test_a_record_of_a_message_that_is_not_read_is_told_and_not_lost(reading):
    stranger = f'<x:CdtTrfTxInf xmlns:x="{TECH}pacs.003.001.08"/>'
    found = reading(pacs008(transfer(1), stranger))
    assert found.counts == (2, 1, 0, 1)
    assert found.codes == [(2, "CdtTrfTxInf", "not_mapped")]


def test_utf16_and_latin1_messages_are_read_by_their_own_declaration(reading):
    text = pacs008(transfer(1).replace("Jean Petit", "Zoé Müller"))
    plain = reading(text)
    assert plain.rows["to_name"][0] == "Zoé Müller"
    assert reading(text.replace("UTF-8", "UTF-16").encode("utf-16")).digest == plain.digest
    assert reading(text.replace("UTF-8", "ISO-8859-1").encode("latin-1")).digest == plain.digest


def test_a_mapping_for_a_message_is_refused_since_it_would_say_nothing(reading):
    mapping = {
        "name": "m",
        "columns": {"amount": "a", "from_account": "b"},
        "constants": {"reference": "1", "occurred_at": "2025-01-01", "channel": "card", "currency": "EUR"},
    }
    assert "needs none" in reading(pacs008(transfer(1)), mapping=mapping).result["refusal"]["why"]
