/*---
id = "fan-out-burst"
title.en = "One account pays many new payees within hours"
title.fr = "Un compte paie beaucoup de nouveaux bénéficiaires en quelques heures"
title.es = "Una cuenta paga a muchos beneficiarios nuevos en pocas horas"
family = "generic"
tier = "core"
status = "live"
severity = "low"
weight = 3
exclusions = ["payroll", "aid_programme", "state_account", "licensed_agent", "recruiter"]
sources = [
    "Tazama rule 017 (many debtors of one account)",
    "Comparison with the account's own past: our judgement, to be calibrated on labelled data",
]
benign = [
    { en = "Wages or aid paid for the first time to a list of people", fr = "Des salaires ou une aide versés pour la première fois à une liste de personnes", es = "Salarios o ayudas que se pagan por primera vez a una lista de personas" },
    { en = "A business that changes bank and pays its suppliers from a new account", fr = "Une entreprise qui change de banque et paie ses fournisseurs d'un nouveau compte", es = "Una empresa que cambia de banco y paga a sus proveedores desde una cuenta nueva" },
]
next_step.en = "See where the money came from in the days before, and whether the payees pass it on."
next_step.fr = "Voir d'où venait l'argent les jours précédents, et si les bénéficiaires le font suivre."
next_step.es = "Ver de dónde vino el dinero en los días anteriores y si los beneficiarios lo transfieren a otros."
why.en = "{payees|# new payee|# new payees} within {span}, {total} in all; {before|no new payee|# new payee|# new payees} in the {known} before"
why.fr = "{payees|# nouveau bénéficiaire|# nouveaux bénéficiaires} en {span}, {total} au total ; {before|aucun nouveau bénéficiaire|# nouveau bénéficiaire|# nouveaux bénéficiaires} dans les {known} précédents"
why.es = "{payees|# beneficiario nuevo|# beneficiarios nuevos} en {span}, {total} en total; {before|ningún beneficiario nuevo|# beneficiario nuevo|# beneficiarios nuevos} en los {known} anteriores"
peaks = "window_s"

[roles]
subject = "controller"
senders = "payer"
receivers = "beneficiary"

[facts]
payees = "count"
span = "hours"
total = "money"
needed = "money"
before = "count"
known = "days"
wanted = "count"

[[indicators]]
label = { en = "New payees", fr = "Nouveaux bénéficiaires", es = "Beneficiarios nuevos" }
observed = "payees"
threshold = "wanted"
sense = "at_least"

[[indicators]]
label = { en = "Sum paid to them", fr = "Somme qui leur est versée", es = "Suma que se les pagó" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 28800
unit = "seconds"
least = 600
most = 604800
reason = "Eight hours, as in Tazama: one sitting. Where only dates are known, it means one calendar day"

[params.at_least]
default = 5
unit = "count"
least = 2
most = 1000
reason = "Tazama's five: people seldom pay five strangers in a day"

[params.at_least_organisation]
default = 20
unit = "count"
least = 2
most = 10000
reason = "Those who pay wages or aid, as far as the data says who they are, need four times as many"

[params.history_s]
default = 2419200
unit = "seconds"
least = 86400
most = 31536000
reason = "Four weeks before the window, or as much of them as the data holds, show what is usual for this account"

[params.least_history_s]
default = 604800
unit = "seconds"
least = 86400
most = 31536000
reason = "A week shows once round what is usual: wages, market days, rents. With less everybody looks new, because the data is"

[params.surge]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "More new payees in one sitting than in the four weeks before: a trader who finds new ones every day stays silent"

[params.sum_share]
default = 100
unit = "per_mille"
least = 0
most = 100000
reason = "A tenth of the threshold: below it the burst moves too little to matter, as when friends share a bill"

[bases.typical]
rows = """
occurred_at      | amount | from_account | to_account
2026-01-05 09:00 | 50.00  | Z-1          | Z-2
2026-03-02 13:10 | 400.00 | A-1          | P-1
2026-03-02 13:40 | 410.00 | A-1          | P-2
2026-03-02 15:05 | 390.00 | A-1          | P-3
2026-03-02 18:05 | 405.00 | A-1          | P-4
2026-03-02 21:09 | 395.00 | A-1          | P-5
"""

[[fires]]
name = "five strangers are paid in one afternoon"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only the date is known: five strangers are paid on one day"
base = "typical"
dates_only = true
flags = ["A-1"]

[[silent]]
name = "the same account, known as one of the segment payroll"
base = "typical"
[silent.tables]
segments = """
account | segment | valid_from | valid_to | source
X|A-1 | payroll | 2020-01-01 | | test
"""

[[silent]]
name = "the same in the first days of the data, when everybody is new"
base = "typical"
change.1.occurred_at = "2026-02-23 13:11"

[[silent]]
name = "the fifth is paid exactly eight hours after the first"
base = "typical"
change.6.occurred_at = "2026-03-02 21:10"

[[silent]]
name = "only dates are known: the fifth is paid on the next day"
base = "typical"
dates_only = true
change.6.occurred_at = "2026-03-03"

[[silent]]
name = "a payroll that was paid to the same five a month earlier"
rows = """
occurred_at      | amount  | from_account | to_account
2026-01-05 09:00 | 50.00   | Z-1          | Z-2
2026-02-02 13:10 |  100.00 | A-1          | P-1
2026-02-03 13:10 |  100.00 | A-1          | P-2
2026-02-04 13:10 |  100.00 | A-1          | P-3
2026-02-05 13:10 |  100.00 | A-1          | P-4
2026-02-06 13:10 |  100.00 | A-1          | P-5
2026-03-09 13:10 | 1400.00 | A-1          | P-1
2026-03-09 13:11 | 1410.00 | A-1          | P-2
2026-03-09 13:12 | 1390.00 | A-1          | P-3
2026-03-09 13:13 | 1405.00 | A-1          | P-4
2026-03-09 13:14 | 1395.00 | A-1          | P-5
"""

[[silent]]
name = "friends settle a bill: five strangers, little money"
rows = """
occurred_at      | amount | from_account | to_account
2026-01-05 09:00 | 50.00  | Z-1          | Z-2
2026-03-02 13:10 | 40.00  | A-1          | P-1
2026-03-02 13:11 | 41.00  | A-1          | P-2
2026-03-02 13:12 | 39.00  | A-1          | P-3
2026-03-02 13:13 | 40.50  | A-1          | P-4
2026-03-02 13:14 | 39.50  | A-1          | P-5
"""

[[silent]]
name = "a trader who pays as many new suppliers every few days"
rows = """
occurred_at      | amount | from_account | to_account
2026-01-05 09:00 | 50.00  | Z-1          | Z-2
2026-02-24 09:10 |  90.00 | A-1          | P-01
2026-02-25 09:40 |  80.00 | A-1          | P-02
2026-02-26 09:05 |  70.00 | A-1          | P-03
2026-02-27 09:05 |  60.00 | A-1          | P-04
2026-02-28 09:09 |  50.00 | A-1          | P-05
2026-03-02 13:10 | 400.00 | A-1          | P-06
2026-03-02 13:40 | 410.00 | A-1          | P-07
2026-03-02 15:05 | 390.00 | A-1          | P-08
2026-03-02 18:05 | 405.00 | A-1          | P-09
2026-03-02 21:09 | 395.00 | A-1          | P-10
"""

[[silent]]
name = "a public body, known as such, pays five grants"
rows = """
occurred_at      | amount | from_account | to_account | from_kind
2026-01-05 09:00 | 50.00  | Z-1          | Z-2        |
2026-03-02 13:10 | 400.00 | A-1          | P-1        | public_body
2026-03-02 13:40 | 410.00 | A-1          | P-2        | public_body
2026-03-02 15:05 | 390.00 | A-1          | P-3        | public_body
2026-03-02 18:05 | 405.00 | A-1          | P-4        | public_body
2026-03-02 21:09 | 395.00 | A-1          | P-5        | public_body
"""
---*/
-- New means: no earlier transaction between the two, in either direction, in all that the ledger holds. Where it holds less than
-- a week from before the window, nobody can be called new; where less than four, their pace is reckoned from what is known.
-- Strength: 500 where the count just reaches its threshold, 1000 where it is twice as high.
with legs as (
    select account, txn, t_s, t_end_s, amount_base, threshold_base
    from flows
    where direction = 'out' and first_contact and amount_base is not null and threshold_base is not null
),
-- Only accounts that can reach the count and the sum: in all, and then in two neighbouring slots of a window's length, since a
-- window touches no more. The threshold of a window is never under the smallest.
able as (
    select account
    from legs
    group by account
    having count(*) >= least($at_least, $at_least_organisation)
       and sum(amount_base) * 1000 >= min(threshold_base) * $sum_share
),
first_paid as (
    select account, t_s // $window_s as slot, amount_base, threshold_base
    from legs
    where account in (select account from able)
),
busy as (
    select distinct account
    from (
        select account, slot, amount_base, threshold_base from first_paid
        union all
        select account, slot + 1 as slot, amount_base, threshold_base from first_paid
    ) as slots
    group by account, slot
    having count(*) >= least($at_least, $at_least_organisation)
       and sum(amount_base) * 1000 >= min(threshold_base) * $sum_share
),
bursts as (
    select account, txn, t_s,
           count(*) over sitting as payees,
           sum(amount_base) over sitting as total,
           max(threshold_base) over sitting as threshold,
           min(t_s) over sitting as first_s,
           max(t_end_s) over sitting as last_s,
           count(*) over past as before
    from legs
    where account in (select account from busy)
    window sitting as (
               partition by account order by t_s range between ($window_s - 1) preceding and current row
           ),
           past as (
               partition by account order by t_s
               range between ($history_s + $window_s - 1) preceding and $window_s preceding
           )
),
unusual as (
    select b.account, b.txn, b.t_s, b.payees, b.total, b.threshold, b.first_s, b.last_s, b.before,
           least($history_s, b.first_s - a.covered_s) as known_s,
           case when a.kind is null or a.kind = 'person' then $at_least else $at_least_organisation end as wanted
    from bursts as b
    join accounts as a on a.account = b.account
    where b.payees >= least($at_least, $at_least_organisation)
      and b.payees >= case when a.kind is null or a.kind = 'person' then $at_least else $at_least_organisation end
      and b.first_s - a.covered_s >= $least_history_s
      and b.payees * 1000 * least($history_s, b.first_s - a.covered_s) > b.before * $surge * $history_s
      and b.total * 1000 >= b.threshold * $sum_share
      and b.last_s - b.first_s < greatest($window_s, 86400)
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(payees, wanted) // 2, 1000) as strength,
       txn,
       t_s,
       payees as size,
       payees,
       (last_s - first_s) // 3600 + 1 as span,
       total,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       before,
       known_s // 86400 as known,
       wanted
from unusual
