-- When small sums are paid at all: how many, how many of them after dark, and how many accounts take any.
select
    count(*) as small,
    count(*) filter (local_s is null or local_s % 86400 >= $evening_s or local_s % 86400 < $morning_s) as late,
    count(distinct account) as takers
from flows
where direction = 'in' and counterparty is not null and counterparty <> account and not is_reversal
  and amount_base * 1000 <= threshold_base * $small_share
