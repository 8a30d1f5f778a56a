/*---
id = "profile-mismatch"
title.en = "An account receives many times what its owner declared"
title.fr = "Un compte reçoit plusieurs fois ce que son titulaire a déclaré"
title.es = "Una cuenta recibe varias veces lo que declaró su titular"
family = "generic"
tier = "enriched"
status = "live"
severity = "medium"
weight = 4
sources = [
    "AUSTRAC 2021, cuckoo smurfing (deposits beyond the customer's profile)",
    "FinCEN 2025, Chinese money laundering networks (students and others whose income does not explain the flow)",
    "Factor, sum and harvest: our judgement, to be calibrated on labelled data",
]
tables = ["profiles"]
exclusions = ["payroll", "biller", "licensed_agent", "aid_programme", "exchange", "state_account", "cooperative", "licensed_trader", "bureau_de_change", "group_company", "property_agent", "savings_circle"]
peaks = "window_s"
benign = [
    { en = "Informal income that was never declared: a stall, a field, a taxi", fr = "Un revenu informel jamais déclaré : un étal, un champ, un taxi", es = "Un ingreso informal nunca declarado: un puesto, un campo, un taxi" },
    { en = "A loan, an inheritance or the sale of a house", fr = "Un prêt, un héritage ou la vente d'une maison", es = "Un préstamo, una herencia o la venta de una casa" },
    { en = "A profile that is years old", fr = "Un profil vieux de plusieurs années", es = "Un perfil de hace años" },
]
next_step.en = "Ask the institution how old the profile is and what the owner says of the source."
next_step.fr = "Demander à l'institution de quand date le profil et ce que le titulaire dit de l'origine."
next_step.es = "Preguntar a la institución de cuándo es el perfil y qué dice el titular del origen."
why.en = "{received} received in {days}, in {payments|# payment|# payments}: {times} times the {income} a month that the institution knows of"
why.fr = "{received} reçus en {days}, en {payments|# opération|# opérations} : {times} fois les {income} par mois que l'institution connaît"
why.es = "{received} recibidos en {days}, en {payments|# operación|# operaciones}: {times} veces los {income} al mes que conoce la institución"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
received = "money"
days = "days"
payments = "count"
times = "ratio"
income = "money"
needed = "money"

[[indicators]]
label = { en = "Received in the window", fr = "Reçu dans la période", es = "Recibido en el periodo" }
observed = "received"
threshold = "needed"
sense = "at_least"

[[indicators]]
label = { en = "Payments received", fr = "Paiements reçus", es = "Pagos recibidos" }
observed = "payments"
threshold = "at_least"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 604800
most = 7776000
reason = "Thirty days, to compare with a month's income"

[params.times_income]
default = 5
unit = "count"
least = 2
most = 1000
reason = "Five times, as the list of indicators says: informal income often doubles or trebles what was declared"

[params.at_least]
default = 3
unit = "count"
least = 1
most = 10000
reason = "One or two payments are a loan, a gift or a sale"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "The reporting threshold: five times a very small income is still little money"

[params.harvest_factor]
default = 3
unit = "count"
least = 1
most = 100
reason = "Who farms, fishes or fells gets a year's income at once: in a listed harvest fifteen months of it"

[bases.typical]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-02  | transfer | 3000.00 | P-0          | A-1
2026-03-05  | transfer | 3000.00 | P-1          | A-1
2026-03-08  | transfer | 3000.00 | P-2          | A-1
2026-03-11  | transfer | 3000.00 | P-3          | A-1
"""
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1 | retail | EUR | 2400 | | 2025-01-01 | | example
"""

[[fires]]
name = "five times the month's income from four people"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "with times of day, over thirty calendar days"
rows = """
occurred_at      | channel  | amount  | from_account | to_account
2026-03-02 23:00 | transfer | 3000.00 | P-0          | A-1
2026-03-11 23:00 | transfer | 3000.00 | P-1          | A-1
2026-03-20 23:00 | transfer | 3000.00 | P-2          | A-1
2026-03-29 23:00 | transfer | 3000.00 | P-3          | A-1
2026-03-31 01:00 | transfer | 10.00   | P-9          | A-1
"""
flags = ["A-1"]
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1 | retail | EUR | 2400 | | 2025-01-01 | | example
"""

[[silent]]
name = "one cent below five times"
base = "typical"
change.4.amount = "2999.99"

[[silent]]
name = "the last payment comes on the thirty-first day"
base = "typical"
change.2.occurred_at = "2026-03-12"
change.3.occurred_at = "2026-03-22"
change.4.occurred_at = "2026-04-01"

[[silent]]
name = "two payments are a loan and a gift"
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-02  | transfer | 6000.00 | P-0          | A-1
2026-03-05  | transfer | 6000.00 | P-1          | A-1
"""
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1 | retail | EUR | 2400 | | 2025-01-01 | | example
"""

[[silent]]
name = "little money, though fifty times a pocket money"
rows = """
occurred_at | channel  | amount | from_account | to_account
2026-03-02  | transfer | 200.00 | P-0          | A-1
2026-03-05  | transfer | 200.00 | P-1          | A-1
2026-03-08  | transfer | 200.00 | P-2          | A-1
2026-03-11  | transfer | 200.00 | P-3          | A-1
"""
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1 | retail | EUR | 10 | | 2025-01-01 | | example
"""

[[silent]]
name = "nobody knows the owner's income"
base = "typical"
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1 | retail | | | | 2025-01-01 | | example
"""

[[silent]]
name = "the profile no longer holds"
base = "typical"
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1 | retail | EUR | 2400 | | 2025-01-01 | 2026-01-01 | example
"""

[[silent]]
name = "a farmer sells in a listed harvest"
rows = """
occurred_at | channel  | amount  | from_account | to_account | from_country | to_country
2026-03-02  | transfer | 3000.00 | P-0          | A-1        |              | ML
2026-03-05  | transfer | 3000.00 | P-1          | A-1        |              | ML
2026-03-08  | transfer | 3000.00 | P-2          | A-1        |              | ML
2026-03-11  | transfer | 3000.00 | P-3          | A-1        |              | ML
"""
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1 | agriculture | EUR | 2400 | | 2025-01-01 | | example
"""
tables.calendar = """
country | kind    | name   | first_day  | last_day   | source
ML      | harvest | cotton | 2025-01-01 | 2026-12-31 | example
"""

[[silent]]
name = "a payment to itself and one that was undone"
rows = """
occurred_at | channel  | amount  | from_account | to_account | reverses
2026-03-02  | transfer | 3000.00 | P-0          | A-1        |
2026-03-05  | transfer | 3000.00 | P-1          | A-1        |
2026-03-05  | transfer | 9000.00 | A-1          | A-1        |
2026-03-06  | transfer | 6000.00 | P-1          | A-1        | 0001
"""
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1 | retail | EUR | 2400 | | 2025-01-01 | | example
"""

[[silent]]
name = "a savings circle, known as such"
base = "typical"
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | savings_circle | 2025-01-01 | | example
"""
---*/
-- Windows are calendar days (UTC). Received is every payment in but reversals and payments to oneself.
-- Strength: 500 where what came in just reaches what is needed, 1000 where it is twice as much.
with declared as (
    select account, sector, income_base, from_day, to_day from profiles where income_base is not null
),
thirties as (
    select account, day // ($window_s // 86400) as slot, sum(total_base) as total
    from daily
    where direction = 'in' and account in (select account from declared)
    group by account, day // ($window_s // 86400)
),
-- Only accounts that can reach the sum: a window touches two slots of its own length at most.
busy as (
    select distinct s.account
    from (
        select account, slot, total from thirties
        union all
        select account, slot + 1 as slot, total from thirties
    ) as s
    join (select account, min(income_base) as income from declared group by account) as d on d.account = s.account
    group by s.account, s.slot, d.income
    having sum(s.total) >= d.income * $times_income
),
legs as (
    select account, txn, cast(day as bigint) * 86400 as t_s, day, amount_base, threshold_base
    from flows
    where direction = 'in' and account in (select account from busy)
      and amount_base is not null and threshold_base is not null and not is_reversal and counterparty is distinct from account
),
months as (
    select account, txn, t_s, day, sum(amount_base) over month as received, count(*) over month as payments,
           max(threshold_base) over month as threshold, min(day) over month as first_day
    from legs
    window month as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
),
compared as (
    select m.account, m.txn, m.t_s, m.day, m.received, m.payments, m.threshold, m.first_day, d.sector, d.income_base
    from months as m
    join declared as d on d.account = m.account and d.from_day <= m.day and m.day < d.to_day
    where m.payments >= $at_least and m.received >= d.income_base * $times_income
),
explained as (
    select distinct k.account, k.txn
    from compared as k
    join accounts as a on a.account = k.account
    join calendar as c
      on c.country in (a.country, '*') and c.kind = 'harvest' and c.first_day <= k.day and c.last_day >= k.first_day
    where k.sector in ('agriculture', 'fishing', 'forestry')
),
judged as (
    select k.account, k.txn, k.t_s, k.day, k.received, k.payments, k.first_day, k.income_base,
           greatest(
               k.income_base * $times_income * 1000 * case when e.txn is null then 1 else $harvest_factor end,
               k.threshold * $sum_share
           ) as needed_thousandths
    from compared as k
    left join explained as e on e.account = k.account and e.txn = k.txn
)
select account as subject,
       txn,
       t_s,
       cast(first_day as bigint) * 86400 as window_start_s,
       cast(day as bigint) * 86400 + 86399 as window_end_s,
       least(per_mille(received * 1000, needed_thousandths) // 2, 1000) as strength,
       received as size,
       received,
       day - first_day + 1 as days,
       payments,
       per_mille(received, income_base) as times,
       income_base as income,
       cast(needed_thousandths * 0.001 as decimal(24, 4)) as needed
from judged
where received * 1000 >= needed_thousandths
