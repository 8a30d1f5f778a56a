"""The runner gives every rule what none should write itself: members, roles, a cap on evidence, exact facts, typed parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlglot

from detectors.api import SnapshotView
from detectors.example_table import example_frame
from detectors.examples import snapshot_of
from detectors.sqlbind import bind, for_duckdb
from detectors.sqlrule import EVIDENCE_LIMIT, SqlRule, load_rule, write_fact
from schemas.detector import Example, Parameter
from schemas.errors import DetectorInvalid, RequestInvalid
from schemas.finding import RAW_FINDING
from tests.detectors.lint.drafts import HEAD, SQL, spoil, write_rule

BOTH_SIDES = """select account as subject, min(t_s) as window_start_s, max(t_s) as window_end_s, 500 as strength,
       sorted_list(txn) as evidence, count(*) as deposits, sum(amount_base) as total
from flows
where amount > 0 and $window_s > 0
group by account
having count(*) >= $at_least
"""


@contextmanager
def ledger(rows: str) -> Iterator[SnapshotView]:
    with snapshot_of(example_frame(Example(name="ledger", rows=rows))) as view:
        yield view


def made(tmp_path: Path, *, head: str = HEAD, sql: str = SQL) -> SqlRule:
    return load_rule(write_rule(tmp_path, head=head, sql=sql))


def finding_of(findings: pl.DataFrame, subject: int = 0) -> dict[str, Any]:
    (row,) = findings.filter(pl.col("subject") == subject).iter_rows(named=True)
    return dict(row)


DEPOSITS = """
occurred_at      | channel      | amount | to_account
2026-03-01 09:00 | cash_deposit | 100.00 | A-1
2026-03-01 10:00 | cash_deposit | 200.50 | A-1
"""
MIXED = """
occurred_at      | amount  | from_account | to_account
2026-03-01 09:00 | 100.00  | A-1          | B-1
2026-03-01 10:00 | 200.00  | C-1          | A-1
2026-03-01 11:00 | 300.00  | B-1          | A-1
2026-03-01 12:00 | 300.00  | A-1          | A-1
"""


def test_a_finding_has_the_declared_shape(tmp_path: Path) -> None:
    with ledger(DEPOSITS) as view:
        findings = made(tmp_path).find(view, {})
    assert findings.schema == pl.Schema(RAW_FINDING)
    finding = finding_of(findings)
    assert finding["evidence"] == [0, 1]
    assert finding["window_end_s"] - finding["window_start_s"] == 3600


def test_facts_are_canonical_json_with_exact_money(tmp_path: Path) -> None:
    with ledger(DEPOSITS) as view:
        facts = finding_of(made(tmp_path).find(view, {}))["facts"]
    assert facts == '{"currency":"EUR","deposits":2,"total":"300.50"}'


def test_no_finding_keeps_the_shape(tmp_path: Path) -> None:
    with ledger("occurred_at | amount | to_account\n2026-03-01 | 1 | A-1") as view:
        findings = made(tmp_path).find(view, {})
    assert findings.schema == pl.Schema(RAW_FINDING)
    assert findings.height == 0


def test_members_are_the_other_sides_of_the_evidence_with_the_declared_roles(tmp_path: Path) -> None:
    with ledger(MIXED) as view:
        members = finding_of(made(tmp_path, sql=BOTH_SIDES).find(view, {"at_least": 3}))["members"]
        names = dict(view.sql("select account, name from accounts").iter_rows())
    roles = {names[member["account"]]: member["role"] for member in members}
    # B-1 stands on both sides and is given the milder of payer and beneficiary; A-1 is the subject, also of its own payment.
    assert roles == {"A-1": "collector", "B-1": "payer", "C-1": "payer"}
    assert [member["account"] for member in members] == sorted(member["account"] for member in members)


def test_a_possible_victim_is_never_overruled_by_a_worse_role(tmp_path: Path) -> None:
    head = spoil(HEAD, 'senders = "payer"', 'senders = "mule"')
    head = spoil(head, 'receivers = "beneficiary"', 'receivers = "possible_victim"')
    with ledger(MIXED) as view:
        members = finding_of(made(tmp_path, head=head, sql=BOTH_SIDES).find(view, {"at_least": 3}))["members"]
        names = dict(view.sql("select account, name from accounts").iter_rows())
    assert {names[m["account"]]: m["role"] for m in members}["B-1"] == "possible_victim"


def test_evidence_is_capped_at_the_largest_and_the_cap_is_told(tmp_path: Path) -> None:
    many = EVIDENCE_LIMIT + 7
    rows = [f"2026-03-01 09:00 | cash_deposit | {100 + n} | A-1" for n in range(many)]
    with ledger("\n".join(["occurred_at | channel | amount | to_account", *rows])) as view:
        finding = finding_of(made(tmp_path).find(view, {}))
    assert finding["evidence"] == list(range(7, many))
    facts = json.loads(finding["facts"])
    assert (facts["left_out"], facts["deposits"]) == (7, many)


def test_a_money_fact_in_a_currency_without_cents_has_none(tmp_path: Path) -> None:
    sql = spoil(BOTH_SIDES, "sum(amount_base) as total", "sum(amount) as total, min(currency) as currency")
    rows = (
        "occurred_at | amount | currency | from_account\n2026-03-01 | 5000 | XOF | A-1\n2026-03-01 | 2500 | XOF | A-1"
    )
    with ledger(rows) as view:
        facts = json.loads(finding_of(made(tmp_path, sql=sql).find(view, {}))["facts"])
    assert facts == {"currency": "XOF", "deposits": 2, "total": "7500"}


def test_parameters_bind_as_values_whatever_their_size(tmp_path: Path) -> None:
    rule = made(tmp_path)
    with ledger(DEPOSITS) as view:
        assert rule.find(view, {"at_least": 3}).height == 0
        assert rule.find(view, {"window_s": 3600}).height == 0, "an hour apart is not within an hour"
        assert rule.find(view, {"window_s": 3601}).height == 1


@pytest.mark.parametrize("params", [{"colour": 1}, {"at_least": 0}, {"at_least": 10}, {"at_least": Decimal("2.5")}])
def test_parameters_that_are_unknown_or_out_of_bounds_are_refused(
    tmp_path: Path, params: dict[str, int | Decimal]
) -> None:
    with ledger(DEPOSITS) as view, pytest.raises(RequestInvalid):
        made(tmp_path).find(view, params)


@pytest.mark.parametrize("strength", ["1001", "-1", "null"])
def test_a_strength_outside_its_scale_is_a_fault_of_the_rule(tmp_path: Path, strength: str) -> None:
    rule = made(tmp_path, sql=spoil(SQL, "500 as strength", f"{strength} as strength"))
    with ledger(DEPOSITS) as view, pytest.raises(DetectorInvalid, match="strength"):
        rule.find(view, {})


def test_what_the_engine_refuses_names_the_rule(tmp_path: Path) -> None:
    rule = made(
        tmp_path,
        sql=spoil(SQL, "500 as strength", "cast(min(channel) as bigint) as strength").replace(
            "txn, t_s,", "txn, t_s, channel,"
        ),
    )
    with ledger(DEPOSITS) as view, pytest.raises(DetectorInvalid) as refused:
        rule.find(view, {})
    assert refused.value.where == f"{tmp_path / 'rule.sql'}:{rule.file.sql_line}"


def test_the_order_of_rows_in_the_relations_does_not_matter(tmp_path: Path) -> None:
    rule = made(tmp_path, sql=BOTH_SIDES)
    with ledger(MIXED) as view:
        before = rule.find(view, {"at_least": 1})
        view.connection.execute("create or replace table flows as select * from flows order by txn desc, account desc")
        assert rule.find(view, {"at_least": 1}).equals(before)


def _parameter(value: int | Decimal) -> Parameter:
    unit: Any = "money" if isinstance(value, Decimal) else "count"
    return Parameter(default=value, unit=unit, least=-(10**18), most=10**18, reason="any value")


def _calculated(expression: str, **values: int | Decimal) -> Any:
    params = {name: _parameter(value) for name, value in values.items()}
    tree = bind(sqlglot.parse_one(f"select {expression} as x", dialect="duckdb"), params, values)
    with ledger(DEPOSITS) as view:
        return view.sql(for_duckdb(tree))["x"][0]


def test_per_mille_is_exact_where_floating_point_is_not() -> None:
    assert _calculated("per_mille($a, $b)", a=Decimal("0.3"), b=Decimal("0.1")) == 3000
    assert (
        _calculated("per_mille($a, $b)", a=Decimal("999999999999999999.9999"), b=Decimal("1000000000000000000")) == 999
    )
    assert _calculated("per_mille(7, 3)") == 2333


def test_per_mille_of_nothing_is_unknown_and_of_a_speck_is_capped() -> None:
    assert _calculated("per_mille(1, 0)") is None
    assert _calculated("per_mille($a, $b)", a=Decimal(10**17), b=Decimal("0.0001")) == 10**12


def test_whole_division_never_becomes_floating_point() -> None:
    assert _calculated("$a // 3", a=Decimal("10.0")) == 3
    assert _calculated("7 // 2") == 3


def test_constants_are_folded_to_plain_literals() -> None:
    frame = "range between ($w - 1) preceding and 2 * $w - 1 following"
    tree = sqlglot.parse_one(f"select sum(x) over (order by y {frame})", dialect="duckdb")
    params = {"w": Parameter(default=5, unit="seconds", least=1, most=9, reason="any value")}
    assert "BETWEEN 4 preceding AND 9 following" in for_duckdb(bind(tree, params, {"w": 5}))


def test_a_negative_parameter_keeps_its_sign() -> None:
    assert _calculated("10 + $a", a=-3) == 7
    assert _calculated("10 - $a", a=-3) == 13


def test_facts_are_written_by_kind() -> None:
    assert write_fact("money", Decimal("12.5"), "EUR") == "12.50"
    assert write_fact("money", Decimal("12.5"), "XOF") == "12"
    assert write_fact("date", 1_772_366_400, "EUR") == "2026-03-01"
    assert write_fact("count", Decimal(3), "EUR") == 3
    assert write_fact("money", None, "EUR") is None
