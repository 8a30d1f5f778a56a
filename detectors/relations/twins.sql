-- Partners often report the same transfer. Here each later report is found, and which first report it repeats: by the id that
-- the institutions share, else by accounts, amount and currency at most two days apart. Where they share the id, the accounts and
-- the currency, up to a twentieth of the amount may be a fee that one of them took off. Reports of one submitter are never twins.
-- A report with a date only can be of any moment of its day, so the distance is that between the two spans; of like payments of
-- one day the first goes with the first. Two submitters' reports are a pair where each is the other's nearest, so that each is
-- matched at most once; of three and more reports of one transfer all repeat the first. `matched` and `apart_s` say why.
create table twins as
with reported as (
    select slot, submitter, reference, occurred_at, from_key, to_key, amount, currency, end_to_end_id,
           epoch_us(occurred_at) + case when precision = 'day' then 86399000000 else 0 end as end_us,
           row_number() over (order by occurred_at, submitter, reference) as place
    from staged
    where from_key is not null and to_key is not null
),
alike as (
    select a.place as a, b.place as b, a.submitter as by_a, b.submitter as by_b,
           case when a.end_to_end_id = b.end_to_end_id then 0 else 1 end as kind,
           greatest(epoch_us(b.occurred_at) - a.end_us, 0) as apart
    from reported as a
    join reported as b
      on a.from_key = b.from_key and a.to_key = b.to_key and a.amount = b.amount and a.currency = b.currency
     and a.submitter <> b.submitter and a.place < b.place
     and epoch_us(b.occurred_at) - a.end_us <= 172800000000
    where a.end_to_end_id = b.end_to_end_id or a.end_to_end_id is null or b.end_to_end_id is null
),
less_a_fee as (
    select a.place as a, b.place as b, a.submitter as by_a, b.submitter as by_b, 0 as kind,
           greatest(epoch_us(b.occurred_at) - a.end_us, 0) as apart
    from reported as a
    join reported as b
      on a.end_to_end_id = b.end_to_end_id and a.from_key = b.from_key and a.to_key = b.to_key and a.currency = b.currency
     and a.amount <> b.amount and least(a.amount, b.amount) * 20 >= greatest(a.amount, b.amount) * 19
     and a.submitter <> b.submitter and a.place < b.place
     and epoch_us(b.occurred_at) - a.end_us <= 172800000000
),
pairs as (
    select a, b, by_a, by_b, kind, apart from alike
    union all
    select a, b, by_a, by_b, kind, apart from less_a_fee
),
of_its_day as (
    select place,
           row_number() over (
               partition by submitter, from_key, to_key, amount, currency, cast(occurred_at as date) order by place
           ) as nth
    from reported
    where place in (select a from pairs union select b from pairs)
),
both_ways as (
    select a as one, b as other, by_b as by_other, kind, apart from pairs
    union all
    select b, a, by_a, kind, apart from pairs
),
nearest as (
    select w.one, w.other,
           row_number() over (
               partition by w.one, w.by_other order by w.kind, w.apart, abs(o.nth - t.nth), w.other
           ) as nth
    from both_ways as w
    join of_its_day as o on o.place = w.one
    join of_its_day as t on t.place = w.other
),
matches as (
    select p.a, p.b, p.kind, p.apart
    from pairs as p
    join nearest as forth on forth.one = p.a and forth.other = p.b and forth.nth = 1
    join nearest as back on back.one = p.b and back.other = p.a and back.nth = 1
),
-- The earliest report that a later one is matched with, and once more from there: a third partner's report may be nearest to the second.
earliest as (
    select b as place, a as first, kind, apart,
           row_number() over (partition by b order by a) as nth
    from matches
),
resolved as (
    select e.place, coalesce(before.first, e.first) as first, e.kind, e.apart
    from earliest as e
    left join earliest as before on before.place = e.first and before.nth = 1
    where e.nth = 1
)
select second.slot, second.submitter, second.reference, first.slot as first_slot, first.reference as first_reference,
       case when r.kind = 0 then 'end_to_end_id' else 'accounts' end as matched,
       (epoch_us(second.occurred_at) - epoch_us(first.occurred_at)) // 1000000 as apart_s
from resolved as r
join reported as first on first.place = r.first
join reported as second on second.place = r.place
where second.submitter <> first.submitter
qualify row_number() over (partition by r.first, second.submitter order by r.place) = 1
