/*---
id = "new-hub-gold-flow"
title.en = "A refining hub pays for gold in a country that mines little, in a new relation"
title.fr = "Une place de raffinage paie de l'or à un pays qui en extrait peu, dans une relation nouvelle"
title.es = "Un centro de refinado paga oro a un país que extrae poco, en una relación nueva"
family = "gold_minerals"
tier = "enriched"
status = "test"
severity = "medium"
weight = 5
needs = ["from_country", "to_country"]
tables = ["corridors"]
sources = [
    "Public red flags for gold; UNODC, gold trafficking in the Sahel (2024)",
    "Half a year, and the threshold as sum: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_trader", "state_account"]
benign = [
    { en = "Transit trade with papers of origin", fr = "Un commerce de transit avec papiers d'origine", es = "Comercio de tránsito con papeles de origen" },
    { en = "A mine that has just opened", fr = "Une mine qui vient d'ouvrir", es = "Una mina que acaba de abrir" },
]
next_step.en = "Ask for papers of origin and export, and see where the receiver's money goes, in cash or across a border."
next_step.fr = "Demander les papiers d'origine et d'exportation, et voir où va l'argent, en espèces ou par-delà une frontière."
next_step.es = "Pedir los papeles de origen y exportación y ver adónde va el dinero, en efectivo o al otro lado de una frontera."
why.en = "{payments|# payment|# payments} for gold from a listed hub within {days}, {total} in all; the two accounts had no payment between them in the {known} before"
why.fr = "{payments|# paiement|# paiements} d'or d'une place listée en {days}, {total} au total ; aucun paiement entre les deux comptes dans les {known} précédents"
why.es = "{payments|# pago|# pagos} de oro desde un centro listado en {days}, {total} en total; ningún pago entre las dos cuentas en los {known} anteriores"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
payments = "count"
days = "days"
total = "money"
needed = "money"
known = "days"

[[indicators]]
label = { en = "Sum from the hub", fr = "Somme venue de la place", es = "Suma desde el centro" }
observed = "total"
threshold = "needed"
sense = "at_least"

[[indicators]]
label = { en = "Days without a payment before", fr = "Jours sans paiement auparavant", es = "Días sin pagos antes" }
observed = "known"
threshold = "least_history_days"
sense = "at_least"

[params.new_s]
default = 15552000
unit = "seconds"
least = 2592000
most = 31536000
reason = "One hundred and eighty days from the first payment, as in the indicator: then the relation is no longer new"

[params.least_history_days]
default = 90
unit = "days"
least = 30
most = 1825
reason = "The data must hold three months before the first payment; with less every relation looks new"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "The threshold: samples and presents stay silent"

[bases.typical]
rows = """
occurred_at      | channel  | amount  | from_account | to_account | from_country | to_country | purpose
2026-01-01 09:00 | transfer | 50.00   | Z-1          | Z-2        |              |            |
2026-06-02 09:10 | trade    | 6000.00 | H-1          | A-1        | AE           | TD         | gold dust
2026-11-29 09:09 | trade    | 5000.00 | H-1          | A-1        | AE           | TD         | gold dust
"""
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
gold | hub   | 1    | AE           | TD         | 2024-01-01 |          | example
"""

[[fires]]
name = "two payments within one hundred and eighty days less a minute"
base = "typical"
flags = ["A-1"]
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[fires]]
name = "only dates are known"
base = "typical"
dates_only = true
change.3.occurred_at = "2026-11-28"
flags = ["A-1"]
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[fires]]
name = "the receiver is known as an exporter and the text says nothing"
base = "typical"
change.2.purpose = ""
change.3.purpose = ""
flags = ["A-1"]
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "the second payment comes exactly one hundred and eighty days later, and the first is small alone"
base = "typical"
change.3.occurred_at = "2026-11-29 09:10"
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[silent]]
name = "only dates are known: on the hundred and eighty-first day"
base = "typical"
dates_only = true
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[silent]]
name = "an old relation"
rows = """
occurred_at      | channel  | amount  | from_account | to_account | from_country | to_country | purpose
2026-01-01 09:00 | transfer | 50.00   | Z-1          | Z-2        |              |            |
2026-04-01 09:00 | trade    | 50.00   | A-1          | H-1        | TD           | AE         |
2026-06-02 09:10 | trade    | 6000.00 | H-1          | A-1        | AE           | TD         | gold dust
2026-11-29 09:09 | trade    | 5000.00 | H-1          | A-1        | AE           | TD         | gold dust
"""
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
gold | hub   | 1    | AE           | TD         | 2024-01-01 |          | example
"""

[[silent]]
name = "an emigrant sends money home"
base = "typical"
change.2.purpose = "for mother"
change.3.purpose = "for mother"
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[silent]]
name = "a country that is not listed"
base = "typical"
change.2.to_country = "GH"
change.3.to_country = "GH"
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[silent]]
name = "the listing begins later"
base = "typical"
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
gold | hub   | 1    | AE           | TD         | 2027-01-01 |          | example
"""

[[silent]]
name = "the data begins two months before"
base = "typical"
change.1.occurred_at = "2026-04-01 09:00"
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[silent]]
name = "samples only"
base = "typical"
change.2.amount = "600.00"
change.3.amount = "500.00"
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[silent]]
name = "one payment gives another back"
base = "typical"
change.3.reverses = "r-9"
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[silent]]
name = "a licensed trader"
base = "typical"
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""
tables.segments = """
account | segment         | valid_from | valid_to | source
X|A-1   | licensed_trader | 2025-01-01 |          | example
"""
---*/
-- A payment counts where its text speaks of gold or either side is known to mine, refine or export it, and where a list of
-- the day names the relation of the two countries. One finding for each hub account and receiver. Strength: 500 where the sum
-- just reaches its share of the threshold, 1000 where it is twice as high.
with signs as (
    select t.txn
    from profiles as p
    join transactions as t on t.to_account = p.account and p.from_day <= t.day and t.day < p.to_day
    where p.sector in ('gold_export', 'gold_refining', 'artisanal_mining')
    union
    select t.txn
    from profiles as p
    join transactions as t on t.from_account = p.account and p.from_day <= t.day and t.day < p.to_day
    where p.sector in ('gold_export', 'gold_refining', 'artisanal_mining')
    union
    select txn from mentions where topic = 'gold'
),
paid as (
    select f.account, f.counterparty, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base
    from signs as s
    join flows as f on f.txn = s.txn
    semi join corridors as c
      on c.kind = 'gold'
     and c.to_country = f.home
     and c.from_country in (f.country, '*')
     and c.from_day <= f.day
     and f.day < c.to_day
    where f.direction = 'in'
      and f.counterparty <> f.account
      and f.country <> f.home
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
),
met as (
    select to_account as account, from_account as counterparty, first_s from pairs
    union all
    select from_account as account, to_account as counterparty, first_s from pairs
),
relations as (
    select m.account, m.counterparty, min(m.first_s) as met_s
    from met as m
    semi join paid as p on p.account = m.account and p.counterparty = m.counterparty
    group by m.account, m.counterparty
)
select p.account as subject,
       min(p.t_s) as window_start_s,
       max(p.t_end_s) as window_end_s,
       least(per_mille(sum(p.amount_base) * 1000, max(p.threshold_base) * greatest($sum_share, 1)) // 2, 1000) as strength,
       sorted_list(p.txn) as evidence,
       count(*) as payments,
       (max(p.t_end_s) - min(p.t_s)) // 86400 + 1 as days,
       sum(p.amount_base) as total,
       cast(max(p.threshold_base) * $sum_share * 0.001 as decimal(24, 4)) as needed,
       (r.met_s - a.covered_s) // 86400 as known
from paid as p
join relations as r on r.account = p.account and r.counterparty = p.counterparty
join accounts as a on a.account = p.account
where p.t_end_s - r.met_s < $new_s and r.met_s - a.covered_s >= $least_history_days * 86400
group by p.account, p.counterparty, r.met_s, a.covered_s
having sum(p.amount_base) * 1000 >= max(p.threshold_base) * $sum_share
