/*---
id = "wage-kickback"
title.en = "Workers pay much of their wages to the same account within days, month after month"
title.fr = "Des ouvriers versent une grande part de leur salaire au même compte en quelques jours, mois après mois"
title.es = "Trabajadores entregan gran parte de su salario a la misma cuenta en pocos días, mes tras mes"
family = "forced_labour"
tier = "enriched"
status = "live"
severity = "high"
weight = 8
peaks = "window_s"
needs = ["purpose"]
tables = ["lexicon"]
sources = [
    "AMLTRIX IND03003 (wages returned to the employer)",
    "Half of the wage, three workers, two months: our judgement, to be calibrated on labelled data",
]
exclusions = ["biller", "savings_circle", "cooperative", "property_agent", "payroll"]
benign = [
    { en = "A loan or an advance that is paid back out of wages by contract", fr = "Un prêt ou une avance remboursés sur le salaire par contrat", es = "Un préstamo o anticipo que se devuelve con el salario por contrato" },
    { en = "Housing or a canteen that workers pay to one landlord on pay day", fr = "Un logement ou une cantine que les ouvriers paient au même bailleur le jour de la paie", es = "Vivienda o comedor que los trabajadores pagan a un mismo arrendador el día de pago" },
]
next_step.en = "Ask for the contract behind these payments, and speak to the workers apart from whoever receives them: they may be victims."
next_step.fr = "Demander le contrat de ces paiements, et parler aux ouvriers hors de la présence de celui qui les reçoit : ils sont peut-être victimes."
next_step.es = "Pedir el contrato de estos pagos y hablar con los trabajadores sin quien los recibe: pueden ser víctimas."
why.en = "{workers|# worker|# workers} paid {share} of their wages on within {quick_s}, each of them more than once, in different pay periods: {returned} of {earned} out of {wages|# wage|# wages} within {days}"
why.fr = "{workers|# ouvrier a reversé|# ouvriers ont reversé} {share} de leurs salaires en {quick_s}, chacun plus d'une fois, à des périodes de paie différentes : {returned} sur {earned}, soit {wages|# salaire|# salaires} en {days}"
why.es = "{workers|# trabajador entregó|# trabajadores entregaron} el {share} de sus salarios en {quick_s}, cada uno más de una vez, en periodos de pago distintos: {returned} de {earned}, de {wages|# salario|# salarios} en {days}"

[roles]
subject = "collector"
senders = "possible_victim"
receivers = "possible_victim"

[facts]
workers = "count"
share = "percent"
returned = "money"
earned = "money"
wages = "count"
days = "days"

[[indicators]]
label = { en = "Workers", fr = "Ouvriers", es = "Trabajadores" }
observed = "workers"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Share of the wages", fr = "Part des salaires", es = "Parte de los salarios" }
observed = "share"
threshold = "least_back"
sense = "at_least"

[params.window_s]
default = 5356800
unit = "seconds"
least = 2678400
most = 31536000
reason = "Sixty-two days hold two monthly pay days"

[params.quick_s]
default = 259200
unit = "seconds"
least = 3600
most = 2592000
reason = "Three days from the wage to the payment; where only dates are known, three calendar days"

[params.least_back]
default = 500
unit = "per_mille"
least = 100
most = 1000
reason = "Half of a wage is more than rent or a loan usually take"

[params.most_back]
default = 1100
unit = "per_mille"
least = 1000
most = 5000
reason = "More than a wage and a tenth is not paid out of that wage"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 1000
reason = "One or two may owe somebody money; three are a way of doing it"

[params.apart_s]
default = 1728000
unit = "seconds"
least = 604800
most = 5270400
reason = "Twenty days between two wages of one worker: another month's wage"

[params.cycle_s]
default = 2678400
unit = "seconds"
least = 604800
most = 5356800
reason = "The workers are counted over a month, for not all are paid on one day"

[bases.typical]
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-01-30 09:01 | 400.00 | E-1          | W-1        | salaire
2026-02-01 10:01 | 200.00 | W-1          | B-1        |
2026-01-30 09:02 | 400.00 | E-1          | W-2        | salaire
2026-02-01 10:02 | 200.00 | W-2          | B-1        |
2026-01-30 09:03 | 400.00 | E-1          | W-3        | salaire
2026-02-01 10:03 | 200.00 | W-3          | B-1        |
2026-02-27 09:01 | 400.00 | E-1          | W-1        | salaire
2026-03-01 10:01 | 200.00 | W-1          | B-1        |
2026-02-27 09:02 | 400.00 | E-1          | W-2        | salaire
2026-03-01 10:02 | 200.00 | W-2          | B-1        |
2026-02-27 09:03 | 400.00 | E-1          | W-3        | salaire
2026-03-01 10:03 | 200.00 | W-3          | B-1        |
"""
tables.lexicon = """
topic       | language | term                 | source
wage        | fr       | salaire              | example
recruitment | fr       | frais de recrutement | example
boats       | fr       | pirogue              | example
engines     | fr       | moteur hors-bord     | example
"""

[[fires]]
name = "three workers pay half of two monthly wages on, each within two days"
base = "typical"
flags = ["B-1"]

[[fires]]
name = "only dates are known: on the third calendar day"
base = "typical"
dates_only = true
flags = ["B-1"]

[[fires]]
name = "they pay it back to the employer himself"
base = "typical"
change.2.to_account = "E-1"
change.4.to_account = "E-1"
change.6.to_account = "E-1"
change.8.to_account = "E-1"
change.10.to_account = "E-1"
change.12.to_account = "E-1"
flags = ["E-1"]

[[silent]]
name = "two workers"
base = "typical"
without = [5, 6, 11, 12]

[[silent]]
name = "one month only"
base = "typical"
without = [7, 8, 9, 10, 11, 12]

[[silent]]
name = "one of them pays exactly three days later"
base = "typical"
change.6.occurred_at = "2026-02-02 09:03"

[[silent]]
name = "only dates are known: one pays on the fourth day"
base = "typical"
dates_only = true
change.6.occurred_at = "2026-02-02"

[[silent]]
name = "one of them pays a cent less than half"
base = "typical"
change.12.amount = "199.99"

[[silent]]
name = "each pays another landlord"
base = "typical"
change.2.to_account = "B-2"
change.4.to_account = "B-3"
change.8.to_account = "B-2"
change.10.to_account = "B-3"

[[silent]]
name = "what they pay comes before the wage"
base = "typical"
change.2.occurred_at = "2026-01-29 10:01"
change.4.occurred_at = "2026-01-29 10:02"
change.6.occurred_at = "2026-01-29 10:03"

[[silent]]
name = "the text speaks of goods, not of wages"
base = "typical"
change.1.purpose = "riz"
change.3.purpose = "riz"
change.5.purpose = "riz"
change.7.purpose = "riz"
change.9.purpose = "riz"
change.11.purpose = "riz"

[[silent]]
name = "the wages are paid back because they were paid by mistake"
base = "typical"
change.2.reverses = "r-9"
change.4.reverses = "r-9"
change.6.reverses = "r-9"
change.8.reverses = "r-9"
change.10.reverses = "r-9"
change.12.reverses = "r-9"

[[silent]]
name = "a landlord, known as one who bills tenants"
base = "typical"
tables.segments = """
account | segment | valid_from | valid_to | source
X|B-1   | biller  | 2025-01-01 |          | example
"""
---*/
-- A wage is a payment to a person whose text speaks of one. It counts where its worker pays at least the least share of it to
-- one account within the time, and counts again where he did so with a wage at least `apart_s` earlier. A payment stands at
-- the wage that it is taken from. Where the receiver is the employer, the wages are evidence too; else only the payments, so
-- that no employer is shown in a worker's role. Strength: 500 where workers just reach their number, 1000 where they are
-- twice as many.
with wages as (
    select t.txn, t.from_account as payer, t.to_account as worker, t.t_s, t.amount_base as wage
    from mentions as m
    join transactions as t on t.txn = m.txn
    join accounts as a on a.account = t.to_account
    where m.topic = 'wage'
      and t.from_account <> t.to_account
      and not t.is_reversal
      and t.amount_base is not null
      and (a.kind is null or a.kind = 'person')
),
monthly as (
    select worker from wages group by worker having max(t_s) - min(t_s) >= $apart_s
),
takers as (
    select to_account as account
    from pairs
    where from_account in (select worker from monthly) and payments >= 2
    group by to_account
    having count(*) >= $at_least
),
payments_on as (
    select from_account as worker, to_account as account, txn, t_end_s, amount_base, t_end_s // $quick_s as slot
    from transactions
    where from_account in (select worker from monthly)
      and to_account in (select account from takers)
      and not is_reversal
      and channel <> 'fee'
      and amount_base is not null
),
due as (
    select txn, payer, worker, t_s, wage, t_s // $quick_s as slot
    from wages
    where worker in (select worker from monthly)
    union all
    select txn, payer, worker, t_s, wage, t_s // $quick_s + 1 as slot
    from wages
    where worker in (select worker from monthly)
),
given as (
    select p.account, d.worker, d.payer, d.txn as wage_txn, d.t_s, d.wage, p.txn, p.t_end_s, p.amount_base
    from payments_on as p
    join due as d
      on d.worker = p.worker and d.slot = p.slot and p.t_end_s between d.t_s and d.t_s + ($quick_s - 1)
    -- Of two wages within the time it was taken from the larger: counted for both it would be more than was paid.
    qualify row_number() over (partition by p.txn order by d.wage desc, d.t_s desc, d.txn) = 1
),
takes as (
    select account, worker, payer, wage_txn, t_s, wage, sum(amount_base) as back, max(t_end_s) as last_s
    from given
    group by account, worker, payer, wage_txn, t_s, wage
    having sum(amount_base) * 1000 >= wage * $least_back and sum(amount_base) * 1000 <= wage * $most_back
),
compared as (
    select account, worker, payer, wage_txn, t_s, wage, back, last_s,
           count(*) over (
               partition by account, worker order by t_s range between ($window_s - 1) preceding and $apart_s preceding
           ) as earlier
    from takes
),
repeaters as (
    select distinct account, worker from compared where earlier > 0
),
repeated as (
    select c.account, c.worker, c.payer, c.wage_txn, c.t_s, c.wage, c.back, c.last_s, c.earlier
    from compared as c
    semi join repeaters as r on r.account = c.account and r.worker = c.worker
),
legs as (
    select r.account, g.txn, r.t_s
    from repeated as r
    join given as g on g.account = r.account and g.wage_txn = r.wage_txn
    union all
    select account, wage_txn as txn, t_s from repeated where payer = account
),
turns as (
    select account, t_s as from_s,
           least(
               t_s + $cycle_s,
               coalesce(lead(t_s) over (partition by account, worker order by t_s, wage_txn, account), t_s + $cycle_s)
           ) as to_s
    from repeated
    where earlier > 0
),
changes as (
    select account, from_s as moment, 1 as change from turns
    union all
    select account, to_s as moment, -1 as change from turns
),
counted as (
    select distinct account, moment,
           sum(change) over (
               partition by account order by moment range between unbounded preceding and current row
           ) as workers
    from changes
),
spells as (
    select account, wage_txn as txn, t_s, earlier,
           count(*) over spell as wages,
           sum(wage) over spell as earned,
           sum(back) over spell as returned,
           min(t_s) over spell as first_s,
           max(last_s) over spell as last_s
    from repeated
    window spell as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select s.account as subject,
       s.first_s as window_start_s,
       s.last_s as window_end_s,
       least(per_mille(c.workers, $at_least) // 2, 1000) as strength,
       s.txn,
       s.t_s,
       s.returned as size,
       c.workers,
       per_mille(s.returned, s.earned) as share,
       s.returned,
       s.earned,
       s.wages,
       (s.last_s - s.first_s) // 86400 + 1 as days
from spells as s
join counted as c on c.account = s.account and c.moment = s.t_s
where s.earlier > 0 and c.workers >= $at_least
