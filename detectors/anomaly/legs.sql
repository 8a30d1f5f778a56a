-- One row for each side of a transaction up to now: the window that it falls into, counted back from the last day, and what it
-- counts towards. $1 is the last day, $2 the days of a window, $3 the logical now in seconds. An amount is round when at most two
-- digits lead its zeros.
select
    account,
    counterparty,
    txn,
    day,
    ($1 - day) // $2 as window_back,
    amount_base,
    direction = 'in' as is_in,
    direction = 'out' as is_out,
    coalesce(first_contact, false) as is_new,
    channel = 'cash_deposit' or channel = 'cash_withdrawal' as is_cash,
    threshold is not null as has_threshold,
    coalesce(amount < threshold and amount * 10 >= threshold * 9, false) as is_near_threshold,
    t_s = t_end_s as has_hour,
    coalesce(local_s % 86400 < 18000, false) as is_night,
    -- The day where the account is; of a bare date the day that was stated.
    (coalesce(local_s // 86400, day) + 3) % 7 >= 5 as is_weekend,
    amount % case
        when amount >= 1000000000000 then 100000000000
        when amount >= 100000000000 then 10000000000
        when amount >= 10000000000 then 1000000000
        when amount >= 1000000000 then 100000000
        when amount >= 100000000 then 10000000
        when amount >= 10000000 then 1000000
        when amount >= 1000000 then 100000
        when amount >= 100000 then 10000
        when amount >= 10000 then 1000
        when amount >= 1000 then 100
        when amount >= 100 then 10
        else 1
    end = 0 as is_round
from flows
where t_s <= $3
