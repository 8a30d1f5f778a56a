/*---
id = "public-to-personal"
title.en = "Public money reaches the account of an official or of somebody close to one"
title.fr = "De l'argent public arrive sur le compte d'un agent public ou d'un de ses proches"
title.es = "Dinero público llega a la cuenta de un funcionario o de alguien de su entorno"
family = "political_exposure"
tier = "enriched"
status = "live"
severity = "high"
weight = 8
tables = ["watchlist"]
peaks = "window_s"
sources = [
    "AMLTRIX IND00693",
    "What counts as a salary, and the sum: our judgement, to be calibrated on labelled data",
]
exclusions = ["state_account"]
benign = [
    { en = "A salary that has just begun, back pay or a pension", fr = "Un salaire qui vient de commencer, un rappel ou une pension", es = "Un salario recién empezado, unos atrasos o una pensión" },
    { en = "Travel costs refunded, or an imprest account in the official's name", fr = "Des frais de mission remboursés, ou une régie d'avances au nom de l'agent", es = "Gastos de viaje reembolsados, o un fondo de caja a nombre del funcionario" },
]
next_step.en = "Ask the paying office for the payment order and its legal ground; see where the money went afterwards."
next_step.fr = "Demander au service payeur l'ordre de paiement et sa base légale ; voir où l'argent est allé ensuite."
next_step.es = "Pedir a la oficina pagadora la orden de pago y su base legal; ver adónde fue después el dinero."
why.en = "{payments|# payment|# payments} of {total} in all from {offices|# public account|# public accounts} within {days}, besides regular ones; a list names the holder as an official, an associate or exposed"
why.fr = "{payments|# paiement|# paiements} de {total} au total depuis {offices|# compte public|# comptes publics} en {days}, hors versements réguliers ; une liste désigne le titulaire comme agent public, proche ou exposé"
why.es = "{payments|# pago|# pagos} por {total} en total desde {offices|# cuenta pública|# cuentas públicas} en {days}, aparte de los regulares; una lista señala al titular como funcionario, allegado o expuesto"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
payments = "count"
offices = "count"
total = "money"
needed = "money"
days = "days"

[[indicators]]
label = { en = "Sum besides regular payments", fr = "Somme hors versements réguliers", es = "Suma aparte de los pagos regulares" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 7776000
unit = "seconds"
least = 86400
most = 31536000
reason = "Ninety days: one quarter of a budget"

[params.sum_share]
default = 500
unit = "per_mille"
least = 0
most = 100000
reason = "Half of the threshold: travel costs and allowances usually lie below"

[params.alike]
default = 100
unit = "per_mille"
least = 0
most = 500
reason = "A salary varies by less than a tenth from month to month"

[params.apart_days]
default = 20
unit = "days"
least = 1
most = 60
reason = "Monthly payments lie twenty days apart at least, however weekends fall"

[params.near_days]
default = 100
unit = "days"
least = 30
most = 400
reason = "Two like payments within a hundred days make three months of a salary"

[params.least_history_s]
default = 5184000
unit = "seconds"
least = 0
most = 31536000
reason = "Sixty days of data before: with fewer nobody can tell a salary from a single payment"

[bases.lawful]
rows = """
occurred_at      | amount  | from_account | to_account
2025-12-01 09:00 |   10.00 | Z-1          | Z-2
2026-03-02 09:00 | 9000.00 | GOV-1        | A-1
"""

[[fires]]
name = "a ministry's account pays an official twice in a quarter, besides his salary"
rows = """
occurred_at      | amount  | from_account | to_account
2025-12-01 09:00 |   10.00 | Z-1          | Z-2
2026-01-28 09:00 | 1500.00 | GOV-1        | A-1
2026-02-27 09:00 | 1500.00 | GOV-1        | A-1
2026-03-10 09:00 | 3000.00 | GOV-1        | A-1
2026-03-28 09:00 | 1520.00 | GOV-1        | A-1
2026-04-12 09:00 | 2000.00 | GOV-1        | A-1
"""
flags = ["A-1"]
[fires.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|A-1   | B2    | no           | 2020-01-01 |          | test
"""

[[fires]]
name = "only dates are known, the data calls the payer a public body, and the receiver is an associate"
rows = """
occurred_at | amount  | from_account | to_account | from_kind
2025-12-01  |   10.00 | Z-1          | Z-2        |
2026-02-01  | 2500.00 | GOV-2        | A-1        | public_body
2026-05-01  | 2500.00 | GOV-2        | A-1        | public_body
"""
flags = ["A-1"]
[fires.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | associate |      |            |            | X|A-1   | C3    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "only dates are known: the second payment on the ninety-first day"
rows = """
occurred_at | amount  | from_account | to_account | from_kind
2025-12-01  |   10.00 | Z-1          | Z-2        |
2026-02-01  | 2500.00 | GOV-2        | A-1        | public_body
2026-05-02  | 2500.00 | GOV-2        | A-1        | public_body
"""
[silent.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|A-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "a salary above half of the threshold, three months running"
rows = """
occurred_at      | amount  | from_account | to_account
2025-10-01 09:00 |   10.00 | Z-1          | Z-2
2026-01-28 09:00 | 5500.00 | GOV-1        | A-1
2026-02-27 09:00 | 5500.00 | GOV-1        | A-1
2026-03-28 09:00 | 5700.00 | GOV-1        | A-1
"""
[silent.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|A-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the first days of the data: it may be a salary"
base = "lawful"
change.1.occurred_at = "2026-01-01 09:01"
[silent.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|A-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "one cent less than half of the threshold"
base = "lawful"
change.2.amount = "4999.99"
[silent.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|A-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the money comes from a firm"
base = "lawful"
change.2.from_account = "F-1"
[silent.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|A-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the receiver is a public account too, in the name of its accountant"
base = "lawful"
[silent.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
X|A-1   | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|A-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the list no longer named him on that day"
base = "lawful"
[silent.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to   | source
E-1   | test | official |      |            |            | X|A-1   | B2    | no           | 2020-01-01 | 2026-03-02 | test
"""

[[silent]]
name = "a payment that undoes an earlier one"
rows = """
reference | occurred_at      | amount  | from_account | to_account | reverses
r-0       | 2025-12-01 09:00 |   10.00 | Z-1          | Z-2        |
r-1       | 2026-03-02 09:00 | 9000.00 | GOV-1        | A-1        | r-9
"""
[silent.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|GOV-1 | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|A-1   | B2    | no           | 2020-01-01 |          | test
"""
---*/
-- A payment is regular where the same office made two others of about the same sum, some weeks apart and within a few months.
-- Strength: 500 where the sum just reaches its threshold, 1000 at twice as much.
with offices as (
    select account, from_day, to_day from segments where segment = 'state_account'
    union
    select account, 0 as from_day, 2147483647 as to_day from accounts where kind = 'public_body'
),
exposed as (
    select distinct account, from_day, to_day from watched where kind in ('official', 'associate', 'pep')
),
received as (
    select f.account, f.counterparty, f.txn, f.t_s, f.t_end_s, f.day, f.amount_base, f.threshold_base
    from flows as f
    where f.direction = 'in'
      and f.account in (select account from exposed)
      and f.counterparty in (select account from offices)
      and f.counterparty <> f.account
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
),
regular as (
    select p.txn
    from received as p
    join received as o on o.account = p.account and o.counterparty = p.counterparty
    where abs(o.day - p.day) between $apart_days and $near_days
      and abs(o.amount_base - p.amount_base) * 1000 <= p.amount_base * $alike
    group by p.txn
    having count(*) >= 2
),
legs as (
    select distinct r.account, r.counterparty, r.txn, r.t_s, r.t_end_s, r.amount_base, r.threshold_base
    from received as r
    join exposed as e on e.account = r.account and e.from_day <= r.day and r.day < e.to_day
    join offices as o on o.account = r.counterparty and o.from_day <= r.day and r.day < o.to_day
    join accounts as a on a.account = r.account
    where r.txn not in (select txn from regular)
      and r.t_s - a.covered_s >= $least_history_s
),
quarters as (
    select account, txn, t_s,
           count(*) over quarter as payments,
           sum(amount_base) over quarter as total,
           max(threshold_base) over quarter as threshold,
           min(t_s) over quarter as first_s,
           max(t_end_s) over quarter as last_s
    from legs
    window quarter as (
        partition by account order by t_s range between ($window_s - 1) preceding and current row
    )
),
large as (
    select q.account, q.txn, q.t_s, q.payments, q.total, q.threshold, q.first_s, q.last_s,
           count(distinct l.counterparty) as offices
    from quarters as q
    join legs as l on l.account = q.account and l.t_s between q.first_s and q.t_s
    where q.total * 1000 >= q.threshold * $sum_share
      and q.last_s - q.first_s < $window_s
    group by q.account, q.txn, q.t_s, q.payments, q.total, q.threshold, q.first_s, q.last_s
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(total * 500, greatest(threshold * $sum_share, 1)), 1000) as strength,
       txn,
       t_s,
       total as size,
       payments,
       offices,
       total,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       (last_s - first_s) // 86400 + 1 as days
from large
