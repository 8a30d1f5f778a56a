/*---
id = "test-then-large"
title.en = "A small first payment to a new payee, and a far larger one soon after"
title.fr = "Un petit premier paiement à un nouveau bénéficiaire, puis bientôt un bien plus grand"
title.es = "Un pequeño primer pago a un nuevo beneficiario y poco después otro mucho mayor"
family = "generic"
tier = "core"
status = "live"
severity = "low"
weight = 3
sources = [
    "AMLTRIX IND02371",
    "Factor, sum and history: our judgement, to be calibrated on labelled data",
]
exclusions = ["payroll", "aid_programme", "exchange"]
benign = [
    { en = "Somebody who checks an account number before paying a house, a car or a bill", fr = "Quelqu'un qui vérifie un numéro de compte avant de payer une maison, une voiture ou une facture", es = "Alguien que comprueba un número de cuenta antes de pagar una casa, un coche o una factura" },
    { en = "A bank or a service that checks a new payee with a cent", fr = "Une banque ou un service qui vérifie un nouveau bénéficiaire avec un centime", es = "Un banco o servicio que comprueba a un nuevo beneficiario con un céntimo" },
]
next_step.en = "Ask what the large payment was for; see whether the payee received such pairs from others."
next_step.fr = "Demander l'objet du grand paiement ; voir si d'autres lui ont fait un petit puis un grand paiement."
next_step.es = "Preguntar el motivo del pago grande; ver si el beneficiario recibió pares semejantes de otros."
why.en = "A first payment of {first_paid} to a payee unknown in the {history_s} before, then {then_paid} within {within_s}: {times} times the first"
why.fr = "Un premier paiement de {first_paid} à un bénéficiaire inconnu dans les {history_s} précédents, puis {then_paid} en {within_s} : {times} fois le premier"
why.es = "Un primer pago de {first_paid} a un beneficiario desconocido en los {history_s} anteriores, luego {then_paid} en {within_s}: {times} veces el primero"

[roles]
subject = "payer"
senders = "payer"
receivers = "beneficiary"

[facts]
first_paid = "money"
then_paid = "money"
times = "ratio"
needed = "money"

[[indicators]]
label = { en = "How many times the first payment", fr = "Combien de fois le premier paiement", es = "Cuántas veces el primer pago" }
observed = "times"
threshold = "factor"
sense = "at_least"

[[indicators]]
label = { en = "The large payment", fr = "Le grand paiement", es = "El pago grande" }
observed = "then_paid"
threshold = "needed"
sense = "at_least"

[params.within_s]
default = 86400
unit = "seconds"
least = 600
most = 604800
reason = "One day from the test to the payment; where only dates are known, one calendar day"

[params.factor]
default = 50
unit = "ratio"
least = 5
most = 10000
reason = "Fifty times: an instalment and its rest seldom differ by more than ten times"

[params.sum_share]
default = 200
unit = "per_mille"
least = 0
most = 100000
reason = "A fifth of the threshold: below it people test a friend's number before a present"

[params.history_s]
default = 2419200
unit = "seconds"
least = 604800
most = 31536000
reason = "Where the data begins later than four weeks before, nobody can say that the payee is new"

[bases.typical]
rows = """
occurred_at      | amount  | from_account | to_account
2026-01-05 09:00 |    5.00 | Z-1          | Z-2
2026-03-02 09:10 |   10.00 | A-1          | P-1
2026-03-02 15:10 | 5000.00 | A-1          | P-1
"""

[[fires]]
name = "ten, then five thousand six hours later"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: both on one day"
base = "typical"
dates_only = true
change.3.amount = "2000.00"
flags = ["A-1"]

[[silent]]
name = "the large payment comes exactly a day later"
base = "typical"
change.3.occurred_at = "2026-03-03 09:10"

[[silent]]
name = "only dates are known: the large payment comes on the next day"
base = "typical"
dates_only = true
change.3.occurred_at = "2026-03-03"

[[silent]]
name = "the second payment is one cent short of fifty times"
base = "typical"
change.2.amount = "100.00"
change.3.amount = "4999.99"

[[silent]]
name = "the payee is known: he paid the account before"
rows = """
occurred_at      | amount  | from_account | to_account
2026-01-05 09:00 |   35.00 | P-1          | A-1
2026-03-02 09:10 |   10.00 | A-1          | P-1
2026-03-02 15:10 | 5000.00 | A-1          | P-1
"""

[[silent]]
name = "small first, large to somebody else"
base = "typical"
change.3.to_account = "P-2"

[[silent]]
name = "a deposit on a car and the rest of its price"
base = "typical"
change.2.amount = "300.00"
change.3.amount = "5700.00"

[[silent]]
name = "airtime for a friend, then a present"
base = "typical"
change.2.amount = "1.00"
change.3.amount = "150.00"

[[silent]]
name = "the data begins too late to know that the payee is new"
base = "typical"
change.1.occurred_at = "2026-02-10 09:00"

[[silent]]
name = "the small payment is a fee, and the large one undoes another"
rows = """
reference | occurred_at      | channel  | amount  | from_account | to_account | reverses
r-0       | 2026-01-05 09:00 | transfer |    5.00 | Z-1          | Z-2        |
r-1       | 2026-03-02 09:10 | fee      |   10.00 | A-1          | P-1        |
r-2       | 2026-03-02 15:10 | transfer | 5000.00 | A-1          | P-1        |
r-3       | 2026-03-02 16:10 | transfer |   10.00 | A-1          | P-2        |
r-4       | 2026-03-02 17:10 | transfer | 5000.00 | A-1          | P-2        | r-9
"""

[[silent]]
name = "an account known for payroll tests a new worker's account"
base = "typical"
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1   | payroll | 2025-01-01 |          | example
"""
---*/
-- Two accounts meet for the first time only once, so there is one finding for each new payee at most. The largest payment within the
-- day counts. In the base currency, for the two may be in different ones.
-- Strength: 500 at the factor, 1000 at twice the factor.
with paid_again as (
    select p.from_account, p.to_account, p.first_txn
    from pairs as p
    join accounts as a on a.account = p.from_account
    where p.payments > 1 and p.first_s - a.covered_s >= $history_s
),
tests as (
    select f.account, f.counterparty, f.txn, f.t_s, f.amount_base
    from paid_again as p
    join flows as f on f.txn = p.first_txn and f.account = p.from_account
    where f.direction = 'out'
      and f.first_contact
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
),
followed as (
    select t.account, t.txn as txn_test, t.t_s as first_s, t.amount_base as first_paid, f.txn, f.t_end_s as last_s,
           f.amount_base as then_paid, f.threshold_base,
           row_number() over (partition by t.account, t.txn order by f.amount_base desc, f.txn) as nth
    from tests as t
    join flows as f
      on f.account = t.account
     and f.counterparty = t.counterparty
     and f.direction = 'out'
     and f.txn > t.txn
     and f.t_end_s - t.t_s < greatest($within_s, case when f.t_end_s = f.t_s then 0 else 86400 end)
    where f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base >= t.amount_base * $factor
      and f.amount_base * 1000 >= f.threshold_base * $sum_share
)
select n.account as subject,
       n.first_s as window_start_s,
       n.last_s as window_end_s,
       least(per_mille(n.then_paid, n.first_paid * $factor) // 2, 1000) as strength,
       sorted_list(case when e.side = 1 then n.txn_test else n.txn end) as evidence,
       n.first_paid,
       n.then_paid,
       per_mille(n.then_paid, n.first_paid) as times,
       cast(n.threshold_base * $sum_share * 0.001 as decimal(24, 4)) as needed
from followed as n
cross join (select 1 as side union all select 2 as side) as e
where n.nth = 1
group by n.account, n.first_s, n.last_s, n.first_paid, n.then_paid, n.threshold_base, n.txn
