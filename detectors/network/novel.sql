-- Payments between two accounts that have no other dealings, either way, within `?` days before or after. A refund is a dealing
-- of the pair, so that what was refunded is no novel relation; it is none itself. Days are calendar days in UTC, so that rows
-- that name only a date and rows that name a second are read alike.
with dealings as (
    select
        txn, day, from_account as payer, to_account as payee, is_reversal,
        least(from_account, to_account) as one, greatest(from_account, to_account) as other
    from transactions
    where from_account is not null and to_account is not null and from_account <> to_account
),
placed as (
    select
        txn, day, payer, payee, is_reversal,
        day - lag(day) over pair as since, lead(day) over pair - day as until
    from dealings
    window pair as (partition by one, other order by txn)
)
select txn, day, payer, payee, since is null and until is null as once
from placed
where not is_reversal and (since is null or since > $quiet_days) and (until is null or until > $quiet_days)
order by txn
