-- The transactions of the flagged accounts in their windows. It continues `with legs as (...)`. $4 and $5 are lists of equal
-- length: account and window of each flagged row.
, flagged as (
    select unnest($4::integer[]) as account, unnest($5::integer[]) as window_back
)

select legs.*
from legs
inner join flagged on legs.account = flagged.account and legs.window_back = flagged.window_back
order by legs.account, legs.txn
