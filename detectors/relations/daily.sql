-- What went in and out of each account on each day, in the base currency. What has no rate counts as a payment without a sum.
create table daily as
select
    account,
    direction,
    day,
    cast(count(*) as integer) as payments,
    cast(coalesce(sum(amount_base), 0) as decimal(24, 4)) as total_base,
    cast(coalesce(max(amount_base), 0) as decimal(24, 4)) as largest_base,
    cast(coalesce(sum(case when channel in ('cash_deposit', 'cash_withdrawal') then amount_base end), 0) as decimal(24, 4))
        as cash_base
from flows
group by account, direction, day
