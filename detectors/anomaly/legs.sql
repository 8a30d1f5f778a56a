-- One row for each side of a transaction up to now and window that it falls into, with what it counts towards. It continues
-- `calendar.sql`. An amount is round when at most two digits lead its zeros.
, legs as (
    select
        account,
        counterparty,
        txn,
        flows.day as day,
        frame,
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
        (coalesce(local_s // 86400, flows.day) + 3) % 7 >= 5 as is_weekend,
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
    inner join calendar on flows.day = calendar.day
    where t_s <= $3
)
