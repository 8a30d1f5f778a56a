/*---
id = "shared-wage-account"
title.en = "One employer pays several wages into one account, pay day after pay day"
title.fr = "Un employeur verse plusieurs salaires sur un même compte, paie après paie"
title.es = "Un empleador paga varios salarios a una misma cuenta, paga tras paga"
family = "forced_labour"
tier = "enriched"
status = "live"
severity = "high"
weight = 8
peaks = "window_s"
needs = ["purpose"]
tables = ["lexicon"]
sources = [
    "AMLTRIX IND03002 (wages of several workers to one account)",
    "Three wages on one day, twice: our judgement, since partners send no names of workers",
]
exclusions = ["payroll", "cooperative", "savings_circle", "licensed_agent", "aid_programme", "state_account"]
benign = [
    { en = "A household, or workers without an account who agreed that one of them receives for all", fr = "Un foyer, ou des ouvriers sans compte qui ont convenu que l'un d'eux reçoit pour tous", es = "Un hogar, o trabajadores sin cuenta que acordaron que uno cobre por todos" },
    { en = "A crew leader or a payroll firm that is paid for its crew by contract", fr = "Un chef d'équipe ou une société de paie payés par contrat pour leur équipe", es = "Un jefe de cuadrilla o una gestoría pagados por contrato por su cuadrilla" },
]
next_step.en = "Ask whose wages these are, whether they agreed in writing, and how they get their money."
next_step.fr = "Demander à qui sont ces salaires, s'il existe un accord écrit, et comment chacun touche son argent."
next_step.es = "Preguntar de quién son estos salarios, si hay acuerdo por escrito y cómo cobra cada uno su dinero."
why.en = "{wages|# wage|# wages} from one payer on {paydays|# pay day|# pay days} within {days}, at least {workers} each time, {total} in all"
why.fr = "{wages|# salaire|# salaires} d'un même payeur en {paydays|# jour de paie|# jours de paie} sur {days}, au moins {workers} chaque fois, {total} au total"
why.es = "{wages|# salario|# salarios} de un mismo pagador en {paydays|# día de pago|# días de pago} en {days}, al menos {workers} cada vez, {total} en total"

[roles]
subject = "collector"
senders = "payer"
receivers = "beneficiary"

[facts]
workers = "count"
wages = "count"
paydays = "count"
days = "days"
total = "money"

[[indicators]]
label = { en = "Wages on one day", fr = "Salaires le même jour", es = "Salarios el mismo día" }
observed = "workers"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Pay days", fr = "Jours de paie", es = "Días de pago" }
observed = "paydays"
threshold = "least_paydays"
sense = "at_least"

[params.window_s]
default = 5356800
unit = "seconds"
least = 604800
most = 31536000
reason = "Sixty-two days hold two monthly pay days and eight weekly ones"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 1000
reason = "A couple makes two wages in one account; three are a group"

[params.least_paydays]
default = 2
unit = "count"
least = 2
most = 52
reason = "Once may be a correction or back pay"

[params.apart_s]
default = 518400
unit = "seconds"
least = 86400
most = 7776000
reason = "Six days at least between the first and the last pay day: one payroll may be booked on two days"

[bases.typical]
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-01-30 09:00 | 300.00 | E-1          | A-1        | salaire Moussa
2026-01-30 09:01 | 300.00 | E-1          | A-1        | Salaire Awa
2026-01-30 09:02 | 280.00 | E-1          | A-1        | SALAIRE IBRA
2026-02-27 09:00 | 300.00 | E-1          | A-1        | salaire Moussa
2026-02-27 09:01 | 300.00 | E-1          | A-1        | Salaire Awa
2026-02-27 09:02 | 280.00 | E-1          | A-1        | SALAIRE IBRA
"""
tables.lexicon = """
topic       | language | term                 | source
wage        | fr       | salaire              | example
recruitment | fr       | frais de recrutement | example
boats       | fr       | pirogue              | example
engines     | fr       | moteur hors-bord     | example
"""

[[fires]]
name = "three wages in January and in February"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: three wages on two days"
base = "typical"
dates_only = true
flags = ["A-1"]

[[silent]]
name = "two wages each time: a couple"
base = "typical"
without = [3, 6]

[[silent]]
name = "three wages once"
base = "typical"
without = [4, 5, 6]

[[silent]]
name = "one payroll booked on two days five days apart"
base = "typical"
change.4.occurred_at = "2026-02-04 09:00"
change.5.occurred_at = "2026-02-04 09:01"
change.6.occurred_at = "2026-02-04 09:02"

[[silent]]
name = "a day labourer is paid three times a week"
base = "typical"
change.2.occurred_at = "2026-01-31 09:01"
change.3.occurred_at = "2026-02-01 09:02"
change.5.occurred_at = "2026-02-28 09:01"
change.6.occurred_at = "2026-03-01 09:02"

[[silent]]
name = "the second pay day comes sixty-two days after the first"
base = "typical"
change.4.occurred_at = "2026-04-02 09:00"
change.5.occurred_at = "2026-04-02 09:01"
change.6.occurred_at = "2026-04-02 09:02"

[[silent]]
name = "three workers, three accounts"
base = "typical"
change.1.to_account = "A-2"
change.2.to_account = "A-3"
change.4.to_account = "A-2"
change.5.to_account = "A-3"

[[silent]]
name = "three invoices on two days"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-01-30 09:00 | 300.00 | E-1          | A-1        | facture Moussa
2026-01-30 09:01 | 300.00 | E-1          | A-1        | facture Awa
2026-01-30 09:02 | 280.00 | E-1          | A-1        | facture IBRA
2026-02-27 09:00 | 300.00 | E-1          | A-1        | facture Moussa
2026-02-27 09:01 | 300.00 | E-1          | A-1        | facture Awa
2026-02-27 09:02 | 280.00 | E-1          | A-1        | facture IBRA
"""
tables.lexicon = """
topic       | language | term                 | source
wage        | fr       | salaire              | example
recruitment | fr       | frais de recrutement | example
boats       | fr       | pirogue              | example
engines     | fr       | moteur hors-bord     | example
"""

[[silent]]
name = "one of the three gives another back"
base = "typical"
change.3.reverses = "r-9"
change.6.reverses = "r-9"

[[silent]]
name = "a payroll firm, known as such"
base = "typical"
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1   | payroll | 2025-01-01 |          | example
"""
---*/
-- Partners send no names of workers, so a wage is a payment whose text speaks of one, and several wages are those of one
-- payer to one account on one day. Strength: 500 where the smallest pay day just reaches the number, 1000 where it is twice
-- as high.
with wages as (
    select t.from_account as payer, t.to_account as account, t.txn, t.t_s, t.t_end_s, t.day,
           coalesce(t.amount_base, 0) as wage
    from mentions as m
    join transactions as t on t.txn = m.txn
    where m.topic = 'wage'
      and t.from_account <> t.to_account
      and not t.is_reversal
),
paid as (
    select account, payer, day, count(*) as wages, sum(wage) as total, min(t_s) as first_s, max(t_s) as t_s,
           max(t_end_s) as last_s, max(txn) as txn
    from wages
    group by account, payer, day
    having count(*) >= $at_least
),
legs as (
    select w.account, w.txn, w.t_s
    from wages as w
    semi join paid as p on p.account = w.account and p.payer = w.payer and p.day = w.day
),
spells as (
    select account, txn, t_s,
           count(*) over spell as paydays,
           min(wages) over spell as workers,
           sum(wages) over spell as wages,
           sum(total) over spell as total,
           min(first_s) over spell as first_s,
           max(last_s) over spell as last_s
    from paid
    window spell as (
        partition by account, payer order by t_s range between ($window_s - 1) preceding and current row
    )
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(workers, $at_least) // 2, 1000) as strength,
       txn,
       t_s,
       wages as size,
       workers,
       wages,
       paydays,
       (last_s - first_s) // 86400 + 1 as days,
       total
from spells
where paydays >= $least_paydays and last_s - first_s >= $apart_s and last_s - first_s < $window_s
