-- One row an account and window with enough transactions to be compared: counts and sums only, exact on every engine. It
-- continues `with legs as (...)`. $4 is the least count of transactions, $5 the least turnover of what is material, $6 the seed,
-- $7 the most receivers of an account that a circle of three may lead through; `draw` orders the sample.
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
        max(case when direction = 'out' then 1 else 0 end) as receives,
        coalesce(sum(case when direction = 'in' then amount_base end), 0) as got,
        coalesce(sum(case when direction = 'out' then amount_base end), 0) as gave
    from flows
    where counterparty is not null and t_s <= $3
    group by account, ($1 - day) // $2, counterparty
),

parties as (
    select
        account,
        window_back,
        count(*) as counterparties,
        sum(sends) as senders,
        sum(receives) as receivers,
        sum(sends * receives) as mutual,
        sum(gave) as gave,
        sum(got + gave) as exchanged,
        sum(2 * least(got, gave)) as returned
    from relations
    group by account, window_back
),

-- How many others the counterparties of an account deal with. Itself counts among them, since everybody deals with it.
neighbours as (
    select relations.account as account, relations.window_back as window_back, sum(parties.counterparties) as contacts
    from relations
    inner join totals on relations.account = totals.account and relations.window_back = totals.window_back
    inner join parties on relations.counterparty = parties.account and relations.window_back = parties.window_back
    group by relations.account, relations.window_back
),

payees as (
    select relations.account as account, relations.window_back as window_back, counterparty
    from relations
    inner join parties on relations.account = parties.account and relations.window_back = parties.window_back
    where receives = 1 and receivers <= $7 and relations.account <> counterparty
),

-- Payments to somebody who pays a third that pays the account: circles of three in one window, in whatever order.
circles as (
    select distinct first.account as account, first.window_back as window_back, first.counterparty as counterparty
    from payees as first
    inner join totals on first.account = totals.account and first.window_back = totals.window_back
    inner join payees as second on first.counterparty = second.account and first.window_back = second.window_back
    inner join payees as third
        on second.counterparty = third.account
        and third.counterparty = first.account
        and second.window_back = third.window_back
    where second.counterparty <> first.account
),

circular as (
    select circles.account as account, circles.window_back as window_back, sum(relations.gave) as circled
    from circles
    inner join relations
        on circles.account = relations.account
        and circles.window_back = relations.window_back
        and circles.counterparty = relations.counterparty
    group by circles.account, circles.window_back
),

-- The transactions of the accounts that are compared.
listed as (
    select account, ($1 - day) // $2 as window_back, channel, currency, amount, country
    from flows
    where t_s <= $3 and account in (select account from totals)
),

-- With the last moment before each when the account got money. Few and narrow columns: they are sorted. `txn` is in order of time.
ordered as (
    select
        account,
        ($1 - day) // $2 as window_back,
        direction,
        t_s,
        last_value(case when direction = 'in' then t_s end ignore nulls) over (
            partition by account
            order by txn, case when direction = 'in' then 0 else 1 end
            rows between unbounded preceding and 1 preceding
        ) as last_in_s
    from flows
    where t_s <= $3 and account in (select account from totals)
),

waits as (
    select account, window_back, count(*) as waited, sum(t_s - last_in_s) as waited_s
    from ordered
    where direction = 'out' and last_in_s is not null
    group by account, window_back
),

equal_amounts as (
    select account, window_back, currency, amount, count(*) as times
    from listed
    group by account, window_back, currency, amount
),

amounts as (
    select account, window_back, sum(times * times) as equal_pairs
    from equal_amounts
    group by account, window_back
),

equal_channels as (
    select account, window_back, channel, count(*) as times
    from listed
    group by account, window_back, channel
),

channels as (
    select account, window_back, sum(times * times) as channel_pairs
    from equal_channels
    group by account, window_back
),

countries as (
    select distinct account, window_back, country
    from listed
    where country is not null
),

-- How many countries the other sides are in, never which.
corridors as (
    select account, window_back, count(*) as corridors
    from countries
    group by account, window_back
),

-- Whole days are counted already; of the last day only what lies before now.
busy_days as (
    select account, day, sum(payments) as transactions
    from daily
    where day < $1
    group by account, day
    union all
    select account, day, count(*) as transactions
    from flows
    where day = $1 and t_s <= $3
    group by account, day
),

days as (
    select account, ($1 - day) // $2 as window_back, count(*) as days_active, max(transactions) as busiest_day,
        sum(transactions * transactions) as day_pairs
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
    busiest_day,
    cast(day_pairs as bigint) as day_pairs,
    cast(coalesce(mutual, 0) as bigint) as mutual,
    cast(least(floor(coalesce(parties.gave, 0)), 9000000000000000) as bigint) as gave,
    cast(least(floor(coalesce(exchanged, 0)), 9000000000000000) as bigint) as exchanged,
    cast(least(floor(coalesce(returned, 0)), 9000000000000000) as bigint) as returned,
    cast(least(floor(coalesce(circled, 0)), 9000000000000000) as bigint) as circled,
    cast(coalesce(contacts, 0) as bigint) as contacts,
    coalesce(waited, 0) as waited,
    cast(coalesce(waited_s, 0) as bigint) as waited_s,
    cast(equal_pairs as bigint) as equal_pairs,
    cast(channel_pairs as bigint) as channel_pairs,
    corridors
from totals
inner join accounts on totals.account = accounts.account
inner join days on totals.account = days.account and totals.window_back = days.window_back
inner join amounts on totals.account = amounts.account and totals.window_back = amounts.window_back
inner join channels on totals.account = channels.account and totals.window_back = channels.window_back
left join parties on totals.account = parties.account and totals.window_back = parties.window_back
left join neighbours on totals.account = neighbours.account and totals.window_back = neighbours.window_back
left join circular on totals.account = circular.account and totals.window_back = circular.window_back
left join waits on totals.account = waits.account and totals.window_back = waits.window_back
left join corridors on totals.account = corridors.account and totals.window_back = corridors.window_back
order by totals.account, totals.window_back
