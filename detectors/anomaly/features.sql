-- One row an account and window with enough transactions to be compared: counts and sums only, exact on every engine. It
-- continues `legs.sql`. $4 is the least count of transactions, $8 that in the shorter window, $5 the least turnover of what is
-- material, $6 the seed, $7 the most receivers of an account that a circle of three may lead through; `draw` orders the sample.
-- `tied` is what `components.py` gives. Whole days are counted already; of the last day only what lies before now.
, busy_days as (
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

active_days as (
    select account, frame, count(*) as days_active, max(transactions) as busiest_day,
        sum(transactions * transactions) as day_pairs
    from busy_days
    inner join calendar on busy_days.day = calendar.day
    group by account, frame
    having sum(transactions) >= case when frame // 100000 < $2 then $8 else $4 end
),

totals as (
    select
        legs.account as account,
        legs.frame as frame,
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
    inner join active_days on legs.account = active_days.account and legs.frame = active_days.frame
    group by legs.account, legs.frame
),

relations as (
    select
        account,
        frame,
        counterparty,
        max(case when direction = 'in' then 1 else 0 end) as sends,
        max(case when direction = 'out' then 1 else 0 end) as receives,
        coalesce(sum(case when direction = 'in' then amount_base end), 0) as got,
        coalesce(sum(case when direction = 'out' then amount_base end), 0) as gave
    from flows
    inner join calendar on flows.day = calendar.day
    where counterparty is not null and t_s <= $3
    group by account, frame, counterparty
),

parties as (
    select
        account,
        frame,
        count(*) as counterparties,
        sum(sends) as senders,
        sum(receives) as receivers,
        sum(sends * receives) as mutual,
        sum(gave) as gave,
        sum(got + gave) as exchanged,
        sum(2 * least(got, gave)) as returned
    from relations
    group by account, frame
),

-- How many others the counterparties of an account deal with. Itself counts among them, since everybody deals with it.
neighbours as (
    select relations.account as account, relations.frame as frame, sum(parties.counterparties) as contacts
    from relations
    inner join totals on relations.account = totals.account and relations.frame = totals.frame
    inner join parties on relations.counterparty = parties.account and relations.frame = parties.frame
    group by relations.account, relations.frame
),

payees as (
    select relations.account as account, relations.frame as frame, counterparty
    from relations
    inner join parties on relations.account = parties.account and relations.frame = parties.frame
    where receives = 1 and receivers <= $7 and relations.account <> counterparty
),

-- Payments to somebody who pays a third that pays the account: circles of three in one window, in whatever order.
circles as (
    select distinct first.account as account, first.frame as frame, first.counterparty as counterparty
    from payees as first
    inner join totals on first.account = totals.account and first.frame = totals.frame
    inner join payees as second on first.counterparty = second.account and first.frame = second.frame
    inner join payees as third
        on second.counterparty = third.account
        and third.counterparty = first.account
        and second.frame = third.frame
    where second.counterparty <> first.account
),

circular as (
    select circles.account as account, circles.frame as frame, sum(relations.gave) as circled
    from circles
    inner join relations
        on circles.account = relations.account
        and circles.frame = relations.frame
        and circles.counterparty = relations.counterparty
    group by circles.account, circles.frame
),

-- The transactions of the account-windows that are compared.
listed as (
    select totals.account as account, totals.frame as frame, channel, currency, amount, home, country, direction
    from flows
    inner join calendar on flows.day = calendar.day
    inner join totals on flows.account = totals.account and calendar.frame = totals.frame
    where t_s <= $3
),

-- With the last moment before each when the account got money. Few and narrow columns: they are sorted. `txn` is in order of time,
-- so that the latest moment is the last.
ordered as (
    select
        account,
        day,
        direction,
        t_s,
        max(case when direction = 'in' then t_s end) over (
            partition by account
            order by txn, case when direction = 'in' then 0 else 1 end
            rows between unbounded preceding and 1 preceding
        ) as last_in_s
    from flows
    where t_s <= $3 and account in (select account from totals)
),

waits as (
    select account, frame, count(*) as waited, sum(t_s - last_in_s) as waited_s
    from ordered
    inner join calendar on ordered.day = calendar.day
    where direction = 'out' and last_in_s is not null
    group by account, frame
),

equal_amounts as (
    select account, frame, currency, amount, count(*) as times
    from listed
    group by account, frame, currency, amount
),

amounts as (
    select account, frame, sum(times * times) as equal_pairs
    from equal_amounts
    group by account, frame
),

equal_channels as (
    select account, frame, channel, count(*) as times
    from listed
    group by account, frame, channel
),

channels as (
    select account, frame, sum(times * times) as channel_pairs
    from equal_channels
    group by account, frame
),

-- From which country to which: told apart here, and only counted.
routes as (
    select distinct
        account,
        frame,
        case when direction = 'in' then country else home end as sends_from,
        case when direction = 'in' then home else country end as sends_to
    from listed
    where country is not null and home is not null
),

corridors as (
    select account, frame, count(*) as corridors
    from routes
    group by account, frame
)

select
    totals.account as account,
    totals.frame // 100000 as days,
    totals.frame % 100000 as window_back,
    accounts.kind as kind,
    md5(concat(accounts.key, '|', cast(totals.frame as varchar), '|', cast($1 as varchar), '|', cast($6 as varchar))) as draw,
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
    corridors,
    -- Alone, where no new relation ties it to anybody; null, where it has so many that it ties nobody.
    case when tied.account is null then 1 else tied.size end as component
from totals
inner join accounts on totals.account = accounts.account
inner join active_days on totals.account = active_days.account and totals.frame = active_days.frame
inner join amounts on totals.account = amounts.account and totals.frame = amounts.frame
inner join channels on totals.account = channels.account and totals.frame = channels.frame
left join parties on totals.account = parties.account and totals.frame = parties.frame
left join neighbours on totals.account = neighbours.account and totals.frame = neighbours.frame
left join circular on totals.account = circular.account and totals.frame = circular.frame
left join waits on totals.account = waits.account and totals.frame = waits.frame
left join corridors on totals.account = corridors.account and totals.frame = corridors.frame
left join tied on totals.account = tied.account and totals.frame = tied.days * 100000 + tied.window_back
order by totals.account, totals.frame
