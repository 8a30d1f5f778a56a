-- The rate of each currency on each day that occurs: the latest one on or before that day. One base unit is worth one.
create table rates as
with days as (
    select distinct currency, cast(occurred_at as date) as day from staged
),
found as (
    select days.currency, days.day, fx.rate,
           row_number() over (partition by days.currency, days.day order by fx.date desc, fx.rate) as nth
    from days join fx on fx.currency = days.currency and fx.date <= days.day
)
select currency, day, rate from found where nth = 1 and currency <> $base
union all
select currency, day, cast(1 as decimal(16, 10)) from days where currency = $base
