-- Who holds an account, by every name and party identifier that partners give: read by screening alone, and made only where a
-- watchlist has rows. Names are folded, their words in alphabetical order.
create table holders as
with sides as (
    select from_key as key, from_name as name, from_party as party from staged
    where from_key is not null and (from_name is not null or from_party is not null)
    union
    select to_key, to_name, to_party from staged
    where to_key is not null and (to_name is not null or to_party is not null)
),
written as (
    select distinct name from sides where name is not null
),
words as (
    select name, array_to_string(list_sort(string_split({folded_written}, ' ')), ' ') as folded from written
)
select distinct a.account, nullif(w.folded, '') as name, s.party
from sides as s
join accounts as a on a.key = s.key
left join words as w on w.name = s.name
order by a.account, name, s.party
