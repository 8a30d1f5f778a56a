"""The relations of a snapshot: what detectors see, and what it may never depend on."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from detectors.relations import Source, load_frame, load_segments
from detectors.relations.lists import COLUMNS
from detectors.relations.load import example_references
from schemas.reference import TABLES
from schemas.transaction import SEGMENT, polars_schema

RELATIONS = ("accounts", "transactions", "flows", "reports", "limits")
_NOON = datetime(2026, 3, 2, 12)


def segment_rows(*rows: dict[str, object]) -> pl.DataFrame:
    """A segment frame from a few columns: keys are `X|account`, second precision, EUR transfers, references from 0."""
    filled = [
        {
            "reference": str(number),
            "occurred_at": _NOON,
            "offset_minutes": 0,
            "precision": "second",
            "channel": "transfer",
            "currency": "EUR",
            "amount": Decimal(100),
        }
        | row
        for number, row in enumerate(rows)
    ]
    for row in filled:
        for side in ("from", "to"):
            account = row.get(f"{side}_account")
            row.setdefault(f"{side}_key", None if account is None else f"X|{account}")
    return pl.DataFrame(
        {column.name: [row.get(column.name) for row in filled] for column in SEGMENT}, schema=polars_schema()
    )


def loaded(frame: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    tables = example_references()
    load_frame(connection, frame, tables=tables, base_currency="EUR")
    return connection


def test_flows_have_one_row_for_each_side_that_has_an_account() -> None:
    connection = loaded(
        segment_rows(
            {"from_account": "A", "to_account": "B"},
            {"to_account": "A", "channel": "cash_deposit"},
            {"from_account": "B", "channel": "cash_withdrawal"},
            {"from_account": "A", "to_account": "A"},
        )
    )
    rows = connection.sql("select account, counterparty, direction from flows order by all").fetchall()
    assert rows == [(0, 0, "in"), (0, 0, "out"), (0, 1, "out"), (0, None, "in"), (1, 0, "in"), (1, None, "out")]


def test_the_first_contact_is_the_first_in_total_order_whichever_way_the_money_went() -> None:
    connection = loaded(
        segment_rows(
            {"from_account": "B", "to_account": "A", "occurred_at": _NOON},
            {"from_account": "A", "to_account": "B", "occurred_at": _NOON - timedelta(days=1)},
            {"from_account": "A", "to_account": "C", "occurred_at": _NOON},
        )
    )
    rows = connection.sql("select txn, direction, first_contact from flows where account = 0 order by txn").fetchall()
    assert rows == [(0, "out", True), (1, "in", False), (2, "out", True)]


def test_a_date_without_an_hour_may_lie_anywhere_in_its_day() -> None:
    midnight = datetime(2026, 3, 2)
    connection = loaded(segment_rows({"to_account": "A", "occurred_at": midnight, "precision": "day"}))
    start, end, local = connection.sql("select t_s, t_end_s, local_s from transactions").fetchall()[0]
    assert (end - start, local) == (86_399, None)


def test_local_time_follows_the_original_offset() -> None:
    connection = loaded(segment_rows({"to_account": "A", "offset_minutes": -300}))
    assert connection.sql("select local_s - t_s from transactions").fetchall() == [(-18_000,)]


def test_base_amounts_are_exact_and_missing_where_no_rate_is_known() -> None:
    connection = loaded(
        segment_rows(
            {"to_account": "A", "currency": "XOF", "amount": Decimal(655_957)},
            {"to_account": "A", "currency": "USD", "amount": Decimal("12.50")},
            {"to_account": "A", "currency": "JPY", "amount": Decimal(1_000)},
            {"to_account": "A", "currency": "EUR", "amount": Decimal("999999999999999999.99")},
        )
    )
    amounts = [row[0] for row in connection.sql("select amount_base from transactions order by txn").fetchall()]
    assert amounts == [Decimal("1000.0000"), Decimal("10.0000"), None, Decimal("999999999999999999.9900")]


@pytest.mark.parametrize(
    "rate", ["0.0000000001", "0.0015244902", "0.9999999999", "1.5", "99999.9999999999", "100000", "654321.1234567891"]
)
def test_base_amounts_are_rounded_as_exact_arithmetic_rounds_them(rate: str) -> None:
    drawn = random.Random(rate)
    amounts = [
        Decimal(units).scaleb(-4) for units in (1, 5, 9_999, 99_999, 100_000, 5_000_000_000, 10**13 - 1, 10**13, 10**17)
    ]
    amounts += [Decimal(drawn.randrange(1, 10 ** drawn.randrange(1, 15))).scaleb(-4) for _ in range(200)]
    fx = pl.DataFrame({"currency": ["USD"], "base": ["EUR"], "date": [_NOON.date()], "rate": [Decimal(rate)]})
    connection = duckdb.connect()
    frame = segment_rows(*({"to_account": "A", "currency": "USD", "amount": each} for each in amounts))
    load_frame(connection, frame, tables=example_references() | {"fx": fx}, base_currency="EUR")
    for amount, base in connection.sql("select amount, amount_base from transactions").fetchall():
        assert base == (amount * Decimal(rate)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def test_the_most_particular_threshold_stands() -> None:
    tables = example_references()
    tables["thresholds"] = pl.DataFrame(
        {
            "country": ["ML", "*", "*", "ML"],
            "currency": ["XOF", "XOF", "*", "XOF"],
            "kind": ["cash"] * 4,
            "amount": [Decimal(5_000_000), Decimal(7_000_000), Decimal(15_000), Decimal(1)],
            "valid_from": [datetime(2020, 1, 1).date()] * 3 + [datetime(2019, 1, 1).date()],
            "valid_to": [None, None, None, datetime(2020, 1, 1).date()],
            "source": ["test"] * 4,
        }
    )
    connection = duckdb.connect()
    frame = segment_rows(
        {"to_account": "A", "currency": "XOF", "to_country": "ML"},
        {"to_account": "B", "currency": "XOF", "to_country": "SN"},
        {"to_account": "C", "currency": "EUR"},
        {"to_account": "D", "currency": "USD", "to_country": "US"},
    )
    load_frame(connection, frame, tables=tables, base_currency="EUR")
    found = connection.sql("select threshold, threshold_base from flows order by account").fetchall()
    assert [row[0] for row in found] == [5_000_000, 7_000_000, 15_000, 18_750]
    assert found[3][1] == 15_000


def test_optional_columns_read_as_null_where_the_data_has_none() -> None:
    connection = loaded(segment_rows({"to_account": "A"}))
    assert connection.sql("select device, latitude, purpose from transactions").fetchall() == [(None, None, None)]


def test_an_empty_snapshot_has_empty_relations() -> None:
    connection = loaded(segment_rows())
    assert all(connection.sql(f"select count(*) from {name}").fetchall() == [(0,)] for name in RELATIONS)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_relations_do_not_depend_on_threads_or_on_the_order_of_segments(tmp_path: Path, threads: int) -> None:
    draw = random.Random(7)
    frame = segment_rows(
        *(
            {
                "from_account": f"A{draw.randrange(40)}",
                "to_account": f"A{draw.randrange(40)}",
                "occurred_at": _NOON + timedelta(hours=draw.randrange(200)),
                "amount": Decimal(draw.randrange(1, 10**6)) / 100,
                "currency": draw.choice(["EUR", "XOF", "USD"]),
            }
            for _ in range(2_000)
        )
    )
    sources = []
    for number in range(5):
        path = tmp_path / f"{number}.parquet"
        frame.slice(number * 400, 400).write_parquet(path)
        sources.append(Source(path, f"b{number}", f"p{number % 2}"))
    tables = example_references()
    results = []
    for order, count in ((sources, 1), (draw.sample(sources, 5), threads)):
        connection = duckdb.connect(config={"threads": count})
        load_segments(connection, order, tables=tables, base_currency="EUR")
        results.append([connection.sql(f"select * from {name} order by all").fetchall() for name in RELATIONS])
    assert results[0] == results[1]


def test_the_same_rows_from_two_batches_are_two_reports(tmp_path: Path) -> None:
    path = tmp_path / "same.parquet"
    segment_rows({"to_account": "A"}).write_parquet(path)
    connection = duckdb.connect()
    tables = example_references()
    sources = [Source(path, "b1", "p1"), Source(path, "b2", "p2")]
    load_segments(connection, sources, tables=tables, base_currency="EUR")
    # A cash deposit has one account only, so two partners who report the like report two.
    assert connection.sql("select txn, batch from reports order by txn").fetchall() == [(0, "b1"), (1, "b2")]


def partners(tmp_path: Path, *reports: list[dict[str, object]]) -> duckdb.DuckDBPyConnection:
    """Partners' segments, loaded. References are numbered from 0 in each."""
    sources = []
    for number, rows in enumerate(reports, start=1):
        partner = f"p{number}"
        path = tmp_path / f"{partner}.parquet"
        segment_rows(*rows).write_parquet(path)
        sources.append(Source(path, f"batch-{partner}", partner))
    connection = duckdb.connect()
    tables = example_references()
    load_segments(connection, sources, tables=tables, base_currency="EUR")
    return connection


def flows_and_reports(connection: duckdb.DuckDBPyConnection) -> tuple[int, list[tuple[object, ...]]]:
    (count,) = connection.sql("select count(*) from transactions").fetchall()[0]
    return count, connection.sql("select txn, batch, reference from reports order by all").fetchall()


TRANSFER: dict[str, object] = {"from_account": "A", "to_account": "B"}


def test_one_transfer_that_two_partners_report_is_one_flow_with_two_reports(tmp_path: Path) -> None:
    later = TRANSFER | {"occurred_at": _NOON + timedelta(days=2)}
    assert flows_and_reports(partners(tmp_path, [TRANSFER], [later])) == (
        1,
        [(0, "batch-p1", "0"), (0, "batch-p2", "0")],
    )


@pytest.mark.parametrize(
    "other",
    [
        {"occurred_at": _NOON + timedelta(days=2, seconds=1)},
        {"amount": Decimal("100.01")},
        {"currency": "USD"},
        {"from_account": "B", "to_account": "A"},
    ],
)
def test_what_differs_in_time_amount_currency_or_direction_is_two_flows(
    tmp_path: Path, other: dict[str, object]
) -> None:
    assert flows_and_reports(partners(tmp_path, [TRANSFER], [TRANSFER | other]))[0] == 2


def test_two_like_payments_of_one_partner_stay_two(tmp_path: Path) -> None:
    assert flows_and_reports(partners(tmp_path, [TRANSFER, TRANSFER], []))[0] == 2


def test_of_like_payments_each_is_matched_once_and_the_nearest_first(tmp_path: Path) -> None:
    mine = [TRANSFER | {"occurred_at": _NOON + timedelta(hours=hours)} for hours in (0, 30)]
    yours = [TRANSFER | {"occurred_at": _NOON + timedelta(hours=hours)} for hours in (1, 31)]
    count, reports = flows_and_reports(partners(tmp_path, mine, yours))
    assert (count, [report[0] for report in reports]) == (2, [0, 0, 1, 1])


def test_a_report_with_a_date_only_is_of_any_moment_of_its_day(tmp_path: Path) -> None:
    dated = [TRANSFER | {"occurred_at": datetime(2026, 3, day), "precision": "day"} for day in (2, 3, 4)]
    timed = [TRANSFER | {"occurred_at": datetime(2026, 3, day, 18)} for day in (2, 3, 4)]
    count, reports = flows_and_reports(partners(tmp_path, dated, timed))
    assert (count, [report[2] for report in reports]) == (3, ["0", "0", "1", "1", "2", "2"])
    last = TRANSFER | {"occurred_at": datetime(2026, 3, 4, 23, 59, 59)}
    assert flows_and_reports(partners(tmp_path, dated[:1], [last]))[0] == 1, "two days after the end of the day"
    beyond = TRANSFER | {"occurred_at": datetime(2026, 3, 5)}
    assert flows_and_reports(partners(tmp_path, dated[:1], [beyond]))[0] == 2


def test_two_like_payments_of_one_day_that_both_report_by_date_are_two_flows(tmp_path: Path) -> None:
    dated = TRANSFER | {"occurred_at": datetime(2026, 3, 2), "precision": "day"}
    assert flows_and_reports(partners(tmp_path, [dated, dated], [dated, dated]))[0] == 2
    assert flows_and_reports(partners(tmp_path, [TRANSFER, TRANSFER], [dated, dated]))[0] == 2


@pytest.mark.parametrize(("amount", "flows"), [("95.00", 1), ("94.99", 2), ("105.26", 1)])
def test_who_shares_the_id_may_have_taken_a_fee_off(tmp_path: Path, amount: str, flows: int) -> None:
    mine = TRANSFER | {"end_to_end_id": "e-1"}
    yours = mine | {"amount": Decimal(amount)}
    connection = partners(tmp_path, [mine], [yours])
    assert flows_and_reports(connection)[0] == flows
    assert flows_and_reports(partners(tmp_path, [TRANSFER], [yours]))[0] == 2, "without the id it is another payment"


@pytest.mark.parametrize("marked", [0, 1])
def test_a_refund_that_one_of_two_partners_marks_is_a_refund(tmp_path: Path, marked: int) -> None:
    back = {"from_account": "B", "to_account": "A", "occurred_at": _NOON + timedelta(days=1)}
    told = [[TRANSFER, back | ({"reverses": "0"} if number == marked else {})] for number in (0, 1)]
    connection = partners(tmp_path, *told)
    assert connection.sql("select is_reversal from transactions order by txn").fetchall() == [(False,), (True,)]


def test_an_id_that_both_institutions_share_comes_before_nearness(tmp_path: Path) -> None:
    mine = [
        TRANSFER | {"occurred_at": _NOON + timedelta(hours=hours), "end_to_end_id": name}
        for hours, name in ((0, "x"), (5, "y"))
    ]
    yours = [TRANSFER | {"occurred_at": _NOON + timedelta(hours=6), "end_to_end_id": "x"}]
    count, reports = flows_and_reports(partners(tmp_path, mine, yours))
    assert (count, reports) == (2, [(0, "batch-p1", "0"), (0, "batch-p2", "0"), (1, "batch-p1", "1")])


def test_cash_is_never_matched(tmp_path: Path) -> None:
    cash: dict[str, object] = {"to_account": "A", "channel": "cash_deposit"}
    assert flows_and_reports(partners(tmp_path, [cash], [cash]))[0] == 2


def test_three_reports_of_one_transfer_are_one_flow(tmp_path: Path) -> None:
    a_day = TRANSFER | {"occurred_at": _NOON + timedelta(days=1)}
    two_days = TRANSFER | {"occurred_at": _NOON + timedelta(days=2)}
    connection = partners(tmp_path, [TRANSFER], [a_day], [two_days])
    assert flows_and_reports(connection) == (
        1,
        [(0, "batch-p1", "0"), (0, "batch-p2", "0"), (0, "batch-p3", "0")],
    )
    why = connection.sql("select submitter, first_reference, matched, apart_s from twins order by submitter").fetchall()
    assert why == [("p2", "0", "accounts", 86_400), ("p3", "0", "accounts", 172_800)]


def test_two_like_transfers_that_three_partners_report_are_two_flows(tmp_path: Path) -> None:
    both: list[dict[str, object]] = [TRANSFER, TRANSFER | {"occurred_at": _NOON + timedelta(hours=3)}]
    count, reports = flows_and_reports(partners(tmp_path, both, both, both))
    assert count == 2
    assert [sum(1 for txn, _, _ in reports if txn == number) for number in (0, 1)] == [3, 3]


def test_a_match_says_whether_the_shared_id_or_the_accounts_made_it(tmp_path: Path) -> None:
    shared = TRANSFER | {"end_to_end_id": "e-1"}
    connection = partners(tmp_path, [shared, TRANSFER | {"to_account": "C"}], [shared, TRANSFER | {"to_account": "C"}])
    assert connection.sql("select matched from twins order by reference").fetchall() == [
        ("end_to_end_id",),
        ("accounts",),
    ]


def test_a_relation_without_rows_has_the_columns_of_one_with_rows() -> None:
    valid = {"valid_from": "2020-01-01", "valid_to": None, "source": "test"}
    rows: dict[str, dict[str, object]] = {
        "segments": {"account": "A", "segment": "payroll", **valid},
        "profiles": {"account": "A", "sector": "retail", "currency": "EUR", "monthly_income": "10", **valid},
        "corridors": {"kind": "gold", "route": "r", "step": 1, "from_country": "ML", "to_country": "AE", **valid},
        "calendar": {
            "country": "ML",
            "kind": "harvest",
            "name": "h",
            "first_day": "2020-01-01",
            "last_day": "2020-01-02",
        },
        "places": {"place": "Gao", "country": "ML", "kind": "border", "source": "test"},
        "merchants": {"merchant_category": "7011", "topic": "lodging", "source": "test"},
        "lexicon": {"topic": "gold", "language": "en", "term": "gold", "source": "test"},
        "prices": {"commodity": "gold", "date": "2020-01-01", "currency": "EUR", "price": "70", "source": "test"},
        "watchlist": {
            "entry": "e",
            "list": "l",
            "kind": "pep",
            "account": "A",
            "grade": "A1",
            "humanitarian": "no",
            **valid,
        },
    }
    tables = {
        kind: pl.DataFrame([row], schema=dict.fromkeys(TABLES[kind].columns, pl.String)).select(
            pl.col(name).str.to_date() if dtype == pl.Date else pl.col(name).cast(dtype)
            for name, dtype in TABLES[kind].schema.items()
        )
        for kind, row in (
            (kind, {name: None if v is None else str(v) for name, v in row.items()}) for kind, row in rows.items()
        )
    }
    described = []
    for extra, purpose in (({}, None), (tables, "5 kg of gold")):
        connection = duckdb.connect()
        frame = segment_rows({"to_account": "A", "place": "Gao", "purpose": purpose})
        load_frame(connection, frame, tables=example_references() | extra, base_currency="EUR")
        described.append({name: connection.sql(f"describe {name}").fetchall() for name in COLUMNS})
        filled = [name for name in COLUMNS if connection.sql(f"select * from {name}").fetchall()]
    assert described[0] == described[1]
    assert {"corridors", "calendar", "places", "merchants", "mentions", "prices", "quantities"} <= set(filled)
