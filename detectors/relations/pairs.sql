-- Who has paid whom, once for each direction: how often, how much in the base currency, first and last. `first_txn` is the
-- first of these payments; a payment the other way does not count here (see `contacts`).
create table pairs as
select
    from_account,
    to_account,
    cast(count(*) as integer) as payments,
    cast(coalesce(sum(amount_base), 0) as decimal(24, 4)) as total_base,
    min(txn) as first_txn,
    min(t_s) as first_s,
    max(t_end_s) as last_s
from payments
where from_account is not null and to_account is not null and from_account <> to_account
group by from_account, to_account
order by from_account, to_account
