/*---
id = "high-risk-corridor"
title.en = "An account pays more to a listed country than nearly all who pay there"
title.fr = "Un compte paie plus vers un pays listé que presque tous ceux qui y paient"
title.es = "Una cuenta paga más a un país listado que casi todas las que pagan allí"
family = "generic"
tier = "core"
status = "live"
severity = "low"
weight = 3
sources = [
    "FATF Recommendation 19 (higher-risk countries) and its public list, High-Risk Jurisdictions subject to a Call for Action",
    "Peers, percentile and sum: our judgement, to be calibrated on labelled data",
]
tables = ["corridors"]
exclusions = ["aid_programme", "licensed_agent", "bureau_de_change", "exchange", "state_account", "group_company"]
peaks = "window_s"
benign = [
    { en = "Families who support parents at home", fr = "Des familles qui soutiennent leurs parents au pays", es = "Familias que sostienen a sus padres en su tierra" },
    { en = "Students, patients and their fees", fr = "Des étudiants, des patients et leurs frais", es = "Estudiantes, pacientes y sus gastos" },
    { en = "Aid, embassies and licensed trade under an exemption", fr = "L'aide, les ambassades et le commerce autorisé par dérogation", es = "La ayuda, las embajadas y el comercio autorizado por excepción" },
]
next_step.en = "Look for other findings on the same account; alone this says only where family or trade is."
next_step.fr = "Chercher d'autres constats sur le même compte ; seul, celui-ci dit seulement où se trouvent la famille ou le commerce."
next_step.es = "Buscar otros hallazgos sobre la misma cuenta; solo, este dice únicamente dónde están la familia o el comercio."
why.en = "{total} in {payments|# payment|# payments} within {days} to listed countries: more than {share} of {peers|# account of its kind which sends|# accounts of its kind which send} abroad sent to all countries together in any {window_s}"
why.fr = "{total} en {payments|# paiement|# paiements} en {days} vers des pays listés : plus que ce que {share} de {peers|# compte du même type qui paie|# comptes du même type qui paient} à l'étranger ont envoyé, tous pays confondus, sur toute période de {window_s}"
why.es = "{total} en {payments|# pago|# pagos} en {days} a países listados: más de lo que el {share} de {peers|# cuenta de su tipo que paga|# cuentas de su tipo que pagan} al extranjero envió, a todos los países juntos, en cualquier periodo de {window_s}"

[roles]
subject = "payer"
senders = "payer"
receivers = "beneficiary"

[facts]
total = "money"
payments = "count"
days = "days"
share = "percent"
peers = "count"
needed = "money"

[[indicators]]
label = { en = "Sum to listed countries", fr = "Somme vers des pays listés", es = "Suma a países listados" }
observed = "total"
threshold = "needed"
sense = "at_least"

[[indicators]]
label = { en = "Accounts that sent less", fr = "Comptes ayant envoyé moins", es = "Cuentas que enviaron menos" }
observed = "share"
threshold = "percentile"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 31536000
reason = "Thirty days, as in the list of indicators: support for a family is monthly"

[params.percentile]
default = 950
unit = "per_mille"
least = 500
most = 1000
reason = "More than 95 of 100 of those who send abroad, wherever to: what a family sends home is like what other families send"

[params.least_peers]
default = 20
unit = "count"
least = 5
most = 1000000
reason = "Twenty: of fewer no account can stand above ninety-five of a hundred"

[params.sum_share]
default = 100
unit = "per_mille"
least = 1
most = 100000
reason = "A tenth of the reporting threshold: support for a family lies below"

[bases.typical]
rows = """
occurred_at | channel  | amount | from_account | to_account | from_country | to_country
2026-03-02  | transfer | 100.00 | U-0          | I-0        | FR           | IR
2026-03-03  | transfer | 110.00 | U-1          | I-1        | FR           | IR
2026-03-04  | transfer | 120.00 | U-2          | I-2        | FR           | IR
2026-03-02  | transfer | 130.00 | U-3          | I-3        | FR           | IR
2026-03-03  | transfer | 140.00 | U-4          | I-4        | FR           | IR
2026-03-04  | transfer | 150.00 | U-5          | I-5        | FR           | IR
2026-03-02  | transfer | 160.00 | U-6          | I-6        | FR           | IR
2026-03-03  | transfer | 170.00 | U-7          | I-7        | FR           | IR
2026-03-04  | transfer | 180.00 | U-8          | I-8        | FR           | IR
2026-03-02  | transfer | 600.00 | A-1          | I-1        | FR           | IR
2026-03-30  | transfer | 700.00 | A-1          | I-2        | FR           | IR
"""
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
high_risk | call for action | 1 | * | IR | 2020-02-21 | | example
"""

[[fires]]
name = "ten pay there, one of them far more than the others"
base = "typical"
flags = ["A-1"]
params = { least_peers = 10, percentile = 900 }

[[silent]]
name = "the second payment comes on the thirty-first day, and neither alone reaches the sum"
base = "typical"
change.11.occurred_at = "2026-04-01"
params = { least_peers = 10, percentile = 900 }

[[silent]]
name = "one cent below a tenth of the threshold"
base = "typical"
without = [11]
change.10.amount = "999.99"
params = { least_peers = 10, percentile = 900 }

[[silent]]
name = "fewer peers than are needed to say what is usual"
base = "typical"

[[silent]]
name = "the country was not listed yet"
rows = """
occurred_at | channel  | amount | from_account | to_account | from_country | to_country
2019-03-02  | transfer | 100.00 | U-0          | I-0        | FR           | IR
2019-03-03  | transfer | 110.00 | U-1          | I-1        | FR           | IR
2019-03-04  | transfer | 120.00 | U-2          | I-2        | FR           | IR
2019-03-02  | transfer | 130.00 | U-3          | I-3        | FR           | IR
2019-03-03  | transfer | 140.00 | U-4          | I-4        | FR           | IR
2019-03-04  | transfer | 150.00 | U-5          | I-5        | FR           | IR
2019-03-02  | transfer | 160.00 | U-6          | I-6        | FR           | IR
2019-03-03  | transfer | 170.00 | U-7          | I-7        | FR           | IR
2019-03-04  | transfer | 180.00 | U-8          | I-8        | FR           | IR
2019-03-02  | transfer | 600.00 | A-1          | I-1        | FR           | IR
2019-03-30  | transfer | 700.00 | A-1          | I-2        | FR           | IR
"""
params = { least_peers = 10, percentile = 900 }
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
high_risk | call for action | 1 | * | IR | 2020-02-21 | | example
"""

[[silent]]
name = "money that comes from there"
rows = """
occurred_at | channel  | amount | from_account | to_account | from_country | to_country
2026-03-02  | transfer | 100.00 | I-0          | U-0        | IR           | FR
2026-03-03  | transfer | 110.00 | I-1          | U-1        | IR           | FR
2026-03-04  | transfer | 120.00 | I-2          | U-2        | IR           | FR
2026-03-02  | transfer | 130.00 | I-3          | U-3        | IR           | FR
2026-03-03  | transfer | 140.00 | I-4          | U-4        | IR           | FR
2026-03-04  | transfer | 150.00 | I-5          | U-5        | IR           | FR
2026-03-02  | transfer | 160.00 | I-6          | U-6        | IR           | FR
2026-03-03  | transfer | 170.00 | I-7          | U-7        | IR           | FR
2026-03-04  | transfer | 180.00 | I-8          | U-8        | IR           | FR
2026-03-02  | transfer | 600.00 | I-1          | A-1        | IR           | FR
2026-03-30  | transfer | 700.00 | I-2          | A-1        | IR           | FR
"""
params = { least_peers = 10, percentile = 900 }
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
high_risk | call for action | 1 | * | IR | 2020-02-21 | | example
"""

[[silent]]
name = "a payment within the listed country, and one that was undone"
base = "typical"
without = [10, 11]
rows = """
occurred_at | channel  | amount  | from_account | to_account | from_country | to_country | reverses
2026-03-02  | transfer | 1600.00 | A-1          | I-2        | IR           | IR         |
2026-03-03  | transfer | 1600.00 | A-2          | I-2        | FR           | IR         | 0001
"""
params = { least_peers = 10, percentile = 900 }

[[silent]]
name = "an aid programme, known as such"
base = "typical"
params = { least_peers = 10, percentile = 900 }
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | aid_programme | 2025-01-01 | | example
"""
---*/
-- Listed means: a corridor of the kind `high_risk` on the day of the payment, from the payer's country or from any to the payee's.
-- Peers are the accounts of the same kind (person, business, ...) that send abroad, each with its busiest window, whatever the country:
-- a listed corridor that few use has no peers of its own, and one of a diaspora is compared with what other families send.
-- Strength: 500 where the sum just reaches what is needed, 1000 where it is twice as much.
with abroad as (
    select account, txn, cast(day as bigint) * 86400 as t_s, day, home, country, amount_base, threshold_base
    from flows
    where direction = 'out'
      and country is not null and country is distinct from home
      and amount_base is not null and not is_reversal
      and counterparty is distinct from account
),
legs as (
    select f.account, f.txn, f.t_s, f.day, f.amount_base, f.threshold_base
    from abroad as f
    where f.country in (select to_country from corridors where kind = 'high_risk')
      and f.threshold_base is not null
      and exists (
          select 1 as one from corridors as c
          where c.kind = 'high_risk' and c.to_country = f.country and c.from_country in (f.home, '*')
            and c.from_day <= f.day and f.day < c.to_day
      )
),
months as (
    select account, txn, t_s, day, sum(amount_base) over month as total, count(*) over month as payments,
           max(threshold_base) over month as threshold, min(day) over month as first_day
    from legs
    window month as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
),
large as (
    select m.account, m.txn, m.t_s, m.day, m.total, m.payments, m.threshold, m.first_day, coalesce(a.kind, '') as kind
    from months as m
    join accounts as a on a.account = m.account
    where m.total * 1000 >= m.threshold * $sum_share
),
peers as (
    select m.account, m.kind, max(m.total) as total
    from (
        select f.account, coalesce(a.kind, '') as kind,
               sum(f.amount_base) over (
                   partition by f.account order by f.t_s range between ($window_s - 1) preceding and current row
               ) as total
        from abroad as f
        join accounts as a on a.account = f.account
        where coalesce(a.kind, '') in (select kind from large)
    ) as m
    group by m.account, m.kind
),
population as (
    select kind, count(*) as peers from peers group by kind
),
-- How many peers never sent as much: each different sum is placed once.
ladder as (
    select kind, total, sum(accounts) over (partition by kind order by total) - accounts as below
    from (select kind, total, sum(counted) as accounts
          from (
              select kind, total, 1 as counted from peers
              union all
              select kind, total, 0 as counted from large
          ) as sums
          group by kind, total) as different
),
placed as (
    select l.account, l.txn, l.t_s, l.day, l.total, l.payments, l.threshold, l.first_day, s.below, p.peers
    from large as l
    join ladder as s on s.kind = l.kind and s.total = l.total
    join population as p on p.kind = l.kind
)
select account as subject,
       txn,
       t_s,
       cast(first_day as bigint) * 86400 as window_start_s,
       cast(day as bigint) * 86400 + 86399 as window_end_s,
       least(per_mille(total * 1000, threshold * $sum_share) // 2, 1000) as strength,
       total as size,
       total,
       payments,
       day - first_day + 1 as days,
       per_mille(below, peers) as share,
       peers,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from placed
where peers >= $least_peers
  and below * 1000 >= peers * $percentile
