-- The list price of each commodity on each day that occurs: the latest one on or before it, in the base currency.
create table prices as
with days as (
    select distinct day, cast(make_timestamp(day * 86400000000) as date) as date from payments
),
priced as (
    select d.day, d.date, r.commodity, r.currency, r.price,
           row_number() over (partition by d.day, r.commodity order by r.date desc) as nth
    from days as d join ref_prices as r on r.date <= d.date
),
rated as (
    select p.commodity, p.day, p.price, p.currency, fx.rate,
           row_number() over (partition by p.day, p.commodity order by fx.date desc nulls last) as nth
    from priced as p
    left join fx on fx.currency = p.currency and fx.date <= p.date
    where p.nth = 1
)
select commodity, day,
       cast(cast(price as decimal(19, 10)) * case when currency = $base then cast(1 as decimal(16, 10)) else rate end
            as decimal(24, 4)) as price_base
from rated
where nth = 1
order by commodity, day
