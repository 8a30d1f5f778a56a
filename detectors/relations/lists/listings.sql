-- The entries of the watchlist as screening reads them: names folded, their words in alphabetical order.
create table listings as
select entry, list, kind, nullif(array_to_string(list_sort(string_split({folded_listed}, ' ')), ' '), '') as name, identifier,
       account as key, humanitarian = 'yes' as humanitarian, valid_from - date '1970-01-01' as from_day,
       coalesce(valid_to - date '1970-01-01', 2147483647) as to_day
from ref_watchlist
order by list, entry, name, identifier, key, from_day
