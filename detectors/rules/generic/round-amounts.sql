/*---
id = "round-amounts"
title.en = "Nearly all amounts of an account are round"
title.fr = "Presque tous les montants d'un compte sont ronds"
title.es = "Casi todos los montos de una cuenta son redondos"
family = "generic"
tier = "core"
status = "test"
severity = "low"
weight = 1
sources = [
    "AMLTRIX indicator IND01864 (round amounts)",
    "Two figures as the measure of round, peers by kind and currency: our judgement, to be calibrated on labelled data",
]
exclusions = ["aid_programme", "payroll", "savings_circle", "biller"]
benign = [
    { en = "Cash in CFA francs, gourdes and other money without small coins", fr = "Les espèces en francs CFA, gourdes et autres monnaies sans petites pièces", es = "El efectivo en francos CFA, gourdes y otras monedas sin piezas pequeñas" },
    { en = "Rents, wages and dues", fr = "Des loyers, des salaires et des cotisations", es = "Alquileres, salarios y cuotas" },
]
next_step.en = "Do not act on this alone; it adds to other findings on the same account."
next_step.fr = "Ne pas agir sur ce seul constat ; il s'ajoute à d'autres sur le même compte."
next_step.es = "No actuar por esto solo; se suma a otros hallazgos sobre la misma cuenta."
why.en = "{round_share} of {payments|# payment|# payments} in {span} have round amounts ({total} in all): a greater share than that of {share} of {peers|# account|# accounts} of its kind in this currency"
why.fr = "{round_share} de {payments|# paiement|# paiements} en {span} ont un montant rond ({total} au total) : une part plus grande que chez {share} de {peers|# compte|# comptes} du même type dans cette devise"
why.es = "El {round_share} de {payments|# pago|# pagos} en {span} tiene un monto redondo ({total} en total): una parte mayor que en el {share} de {peers|# cuenta|# cuentas} de su tipo en esta moneda"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
round_share = "percent"
payments = "count"
span = "days"
total = "money"
share = "percent"
peers = "count"

[[indicators]]
label = { en = "Payments", fr = "Paiements", es = "Pagos" }
observed = "payments"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Accounts with a smaller share", fr = "Comptes dont la part est plus petite", es = "Cuentas con una parte menor" }
observed = "share"
threshold = "percentile"
sense = "at_least"

[params.window_days]
default = 90
unit = "days"
least = 7
most = 730
reason = "The last three months: habits change slowly"

[params.at_least]
default = 10
unit = "count"
least = 5
most = 100000
reason = "Of fewer than ten payments the share is chance"

[params.least_share]
default = 800
unit = "per_mille"
least = 1
most = 1000
reason = "Where hardly anybody's amounts are round, a few round ones would already be a rare share"

[params.percentile]
default = 990
unit = "per_mille"
least = 500
most = 1000
reason = "More than 99 of 100 peers in the same currency: cash in CFA francs is round for everybody, and then nobody stands out"

[params.least_peers]
default = 50
unit = "count"
least = 5
most = 1000000
reason = "With fewer than fifty peers one account more or less moves the percentile by two points"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "Round payments of the reporting threshold in all: pocket money is round too"

[bases.typical]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-02  | transfer | 1200.00 | M-0          | N-0
2026-03-03  | transfer | 1237.17 | M-0          | N-0
2026-03-04  | transfer | 1274.34 | M-0          | N-0
2026-03-05  | transfer | 1311.51 | M-0          | N-0
2026-03-06  | transfer | 1348.68 | M-0          | N-0
2026-03-07  | transfer | 1385.85 | M-0          | N-0
2026-03-08  | transfer | 1422.02 | M-0          | N-0
2026-03-09  | transfer | 1459.19 | M-0          | N-0
2026-03-10  | transfer | 1496.36 | M-0          | N-0
2026-03-11  | transfer | 1533.53 | M-0          | N-0
2026-03-02  | transfer | 1201.01 | M-1          | N-1
2026-03-03  | transfer | 1238.18 | M-1          | N-1
2026-03-04  | transfer | 1275.35 | M-1          | N-1
2026-03-05  | transfer | 1312.52 | M-1          | N-1
2026-03-06  | transfer | 1349.69 | M-1          | N-1
2026-03-07  | transfer | 1386.86 | M-1          | N-1
2026-03-08  | transfer | 1423.03 | M-1          | N-1
2026-03-09  | transfer | 1460.20 | M-1          | N-1
2026-03-10  | transfer | 1497.37 | M-1          | N-1
2026-03-11  | transfer | 1534.54 | M-1          | N-1
2026-03-02  | transfer | 1202.02 | M-2          | N-2
2026-03-03  | transfer | 1239.19 | M-2          | N-2
2026-03-04  | transfer | 1276.36 | M-2          | N-2
2026-03-05  | transfer | 1313.53 | M-2          | N-2
2026-03-06  | transfer | 1350.70 | M-2          | N-2
2026-03-07  | transfer | 1387.87 | M-2          | N-2
2026-03-08  | transfer | 1424.04 | M-2          | N-2
2026-03-09  | transfer | 1461.21 | M-2          | N-2
2026-03-10  | transfer | 1498.38 | M-2          | N-2
2026-03-11  | transfer | 1535.55 | M-2          | N-2
2026-03-02  | transfer | 1203.03 | M-3          | N-3
2026-03-03  | transfer | 1240.20 | M-3          | N-3
2026-03-04  | transfer | 1277.37 | M-3          | N-3
2026-03-05  | transfer | 1314.54 | M-3          | N-3
2026-03-06  | transfer | 1351.71 | M-3          | N-3
2026-03-07  | transfer | 1388.88 | M-3          | N-3
2026-03-08  | transfer | 1425.05 | M-3          | N-3
2026-03-09  | transfer | 1462.22 | M-3          | N-3
2026-03-10  | transfer | 1499.39 | M-3          | N-3
2026-03-11  | transfer | 1536.56 | M-3          | N-3
2026-03-02  | transfer | 1204.04 | M-4          | N-4
2026-03-03  | transfer | 1241.21 | M-4          | N-4
2026-03-04  | transfer | 1278.38 | M-4          | N-4
2026-03-05  | transfer | 1315.55 | M-4          | N-4
2026-03-06  | transfer | 1352.72 | M-4          | N-4
2026-03-07  | transfer | 1389.89 | M-4          | N-4
2026-03-08  | transfer | 1426.06 | M-4          | N-4
2026-03-09  | transfer | 1463.23 | M-4          | N-4
2026-03-10  | transfer | 1500.40 | M-4          | N-4
2026-03-11  | transfer | 1537.57 | M-4          | N-4
2026-03-02  | transfer | 1000.00 | A-1          | R-0
2026-03-03  | transfer | 1100.00 | A-1          | R-1
2026-03-04  | transfer | 1200.00 | A-1          | R-2
2026-03-05  | transfer | 1300.00 | A-1          | R-0
2026-03-06  | transfer | 1400.00 | A-1          | R-1
2026-03-07  | transfer | 1500.00 | A-1          | R-2
2026-03-08  | transfer | 1600.00 | A-1          | R-0
2026-03-09  | transfer | 1000.00 | A-1          | R-1
2026-03-10  | transfer | 1100.00 | A-1          | R-2
2026-03-11  | transfer | 1200.00 | A-1          | R-0
"""

[bases.lawful]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-02  | transfer | 1200.00 | M-0          | N-0
2026-03-03  | transfer | 1237.17 | M-0          | N-0
2026-03-04  | transfer | 1274.34 | M-0          | N-0
2026-03-05  | transfer | 1311.51 | M-0          | N-0
2026-03-06  | transfer | 1348.68 | M-0          | N-0
2026-03-07  | transfer | 1385.85 | M-0          | N-0
2026-03-08  | transfer | 1422.02 | M-0          | N-0
2026-03-09  | transfer | 1459.19 | M-0          | N-0
2026-03-10  | transfer | 1496.36 | M-0          | N-0
2026-03-11  | transfer | 1533.53 | M-0          | N-0
2026-03-02  | transfer | 1201.01 | M-1          | N-1
2026-03-03  | transfer | 1238.18 | M-1          | N-1
2026-03-04  | transfer | 1275.35 | M-1          | N-1
2026-03-05  | transfer | 1312.52 | M-1          | N-1
2026-03-06  | transfer | 1349.69 | M-1          | N-1
2026-03-07  | transfer | 1386.86 | M-1          | N-1
2026-03-08  | transfer | 1423.03 | M-1          | N-1
2026-03-09  | transfer | 1460.20 | M-1          | N-1
2026-03-10  | transfer | 1497.37 | M-1          | N-1
2026-03-11  | transfer | 1534.54 | M-1          | N-1
2026-03-02  | transfer | 1202.02 | M-2          | N-2
2026-03-03  | transfer | 1239.19 | M-2          | N-2
2026-03-04  | transfer | 1276.36 | M-2          | N-2
2026-03-05  | transfer | 1313.53 | M-2          | N-2
2026-03-06  | transfer | 1350.70 | M-2          | N-2
2026-03-07  | transfer | 1387.87 | M-2          | N-2
2026-03-08  | transfer | 1424.04 | M-2          | N-2
2026-03-09  | transfer | 1461.21 | M-2          | N-2
2026-03-10  | transfer | 1498.38 | M-2          | N-2
2026-03-11  | transfer | 1535.55 | M-2          | N-2
2026-03-02  | transfer | 1203.03 | M-3          | N-3
2026-03-03  | transfer | 1240.20 | M-3          | N-3
2026-03-04  | transfer | 1277.37 | M-3          | N-3
2026-03-05  | transfer | 1314.54 | M-3          | N-3
2026-03-06  | transfer | 1351.71 | M-3          | N-3
2026-03-07  | transfer | 1388.88 | M-3          | N-3
2026-03-08  | transfer | 1425.05 | M-3          | N-3
2026-03-09  | transfer | 1462.22 | M-3          | N-3
2026-03-10  | transfer | 1499.39 | M-3          | N-3
2026-03-11  | transfer | 1536.56 | M-3          | N-3
2026-03-02  | transfer | 1204.04 | M-4          | N-4
2026-03-03  | transfer | 1241.21 | M-4          | N-4
2026-03-04  | transfer | 1278.38 | M-4          | N-4
2026-03-05  | transfer | 1315.55 | M-4          | N-4
2026-03-06  | transfer | 1352.72 | M-4          | N-4
2026-03-07  | transfer | 1389.89 | M-4          | N-4
2026-03-08  | transfer | 1426.06 | M-4          | N-4
2026-03-09  | transfer | 1463.23 | M-4          | N-4
2026-03-10  | transfer | 1500.40 | M-4          | N-4
2026-03-11  | transfer | 1537.57 | M-4          | N-4
2026-03-02  | transfer | 100.00  | A-1          | R-0
2026-03-03  | transfer | 110.00  | A-1          | R-1
2026-03-04  | transfer | 120.00  | A-1          | R-2
2026-03-05  | transfer | 130.00  | A-1          | R-0
2026-03-06  | transfer | 140.00  | A-1          | R-1
2026-03-07  | transfer | 150.00  | A-1          | R-2
2026-03-08  | transfer | 160.00  | A-1          | R-0
2026-03-09  | transfer | 100.00  | A-1          | R-1
2026-03-10  | transfer | 110.00  | A-1          | R-2
2026-03-11  | transfer | 120.00  | A-1          | R-0
"""
params = { least_peers = 10, percentile = 900 }

[[fires]]
name = "ten round payments among people whose amounts are not"
base = "typical"
flags = ["A-1"]
params = { least_peers = 10, percentile = 900 }

[[silent]]
name = "nine payments are too few"
base = "typical"
without = [60]
params = { least_peers = 10, percentile = 900 }

[[silent]]
name = "everybody's amounts are round"
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-02  | transfer | 1200.00 | M-0          | N-0
2026-03-03  | transfer | 1200.00 | M-0          | N-0
2026-03-04  | transfer | 1200.00 | M-0          | N-0
2026-03-05  | transfer | 1300.00 | M-0          | N-0
2026-03-06  | transfer | 1300.00 | M-0          | N-0
2026-03-07  | transfer | 1300.00 | M-0          | N-0
2026-03-08  | transfer | 1400.00 | M-0          | N-0
2026-03-09  | transfer | 1400.00 | M-0          | N-0
2026-03-10  | transfer | 1400.00 | M-0          | N-0
2026-03-11  | transfer | 1500.00 | M-0          | N-0
2026-03-02  | transfer | 1200.00 | M-1          | N-1
2026-03-03  | transfer | 1200.00 | M-1          | N-1
2026-03-04  | transfer | 1200.00 | M-1          | N-1
2026-03-05  | transfer | 1300.00 | M-1          | N-1
2026-03-06  | transfer | 1300.00 | M-1          | N-1
2026-03-07  | transfer | 1300.00 | M-1          | N-1
2026-03-08  | transfer | 1400.00 | M-1          | N-1
2026-03-09  | transfer | 1400.00 | M-1          | N-1
2026-03-10  | transfer | 1400.00 | M-1          | N-1
2026-03-11  | transfer | 1500.00 | M-1          | N-1
2026-03-02  | transfer | 1200.00 | M-2          | N-2
2026-03-03  | transfer | 1200.00 | M-2          | N-2
2026-03-04  | transfer | 1200.00 | M-2          | N-2
2026-03-05  | transfer | 1300.00 | M-2          | N-2
2026-03-06  | transfer | 1300.00 | M-2          | N-2
2026-03-07  | transfer | 1300.00 | M-2          | N-2
2026-03-08  | transfer | 1400.00 | M-2          | N-2
2026-03-09  | transfer | 1400.00 | M-2          | N-2
2026-03-10  | transfer | 1400.00 | M-2          | N-2
2026-03-11  | transfer | 1500.00 | M-2          | N-2
2026-03-02  | transfer | 1200.00 | M-3          | N-3
2026-03-03  | transfer | 1200.00 | M-3          | N-3
2026-03-04  | transfer | 1200.00 | M-3          | N-3
2026-03-05  | transfer | 1300.00 | M-3          | N-3
2026-03-06  | transfer | 1300.00 | M-3          | N-3
2026-03-07  | transfer | 1300.00 | M-3          | N-3
2026-03-08  | transfer | 1400.00 | M-3          | N-3
2026-03-09  | transfer | 1400.00 | M-3          | N-3
2026-03-10  | transfer | 1400.00 | M-3          | N-3
2026-03-11  | transfer | 1500.00 | M-3          | N-3
2026-03-02  | transfer | 1200.00 | M-4          | N-4
2026-03-03  | transfer | 1200.00 | M-4          | N-4
2026-03-04  | transfer | 1200.00 | M-4          | N-4
2026-03-05  | transfer | 1300.00 | M-4          | N-4
2026-03-06  | transfer | 1300.00 | M-4          | N-4
2026-03-07  | transfer | 1300.00 | M-4          | N-4
2026-03-08  | transfer | 1400.00 | M-4          | N-4
2026-03-09  | transfer | 1400.00 | M-4          | N-4
2026-03-10  | transfer | 1500.00 | M-4          | N-4
2026-03-11  | transfer | 1500.00 | M-4          | N-4
2026-03-02  | transfer | 1000.00 | A-1          | R-0
2026-03-03  | transfer | 1100.00 | A-1          | R-1
2026-03-04  | transfer | 1200.00 | A-1          | R-2
2026-03-05  | transfer | 1300.00 | A-1          | R-0
2026-03-06  | transfer | 1400.00 | A-1          | R-1
2026-03-07  | transfer | 1500.00 | A-1          | R-2
2026-03-08  | transfer | 1600.00 | A-1          | R-0
2026-03-09  | transfer | 1000.00 | A-1          | R-1
2026-03-10  | transfer | 1100.00 | A-1          | R-2
2026-03-11  | transfer | 1200.00 | A-1          | R-0
"""
params = { least_peers = 10, percentile = 900 }

[[silent]]
name = "small change: the sum stays below the threshold"
base = "lawful"

[[silent]]
name = "too few peers to say what is rare"
base = "typical"

[[silent]]
name = "paid back, and paid to itself"
base = "lawful"
without = [51, 52, 53, 54, 55, 56, 57, 58, 59, 60]
rows = """
occurred_at | channel  | amount  | from_account | to_account | reverses
2026-03-02  | transfer | 1000.00 | A-1          | A-1        |
2026-03-03  | transfer | 1100.00 | A-1          | A-1        |
2026-03-04  | transfer | 1200.00 | A-1          | A-1        |
2026-03-05  | transfer | 1300.00 | A-1          | A-1        |
2026-03-06  | transfer | 1400.00 | A-1          | A-1        |
2026-03-07  | transfer | 1500.00 | A-1          | A-1        |
2026-03-08  | transfer | 1600.00 | A-1          | A-1        |
2026-03-09  | transfer | 1000.00 | A-1          | A-1        |
2026-03-10  | transfer | 1100.00 | A-1          | A-1        |
2026-03-11  | transfer | 1200.00 | A-1          | A-1        |
2026-03-02  | transfer | 1000.00 | A-1          | R-0        | 0001
2026-03-03  | transfer | 1100.00 | A-1          | R-1        | 0002
2026-03-04  | transfer | 1200.00 | A-1          | R-2        | 0003
2026-03-05  | transfer | 1300.00 | A-1          | R-0        | 0004
2026-03-06  | transfer | 1400.00 | A-1          | R-1        | 0005
2026-03-07  | transfer | 1500.00 | A-1          | R-2        | 0006
2026-03-08  | transfer | 1600.00 | A-1          | R-0        | 0007
2026-03-09  | transfer | 1000.00 | A-1          | R-1        | 0008
2026-03-10  | transfer | 1100.00 | A-1          | R-2        | 0009
2026-03-11  | transfer | 1200.00 | A-1          | R-0        | 0010
"""

[[silent]]
name = "a payroll, known as such"
base = "typical"
params = { least_peers = 10, percentile = 900 }
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | payroll | 2025-01-01 | | example
"""
---*/
-- Round: at most two figures before the zeros, whatever the currency. Amounts below 100 count neither as round nor as payments.
-- Below a million the remainder is taken of a shorter number, which takes a fifth of the time.
-- Peers: accounts of the same kind with as many payments in the same currency in the same days.
-- Strength: 500 where just the percentile lies below, 1000 where every peer does.
with recent as (
    select account, currency, txn, t_s, t_end_s, amount, amount_base, threshold_base,
           case when amount >= 1000000 then amount % 100000 = 0
                when amount >= 100000 then cast(amount as decimal(10, 4)) % 10000 = 0
                when amount >= 10000 then cast(amount as decimal(10, 4)) % 1000 = 0
                when amount >= 1000 then cast(amount as decimal(10, 4)) % 100 = 0
                else cast(amount as decimal(10, 4)) % 10 = 0 end as is_round
    from flows
    where amount >= 100 and day > $as_of_s // 86400 - $window_days
      and amount_base is not null and threshold_base is not null and not is_reversal and counterparty is distinct from account
),
habits as (
    select account, currency, count(*) as payments, count(case when is_round then 1 end) as round_payments,
           sum(case when is_round then amount_base else 0 end) as total, max(threshold_base) as threshold
    from recent
    group by account, currency
    having count(*) >= $at_least
),
placed as (
    select h.account, h.currency, h.payments, h.round_payments, h.total, h.threshold,
           rank() over (partition by a.kind, h.currency order by per_mille(h.round_payments, h.payments)) - 1 as below,
           count(*) over (partition by a.kind, h.currency) as peers
    from habits as h
    join accounts as a on a.account = h.account
),
rare as (
    select account, currency, payments, round_payments, total, threshold, below, peers
    from placed
    where peers >= $least_peers
      and below * 1000 >= peers * $percentile
      and round_payments * 1000 >= payments * $least_share
      and total * 1000 >= threshold * $sum_share
)
select r.account as subject,
       min(p.t_s) as window_start_s,
       max(p.t_end_s) as window_end_s,
       least(500 + 500 * (per_mille(r.below, r.peers) - $percentile) // (1001 - $percentile), 1000) as strength,
       sorted_list(p.txn) as evidence,
       per_mille(r.round_payments, r.payments) as round_share,
       r.payments,
       (max(p.t_end_s) - min(p.t_s)) // 86400 + 1 as span,
       sum(p.amount) as total,
       per_mille(r.below, r.peers) as share,
       r.peers,
       r.currency
from rare as r
join recent as p on p.account = r.account and p.currency = r.currency and p.is_round
group by r.account, r.currency, r.payments, r.round_payments, r.below, r.peers
