-- With how many accounts each account deals as a payer and as a payee, and with how many of those at least twice in all the data,
-- either way: the ones that it knows.
with dealings as (
    select
        from_account as payer, to_account as payee,
        count(*) over (partition by least(from_account, to_account), greatest(from_account, to_account)) as often
    from transactions
    where from_account is not null and to_account is not null and from_account <> to_account
),
pairs as (
    select payer, payee from dealings where often > 1 group by payer, payee
),
sides as (
    select payer as account, 1 as pays, 0 as is_paid from pairs
    union all
    select payee, 0, 1 from pairs
)
select account, cast(sum(pays) as bigint) as payees, cast(sum(is_paid) as bigint) as payers
from sides
group by account
order by account
