-- Every account key, numbered in key order, so that no number depends on the order in which segments arrive.
-- Where reports differ on a name, a country or a kind, the smallest in text order stands. `covered_s` is when the data of those
-- who report the account begins: before it nobody can say what is usual for the account, or new to it.
create table accounts as
with sides as (
    select from_key as key, submitter, from_account as name, from_country as country, from_kind as kind, occurred_at from staged
    where from_key is not null
    union all
    select to_key, submitter, to_account, to_country, to_kind, occurred_at from staged
    where to_key is not null
),
reported as (
    select
        key,
        submitter,
        min(name) as name,
        min(country) as country,
        min(kind) as kind,
        epoch_us(min(occurred_at)) // 1000000 as first_s,
        epoch_us(max(occurred_at)) // 1000000 as last_s
    from sides
    group by key, submitter
),
reach as (
    select submitter, min(first_s) as covered_s from reported group by submitter
),
known as (
    select
        r.key,
        min(r.name) as name,
        min(r.country) as country,
        min(r.kind) as kind,
        min(r.first_s) as first_s,
        max(r.last_s) as last_s,
        min(reach.covered_s) as covered_s
    from reported as r join reach on reach.submitter = r.submitter
    group by r.key
)
select
    cast(row_number() over (order by key) - 1 as integer) as account,
    key, name, country, kind,
    cast(first_s as bigint) as first_s,
    cast(last_s as bigint) as last_s,
    cast(covered_s as bigint) as covered_s
from known
order by account
