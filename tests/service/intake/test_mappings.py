"""Partners' layouts: what a mapping does to rows, and that what it drops leaves no trace."""

from __future__ import annotations

import io
import os
import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.mapping import SHIPPED

SHARED = Path(os.environ.get("THALWEG_SHARED", Path(__file__).parents[4] / "shared"))


def shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((SHIPPED / f"{name}.toml").read_text("utf-8"))


def mapping(**change: Any) -> dict[str, Any]:
    return {
        "name": "bank",
        "columns": {"reference": "id", "amount": "sum", "from_account": "payer", "to_account": "payee"},
        "constants": {"currency": "XOF", "channel": "transfer"},
        "time": {"column": "when"},
    } | change


def shown(frame: pl.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return frame.select(pl.col(names).cast(pl.String)).rows()


def test_times_without_offset_take_the_zone_of_the_mapping(reading: Any) -> None:
    data = "id,sum,payer,payee,when\n1,5,A,B,2024-07-01 12:30\n2,5,A,B,31/12/2024\n3,5,A,B,2024-02-30 00:00\n"
    time = {"column": "when", "format": "%Y-%m-%d %H:%M", "zone": "Europe/Paris"}
    found = reading(data, mapping=mapping(time=time))
    assert shown(found.rows, "occurred_at", "offset_minutes") == [("2024-07-01 10:30:00.000000", "120")]
    assert found.codes == [(3, "when", "not_a_time"), (4, "when", "not_a_time")]


def test_an_hour_that_the_clocks_skipped_is_no_time_and_of_two_the_earlier_holds(reading: Any) -> None:
    data = "id,sum,payer,payee,when\n1,5,A,B,2024-03-31T02:30:00\n2,5,A,B,2024-10-27T02:30:00\n3,5,A,B,2024-10-27T02:30:00Z\n"
    found = reading(data, mapping=mapping(time={"column": "when", "zone": "Europe/Paris"}))
    assert found.codes == [(2, "when", "not_a_time")]
    assert shown(found.rows, "reference", "occurred_at", "offset_minutes") == [
        ("2", "2024-10-27 00:30:00.000000", "120"),
        ("3", "2024-10-27 02:30:00.000000", "0"),
    ]


def test_a_naive_time_without_zone_is_rejected_under_the_name_of_the_source_column(reading: Any) -> None:
    found = reading("id,sum,payer,payee,when\n1,5,A,B,2024-03-31T02:30:00\n", mapping=mapping())
    assert found.codes == [(2, "when", "naive_time")]


def test_steps_become_days_or_hours_from_the_start(reading: Any) -> None:
    data = "id,sum,payer,payee,n\n1,5,A,B,0\n2,5,A,B,25\n3,5,A,B,-1\n4,5,A,B,1.5\n"
    hours = reading(
        data, mapping=mapping(time={"step": "n", "start": "2024-01-01", "unit": "hour", "precision": "second"})
    )
    assert shown(hours.rows, "occurred_at", "precision") == [
        ("2024-01-01 00:00:00.000000", "second"),
        ("2024-01-02 01:00:00.000000", "second"),
    ]
    days = reading(data, mapping=mapping(time={"step": "n", "start": "2024-01-01"}))
    assert shown(days.rows, "occurred_at", "precision") == [
        ("2024-01-01 00:00:00.000000", "day"),
        ("2024-01-26 00:00:00.000000", "day"),
    ]
    assert days.codes == [(4, "n", "not_a_time"), (5, "n", "not_a_time")]


def test_a_format_with_its_own_offset_and_fraction_keeps_both(reading: Any) -> None:
    data = "id,sum,payer,payee,when\n1,5,A,B,01/07/2024 12:30:05.25 +0530\n2,5,A,B,01/07/2024 12:30:05.25\n"
    found = reading(data, mapping=mapping(time={"column": "when", "format": "%d/%m/%Y %H:%M:%S.%f %z"}))
    assert shown(found.rows, "occurred_at", "offset_minutes") == [("2024-07-01 07:00:05.250000", "330")]
    assert found.codes == [(3, "when", "not_a_time")]


def test_a_value_that_means_nothing_needs_no_translation(reading: Any) -> None:
    columns = {"reference": "id", "amount": "sum", "from_account": "payer", "to_account": "payee", "from_kind": "k"}
    rules = mapping(columns=columns, nulls={"from_kind": ["?"]}, values={"from_kind": {"P": "person"}})
    found = reading("id,sum,payer,payee,when,k\n1,5,A,B,2024-01-01,?\n2,5,A,B,2024-01-01,P\n", mapping=rules)
    assert shown(found.rows, "from_kind") == [(None,), ("person",)]


def test_a_refusal_names_the_value_that_the_mapping_lacks(reading: Any) -> None:
    columns = {"reference": "id", "amount": "sum", "to_account": "payee", "channel": "kind"}
    rules = mapping(columns=columns, constants={"currency": "XOF"}, values={"channel": {"VIR": "transfer"}})
    rules["skip"] = {"id": ["0"]}
    rows = "".join(f"{n},5,B,{'VIR' if n < 5 else 'XX'},2024-01-01\n" for n in range(10))
    found = reading("id,sum,payee,kind,when\n" + rows, mapping=rules, max_reject_per_mille=100)
    assert "5 of 9 rows" in found.result["refusal"]["why"]
    assert "not_mapped" in found.result["refusal"]["why"]


def test_values_are_translated_and_one_that_is_not_named_is_not_mapped(reading: Any) -> None:
    columns = {"reference": "id", "amount": "sum", "to_account": "payee", "channel": "kind"}
    data = "id,sum,payee,kind,when\n1,5,B,VIR,2024-01-01\n2,5,B,???,2024-01-01\n3,5,B,,2024-01-01\n"
    rules = mapping(columns=columns, constants={"currency": "XOF"}, values={"channel": {"VIR": "transfer"}})
    found = reading(data, mapping=rules)
    assert found.codes == [(3, "kind", "not_mapped"), (4, "kind", "missing")]
    rules["values"]["channel"]["*"] = "other"
    assert shown(reading(data, mapping=rules).rows, "channel") == [("transfer",), ("other",)]


def test_rounding_is_half_even_to_the_currency_and_never_hides_a_bad_number(reading: Any) -> None:
    data = "id,sum,payer,payee,when\n" + "".join(
        f"{number},{amount},A,B,2024-01-01\n"
        for number, amount in enumerate(["2.5", "3.5", "2.51", "0.4", "1e3", "-2.5", "12345678901234567890.5"], start=1)
    )
    found = reading(data, mapping=mapping(rounding={"amount": "half_even"}))
    assert shown(found.rows, "amount") == [("2.0000",), ("4.0000",), ("3.0000",)]
    assert found.codes == [
        (5, "sum", "not_positive"),
        (6, "sum", "not_a_number"),
        (7, "sum", "not_positive"),
        (8, "sum", "too_many_digits"),
    ]


def test_skipped_rows_are_accounted_for_and_do_not_count_towards_a_refusal(reading: Any) -> None:
    data = "id,sum,payer,payee,when,kind\n" + "".join(
        f"{n},5,A,B,2024-01-01,{'OPEN' if n < 9 else 'TX'}\n" for n in range(10)
    )
    found = reading(data, mapping=mapping(skip={"kind": ["OPEN"]}), max_reject_per_mille=100)
    assert found.result["status"] == "read"
    assert found.counts == (10, 1, 0, 9)
    assert found.result["skipped"] == 9
    assert set(found.codes) == {(line, "kind", "not_mapped") for line in range(2, 11)}


def test_a_file_without_a_mapped_column_is_refused_with_its_name(reading: Any) -> None:
    found = reading("id,sum,payer,when\n1,5,A,2024-01-01\n", mapping=mapping())
    assert "payee" in found.result["refusal"]["why"]


def test_a_single_byte_encoding_is_read_when_the_mapping_says_so(reading: Any) -> None:
    columns = {"reference": "id", "amount": "sum", "from_account": "payer", "to_account": "payee", "from_name": "né"}
    data = "id;sum;payer;payee;when;né\n1;5;A;B;2024-01-01;Ko\u0153\n".encode("cp1252") + b"2;5;A;B;2024-01-01;\x81\n"
    found = reading(data, mapping=mapping(columns=columns, format={"encoding": "cp1252"}))
    assert shown(found.rows, "from_name") == [("Ko\u0153",)]
    assert found.codes == [(3, None, "not_utf8")]


PAYSIM = """step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud
1,PAYMENT,9839.64,C1231006815,170136.0,160296.36,M1979787155,0.0,0.0,0,0
1,CASH_OUT,181.0,C840083671,181.0,0.0,C38997010,21182.0,0.0,1,0
2,CASH_IN,270.005,C905080434,4184966.65,4463267.69,C666654362,382572.19,0.0,0,0
"""


def test_paysim_needs_no_ids_and_its_cash_rows_name_the_agent(reading: Any) -> None:
    found = reading(PAYSIM, mapping=shipped("paysim"))
    assert found.counts == (3, 3, 0, 0)
    assert found.result["extra_columns"] == []
    assert shown(found.rows, "reference", "channel", "amount", "from_account", "to_account", "agent") == [
        ("paysim-2", "mobile_money", "9839.6400", "C1231006815", "M1979787155", None),
        ("paysim-3", "cash_withdrawal", "181.0000", "C840083671", None, "C38997010"),
        ("paysim-4", "cash_deposit", "270.0000", None, "C905080434", "C666654362"),
    ]


@pytest.mark.parametrize("name", ["amlsim", "amlgentex"])
def test_labels_leave_no_trace_in_a_segment(reading: Any, name: str) -> None:
    with_labels = reading(labelled(name), mapping=shipped(name))
    labels = [column for column in pl.read_csv(io.BytesIO(labelled(name))).columns if column in shipped(name)["drop"]]
    without = pl.read_csv(io.BytesIO(labelled(name)), infer_schema=False).drop(labels).write_csv().encode()
    assert with_labels.digest == reading(without, mapping=shipped(name)).digest
    assert with_labels.result["accepted"] > 0


def labelled(name: str) -> bytes:
    text = {
        "amlsim": """tran_id,orig_acct,bene_acct,tx_type,base_amt,tran_timestamp,is_sar,alert_id,alert_type
1,982,23,TRANSFER,501.95,2017-01-01T00:00:00Z,true,4,fan_in
2,23,982,TRANSFER,1.5,2017-01-02T00:00:00Z,false,-1,
""",
        "amlgentex": """tran_id,tran_date,type,amount,name_orig,name_dest,bank_orig,bank_dest,is_sar,pattern_id,model_type,oldbalance_orig
1,2023-01-01,INITALBALANCE,85757.69,SOURCE,S00A0,source,bank_a,0,,0,0.0
2,2023-01-01,TRANSFER,550.288142,S00A2,SINK,bank_a,sink,0,,0,1.0
3,2023-01-14,CASH,411.870484,S00A2,SINK,bank_c,sink,1,P1,2,1.0
4,2023-01-14,CASH,12.0,SOURCE,S00A2,source,bank_c,1,P1,2,1.0
5,2023-01-15,TRANSFER,12.125,S00A2,S00A3,bank_a,bank_b,0,,0,1.0
""",
    }[name]
    return text.encode()


def test_amlgentex_source_and_sink_are_nobodys_accounts_and_banks_are_institutions(reading: Any) -> None:
    found = reading(labelled("amlgentex"), mapping=shipped("amlgentex"))
    assert found.counts == (5, 4, 0, 1)
    assert shown(found.rows, "channel", "amount", "from_key", "to_key", "precision") == [
        ("transfer", "550.2900", "bank_a|S00A2", None, "day"),
        ("cash_withdrawal", "411.8700", "bank_c|S00A2", None, "day"),
        ("cash_deposit", "12.0000", None, "bank_c|S00A2", "day"),
        ("transfer", "12.1200", "bank_a|S00A2", "bank_b|S00A3", "day"),
    ]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "folder", "rows"), [("amlsim", "amlsim-1k", 121_457), ("amlgentex", "amlgentex-100k", 98_343)]
)
def test_real_data_goes_in_with_the_same_digest_with_and_without_labels(
    reading: Any, tmp_path: Path, name: str, folder: str, rows: int
) -> None:
    original = SHARED / "data" / folder / "transactions.parquet"
    if not original.exists():
        pytest.skip("the study data is not here")
    found = reading(original, mapping=shipped(name))
    assert found.counts[0] == rows
    assert found.result["rejected"] == found.result["skipped"] + {"amlsim": 0, "amlgentex": 8}[name]
    bare = tmp_path / "bare.parquet"
    pl.read_parquet(original).drop(shipped(name)["drop"], strict=False).write_parquet(bare)
    assert reading(bare, mapping=shipped(name)).digest == found.digest


MOBILE = (
    "transaction_id;completed_at;type;status;amount;currency;sender_msisdn;sender_name;receiver_msisdn;receiver_name;"
    """agent_code;agent_town;handset;reference_text;balance_after
M1;2025-05-01 13:45:00;P2P;COMPLETED;1500.00;XOF;+22376000001;Awa;+22376000002;Ines;;;H-1;loyer;900.00
M2;2025-05-01 23:30:00;CASH_IN;COMPLETED;2500.00;XOF;700100;Kiosk;+22376000001;Awa;700100;Mopti;;;
M3;2025-05-02 08:00:00;CASH_OUT;COMPLETED;2000.00;XOF;+22376000002;Ines;700100;Kiosk;700100;Mopti;;;
M4;2025-05-02 08:01:00;P2P;FAILED;10.00;XOF;+22376000002;Ines;+22376000001;Awa;;;;;
M5;2025-05-02 09:00:00;FEE;COMPLETED;10.00;XOF;+22376000002;Ines;SYSTEM;;;;;;
M6;2025-05-02 09:00:00;LOTTERY;COMPLETED;10.00;XOF;+22376000002;Ines;SYSTEM;;;;;;
"""
)


def test_a_mobile_money_export_keeps_wallets_agents_and_cash_apart(reading: Any) -> None:
    found = reading(MOBILE, mapping=shipped("mobile-money"))
    rows = found.rows.sort("reference")
    assert (found.counts, found.result["skipped"]) == ((6, 4, 0, 2), 1)
    assert rows["channel"].to_list() == ["mobile_money", "cash_deposit", "cash_withdrawal", "fee"]
    assert rows["from_key"].to_list() == ["+22376000001", None, "+22376000002", "+22376000002"]
    assert rows["to_key"].to_list() == ["+22376000002", "+22376000001", None, None]
    assert rows["agent"].to_list() == [None, "700100", "700100", None]
    assert found.codes == [(5, "status", "not_mapped"), (7, "type", "not_mapped")]
    assert found.result["extra_columns"] == ["balance_after"]
