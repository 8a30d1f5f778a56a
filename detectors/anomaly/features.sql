-- One row an account and window with enough activity to be compared: counts and sums only, exact on every engine. It continues
-- `with legs as (...)`. $3 is the least count of transactions, $4 the least turnover, $5 the seed; `draw` orders the sample.
, totals as (
    select
        account,
        window_back,
        count(*) as transactions,
        count(*) filter (where is_in) as count_in,
        count(*) filter (where is_out) as count_out,
        coalesce(sum(amount_base) filter (where is_in), 0) as money_in,
        coalesce(sum(amount_base) filter (where is_out), 0) as money_out,
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
    having count(*) >= $3 and coalesce(sum(amount_base), 0) >= $4
),

compared as (
    select legs.account, legs.window_back, legs.counterparty, legs.day, legs.is_in, legs.is_out
    from legs
    inner join totals on legs.account = totals.account and legs.window_back = totals.window_back
),

relations as (
    select account, window_back, counterparty, max(cast(is_in as integer)) as sends, max(cast(is_out as integer)) as receives
    from compared
    where counterparty is not null
    group by account, window_back, counterparty
),

parties as (
    select account, window_back, count(*) as counterparties, sum(sends) as senders, sum(receives) as receivers
    from relations
    group by account, window_back
),

busy_days as (
    select account, window_back, day, count(*) as transactions
    from compared
    group by account, window_back, day
),

days as (
    select account, window_back, count(*) as days_active, max(transactions) as busiest_day
    from busy_days
    group by account, window_back
)

select
    totals.account as account,
    totals.window_back as window_back,
    accounts.kind as kind,
    md5(concat(accounts.key, '|', cast($1 - totals.window_back * $2 as varchar), '|', cast($5 as varchar))) as draw,
    transactions,
    count_in,
    count_out,
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
