-- The transactions of the flagged accounts in their windows. It continues `legs.sql`. $6 to $8 are lists of equal length: account,
-- days and window of each flagged row.
, flagged as (
    select unnest($6::integer[]) as account, unnest($7::integer[]) as days, unnest($8::integer[]) as window_back
)

select legs.* exclude (frame), flagged.days as days, flagged.window_back as window_back
from legs
inner join flagged on legs.account = flagged.account and legs.frame = flagged.days * 100000 + flagged.window_back
order by legs.account, legs.txn
