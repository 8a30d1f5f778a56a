-- How many pay each of the heads again and again, each on its own row; all others together on the row without an account.
with pairs as (
    select counterparty as payee
    from flows
    where direction = 'out' and counterparty is not null and counterparty <> account and not is_reversal
    group by account, counterparty
    having count(*) >= 2
)
select case when payee in (select unnest(?::integer[])) then payee end as account, count(*) as regulars
from pairs
group by 1
order by 1
