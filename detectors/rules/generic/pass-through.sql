/*---
id = "pass-through"
title.en = "Money leaves as fast as it comes in"
title.fr = "L'argent repart aussi vite qu'il arrive"
title.es = "El dinero sale tan rápido como entra"
family = "generic"
tier = "core"
status = "live"
severity = "low"
weight = 3
exclusions = ["licensed_agent", "bureau_de_change", "exchange", "payroll", "group_company"]
sources = [
    "Tazama rules 024 and 025 (mirrored amounts)",
    "Window and shares: our judgement. On public labelled data it says little alone: it counts with other findings",
]
benign = [
    { en = "An agent or a small trader who turns money over every day", fr = "Un agent ou un petit commerçant qui fait tourner l'argent chaque jour", es = "Un agente o un pequeño comerciante que mueve su dinero cada día" },
    { en = "A wage of which rent and savings leave at once", fr = "Un salaire dont le loyer et l'épargne partent aussitôt", es = "Un salario del que el alquiler y el ahorro salen enseguida" },
    { en = "Two accounts of one person", fr = "Deux comptes d'une même personne", es = "Dos cuentas de una misma persona" },
]
next_step.en = "Look at who stands before and behind this account; alone this says little."
next_step.fr = "Regarder qui se trouve avant et après ce compte ; seul, ce signe dit peu."
next_step.es = "Mirar quién está antes y después de esta cuenta; por sí solo, esto dice poco."
why.en = "{total_in} came in and {total_out} ({share}) went out again within {span}, with {inflows|# payment|# payments} in and {outflows|# payment|# payments} out"
why.fr = "Entrées : {total_in} ; sorties : {total_out} ({share}), en {span} ; {inflows|# paiement reçu|# paiements reçus}, {outflows|# paiement émis|# paiements émis}"
why.es = "Entraron {total_in} y salieron {total_out} ({share}) en {span}, en {inflows|# operación|# operaciones} de entrada y {outflows|# operación|# operaciones} de salida"

[roles]
subject = "mule"
senders = "payer"
receivers = "beneficiary"

[facts]
total_in = "money"
total_out = "money"
share = "percent"
span = "hours"
inflows = "count"
outflows = "count"
needed = "money"

[[indicators]]
label = { en = "Share of the inflow that left again", fr = "Part de l'entrée qui est repartie", es = "Parte de lo recibido que volvió a salir" }
observed = "share"
threshold = "least_out"
sense = "at_least"

[[indicators]]
label = { en = "Time from the first inflow to the last outflow", fr = "Temps de la première entrée à la dernière sortie", es = "Tiempo entre la primera entrada y la última salida" }
observed = "span"
threshold = "window_s"
sense = "at_most"

[[indicators]]
label = { en = "Sum that came in", fr = "Somme reçue", es = "Suma recibida" }
observed = "total_in"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 172800
unit = "seconds"
least = 3600
most = 2592000
reason = "Two days, so that a bank holiday does not hide it; where only dates are known, a day and the next"

[params.least_out]
default = 800
unit = "per_mille"
least = 500
most = 1000
reason = "Four fifths leave: the fifth that stays is the usual reward, or change"

[params.most_out]
default = 1100
unit = "per_mille"
least = 1000
most = 2000
reason = "A tenth more than came in covers fees and what lay there; beyond it the account spends its own money"

[params.sum_share]
default = 100
unit = "per_mille"
least = 0
most = 100000
reason = "A tenth of the threshold: below it household money is meant"

[params.leg_share]
default = 10
unit = "per_mille"
least = 0
most = 1000
reason = "A payment of less than a hundredth of the threshold neither makes nor hides a passage"

[params.most_legs]
default = 40
unit = "count"
least = 2
most = 100000
reason = "With more movements in two days the account is a till or an agent's float, where in and out balance by nature"

[[fires]]
name = "a transfer comes in and leaves in two parts the next day"
rows = """
occurred_at      | channel         | amount  | from_account | to_account
2026-03-02 09:10 | transfer        | 5000.00 | S-1          | A-1
2026-03-03 08:00 | transfer        | 3000.00 | A-1          | P-1
2026-03-03 10:30 | cash_withdrawal | 1700.00 | A-1          |
"""
flags = ["A-1"]

[[fires]]
name = "only dates are known: in and out on one day, whichever came first"
rows = """
occurred_at | amount  | from_account | to_account
2026-03-02  | 4800.00 | A-1          | P-1
2026-03-02  | 5000.00 | S-1          | A-1
"""
flags = ["A-1"]

[[fires]]
name = "only dates are known: out on the day after"
rows = """
occurred_at | amount  | from_account | to_account
2026-03-02  | 5000.00 | S-1          | A-1
2026-03-03  | 4800.00 | A-1          | P-1
"""
flags = ["A-1"]

[[silent]]
name = "the same account, known as one of the segment licensed_agent"
rows = """
occurred_at      | channel         | amount  | from_account | to_account
2026-03-02 09:10 | transfer        | 5000.00 | S-1          | A-1
2026-03-03 08:00 | transfer        | 3000.00 | A-1          | P-1
2026-03-03 10:30 | cash_withdrawal | 1700.00 | A-1          |
"""
[silent.tables]
segments = """
account | segment | valid_from | valid_to | source
X|A-1 | licensed_agent | 2020-01-01 | | test
"""

[[silent]]
name = "the money goes out an hour before as much comes in"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 4800.00 | A-1          | P-1
2026-03-02 10:10 | 5000.00 | S-1          | A-1
"""

[[silent]]
name = "only dates are known: out on the day before"
rows = """
occurred_at | amount  | from_account | to_account
2026-03-02  | 4800.00 | A-1          | P-1
2026-03-03  | 5000.00 | S-1          | A-1
"""

[[silent]]
name = "only dates are known: out on the second day after"
rows = """
occurred_at | amount  | from_account | to_account
2026-03-02  | 5000.00 | S-1          | A-1
2026-03-04  | 4800.00 | A-1          | P-1
"""

[[silent]]
name = "the money leaves exactly two days later"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 5000.00 | S-1          | A-1
2026-03-04 09:10 | 4800.00 | A-1          | P-1
"""

[[silent]]
name = "a wage of which a third goes to the landlord and a third to the market"
rows = """
occurred_at      | channel         | amount  | from_account | to_account
2026-03-02 09:10 | transfer        | 2400.00 | E-1          | A-1
2026-03-02 18:00 | transfer        |  800.00 | A-1          | L-1
2026-03-03 10:30 | cash_withdrawal |  800.00 | A-1          |
"""

[[silent]]
name = "a payment that is sent back to the payer and marked as a reversal"
rows = """
reference | occurred_at      | amount  | from_account | to_account | reverses
r-1       | 2026-03-02 09:10 | 5000.00 | S-1          | A-1        |
r-2       | 2026-03-02 15:10 | 5000.00 | A-1          | S-1        | r-1
"""

[[silent]]
name = "pocket money: the sums are too small"
rows = """
occurred_at      | amount | from_account | to_account
2026-03-02 09:10 | 500.00 | S-1          | A-1
2026-03-02 12:10 | 480.00 | A-1          | P-1
"""
---*/
-- In before out where it can have been so: an inflow stands at its earliest moment, an outflow at its latest, and of two at
-- one moment the inflow is first. What went out before the first inflow of the window does not count.
-- Strength: the mean of three shares of a thousand: how equal out and in are, how quickly it went, and the sum against the
-- threshold (full at the threshold).
with legs as (
    select f.account, f.direction, f.txn,
           case when f.direction = 'in' then f.t_s else f.t_end_s end as moment,
           case when f.direction = 'in' then f.amount_base else 0 end as amount_in,
           case when f.direction = 'out' then f.amount_base else 0 end as amount_out,
           f.threshold_base
    from flows as f
    where not f.is_reversal
      and f.amount_base * 1000 >= f.threshold_base * $leg_share
      and f.channel <> 'fee'
      and (f.counterparty is null or f.counterparty <> f.account)
),
-- Only legs that can share a window with one of the other direction: a window touches two slots of its own length at most.
arrivals as (
    select account, moment // $window_s as slot from legs where direction = 'in'
    union all
    select account, moment // $window_s + 1 as slot from legs where direction = 'in'
),
departures as (
    select account, moment // $window_s as slot from legs where direction = 'out'
    union all
    select account, moment // $window_s - 1 as slot from legs where direction = 'out'
),
near as (
    select l.account, l.direction, l.txn, l.moment, l.amount_in, l.amount_out, l.threshold_base
    from legs as l
    semi join arrivals as a on a.account = l.account and a.slot = l.moment // $window_s
    where l.direction = 'out'
    union all
    select l.account, l.direction, l.txn, l.moment, l.amount_in, l.amount_out, l.threshold_base
    from legs as l
    semi join departures as d on d.account = l.account and d.slot = l.moment // $window_s
    where l.direction = 'in'
),
paid as (
    select account, direction, txn, moment, amount_in, threshold_base,
           sum(amount_out) over (partition by account order by moment) as out_so_far,
           sum(amount_out) over (
               partition by account order by moment range between unbounded preceding and 1 preceding
           ) as out_earlier
    from near
),
windows as (
    select account, direction, txn, moment, out_so_far,
           sum(amount_in) over recent as total_in,
           min(case when direction = 'in' then coalesce(out_earlier, 0) end) over recent as out_before,
           max(threshold_base) over recent as threshold,
           min(case when direction = 'in' then moment end) over recent as first_s
    from paid
    window recent as (
        partition by account order by moment range between ($window_s - 1) preceding and current row
    )
),
through as (
    select account, txn, moment, first_s, total_in, out_so_far - out_before as total_out, threshold
    from windows
    where direction = 'out'
      and total_in * 1000 >= threshold * $sum_share
      and (out_so_far - out_before) * 1000 >= total_in * $least_out
      and (out_so_far - out_before) * 1000 <= total_in * $most_out
),
scored as (
    select account, txn, moment, first_s, total_in, total_out, threshold,
           (
               1000 - abs(1000 - per_mille(total_out, total_in))
               + 1000 - per_mille(moment - first_s, $window_s)
               + least(per_mille(total_in, threshold), 1000)
           ) // 3 as strength
    from through
),
ranked as (
    select account, txn, moment, first_s, total_in, total_out, threshold, strength,
           row_number() over (partition by account order by strength desc, total_in desc, txn) as place
    from scored
),
peaks as (
    select account, txn, moment, first_s, total_in, total_out, threshold, strength, place,
           min(place) over (
               partition by account order by moment
               range between ($window_s - 1) preceding and ($window_s - 1) following
           ) as best_nearby
    from ranked
),
evidence as (
    select p.account, p.place, sorted_list(l.txn) as evidence,
           sum(case when l.direction = 'in' then 1 else 0 end) as inflows,
           sum(case when l.direction = 'out' then 1 else 0 end) as outflows
    from peaks as p
    join near as l on l.account = p.account and l.moment between p.first_s and p.moment
    where p.place = p.best_nearby
    group by p.account, p.place
)
select p.account as subject,
       p.first_s as window_start_s,
       p.moment as window_end_s,
       p.strength,
       e.evidence,
       p.total_in,
       p.total_out,
       per_mille(p.total_out, p.total_in) as share,
       (p.moment - p.first_s) // 3600 + 1 as span,
       e.inflows,
       e.outflows,
       cast(p.threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from peaks as p
join evidence as e on e.account = p.account and e.place = p.place
where e.inflows + e.outflows <= $most_legs
