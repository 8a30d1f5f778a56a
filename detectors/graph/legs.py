"""The payments that every pattern walks along, and what its caps left out. It must never drop a payment without counting it."""

from __future__ import annotations

import re
from decimal import Decimal

from detectors.api import Params, SnapshotView
from schemas.detector import Parameter

DAY_S = 86_400

_MADE = """
create table if not exists "busy $least_amount $hub_cap" as
with payments as materialized (
    select day // 30 as block, from_account as payer, to_account as payee from transactions
    where amount_base >= $least_amount and from_account <> to_account and not is_reversal
),
activity as (
    select payer as account, count(*) as payments from payments group by payer
    union all
    select payee, count(*) from payments group by payee
),
often as materialized (
    -- Few accounts have as many payments in all; only theirs are counted by block.
    select account from activity group by account having sum(payments) > $hub_cap
)
select account, block from (
    select payer as account, block from payments where payer in (select account from often)
    union all
    select payee, block from payments where payee in (select account from often)
)
group by account, block having count(*) > $hub_cap;

create table if not exists "legs $least_amount $hub_cap" as
-- Moved money only: no cash (one side is not an account), no refund, no payment to oneself, no unknown rate.
select txn, t_s, t_end_s, day, from_account as payer, to_account as payee, amount_base as amount
from transactions as t
anti join "busy $least_amount $hub_cap" as paying on paying.account = t.from_account and paying.block = t.day // 30
anti join "busy $least_amount $hub_cap" as paid on paid.account = t.to_account and paid.block = t.day // 30
where t.amount_base >= $least_amount and t.from_account <> t.to_account and not t.is_reversal
"""

LEGS = (
    'legs as not materialized (select txn, t_s, t_end_s, day, payer, payee, amount from "legs $least_amount $hub_cap")'
)
"""A common table expression, after `with`: `legs(txn, t_s, t_end_s, day, payer, payee, amount)`, one row for each payment that
a pattern may use. `amount` is in the base currency. Needs `$least_amount` and `$hub_cap`, and `lay_legs` before it."""

_LEFT_OUT = f"""
with {LEGS}
select
    (select count(distinct account) from "busy $least_amount $hub_cap") as hubs,
    (select count(*) from transactions
     where amount_base >= $least_amount and from_account <> to_account and not is_reversal)
    - (select count(*) from legs) as payments
"""

LEAST_AMOUNT = Parameter(
    default=100,
    unit="money",
    least=1,
    most=1_000_000,
    reason="Smaller payments move too little to be worth an analyst's hour, and like amounts meet by chance among them.",
)
HUB_CAP = Parameter(
    default=300,
    unit="count",
    least=10,
    most=100_000,
    reason="Ten payments a day for a month is a till, an agent, a payroll or a bank: which money went on cannot be told "
    "there, and like amounts meet by chance. What is left out is counted with the run.",
)


def query(text: str, params: Params) -> str:
    """`text` with each `$name` replaced by its number. Raises KeyError for an unknown name, TypeError for anything else."""

    def literal(found: re.Match[str]) -> str:
        value = params[found[1]]
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise TypeError(f"the parameter {found[1]} must be an integer or a decimal, not {type(value).__name__}")
        return format(value, "f") if isinstance(value, Decimal) else str(value)

    return re.sub(r"\$([a-z_]+)", literal, text)


def lay_legs(view: SnapshotView, detector: str, params: Params) -> None:
    """Make the payments that patterns of these bounds walk along, once in a run: most patterns share theirs. Note how many
    accounts were hubs at some time, and how many payments are not walked along because of that.
    """
    view.execute(query(_MADE, params))
    left_out = view.sql(query(_LEFT_OUT, params)).row(0, named=True)
    view.note(detector, "hubs", int(left_out["hubs"]))
    view.note(detector, "payments_at_hubs", int(left_out["payments"]))
