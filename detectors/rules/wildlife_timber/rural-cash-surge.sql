/*---
id = "rural-cash-surge"
title.en = "Cash in a rural, forest or mining place surges, and one account moves much of it"
title.fr = "Les espèces d'un lieu rural, forestier ou minier bondissent, et un compte en déplace une grande part"
title.es = "El efectivo de un lugar rural, forestal o minero se dispara y una cuenta mueve buena parte"
family = "wildlife_timber"
tier = "enriched"
status = "live"
severity = "low"
weight = 4
sources = [
    "FATF 2021, Money Laundering from Environmental Crime (cash in rural and extraction areas)",
    "NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.6: median absolute deviation; the factor 1.4826 makes it comparable to a standard deviation",
    "Share of the account, the sum and the calendar: our judgement, to be calibrated on labelled data",
]
needs = ["place"]
tables = ["places"]
exclusions = ["aid_programme", "licensed_agent", "payroll", "cooperative", "state_account"]
benign = [
    { en = "A harvest or a market that brings cash once a year", fr = "Une récolte ou un marché qui apporte des espèces une fois par an", es = "Una cosecha o un mercado que trae efectivo una vez al año" },
    { en = "A licensed buyer of crops, wood or gold", fr = "Un acheteur agréé de récoltes, de bois ou d'or", es = "Un comprador autorizado de cosechas, madera u oro" },
    { en = "A branch that opened or another that closed nearby", fr = "Une agence qui a ouvert ou une autre qui a fermé à proximité", es = "Una sucursal que abrió u otra que cerró cerca" },
]
next_step.en = "Use it first for the picture of the place; then ask what the account buys there with the cash."
next_step.fr = "S'en servir d'abord pour l'image du lieu ; demander ensuite ce que le compte y achète avec ces espèces."
next_step.es = "Usarlo primero para la imagen del lugar; preguntar después qué compra allí la cuenta con ese efectivo."
why.en = "{total} of cash in {place} in {days}; the usual sum of {window_s} in the {history_s} before was {usual}: the cash lies {z} times the usual spread above that; one account moved {own} of it ({share}) in {payments|# payment|# payments}"
why.fr = "{total} d'espèces à {place} en {days} ; dans les {history_s} précédents, la somme habituelle de {window_s} était de {usual} : on la dépasse de {z} fois la dispersion habituelle ; un compte en a déplacé {own} ({share}) en {payments|# opération|# opérations}"
why.es = "{total} de efectivo en {place} en {days}; en los {history_s} anteriores, la suma habitual de {window_s} fue de {usual}: se supera en {z} veces la dispersión habitual; una cuenta movió {own} ({share}) en {payments|# operación|# operaciones}"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
place = "text"
total = "money"
days = "days"
usual = "money"
z = "ratio"
own = "money"
share = "percent"
payments = "count"
needed = "money"

[[indicators]]
label = { en = "Distance from the usual sum, in spreads", fr = "Écart à la somme habituelle, en dispersions", es = "Distancia de la suma habitual, en dispersiones" }
observed = "z"
threshold = "least_z"
sense = "at_least"

[[indicators]]
label = { en = "Share of one account", fr = "Part d'un compte", es = "Parte de una cuenta" }
observed = "share"
threshold = "least_share"
sense = "at_least"

[[indicators]]
label = { en = "Sum of this account", fr = "Somme de ce compte", es = "Suma de esta cuenta" }
observed = "own"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 604800
unit = "seconds"
least = 86400
most = 2592000
reason = "A week, so that market days even out"

[params.history_s]
default = 7257600
unit = "seconds"
least = 1209600
most = 31536000
reason = "Twelve whole weeks before it: a season"

[params.least_z]
default = 3.0
unit = "ratio"
least = 1.0
most = 100.0
reason = "Three robust standard deviations, as in the list of indicators"

[params.factor]
default = 2000
unit = "per_mille"
least = 1000
most = 100000
reason = "And at least twice the average week: a place that has had such a week lately is not changed"

[params.least_share]
default = 200
unit = "per_mille"
least = 10
most = 1000
reason = "A fifth of the place's cash: where many share it, the place has changed and no account stands for it"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 10
most = 100000
reason = "The reporting threshold for the one account"

[params.calendar_factor]
default = 2
unit = "count"
least = 1
most = 100
reason = "In a listed harvest, holiday or crisis of the place's country twice as much is needed: an event explains more cash, not any sum, and a list that is public must not be a hiding place"

[bases.typical]
rows = """
occurred_at      | channel         | amount  | from_account | to_account | place
2026-01-05 10:00 | cash_deposit    | 800.00  |              | T-0        | Kenieba
2026-01-07 10:00 | cash_withdrawal | 840.00  | T-2          |            | Kenieba
2026-01-12 10:00 | cash_deposit    | 820.00  |              | T-0        | Kenieba
2026-01-14 10:00 | cash_withdrawal | 860.00  | T-2          |            | Kenieba
2026-01-19 10:00 | cash_deposit    | 840.00  |              | T-0        | Kenieba
2026-01-21 10:00 | cash_withdrawal | 800.00  | T-2          |            | Kenieba
2026-01-26 10:00 | cash_deposit    | 860.00  |              | T-0        | Kenieba
2026-01-28 10:00 | cash_withdrawal | 820.00  | T-2          |            | Kenieba
2026-02-02 10:00 | cash_deposit    | 800.00  |              | T-0        | Kenieba
2026-02-04 10:00 | cash_withdrawal | 840.00  | T-2          |            | Kenieba
2026-02-09 10:00 | cash_deposit    | 820.00  |              | T-0        | Kenieba
2026-02-11 10:00 | cash_withdrawal | 860.00  | T-2          |            | Kenieba
2026-02-16 10:00 | cash_deposit    | 840.00  |              | T-0        | Kenieba
2026-02-18 10:00 | cash_withdrawal | 800.00  | T-2          |            | Kenieba
2026-02-23 10:00 | cash_deposit    | 860.00  |              | T-0        | Kenieba
2026-02-25 10:00 | cash_withdrawal | 820.00  | T-2          |            | Kenieba
2026-03-02 10:00 | cash_deposit    | 800.00  |              | T-0        | Kenieba
2026-03-04 10:00 | cash_withdrawal | 840.00  | T-2          |            | Kenieba
2026-03-09 10:00 | cash_deposit    | 820.00  |              | T-0        | Kenieba
2026-03-11 10:00 | cash_withdrawal | 860.00  | T-2          |            | Kenieba
2026-03-16 10:00 | cash_deposit    | 840.00  |              | T-0        | Kenieba
2026-03-18 10:00 | cash_withdrawal | 800.00  | T-2          |            | Kenieba
2026-03-23 10:00 | cash_deposit    | 860.00  |              | T-0        | Kenieba
2026-03-25 10:00 | cash_withdrawal | 820.00  | T-2          |            | Kenieba
2026-03-30 10:00 | cash_deposit    | 800.00  |              | T-0        | Kenieba
2026-04-01 10:00 | cash_withdrawal | 840.00  | T-2          |            | Kenieba
2026-04-06 10:00 | cash_withdrawal | 7000.00 | A-1          |            | Kenieba
2026-04-08 10:00 | cash_withdrawal | 6000.00 | A-1          |            | Kenieba
"""
tables.places = """
place | country | kind | source
Kéniéba | ML | mining | example
Bamako | ML | border | example
"""

[[fires]]
name = "thirteen quiet weeks, then one buyer withdraws eight times as much"
base = "typical"
dates_only = true
flags = ["A-1"]

[[fires]]
name = "with times of day"
base = "typical"
flags = ["A-1"]

[[silent]]
name = "one cent below the threshold"
base = "typical"
dates_only = true
change.28.amount = "2999.99"

[[silent]]
name = "the surge is shared by ten accounts"
base = "typical"
dates_only = true
without = [27, 28]
rows = """
occurred_at | channel         | amount   | from_account | place
2026-04-06  | cash_withdrawal | 10100.00 | N-0          | Kenieba
2026-04-06  | cash_withdrawal | 10100.00 | N-1          | Kenieba
2026-04-06  | cash_withdrawal | 10100.00 | N-2          | Kenieba
2026-04-06  | cash_withdrawal | 10100.00 | N-3          | Kenieba
2026-04-06  | cash_withdrawal | 10100.00 | N-4          | Kenieba
2026-04-06  | cash_withdrawal | 10100.00 | N-5          | Kenieba
2026-04-06  | cash_withdrawal | 10100.00 | N-6          | Kenieba
2026-04-06  | cash_withdrawal | 10100.00 | N-7          | Kenieba
2026-04-06  | cash_withdrawal | 10100.00 | N-8          | Kenieba
2026-04-06  | cash_withdrawal | 10100.00 | N-9          | Kenieba
"""

[[silent]]
name = "the second withdrawal comes on the eighth day"
base = "typical"
dates_only = true
change.28.occurred_at = "2026-04-13"

[[silent]]
name = "a place that no list names"
rows = """
occurred_at | channel         | amount  | from_account | to_account | place
2026-01-05  | cash_deposit    | 800.00  |              | T-0        | Kayes
2026-01-07  | cash_withdrawal | 840.00  | T-2          |            | Kayes
2026-01-12  | cash_deposit    | 820.00  |              | T-0        | Kayes
2026-01-14  | cash_withdrawal | 860.00  | T-2          |            | Kayes
2026-01-19  | cash_deposit    | 840.00  |              | T-0        | Kayes
2026-01-21  | cash_withdrawal | 800.00  | T-2          |            | Kayes
2026-01-26  | cash_deposit    | 860.00  |              | T-0        | Kayes
2026-01-28  | cash_withdrawal | 820.00  | T-2          |            | Kayes
2026-02-02  | cash_deposit    | 800.00  |              | T-0        | Kayes
2026-02-04  | cash_withdrawal | 840.00  | T-2          |            | Kayes
2026-02-09  | cash_deposit    | 820.00  |              | T-0        | Kayes
2026-02-11  | cash_withdrawal | 860.00  | T-2          |            | Kayes
2026-02-16  | cash_deposit    | 840.00  |              | T-0        | Kayes
2026-02-18  | cash_withdrawal | 800.00  | T-2          |            | Kayes
2026-02-23  | cash_deposit    | 860.00  |              | T-0        | Kayes
2026-02-25  | cash_withdrawal | 820.00  | T-2          |            | Kayes
2026-03-02  | cash_deposit    | 800.00  |              | T-0        | Kayes
2026-03-04  | cash_withdrawal | 840.00  | T-2          |            | Kayes
2026-03-09  | cash_deposit    | 820.00  |              | T-0        | Kayes
2026-03-11  | cash_withdrawal | 860.00  | T-2          |            | Kayes
2026-03-16  | cash_deposit    | 840.00  |              | T-0        | Kayes
2026-03-18  | cash_withdrawal | 800.00  | T-2          |            | Kayes
2026-03-23  | cash_deposit    | 860.00  |              | T-0        | Kayes
2026-03-25  | cash_withdrawal | 820.00  | T-2          |            | Kayes
2026-03-30  | cash_deposit    | 800.00  |              | T-0        | Kayes
2026-04-01  | cash_withdrawal | 840.00  | T-2          |            | Kayes
2026-04-06  | cash_withdrawal | 7000.00 | A-1          |            | Kayes
2026-04-08  | cash_withdrawal | 6000.00 | A-1          |            | Kayes
"""
tables.places = """
place | country | kind | source
Kéniéba | ML | mining | example
Bamako | ML | border | example
"""

[[silent]]
name = "a town that is listed as something else"
rows = """
occurred_at | channel         | amount  | from_account | to_account | place
2026-01-05  | cash_deposit    | 800.00  |              | T-0        | Bamako
2026-01-07  | cash_withdrawal | 840.00  | T-2          |            | Bamako
2026-01-12  | cash_deposit    | 820.00  |              | T-0        | Bamako
2026-01-14  | cash_withdrawal | 860.00  | T-2          |            | Bamako
2026-01-19  | cash_deposit    | 840.00  |              | T-0        | Bamako
2026-01-21  | cash_withdrawal | 800.00  | T-2          |            | Bamako
2026-01-26  | cash_deposit    | 860.00  |              | T-0        | Bamako
2026-01-28  | cash_withdrawal | 820.00  | T-2          |            | Bamako
2026-02-02  | cash_deposit    | 800.00  |              | T-0        | Bamako
2026-02-04  | cash_withdrawal | 840.00  | T-2          |            | Bamako
2026-02-09  | cash_deposit    | 820.00  |              | T-0        | Bamako
2026-02-11  | cash_withdrawal | 860.00  | T-2          |            | Bamako
2026-02-16  | cash_deposit    | 840.00  |              | T-0        | Bamako
2026-02-18  | cash_withdrawal | 800.00  | T-2          |            | Bamako
2026-02-23  | cash_deposit    | 860.00  |              | T-0        | Bamako
2026-02-25  | cash_withdrawal | 820.00  | T-2          |            | Bamako
2026-03-02  | cash_deposit    | 800.00  |              | T-0        | Bamako
2026-03-04  | cash_withdrawal | 840.00  | T-2          |            | Bamako
2026-03-09  | cash_deposit    | 820.00  |              | T-0        | Bamako
2026-03-11  | cash_withdrawal | 860.00  | T-2          |            | Bamako
2026-03-16  | cash_deposit    | 840.00  |              | T-0        | Bamako
2026-03-18  | cash_withdrawal | 800.00  | T-2          |            | Bamako
2026-03-23  | cash_deposit    | 860.00  |              | T-0        | Bamako
2026-03-25  | cash_withdrawal | 820.00  | T-2          |            | Bamako
2026-03-30  | cash_deposit    | 800.00  |              | T-0        | Bamako
2026-04-01  | cash_withdrawal | 840.00  | T-2          |            | Bamako
2026-04-06  | cash_withdrawal | 7000.00 | A-1          |            | Bamako
2026-04-08  | cash_withdrawal | 6000.00 | A-1          |            | Bamako
"""
tables.places = """
place | country | kind | source
Kéniéba | ML | mining | example
Bamako | ML | border | example
"""

[[silent]]
name = "the place has data for two months only"
rows = """
occurred_at | channel         | amount  | from_account | to_account | place
2026-02-09  | cash_deposit    | 800.00  |              | T-0        | Kenieba
2026-02-11  | cash_withdrawal | 840.00  | T-2          |            | Kenieba
2026-02-16  | cash_deposit    | 820.00  |              | T-0        | Kenieba
2026-02-18  | cash_withdrawal | 860.00  | T-2          |            | Kenieba
2026-02-23  | cash_deposit    | 840.00  |              | T-0        | Kenieba
2026-02-25  | cash_withdrawal | 800.00  | T-2          |            | Kenieba
2026-03-02  | cash_deposit    | 860.00  |              | T-0        | Kenieba
2026-03-04  | cash_withdrawal | 820.00  | T-2          |            | Kenieba
2026-03-09  | cash_deposit    | 800.00  |              | T-0        | Kenieba
2026-03-11  | cash_withdrawal | 840.00  | T-2          |            | Kenieba
2026-03-16  | cash_deposit    | 820.00  |              | T-0        | Kenieba
2026-03-18  | cash_withdrawal | 860.00  | T-2          |            | Kenieba
2026-03-23  | cash_deposit    | 840.00  |              | T-0        | Kenieba
2026-03-25  | cash_withdrawal | 800.00  | T-2          |            | Kenieba
2026-03-30  | cash_deposit    | 860.00  |              | T-0        | Kenieba
2026-04-01  | cash_withdrawal | 820.00  | T-2          |            | Kenieba
2026-04-06  | cash_withdrawal | 7000.00 | A-1          |            | Kenieba
2026-04-08  | cash_withdrawal | 6000.00 | A-1          |            | Kenieba
"""
tables.places = """
place | country | kind | source
Kéniéba | ML | mining | example
Bamako | ML | border | example
"""

[[silent]]
name = "in a listed harvest it takes twice as much"
base = "typical"
dates_only = true
tables.calendar = """
country | kind    | name   | first_day  | last_day   | source
ML      | harvest | cotton | 2025-01-01 | 2026-12-31 | example
"""

[[silent]]
name = "transfers are no cash"
rows = """
occurred_at | channel  | amount  | from_account | to_account | place
2026-01-05  | transfer | 800.00  | Z-1          | T-0        | Kenieba
2026-01-07  | transfer | 840.00  | T-2          | Z-2        | Kenieba
2026-01-12  | transfer | 820.00  | Z-1          | T-0        | Kenieba
2026-01-14  | transfer | 860.00  | T-2          | Z-2        | Kenieba
2026-01-19  | transfer | 840.00  | Z-1          | T-0        | Kenieba
2026-01-21  | transfer | 800.00  | T-2          | Z-2        | Kenieba
2026-01-26  | transfer | 860.00  | Z-1          | T-0        | Kenieba
2026-01-28  | transfer | 820.00  | T-2          | Z-2        | Kenieba
2026-02-02  | transfer | 800.00  | Z-1          | T-0        | Kenieba
2026-02-04  | transfer | 840.00  | T-2          | Z-2        | Kenieba
2026-02-09  | transfer | 820.00  | Z-1          | T-0        | Kenieba
2026-02-11  | transfer | 860.00  | T-2          | Z-2        | Kenieba
2026-02-16  | transfer | 840.00  | Z-1          | T-0        | Kenieba
2026-02-18  | transfer | 800.00  | T-2          | Z-2        | Kenieba
2026-02-23  | transfer | 860.00  | Z-1          | T-0        | Kenieba
2026-02-25  | transfer | 820.00  | T-2          | Z-2        | Kenieba
2026-03-02  | transfer | 800.00  | Z-1          | T-0        | Kenieba
2026-03-04  | transfer | 840.00  | T-2          | Z-2        | Kenieba
2026-03-09  | transfer | 820.00  | Z-1          | T-0        | Kenieba
2026-03-11  | transfer | 860.00  | T-2          | Z-2        | Kenieba
2026-03-16  | transfer | 840.00  | Z-1          | T-0        | Kenieba
2026-03-18  | transfer | 800.00  | T-2          | Z-2        | Kenieba
2026-03-23  | transfer | 860.00  | Z-1          | T-0        | Kenieba
2026-03-25  | transfer | 820.00  | T-2          | Z-2        | Kenieba
2026-03-30  | transfer | 800.00  | Z-1          | T-0        | Kenieba
2026-04-01  | transfer | 840.00  | T-2          | Z-2        | Kenieba
2026-04-06  | transfer | 7000.00 | A-1          | Z-2        | Kenieba
2026-04-08  | transfer | 6000.00 | A-1          | Z-2        | Kenieba
"""
tables.places = """
place | country | kind | source
Kéniéba | ML | mining | example
Bamako | ML | border | example
"""

[[silent]]
name = "undone withdrawals do not count"
base = "typical"
dates_only = true
change.27.reverses = "0001"
change.28.reverses = "0002"

[[silent]]
name = "a cooperative that buys the crop, known as such"
base = "typical"
dates_only = true
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | cooperative | 2025-01-01 | | example
"""
---*/
-- Places of the kinds rural, forest and mining. Weeks are calendar days (UTC). The subject is the account that moved most of the cash;
-- only its own payments are evidence, so that nobody else is named for living there. The median is the upper one, empty weeks count as
-- zero, and the spread is at least a tenth of the median. Of windows of one place that overlap, the strongest stands.
-- Strength: 500 where the distance just reaches what is asked, 1000 where it is twice as large.
with zones as (
    select place, min(country) as country from places where kind in ('rural', 'forest', 'mining') group by place
),
cash as (
    select f.account, t.place, f.txn, f.day, f.amount_base, f.threshold_base
    from transactions as t
    join zones as z on z.place = t.place
    join flows as f on f.txn = t.txn
    where t.channel in ('cash_deposit', 'cash_withdrawal')
      and f.amount_base is not null and f.threshold_base is not null and not f.is_reversal
),
days as (
    select place, day, cast(day as bigint) * 86400 as day_s, sum(amount_base) as total from cash group by place, day
),
spans as (
    select place, day, sum(total) over this_week as total, coalesce(sum(total) over past, 0) as past,
           min(day) over so_far as since
    from days
    window this_week as (partition by place order by day_s range between ($window_s - 1) preceding and current row),
           past as (
               partition by place order by day_s
               range between ($history_s + $window_s - 1) preceding and $window_s preceding
           ),
           so_far as (partition by place order by day_s range between unbounded preceding and current row)
),
weeks as (
    select place, day, total, past
    from spans
    where past > 0
      and total * ($history_s // $window_s) * 1000 >= past * $factor
      and since <= day + 1 - ($window_s + $history_s) // 86400
),
filled as (
    select w.place, w.day, sum(d.total) as total, 1 as weeks
    from weeks as w
    join days as d
      on d.place = w.place
     and d.day between w.day + 1 - ($window_s + $history_s) // 86400 and w.day - $window_s // 86400
    group by w.place, w.day, (w.day - $window_s // 86400 - d.day) // ($window_s // 86400)
),
before as (
    select place, day, total, weeks from filled
    union all
    select place, day, 0 as total, $history_s // $window_s - count(*) as weeks from filled group by place, day
),
in_order as (
    select place, day, total, weeks, sum(weeks) over (partition by place, day order by total) as upto from before
),
medians as (
    select place, day, min(case when upto >= $history_s // $window_s // 2 + 1 then total end) as usual
    from in_order
    group by place, day
),
apart as (
    select b.place, b.day, m.usual, abs(b.total - m.usual) as off,
           sum(b.weeks) over (partition by b.place, b.day order by abs(b.total - m.usual)) as upto
    from before as b
    join medians as m on m.place = b.place and m.day = b.day
    where m.usual > 0
),
spreads as (
    select place, day, usual, greatest(min(case when upto >= $history_s // $window_s // 2 + 1 then off end), usual * 0.1) as spread
    from apart
    group by place, day, usual
),
surges as (
    select w.place, w.day, w.total, s.usual, per_mille((w.total - s.usual) * 10000, s.spread * 14826) as z
    from weeks as w
    join spreads as s on s.place = w.place and s.day = w.day
    where per_mille((w.total - s.usual) * 10000, s.spread * 14826) >= $least_z * 1000
),
parts as (
    select s.place, s.day, s.total, s.usual, s.z, c.account, sum(c.amount_base) as own, count(*) as payments,
           max(c.threshold_base) as threshold, min(c.day) as first_day, max(c.txn) as txn
    from surges as s
    join cash as c on c.place = s.place and c.day > s.day - $window_s // 86400 and c.day <= s.day
    group by s.place, s.day, s.total, s.usual, s.z, c.account
),
largest as (
    select place, day, total, usual, z, account, own, payments, threshold, first_day, txn,
           row_number() over (partition by place, day order by own desc, account) as nth
    from parts
),
explained as (
    select distinct l.place, l.day
    from largest as l
    join zones as z on z.place = l.place
    join calendar as c
      on c.country in (z.country, '*') and c.kind in ('harvest', 'holiday', 'crisis')
     and c.first_day <= l.day and c.last_day > l.day - $window_s // 86400
),
judged as (
    select l.place, l.day, cast(l.day as bigint) * 86400 as day_s, l.total, l.usual, l.z, l.account, l.own, l.payments, l.first_day, l.txn,
           l.threshold * $sum_share * case when e.day is null then 1 else $calendar_factor end as needed_thousandths
    from largest as l
    left join explained as e on e.place = l.place and e.day = l.day
    where l.nth = 1
),
standing as (
    select place, day, day_s, total, usual, z, account, own, payments, first_day, needed_thousandths,
           row_number() over (partition by place order by z desc, own desc, txn) as nth
    from judged
    where own * 1000 >= needed_thousandths and own * 1000 >= total * $least_share
),
nearby as (
    select place, day, total, usual, z, account, own, payments, first_day, needed_thousandths, nth,
           min(nth) over (
               partition by place order by day_s range between ($window_s - 1) preceding and ($window_s - 1) following
           ) as best
    from standing
)
select n.account as subject,
       cast(n.first_day as bigint) * 86400 as window_start_s,
       cast(n.day as bigint) * 86400 + 86399 as window_end_s,
       cast(least(per_mille(n.z, $least_z * 1000) // 2, 1000) as bigint) as strength,
       sorted_list(c.txn) as evidence,
       n.place,
       n.total,
       n.day - n.first_day + 1 as days,
       n.usual,
       n.z,
       n.own,
       per_mille(n.own, n.total) as share,
       n.payments,
       cast(n.needed_thousandths * 0.001 as decimal(24, 4)) as needed
from nearby as n
join cash as c on c.account = n.account and c.place = n.place and c.day > n.day - $window_s // 86400 and c.day <= n.day
where n.nth = n.best
group by n.account, n.place, n.day, n.total, n.first_day, n.usual, n.z, n.own, n.payments, n.needed_thousandths
