/*---
id = "escrow-release"
title.en = "Sums are held for days or weeks and then released to others, nearly unchanged"
title.fr = "Des sommes sont gardées des jours ou des semaines, puis remises à d'autres, presque inchangées"
title.es = "Las sumas se guardan días o semanas y luego se entregan a otros, casi sin cambio"
family = "migrant_smuggling"
tier = "core"
status = "live"
severity = "high"
weight = 5
peaks = "window_s"
sources = [
    "FATF 2022, Money laundering and terrorist financing risks arising from migrant smuggling (payment held until arrival)",
    "Tolerance, counts and shares: our judgement, to be calibrated on labelled data",
]
exclusions = ["property_agent", "licensed_agent", "savings_circle", "cooperative", "recruiter"]
benign = [
    { en = "A property agent, a notary or a lawyer who holds deposits", fr = "Un agent immobilier, un notaire ou un avocat qui garde des dépôts", es = "Un agente inmobiliario, un notario o un abogado que guarda depósitos" },
    { en = "A market place or a friend of buyer and seller who pays when the goods arrive", fr = "Une place de marché ou un ami commun qui paie à l'arrivée des biens", es = "Un mercado en línea o un amigo común que paga cuando llega la mercancía" },
    { en = "A treasurer who keeps dues and pays bills of the same size", fr = "Un trésorier qui garde des cotisations et règle des factures de même montant", es = "Un tesorero que guarda cuotas y paga facturas del mismo monto" },
]
next_step.en = "Ask what each sum waited for; see who receives the releases and whether the payers have relatives on the move."
next_step.fr = "Demander ce que chaque somme attendait ; voir qui reçoit les remises et si les payeurs ont des proches en route."
next_step.es = "Preguntar qué esperaba cada suma; ver quién recibe las entregas y si los pagadores tienen parientes en camino."
why.en = "{depositors|# payer|# payers} paid in {held}, and {releases|# like sum|# like sums} went to other accounts {least_days} to {most_days} later, {released} in all: {share_in} of all that came in and {share_out} of all that went out"
why.fr = "{depositors|# payeur a confié|# payeurs ont confié} {held}, et {releases|# somme presque égale est partie|# sommes presque égales sont parties} vers d'autres comptes {least_days} à {most_days} plus tard, {released} au total : {share_in} de tout ce qui est entré et {share_out} de tout ce qui est sorti"
why.es = "{depositors|# pagador confió|# pagadores confiaron} {held}, y {releases|# suma casi igual salió|# sumas casi iguales salieron} hacia otras cuentas {least_days} a {most_days} después, {released} en total: {share_in} de todo lo que entró y {share_out} de todo lo que salió"

[roles]
subject = "controller"
senders = "possible_victim"
receivers = "beneficiary"

[facts]
depositors = "count"
deposits = "count"
releases = "count"
held = "money"
released = "money"
least_days = "days"
most_days = "days"
share_in = "percent"
share_out = "percent"

[[indicators]]
label = { en = "Payers whose sum was released", fr = "Payeurs dont la somme a été remise", es = "Pagadores cuya suma se entregó" }
observed = "depositors"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Releases of a like sum", fr = "Remises d'une somme égale", es = "Entregas de una suma igual" }
observed = "releases"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Share of all that came in", fr = "Part de tout ce qui est entré", es = "Parte de todo lo que entró" }
observed = "share_in"
threshold = "least_share"
sense = "at_least"

[[indicators]]
label = { en = "Share of all that went out", fr = "Part de tout ce qui est sorti", es = "Parte de todo lo que salió" }
observed = "share_out"
threshold = "least_share"
sense = "at_least"

[params.window_s]
default = 7776000
unit = "seconds"
least = 604800
most = 31536000
reason = "Ninety days from the first release to the last: a few journeys in one season"

[params.at_least]
default = 5
unit = "count"
least = 2
most = 1000
reason = "Five payers: who keeps money for a friend or two is no escrow"

[params.hold_least_s]
default = 432000
unit = "seconds"
least = 86400
most = 7776000
reason = "Five days: what leaves sooner is passed on, not held"

[params.hold_most_s]
default = 5184000
unit = "seconds"
least = 432000
most = 15552000
reason = "Sixty days: a journey in stages takes weeks; later sums of one size meet by chance"

[params.tolerance]
default = 10
unit = "per_mille"
least = 0
most = 100
reason = "One hundredth more or less: the sum is released as agreed, and the keeper is paid apart"

[params.least_share]
default = 500
unit = "per_mille"
least = 0
most = 1000
reason = "Half of all that came in and half of all that went out: among many payments some are alike by chance"

[params.leg_share]
default = 20
unit = "per_mille"
least = 0
most = 1000
reason = "A fiftieth of the threshold, 100,000 francs in the Sahel: one stage of the road was reported at about 150,000 (The Guardian, 9 November 2015); below are fees, dues and household money"

[params.most_legs]
default = 200
unit = "count"
least = 10
most = 2000
reason = "With more such payments in all, equal sums meet by chance; the account is a trader's"

[bases.typical]
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 3500.00 | S-1          | A-1
2026-03-03 09:10 | 3500.00 | S-2          | A-1
2026-03-05 09:10 | 3500.00 | S-3          | A-1
2026-03-09 09:10 | 2800.00 | S-4          | A-1
2026-03-11 09:10 | 4100.00 | S-5          | A-1
2026-03-20 10:00 | 3500.00 | A-1          | P-1
2026-03-24 10:00 | 3480.00 | A-1          | P-1
2026-04-02 10:00 | 2800.00 | A-1          | P-2
2026-04-06 10:00 | 3500.00 | A-1          | P-1
2026-04-20 10:00 | 4100.00 | A-1          | P-1
"""

[[fires]]
name = "five families pay in, and weeks later as much goes to one man in three parts of one size and two of others"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known"
base = "typical"
dates_only = true
flags = ["A-1"]

[[silent]]
name = "one of the sums leaves a second before five days have passed"
rows = """
occurred_at         | amount  | from_account | to_account
2026-03-02 09:10:00 | 3500.00 | S-1          | A-1
2026-03-03 09:10:00 | 3500.00 | S-2          | A-1
2026-03-05 09:10:00 | 3500.00 | S-3          | A-1
2026-03-09 09:10:00 | 2800.00 | S-4          | A-1
2026-03-11 09:10:00 | 4100.00 | S-5          | A-1
2026-03-20 10:00:00 | 3500.00 | A-1          | P-1
2026-03-24 10:00:00 | 3480.00 | A-1          | P-1
2026-04-02 10:00:00 | 2800.00 | A-1          | P-2
2026-04-06 10:00:00 | 3500.00 | A-1          | P-1
2026-03-16 09:09:59 | 4100.00 | A-1          | P-1
"""

[[silent]]
name = "only dates are known: one of the sums leaves on the fifth day after, which may be less than five days"
base = "typical"
dates_only = true
change.10.occurred_at = "2026-03-16"

[[silent]]
name = "one of the sums leaves exactly sixty days later"
base = "typical"
change.10.occurred_at = "2026-05-10 09:10"

[[silent]]
name = "four payers only: one of them pays twice"
base = "typical"
change.5.from_account = "S-4"

[[silent]]
name = "a savings circle, not registered: those who are paid have paid in before"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 |  500.00 | S-1          | A-1
2026-03-02 09:20 |  500.00 | S-2          | A-1
2026-03-02 09:30 |  500.00 | S-3          | A-1
2026-03-02 09:40 |  500.00 | S-4          | A-1
2026-03-02 09:50 |  500.00 | S-5          | A-1
2026-03-16 10:00 |  500.00 | A-1          | S-1
2026-03-23 10:00 |  500.00 | A-1          | S-2
2026-03-30 10:00 |  500.00 | A-1          | S-3
2026-04-06 10:00 |  500.00 | A-1          | S-4
2026-04-13 10:00 |  500.00 | A-1          | S-5
"""

[[silent]]
name = "a payroll: one employer pays in, five workers are paid"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 1500.00 | E-1          | A-1
2026-03-02 09:20 | 1600.00 | E-1          | A-1
2026-03-02 09:30 | 1700.00 | E-1          | A-1
2026-03-02 09:40 | 1800.00 | E-1          | A-1
2026-03-02 09:50 | 1900.00 | E-1          | A-1
2026-03-20 10:00 | 1500.00 | A-1          | P-1
2026-03-20 10:01 | 1600.00 | A-1          | P-2
2026-03-20 10:02 | 1700.00 | A-1          | P-3
2026-03-20 10:03 | 1800.00 | A-1          | P-4
2026-03-20 10:04 | 1900.00 | A-1          | P-5
"""

[[silent]]
name = "a trader: five sums happen to be alike, but they are less than half of what comes in"
base = "typical"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-12 09:10 | 9000.00 | S-6          | A-1
2026-03-13 09:10 | 9500.00 | S-7          | A-1
"""

[[silent]]
name = "a landlord's agent, unknown as such, who hands rents on within a few days"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 |  700.00 | S-1          | A-1
2026-03-02 10:10 |  750.00 | S-2          | A-1
2026-03-02 11:10 |  800.00 | S-3          | A-1
2026-03-02 12:10 |  850.00 | S-4          | A-1
2026-03-02 13:10 |  900.00 | S-5          | A-1
2026-03-05 10:00 |  700.00 | A-1          | P-1
2026-03-05 10:01 |  750.00 | A-1          | P-1
2026-03-05 10:02 |  800.00 | A-1          | P-1
2026-03-05 10:03 |  850.00 | A-1          | P-1
2026-03-05 10:04 |  900.00 | A-1          | P-1
"""

[[silent]]
name = "a registered property agent holds deposits and releases them to owners"
base = "typical"
tables.segments = """
account | segment        | valid_from | valid_to | source
X|A-1   | property_agent | 2025-01-01 |          | example
"""
---*/
-- A sum counts as held where a like one, in the same currency, certainly left at least five and less than sixty days later, to an
-- account that has never paid this one. Many sums of one size cannot be told apart, so deposits and releases are counted each by
-- themselves and both must be enough. A deposit stands at the moment of its first like release.
-- Strength: 500 where payers and releases just reach their number, 1000 where the fewer of both is twice as many.
with holders as (
    select p.account
    from (
        select to_account as account, count(*) as payers from pairs group by to_account having count(*) >= $at_least
    ) as p
    semi join pairs as o on o.from_account = p.account
),
moves as (
    select account, counterparty, direction, txn, t_s, t_end_s, currency, amount
    from flows
    where account in (select account from holders)
      and counterparty <> account
      and channel <> 'fee'
      and not is_reversal
      and amount * 1000 >= threshold * $leg_share
),
keepers as (
    select account, currency
    from moves
    group by account, currency
    having count(case when direction = 'in' then 1 end) >= $at_least
       and count(case when direction = 'out' then 1 end) >= $at_least
       and count(*) <= $most_legs
),
released as (
    select m.account, m.txn, m.t_s, m.t_end_s, m.currency, m.amount
    from moves as m
    join keepers as k on k.account = m.account and k.currency = m.currency
    anti join pairs as p on p.from_account = m.counterparty and p.to_account = m.account
    where m.direction = 'out'
),
fits as (
    select r.account, r.currency, d.txn as txn_in, r.txn as txn_out, d.t_s as in_s, r.t_s as out_s, r.t_end_s as end_s,
           d.counterparty as payer, d.amount as held, r.amount as paid
    from released as r
    join moves as d
      on d.account = r.account
     and d.currency = r.currency
     and d.direction = 'in'
     and r.t_s - d.t_end_s >= $hold_least_s
     and r.t_end_s - d.t_s < $hold_most_s
     and abs(r.amount - d.amount) * 1000 <= d.amount * $tolerance
),
deposits as (
    select account, currency, txn_in as txn, payer, held, in_s, min(end_s) as moment, min(out_s - in_s) as held_s
    from fits
    group by account, currency, txn_in, payer, held, in_s
),
releases as (
    select account, currency, txn_out as txn, end_s, paid from fits group by account, currency, txn_out, end_s, paid
),
legs as (
    select account, currency, 'in' as side, txn, moment as t_s, held, 0 as paid, in_s, held_s from deposits
    union all
    select account, currency, 'out', txn, end_s, 0, paid, null, null from releases
),
seasons as (
    select account, currency, side, txn, t_s,
           sum(case when side = 'in' then 1 else 0 end) over season as deposits,
           sum(case when side = 'out' then 1 else 0 end) over season as releases,
           sum(held) over season as held,
           sum(paid) over season as released,
           min(in_s) over season as first_s,
           min(held_s) over season as least_s,
           max(held_s) over season as most_s
    from legs
    window season as (
        partition by account, currency order by t_s range between ($window_s - 1) preceding and current row
    )
),
kept as (
    select account, currency, txn, t_s, deposits, releases, held, released, first_s, least_s, most_s
    from seasons
    where side = 'out' and deposits >= $at_least and releases >= $at_least
),
counted as (
    select k.account, k.currency, k.txn, count(distinct d.payer) as depositors
    from kept as k
    join deposits as d
      on d.account = k.account and d.currency = k.currency and d.moment between k.t_s - ($window_s - 1) and k.t_s
    group by k.account, k.currency, k.txn
    having count(distinct d.payer) >= $at_least
),
weighed as (
    select k.account, k.currency, k.txn,
           sum(case when m.direction = 'in' then m.amount else 0 end) as all_in,
           sum(case when m.direction = 'out' then m.amount else 0 end) as all_out
    from kept as k
    join moves as m on m.account = k.account and m.currency = k.currency and m.t_s between k.first_s and k.t_s
    group by k.account, k.currency, k.txn
)
select k.account as subject,
       k.first_s as window_start_s,
       k.t_s as window_end_s,
       least(per_mille(least(c.depositors, k.releases), $at_least) // 2, 1000) as strength,
       k.txn,
       k.t_s,
       k.held as size,
       c.depositors,
       k.deposits,
       k.releases,
       k.held,
       k.released,
       k.least_s // 86400 as least_days,
       k.most_s // 86400 as most_days,
       per_mille(k.held, w.all_in) as share_in,
       per_mille(k.released, w.all_out) as share_out,
       k.currency
from kept as k
join counted as c on c.account = k.account and c.currency = k.currency and c.txn = k.txn
join weighed as w on w.account = k.account and w.currency = k.currency and w.txn = k.txn
where k.held * 1000 >= w.all_in * $least_share
  and k.released * 1000 >= w.all_out * $least_share
