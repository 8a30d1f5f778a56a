/*---
id = "nautical-bulk"
title.en = "Boats and engines are bought one after the other by somebody who is no known fisher"
title.fr = "Des bateaux et des moteurs achetés coup sur coup par quelqu'un qui n'est pas pêcheur connu"
title.es = "Barcos y motores comprados uno tras otro por alguien que no consta como pescador"
family = "migrant_smuggling"
tier = "enriched"
status = "live"
severity = "medium"
weight = 4
peaks = "window_s"
sources = [
    "AMLTRIX IND01558",
    "Three purchases in thirty days with a boat among them: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_trader", "cooperative", "state_account"]
benign = [
    { en = "A fisher, a ferry or a shipyard whose trade is not on record", fr = "Un pêcheur, un passeur de bac ou un chantier naval dont l'activité n'est pas connue", es = "Un pescador, un transbordador o un astillero cuya actividad no consta" },
    { en = "A dealer who buys for stock before the season", fr = "Un revendeur qui fait son stock avant la saison", es = "Un revendedor que compra antes de la temporada" },
]
next_step.en = "Ask for a fishing licence or a registration, and where the boats are now."
next_step.fr = "Demander une licence de pêche ou une immatriculation, et où sont les bateaux."
next_step.es = "Pedir una licencia de pesca o una matrícula y dónde están los barcos."
why.en = "{purchases|# purchase|# purchases} of boats and engines within {days}, {boats|# of a boat or its gear|# of boats or their gear}: {total} in all"
why.fr = "{purchases|# achat|# achats} de bateaux et de moteurs en {days}, dont {boats|# de bateau ou d'équipement|# de bateaux ou d'équipement} : {total} au total"
why.es = "{purchases|# compra|# compras} de barcos y motores en {days}, de ellas {boats|# de barco o equipo|# de barcos o equipo}: {total} en total"

[roles]
subject = "payer"
senders = "payer"
receivers = "beneficiary"

[facts]
purchases = "count"
days = "days"
boats = "count"
total = "money"
needed = "money"

[[indicators]]
label = { en = "Purchases", fr = "Achats", es = "Compras" }
observed = "purchases"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Sum", fr = "Somme", es = "Suma" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 7776000
reason = "Thirty days: what is bought for one season of crossings"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 100
reason = "A boat and its engine are two purchases"

[params.sum_share]
default = 250
unit = "per_mille"
least = 0
most = 100000
reason = "A quarter of the threshold: spare parts stay silent"

[bases.typical]
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-03-02 09:10 | 2500.00 | A-1          | S-1        | pirogue 14 m
2026-03-12 09:10 | 1800.00 | A-1          | S-2        | moteur hors-bord 40
2026-04-01 09:09 | 1900.00 | A-1          | S-3        | Moteur hors-bord
"""
tables.lexicon = """
topic       | language | term                 | source
wage        | fr       | salaire              | example
recruitment | fr       | frais de recrutement | example
boats       | fr       | pirogue              | example
engines     | fr       | moteur hors-bord     | example
"""

[[fires]]
name = "a boat and two engines within thirty days less a minute"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: the first to the thirtieth day"
base = "typical"
dates_only = true
change.3.occurred_at = "2026-03-31"
flags = ["A-1"]

[[fires]]
name = "told by the merchants' categories alone"
rows = """
occurred_at      | channel | amount  | from_account | to_account | merchant_category
2026-03-02 09:10 | card    | 2500.00 | A-1          | S-1        | 5551
2026-03-12 09:10 | card    | 1800.00 | A-1          | S-2        | 5571
2026-03-31 09:09 | card    | 1900.00 | A-1          | S-1        | 5551
"""
flags = ["A-1"]
tables.merchants = """
merchant_category | topic   | source
5551              | boats   | example
5571              | engines | example
"""

[[silent]]
name = "the third purchase comes thirty days after the first"
base = "typical"
change.3.occurred_at = "2026-04-01 09:10"

[[silent]]
name = "only dates are known: the thirty-first day"
base = "typical"
dates_only = true

[[silent]]
name = "a boat and its engine"
base = "typical"
change.3.purpose = "filets"

[[silent]]
name = "a garage buys three engines and no boat"
base = "typical"
change.1.purpose = "moteur hors-bord"

[[silent]]
name = "life on the river: three rides in a pirogue"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 25.00  | A-1          | S-1        | pirogue 14 m
2026-03-12 09:10 | 18.00  | A-1          | S-2        | moteur hors-bord 40
2026-04-01 09:09 | 19.00  | A-1          | S-3        | Moteur hors-bord
"""
tables.lexicon = """
topic       | language | term                 | source
wage        | fr       | salaire              | example
recruitment | fr       | frais de recrutement | example
boats       | fr       | pirogue              | example
engines     | fr       | moteur hors-bord     | example
"""

[[silent]]
name = "a fisher, known as such"
base = "typical"
tables.profiles = """
account | sector  | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | fishing |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "one purchase gives another back"
base = "typical"
change.3.reverses = "r-9"

[[silent]]
name = "a licensed dealer"
base = "typical"
tables.segments = """
account | segment         | valid_from | valid_to | source
X|A-1   | licensed_trader | 2025-01-01 |          | example
"""
---*/
-- What was bought is told by the merchant's category or by the text; a boat must be among it, for engines alone are any
-- garage's. Accounts whose institution knows them as fishing are left out. Strength: 500 at the least number of purchases,
-- 1000 at twice as many.
with signs as (
    select t.txn, m.topic
    from transactions as t
    join merchants as m on m.merchant_category = t.merchant_category
    where m.topic in ('boats', 'engines')
    union
    select txn, topic from mentions where topic in ('boats', 'engines')
),
bought as (
    select s.txn, max(case when s.topic = 'boats' then 1 else 0 end) as boat from signs as s group by s.txn
),
buyers as (
    select t.from_account as account
    from bought as b
    join transactions as t on t.txn = b.txn
    where t.from_account is not null
    group by t.from_account
    having count(*) >= $at_least
),
legs as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base, b.boat
    from bought as b
    join transactions as t on t.txn = b.txn
    join flows as f on f.account = t.from_account and f.txn = t.txn and f.direction = 'out'
    anti join profiles as p
      on p.account = t.from_account and p.sector = 'fishing' and p.from_day <= t.day and t.day < p.to_day
    where f.account in (select account from buyers)
      and not f.is_reversal
      and (f.counterparty is null or f.counterparty <> f.account)
      and f.amount_base is not null
      and f.threshold_base is not null
),
months as (
    select account, txn, t_s,
           count(*) over spell as purchases,
           sum(boat) over spell as boats,
           sum(amount_base) over spell as total,
           max(threshold_base) over spell as threshold,
           min(t_s) over spell as first_s,
           max(t_end_s) over spell as last_s
    from legs
    window spell as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(purchases, $at_least) // 2, 1000) as strength,
       txn,
       t_s,
       total as size,
       purchases,
       (last_s - first_s) // 86400 + 1 as days,
       boats,
       total,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from months
where purchases >= $at_least
  and boats > 0
  and total * 1000 >= threshold * $sum_share
  and last_s - first_s < greatest($window_s, 86400)
