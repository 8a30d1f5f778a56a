-- Every account key, numbered in key order, so that no number depends on the order in which segments arrive.
-- Where reports differ on a name, a country or a kind, the smallest in text order stands.
create table accounts as
with sides as (
    select from_key as key, from_account as name, from_country as country, from_kind as kind, occurred_at from staged
    where from_key is not null
    union all
    select to_key, to_account, to_country, to_kind, occurred_at from staged
    where to_key is not null
),
known as (
    select
        key,
        min(name) as name,
        min(country) as country,
        min(kind) as kind,
        epoch_us(min(occurred_at)) // 1000000 as first_s,
        epoch_us(max(occurred_at)) // 1000000 as last_s
    from sides
    group by key
)
select
    cast(row_number() over (order by key) - 1 as integer) as account,
    key, name, country, kind,
    cast(first_s as bigint) as first_s,
    cast(last_s as bigint) as last_s
from known
order by account
