-- The cash reporting threshold by currency, country and day, for those that occur. The most particular row stands: for the
-- country and currency, then for the currency anywhere, then the general one (currency '*'), which is in the base currency.
create table limits as
with sides as (
    select distinct currency, country, day from (
        select currency, to_country as country, day from payments
        union all
        select currency, from_country, day from payments
    )
),
dated as (
    select currency, country, day, cast(make_timestamp(day * 86400000000) as date) as date from sides
),
found as (
    select d.currency, d.country, d.day, rates.rate, t.amount, t.currency = '*' as in_base,
           row_number() over (
               partition by d.currency, d.country, d.day
               order by t.currency = '*', t.country = '*', t.valid_from desc, t.amount
           ) as nth
    from dated as d
    join thresholds as t
      on t.kind = 'cash' and t.country in (d.country, '*') and t.currency in (d.currency, '*')
     and t.valid_from <= d.date and (t.valid_to is null or d.date < t.valid_to)
    left join rates on rates.currency = d.currency and rates.day = d.date
)
select
    currency, country, day,
    case when not in_base then amount
         -- whole units of the currency: an integer division, because a decimal one would pass through a float
         else cast(cast(amount * 10000000000 as hugeint) // cast(rate * 10000000000 as hugeint) as decimal(24, 4))
    end as threshold,
    case when in_base then amount
         else cast(cast(amount as decimal(22, 4)) * rate as decimal(24, 4)) end as threshold_base
from found
where nth = 1
