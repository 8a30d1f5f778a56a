/*---
id = "own-max-outlier"
title.en = "One payment is far above the account's largest of the time before"
title.fr = "Un paiement dépasse de loin le plus grand du compte jusque-là"
title.es = "Un pago supera con mucho el mayor de la cuenta hasta entonces"
family = "generic"
tier = "core"
status = "live"
severity = "low"
weight = 3
sources = [
    "Tazama rule 018 (exceptionally large amount against the account's own history)",
    "Least number of earlier payments, the yearly season and the calendar: our judgement, to be calibrated on labelled data",
]
exclusions = ["aid_programme", "payroll", "biller", "licensed_agent", "exchange", "bureau_de_change", "state_account", "property_agent", "licensed_trader"]
benign = [
    { en = "Land, a house or a vehicle that is bought or sold", fr = "Une terre, une maison ou un véhicule acheté ou vendu", es = "Una tierra, una casa o un vehículo que se compra o se vende" },
    { en = "A wedding, a funeral, an inheritance or a loan", fr = "Un mariage, des funérailles, un héritage ou un prêt", es = "Una boda, un funeral, una herencia o un préstamo" },
    { en = "The price of a harvest", fr = "Le prix d'une récolte", es = "El precio de una cosecha" },
]
next_step.en = "Ask what was paid for; give it weight only together with other findings."
next_step.fr = "Demander ce qui a été payé ; n'y attacher du poids qu'avec d'autres constats."
next_step.es = "Preguntar qué se pagó; darle peso solo junto con otros hallazgos."
why.en = "One payment of {amount}, {times} times the largest of the {before|# payment|# payments} the same way in the {history} before, which was {largest}"
why.fr = "Un paiement de {amount}, {times} fois le plus grand des {before|# paiement|# paiements} dans le même sens des {history} précédents, qui était de {largest}"
why.es = "Un pago de {amount}, {times} veces el mayor de los {before|# pago|# pagos} en el mismo sentido de los {history} anteriores, que fue de {largest}"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
amount = "money"
times = "ratio"
before = "count"
largest = "money"
least_amount = "money"

[[indicators]]
label = { en = "Amount", fr = "Montant", es = "Monto" }
observed = "amount"
threshold = "least_amount"
sense = "at_least"

[[indicators]]
label = { en = "Earlier payments the same way", fr = "Paiements antérieurs dans le même sens", es = "Pagos anteriores en el mismo sentido" }
observed = "before"
threshold = "at_least"
sense = "at_least"

[params.history]
default = 90
unit = "days"
least = 14
most = 730
reason = "Three months, as in Tazama"

[params.times_largest]
default = 1500
unit = "per_mille"
least = 1000
most = 100000
reason = "One and a half times the largest, as in Tazama"

[params.at_least]
default = 10
unit = "count"
least = 1
most = 10000
reason = "Of fewer payments the largest says little about the next"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 100
most = 100000
reason = "The reporting threshold: smaller payments are often a record and seldom matter"

[params.season_slack]
default = 14
unit = "days"
least = 0
most = 60
reason = "Harvests and feasts move by up to two weeks from year to year"

[params.calendar_factor]
default = 2
unit = "count"
least = 1
most = 100
reason = "In a listed harvest, holiday or crisis of the account's country twice as much is needed: an event explains more money, not any sum, and a list that is public must not be a hiding place"

[bases.typical]
rows = """
occurred_at      | channel  | amount   | from_account | to_account
2026-01-01 10:00 | transfer | 3000.00  | P-1          | A-1
2026-01-09 10:00 | transfer | 3100.00  | P-1          | A-1
2026-01-17 10:00 | transfer | 3200.00  | P-1          | A-1
2026-01-25 10:00 | transfer | 3300.00  | P-1          | A-1
2026-02-02 10:00 | transfer | 3400.00  | P-1          | A-1
2026-02-10 10:00 | transfer | 3000.00  | P-1          | A-1
2026-02-18 10:00 | transfer | 3100.00  | P-1          | A-1
2026-02-26 10:00 | transfer | 3200.00  | P-1          | A-1
2026-03-06 10:00 | transfer | 3300.00  | P-1          | A-1
2026-03-14 10:00 | transfer | 3400.00  | P-1          | A-1
2026-03-22 10:00 | transfer | 3000.00  | P-1          | A-1
2026-03-30 10:00 | transfer | 3100.00  | P-1          | A-1
2026-04-06 10:00 | transfer | 10000.00 | P-9          | A-1
"""

[[fires]]
name = "three times the largest of twelve payments"
base = "typical"
dates_only = true
flags = ["A-1"]

[[fires]]
name = "with times of day"
base = "typical"
flags = ["A-1"]

[[silent]]
name = "one cent below the threshold"
base = "typical"
dates_only = true
change.13.amount = "9999.99"

[[silent]]
name = "only dates are known: the fourth month back does not count, and nine payments are too few"
base = "typical"
dates_only = true
without = [11, 12]
change.13.occurred_at = "2026-04-02"

[[silent]]
name = "one and a half times the largest, less a cent"
base = "typical"
dates_only = true
change.13.amount = "11999.99"
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-31  | transfer | 8000.00 | P-1          | A-1
"""

[[silent]]
name = "the large payment goes the other way, where there is no history"
base = "typical"
dates_only = true
without = [13]
rows = """
occurred_at | channel  | amount   | from_account | to_account
2026-04-06  | transfer | 10000.00 | A-1          | P-9
"""

[[silent]]
name = "a payment to itself, and one that undoes another"
base = "typical"
dates_only = true
change.13.from_account = "A-1"
rows = """
occurred_at | channel  | amount   | from_account | to_account | reverses
2026-04-06  | transfer | 10000.00 | P-1          | A-1        | 0001
"""

[[silent]]
name = "the same harvest was sold a year before"
base = "typical"
dates_only = true
rows = """
occurred_at | channel  | amount  | from_account | to_account
2025-04-10  | transfer | 9000.00 | P-9          | A-1
"""

[[silent]]
name = "in a listed harvest it takes twice as much"
rows = """
occurred_at | channel  | amount   | from_account | to_account | from_country | to_country
2026-01-01  | transfer | 3000.00  | P-1          | A-1        |              | ML
2026-01-09  | transfer | 3100.00  | P-1          | A-1        |              | ML
2026-01-17  | transfer | 3200.00  | P-1          | A-1        |              | ML
2026-01-25  | transfer | 3300.00  | P-1          | A-1        |              | ML
2026-02-02  | transfer | 3400.00  | P-1          | A-1        |              | ML
2026-02-10  | transfer | 3000.00  | P-1          | A-1        |              | ML
2026-02-18  | transfer | 3100.00  | P-1          | A-1        |              | ML
2026-02-26  | transfer | 3200.00  | P-1          | A-1        |              | ML
2026-03-06  | transfer | 3300.00  | P-1          | A-1        |              | ML
2026-03-14  | transfer | 3400.00  | P-1          | A-1        |              | ML
2026-03-22  | transfer | 3000.00  | P-1          | A-1        |              | ML
2026-03-30  | transfer | 3100.00  | P-1          | A-1        |              | ML
2026-04-06  | transfer | 10000.00 | P-9          | A-1        |              | ML
"""
tables.calendar = """
country | kind    | name   | first_day  | last_day   | source
ML      | harvest | cotton | 2025-01-01 | 2026-12-31 | example
"""

[[silent]]
name = "a property agent, known as such"
base = "typical"
dates_only = true
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | property_agent | 2025-01-01 | | example
"""
---*/
-- The largest of the same direction in the days before the day of the payment. Other large payments of its own day do not count as
-- history: of two such on one day the larger stands. Reversals count in the history only, which makes the rule milder.
-- Strength: 500 where the payment just reaches the least amount that the history and the threshold ask for, 1000 at twice that.
with least_needed as (
    select min(threshold_base) * $sum_share as thousandths from flows
),
-- Accounts with one such day, and a past.
busy as (
    select distinct d.account, d.direction
    from daily as d
    join accounts as a on a.account = d.account
    cross join least_needed as n
    where d.largest_base * 1000 >= n.thousandths and a.last_s - a.first_s >= $history * 86400
),
history_days as (
    select d.account, d.direction, d.day, d.largest_base, d.payments
    from daily as d
    join busy as b on b.account = d.account and b.direction = d.direction
),
known as (
    select account, direction, day, largest_base,
           max(largest_base) over past as largest, coalesce(sum(payments) over past, 0) as before,
           max(largest_base) over season as last_year
    from history_days
    window past as (partition by account, direction order by day range between $history preceding and 1 preceding),
           season as (
               partition by account, direction order by day
               range between (364 + $season_slack) preceding and (364 - $season_slack) preceding
           )
),
records as (
    select k.account, k.direction, k.day, k.largest_base, k.largest, k.before, coalesce(k.last_year, 0) as last_year
    from known as k
    join accounts as a on a.account = k.account
    cross join least_needed as n
    where k.before >= $at_least
      and k.largest_base * 1000 >= n.thousandths
      and k.largest_base * 1000 >= k.largest * $times_largest
      and k.day * 86400 - $history * 86400 >= greatest(a.first_s, a.covered_s) // 86400 * 86400
),
explained as (
    select distinct r.account, r.day
    from records as r
    join accounts as a on a.account = r.account
    join calendar as c
      on c.country in (a.country, '*') and c.kind in ('harvest', 'holiday', 'crisis')
     and r.day between c.first_day and c.last_day
),
payments as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.amount_base, r.largest, r.before,
           greatest(r.largest * $times_largest, f.threshold_base * $sum_share, r.last_year * $times_largest)
           * case when e.day is null then 1 else $calendar_factor end as least_thousandths,
           row_number() over (partition by f.account, f.direction, f.day order by f.amount_base desc, f.txn) as nth
    from records as r
    join flows as f on f.account = r.account and f.direction = r.direction and f.day = r.day
    left join explained as e on e.account = r.account and e.day = r.day
    where f.amount_base * 1000 >= f.threshold_base * $sum_share
      and not f.is_reversal and f.counterparty is distinct from f.account and f.channel <> 'fee'
)
select account as subject,
       t_s as window_start_s,
       t_end_s as window_end_s,
       least(per_mille(amount_base * 1000, least_thousandths) // 2, 1000) as strength,
       sorted_list(txn) as evidence,
       amount_base as amount,
       per_mille(amount_base, largest) as times,
       before,
       largest,
       cast(least_thousandths * 0.001 as decimal(24, 4)) as least_amount
from payments
where nth = 1 and amount_base * 1000 >= least_thousandths
group by account, t_s, t_end_s, amount_base, largest, before, least_thousandths
