-- Who owns or controls whom, by watchlist entry, party identifier or account key.
create table ownership as
select owner, owned, cast(share_per_mille as integer) as share, controls = 'yes' as controls,
       valid_from - date '1970-01-01' as from_day, coalesce(valid_to - date '1970-01-01', 2147483647) as to_day
from ref_ownership
order by owner, owned, from_day
