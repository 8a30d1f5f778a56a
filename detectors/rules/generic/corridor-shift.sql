/*---
id = "corridor-shift"
title.en = "Most of an account's money suddenly takes another way"
title.fr = "L'essentiel de l'argent d'un compte prend soudain un autre chemin"
title.es = "La mayor parte del dinero de una cuenta toma de pronto otro camino"
family = "generic"
tier = "core"
status = "live"
severity = "medium"
weight = 4
sources = [
    "Our judgement, to be calibrated on labelled data: a new country or a new channel is the change that laundering guidance names without a number",
]
exclusions = ["aid_programme", "licensed_agent", "exchange", "bureau_de_change", "group_company", "state_account"]
peaks = "window_s"
benign = [
    { en = "A trader who finds a supplier in another country", fr = "Un commerçant qui trouve un fournisseur dans un autre pays", es = "Un comerciante que encuentra un proveedor en otro país" },
    { en = "A family member who moves, studies or is treated abroad", fr = "Un parent qui s'installe, étudie ou se soigne à l'étranger", es = "Un familiar que se muda, estudia o se trata en el extranjero" },
    { en = "A bank branch or a mobile service that closes or opens", fr = "Une agence ou un service mobile qui ferme ou ouvre", es = "Una sucursal o un servicio móvil que cierra o abre" },
]
next_step.en = "See who stands at the other end of the new way, and ask what it pays for."
next_step.fr = "Voir qui se trouve au bout du nouveau chemin, et demander ce qu'il paie."
next_step.es = "Ver quién está al final del nuevo camino y preguntar qué paga."
why.en = "{amount} of the {total} moved in {days} went a way that is new ({way}): {share}; in the {history} before it was {before_share} of {before} in {payments|# payment|# payments}"
why.fr = "{amount} sur {total} déplacés en {days} ont pris une voie nouvelle ({way}) : {share} ; dans les {history} précédents c'était {before_share} de {before} en {payments|# opération|# opérations}"
why.es = "{amount} de los {total} movidos en {days} fueron por una vía nueva ({way}): el {share}; en los {history} anteriores era el {before_share} de {before} en {payments|# operación|# operaciones}"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
amount = "money"
total = "money"
days = "days"
way = "way"
share = "percent"
before_share = "percent"
before = "money"
payments = "count"
needed = "money"

[[indicators]]
label = { en = "Share of the new country or channel", fr = "Part du nouveau pays ou canal", es = "Parte del nuevo país o canal" }
observed = "share"
threshold = "least_share"
sense = "at_least"

[[indicators]]
label = { en = "Its share before", fr = "Sa part auparavant", es = "Su parte antes" }
observed = "before_share"
threshold = "most_before"
sense = "at_most"

[[indicators]]
label = { en = "Sum by the new way", fr = "Somme par le nouveau chemin", es = "Suma por el nuevo camino" }
observed = "amount"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 604800
unit = "seconds"
least = 86400
most = 2592000
reason = "A week: long enough for more than one payment, short enough to be a change"

[params.history]
default = 90
unit = "days"
least = 28
most = 730
reason = "Three months of the same account show its ways"

[params.least_share]
default = 500
unit = "per_mille"
least = 100
most = 1000
reason = "Half of the money: the new way has become the main one"

[params.most_before]
default = 50
unit = "per_mille"
least = 0
most = 500
reason = "Less than one part in twenty before: not one of the account's ways"

[params.at_least]
default = 10
unit = "count"
least = 1
most = 10000
reason = "Of fewer than ten earlier payments nobody can say which way is usual"

[params.least_payments]
default = 2
unit = "count"
least = 1
most = 1000
reason = "One payment is a purchase, two by the same new way are a way"

[params.sum_share]
default = 500
unit = "per_mille"
least = 10
most = 100000
reason = "Half the reporting threshold by the new way: below it the change moves little"

[bases.typical]
rows = """
occurred_at | channel  | amount  | from_account | to_account | from_country | to_country
2025-12-01  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2025-12-08  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2025-12-15  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2025-12-22  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2025-12-29  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-01-05  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-01-12  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2026-01-19  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-01-26  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-02-02  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2026-02-09  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-02-16  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-02-23  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2026-03-02  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-03-09  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-03-16  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2026-03-23  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-03-30  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-04-06  | transfer | 3000.00 | A-1          | F-1        | ML           | AE
2026-04-08  | transfer | 3500.00 | A-1          | F-1        | ML           | AE
2026-04-09  | transfer | 3600.00 | A-1          | P-1        | ML           | ML
"""

[[fires]]
name = "two payments to a new country, after three months at home"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "a new channel: cash, where there were only transfers"
base = "typical"
without = [19, 20, 21]
rows = """
occurred_at      | channel         | amount  | from_account | from_country
2026-04-06 09:00 | cash_withdrawal | 3000.00 | A-1          | ML
2026-04-08 10:00 | cash_withdrawal | 3500.00 | A-1          | ML
"""
flags = ["A-1"]

[[silent]]
name = "half less a cent"
base = "typical"
without = [21]
rows = """
occurred_at | channel  | amount  | from_account | to_account | from_country | to_country
2026-04-05  | transfer | 6500.01 | A-1          | P-1        | ML           | ML
"""

[[silent]]
name = "exactly one twentieth went there before"
base = "typical"
rows = """
occurred_at | channel  | amount | from_account | to_account | from_country | to_country
2026-03-28  | transfer | 273.69 | A-1          | F-1        | ML           | AE
"""

[[silent]]
name = "two months of history"
rows = """
occurred_at | channel  | amount  | from_account | to_account | from_country | to_country
2026-02-01  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2026-02-05  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-02-09  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-02-13  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2026-02-17  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-02-21  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-02-25  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2026-03-01  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-03-05  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-03-09  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2026-03-13  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-03-17  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-03-21  | transfer | 400.00  | A-1          | P-0        | ML           | ML
2026-03-25  | transfer | 400.00  | A-1          | P-1        | ML           | ML
2026-03-29  | transfer | 400.00  | A-1          | P-2        | ML           | ML
2026-04-06  | transfer | 3000.00 | A-1          | F-1        | ML           | AE
2026-04-08  | transfer | 3500.00 | A-1          | F-1        | ML           | AE
2026-04-09  | transfer | 3600.00 | A-1          | P-1        | ML           | ML
"""

[[silent]]
name = "one payment to a new country is a purchase"
base = "typical"
without = [20, 21]
change.19.amount = "6500.00"

[[silent]]
name = "the second payment comes on the eighth day"
base = "typical"
without = [21]
change.20.occurred_at = "2026-04-13"
params = { sum_share = 600 }

[[silent]]
name = "people who fled a listed crisis spend where they are"
base = "typical"
tables.calendar = """
country | kind | name | first_day | last_day | source
ML | crisis | displacement | 2026-04-01 | 2026-04-30 | example
"""

[[silent]]
name = "reversed, and from the account to itself"
base = "typical"
without = [20, 21]
change.19.to_account = "A-1"
rows = """
occurred_at | channel  | amount  | from_account | to_account | from_country | to_country | reverses
2026-04-07  | transfer | 3000.00 | A-1          | A-1        | ML           | AE         |
2026-04-08  | transfer | 3000.00 | A-1          | F-1        | ML           | AE         | 0002
2026-04-08  | transfer | 3000.00 | A-1          | F-1        | ML           | AE         | 0003
"""

[[silent]]
name = "a bureau de change, known as such"
base = "typical"
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | bureau_de_change | 2025-01-01 | | example
"""
---*/
-- A way is a foreign country of the other side, or a channel (as the data writes them). Windows are calendar days (UTC).
-- A window in a listed crisis of the account's country is left out altogether: people who flee change country, channel and agent at
-- once, and would be named for that alone. Harvests and holidays do not change a way, so they are no excuse here.
-- Strength: 500 where half of the money, the least sum, just goes the new way, 1000 where all of it does and the sum is twice as large.
with least_needed as (
    select min(threshold_base) * $sum_share as thousandths from flows
),
-- A window opens on the first day before which there is enough of a past, or later.
grown as (
    select account, greatest(first_s, covered_s) // 86400 + $history as from_day
    from accounts
    where last_s // 86400 >= greatest(first_s, covered_s) // 86400 + $history
),
-- Only accounts that can reach the sum in one window, which touches two slots of its own length at most: cheap to find, and few.
weekly as (
    select d.account, d.day // ($window_s // 86400) as slot, sum(d.total_base) as total
    from daily as d
    join grown as g on g.account = d.account and g.from_day <= d.day
    group by d.account, d.day // ($window_s // 86400)
),
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
moves as (
    select account, txn, cast(day as bigint) * 86400 as t_s, day, channel,
           case when country is distinct from home then country end as country, amount_base, threshold_base
    from flows
    where account in (select account from busy)
      and amount_base is not null and threshold_base is not null and not is_reversal
      and counterparty is distinct from account and channel not in ('fee', 'other')
),
-- By kind of way: a row has a channel, or it has a country.
recent as (
    select m.account, m.day // ($window_s // 86400) as slot, m.channel, m.country, sum(m.amount_base) as amount,
           count(*) as payments, min(m.threshold_base) as threshold
    from moves as m
    join grown as g on g.account = m.account and g.from_day <= m.day
    group by m.account, m.day // ($window_s // 86400), m.channel, m.country
),
recent_ways as (
    select account, slot, channel, null as country, amount, payments, threshold from recent
    union all
    select account, slot, null as channel, country, amount, payments, threshold from recent where country is not null
),
-- Only ways that can carry the least sum and count in one window, and the accounts that have one.
carrying as (
    select distinct account, channel, country
    from (
        select account, channel, country, slot, amount, payments, threshold from recent_ways
        union all
        select account, channel, country, slot + 1 as slot, amount, payments, threshold from recent_ways
    ) as slots
    group by account, channel, country, slot
    having sum(payments) >= $least_payments and sum(amount) * 1000 >= min(threshold) * $sum_share
),
move_days as (
    select account, day, channel, country, sum(amount_base) as amount, count(*) as payments, max(txn) as txn,
           max(threshold_base) as threshold
    from moves
    where account in (select account from carrying)
    group by account, day, channel, country
),
account_days as (
    select account, day, cast(day as bigint) * 86400 as day_s, sum(amount) as amount, sum(payments) as payments
    from move_days
    group by account, day
),
way_days as (
    select d.account, c.channel, c.country, d.day, cast(d.day as bigint) * 86400 as day_s, sum(d.amount) as amount,
           sum(d.payments) as payments, max(d.txn) as txn, max(d.threshold) as threshold
    from move_days as d
    join carrying as c on c.account = d.account and (c.channel = d.channel or c.country = d.country)
    group by d.account, c.channel, c.country, d.day
),
by_way as (
    select w.account, coalesce(cast(w.channel as varchar), cast(w.country as varchar)) as way, w.day, w.txn, w.threshold,
           sum(w.amount) over this_week as amount,
           sum(w.payments) over this_week as payments, coalesce(sum(w.amount) over past, 0) as before,
           min(w.day) over this_week as first_day
    from way_days as w
    window this_week as (
               partition by w.account, w.channel, w.country order by w.day_s
               range between ($window_s - 1) preceding and current row
           ),
           past as (
               partition by w.account, w.channel, w.country order by w.day_s
               range between ($window_s + $history * 86400 - 1) preceding and $window_s preceding
           )
),
in_all as (
    select account, day, sum(amount) over this_week as amount,
           coalesce(sum(amount) over past, 0) as before, coalesce(sum(payments) over past, 0) as payments
    from account_days
    window this_week as (partition by account order by day_s range between ($window_s - 1) preceding and current row),
           past as (
               partition by account order by day_s
               range between ($window_s + $history * 86400 - 1) preceding and $window_s preceding
           )
),
shifts as (
    select w.account, w.way, w.day, w.txn, w.threshold, w.amount, w.before as way_before, w.first_day, t.amount as total,
           t.before, t.payments,
           row_number() over (partition by w.account, w.day order by w.amount desc, w.way, w.txn) as nth
    from by_way as w
    join in_all as t on t.account = w.account and t.day = w.day
    join accounts as a on a.account = w.account
    where w.payments >= $least_payments
      and t.payments >= $at_least
      and w.amount * 1000 >= t.amount * $least_share
      and w.before * 1000 < t.before * $most_before
      and w.amount * 1000 >= w.threshold * $sum_share
      and (w.day + 1) * 86400 - $window_s - $history * 86400 >= greatest(a.first_s, a.covered_s) // 86400 * 86400
),
calm as (
    select s.account, s.way, s.day, s.txn, s.threshold, s.amount, s.way_before, s.first_day, s.total, s.before, s.payments
    from shifts as s
    where s.nth = 1
      and not exists (
          select 1 as one
          from calendar as c
          join accounts as a on c.country in (a.country, '*')
          where a.account = s.account and c.kind = 'crisis' and c.first_day <= s.day and c.last_day >= s.first_day
      )
),
legs as (
    select distinct m.account, m.txn, m.t_s
    from moves as m
    join calm as c
      on c.account = m.account and c.way in (cast(m.channel as varchar), cast(m.country as varchar))
     and m.day > c.day - $window_s // 86400 and m.day <= c.day
)
select account as subject,
       txn,
       cast(day as bigint) * 86400 as t_s,
       cast(first_day as bigint) * 86400 as window_start_s,
       cast(day as bigint) * 86400 + 86399 as window_end_s,
       least((per_mille(amount, total) * 500 // $least_share + least(per_mille(amount * 1000, threshold * $sum_share), 2000) // 2) // 2, 1000)
           as strength,
       amount as size,
       amount,
       total,
       day - first_day + 1 as days,
       way,
       per_mille(amount, total) as share,
       per_mille(way_before, before) as before_share,
       before,
       payments,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from calm
