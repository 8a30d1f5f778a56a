-- One row an account and window with enough transactions to be compared: counts and sums only, exact on every engine. It
-- continues `with legs as (...)`. $4 is the least count of transactions, $5 the least turnover of what is material, $6 the seed;
-- `draw` orders the sample.
, totals as (
    select
        account,
        window_back,
        count(*) as transactions,
        count(*) filter (where is_in) as count_in,
        count(*) filter (where is_out) as count_out,
        coalesce(sum(amount_base) filter (where is_in), 0) as money_in,
        coalesce(sum(amount_base) filter (where is_out), 0) as money_out,
        coalesce(sum(amount_base), 0) as turnover,
        coalesce(max(amount_base), 0) as largest,
        count(*) filter (where amount_base is null) as unpriced,
        count(*) filter (where is_new) as new_parties,
        count(*) filter (where is_cash) as cash,
        count(*) filter (where has_threshold) as with_threshold,
        count(*) filter (where is_near_threshold) as near_threshold,
        count(*) filter (where has_hour) as with_hour,
        count(*) filter (where is_night) as night,
        count(*) filter (where is_weekend) as weekend,
        count(*) filter (where is_round) as round_amounts
    from legs
    group by account, window_back
    having count(*) >= $4
),

relations as (
    select
        account,
        ($1 - day) // $2 as window_back,
        counterparty,
        max(case when direction = 'in' then 1 else 0 end) as sends,
        max(case when direction = 'out' then 1 else 0 end) as receives
    from flows
    where counterparty is not null and t_s <= $3
    group by account, ($1 - day) // $2, counterparty
),

parties as (
    select account, window_back, count(*) as counterparties, sum(sends) as senders, sum(receives) as receivers
    from relations
    group by account, window_back
),

busy_days as (
    select account, day, count(*) as transactions
    from flows
    where t_s <= $3
    group by account, day
),

days as (
    select account, ($1 - day) // $2 as window_back, count(*) as days_active, max(transactions) as busiest_day
    from busy_days
    group by account, ($1 - day) // $2
)

select
    totals.account as account,
    totals.window_back as window_back,
    accounts.kind as kind,
    md5(concat(accounts.key, '|', cast($1 - totals.window_back * $2 as varchar), '|', cast($6 as varchar))) as draw,
    transactions,
    count_in,
    count_out,
    turnover >= $5 as is_material,
    cast(least(floor(turnover), 9000000000000000) as bigint) as turnover,
    cast(least(floor(money_in), 9000000000000000) as bigint) as money_in,
    cast(least(floor(money_out), 9000000000000000) as bigint) as money_out,
    cast(least(floor(totals.largest), 9000000000000000) as bigint) as largest,
    unpriced,
    new_parties,
    cash,
    with_threshold,
    near_threshold,
    with_hour,
    night,
    weekend,
    round_amounts,
    coalesce(counterparties, 0) as counterparties,
    cast(coalesce(senders, 0) as bigint) as senders,
    cast(coalesce(receivers, 0) as bigint) as receivers,
    days_active,
    busiest_day
from totals
inner join accounts on totals.account = accounts.account
inner join days on totals.account = days.account and totals.window_back = days.window_back
left join parties on totals.account = parties.account and totals.window_back = parties.window_back
order by totals.account, totals.window_back
