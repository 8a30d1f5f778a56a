/*---
id = "near-threshold-cluster"
title.en = "Several amounts just under the reporting threshold"
title.fr = "Plusieurs montants juste sous le seuil de déclaration"
title.es = "Varios montos justo por debajo del umbral de declaración"
family = "generic"
tier = "core"
status = "live"
severity = "medium"
weight = 5
sources = [
    "FIN-2014-A005",
    "AMLTRIX IND01864",
    "Counts and windows: our judgement, to be calibrated on labelled data",
]
benign = [
    { en = "A wallet or a transfer house whose own limit lies just under the threshold", fr = "Un portefeuille ou un transfert dont le plafond propre est juste sous le seuil", es = "Una billetera o un servicio de envíos cuyo propio límite está justo por debajo del umbral" },
    { en = "A price or a rent that happens to lie there", fr = "Un prix ou un loyer qui se trouve à ce niveau", es = "Un precio o un alquiler que casualmente está en ese nivel" },
]
next_step.en = "Ask what each amount was for; look for invoices, and for other accounts of the same people with such amounts."
next_step.fr = "Demander l'objet de chaque montant ; chercher les factures, et de tels montants sur d'autres comptes des mêmes personnes."
next_step.es = "Preguntar el motivo de cada monto; buscar facturas y otros montos así en otras cuentas de las mismas personas."
why.en = "{amounts|# amount|# amounts} between {floor} and {threshold} in {span}, {total} in all"
why.fr = "{amounts|# montant|# montants} entre {floor} et {threshold} en {span}, {total} au total"
why.es = "{amounts|# monto|# montos} entre {floor} y {threshold} en {span}, {total} en total"

[roles]
subject = "collector"
senders = "payer"
receivers = "beneficiary"

[facts]
amounts = "count"
span = "days"
total = "money"
smallest = "money"
floor = "money"
threshold = "money"
wanted = "count"

[[indicators]]
label = { en = "Amounts just under the threshold", fr = "Montants juste sous le seuil", es = "Montos justo por debajo del umbral" }
observed = "amounts"
threshold = "wanted"
sense = "at_least"

[[indicators]]
label = { en = "Smallest of these amounts", fr = "Le plus petit de ces montants", es = "El menor de estos montos" }
observed = "smallest"
threshold = "floor"
sense = "at_least"

[params.short_s]
default = 86400
unit = "seconds"
least = 3600
most = 604800
reason = "One day: two such amounts within a day are rarely chance"

[params.long_s]
default = 604800
unit = "seconds"
least = 86400
most = 2592000
reason = "Seven days, the week in which deposits and payments are usually split"

[params.at_least_short]
default = 2
unit = "count"
least = 2
most = 100
reason = "One amount near the threshold means nothing; the second on the same day needs an explanation"

[params.at_least_long]
default = 3
unit = "count"
least = 2
most = 100
reason = "Two in a week are common where rents and prices lie near the threshold; three are not"

[params.floor_share]
default = 900
unit = "per_mille"
least = 500
most = 999
reason = "Nine tenths of the threshold: people who avoid it stay close, because each split costs a visit"

[params.common_accounts]
default = 10
unit = "count"
least = 2
most = 1000000
reason = "An amount that ten accounts share may be a price or a cap; fewer may be one ring"

[params.common_share]
default = 200
unit = "per_mille"
least = 1
most = 1000
reason = "A cap or a price gathers a fifth of all accounts that come so near; people who split choose many amounts"

[[fires]]
name = "three transfers of just under 10,000 leave one account within a week"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 9500.00 | A-1          | B-1
2026-03-04 11:40 | 9200.00 | A-1          | B-2
2026-03-07 16:05 | 9900.00 | A-1          | B-3
"""
flags = ["A-1"]

[[fires]]
name = "two cash deposits of just under 10,000 on one day"
rows = """
occurred_at      | channel      | amount  | from_account | to_account
2026-03-02 09:10 | cash_deposit | 9000.00 |              | A-1
2026-03-02 16:40 | cash_deposit | 9700.00 |              | A-1
"""
flags = ["A-1"]

[[fires]]
name = "only dates are known: two on one calendar day"
rows = """
occurred_at | channel      | amount  | from_account | to_account
2026-03-02  | cash_deposit | 9400.00 |              | A-1
2026-03-02  | cash_deposit | 9700.00 |              | A-1
2026-03-05  | transfer     |  600.00 | A-1          | B-1
"""
flags = ["A-1"]

[[silent]]
name = "two on following days are neither two in a day nor three in a week"
rows = """
occurred_at      | channel      | amount  | to_account
2026-03-02 09:10 | cash_deposit | 9500.00 | A-1
2026-03-03 09:10 | cash_deposit | 9700.00 | A-1
"""

[[silent]]
name = "only dates are known: two on following calendar days"
rows = """
occurred_at | channel      | amount  | to_account
2026-03-02  | cash_deposit | 9500.00 | A-1
2026-03-03  | cash_deposit | 9700.00 | A-1
"""

[[silent]]
name = "the third comes exactly seven days after the first"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 9500.00 | A-1          | B-1
2026-03-04 11:40 | 9200.00 | A-1          | B-2
2026-03-09 09:10 | 9900.00 | A-1          | B-3
"""

[[silent]]
name = "amounts that reach the threshold, or lie below nine tenths of it"
rows = """
occurred_at      | amount   | from_account | to_account
2026-03-02 09:10 | 10000.00 | A-1          | B-1
2026-03-02 11:40 |  8999.99 | A-1          | B-2
2026-03-02 16:05 | 10000.00 | A-1          | B-3
2026-03-03 16:05 |  9100.00 | A-1          | B-4
"""

[[silent]]
name = "one such amount comes in and another goes out on one day"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 9500.00 | B-1          | A-1
2026-03-02 11:40 | 9300.00 | A-1          | B-2
"""

[[silent]]
name = "a tuition fee of one amount that many accounts pay, two children at a time"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 08:00 | 9500.00 | A-1          | S-1
2026-03-02 08:00 | 9500.00 | A-1          | S-2
2026-03-02 09:00 | 9500.00 | A-2          | S-3
2026-03-02 09:00 | 9500.00 | A-2          | S-4
2026-03-02 10:00 | 9500.00 | A-3          | S-5
2026-03-02 10:00 | 9500.00 | A-3          | S-6
2026-03-02 11:00 | 9500.00 | A-4          | S-7
2026-03-02 11:00 | 9500.00 | A-4          | S-8
2026-03-02 12:00 | 9500.00 | A-5          | S-9
2026-03-02 12:00 | 9500.00 | A-5          | S-10
"""
---*/
-- Strength: 500 where the count just reaches its threshold, 1000 where it is twice as high.
with near as (
    select account, currency, direction, txn, t_s, t_end_s, amount, threshold
    from flows
    where amount < threshold
      and amount * 1000 >= threshold * $floor_share
      and (counterparty is null or counterparty <> account)
),
crowd as (
    select currency, count(distinct account) as accounts from near group by currency
),
common as (
    select n.currency, n.amount
    from near as n
    join crowd as c on c.currency = n.currency
    group by n.currency, n.amount, c.accounts
    having count(distinct n.account) >= $common_accounts
       and count(distinct n.account) * 1000 >= c.accounts * $common_share
),
telling as (
    select n.account, n.currency, n.direction, n.txn, n.t_s, n.t_end_s, n.amount, n.threshold
    from near as n
    anti join common as c on c.currency = n.currency and c.amount = n.amount
),
days as (
    select account, currency, direction, txn, t_s, $short_s as reach_s, $at_least_short as wanted,
           count(*) over near_by as amounts,
           sum(amount) over near_by as total,
           min(amount) over near_by as smallest,
           max(threshold) over near_by as threshold,
           min(t_s) over near_by as first_s,
           max(t_end_s) over near_by as last_s
    from telling
    window near_by as (
        partition by account, currency, direction order by t_s
        range between ($short_s - 1) preceding and current row
    )
),
weeks as (
    select account, currency, direction, txn, t_s, $long_s as reach_s, $at_least_long as wanted,
           count(*) over near_by as amounts,
           sum(amount) over near_by as total,
           min(amount) over near_by as smallest,
           max(threshold) over near_by as threshold,
           min(t_s) over near_by as first_s,
           max(t_end_s) over near_by as last_s
    from telling
    window near_by as (
        partition by account, currency, direction order by t_s
        range between ($long_s - 1) preceding and current row
    )
),
clusters as (
    select account, currency, direction, txn, t_s, reach_s, wanted, amounts, total, smallest, threshold, first_s, last_s
    from days
    where amounts >= wanted and last_s - first_s < greatest(reach_s, 86400)
    union all
    select account, currency, direction, txn, t_s, reach_s, wanted, amounts, total, smallest, threshold, first_s, last_s
    from weeks
    where amounts >= wanted and last_s - first_s < reach_s
),
ranked as (
    select account, currency, direction, txn, t_s, reach_s, wanted, amounts, total, smallest, threshold, first_s, last_s,
           row_number() over (
               partition by account, currency, direction order by amounts desc, total desc, reach_s, txn
           ) as place
    from clusters
),
peaks as (
    select account, currency, direction, txn, t_s, reach_s, wanted, amounts, total, smallest, threshold, first_s, last_s,
           place,
           min(place) over (
               partition by account, currency, direction order by t_s
               range between ($long_s - 1) preceding and ($long_s - 1) following
           ) as best_nearby
    from ranked
),
evidence as (
    select p.account, p.currency, p.direction, p.place, sorted_list(n.txn) as evidence
    from peaks as p
    join telling as n
      on n.account = p.account and n.currency = p.currency and n.direction = p.direction
     and n.t_s between p.t_s - (p.reach_s - 1) and p.t_s
    where p.place = p.best_nearby
    group by p.account, p.currency, p.direction, p.place
)
select p.account as subject,
       p.first_s as window_start_s,
       p.last_s as window_end_s,
       least(per_mille(p.amounts, p.wanted) // 2, 1000) as strength,
       e.evidence,
       p.amounts,
       (p.last_s - p.first_s) // 86400 + 1 as span,
       p.total,
       p.smallest,
       cast(p.threshold * $floor_share * 0.001 as decimal(24, 4)) as floor,
       p.threshold,
       p.wanted,
       p.currency
from peaks as p
join evidence as e
  on e.account = p.account and e.currency = p.currency and e.direction = p.direction and e.place = p.place
