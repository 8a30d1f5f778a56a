-- Who sells, and to whom they hand on: for each window, the accounts that take many small payments after dark from many people and
-- pass most of it to one account, where several do so to the same one. Windows begin every quarter of their length, by calendar day.
with small as (
    select account, counterparty, day, amount_base,
           local_s is null or local_s % 86400 >= $evening_s or local_s % 86400 < $morning_s as late
    from flows
    where direction = 'in' and counterparty is not null and counterparty <> account and not is_reversal
      and amount_base * 1000 <= threshold_base * $small_share
),
sold as materialized (
    select account, first_day, count(*) filter (late) as sales, count(distinct counterparty) filter (late) as buyers,
           sum(amount_base) filter (late) as got, count(*) as small
    from (
        select s.*, (day // (($window_days + 3) // 4) - unnest([0, 1, 2, 3])) * (($window_days + 3) // 4) as first_day
        from small as s
        semi join (select account from small where late group by account having count(*) >= $least_sales) as enough
          on enough.account = s.account
    )
    where day < first_day + $window_days
    group by account, first_day
    having count(*) filter (late) >= $least_sales and count(distinct counterparty) filter (late) >= $least_buyers
),
handed as (
    select f.account, f.counterparty as head, s.first_day, count(*) as times, sum(f.amount_base) as passed
    from sold as s
    join flows as f on f.account = s.account and f.day >= s.first_day and f.day < s.first_day + $window_days
    where f.direction = 'out' and f.counterparty is not null and f.counterparty <> f.account and not f.is_reversal
      and f.amount_base is not null
    group by f.account, f.counterparty, s.first_day
    having count(*) >= 2
),
sellers as (
    select h.head, h.first_day, s.account as seller, s.sales, s.buyers, s.got, s.small, h.passed
    from sold as s
    join handed as h on h.account = s.account and h.first_day = s.first_day
    where h.passed * 1000 >= s.got * $least_share and h.passed * 1000 <= s.got * $most_share
)
select head, first_day, seller, sales, buyers, got, small, passed, all_sellers
from sellers
join (select first_day as at_day, count(distinct seller) as all_sellers from sellers group by first_day) as those
  on those.at_day = sellers.first_day
where (head, first_day) in (select (head, first_day) from sellers group by head, first_day having count(*) >= 2)
order by first_day, head, seller
