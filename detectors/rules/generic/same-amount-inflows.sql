/*---
id = "same-amount-inflows"
title.en = "Several people pay one account nearly the same sum within a short time"
title.fr = "Plusieurs personnes paient presque la même somme à un compte en peu de temps"
title.es = "Varias personas pagan casi la misma suma a una cuenta en poco tiempo"
family = "generic"
tier = "core"
status = "live"
severity = "medium"
weight = 4
sources = [
    "Tazama rule 021 (many similar amounts into one account)",
    "Distinct senders, share of the day's payments and comparison with the account's own past: our judgement, to be calibrated on labelled data",
]
exclusions = ["biller", "savings_circle", "payroll", "cooperative"]
benign = [
    { en = "Dues, fees or contributions that everybody pays on one day", fr = "Des cotisations, des frais ou des écots que chacun paie le même jour", es = "Cuotas, tasas o aportes que todos pagan el mismo día" },
    { en = "Tickets or seats of one price, sold for one event or journey", fr = "Des billets ou des places d'un même prix, pour une fête ou un voyage", es = "Boletos o plazas de un mismo precio, para una fiesta o un viaje" },
    { en = "Friends who share a bill or a present", fr = "Des amis qui partagent une note ou un cadeau", es = "Amigos que reparten una cuenta o un regalo" },
]
next_step.en = "Ask what the price stood for; see whether the senders pay again at fixed intervals and where the money goes."
next_step.fr = "Demander à quoi correspond ce prix ; voir si les payeurs paient à nouveau à intervalles fixes et où va l'argent."
next_step.es = "Preguntar a qué corresponde ese precio; ver si los pagadores vuelven a pagar a intervalos fijos y adónde va el dinero."
why.en = "{senders|# sender|# senders} whom the account never paid sent between {smallest} and {largest} within {window_s}, {total} in all: {alike|# payment|# payments} of the {inflows} that came in around them; {before|no payment|# payment|# payments} of that size in the {history_s} before"
why.fr = "{senders|# payeur, que ce compte n'a jamais payé, a envoyé|# payeurs, que ce compte n'a jamais payés, ont envoyé} entre {smallest} et {largest} en {window_s}, {total} au total : {alike|# paiement|# paiements} sur les {inflows} reçus autour ; {before|aucun paiement|# paiement|# paiements} de cette taille dans les {history_s} précédents"
why.es = "{senders|# pagador, al que la cuenta nunca pagó, envió|# pagadores, a los que la cuenta nunca pagó, enviaron} entre {smallest} y {largest} en {window_s}, {total} en total: {alike|# pago|# pagos} de los {inflows} recibidos en torno a ellos; {before|ningún pago|# pago|# pagos} de ese tamaño en los {history_s} anteriores"

[roles]
subject = "collector"
senders = "payer"
receivers = "beneficiary"

[facts]
senders = "count"
alike = "count"
inflows = "count"
share = "percent"
smallest = "money"
largest = "money"
total = "money"
needed = "money"
before = "count"
wanted = "count"

[[indicators]]
label = { en = "Senders of nearly the same sum", fr = "Payeurs de presque la même somme", es = "Pagadores de casi la misma suma" }
observed = "senders"
threshold = "wanted"
sense = "at_least"

[[indicators]]
label = { en = "Their share of the payments received", fr = "Leur part des paiements reçus", es = "Su parte de los pagos recibidos" }
observed = "share"
threshold = "least_share"
sense = "at_least"

[[indicators]]
label = { en = "Sum of their payments", fr = "Somme de leurs paiements", es = "Suma de sus pagos" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 86400
unit = "seconds"
least = 3600
most = 604800
reason = "One day, as in Tazama; where only dates are known, one calendar day"

[params.at_least]
default = 5
unit = "count"
least = 3
most = 1000
reason = "Five people seldom owe one person the same sum on one day"

[params.at_least_organisation]
default = 20
unit = "count"
least = 3
most = 10000
reason = "Those who sell at fixed prices, as far as the data says who they are, need four times as many"

[params.tolerance]
default = 50
unit = "per_mille"
least = 0
most = 200
reason = "A twentieth above or below the last payment: a band of a tenth, which fees and change seldom leave"

[params.least_share]
default = 500
unit = "per_mille"
least = 0
most = 1000
reason = "Half of the payments of a window before and after: among many payments of all sizes some are alike by chance"

[params.sum_share]
default = 20
unit = "per_mille"
least = 0
most = 100000
reason = "Together a fiftieth of the threshold, 200 EUR or 100,000 XOF: below it friends share a bill. Tazama asks for no sum, and where incomes are low a threshold is years of them"

[params.history_s]
default = 2419200
unit = "seconds"
least = 604800
most = 31536000
reason = "Four weeks before the window show what is usual for this account"

[params.surge]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "More payments of that size in one window than in the four weeks before: who sells at one price every week stays silent"

[params.most_daily]
default = 200
unit = "count"
least = 10
most = 2000
reason = "An account with more payments one way on some day is a till, where equal sums are prices"

[bases.typical]
rows = """
occurred_at      | amount | from_account | to_account
2026-01-05 09:00 |   5.00 | Z-1          | Z-2
2026-03-02 09:10 | 400.00 | S-1          | A-1
2026-03-02 11:40 | 410.00 | S-2          | A-1
2026-03-02 16:05 | 390.00 | S-3          | A-1
2026-03-02 18:05 | 400.00 | S-4          | A-1
2026-03-03 09:09 | 402.00 | S-5          | A-1
"""

[[fires]]
name = "five people pay about 400 on one day"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: five people on one calendar day"
base = "typical"
dates_only = true
change.6.occurred_at = "2026-03-02"
flags = ["A-1"]

[[silent]]
name = "the fifth pays exactly a day after the first"
base = "typical"
change.6.occurred_at = "2026-03-03 09:10"

[[silent]]
name = "only dates are known: the fifth pays on the next day"
base = "typical"
dates_only = true

[[silent]]
name = "one of the five sums differs by more than a twentieth"
rows = """
occurred_at      | amount | from_account | to_account
2026-01-05 09:00 |   5.00 | Z-1          | Z-2
2026-03-02 09:10 | 421.00 | S-1          | A-1
2026-03-02 11:40 | 400.00 | S-2          | A-1
2026-03-02 16:05 | 400.00 | S-3          | A-1
2026-03-02 18:05 | 400.00 | S-4          | A-1
2026-03-02 19:05 | 400.00 | S-5          | A-1
"""

[[silent]]
name = "one customer pays five instalments of one size"
rows = """
occurred_at      | amount | from_account | to_account
2026-01-05 09:00 |   5.00 | Z-1          | Z-2
2026-03-02 09:10 | 400.00 | S-1          | A-1
2026-03-02 11:40 | 400.00 | S-1          | A-1
2026-03-02 16:05 | 400.00 | S-1          | A-1
2026-03-02 18:05 | 400.00 | S-1          | A-1
2026-03-02 19:05 | 400.00 | S-1          | A-1
"""

[[silent]]
name = "a market stall: five of eleven customers happen to pay about the same"
rows = """
occurred_at      | amount  | from_account | to_account
2026-01-05 09:00 |    5.00 | Z-1          | Z-2
2026-03-02 09:10 |  400.00 | S-01         | A-1
2026-03-02 09:40 |  410.00 | S-02         | A-1
2026-03-02 10:05 |  390.00 | S-03         | A-1
2026-03-02 10:15 |  400.00 | S-04         | A-1
2026-03-02 10:25 |  402.00 | S-05         | A-1
2026-03-02 10:35 |  150.00 | S-06         | A-1
2026-03-02 10:45 |  220.00 | S-07         | A-1
2026-03-02 10:55 |  510.00 | S-08         | A-1
2026-03-02 11:05 |   90.00 | S-09         | A-1
2026-03-02 11:15 |  640.00 | S-10         | A-1
2026-03-02 11:25 |   75.00 | S-11         | A-1
"""

[[silent]]
name = "a carrier who sells as many seats of one price every week"
rows = """
occurred_at      | amount | from_account | to_account
2026-01-05 09:00 |   5.00 | Z-1          | Z-2
2026-02-09 09:10 | 400.00 | S-11         | A-1
2026-02-09 11:40 | 400.00 | S-12         | A-1
2026-02-16 16:05 | 400.00 | S-13         | A-1
2026-02-16 18:05 | 400.00 | S-14         | A-1
2026-02-23 18:05 | 400.00 | S-15         | A-1
2026-02-23 18:35 | 400.00 | S-16         | A-1
2026-03-02 09:10 | 400.00 | S-1          | A-1
2026-03-02 11:40 | 400.00 | S-2          | A-1
2026-03-02 16:05 | 400.00 | S-3          | A-1
2026-03-02 18:05 | 400.00 | S-4          | A-1
2026-03-02 19:05 | 400.00 | S-5          | A-1
"""

[[silent]]
name = "a savings circle, not registered: four weeks later the account pays one of the five"
base = "typical"
rows = """
occurred_at      | amount | from_account | to_account
2026-03-30 10:00 | 400.00 | A-1          | S-5
"""

[[silent]]
name = "friends share a bill: five cents below a fiftieth of the threshold"
rows = """
occurred_at      | amount | from_account | to_account
2026-01-05 09:00 |   5.00 | Z-1          | Z-2
2026-03-02 09:10 |  39.99 | S-1          | A-1
2026-03-02 11:40 |  39.99 | S-2          | A-1
2026-03-02 16:05 |  39.99 | S-3          | A-1
2026-03-02 18:05 |  39.99 | S-4          | A-1
2026-03-02 19:05 |  39.99 | S-5          | A-1
"""

[[silent]]
name = "the data begins too late to know what is usual"
base = "typical"
change.1.occurred_at = "2026-02-05 09:00"
change.6.occurred_at = "2026-03-02 19:05"

[[silent]]
name = "one of the five payments undoes an earlier one"
rows = """
reference | occurred_at      | amount | from_account | to_account | reverses
r-0       | 2026-01-05 09:00 |   5.00 | Z-1          | Z-2        |
r-1       | 2026-03-02 09:10 | 400.00 | S-1          | A-1        |
r-2       | 2026-03-02 11:40 | 400.00 | S-2          | A-1        |
r-3       | 2026-03-02 16:05 | 400.00 | S-3          | A-1        |
r-4       | 2026-03-02 18:05 | 400.00 | S-4          | A-1        |
r-5       | 2026-03-02 19:05 | 400.00 | S-5          | A-1        | r-9
"""

[[silent]]
name = "a registered biller collects a fee"
base = "typical"
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1   | biller  | 2025-01-01 |          | example
"""
---*/
-- Only senders whom the account has never paid count: in a savings circle, among friends and in a family the money comes back.
-- Like is like the last payment of the window, in its currency. Cash deposits are left to the rules on structuring.
-- The evidence depends on that last payment, so the rule keeps its strongest windows itself.
-- Strength: 500 where the senders just reach their number, 1000 where they are twice as many.
with busy as (
    select distinct account
    from daily
    where direction = 'in' and payments * (($window_s - 1) // 86400 + 2) >= least($at_least, $at_least_organisation)
    except
    select account from daily where payments > $most_daily
),
inflows as (
    select f.account, f.counterparty, f.txn, f.t_s, f.t_end_s, f.currency, f.amount, f.threshold,
           p.from_account is not null as paid_too
    from flows as f
    left join pairs as p on p.from_account = f.account and p.to_account = f.counterparty
    where f.direction = 'in'
      and f.account in (select account from busy)
      and f.counterparty <> f.account
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.threshold is not null
),
sittings as (
    select account, txn, t_s, currency, amount, threshold,
           count(*) over sitting as latest,
           count(*) over around as inflows
    from inflows
    window sitting as (
               partition by account order by t_s range between ($window_s - 1) preceding and current row
           ),
           around as (
               partition by account order by t_s
               range between ($window_s - 1) preceding and ($window_s - 1) following
           )
),
busy_sittings as (
    select s.account, s.txn, s.t_s, s.currency, s.amount, s.threshold, s.inflows, a.covered_s,
           case when a.kind is null or a.kind = 'person' then $at_least else $at_least_organisation end as wanted
    from sittings as s
    join accounts as a on a.account = s.account
    where s.latest >= least($at_least, $at_least_organisation)
),
recent as (
    select account, counterparty, txn, t_s, t_end_s, currency, amount, t_s // $window_s as slot from inflows where not paid_too
    union all
    select account, counterparty, txn, t_s, t_end_s, currency, amount, t_s // $window_s + 1 from inflows where not paid_too
),
alike as (
    select b.account, b.txn, b.t_s, b.currency, b.amount, b.threshold, b.inflows, b.wanted, b.covered_s,
           count(distinct r.counterparty) as senders,
           count(*) as alike,
           min(r.amount) as smallest,
           max(r.amount) as largest,
           sum(r.amount) as total,
           min(r.t_s) as first_s,
           max(r.t_end_s) as last_s,
           sorted_list(r.txn) as evidence
    from busy_sittings as b
    join recent as r
      on r.account = b.account
     and r.slot = b.t_s // $window_s
     and r.currency = b.currency
     and r.t_s between b.t_s - ($window_s - 1) and b.t_s
     and abs(r.amount - b.amount) * 1000 <= b.amount * $tolerance
    group by b.account, b.txn, b.t_s, b.currency, b.amount, b.threshold, b.inflows, b.wanted, b.covered_s
),
enough as (
    select account, txn, t_s, currency, amount, threshold, inflows, wanted, senders, alike, smallest, largest, total, first_s, last_s, evidence
    from alike
    where senders >= wanted
      and alike * 1000 >= inflows * $least_share
      and total * 1000 >= threshold * $sum_share
      and first_s - covered_s >= $history_s
      and last_s - first_s < greatest($window_s, 86400)
),
earlier as (
    select e.account, e.txn, count(*) as before
    from enough as e
    join inflows as i
      on i.account = e.account
     and i.currency = e.currency
     and i.t_s between e.first_s - $history_s and e.first_s - 1
     and abs(i.amount - e.amount) * 1000 <= e.amount * $tolerance
    group by e.account, e.txn
),
ranked as (
    select e.account, e.t_s, e.currency, e.threshold, e.inflows, e.wanted, e.senders, e.alike, e.smallest, e.largest,
           e.total, e.first_s, e.last_s, e.evidence, coalesce(p.before, 0) as before,
           row_number() over (partition by e.account order by e.senders desc, e.total desc, e.txn) as nth
    from enough as e
    left join earlier as p on p.account = e.account and p.txn = e.txn
    where e.alike * 1000 > coalesce(p.before, 0) * $surge
),
kept as (
    select account, currency, threshold, inflows, before, wanted, senders, alike, smallest, largest, total,
           first_s, last_s, evidence, nth,
           min(nth) over (
               partition by account order by t_s
               range between ($window_s - 1) preceding and ($window_s - 1) following
           ) as nth_nearby
    from ranked
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(senders, wanted) // 2, 1000) as strength,
       evidence,
       senders,
       alike,
       inflows,
       per_mille(alike, inflows) as share,
       smallest,
       largest,
       total,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       before,
       wanted,
       currency
from kept
where nth = nth_nearby
