-- Relations between countries that a list names, and the legs of its routes.
create table corridors as
select kind, route, cast(step as integer) as step, from_country, to_country, valid_from - date '1970-01-01' as from_day,
       coalesce(valid_to - date '1970-01-01', 2147483647) as to_day
from ref_corridors
order by kind, route, step, from_country, to_country, from_day
