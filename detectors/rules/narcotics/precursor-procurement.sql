/*---
id = "precursor-procurement"
title.en = "Chemicals bought by somebody with no known trade that needs them"
title.fr = "Produits chimiques achetés par quelqu'un sans métier connu qui les explique"
title.es = "Productos químicos comprados por alguien sin oficio conocido que los explique"
family = "narcotics"
tier = "enriched"
status = "live"
severity = "medium"
weight = 6
peaks = "window_s"
sources = [
    "FIN-2024-A002 (procurement of precursor chemicals and equipment)",
    "AMLTRIX IND01511",
    "Which trades need chemicals, and how much is worth a look: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_trader"]
benign = [
    { en = "A craftsman or a cleaner who uses solvents and acids", fr = "Un artisan ou une entreprise de nettoyage qui emploie solvants et acides", es = "Un artesano o una empresa de limpieza que usa disolventes y ácidos" },
    { en = "A school, a clinic or a water works whose sector is recorded as something else", fr = "Une école, une clinique ou un service des eaux dont le secteur enregistré est autre", es = "Una escuela, una clínica o un servicio de aguas cuyo sector registrado es otro" },
]
next_step.en = "Ask for the invoices and the end use; see who sold, in what quantities, where the goods were delivered, and who gave the money."
next_step.fr = "Demander les factures et l'usage final ; voir qui a vendu, quelles quantités, où la marchandise a été livrée et qui a fourni l'argent."
next_step.es = "Pedir las facturas y el uso final; ver quién vendió, en qué cantidades, dónde se entregó la mercancía y quién puso el dinero."
why.en = "{purchases|# payment|# payments} for chemicals within {days}, {total} in all, by an account with no known trade that needs them"
why.fr = "{purchases|# paiement|# paiements} de produits chimiques en {days}, {total} au total, par un compte auquel on ne connaît aucun métier qui en demande"
why.es = "{purchases|# pago|# pagos} por productos químicos en {days}, {total} en total, desde una cuenta sin oficio conocido que los necesite"

[roles]
subject = "payer"
senders = "payer"
receivers = "beneficiary"

[facts]
purchases = "count"
days = "days"
total = "money"
needed = "money"

[[indicators]]
label = { en = "Payments for chemicals", fr = "Paiements de produits chimiques", es = "Pagos por productos químicos" }
observed = "purchases"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Sum of the payments", fr = "Somme des paiements", es = "Suma de los pagos" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 7776000
unit = "seconds"
least = 604800
most = 31536000
reason = "Ninety days: small orders are spread over weeks, so that no seller has to report one"

[params.at_least]
default = 3
unit = "count"
least = 1
most = 100
reason = "One order is a repair, two a mistake in the first; three are a supply"

[params.sum_share]
default = 50
unit = "per_mille"
least = 0
most = 100000
reason = "A twentieth of the threshold: below it lies what a household or a workshop uses up"

[[fires]]
name = "a shop for clothes orders solvents and acids three times in two months"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 300.00 | A-1          | V-1        | Order 17 acetone 200 l
2026-03-20 15:40 | 250.00 | A-1          | V-2        | Ácido sulfúrico, pedido 5
2026-04-28 10:00 | 200.00 | A-1          | V-1        | anhydride acétique
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic     | language | term               | source
chemicals | *        | acetone            | test
chemicals | *        | ácido sulfúrico    | test
chemicals | *        | hydrochloric acid  | test
chemicals | *        | toluene            | test
chemicals | *        | anhydride acétique | test
"""
profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | retail |          |                |                 | 2020-01-01 |          | test
"""

[[fires]]
name = "only dates are known: a person without a recorded trade pays by card at a chemicals dealer, day 1 and day 90"
rows = """
occurred_at | channel | amount | from_account | to_account | from_kind | merchant_category
2026-01-01  | card    | 300.00 | A-1          | V-1        | person    | 5169
2026-02-10  | card    | 250.00 | A-1          | V-1        | person    | 5169
2026-03-31  | card    | 200.00 | A-1          | V-1        | person    | 5169
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic     | language | term               | source
chemicals | *        | acetone            | test
chemicals | *        | ácido sulfúrico    | test
chemicals | *        | hydrochloric acid  | test
chemicals | *        | toluene            | test
chemicals | *        | anhydride acétique | test
"""
merchants = """
merchant_category | topic     | source
5169              | chemicals | test
"""

[[silent]]
name = "only dates are known: the third on the ninety-first day"
rows = """
occurred_at | channel | amount | from_account | to_account | from_kind | purpose
2026-01-01  | card    | 300.00 | A-1          | V-1        | person    | acetone
2026-02-10  | card    | 250.00 | A-1          | V-1        | person    | acetone
2026-04-01  | card    | 200.00 | A-1          | V-1        | person    | acetone
"""
[silent.tables]
lexicon = """
topic     | language | term               | source
chemicals | *        | acetone            | test
chemicals | *        | ácido sulfúrico    | test
chemicals | *        | hydrochloric acid  | test
chemicals | *        | toluene            | test
chemicals | *        | anhydride acétique | test
"""

[[silent]]
name = "two orders"
rows = """
occurred_at      | amount | from_account | to_account | from_kind | purpose
2026-03-02 09:10 | 300.00 | A-1          | V-1        | person    | acetone
2026-03-20 15:40 | 250.00 | A-1          | V-2        | person    | acetone
"""
[silent.tables]
lexicon = """
topic     | language | term               | source
chemicals | *        | acetone            | test
chemicals | *        | ácido sulfúrico    | test
chemicals | *        | hydrochloric acid  | test
chemicals | *        | toluene            | test
chemicals | *        | anhydride acétique | test
"""

[[silent]]
name = "one cent less than a twentieth of the threshold: a workshop that uses up a can a month"
rows = """
occurred_at      | amount | from_account | to_account | from_kind | purpose
2026-03-02 09:10 | 200.00 | A-1          | V-1        | person    | acetone
2026-03-20 15:40 | 200.00 | A-1          | V-2        | person    | acetone
2026-04-20 15:40 |  99.99 | A-1          | V-2        | person    | acetone
"""
[silent.tables]
lexicon = """
topic     | language | term               | source
chemicals | *        | acetone            | test
chemicals | *        | ácido sulfúrico    | test
chemicals | *        | hydrochloric acid  | test
chemicals | *        | toluene            | test
chemicals | *        | anhydride acétique | test
"""

[[silent]]
name = "a laboratory, known as such"
rows = """
occurred_at      | amount | from_account | to_account | from_kind | purpose
2026-03-02 09:10 | 300.00 | A-1          | V-1        | person    | acetone
2026-03-20 15:40 | 250.00 | A-1          | V-2        | person    | hydrochloric acid
2026-04-28 10:00 | 200.00 | A-1          | V-1        | person    | toluene
"""
[silent.tables]
lexicon = """
topic     | language | term               | source
chemicals | *        | acetone            | test
chemicals | *        | ácido sulfúrico    | test
chemicals | *        | hydrochloric acid  | test
chemicals | *        | toluene            | test
chemicals | *        | anhydride acétique | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | laboratory |          |                |                 | 2020-01-01 |          | test
"""

[[silent]]
name = "a business of which nothing is known"
rows = """
occurred_at      | amount | from_account | to_account | from_kind | purpose
2026-03-02 09:10 | 300.00 | A-1          | V-1        | business  | acetone
2026-03-20 15:40 | 250.00 | A-1          | V-2        | business  | hydrochloric acid
2026-04-28 10:00 | 200.00 | A-1          | V-1        | business  | toluene
"""
[silent.tables]
lexicon = """
topic     | language | term               | source
chemicals | *        | acetone            | test
chemicals | *        | ácido sulfúrico    | test
chemicals | *        | hydrochloric acid  | test
chemicals | *        | toluene            | test
chemicals | *        | anhydride acétique | test
"""

[[silent]]
name = "a licensed dealer who is a person"
rows = """
occurred_at      | amount | from_account | to_account | from_kind | purpose
2026-03-02 09:10 | 300.00 | A-1          | V-1        | person    | acetone
2026-03-20 15:40 | 250.00 | A-1          | V-2        | person    | acetone
2026-04-28 10:00 | 200.00 | A-1          | V-1        | person    | acetone
"""
[silent.tables]
lexicon = """
topic     | language | term               | source
chemicals | *        | acetone            | test
chemicals | *        | ácido sulfúrico    | test
chemicals | *        | hydrochloric acid  | test
chemicals | *        | toluene            | test
chemicals | *        | anhydride acétique | test
"""
segments = """
account | segment         | valid_from | valid_to | source
X|A-1   | licensed_trader | 2020-01-01 |          | test
"""

[[silent]]
name = "an order that was undone, and one paid to oneself"
rows = """
reference | occurred_at      | amount | from_account | to_account | from_kind | purpose | reverses
r-1       | 2026-03-02 09:10 | 300.00 | A-1          | V-1        | person    | acetone |
r-2       | 2026-03-03 09:10 | 300.00 | A-1          | V-1        | person    | acetone |
r-3       | 2026-03-04 09:10 | 300.00 | A-1          | V-1        | person    | acetone | r-9
r-4       | 2026-03-05 09:10 | 300.00 | A-1          | A-1        | person    | acetone |
"""
[silent.tables]
lexicon = """
topic     | language | term               | source
chemicals | *        | acetone            | test
chemicals | *        | ácido sulfúrico    | test
chemicals | *        | hydrochloric acid  | test
chemicals | *        | toluene            | test
chemicals | *        | anhydride acétique | test
"""
---*/
-- What a payment is for follows from its text or from what the merchant sells. Only those count of whom something is known that
-- speaks against the purchase: a trade that needs no chemicals, or a person of whom no trade is known.
-- Strength: 500 where count and sum just reach their thresholds, 1000 where both are twice as high.
with chemical as (
    select txn from mentions where topic = 'chemicals'
    union
    select t.txn
    from transactions as t
    join merchants as m on m.merchant_category = t.merchant_category
    where m.topic = 'chemicals'
),
legs as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base
    from flows as f
    join chemical as c on c.txn = f.txn
    join accounts as a on a.account = f.account
    left join profiles as p on p.account = f.account and p.from_day <= f.day and f.day < p.to_day
    where f.direction = 'out'
      and f.counterparty <> f.account
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
      and (
          (p.sector is null and a.kind = 'person')
          or p.sector not in (
              'agriculture', 'artisanal_mining', 'construction', 'extractive', 'fuel', 'gold_refining', 'laboratory',
              'manufacturing'
          )
      )
),
quarters as (
    select account, txn, t_s,
           count(*) over quarter as purchases,
           sum(amount_base) over quarter as total,
           max(threshold_base) over quarter as threshold,
           min(t_s) over quarter as first_s,
           max(t_end_s) over quarter as last_s
    from legs
    window quarter as (
        partition by account order by t_s range between ($window_s - 1) preceding and current row
    )
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(
           (per_mille(purchases, $at_least) + least(per_mille(total * 1000, threshold * $sum_share), 3000)) // 4, 1000
       ) as strength,
       txn,
       t_s,
       total as size,
       purchases,
       (last_s - first_s) // 86400 + 1 as days,
       total,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from quarters
where purchases >= $at_least
  and total * 1000 >= threshold * $sum_share
  and last_s - first_s < $window_s
