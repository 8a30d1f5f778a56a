"""Of the windows of a rule with `peaks` that overlap, the strongest stands alone, and its legs are the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from detectors.example_table import example_frame
from detectors.examples import snapshot_of
from detectors.sqlrule import judge_rule, load_rule
from schemas.detector import Example
from tests.detectors.lint.drafts import HEAD, spoil, write_rule

PEAKED = spoil(HEAD, "\n[roles]", '\npeaks = "window_s"\n\n[roles]')
SQL = """with legs as (
    select account, currency, txn, t_s, t_end_s, amount from flows
    where direction = 'in' and channel = 'cash_deposit'
),
days as (
    select account, currency, txn, t_s,
           count(*) over day as deposits,
           sum(amount) over day as total,
           min(t_s) over day as first_s,
           max(t_end_s) over day as last_s
    from legs
    window day as (
        partition by account, currency order by t_s range between ($window_s - 1) preceding and current row
    )
)
select account as subject, first_s as window_start_s, last_s as window_end_s,
       least(per_mille(deposits, $at_least) // 2, 1000) as strength, txn, t_s, total as size, deposits, total, currency
from days
where deposits >= $at_least
"""
UNSIZED = spoil(SQL, " total as size,", "")
ONE_PURSE = spoil(
    spoil(SQL, "deposits, total, currency\n", "deposits, total\n"),
    "partition by account, currency",
    "partition by account",
)
BEGIN = "occurred_at | channel | amount | currency | to_account"


def windows(folder: Path, deposits: list[str], sql: str = SQL) -> list[tuple[int, ...]]:
    """Which deposits, by number in order of time, are the evidence of each finding."""
    rows = "\n".join([BEGIN, *(f"2026-03-{each} | A-1" for each in deposits)]).replace(" / ", " | cash_deposit | ")
    rule = load_rule(write_rule(folder, head=PEAKED, sql=sql))
    with snapshot_of(example_frame(Example(name="deposits", rows=rows))) as view:
        return sorted(tuple(evidence) for evidence in rule.find(view, {})["evidence"])


def test_of_windows_that_overlap_only_the_strongest_stands(tmp_path: Path) -> None:
    deposits = ["01 09:00 / 100 | EUR", "01 10:00 / 100 | EUR", "01 11:00 / 100 | EUR", "02 10:30 / 900 | EUR"]
    assert windows(tmp_path, deposits) == [(0, 1, 2)]


def test_windows_that_end_exactly_a_window_apart_both_stand(tmp_path: Path) -> None:
    first = ["01 09:00 / 100 | EUR", "01 10:00 / 100 | EUR"]
    assert windows(tmp_path, [*first, "02 09:59 / 100 | EUR", "02 10:00 / 500 | EUR"]) == [(0, 1), (2, 3)]
    assert windows(tmp_path, [*first, "02 09:58 / 100 | EUR", "02 09:59 / 500 | EUR"]) == [(1, 2, 3)]


def test_a_window_that_loses_to_one_that_itself_loses_is_not_reported(tmp_path: Path) -> None:
    deposits = ["01 09:00 / 100 | EUR", "01 10:00 / 100 | EUR", "02 09:59 / 100 | EUR", "02 10:00 / 100 | EUR"]
    assert windows(tmp_path, deposits) == [(0, 1)]


def test_of_equal_strength_the_larger_size_stands_even_where_it_comes_later(tmp_path: Path) -> None:
    deposits = ["01 09:00 / 100 | EUR", "01 20:00 / 100 | EUR", "02 12:00 / 900 | EUR"]
    assert windows(tmp_path, deposits) == [(1, 2)]


def test_without_a_size_or_with_an_equal_one_the_earlier_of_two_equals_stands(tmp_path: Path) -> None:
    deposits = ["01 09:00 / 100 | EUR", "01 20:00 / 100 | EUR", "02 12:00 / 900 | EUR"]
    assert windows(tmp_path, deposits, UNSIZED) == [(0, 1)]
    assert windows(tmp_path, [*deposits[:2], "02 12:00 / 100 | EUR"]) == [(0, 1)]


def test_each_currency_is_looked_at_apart_where_the_rule_gives_one(tmp_path: Path) -> None:
    deposits = ["01 09:00 / 100 | EUR", "01 10:00 / 100 | USD", "01 11:00 / 100 | EUR", "01 12:00 / 100 | USD"]
    assert windows(tmp_path, deposits) == [(0, 2), (1, 3)]
    assert windows(tmp_path, deposits, ONE_PURSE) == [(0, 1, 2, 3)]


NO_TIME = spoil(SQL, "txn, t_s, t_end_s, amount from", "txn, t_end_s, t_end_s as moment, amount from")
NO_CURRENCY = spoil(
    SQL, "account, currency, txn, t_s, t_end_s, amount", "account, currency as purse, txn, t_s, t_end_s, amount"
)
FAULTY = {
    "legs that lack a column": (PEAKED, NO_TIME, "`legs` does not give `t_s`"),
    "legs without the currency that the rule gives": (PEAKED, NO_CURRENCY, "`legs` does not give `currency`"),
    "no step of that name": (PEAKED, SQL.replace("legs", "rows_that_count"), "`legs` does not give `account`"),
    "a step with a name of the runner's": (PEAKED, SQL.replace("days", "strongest"), "a name that the runner needs"),
    "no transaction that ends it": (PEAKED, spoil(SQL, "as strength, txn,", "as strength,"), "does not give `txn`"),
    "evidence of its own": (
        PEAKED,
        spoil(SQL, "total as size", "txn as evidence"),
        "gives `evidence`, which is no fact",
    ),
    "a window that is no parameter": (spoil(PEAKED, '= "window_s"', '= "week_s"'), SQL, "no parameter in seconds"),
    "a window in another unit": (spoil(PEAKED, '= "window_s"', '= "at_least"'), SQL, "no parameter in seconds"),
}


def said(folder: Path, head: str, sql: str) -> Iterator[str]:
    _, faults = judge_rule(write_rule(folder, head=head, sql=sql))
    yield from (fault.why for fault in faults)


@pytest.mark.parametrize(("head", "sql", "why"), FAULTY.values(), ids=list(FAULTY))
def test_what_the_runner_cannot_work_with_is_refused(tmp_path: Path, head: str, sql: str, why: str) -> None:
    assert any(why in each for each in said(tmp_path, head, sql)), list(said(tmp_path, head, sql))


def test_the_rule_that_these_tests_spoil_is_sound(tmp_path: Path) -> None:
    assert list(said(tmp_path, PEAKED, SQL)) == []


def test_what_lies_before_the_window_that_the_rule_gives_was_not_counted_and_is_no_evidence(tmp_path: Path) -> None:
    from_the_second = spoil(SQL, "first_s as window_start_s", "t_s - 3600 as window_start_s")
    deposits = ["01 09:00 / 100 | EUR", "01 10:00 / 100 | EUR", "01 11:00 / 100 | EUR"]
    assert windows(tmp_path, deposits) == [(0, 1, 2)]
    assert windows(tmp_path, deposits, from_the_second) == [(1, 2)]
