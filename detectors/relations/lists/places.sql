-- The places of the data that the list knows, as the data writes them.
create table places as
with written as (
    select distinct place from transactions where place is not null
),
known as (
    select distinct {folded_listed} as folded, country, kind from ref_places
)
select w.place, k.country, k.kind
from written as w
join known as k on k.folded = {folded_written}
order by w.place, k.kind, k.country
