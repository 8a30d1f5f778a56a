/*---
id = "offset-settlement"
title.en = "Cash comes into one account while an account elsewhere that it deals with pays out as much"
title.fr = "Des espèces entrent sur un compte pendant qu'un compte lié, ailleurs, paie autant"
title.es = "Entra efectivo en una cuenta mientras otra vinculada, en otro lugar, paga la misma suma"
family = "narcotics"
tier = "core"
status = "live"
severity = "high"
weight = 6
peaks = "window_s"
sources = [
    "FINTRAC operational alert on underground banking",
    "FinCEN 2025 advisory on Chinese money laundering networks",
    "Repetition, link and sums: our judgement, to be calibrated on labelled data",
]
exclusions = ["bureau_de_change", "licensed_agent", "group_company", "exchange", "licensed_trader"]
benign = [
    { en = "A licensed dealer or remitter who settles with his correspondent", fr = "Un changeur ou un agent agréé qui règle avec son correspondant", es = "Un cambista o agente autorizado que liquida con su corresponsal" },
    { en = "Two branches of one trading family, each with its own takings and suppliers", fr = "Deux branches d'une famille de commerçants, chacune avec ses recettes et ses fournisseurs", es = "Dos ramas de una familia de comerciantes, cada una con su recaudación y sus proveedores" },
]
next_step.en = "See who deposited the cash and who was paid abroad, and ask whether they know each other; look for the day on which the two accounts settle."
next_step.fr = "Voir qui a déposé les espèces et qui a été payé ailleurs, et demander s'ils se connaissent ; chercher le jour où les deux comptes soldent."
next_step.es = "Ver quién depositó el efectivo y a quién se pagó fuera, y preguntar si se conocen; buscar el día en que las dos cuentas saldan."
why.en = "{matches|# cash deposit was|# cash deposits were} within {window_s} met by like payments, within {tolerance}, of {partners|# linked account|# linked accounts} in another country or currency, each within {offset_s}: {cash} in, {paid} out there, {share} of the cash, and no money between them in those days"
why.fr = "{matches|# dépôt d'espèces|# dépôts d'espèces} en {window_s} égalés, à {tolerance} près, par des paiements de {partners|# compte lié|# comptes liés} dans un autre pays ou une autre devise, chacun en {offset_s} : {cash} entrés, {paid} payés là-bas, {share} des espèces, et aucun argent entre eux ces jours-là"
why.es = "{matches|# depósito en efectivo|# depósitos en efectivo} en {window_s} igualados, con {tolerance} de margen, por pagos de {partners|# cuenta vinculada|# cuentas vinculadas} en otro país u otra moneda, cada uno en {offset_s}: {cash} entrados, {paid} pagados allí, el {share} del efectivo, y ningún dinero entre las cuentas esos días"

[roles]
subject = "mule"
senders = "mule"
receivers = "beneficiary"

[facts]
matches = "count"
partners = "count"
cash = "money"
paid = "money"
share = "percent"

[[indicators]]
label = { en = "Deposits met by a like payment elsewhere", fr = "Dépôts égalés par un paiement ailleurs", es = "Depósitos igualados por un pago en otro lugar" }
observed = "matches"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Share of the cash that was met", fr = "Part des espèces ainsi égalée", es = "Parte del efectivo igualada" }
observed = "share"
threshold = "least_share"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 604800
most = 7776000
reason = "Thirty days: accounts that settle by offset do so all month"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 1000
reason = "Three: one sum of the same size is chance, and two can be"

[params.offset_s]
default = 172800
unit = "seconds"
least = 3600
most = 604800
reason = "Two days, in either order: the customer is paid when the cash is counted, or the cash is called for when he was paid"

[params.tolerance]
default = 20
unit = "per_mille"
least = 0
most = 100
reason = "Two hundredths: the dealer's margin and the rate of the day"

[params.least_share]
default = 500
unit = "per_mille"
least = 0
most = 1000
reason = "Half of the cash: where many deposits meet many payments, some are of one size by chance"

[params.leg_share]
default = 50
unit = "per_mille"
least = 1
most = 1000
reason = "A twentieth of the threshold: small sums are alike everywhere"

[params.most_daily]
default = 50
unit = "count"
least = 5
most = 2000
reason = "An account with more payments one way than this on any day meets every sum: a till, a biller or an exchange stands on neither side"

[params.most_partners]
default = 100
unit = "count"
least = 1
most = 5000
reason = "Whoever deals with more accounts than this finds a like payment among them by chance"

[bases.lawful]
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-01-10 09:00 | transfer     |  900.00 | A-1          | B-1        | ES           | CO
2026-03-02 09:10 | cash_deposit | 2400.00 |              | A-1        | ES           | ES
2026-03-02 18:10 | transfer     | 2380.00 | B-1          | P-1        | CO           | CO
2026-03-05 09:10 | cash_deposit | 6100.00 |              | A-1        | ES           | ES
2026-03-09 16:00 | transfer     | 4990.00 | B-1          | P-2        | CO           | CO
2026-03-10 09:10 | cash_deposit | 4900.00 |              | A-1        | ES           | ES
2026-03-15 09:10 | cash_deposit | 7100.00 |              | A-1        | ES           | ES
2026-03-30 09:10 | cash_deposit | 3100.00 |              | A-1        | ES           | ES
2026-03-31 09:00 | transfer     | 3100.00 | B-1          | P-1        | CO           | CO
"""

[[fires]]
name = "three deposits in euros, and each time an account in another country pays as much to somebody"
base = "lawful"
without = [4, 7]
change.8.occurred_at = "2026-03-31 09:10"
change.9.occurred_at = "2026-04-01 09:00"
flags = ["A-1"]

[[fires]]
name = "only dates are known, and the other account is in another currency"
rows = """
occurred_at | channel         | amount  | currency | from_account | to_account
2026-01-10  | transfer        |  900.00 | EUR      | A-1          | B-1
2026-03-02  | cash_deposit    | 2400.00 | EUR      |              | A-1
2026-03-02  | cash_withdrawal | 3000.00 | USD      | B-1          |
2026-03-09  | transfer        | 6200.00 | USD      | B-1          | P-2
2026-03-10  | cash_deposit    | 4900.00 | EUR      |              | A-1
2026-03-28  | cash_deposit    | 3100.00 | EUR      |              | A-1
2026-03-29  | transfer        | 3875.00 | USD      | B-1          | P-1
"""
flags = ["A-1"]

[[silent]]
name = "the third payment differs from the deposit by more than two hundredths"
base = "lawful"
without = [4, 7]
change.9.amount = "3037.99"

[[silent]]
name = "the third payment comes exactly two days after its deposit"
base = "lawful"
without = [4, 7]
change.8.occurred_at = "2026-03-29 09:10"
change.9.occurred_at = "2026-03-31 09:10"

[[silent]]
name = "only dates are known: the third payment is on the second day after"
base = "lawful"
dates_only = true
without = [4, 7]
change.8.occurred_at = "2026-03-28"
change.9.occurred_at = "2026-03-30"

[[silent]]
name = "the two accounts have never dealt with each other: a coincidence of strangers"
base = "lawful"
without = [1, 4, 7]

[[silent]]
name = "the money goes from one account to the other and on: a chain, not an offset"
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | cash_deposit | 2400.00 |              | A-1        | ES           | ES
2026-03-02 10:10 | transfer     | 2390.00 | A-1          | B-1        | ES           | CO
2026-03-02 18:10 | transfer     | 2380.00 | B-1          | P-1        | CO           | CO
2026-03-10 09:10 | cash_deposit | 4900.00 |              | A-1        | ES           | ES
2026-03-10 10:10 | transfer     | 4900.00 | A-1          | B-1        | ES           | CO
2026-03-10 16:00 | transfer     | 4900.00 | B-1          | P-2        | CO           | CO
2026-03-30 09:10 | cash_deposit | 3100.00 |              | A-1        | ES           | ES
2026-03-30 10:10 | transfer     | 3100.00 | A-1          | B-1        | ES           | CO
2026-03-31 09:00 | transfer     | 3100.00 | B-1          | P-1        | CO           | CO
"""

[[silent]]
name = "two traders of one town and one currency"
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-01-10 09:00 | transfer     |  900.00 | A-1          | B-1        | ES           | ES
2026-03-02 09:10 | cash_deposit | 2400.00 |              | A-1        | ES           | ES
2026-03-02 18:10 | transfer     | 2380.00 | B-1          | P-1        | ES           | ES
2026-03-09 16:00 | transfer     | 4990.00 | B-1          | P-2        | ES           | ES
2026-03-10 09:10 | cash_deposit | 4900.00 |              | A-1        | ES           | ES
2026-03-30 09:10 | cash_deposit | 3100.00 |              | A-1        | ES           | ES
2026-03-31 09:00 | transfer     | 3100.00 | B-1          | P-1        | ES           | ES
"""

[[silent]]
name = "a shop that deposits every day: three of its deposits are matched by chance, less than half of the cash"
base = "lawful"

[[silent]]
name = "one of the payments elsewhere undoes another"
rows = """
reference | occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country | reverses
r-1       | 2026-01-10 09:00 | transfer     |  900.00 | A-1          | B-1        | ES           | CO         |
r-2       | 2026-03-02 09:10 | cash_deposit | 2400.00 |              | A-1        | ES           | ES         |
r-3       | 2026-03-02 18:10 | transfer     | 2380.00 | B-1          | P-1        | CO           | CO         | r-9
r-4       | 2026-03-09 16:00 | transfer     | 4990.00 | B-1          | P-2        | CO           | CO         |
r-5       | 2026-03-10 09:10 | cash_deposit | 4900.00 |              | A-1        | ES           | ES         |
r-6       | 2026-03-30 09:10 | cash_deposit | 3100.00 |              | A-1        | ES           | ES         |
r-7       | 2026-03-31 09:00 | transfer     | 3100.00 | B-1          | P-1        | CO           | CO         |
"""

[[silent]]
name = "the same sums only twice"
base = "lawful"
without = [4, 7, 8, 9]

[[silent]]
name = "a registered dealer settles with his branch abroad"
base = "lawful"
without = [4, 7]
change.8.occurred_at = "2026-03-31 09:10"
change.9.occurred_at = "2026-04-01 09:00"
tables.segments = """
account | segment          | valid_from | valid_to | source
X|A-1   | bureau_de_change | 2025-01-01 |          | example
"""
---*/
-- Who stands behind the cash is not in the data. What can be seen is that the account deals with another one, elsewhere, which pays
-- a third party about as much at about the same time, while nothing passes between the two. A deposit is matched with the payment
-- nearest in the total order, and a payment with the nearest deposit; only where each is the other's does a match count.
-- Two days hold for certain: from the earliest to the latest moment of both. A match stands at the deposit.
-- Strength: 500 at the least number of matches, 1000 at twice as many.
with crowded as (
    select distinct account from daily where payments > $most_daily
),
depositors as (
    select account
    from flows
    where direction = 'in' and channel = 'cash_deposit' and not is_reversal and amount_base * 1000 >= threshold_base * $leg_share
      and account not in (select account from crowded)
    group by account
    having count(*) >= $at_least
),
deposits as (
    select account, txn, t_s, t_end_s, currency, home, amount_base
    from flows
    where account in (select account from depositors)
      and direction = 'in'
      and channel = 'cash_deposit'
      and not is_reversal
      and amount_base * 1000 >= threshold_base * $leg_share
),
linked as (
    select from_account as account, to_account as partner from pairs where from_account in (select account from depositors)
    union
    select to_account, from_account from pairs where to_account in (select account from depositors)
),
quiet as (
    select account, partner
    from linked
    where partner not in (select account from crowded)
      and account in (select account from linked group by account having count(*) <= $most_partners)
),
payouts as (
    select account as partner, counterparty, txn, t_s, t_end_s, currency, home, amount_base, t_s // $offset_s as slot
    from flows
    where account in (select partner from quiet)
      and direction = 'out'
      and channel not in ('fee', 'fx')
      and (counterparty is null or counterparty <> account)
      and not is_reversal
      and amount_base * 1000 >= threshold_base * $leg_share
),
nearby as (
    select d.account, d.txn, d.t_s, d.t_end_s, d.currency, d.home, d.amount_base, q.partner,
           d.t_s // $offset_s + s.shift as slot
    from deposits as d
    join quiet as q on q.account = d.account
    cross join (select -1 as shift union all select 0 as shift union all select 1 as shift) as s
),
alike as (
    select n.account, n.partner, n.txn, p.txn as txn_out, n.t_s as in_s, n.t_end_s as in_end_s, p.t_s as out_s,
           p.t_end_s as out_end_s, n.amount_base as cash, p.amount_base as paid
    from nearby as n
    join payouts as p
      on p.partner = n.partner
     and p.slot = n.slot
     and abs(p.amount_base - n.amount_base) * 1000 <= n.amount_base * $tolerance
     and greatest(p.t_end_s, n.t_end_s) - least(p.t_s, n.t_s) < $offset_s
     and (p.currency <> n.currency or coalesce(p.home <> n.home, false))
     and (p.counterparty is null or p.counterparty <> n.account)
),
between_them as (
    select a.txn, a.txn_out
    from alike as a
    join flows as f
      on f.account = a.account
     and f.counterparty = a.partner
     and f.t_s between least(a.in_s, a.out_s) - $offset_s and greatest(a.in_end_s, a.out_end_s) + $offset_s
),
ranked as (
    select a.account, a.partner, a.txn, a.txn_out, a.in_s, a.in_end_s, a.out_s, a.out_end_s, a.cash, a.paid,
           row_number() over (
               partition by a.account, a.txn order by abs(a.txn_out - a.txn), a.txn_out, a.txn
           ) as nth_out,
           row_number() over (
               partition by a.account, a.txn_out order by abs(a.txn_out - a.txn), a.txn
           ) as nth_in
    from alike as a
    anti join between_them as b on b.txn = a.txn and b.txn_out = a.txn_out
),
matches as (
    select account, partner, txn, txn_out, in_s, least(in_s, out_s) as first_s, greatest(in_end_s, out_end_s) as last_s, cash, paid
    from ranked
    where nth_out = 1 and nth_in = 1
),
legs as (
    select account, txn, in_s as t_s from matches
    union all
    select account, txn_out as txn, in_s as t_s from matches
),
months as (
    select account, txn, in_s,
           count(*) over month as matches,
           sum(cash) over month as cash,
           sum(paid) over month as paid,
           min(first_s) over month as first_s,
           max(last_s) over month as last_s
    from matches
    window month as (partition by account order by in_s range between ($window_s - 1) preceding and current row)
),
enough as (
    select account, txn, in_s, matches, cash, paid, first_s, last_s from months where matches >= $at_least
),
weighed as (
    select e.account, e.txn, sum(d.amount_base) as all_cash
    from enough as e
    join deposits as d on d.account = e.account and d.t_s between e.in_s - ($window_s - 1) and e.in_s
    group by e.account, e.txn
),
counted as (
    select e.account, e.txn, count(distinct m.partner) as partners
    from enough as e
    join matches as m on m.account = e.account and m.in_s between e.in_s - ($window_s - 1) and e.in_s
    group by e.account, e.txn
)
select e.account as subject,
       e.first_s as window_start_s,
       e.last_s as window_end_s,
       least(per_mille(e.matches, $at_least) // 2, 1000) as strength,
       e.txn,
       e.in_s as t_s,
       e.cash as size,
       e.matches,
       c.partners,
       e.cash,
       e.paid,
       per_mille(e.cash, w.all_cash) as share
from enough as e
join weighed as w on w.account = e.account and w.txn = e.txn
join counted as c on c.account = e.account and c.txn = e.txn
where e.cash * 1000 >= w.all_cash * $least_share
