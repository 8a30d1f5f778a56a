/*---
id = "commission-skim"
title.en = "Sums are passed on again and again, and the same small share stays behind"
title.fr = "Des sommes repartent encore et encore, et la même petite part reste"
title.es = "Las sumas salen una y otra vez, y queda siempre la misma pequeña parte"
family = "generic"
tier = "core"
status = "live"
severity = "medium"
weight = 6
sources = [
    "Tazama rules 026 and 027 (mirrored amounts less a commission)",
    "Steadiness of the share and its weight among all that came in: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_agent", "bureau_de_change", "recruiter", "property_agent"]
benign = [
    { en = "A licensed agent, a broker or a ticket office that works for a commission", fr = "Un agent agréé, un courtier ou une billetterie qui travaille à la commission", es = "Un agente autorizado, un corredor o una taquilla que trabaja a comisión" },
    { en = "A wholesaler's outlet that pays for goods out of each sale", fr = "Le point de vente d'un grossiste qui paie la marchandise sur chaque vente", es = "El punto de venta de un mayorista que paga la mercancía con cada venta" },
]
next_step.en = "Ask for whom the account passes money on, and whether it has a licence to do so."
next_step.fr = "Demander pour qui le compte fait suivre l'argent, et s'il y est autorisé."
next_step.es = "Preguntar para quién traslada dinero la cuenta y si tiene licencia para ello."
why.en = "{passages|# sum|# sums} passed on within {window_s}, each time {least_kept} to {most_kept} less: {total_in} came in and {total_out} went out, {share} of all that came in"
why.fr = "{passages|# somme transmise|# sommes transmises} en {window_s}, dont {least_kept} à {most_kept} gardés chaque fois : {total_in} reçus et {total_out} repartis, {share} de tout ce qui est entré"
why.es = "{passages|# suma trasladada|# sumas trasladadas} en {window_s}, quedando cada vez entre el {least_kept} y el {most_kept}: {total_in} recibidos y {total_out} enviados, el {share} de todo lo que entró"

[roles]
subject = "mule"
senders = "payer"
receivers = "beneficiary"

[facts]
passages = "count"
least_kept = "percent"
most_kept = "percent"
spread = "percent"
share = "percent"
total_in = "money"
total_out = "money"

[[indicators]]
label = { en = "Sums passed on less a share", fr = "Sommes transmises moins une part", es = "Sumas trasladadas menos una parte" }
observed = "passages"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "How far the shares kept differ", fr = "Écart entre les parts gardées", es = "Diferencia entre las partes retenidas" }
observed = "spread"
threshold = "most_spread"
sense = "at_most"

[[indicators]]
label = { en = "Share of all that came in", fr = "Part de tout ce qui est entré", es = "Parte de todo lo que entró" }
observed = "share"
threshold = "least_share"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 604800
most = 7776000
reason = "Thirty days: a standing arrangement shows within a month"

[params.at_least]
default = 5
unit = "count"
least = 3
most = 1000
reason = "Five: one pair that differs by a few per cent is chance, five with one share are a tariff"

[params.pass_s]
default = 172800
unit = "seconds"
least = 3600
most = 604800
reason = "Two days from in to out, as for other passages; where only dates are known, a day and the next"

[params.keep_least]
default = 10
unit = "per_mille"
least = 1
most = 500
reason = "Below one per cent it is a fee of the channel"

[params.keep_most]
default = 100
unit = "per_mille"
least = 10
most = 500
reason = "Above a tenth it is a purchase or a loan rather than a commission"

[params.most_spread]
default = 10
unit = "per_mille"
least = 0
most = 100
reason = "One percentage point between the smallest and the largest share: a tariff, rounded"

[params.least_share]
default = 500
unit = "per_mille"
least = 0
most = 1000
reason = "Half of all that came in: in a busy account some pairs fit by chance, in an account that passes money on most do"

[params.sum_share]
default = 100
unit = "per_mille"
least = 0
most = 100000
reason = "A tenth of the threshold: below it household money is meant"

[params.leg_share]
default = 10
unit = "per_mille"
least = 0
most = 1000
reason = "A payment of less than a hundredth of the threshold neither makes nor hides a passage"

[params.most_daily]
default = 50
unit = "count"
least = 5
most = 2000
reason = "An account with more payments one way on some day is a till or an exchange, and any share can be found in it"

[bases.typical]
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 1000.00 | S-1          | A-1
2026-03-02 15:00 |  950.00 | A-1          | P-1
2026-03-06 09:10 |  600.00 | S-2          | A-1
2026-03-07 11:00 |  570.00 | A-1          | P-2
2026-03-11 09:10 |  800.00 | S-3          | A-1
2026-03-11 12:00 |  762.00 | A-1          | P-1
2026-03-19 09:10 | 1200.00 | S-1          | A-1
2026-03-20 09:00 | 1140.00 | A-1          | P-3
2026-03-30 09:10 |  500.00 | S-4          | A-1
2026-03-30 19:00 |  475.00 | A-1          | P-1
"""

[[fires]]
name = "five sums pass through within a month, and 5 per cent stays each time"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: out on the same day or the next"
rows = """
occurred_at | amount  | from_account | to_account
2026-03-02  |  950.00 | A-1          | P-1
2026-03-02  | 1000.00 | S-1          | A-1
2026-03-06  |  600.00 | S-2          | A-1
2026-03-07  |  570.00 | A-1          | P-2
2026-03-11  |  800.00 | S-3          | A-1
2026-03-11  |  762.00 | A-1          | P-1
2026-03-19  | 1200.00 | S-1          | A-1
2026-03-20  | 1140.00 | A-1          | P-3
2026-03-31  |  500.00 | S-4          | A-1
2026-03-31  |  475.00 | A-1          | P-1
"""
flags = ["A-1"]

[[silent]]
name = "the fifth passage ends exactly thirty days after the first"
base = "typical"
change.6.amount = "760.00"
change.9.occurred_at = "2026-04-01 09:10"
change.10.occurred_at = "2026-04-01 15:00"

[[silent]]
name = "only dates are known: one sum leaves on the second day after"
base = "typical"
dates_only = true
change.4.occurred_at = "2026-03-08"
change.6.amount = "760.00"

[[silent]]
name = "the shares kept differ: 2, 4, 6, 8 and 5 per cent"
base = "typical"
change.2.amount = "980.00"
change.4.amount = "576.00"
change.6.amount = "752.00"
change.8.amount = "1104.00"

[[silent]]
name = "nothing is kept: a treasurer hands on what he collects"
base = "typical"
change.2.amount = "1000.00"
change.4.amount = "600.00"
change.6.amount = "800.00"
change.8.amount = "1200.00"
change.10.amount = "500.00"

[[silent]]
name = "the money goes out before it comes in"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 |  950.00 | A-1          | P-1
2026-03-02 15:00 | 1000.00 | S-1          | A-1
2026-03-06 09:10 |  570.00 | A-1          | P-2
2026-03-07 11:00 |  600.00 | S-2          | A-1
2026-03-11 09:10 |  760.00 | A-1          | P-1
2026-03-11 12:00 |  800.00 | S-3          | A-1
2026-03-19 09:10 | 1140.00 | A-1          | P-3
2026-03-20 09:00 | 1200.00 | S-1          | A-1
2026-03-30 09:10 |  475.00 | A-1          | P-1
2026-03-30 19:00 |  500.00 | S-4          | A-1
"""

[[silent]]
name = "a trader: five pairs fit, but they are less than half of what came in"
base = "typical"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-14 09:10 | 2400.00 | S-5          | A-1
2026-03-16 09:10 | 2600.00 | S-6          | A-1
"""

[[silent]]
name = "the payer gets back his money less a fee: a return is no passage"
base = "typical"
change.2.to_account = "S-1"
change.4.to_account = "S-2"
change.6.to_account = "S-3"
change.8.to_account = "S-1"
change.10.to_account = "S-4"

[[silent]]
name = "pocket money: the sums are too small"
rows = """
occurred_at      | amount | from_account | to_account
2026-03-02 09:10 | 100.00 | S-1          | A-1
2026-03-02 15:00 |  95.00 | A-1          | P-1
2026-03-06 09:10 |  60.00 | S-2          | A-1
2026-03-07 11:00 |  57.00 | A-1          | P-2
2026-03-11 09:10 |  80.00 | S-3          | A-1
2026-03-11 12:00 |  76.00 | A-1          | P-1
2026-03-19 09:10 | 120.00 | S-1          | A-1
2026-03-20 09:00 | 114.00 | A-1          | P-3
2026-03-30 09:10 |  50.00 | S-4          | A-1
2026-03-30 19:00 |  47.50 | A-1          | P-1
"""

[[silent]]
name = "a licensed agent works for a commission"
base = "typical"
tables.segments = """
account | segment        | valid_from | valid_to | source
X|A-1   | licensed_agent | 2025-01-01 |          | example
"""
---*/
-- An outflow is matched with the latest inflow that it can come from, and an inflow with the earliest outflow; only where each is
-- the other's does a pair count, so no sum is used twice. In the same currency on both sides: a rate would blur the share.
-- A pair stands at the moment at which the money left. The evidence holds the pairs whose share fits the last one of the window,
-- so the rule keeps its strongest windows itself.
-- Strength: 500 at the least number of pairs, 1000 at twice as many.
with least_threshold as (
    select min(threshold_base) as threshold from flows
),
-- Only accounts that can reach count and sum.
both_ways as (
    select d.account
    from daily as d
    cross join least_threshold as t
    group by d.account, t.threshold
    having sum(case when d.direction = 'in' then d.payments else 0 end) >= $at_least
       and sum(case when d.direction = 'out' then d.payments else 0 end) >= $at_least
       and sum(case when d.direction = 'in' then d.total_base else 0 end) * 1000 >= t.threshold * $sum_share
       and max(d.payments) <= $most_daily
),
moves as (
    select account, counterparty, direction, txn, t_s, t_end_s, currency, amount, threshold
    from flows
    where account in (select account from both_ways)
      and (counterparty is null or counterparty <> account)
      and channel <> 'fee'
      and not is_reversal
      and amount * 1000 >= threshold * $leg_share
),
arrivals as (
    select account, counterparty, txn, t_s, currency, amount, t_s // $pass_s as slot from moves where direction = 'in'
    union all
    select account, counterparty, txn, t_s, currency, amount, t_s // $pass_s + 1 from moves where direction = 'in'
),
departures as (
    select account, counterparty, txn, t_end_s, currency, amount, threshold, t_end_s // $pass_s as slot
    from moves
    where direction = 'out'
),
fitting as (
    select a.account, a.txn as txn_in, d.txn as txn_out, a.t_s as in_s, d.t_end_s as out_s, a.currency,
           a.amount as amount_in, d.amount as amount_out, d.threshold, 1000 - per_mille(d.amount, a.amount) as kept,
           row_number() over (partition by a.account, d.txn order by a.t_s desc, a.txn desc) as nth_in,
           row_number() over (partition by a.account, a.txn order by d.t_end_s, d.txn) as nth_out
    from departures as d
    join arrivals as a
      on a.account = d.account
     and a.slot = d.slot
     and a.currency = d.currency
     and a.t_s between d.t_end_s - ($pass_s - 1) and d.t_end_s
     and d.amount * 1000 <= a.amount * (1000 - $keep_least)
     and d.amount * 1000 >= a.amount * (1000 - $keep_most)
     and (d.counterparty is null or a.counterparty is null or d.counterparty <> a.counterparty)
),
passages as (
    select f.account, f.txn_in, f.txn_out, f.in_s, f.out_s, f.currency, f.amount_in, f.amount_out, f.threshold, f.kept,
           count(*) over (
               partition by f.account, f.currency order by f.out_s
               range between ($window_s - 1) preceding and current row
           ) as latest
    from fitting as f
    where f.nth_in = 1 and f.nth_out = 1
),
tariffs as (
    select p.account, p.txn_out, p.out_s, p.currency,
           count(*) as passages,
           min(q.kept) as least_kept,
           max(q.kept) as most_kept,
           sum(q.amount_in) as total_in,
           sum(q.amount_out) as total_out,
           min(q.in_s) as first_s,
           max(q.threshold) as threshold
    from passages as p
    join passages as q
      on q.account = p.account
     and q.currency = p.currency
     and q.out_s between p.out_s - ($window_s - 1) and p.out_s
     and abs(q.kept - p.kept) * 2 <= $most_spread
    where p.latest >= $at_least
    group by p.account, p.txn_out, p.out_s, p.currency
    having count(*) >= $at_least and sum(q.amount_in) * 1000 >= max(q.threshold) * $sum_share
),
weighed as (
    select t.account, t.txn_out as txn, t.out_s, t.currency, t.passages, t.least_kept, t.most_kept, t.total_in, t.total_out,
           t.first_s, t.threshold, sum(m.amount) as all_in
    from tariffs as t
    join moves as m
      on m.account = t.account and m.currency = t.currency and m.direction = 'in' and m.t_s between t.first_s and t.out_s
    group by t.account, t.txn_out, t.out_s, t.currency, t.passages, t.least_kept, t.most_kept, t.total_in, t.total_out,
             t.first_s, t.threshold
),
ranked as (
    select account, txn, out_s, currency, passages, least_kept, most_kept, total_in, total_out, first_s, all_in,
           threshold,
           row_number() over (partition by account, currency order by passages desc, total_in desc, txn) as nth
    from weighed
    where total_in * 1000 >= all_in * $least_share
),
strongest as (
    select account, txn, out_s, currency, passages, least_kept, most_kept, total_in, total_out, first_s, all_in,
           threshold, nth,
           min(nth) over (
               partition by account, currency order by out_s
               range between ($window_s - 1) preceding and ($window_s - 1) following
           ) as nth_nearby
    from ranked
),
evidence as (
    select s.account, s.txn, sorted_list(case when e.side = 1 then q.txn_in else q.txn_out end) as evidence
    from strongest as s
    join passages as last_one on last_one.account = s.account and last_one.txn_out = s.txn
    join passages as q
      on q.account = s.account
     and q.currency = s.currency
     and q.out_s between s.out_s - ($window_s - 1) and s.out_s
     and abs(q.kept - last_one.kept) * 2 <= $most_spread
    cross join (select 1 as side union all select 2 as side) as e
    where s.nth = s.nth_nearby
    group by s.account, s.txn
)
select s.account as subject,
       s.first_s as window_start_s,
       s.out_s as window_end_s,
       least(per_mille(s.passages, $at_least) // 2, 1000) as strength,
       e.evidence,
       s.passages,
       s.least_kept,
       s.most_kept,
       s.most_kept - s.least_kept as spread,
       per_mille(s.total_in, s.all_in) as share,
       s.total_in,
       s.total_out,
       s.currency
from strongest as s
join evidence as e on e.account = s.account and e.txn = s.txn
