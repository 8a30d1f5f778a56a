-- Two partners often report the same transfer. Here each second report is found, and which report it repeats: by the id that
-- both institutions share, else by accounts, amount and currency at most two days apart. Reports of one submitter are never
-- twins. A pair stands where each is the other's nearest, so that of several like payments each is matched at most once.
create table twins as
with reported as (
    select slot, submitter, reference, occurred_at, from_key, to_key, amount, currency, end_to_end_id,
           row_number() over (order by occurred_at, submitter, reference) as place
    from staged
    where from_key is not null and to_key is not null
),
pairs as (
    select a.place as a, b.place as b,
           case when a.end_to_end_id = b.end_to_end_id then 0 else 1 end as kind,
           epoch_us(b.occurred_at) - epoch_us(a.occurred_at) as apart
    from reported as a
    join reported as b
      on a.from_key = b.from_key and a.to_key = b.to_key and a.amount = b.amount and a.currency = b.currency
     and a.submitter <> b.submitter and a.place < b.place
     and b.occurred_at <= a.occurred_at + interval 2 day
    where a.end_to_end_id = b.end_to_end_id or a.end_to_end_id is null or b.end_to_end_id is null
),
both_ways as (
    select a as one, b as other, kind, apart from pairs
    union all
    select b, a, kind, apart from pairs
),
nearest as (
    select one, other, row_number() over (partition by one order by kind, apart, other) as nth from both_ways
)
select second.slot, second.submitter, second.reference, first.slot as first_slot, first.reference as first_reference
from pairs
join nearest as forth on forth.one = pairs.a and forth.other = pairs.b and forth.nth = 1
join nearest as back on back.one = pairs.b and back.other = pairs.a and back.nth = 1
join reported as first on first.place = pairs.a
join reported as second on second.place = pairs.b
