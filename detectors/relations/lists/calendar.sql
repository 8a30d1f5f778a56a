-- Days that explain a change, both ends included. Country `*` is every country.
create table calendar as
select country, kind, name, first_day - date '1970-01-01' as first_day, last_day - date '1970-01-01' as last_day
from ref_calendar
order by country, kind, first_day, name
