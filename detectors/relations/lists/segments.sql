-- Accounts with a known lawful role. The last day is excluded; one without end gets a day that no data reaches.
create table segments as
select a.account, r.segment, r.valid_from - date '1970-01-01' as from_day,
       coalesce(r.valid_to - date '1970-01-01', 2147483647) as to_day
from ref_segments as r
join accounts as a on a.key = r.account
order by a.account, r.segment, from_day
