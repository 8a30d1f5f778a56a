-- Two rows a transaction, one for each side that has an account, stored by account and time (`txn` is
-- in order of time, and two short keys sort faster than four; limits are added once sorted, since sorting them too took twice as long). A payment from an account to
-- itself has both rows. `country` is the counterparty's, `home` the account's own; the threshold is the one where the account is.
create table flows as
with marked as (
    select p.*, contacts.txn is not null as first_contact
    from payments as p left join contacts on contacts.txn = p.txn
),
sides as (
    select from_account as account, to_account as counterparty, cast('out' as direction_code) as direction, txn, t_s, t_end_s, day, local_s, channel,
           amount, amount_base, currency, to_country as country, from_country as home, first_contact, is_reversal
    from marked where from_account is not null
    union all
    select to_account, from_account, cast('in' as direction_code), txn, t_s, t_end_s, day, local_s, channel,
           amount, amount_base, currency, from_country, to_country, first_contact, is_reversal
    from marked where to_account is not null
),
sorted as (
    select * from sides order by account, txn
)
select s.account, s.counterparty, s.direction, s.txn, s.t_s, s.t_end_s, s.day, s.local_s, s.channel, s.amount, s.amount_base,
       s.currency, s.country, s.home, limits.threshold, limits.threshold_base, s.first_contact, s.is_reversal
from sorted as s
left join limits
  on limits.currency = s.currency and limits.day = s.day and limits.country is not distinct from s.home
