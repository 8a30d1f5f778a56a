/*---
id = "cash-structuring"
title.en = "Cash deposits split to stay under the reporting threshold"
title.fr = "Dépôts d'espèces fractionnés sous le seuil de déclaration"
title.es = "Depósitos en efectivo fraccionados por debajo del umbral de declaración"
family = "generic"
tier = "core"
status = "live"
severity = "high"
weight = 6
sources = [
    "AUSTRAC 2021, cuckoo smurfing",
    "FATF Recommendations 20 and 29",
    "Least share of a deposit, least count: our judgement, to be calibrated on labelled data",
]
benign = [
    { en = "Shops and market traders that bank their takings several times a week", fr = "Commerces et marchands qui déposent leur recette plusieurs fois par semaine", es = "Comercios y vendedores de mercado que depositan su recaudación varias veces por semana" },
    { en = "A savings circle whose treasurer deposits the contributions", fr = "Une tontine dont le trésorier dépose les cotisations", es = "Un círculo de ahorro cuyo tesorero deposita las cuotas" },
]
next_step.en = "Compare with declared turnover; ask for deposit slips and see who deposited, and where."
next_step.fr = "Comparer au chiffre d'affaires déclaré ; demander les bordereaux et voir qui a déposé, et où."
next_step.es = "Comparar con la facturación declarada; pedir los resguardos y ver quién depositó y dónde."
why.en = "{deposits|# cash deposit|# cash deposits} in {days}, {total} in all, each under {threshold}"
why.fr = "{deposits|# dépôt|# dépôts} d'espèces en {days}, {total} au total, chacun sous {threshold}"
why.es = "{deposits|# depósito|# depósitos} en efectivo en {days}, {total} en total, cada uno por debajo de {threshold}"
peaks = "window_s"

[roles]
subject = "collector"
senders = "payer"
receivers = "beneficiary"

[facts]
deposits = "count"
days = "days"
total = "money"
largest = "money"
needed = "money"
threshold = "money"

[[indicators]]
label = { en = "Cash deposits under the threshold", fr = "Dépôts d'espèces sous le seuil", es = "Depósitos en efectivo por debajo del umbral" }
observed = "deposits"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Sum of these deposits", fr = "Somme de ces dépôts", es = "Suma de estos depósitos" }
observed = "total"
threshold = "needed"
sense = "at_least"

[[indicators]]
label = { en = "Largest of these deposits", fr = "Le plus grand de ces dépôts", es = "El mayor de estos depósitos" }
observed = "largest"
threshold = "threshold"
sense = "at_most"

[params.window_s]
default = 604800
unit = "seconds"
least = 86400
most = 2592000
reason = "Seven days, as in the AUSTRAC cases: a sum split further apart earns less for the trouble"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 100
reason = "Two deposits are common; the third in a week is where splitting begins to pay"

[params.least_share]
default = 100
unit = "per_mille"
least = 0
most = 999
reason = "A deposit of less than a tenth of the threshold does not hide a large sum; daily takings of a stall lie below"

[params.sum_share]
default = 900
unit = "per_mille"
least = 100
most = 100000
reason = "Nine tenths of the threshold: splitting makes sense only where one deposit would have been reported, or nearly"

[[fires]]
name = "three deposits within a week, together above the threshold"
rows = """
occurred_at      | channel      | amount  | to_account
2026-03-01 09:10 | cash_deposit | 4200.00 | A-1
2026-03-03 11:40 | cash_deposit | 3900.00 | A-1
2026-03-06 16:05 | cash_deposit | 4500.00 | A-1
2026-03-06 16:20 | cash_deposit |  300.00 | A-2
"""
flags = ["A-1"]

[[fires]]
name = "only dates are known: the first and the seventh calendar day are one week"
rows = """
occurred_at | channel      | amount  | to_account
2026-03-01  | cash_deposit | 4200.00 | A-1
2026-03-05  | cash_deposit | 3900.00 | A-1
2026-03-07  | cash_deposit | 4500.00 | A-1
"""
flags = ["A-1"]

[[silent]]
name = "the third deposit comes exactly seven days after the first"
rows = """
occurred_at      | channel      | amount  | to_account
2026-03-01 09:10 | cash_deposit | 4200.00 | A-1
2026-03-03 11:40 | cash_deposit | 3900.00 | A-1
2026-03-08 09:10 | cash_deposit | 4500.00 | A-1
"""

[[silent]]
name = "only dates are known: the first and the eighth calendar day are not one week"
rows = """
occurred_at | channel      | amount  | to_account
2026-03-01  | cash_deposit | 4200.00 | A-1
2026-03-05  | cash_deposit | 3900.00 | A-1
2026-03-08  | cash_deposit | 4500.00 | A-1
"""

[[silent]]
name = "one of the three reaches the threshold, so it is reported anyway"
rows = """
occurred_at      | channel      | amount   | to_account
2026-03-01 09:10 | cash_deposit |  4200.00 | A-1
2026-03-03 11:40 | cash_deposit | 10000.00 | A-1
2026-03-06 16:05 | cash_deposit |  4500.00 | A-1
"""

[[silent]]
name = "a market stall banks its small takings every day"
rows = """
occurred_at      | channel      | amount | to_account
2026-03-02 18:10 | cash_deposit | 940.00 | A-1
2026-03-02 18:20 | cash_deposit | 880.00 | A-1
2026-03-03 18:10 | cash_deposit | 990.00 | A-1
2026-03-03 18:15 | cash_deposit | 910.00 | A-1
2026-03-04 18:10 | cash_deposit | 930.00 | A-1
2026-03-04 18:20 | cash_deposit | 970.00 | A-1
2026-03-05 18:10 | cash_deposit | 890.00 | A-1
2026-03-05 18:30 | cash_deposit | 960.00 | A-1
2026-03-06 18:10 | cash_deposit | 995.00 | A-1
2026-03-06 18:20 | cash_deposit | 985.00 | A-1
2026-03-07 18:10 | cash_deposit | 975.00 | A-1
"""

[[silent]]
name = "the sum stays below nine tenths of the threshold"
rows = """
occurred_at      | channel      | amount  | to_account
2026-03-01 09:10 | cash_deposit | 2900.00 | A-1
2026-03-03 11:40 | cash_deposit | 2900.00 | A-1
2026-03-06 16:05 | cash_deposit | 3199.99 | A-1
"""

[[silent]]
name = "a salary and two transfers of the same size are no cash"
rows = """
occurred_at      | channel      | amount  | from_account | to_account
2026-03-01 09:10 | transfer     | 4200.00 | E-1          | A-1
2026-03-03 11:40 | transfer     | 3900.00 | E-2          | A-1
2026-03-06 16:05 | cash_deposit | 4500.00 |              | A-1
"""
---*/
-- Strength: 500 where count and sum just reach their thresholds, 1000 where both are twice as high.
with legs as (
    select account, currency, txn, t_s, t_end_s, amount, threshold
    from flows
    where direction = 'in'
      and channel = 'cash_deposit'
      and amount < threshold
      and amount * 1000 >= threshold * $least_share
),
weeks as (
    select account, currency, txn, t_s,
           count(*) over week as deposits,
           sum(amount) over week as total,
           max(amount) over week as largest,
           max(threshold) over week as threshold,
           min(t_s) over week as first_s,
           max(t_end_s) over week as last_s
    from legs
    window week as (
        partition by account, currency order by t_s
        range between ($window_s - 1) preceding and current row
    )
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least((per_mille(deposits, $at_least) + per_mille(total * 1000, threshold * $sum_share)) // 4, 1000) as strength,
       txn,
       t_s,
       total as size,
       deposits,
       (last_s - first_s) // 86400 + 1 as days,
       total,
       largest,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       threshold,
       currency
from weeks
where deposits >= $at_least
  and total * 1000 >= threshold * $sum_share
  and last_s - first_s < $window_s
