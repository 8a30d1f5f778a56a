-- What the institution knows of an account, its monthly sums in the base currency at the latest rate of the table.
create table profiles as
with latest as (
    select currency, rate, row_number() over (partition by currency order by date desc) as nth from fx
),
converted as (
    select r.*, case when r.currency = $base then cast(1 as decimal(16, 10)) else latest.rate end as rate
    from ref_profiles as r left join latest on latest.currency = r.currency and latest.nth = 1
)
select a.account, c.sector,
       cast(cast(c.monthly_income as decimal(22, 4)) * c.rate as decimal(24, 4)) as income_base,
       cast(cast(c.licensed_output as decimal(22, 4)) * c.rate as decimal(24, 4)) as output_base,
       c.valid_from - date '1970-01-01' as from_day,
       coalesce(c.valid_to - date '1970-01-01', 2147483647) as to_day
from converted as c
join accounts as a on a.key = c.account
order by a.account, from_day
