/*---
id = "new-account-surge"
title.en = "A new account moves more at its beginning than nearly all others did"
title.fr = "Un nouveau compte déplace à ses débuts plus que presque tous les autres à leurs débuts"
title.es = "Una cuenta nueva mueve al principio más que casi todas las demás en el suyo"
family = "generic"
tier = "core"
status = "live"
severity = "medium"
weight = 5
sources = [
    "AMLTRIX indicator IND01112 (activity of a new account)",
    "Peers, least history and the sum: our judgement, to be calibrated on labelled data",
]
exclusions = ["payroll", "biller", "licensed_agent", "aid_programme", "exchange", "state_account", "cooperative", "licensed_trader", "bureau_de_change", "group_company", "property_agent"]
benign = [
    { en = "A business that opens, or changes its bank", fr = "Une entreprise qui ouvre ou change de banque", es = "Una empresa que abre o cambia de banco" },
    { en = "Savings or the price of a house moved to a new account", fr = "Des économies ou le prix d'une maison déplacés vers un nouveau compte", es = "Ahorros o el precio de una casa trasladados a una cuenta nueva" },
    { en = "A project or an association that begins its work", fr = "Un projet ou une association qui commence son activité", es = "Un proyecto o una asociación que comienza su actividad" },
]
next_step.en = "See what the account was opened for, and whether those who pay it also pay other new accounts."
next_step.fr = "Voir pour quoi le compte a été ouvert, et si ceux qui le paient paient aussi d'autres comptes nouveaux."
next_step.es = "Ver para qué se abrió la cuenta y si quienes le pagan pagan también a otras cuentas nuevas."
why.en = "First seen {history} after the data of those who report it begins; {received} received and {paid} paid within {span} of its first payment, in {payments|# payment|# payments}: more than {share} of {peers|# account|# accounts} of its kind in the same first {window_s}"
why.fr = "Vu pour la première fois {history} après le début des données de ses déclarants ; {received} reçus et {paid} payés en {span} à compter de sa première opération, en {payments|# opération|# opérations} : plus que {share} de {peers|# compte|# comptes} du même type dans la même période initiale de {window_s}"
why.es = "Vista por primera vez {history} después del comienzo de los datos de quienes la declaran; {received} recibidos y {paid} pagados en {span} desde su primera operación, en {payments|# operación|# operaciones}: más que el {share} de {peers|# cuenta|# cuentas} de su tipo en el mismo periodo inicial de {window_s}"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
history = "days"
received = "money"
paid = "money"
span = "days"
payments = "count"
share = "percent"
peers = "count"
turnover = "money"
needed = "money"

[[indicators]]
label = { en = "Turnover of the first days", fr = "Mouvements des premiers jours", es = "Movimiento de los primeros días" }
observed = "turnover"
threshold = "needed"
sense = "at_least"

[[indicators]]
label = { en = "Accounts of its kind that moved less", fr = "Comptes du même type ayant déplacé moins", es = "Cuentas de su tipo que movieron menos" }
observed = "share"
threshold = "percentile"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 7776000
reason = "Thirty days: an account bought or opened for one purpose is used within a month"

[params.history_s]
default = 2592000
unit = "seconds"
least = 86400
most = 31536000
reason = "Thirty days of data before the account appears: in the first weeks of a partner's data everybody is new"

[params.at_least]
default = 5
unit = "count"
least = 2
most = 1000
reason = "Fewer payments are one purchase or one transfer of savings"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 100
most = 100000
reason = "The reporting threshold: below it a surge matters little"

[params.percentile]
default = 950
unit = "per_mille"
least = 500
most = 1000
reason = "More than 95 of 100 accounts of its kind in their own first thirty days"

[params.least_peers]
default = 50
unit = "count"
least = 5
most = 1000000
reason = "With fewer than fifty peers one account more or less moves the percentile by two points"

[bases.typical]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-01-01  | transfer | 100.00  | M-0          | M-1
2026-01-05  | transfer | 101.00  | M-0          | M-1
2026-01-09  | transfer | 102.00  | M-0          | M-1
2026-01-02  | transfer | 110.00  | M-1          | M-2
2026-01-06  | transfer | 111.00  | M-1          | M-2
2026-01-10  | transfer | 112.00  | M-1          | M-2
2026-01-03  | transfer | 120.00  | M-2          | M-3
2026-01-07  | transfer | 121.00  | M-2          | M-3
2026-01-11  | transfer | 122.00  | M-2          | M-3
2026-01-01  | transfer | 130.00  | M-3          | M-4
2026-01-05  | transfer | 131.00  | M-3          | M-4
2026-01-09  | transfer | 132.00  | M-3          | M-4
2026-01-02  | transfer | 140.00  | M-4          | M-5
2026-01-06  | transfer | 141.00  | M-4          | M-5
2026-01-10  | transfer | 142.00  | M-4          | M-5
2026-01-03  | transfer | 150.00  | M-5          | M-0
2026-01-07  | transfer | 151.00  | M-5          | M-0
2026-01-11  | transfer | 152.00  | M-5          | M-0
2026-03-02  | transfer | 4000.00 | M-0          | A-1
2026-03-03  | transfer | 3900.00 | A-1          | M-1
2026-03-09  | transfer | 4000.00 | M-2          | A-1
2026-03-10  | transfer | 3000.00 | A-1          | M-3
2026-03-20  | transfer | 2500.00 | M-4          | A-1
"""

[[fires]]
name = "an account that appears two months in and moves more than all others"
base = "typical"
flags = ["A-1"]
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "one cent below the threshold"
base = "typical"
change.23.amount = "1999.99"
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "too few peers to say what is usual"
base = "typical"

[[silent]]
name = "the fifth payment comes on the thirty-first day"
base = "typical"
change.23.occurred_at = "2026-04-01"
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "the partner's data begins two weeks before, so nobody knows whether it is new"
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-02-16  | transfer | 100.00  | M-0          | M-1
2026-02-20  | transfer | 101.00  | M-0          | M-1
2026-02-24  | transfer | 102.00  | M-0          | M-1
2026-02-17  | transfer | 110.00  | M-1          | M-2
2026-02-21  | transfer | 111.00  | M-1          | M-2
2026-02-25  | transfer | 112.00  | M-1          | M-2
2026-02-18  | transfer | 120.00  | M-2          | M-3
2026-02-22  | transfer | 121.00  | M-2          | M-3
2026-02-26  | transfer | 122.00  | M-2          | M-3
2026-02-16  | transfer | 130.00  | M-3          | M-4
2026-02-20  | transfer | 131.00  | M-3          | M-4
2026-02-24  | transfer | 132.00  | M-3          | M-4
2026-02-17  | transfer | 140.00  | M-4          | M-5
2026-02-21  | transfer | 141.00  | M-4          | M-5
2026-02-25  | transfer | 142.00  | M-4          | M-5
2026-02-18  | transfer | 150.00  | M-5          | M-0
2026-02-22  | transfer | 151.00  | M-5          | M-0
2026-02-26  | transfer | 152.00  | M-5          | M-0
2026-03-02  | transfer | 4000.00 | M-0          | A-1
2026-03-03  | transfer | 3900.00 | A-1          | M-1
2026-03-09  | transfer | 4000.00 | M-2          | A-1
2026-03-10  | transfer | 3000.00 | A-1          | M-3
2026-03-20  | transfer | 2500.00 | M-4          | A-1
"""
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "it only receives, as a shop that nobody here reports"
base = "typical"
without = [20, 22]
change.21.from_account = "M-0"
change.23.from_account = "M-0"
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-03  | transfer | 3900.00 | M-0          | A-1
2026-03-10  | transfer | 3000.00 | M-0          | A-1
"""
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "what makes it large is a payment to itself and one that was undone"
base = "typical"
without = [20, 21, 22, 23]
rows = """
occurred_at | channel  | amount  | from_account | to_account | reverses
2026-03-03  | transfer | 9000.00 | A-1          | A-1        |
2026-03-04  | transfer | 7000.00 | M-1          | A-1        | 0019
2026-03-05  | transfer | 10.00   | A-1          | M-1        |
2026-03-06  | transfer | 10.00   | M-1          | A-1        |
2026-03-07  | transfer | 10.00   | M-1          | A-1        |
"""
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "a licensed trader, known as such"
base = "typical"
params = { least_peers = 6, percentile = 800 }
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | licensed_trader | 2025-01-01 | | example
"""
---*/
-- New means new to the ledger, a month or more after the data of those who report the account begins. An account that only pays or
-- only receives is as a rule one that nobody reports, seen from the other side. Turnover is the greater of received and paid.
-- Strength: mean of the turnover against what is needed (500 at it, 1000 at twice) and of the place among the peers.
with firsts as (
    select account, coalesce(kind, '') as kind, first_s, first_s // 86400 as first_day, covered_s from accounts
),
months as (
    select f.account, f.kind, f.first_s, f.first_day, f.covered_s,
           sum(case when d.direction = 'in' then d.total_base else 0 end) as received,
           sum(case when d.direction = 'out' then d.total_base else 0 end) as paid
    from firsts as f
    join daily as d on d.account = f.account and d.day < f.first_day + $window_s // 86400
    group by f.account, f.kind, f.first_s, f.first_day, f.covered_s
    having sum(d.payments) >= $at_least
),
placed as (
    select account, first_s, first_day, covered_s,
           rank() over (partition by kind order by greatest(received, paid)) - 1 as below,
           count(*) over (partition by kind) as peers
    from months
    where received > 0 and paid > 0
),
fresh as (
    select account, first_s, first_day, covered_s, below, peers
    from placed
    where peers >= $least_peers
      and below * 1000 >= peers * $percentile
      and first_s - covered_s >= $history_s
),
moved as (
    select n.account, n.first_s, n.covered_s, n.below, n.peers, max(f.t_end_s) as last_s, count(*) as payments,
           sum(case when f.direction = 'in' then f.amount_base else 0 end) as received,
           sum(case when f.direction = 'out' then f.amount_base else 0 end) as paid,
           max(f.threshold_base) as threshold, sorted_list(f.txn) as evidence
    from fresh as n
    join flows as f on f.account = n.account and f.day < n.first_day + $window_s // 86400
    where f.amount_base is not null and f.threshold_base is not null and not f.is_reversal
      and f.counterparty is distinct from f.account
    group by n.account, n.first_s, n.covered_s, n.below, n.peers
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(
           (per_mille(greatest(received, paid) * 1000, threshold * $sum_share) + per_mille(below, peers)) // 4, 1000
       ) as strength,
       evidence,
       (first_s - covered_s) // 86400 as history,
       received,
       paid,
       (last_s - first_s) // 86400 + 1 as span,
       payments,
       per_mille(below, peers) as share,
       peers,
       greatest(received, paid) as turnover,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from moved
where payments >= $at_least
  and received > 0 and paid > 0
  and greatest(received, paid) * 1000 >= threshold * $sum_share
