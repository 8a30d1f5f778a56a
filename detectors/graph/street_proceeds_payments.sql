-- The payments of one tree: the small ones to its sellers, and those along its links, each at the highest level it stands on.
with small as (
    select txn, t_s, t_end_s, counterparty as payer, account as payee, amount_base as amount, 0 as level
    from flows
    where direction = 'in' and account in (select unnest(?::integer[])) and counterparty is not null
      and counterparty <> account and not is_reversal and amount_base * 1000 <= threshold_base * $small_share
      and (local_s is null or local_s % 86400 >= $evening_s or local_s % 86400 < $morning_s)
      and day >= ? and day < ?
),
links as (
    select unnest(?::integer[]) as payer, unnest(?::integer[]) as payee, unnest(?::integer[]) as level
),
linked as (
    select f.txn, f.t_s, f.t_end_s, f.account as payer, f.counterparty as payee, f.amount_base as amount, l.level
    from links as l
    join flows as f on f.account = l.payer and f.counterparty = l.payee
    where f.direction = 'out' and not f.is_reversal and f.amount_base is not null and f.day >= ? and f.day < ?
)
select txn, t_s, t_end_s, payer, payee, amount, max(level) as level
from (select * from small union all select * from linked)
group by txn, t_s, t_end_s, payer, payee, amount
order by txn
