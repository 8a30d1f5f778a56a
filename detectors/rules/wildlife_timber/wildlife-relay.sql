/*---
id = "wildlife-relay"
title.en = "Money for animals or timber is gathered and passed to others who are paid for the same"
title.fr = "L'argent d'animaux ou de bois est rassemblé puis transmis à d'autres, payés pour la même chose"
title.es = "El dinero de animales o madera se reúne y pasa a otros que cobran por lo mismo"
family = "wildlife_timber"
tier = "enriched"
status = "live"
severity = "high"
weight = 7
needs = ["purpose"]
tables = ["lexicon"]
peaks = "window_s"
sources = [
    "FINTRAC operational alert on the illegal wildlife trade (2023): middlemen between buyers and suppliers",
    "Numbers and shares: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_trader", "cooperative"]
benign = [
    { en = "A licensed breeder or dealer who buys from others", fr = "Un éleveur ou négociant agréé qui achète à d'autres", es = "Un criador o comerciante autorizado que compra a otros" },
    { en = "A sawmill that pays its suppliers", fr = "Une scierie qui paie ses fournisseurs", es = "Un aserradero que paga a sus proveedores" },
]
next_step.en = "Ask for permits and delivery papers; look at the suppliers that are paid, and at who else pays them."
next_step.fr = "Demander permis et bons de livraison ; regarder les fournisseurs payés et qui d'autre les paie."
next_step.es = "Pedir permisos y documentos de entrega; mirar a los proveedores pagados y quién más les paga."
why.en = "{payers|# payer|# payers} sent {received} for animals, their parts or timber from abroad, and {sent} ({share}) went on to accounts that are paid for the same, within {days}"
why.fr = "{payers|# payeur a envoyé|# payeurs ont envoyé} {received} pour des animaux, leurs parties ou du bois de l'étranger, et {sent} ({share}) sont repartis vers des comptes payés pour la même chose, en {days}"
why.es = "{payers|# pagador envió|# pagadores enviaron} {received} por animales, sus partes o madera del extranjero, y {sent} ({share}) siguieron hacia cuentas que cobran por lo mismo, en {days}"

[roles]
subject = "collector"
senders = "payer"
receivers = "beneficiary"

[facts]
payers = "count"
inflows = "count"
received = "money"
sent = "money"
share = "percent"
days = "days"

[[indicators]]
label = { en = "Payers", fr = "Payeurs", es = "Pagadores" }
observed = "payers"
threshold = "least_payers"
sense = "at_least"

[[indicators]]
label = { en = "Share passed on", fr = "Part transmise", es = "Parte transmitida" }
observed = "share"
threshold = "least_out"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 31536000
reason = "Thirty days: what buyers pay reaches the suppliers within one delivery"

[params.least_payers]
default = 3
unit = "count"
least = 2
most = 1000
reason = "One buyer who comes again is a customer; three are a market"

[params.least_out]
default = 500
unit = "per_mille"
least = 100
most = 1000
reason = "Half of the money reaches suppliers; the rest is the middleman's margin and his costs"

[params.sum_share]
default = 100
unit = "per_mille"
least = 0
most = 100000
reason = "A tenth of the threshold: below it lie pets and food"

[bases.lawful]
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-02-20 09:00 |  300.00 | Z-1          | S-1        | ivoire brut
2026-03-02 09:10 |  500.00 | B-1          | A-1        | ivoire brut
2026-03-05 09:10 |  400.00 | B-2          | A-1        | ivoire brut
2026-03-09 09:10 |  300.00 | B-3          | A-1        | ivoire brut
2026-03-12 09:10 |  599.99 | A-1          | S-1        |
"""

[[fires]]
name = "three buyers pay, and half goes to a supplier who is paid for the same by others"
base = "lawful"
change.3.purpose = "Ivoire brut 2e lot"
change.4.purpose = "pangolin scales"
change.5.amount = "600.00"
flags = ["A-1"]
[fires.tables]
lexicon = """
topic    | language | term            | source
wildlife | *        | carne de monte  | test
wildlife | *        | ivoire brut     | test
wildlife | *        | pangolin scales | test
"""

[[fires]]
name = "only dates are known: the first buyer on day 1, the supplier on day 30"
rows = """
occurred_at | amount  | from_account | to_account | purpose
2026-02-20  |  300.00 | Z-1          | S-1        | carne de monte
2026-03-01  |  500.00 | B-1          | A-1        | carne de monte
2026-03-05  |  400.00 | B-2          | A-1        | carne de monte
2026-03-09  |  300.00 | B-3          | A-1        | carne de monte
2026-03-30  |  900.00 | A-1          | S-1        |
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic    | language | term            | source
wildlife | *        | carne de monte  | test
wildlife | *        | ivoire brut     | test
wildlife | *        | pangolin scales | test
"""

[[silent]]
name = "only dates are known: the supplier on day 31, when the first buyer no longer counts"
rows = """
occurred_at | amount  | from_account | to_account | purpose
2026-02-20  |  300.00 | Z-1          | S-1        | carne de monte
2026-03-01  |  500.00 | B-1          | A-1        | carne de monte
2026-03-05  |  400.00 | B-2          | A-1        | carne de monte
2026-03-09  |  300.00 | B-3          | A-1        | carne de monte
2026-03-31  |  900.00 | A-1          | S-1        |
"""
[silent.tables]
lexicon = """
topic    | language | term            | source
wildlife | *        | carne de monte  | test
wildlife | *        | ivoire brut     | test
wildlife | *        | pangolin scales | test
"""

[[silent]]
name = "one cent less than half goes on"
base = "lawful"
[silent.tables]
lexicon = """
topic    | language | term            | source
wildlife | *        | carne de monte  | test
wildlife | *        | ivoire brut     | test
wildlife | *        | pangolin scales | test
"""

[[silent]]
name = "two buyers, one of whom pays twice"
base = "lawful"
change.4.from_account = "B-1"
change.5.amount = "600.00"
[silent.tables]
lexicon = """
topic    | language | term            | source
wildlife | *        | carne de monte  | test
wildlife | *        | ivoire brut     | test
wildlife | *        | pangolin scales | test
"""

[[silent]]
name = "the money goes to a landlord"
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-02-20 09:00 |  300.00 | Z-1          | S-1        | ivoire brut
2026-03-02 09:10 |  500.00 | B-1          | A-1        | ivoire brut
2026-03-05 09:10 |  400.00 | B-2          | A-1        | ivoire brut
2026-03-09 09:10 |  300.00 | B-3          | A-1        | ivoire brut
2026-03-12 09:10 |  900.00 | A-1          | L-1        | rent
"""
[silent.tables]
lexicon = """
topic    | language | term            | source
wildlife | *        | carne de monte  | test
wildlife | *        | ivoire brut     | test
wildlife | *        | pangolin scales | test
"""

[[silent]]
name = "the supplier was paid before the buyers paid"
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-02-20 09:00 |  300.00 | Z-1          | S-1        | ivoire brut
2026-03-01 09:10 |  900.00 | A-1          | S-1        |
2026-03-02 09:10 |  500.00 | B-1          | A-1        | ivoire brut
2026-03-05 09:10 |  400.00 | B-2          | A-1        | ivoire brut
2026-03-09 09:10 |  300.00 | B-3          | A-1        | ivoire brut
"""
[silent.tables]
lexicon = """
topic    | language | term            | source
wildlife | *        | carne de monte  | test
wildlife | *        | ivoire brut     | test
wildlife | *        | pangolin scales | test
"""

[[silent]]
name = "a licensed dealer"
base = "lawful"
change.5.amount = "900.00"
[silent.tables]
lexicon = """
topic    | language | term            | source
wildlife | *        | carne de monte  | test
wildlife | *        | ivoire brut     | test
wildlife | *        | pangolin scales | test
"""
segments = """
account | segment         | valid_from | valid_to | source
X|A-1   | licensed_trader | 2020-01-01 |          | test
"""

[[silent]]
name = "the third payment in, and the payment out, are refunds"
rows = """
reference | occurred_at      | amount  | from_account | to_account | purpose     | reverses
r-1       | 2026-02-20 09:00 |  300.00 | Z-1          | S-1        | ivoire brut |
r-2       | 2026-03-02 09:10 |  500.00 | B-1          | A-1        | ivoire brut |
r-3       | 2026-03-05 09:10 |  400.00 | B-2          | A-1        | ivoire brut |
r-4       | 2026-03-09 09:10 |  300.00 | B-3          | A-1        | ivoire brut | r-8
r-5       | 2026-03-12 09:10 |  900.00 | A-1          | S-1        |             | r-9
"""
[silent.tables]
lexicon = """
topic    | language | term            | source
wildlife | *        | carne de monte  | test
wildlife | *        | ivoire brut     | test
wildlife | *        | pangolin scales | test
"""
---*/
-- Suppliers are accounts that somebody else pays for animals, their parts or timber. A payer counts once: he is in the window from
-- each of his payments until the window has passed or he pays again. Payments in stand at their earliest moment, payments out
-- at their latest, and what went out before the first payment of the window does not count.
-- Strength: 500 where payers and share just reach their thresholds, 1000 where both are twice as high.
with goods as (
    select txn, max(case when topic = 'wildlife' then 1 else 0 end) as is_animal
    from mentions
    where topic in ('wildlife', 'timber')
    group by txn
),
sales as (
    select f.account, f.counterparty, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base
    from flows as f
    join goods as g on g.txn = f.txn
    where f.direction = 'in'
      and f.counterparty <> f.account
      and (g.is_animal = 1 or f.country <> f.home)
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
),
middlemen as (
    select account from sales group by account having count(distinct counterparty) >= $least_payers
),
suppliers as (
    select account, min(counterparty) as one_payer, max(counterparty) as other_payer from sales group by account
),
legs as (
    select account, counterparty, 'in' as side, txn, t_s, t_end_s, amount_base as paid_in, 0 as paid_out, threshold_base
    from sales
    where account in (select account from middlemen)
    union all
    select f.account, f.counterparty, 'out', f.txn, f.t_end_s, f.t_end_s, 0, f.amount_base, f.threshold_base
    from flows as f
    join suppliers as s on s.account = f.counterparty and (s.one_payer <> f.account or s.other_payer <> f.account)
    where f.direction = 'out'
      and f.account in (select account from middlemen)
      and f.counterparty <> f.account
      and not f.is_reversal
      and f.amount_base is not null
),
spells as (
    select account, t_s, lead(t_s) over (partition by account, counterparty order by t_s, txn) as next_s
    from legs
    where side = 'in'
),
moves as (
    select account, side, txn, t_s, paid_in, paid_out, threshold_base,
           case when side = 'in' then 1 else 0 end as step
    from legs
    union all
    select account, 'end', cast(null as integer), least(coalesce(next_s, t_s + $window_s), t_s + $window_s), 0, 0,
           cast(null as decimal(24, 4)), -1
    from spells
),
running as (
    select account, side, txn, t_s, paid_in, threshold_base,
           sum(step) over (partition by account order by t_s) as payers,
           sum(paid_out) over (partition by account order by t_s) as out_so_far,
           sum(paid_out) over (
               partition by account order by t_s range between unbounded preceding and 1 preceding
           ) as out_earlier
    from moves
),
months as (
    select account, side, txn, t_s, payers, out_so_far,
           sum(paid_in) over month as received,
           sum(case when side = 'in' then 1 else 0 end) over month as inflows,
           min(case when side = 'in' then coalesce(out_earlier, 0) end) over month as out_before,
           min(case when side = 'in' then t_s end) over month as first_s,
           max(threshold_base) over month as threshold
    from running
    window month as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject,
       first_s as window_start_s,
       t_s as window_end_s,
       least(
           (per_mille(payers, $least_payers)
            + least(per_mille((out_so_far - out_before) * 1000, received * $least_out), 2000)) // 4,
           1000
       ) as strength,
       txn,
       t_s,
       received as size,
       payers,
       inflows,
       received,
       out_so_far - out_before as sent,
       per_mille(out_so_far - out_before, received) as share,
       (t_s - first_s) // 86400 + 1 as days
from months
where side = 'out'
  and payers >= $least_payers
  and received * 1000 >= threshold * $sum_share
  and (out_so_far - out_before) * 1000 >= received * $least_out
