/*---
id = "dormant-wakeup"
title.en = "A silent account suddenly moves much money"
title.fr = "Un compte silencieux déplace soudain beaucoup d'argent"
title.es = "Una cuenta inactiva mueve de pronto mucho dinero"
family = "generic"
tier = "core"
status = "live"
severity = "medium"
weight = 4
sources = [
    "Tazama rules 003 and 004 (dormant account, creditor and debtor)",
    "Own weeks as the measure, the yearly season and the calendar: our judgement, to be calibrated on labelled data",
]
exclusions = ["aid_programme", "cooperative", "savings_circle", "state_account"]
benign = [
    { en = "A harvest, a school year or a pilgrimage that comes once a year", fr = "Une récolte, une rentrée scolaire ou un pèlerinage qui revient chaque année", es = "Una cosecha, un curso escolar o una peregrinación que llega una vez al año" },
    { en = "Land sold, an inheritance, or savings spent on a wedding or a house", fr = "Une terre vendue, un héritage, ou des économies dépensées pour un mariage ou une maison", es = "Una tierra vendida, una herencia o ahorros gastados en una boda o una casa" },
    { en = "An owner who comes home after months abroad", fr = "Un titulaire qui rentre après des mois à l'étranger", es = "Un titular que vuelve tras meses en el extranjero" },
]
next_step.en = "Ask who uses the account now and where the money came from; see whether phone, device or payees changed."
next_step.fr = "Demander qui utilise le compte maintenant et d'où vient l'argent ; voir si le téléphone, l'appareil ou les bénéficiaires ont changé."
next_step.es = "Preguntar quién usa ahora la cuenta y de dónde vino el dinero; ver si cambiaron el teléfono, el dispositivo o los beneficiarios."
why.en = "After {quiet} without a payment, {payments|# payment|# payments} of {total} in all within {span}; the most in {weeks|the only earlier period|any of the # earlier periods} of {window_s} with payments was {largest}"
why.fr = "Après {quiet} sans opération, {payments|# opération|# opérations} pour {total} au total en {span} ; le maximum {weeks|de la seule période active précédente|des # périodes actives précédentes} de {window_s} était de {largest}"
why.es = "Tras {quiet} sin operaciones, {payments|# operación|# operaciones} por {total} en total en {span}; el máximo {weeks|del único periodo anterior|de los # periodos anteriores} de {window_s} con operaciones fue de {largest}"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
quiet = "days"
payments = "count"
total = "money"
span = "days"
needed = "money"
weeks = "count"
largest = "money"

[[indicators]]
label = { en = "Time without a payment", fr = "Temps sans opération", es = "Tiempo sin operaciones" }
observed = "quiet"
threshold = "quiet_s"
sense = "at_least"

[[indicators]]
label = { en = "Sum of the window", fr = "Somme de la période", es = "Suma del periodo" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.quiet_s]
default = 7776000
unit = "seconds"
least = 2592000
most = 63072000
reason = "Ninety days, as in Tazama and as most banks begin to call an account inactive"

[params.window_s]
default = 604800
unit = "seconds"
least = 86400
most = 2592000
reason = "One week from the first payment: an account that was handed over is used at once"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 100
most = 100000
reason = "The reporting threshold: less than that wakes many accounts and matters little"

[params.percentile]
default = 950
unit = "per_mille"
least = 500
most = 1000
reason = "More than in 95 of 100 of the account's own earlier weeks with payments"

[params.season_share]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "More than what moved in the five weeks around the same day a year before: a harvest that comes again is no awakening"

[params.season_slack]
default = 14
unit = "days"
least = 0
most = 60
reason = "Harvests and feasts move by up to two weeks from year to year"

[params.calendar_factor]
default = 2
unit = "count"
least = 1
most = 100
reason = "In a listed harvest, holiday or crisis of the account's country twice as much is needed: an event explains more money, not any sum, and a list that is public must not be a hiding place"

[bases.typical]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2025-03-03  | transfer | 300.00  | A-1          | P-2
2025-03-10  | transfer | 300.00  | P-1          | A-1
2025-03-17  | transfer | 300.00  | A-1          | P-2
2025-03-24  | transfer | 300.00  | P-1          | A-1
2025-03-31  | transfer | 300.00  | A-1          | P-2
2025-04-07  | transfer | 300.00  | P-1          | A-1
2025-04-14  | transfer | 300.00  | A-1          | P-2
2025-04-21  | transfer | 300.00  | P-1          | A-1
2025-04-28  | transfer | 300.00  | A-1          | P-2
2025-05-05  | transfer | 300.00  | P-1          | A-1
2025-05-12  | transfer | 300.00  | A-1          | P-2
2025-05-19  | transfer | 300.00  | P-1          | A-1
2025-05-26  | transfer | 300.00  | A-1          | P-2
2025-06-02  | transfer | 300.00  | P-1          | A-1
2025-09-01  | transfer | 6000.00 | P-9          | A-1
2025-09-02  | transfer | 5500.00 | A-1          | P-8
"""

[[fires]]
name = "three months of silence, then more in two days than ever before"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "with times: ninety days to the second, and the week's last second counts"
rows = """
occurred_at         | channel  | amount  | from_account | to_account
2025-03-03 10:00    | transfer | 300.00  | P-1          | A-1
2025-03-10 10:00    | transfer | 300.00  | A-1          | P-2
2025-06-08 10:00    | transfer | 6000.00 | P-9          | A-1
2025-06-15 09:59:59 | transfer | 5500.00 | A-1          | P-8
"""
flags = ["A-1"]

[[silent]]
name = "one day short of ninety days of silence"
base = "typical"
change.15.occurred_at = "2025-08-31"
change.16.occurred_at = "2025-09-01"

[[silent]]
name = "the payment that would reach the sum comes on the eighth day"
base = "typical"
change.16.occurred_at = "2025-09-08"

[[silent]]
name = "one cent below the threshold"
base = "typical"
change.16.amount = "3999.99"

[[silent]]
name = "an account that moved as much in a week before its silence"
base = "typical"
rows = """
occurred_at | channel  | amount   | from_account | to_account
2025-03-01  | transfer | 15000.00 | P-1          | A-1
"""

[[silent]]
name = "a harvest that was sold over the same weeks a year before"
rows = """
occurred_at | channel  | amount  | from_account | to_account
2024-03-04  | transfer | 300.00  | A-1          | P-2
2024-03-18  | transfer | 300.00  | A-1          | P-2
2024-04-01  | transfer | 300.00  | A-1          | P-2
2024-04-15  | transfer | 300.00  | A-1          | P-2
2024-04-29  | transfer | 300.00  | A-1          | P-2
2024-05-13  | transfer | 300.00  | A-1          | P-2
2024-05-27  | transfer | 300.00  | A-1          | P-2
2024-06-10  | transfer | 300.00  | A-1          | P-2
2024-06-24  | transfer | 300.00  | A-1          | P-2
2024-07-08  | transfer | 300.00  | A-1          | P-2
2024-07-22  | transfer | 300.00  | A-1          | P-2
2024-08-05  | transfer | 300.00  | A-1          | P-2
2024-09-02  | transfer | 6000.00 | P-9          | A-1
2024-09-12  | transfer | 6000.00 | P-9          | A-1
2024-10-01  | transfer | 300.00  | A-1          | P-2
2024-11-30  | transfer | 300.00  | A-1          | P-2
2025-01-29  | transfer | 300.00  | A-1          | P-2
2025-03-30  | transfer | 300.00  | A-1          | P-2
2025-09-01  | transfer | 6000.00 | P-9          | A-1
2025-09-02  | transfer | 5500.00 | A-1          | P-8
"""

[[silent]]
name = "monthly fees do not end the silence, and a fee wakes nobody"
base = "typical"
without = [15, 16]
rows = """
occurred_at | channel | amount   | from_account | to_account
2025-07-01  | fee     | 2.00     | A-1          | B-1
2025-09-01  | fee     | 12000.00 | A-1          | B-1
"""

[[silent]]
name = "a payment that is undone, and one from the account to itself"
base = "typical"
without = [15, 16]
rows = """
occurred_at | channel  | amount   | from_account | to_account | reverses
2025-09-01  | transfer | 11000.00 | P-9          | A-1        | 0001
2025-09-02  | transfer | 11000.00 | A-1          | A-1        |
"""

[[silent]]
name = "in a listed harvest it takes twice as much"
rows = """
occurred_at | channel  | amount  | from_account | to_account | to_country | from_country
2025-03-03  | transfer | 300.00  | A-1          | P-2        |            | ML
2025-03-10  | transfer | 300.00  | P-1          | A-1        | ML         |
2025-03-17  | transfer | 300.00  | A-1          | P-2        |            | ML
2025-03-24  | transfer | 300.00  | P-1          | A-1        | ML         |
2025-03-31  | transfer | 300.00  | A-1          | P-2        |            | ML
2025-04-07  | transfer | 300.00  | P-1          | A-1        | ML         |
2025-04-14  | transfer | 300.00  | A-1          | P-2        |            | ML
2025-04-21  | transfer | 300.00  | P-1          | A-1        | ML         |
2025-04-28  | transfer | 300.00  | A-1          | P-2        |            | ML
2025-05-05  | transfer | 300.00  | P-1          | A-1        | ML         |
2025-05-12  | transfer | 300.00  | A-1          | P-2        |            | ML
2025-05-19  | transfer | 300.00  | P-1          | A-1        | ML         |
2025-05-26  | transfer | 300.00  | A-1          | P-2        |            | ML
2025-06-02  | transfer | 300.00  | P-1          | A-1        | ML         |
2025-09-01  | transfer | 6000.00 | P-9          | A-1        | ML         |
2025-09-02  | transfer | 5500.00 | A-1          | P-8        |            | ML
"""
tables.calendar = """
country | kind    | name   | first_day  | last_day   | source
ML      | harvest | cotton | 2025-09-01 | 2025-12-31 | example
"""

[[silent]]
name = "an aid programme, known as such, that begins its yearly round"
base = "typical"
tables.segments = """
account | segment       | valid_from | valid_to | source
X|A-1   | aid_programme | 2025-01-01 |          | example
"""

[[silent]]
name = "an account without a past has not slept"
rows = """
occurred_at | channel  | amount  | from_account | to_account
2025-09-01  | transfer | 6000.00 | P-9          | A-1
2025-09-02  | transfer | 5500.00 | A-1          | P-8
"""
---*/
-- Silent means: no payment at all but fees, reversals and payments to oneself. What is usual comes from the account's own weeks,
-- counted back from the day on which it wakes; in those, reversals count, which only makes the rule milder.
-- Strength: 500 where the week just reaches the sum that is needed, 1000 where it is twice as much.
with least_needed as (
    select min(threshold_base) * $sum_share as thousandths from flows
),
-- Only accounts with a past and with the sum in all: cheap to find, and few.
rich as (
    select d.account
    from daily as d
    join accounts as a on a.account = d.account
    cross join least_needed as n
    where a.last_s - a.first_s >= $quiet_s
    group by d.account, n.thousandths
    having sum(d.total_base) * 1000 >= n.thousandths
),
weekly as (
    select account, day // ($window_s // 86400) as slot, sum(total_base) as total
    from daily
    where account in (select account from rich)
    group by account, day // ($window_s // 86400)
),
-- Of them those that can reach it in one window, which touches two slots of its own length at most.
busy as (
    select distinct s.account
    from (
        select account, slot, total from weekly
        union all
        select account, slot + 1 as slot, total from weekly
    ) as s
    cross join least_needed as n
    group by s.account, s.slot, n.thousandths
    having sum(s.total) * 1000 >= n.thousandths
),
payments as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.day, f.amount_base, f.threshold_base
    from flows as f
    where f.account in (select account from busy)
      and not f.is_reversal
      and f.counterparty is distinct from f.account
      and f.channel <> 'fee'
),
gaps as (
    select account, txn, t_s, day, lag(t_end_s) over (partition by account order by t_s, txn) as before_s from payments
),
wakes as (
    select account, txn, t_s, day, before_s from gaps where t_s - before_s >= $quiet_s
),
woken as (
    select w.account, w.txn, w.t_s, w.day, (w.t_s - w.before_s) // 86400 as quiet,
           count(*) as payments, sum(p.amount_base) as total, max(p.threshold_base) as threshold, max(p.t_end_s) as last_s,
           sorted_list(p.txn) as evidence
    from wakes as w
    join payments as p
      on p.account = w.account and p.t_s >= w.t_s and p.t_end_s < w.t_s + $window_s
     and p.amount_base is not null and p.threshold_base is not null
    group by w.account, w.txn, w.t_s, w.day, w.before_s
),
large as (
    select account, txn, t_s, day, quiet, payments, total, threshold, last_s, evidence
    from woken
    where total * 1000 >= threshold * $sum_share
),
earlier as (
    select l.account, l.txn, l.total as woken, sum(d.total_base) as total
    from large as l
    join daily as d on d.account = l.account and d.day < l.day
    group by l.account, l.txn, l.total, (l.day - 1 - d.day) // ($window_s // 86400)
),
usual as (
    select account, txn, count(*) as weeks, count(case when total < woken then 1 end) as below, max(total) as largest
    from earlier
    group by account, txn
),
season as (
    select l.account, l.txn, sum(d.total_base) as total
    from large as l
    join daily as d
      on d.account = l.account
     and d.day between l.day - 364 - $season_slack and l.day - 365 + $window_s // 86400 + $season_slack
    group by l.account, l.txn
),
explained as (
    select distinct l.account, l.txn
    from large as l
    join accounts as a on a.account = l.account
    join calendar as c
      on c.country in (a.country, '*') and c.kind in ('harvest', 'holiday', 'crisis')
     and c.first_day <= l.last_s // 86400 and c.last_day >= l.day
),
judged as (
    select l.account, l.t_s, l.quiet, l.payments, l.total, l.last_s, l.evidence, u.weeks, u.largest,
           l.threshold * $sum_share * case when e.txn is null then 1 else $calendar_factor end as needed_thousandths
    from large as l
    join usual as u on u.account = l.account and u.txn = l.txn
    left join season as s on s.account = l.account and s.txn = l.txn
    left join explained as e on e.account = l.account and e.txn = l.txn
    where u.below * 1000 >= u.weeks * $percentile
      and l.total * 1000 > coalesce(s.total, 0) * $season_share
)
select account as subject,
       t_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(total * 1000, needed_thousandths) // 2, 1000) as strength,
       evidence,
       quiet,
       payments,
       total,
       (last_s - t_s) // 86400 + 1 as span,
       cast(needed_thousandths * 0.001 as decimal(24, 4)) as needed,
       weeks,
       largest
from judged
where total * 1000 >= needed_thousandths
