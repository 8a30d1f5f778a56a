"""A rule file is reviewed like code, but it may come from elsewhere: it must not reach a file, a setting or another table."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.sqlrule import judge_rule, load_rule
from schemas.errors import DetectorInvalid
from tests.detectors.lint.drafts import SQL, spoil, write_rule

OUTPUT = (
    "0 as window_start_s, 0 as window_end_s, 1 as strength, sorted_list(txn) as evidence, 1 as deposits, 1 as total"
)


def reading(source: str) -> str:
    return f"select account as subject, {OUTPUT} from {source} where 1 < $at_least and 1 < $window_s group by account"


ATTACKS = {
    "a second statement": f"{SQL};\nselect 1",
    "a second statement that writes": f"{SQL};\ndrop table flows",
    "a statement before it": f"set memory_limit = '100GB';\n{SQL}",
    "a copy to a file": "copy (select account from flows) to 'out.csv'",
    "a copy from a file": "copy flows from 'in.csv'",
    "an attached database": "attach 'other.duckdb'",
    "a pragma": "pragma database_list",
    "an installed extension": "install httpfs",
    "a loaded extension": "load httpfs",
    "a created macro": "create macro f(x) as x",
    "an update": "update flows set amount = 1",
    "an insert": "insert into flows select account from accounts",
    "a call": "call pragma_version()",
    "an explanation": f"explain analyze {SQL}",
    "an export": "export database 'folder'",
    "a CSV file by function": reading("read_csv('/etc/passwd')"),
    "a text file by function": reading("read_text('/etc/passwd')"),
    "a file by name": reading("'/etc/passwd'"),
    "a Parquet file by name": reading("'x.parquet'"),
    "a quoted file name": reading('"x.csv"'),
    "the catalogue of tables": reading("information_schema.tables"),
    "a system table": reading("duckdb_settings()"),
    "a system view": reading("pg_tables"),
    "a system view with its schema": reading("pg_catalog.pg_tables"),
    "a table of the run": reading("payments"),
    "the table of reports": reading("reports"),
    "the master table": reading("sqlite_master"),
    "a relation with a schema": reading("main.flows"),
    "a function that makes rows": reading("generate_series(1, 10) as t(account)"),
    "a range that makes rows": reading("range(10) as t(account)"),
    "values as a table": reading("(values (1)) as t(account)"),
    "a lateral query": reading("flows, lateral (select 1 as q) as l"),
    "an old version": reading("flows at (version => 1)"),
    "a sample": reading("flows using sample 10"),
    "a table sample": reading("flows tablesample 10%"),
    "a pivot": reading("flows pivot (sum(amount) for channel in ('fee'))"),
    "a system table in a subquery": reading("flows where account in (select 1 from duckdb_tables())").replace(
        " where 1 <", " and 1 <"
    ),
    "a step named as a system table, read before it stands": (
        f"with spy as (select name as account from duckdb_settings), duckdb_settings as (select account from flows) {reading('spy')}"
    ),
    "a nested step that lends its name": (
        "with a as (with pg_tables as (select account from flows) select account from pg_tables) "
        f"{reading('(select account from pg_tables) as q')}"
    ),
    "a step that hides a relation": f"with flows as (select account, txn from flows) {reading('flows')}",
    "a recursive step": (
        f"with recursive n as (select account, txn from flows union all select account + 1, txn from n) {reading('n')}"
    ),
    "an environment variable": spoil(SQL, "'cash_deposit'", "getenv('HOME')"),
    "a setting": spoil(SQL, "'cash_deposit'", "current_setting('access_mode')"),
    "a variable": spoil(SQL, "'cash_deposit'", "getvariable('x')"),
    "a sequence": spoil(SQL, "'cash_deposit'", "nextval('s')"),
    "the session's user": spoil(SQL, "'cash_deposit'", "current_user"),
    "the session's schema, written as a column": spoil(SQL, "'cash_deposit'", "current_schema"),
    "the user, written as a column": spoil(SQL, "'cash_deposit'", '"user"'),
    "a name given to what the session knows": spoil(SQL, "counted", "x").replace(
        "txn, t_s,", "txn, t_s, 1 as current_schema,"
    ),
    "the row id": spoil(SQL, "'cash_deposit'", "rowid"),
    "a query in text": spoil(SQL, "'cash_deposit'", "query('select 1')"),
    "unnesting": spoil(SQL, "sorted_list(txn)", "unnest(sorted_list(txn))"),
    "a list of columns by pattern": spoil(SQL, "max(total) as total", "max(columns('amount.*')) as total"),
    "a lambda": spoil(SQL, "sorted_list(txn)", "list_transform(sorted_list(txn), x -> x)"),
    "a dollar quote, which hides its end from the reader": spoil(
        SQL, "'cash_deposit'", "$x$'; drop table flows; --$x$"
    ),
    "a positional parameter": spoil(SQL, "$at_least", "?"),
    "a numbered parameter": spoil(SQL, "$at_least", "$1"),
    "an undeclared parameter": spoil(SQL, "$at_least", "$other"),
    "a lock": SQL.rstrip() + " for update",
    "a table to write into": spoil(SQL, "from counted", "into stolen from counted"),
    "no statement": "-- nothing",
    "an end of the comment and then SQL": "---*/ select 1",
}


@pytest.mark.parametrize("sql", ATTACKS.values(), ids=list(ATTACKS))
def test_a_rule_that_does_more_than_read_its_relations_is_refused(tmp_path: Path, sql: str) -> None:
    with pytest.raises(DetectorInvalid) as refused:
        load_rule(write_rule(tmp_path, sql=sql))
    assert refused.value.where is not None
    assert refused.value.where.startswith(str(tmp_path / "rule.sql"))
    assert refused.value.remedy


def test_a_comment_is_never_run(tmp_path: Path) -> None:
    path = write_rule(
        tmp_path, sql=spoil(SQL, "group by account", "/* ; drop table flows; */ -- $other\ngroup by account")
    )
    assert judge_rule(path)[1] == []
    assert "drop" not in load_rule(path).tree.sql(comments=False)
