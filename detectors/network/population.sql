-- Who takes part at all: how many accounts deal with another account, and on which days that begins and ends.
with sides as (
    select from_account as account, day from transactions
    where from_account is not null and to_account is not null and from_account <> to_account
    union all
    select to_account, day from transactions
    where from_account is not null and to_account is not null and from_account <> to_account
)
select count(distinct account) as accounts, min(day) as first_day, max(day) as last_day from sides
