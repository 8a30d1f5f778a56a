"""A sound rule in a few lines, so that each test can spoil one thing in it."""

from __future__ import annotations

from pathlib import Path

HEAD = '''id = "large-deposits"
title.en = "Large deposits"
title.fr = "Gros dépôts"
title.es = "Grandes depósitos"
family = "generic"
tier = "core"
status = "test"
severity = "low"
weight = 1
sources = ["our judgement"]
benign = [{ en = "A shop", fr = "Un commerce", es = "Un comercio" }]
next_step.en = "Ask"
next_step.fr = "Demander"
next_step.es = "Preguntar"
why.en = "{deposits} deposits, {total} in all"
why.fr = "{deposits} dépôts, {total} au total"
why.es = "{deposits} depósitos, {total} en total"

[roles]
subject = "collector"
senders = "payer"
receivers = "beneficiary"

[facts]
deposits = "count"
total = "money"

[[indicators]]
label = { en = "Deposits", fr = "Dépôts", es = "Depósitos" }
observed = "deposits"
threshold = "at_least"
sense = "at_least"

[params.window_s]
default = 86400
unit = "seconds"
least = 3600
most = 604800
reason = "One day of deposits"

[params.at_least]
default = 2
unit = "count"
least = 1
most = 9
reason = "Two deposits in a day"

[[fires]]
name = "two on one day"
rows = """
occurred_at      | channel      | amount | to_account
2026-03-01 09:00 | cash_deposit | 100.00 | A-1
2026-03-01 10:00 | cash_deposit | 200.00 | A-1
"""
flags = ["A-1"]

[[silent]]
name = "one alone"
rows = """
occurred_at      | channel      | amount | to_account
2026-03-01 09:00 | cash_deposit | 100.00 | A-1
"""

[[silent]]
name = "two, a day apart"
rows = """
occurred_at      | channel      | amount | to_account
2026-03-01 09:00 | cash_deposit | 100.00 | A-1
2026-03-02 09:00 | cash_deposit | 200.00 | A-1
"""'''

SQL = """with counted as (
    select account, txn, t_s, amount_base,
           count(*) over day as deposits,
           sum(amount_base) over day as total,
           row_number() over (partition by account order by t_s desc, txn desc) as place
    from flows
    where direction = 'in' and channel = 'cash_deposit'
    window day as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject, min(t_s) as window_start_s, max(t_s) as window_end_s, 500 as strength,
       sorted_list(txn) as evidence, max(deposits) as deposits, max(total) as total
from counted
group by account
having max(deposits) >= $at_least
"""


def write_rule(folder: Path, *, head: str = HEAD, sql: str = SQL, name: str = "rule.sql") -> Path:
    """The rule as a file."""
    path = folder / name
    path.write_text(f"/*---\n{head}\n---*/\n{sql}", encoding="utf-8")
    return path


def spoil(text: str, old: str, new: str) -> str:
    """`text` with one thing changed; the thing must be there."""
    assert old in text, old
    return text.replace(old, new)
