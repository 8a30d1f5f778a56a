-- Accounts that a list names, by their key or by the identifier of a party that holds them. Never by a name alone: see the
-- detectors of the sanctions family.
create table watched as
with holders as (
    select distinct key, party
    from (
        select from_key as key, from_party as party from staged
        union all
        select to_key, to_party from staged
    ) as sides
    where key is not null and party is not null and (select count(identifier) from ref_watchlist) > 0
),
named as (
    select a.account, r.*, 'account' as matched
    from ref_watchlist as r join accounts as a on a.key = r.account
    union all
    select a.account, r.*, 'identifier' as matched
    from ref_watchlist as r
    join holders as h on h.party = r.identifier
    join accounts as a on a.key = h.key
)
select account, entry, list, kind, grade, humanitarian = 'yes' as humanitarian, min(matched) as matched,
       valid_from - date '1970-01-01' as from_day, coalesce(valid_to - date '1970-01-01', 2147483647) as to_day
from (select account, entry, list, kind, grade, humanitarian, matched, valid_from, valid_to from named) as n
group by account, entry, list, kind, grade, humanitarian, valid_from, valid_to
order by account, list, entry, from_day
