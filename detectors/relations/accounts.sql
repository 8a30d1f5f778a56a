-- Every account key, numbered in key order, so that no number depends on the order in which segments arrive.
-- Where reports differ on a name, a country or a kind, the smallest in text order stands. `covered_s` is when the data of those
-- who report the account begins: before it nobody can say what is usual for the account, or new to it.
create table accounts as
with begun as (
    select slot, submitter, min(occurred_at) as first_at from staged group by slot, submitter
),
reach as (
    select slot, min(first_at) over (partition by submitter) as covered_at from begun
),
sides as (
    select from_key as key, slot, from_account as name, from_country as country, from_kind as kind, occurred_at from staged
    where from_key is not null
    union all
    select to_key, slot, to_account, to_country, to_kind, occurred_at from staged
    where to_key is not null
),
known as (
    select
        s.key,
        min(s.name) as name,
        min(s.country) as country,
        min(s.kind) as kind,
        epoch_us(min(s.occurred_at)) // 1000000 as first_s,
        epoch_us(max(s.occurred_at)) // 1000000 as last_s,
        epoch_us(min(reach.covered_at)) // 1000000 as covered_s
    from sides as s join reach on reach.slot = s.slot
    group by s.key
)
select
    cast(row_number() over (order by key) - 1 as integer) as account,
    key, name, country, kind,
    cast(first_s as bigint) as first_s,
    cast(last_s as bigint) as last_s,
    cast(covered_s as bigint) as covered_s
from known
order by account
