-- The rate of each currency on each day that occurs: the latest one on or before that day. One base unit is worth one.
-- `rate_high` and `rate_low` are its ten-thousand-millionths in two halves of five digits; see payments.sql.
create table rates as
with days as (
    select distinct currency, cast(occurred_at as date) as day from staged
),
found as (
    select days.currency, days.day, fx.rate,
           row_number() over (partition by days.currency, days.day order by fx.date desc, fx.rate) as nth
    from days join fx on fx.currency = days.currency and fx.date <= days.day
),
rated as (
    select currency, day, rate from found where nth = 1 and currency <> $base
    union all
    select currency, day, cast(1 as decimal(16, 10)) from days where currency = $base
)
select currency, day, rate,
       case when rate < 100000 then cast(rate * 10000000000 as bigint) // 100000 end as rate_high,
       case when rate < 100000 then cast(rate * 10000000000 as bigint) % 100000 end as rate_low
from rated
