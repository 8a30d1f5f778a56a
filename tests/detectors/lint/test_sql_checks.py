"""Each check of the SQL refuses what it is for, at the right line, with a remedy; a sound rule passes all of them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from detectors.examples import snapshot_of
from detectors.lint.structure import RELATIONS
from detectors.sqlrule import judge_rule, load_rule
from schemas.errors import DetectorInvalid
from schemas.transaction import polars_schema
from tests.detectors.lint.drafts import HEAD, SQL, spoil, write_rule


def faults_of(tmp_path: Path, *, head: str = HEAD, sql: str = SQL) -> list[DetectorInvalid]:
    return judge_rule(write_rule(tmp_path, head=head, sql=sql))[1]


def test_a_sound_rule_passes(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == []


BAD_SQL = {
    "division": ("max(total) as total", "max(total) / 2 as total", "DIV", "per_mille"),
    "a list without order": ("sorted_list(txn)", "list(txn)", "ARRAYAGG", "sorted_list"),
    "a list with an order that other engines lose": (
        "sorted_list(txn)",
        "list(txn order by txn)",
        "ARRAYAGG",
        "sorted_list",
    ),
    "text built row by row": ("max(total) as total", "string_agg(channel, ',') as total", "GROUPCONCAT", "sorted_list"),
    "any_value": ("max(total) as total", "any_value(total) as total", "ANYVALUE", "min() or max()"),
    "first": ("max(total) as total", "first(total) as total", "FIRST", "min() or max()"),
    "last": ("max(total) as total", "last(total) as total", "LAST", "min() or max()"),
    "arg_max": ("max(total) as total", "arg_max(total, t_s) as total", "ARGMAX", "row_number"),
    "an average": ("max(total) as total", "avg(total) as total", "AVG", "count()"),
    "a median": ("max(total) as total", "median(total) as total", "MEDIAN", "Count the rows below"),
    "a standard deviation": ("max(total) as total", "stddev(total) as total", "STDDEV", "floating"),
    "a clock": ("500 as strength", "epoch(now()) as strength", "subset", "as_of_s"),
    "today's date": ("500 as strength", "current_date as strength", "subset", "as_of_s"),
    "chance": ("500 as strength", "random() as strength", "subset", "replay"),
    "a hash": ("500 as strength", "hash(account) as strength", "hash", ""),
    "an interval": (
        "t_s range between ($window_s - 1) preceding",
        "t_s range between interval 1 day preceding",
        "INTERVAL",
        "whole seconds",
    ),
    "time_bucket": ("500 as strength", "time_bucket(account, txn) as strength", "subset", ""),
    "epoch_us": ("500 as strength", "epoch_us(max(t_s)) as strength", "subset", ""),
    "a double": ("500 as strength", "cast(500 as double) as strength", "exact", "decimal(24, 4)"),
    "a real": ("500 as strength", "500::real as strength", "exact", "decimal(24, 4)"),
    "a timestamp": ("500 as strength", "cast(500 as timestamptz) as strength", "exact", "decimal(24, 4)"),
    "an exponent": ("500 as strength", "5e2 as strength", "exponent", "digits"),
    "a star": ("select account, txn, t_s, amount_base,", "select *,", "`*`", "Name the columns"),
    "an ASOF join": ("from flows\n", "from flows asof join accounts using (account)\n", "JOIN has `method`", ""),
    "a natural join": ("from flows\n", "from flows natural join accounts\n", "JOIN has `method`", ""),
    "a positional join": ("from flows\n", "from flows positional join accounts\n", "JOIN has `method`", ""),
    "a full join": ("from flows\n", "from flows full join accounts using (account)\n", "FULL join", "left"),
    "row_number without a total order": ("t_s desc, txn desc", "t_s desc", "no total order", "`txn`"),
    "row_number over flows by txn alone": (
        "(partition by account order by t_s desc, txn desc)",
        "(order by txn)",
        "no total order",
        "`txn`",
    ),
    "lag without a total order": (
        "row_number() over (partition by account order by t_s desc, txn desc)",
        "lag(t_s) over (partition by account order by t_s)",
        "no total order",
        "`txn`",
    ),
    "first_value": ("row_number() over", "first_value(t_s) over", "FIRSTVALUE", ""),
    "a ROWS frame without a total order": (
        "range between ($window_s - 1) preceding",
        "rows between 2 preceding",
        "no total order",
        "`txn`",
    ),
    "a GROUPS frame": (
        "range between ($window_s - 1) preceding",
        "groups between 2 preceding",
        "neither RANGE nor ROWS",
        "RANGE",
    ),
    "a frame bound that is a column": (
        "($window_s - 1) preceding",
        "txn preceding",
        "not a whole number",
        "parameters",
    ),
    "a frame with two keys": ("order by t_s range", "order by t_s, txn range", "one order key", "seconds"),
    "a rank without an order": (
        "row_number() over (partition by account order by t_s desc, txn desc)",
        "rank() over (partition by account)",
        "the rank has no order",
        "",
    ),
    "LIMIT without an order": (
        "having max(deposits) >= $at_least",
        "having max(deposits) >= $at_least limit 10",
        "LIMIT",
        "`txn`",
    ),
    "LIMIT with an order that ties": (
        "having max(deposits) >= $at_least",
        "having max(deposits) >= $at_least order by total limit 10",
        "LIMIT",
        "`txn`",
    ),
    "DISTINCT ON": ("select account, txn,", "select distinct on (account) account, txn,", "DISTINCT", ""),
    "GROUP BY ALL": ("group by account", "group by all", "GROUP has `all`", ""),
    "ORDER BY ALL": ("having max(deposits) >= $at_least", "having max(deposits) >= $at_least order by all", "VAR", ""),
    "a column that is not there": ("amount_base,\n", "amount_base, colour,\n", "no such column", ""),
    "an output column missing": ("500 as strength,", "", "does not give `strength`", "as strength"),
    "an output column too many": ("500 as strength,", "500 as strength, 1 as colour,", "gives `colour`", "[facts]"),
    "an output column twice": ("500 as strength,", "500 as strength, 400 as strength,", "twice", ""),
    "a parameter that is not used": ("$at_least", "2", "never used", "$at_least"),
    "a house function with too few arguments": ("500 as strength", "per_mille(500) as strength", "takes 2", ""),
    "a NULLS FIRST window default left alone but a frame with exclusions": (
        "and current row)",
        "and current row exclude ties)",
        "exclude",
        "",
    ),
}


@pytest.mark.parametrize(("old", "new", "why", "remedy"), BAD_SQL.values(), ids=list(BAD_SQL))
def test_sql_outside_the_subset_is_refused(tmp_path: Path, old: str, new: str, why: str, remedy: str) -> None:
    found = faults_of(tmp_path, sql=spoil(SQL, old, new))
    assert any(why in fault.why and remedy in (fault.remedy or "") for fault in found), [str(fault) for fault in found]


def test_a_fault_names_file_line_value_and_remedy(tmp_path: Path) -> None:
    sql = spoil(SQL, "max(total) as total", "max(total)\n    / 2 as total")
    (fault,) = faults_of(tmp_path, sql=sql)
    lines = (tmp_path / "rule.sql").read_text(encoding="utf-8").splitlines()
    path, line = str(fault.where).rsplit(":", 1)
    assert path == str(tmp_path / "rule.sql")
    assert "max(total)" in lines[int(line) - 1]
    assert fault.value == "MAX(total) / 2"
    assert "cross-multiplication" in (fault.remedy or "")


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    sql = spoil(spoil(SQL, "500 as strength", "random() as strength"), "sorted_list(txn)", "list(txn)")
    assert len(faults_of(tmp_path, sql=sql)) == 2


def test_a_file_without_a_head_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.sql"
    path.write_text(SQL, encoding="utf-8")
    with pytest.raises(DetectorInvalid, match="does not open with a head"):
        load_rule(path)
    path.write_text("/*---\nid = 'x'\n", encoding="utf-8")
    with pytest.raises(DetectorInvalid, match="not closed"):
        load_rule(path)


def test_sql_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, sql=spoil(SQL, "group by account", "group account by"))
    assert "cannot be read" in fault.why


def test_the_lint_knows_the_relations_as_they_are_built() -> None:
    with snapshot_of(polars_schema().to_frame()) as view:
        for relation, columns in RELATIONS.items():
            described = view.connection.execute(f"describe {relation}").fetchall()
            assert {row[0] for row in described} == columns, relation


def test_duckdb_itself_would_have_run_some_of_what_is_refused() -> None:
    """The lint is not the engine's syntax check: these run, and would give other rows in another run or on another engine."""
    connection = duckdb.connect()
    for harmful in ("select random()", "select list(x) from range(3) t(x)", "select name from duckdb_settings()"):
        assert connection.execute(harmful).fetchall()
