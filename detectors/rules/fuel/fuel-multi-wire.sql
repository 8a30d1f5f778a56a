/*---
id = "fuel-multi-wire"
title.en = "A small fuel business is paid several times a day by one payer abroad"
title.fr = "Une petite entreprise de carburant est payée plusieurs fois par jour par un même payeur à l'étranger"
title.es = "Una pequeña empresa de combustible cobra varias veces al día de un mismo pagador en el extranjero"
family = "fuel"
tier = "enriched"
status = "test"
severity = "medium"
weight = 6
tables = ["profiles"]
sources = [
    "FinCEN notices on smuggled oil and fuel (2025-26): repeated same-day wires from one foreign payer to small firms",
    "Shares and sums: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_trader", "group_company"]
benign = [
    { en = "A licensed tanker or bunker operator who is paid for each delivery", fr = "Un transporteur ou ravitailleur agréé payé à chaque livraison", es = "Un operador autorizado de cisternas o de búnker que cobra cada entrega" },
    { en = "A payer whose bank limits the size of a single wire", fr = "Un payeur dont la banque limite le montant d'un virement", es = "Un pagador cuyo banco limita el monto de cada transferencia" },
]
next_step.en = "Ask for the permits, the bills of lading and the customs papers; see how the volume fits the firm's tanks and staff."
next_step.fr = "Demander les permis, les connaissements et les pièces de douane ; voir si le volume convient aux cuves et au personnel de l'entreprise."
next_step.es = "Pedir los permisos, los conocimientos de embarque y los documentos de aduana; ver si el volumen encaja con los tanques y el personal de la empresa."
why.en = "{wires|# payment|# payments} on one day, {total} in all, from one payer in another country; that is {share} of what the business is known to take in a month, {so_far|# such day|# such days} so far"
why.fr = "{wires|# paiement|# paiements} en un jour, {total} au total, d'un même payeur dans un autre pays ; soit {share} de ses recettes connues d'un mois, {so_far|# jour|# jours} de ce genre jusqu'ici"
why.es = "{wires|# pago|# pagos} en un día, {total} en total, de un mismo pagador en otro país; es el {share} de lo que se sabe que la empresa recibe en un mes, {so_far|# día así|# días así} hasta ahora"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
wires = "count"
total = "money"
share = "percent"
so_far = "count"

[[indicators]]
label = { en = "Payments on one day", fr = "Paiements en un jour", es = "Pagos en un día" }
observed = "wires"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Share of a known month", fr = "Part d'un mois connu", es = "Parte de un mes conocido" }
observed = "share"
threshold = "income_share"
sense = "at_least"

[params.at_least]
default = 2
unit = "count"
least = 2
most = 100
reason = "Two wires of one payer on one day have no commercial reason that one wire has not"

[params.income_share]
default = 500
unit = "per_mille"
least = 10
most = 100000
reason = "Half of a month's income in a day is more than such a firm can store or deliver"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "The whole threshold: smuggled loads are worth several times as much"

[bases.lawful]
rows = """
occurred_at      | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | 6000.00 | B-1          | A-1        | US           | MX
2026-03-02 15:10 | 6000.00 | B-1          | A-1        | US           | MX
"""

[[fires]]
name = "two wires on one day make half of the month"
base = "lawful"
change.2.amount = "4000.00"
flags = ["A-1"]
[fires.tables]
profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | fuel   | EUR      | 20000.00       |                 | 2020-01-01 |          | test
"""

[[fires]]
name = "only dates are known, and the text says that the trader's business is fuel"
rows = """
occurred_at | amount  | from_account | to_account | from_country | to_country | purpose
2026-03-02  | 6000.00 | B-1          | A-1        | US           | MX         | diesel 3 pipas
2026-03-02  | 4000.00 | B-1          | A-1        | US           | MX         |
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic | language | term   | source
fuel  | *        | diesel | test
"""
profiles = """
account | sector    | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | transport | EUR      | 20000.00       |                 | 2020-01-01 |          | test
"""

[[silent]]
name = "only dates are known: one wire each on two days"
base = "lawful"
change.1.occurred_at = "2026-03-02"
change.2.occurred_at = "2026-03-03"
[silent.tables]
profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | fuel   | EUR      | 20000.00       |                 | 2020-01-01 |          | test
"""

[[silent]]
name = "a cent less than half of the month"
base = "lawful"
change.2.amount = "4000.00"
[silent.tables]
profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | fuel   | EUR      | 20000.02       |                 | 2020-01-01 |          | test
"""

[[silent]]
name = "two payers"
base = "lawful"
change.2.from_account = "B-2"
[silent.tables]
profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | fuel   | EUR      | 20000.00       |                 | 2020-01-01 |          | test
"""

[[silent]]
name = "a payer of the same country"
base = "lawful"
change.1.from_country = "MX"
change.2.from_country = "MX"
[silent.tables]
profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | fuel   | EUR      | 20000.00       |                 | 2020-01-01 |          | test
"""

[[silent]]
name = "a transport firm, and nothing speaks of fuel"
base = "lawful"
change.1.purpose = "freight"
change.2.purpose = "freight"
[silent.tables]
lexicon = """
topic | language | term   | source
fuel  | *        | diesel | test
"""
profiles = """
account | sector    | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | transport | EUR      | 20000.00       |                 | 2020-01-01 |          | test
"""

[[silent]]
name = "a tanker with a permit"
base = "lawful"
[silent.tables]
profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | fuel   | EUR      | 20000.00       |                 | 2020-01-01 |          | test
"""
segments = """
account | segment         | valid_from | valid_to | source
X|A-1   | licensed_trader | 2020-01-01 |          | test
"""

[[silent]]
name = "the second is a refund"
rows = """
reference | occurred_at      | amount  | from_account | to_account | from_country | to_country | reverses
r-1       | 2026-03-02 09:10 | 6000.00 | B-1          | A-1        | US           | MX         |
r-2       | 2026-03-02 15:10 | 6000.00 | B-1          | A-1        | US           | MX         | r-9
"""
[silent.tables]
profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | fuel   | EUR      | 20000.00       |                 | 2020-01-01 |          | test
"""
---*/
-- A day is a calendar day in UTC, as only that is known everywhere. Days of one payer and one firm are one story: the strongest
-- day is the finding, and how many there have been until then is said.
-- Strength: 500 at the least number of wires and share of the month, 1000 where both are twice as high.
with firms as (
    select account, sector, income_base, from_day, to_day from profiles where income_base is not null
),
fuel as (
    select distinct txn from mentions where topic in ('fuel', 'waste_oil')
),
legs as (
    select f.account, f.counterparty, f.day, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base, b.income_base,
           case when b.sector = 'fuel' or m.txn is not null then 1 else 0 end as is_fuel
    from flows as f
    join firms as b on b.account = f.account and b.from_day <= f.day and f.day < b.to_day
    left join fuel as m on m.txn = f.txn
    where f.direction = 'in'
      and f.counterparty <> f.account
      and f.country <> f.home
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
),
days as (
    select account, counterparty, day,
           count(*) as wires,
           sum(amount_base) as total,
           max(income_base) as income,
           min(t_s) as first_s,
           max(t_end_s) as last_s,
           sorted_list(txn) as evidence
    from legs
    group by account, counterparty, day
    having count(*) >= $at_least
       and max(is_fuel) = 1
       and sum(amount_base) * 1000 >= max(income_base) * $income_share
       and sum(amount_base) * 1000 >= max(threshold_base) * $sum_share
),
ranked as (
    select account, counterparty, day, wires, total, income, first_s, last_s, evidence,
           count(*) over (partition by account, counterparty order by day) as so_far,
           row_number() over (partition by account order by wires desc, total desc, day, counterparty, account) as nth
    from days
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(
           (per_mille(wires, $at_least) + least(per_mille(total * 1000, income * $income_share), 2000)) // 4, 1000
       ) as strength,
       evidence,
       wires,
       total,
       per_mille(total, income) as share,
       so_far
from ranked
where nth = 1
