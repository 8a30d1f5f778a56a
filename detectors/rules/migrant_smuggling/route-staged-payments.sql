/*---
id = "route-staged-payments"
title.en = "One account pays new people in one country after another of a route"
title.fr = "Un compte paie de nouvelles personnes dans un pays après l'autre d'une route"
title.es = "Una cuenta paga a personas nuevas en un país tras otro de una ruta"
family = "migrant_smuggling"
tier = "core"
status = "live"
severity = "medium"
weight = 6
sources = [
    "FATF 2022, Money Laundering and Terrorist Financing Risks Arising from Migrant Smuggling (payment in stages along the journey)",
    "Number of countries, window and new payees: our judgement, to be calibrated on labelled data",
]
tables = ["corridors"]
exclusions = ["licensed_agent", "exchange", "bureau_de_change", "aid_programme", "payroll", "group_company", "licensed_trader"]
peaks = "window_s"
benign = [
    { en = "A family with relatives in several countries of the route", fr = "Une famille qui a des parents dans plusieurs pays de la route", es = "Una familia con parientes en varios países de la ruta" },
    { en = "A driver, a trader or an aid worker who travels along it", fr = "Un chauffeur, un commerçant ou un humanitaire qui la parcourt", es = "Un conductor, un comerciante o un cooperante que la recorre" },
]
next_step.en = "The payer is as a rule family of someone on the way, and may be paying under threat: look at the payees and who else pays them."
next_step.fr = "Le payeur est en général la famille d'une personne en chemin, et paie peut-être sous la menace : regarder les bénéficiaires et qui d'autre les paie."
next_step.es = "El pagador suele ser familia de alguien en camino y quizá paga bajo amenaza: mirar a los beneficiarios y quién más les paga."
why.en = "New payees in {first_country}, then {second_country}, then {third_country}, on successive legs of a listed route, within {days}: {payments|# first payment|# first payments} along it, {total} in all; the account's data begins {history} before"
why.fr = "De nouveaux bénéficiaires dans trois pays ({first_country}, puis {second_country}, puis {third_country}), étapes successives d'une route listée, en {days} : {payments|# premier paiement|# premiers paiements} le long de celle-ci, {total} au total ; les données du compte commencent {history} avant"
why.es = "Nuevos beneficiarios en {first_country}, luego {second_country}, luego {third_country}, etapas sucesivas de una ruta listada, en {days}: {payments|# primer pago|# primeros pagos} a lo largo de ella, {total} en total; los datos de la cuenta comienzan {history} antes"

[roles]
subject = "payer"
senders = "payer"
receivers = "beneficiary"

[facts]
first_country = "way"
second_country = "way"
third_country = "way"
days = "days"
payments = "count"
total = "money"
history = "days"
needed = "money"

[[indicators]]
label = { en = "Sum paid along the route", fr = "Somme payée le long de la route", es = "Suma pagada a lo largo de la ruta" }
observed = "total"
threshold = "needed"
sense = "at_least"

[[indicators]]
label = { en = "Days from the first to the last", fr = "Jours du premier au dernier", es = "Días del primero al último" }
observed = "days"
threshold = "window_s"
sense = "at_most"

[params.window_s]
default = 5184000
unit = "seconds"
least = 604800
most = 31536000
reason = "Sixty days, as in the list of indicators: journeys take weeks and stop for money"

[params.history_s]
default = 2592000
unit = "seconds"
least = 0
most = 31536000
reason = "A month of data before the first payment, or everybody would be new"

[params.at_most]
default = 30
unit = "count"
least = 3
most = 1000
reason = "An account with more than thirty new payees in countries of one route trades along it, and is passed over; this also bounds the work"

[params.sum_share]
default = 50
unit = "per_mille"
least = 1
most = 100000
reason = "A twentieth of the reporting threshold: below it are presents"

[bases.typical]
rows = """
occurred_at | channel    | amount | from_account | to_account | from_country | to_country
2026-01-05  | transfer   | 40.00  | A-1          | S-1        | FR           | FR
2026-03-02  | remittance | 400.00 | A-1          | N-1        | FR           | NE
2026-03-16  | remittance | 500.00 | A-1          | D-1        | FR           | DZ
2026-04-06  | remittance | 900.00 | A-1          | L-1        | FR           | LY
"""
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
smuggling_route | sahel | 1 | ML | NE | 2020-01-01 | | example
smuggling_route | sahel | 2 | NE | DZ | 2020-01-01 | | example
smuggling_route | sahel | 3 | DZ | LY | 2020-01-01 | | example
smuggling_route | sahel | 4 | LY | IT | 2020-01-01 | | example
"""

[[fires]]
name = "three successive countries in five weeks"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "with times of day"
base = "typical"
change.2.occurred_at = "2026-03-02 10:00"
change.3.occurred_at = "2026-03-16 10:00"
change.4.occurred_at = "2026-04-06 10:00"
flags = ["A-1"]

[[silent]]
name = "the last payment comes on the sixty-first day"
base = "typical"
change.4.occurred_at = "2026-05-01"

[[silent]]
name = "the countries come in the other order"
base = "typical"
change.2.occurred_at = "2026-04-06"
change.4.occurred_at = "2026-03-02"

[[silent]]
name = "one country of the route is left out"
rows = """
occurred_at | channel    | amount | from_account | to_account | from_country | to_country
2026-01-05  | transfer   | 40.00  | A-1          | S-1        | FR           | FR
2026-03-02  | remittance | 400.00 | A-1          | N-1        | FR           | NE
2026-03-16  | remittance | 500.00 | A-1          | L-1        | FR           | LY
2026-04-06  | remittance | 900.00 | A-1          | I-1        | FR           | IT
"""
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
smuggling_route | sahel | 1 | ML | NE | 2020-01-01 | | example
smuggling_route | sahel | 2 | NE | DZ | 2020-01-01 | | example
smuggling_route | sahel | 3 | DZ | LY | 2020-01-01 | | example
smuggling_route | sahel | 4 | LY | IT | 2020-01-01 | | example
"""

[[silent]]
name = "the payee in the second country was paid before"
rows = """
occurred_at | channel    | amount | from_account | to_account | from_country | to_country
2026-01-02  | remittance | 50.00  | A-1          | D-1        | FR           | DZ
2026-01-05  | transfer   | 40.00  | A-1          | S-1        | FR           | FR
2026-03-02  | remittance | 400.00 | A-1          | N-1        | FR           | NE
2026-03-16  | remittance | 500.00 | A-1          | D-1        | FR           | DZ
2026-04-06  | remittance | 900.00 | A-1          | L-1        | FR           | LY
"""
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
smuggling_route | sahel | 1 | ML | NE | 2020-01-01 | | example
smuggling_route | sahel | 2 | NE | DZ | 2020-01-01 | | example
smuggling_route | sahel | 3 | DZ | LY | 2020-01-01 | | example
smuggling_route | sahel | 4 | LY | IT | 2020-01-01 | | example
"""

[[silent]]
name = "the data begins two weeks before, so everybody is new"
base = "typical"
change.1.occurred_at = "2026-02-16"

[[silent]]
name = "presents: less than a twentieth of the threshold in all"
base = "typical"
change.2.amount = "160.00"
change.3.amount = "160.00"
change.4.amount = "160.00"

[[silent]]
name = "a payment that was undone is no payment"
base = "typical"
change.4.reverses = "0001"

[[silent]]
name = "a licensed agent, known as such"
base = "typical"
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | licensed_agent | 2025-01-01 | | example
"""

[[silent]]
name = "a company that pays suppliers along the road"
rows = """
occurred_at | channel    | amount | from_account | to_account | from_country | to_country | from_kind
2026-01-05  | transfer   | 40.00  | A-1          | S-1        | FR           | FR         | business
2026-03-02  | remittance | 400.00 | A-1          | N-1        | FR           | NE         | business
2026-03-16  | remittance | 500.00 | A-1          | D-1        | FR           | DZ         | business
2026-04-06  | remittance | 900.00 | A-1          | L-1        | FR           | LY         | business
"""
tables.corridors = """
kind | route | step | from_country | to_country | valid_from | valid_to | source
smuggling_route | sahel | 1 | ML | NE | 2020-01-01 | | example
smuggling_route | sahel | 2 | NE | DZ | 2020-01-01 | | example
smuggling_route | sahel | 3 | DZ | LY | 2020-01-01 | | example
smuggling_route | sahel | 4 | LY | IT | 2020-01-01 | | example
"""
---*/
-- The stations of a route are the countries of its steps in order, and before the first the country where it begins. Payees are new:
-- no earlier payment between the two in either direction. That one payment comes before the other need only be possible.
-- Strength: 500 where the sum just reaches what is needed, 1000 where it is twice as much.
with stations as (
    select route, step as place, to_country as country, from_day, to_day from corridors where kind = 'smuggling_route'
    union all
    select route, 0 as place, from_country as country, from_day, to_day
    from corridors
    where kind = 'smuggling_route' and step = 1 and from_country <> '*'
),
sent as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.day, cast(f.country as varchar) as country, f.amount_base, f.threshold_base
    from flows as f
    join accounts as a on a.account = f.account
    where f.direction = 'out' and f.first_contact and f.country is distinct from f.home
      and f.country in (select country from stations)
      and f.amount_base is not null and f.threshold_base is not null and not f.is_reversal
      and coalesce(a.kind, 'person') = 'person'
),
few as (
    select account
    from sent
    group by account
    having count(*) between 3 and $at_most and count(distinct country) >= 3
),
stops as (
    select distinct s.account, s.txn, s.t_s, s.t_end_s, s.country, s.amount_base, s.threshold_base, n.route, n.place
    from sent as s
    join stations as n on n.country = s.country and n.from_day <= s.day and s.day < n.to_day
    where s.account in (select account from few)
),
legs as (
    select distinct account, txn, t_s from stops
),
journeys as (
    select a.account, greatest(a.txn, b.txn, c.txn) as txn, greatest(a.t_s, b.t_s, c.t_s) as t_s, least(a.t_s, b.t_s, c.t_s) as first_s,
           greatest(a.t_end_s, b.t_end_s, c.t_end_s) as last_s, a.country as first_country, b.country as second_country,
           c.country as third_country, a.route
    from stops as a
    join stops as b on b.account = a.account and b.route = a.route and b.place = a.place + 1 and a.t_s <= b.t_end_s
    join stops as c on c.account = b.account and c.route = b.route and c.place = b.place + 1 and b.t_s <= c.t_end_s
    where greatest(a.t_end_s, b.t_end_s, c.t_end_s) - least(a.t_s, b.t_s, c.t_s) < $window_s
      and a.country <> b.country and b.country <> c.country and a.country <> c.country
),
paid as (
    select j.account, j.txn, j.t_s, j.first_s, j.last_s, j.first_country, j.second_country, j.third_country, j.route,
           count(*) as payments, sum(s.amount_base) as total, max(s.threshold_base) as threshold
    from journeys as j
    join (select distinct account, route, txn, t_s, t_end_s, amount_base, threshold_base from stops) as s
      on s.account = j.account and s.route = j.route and s.t_s >= j.first_s and s.t_end_s <= j.last_s
    group by j.account, j.txn, j.t_s, j.first_s, j.last_s, j.first_country, j.second_country, j.third_country, j.route
),
best as (
    select p.account, p.txn, p.t_s, p.first_s, p.last_s, p.first_country, p.second_country, p.third_country, p.payments, p.total,
           p.threshold, p.first_s - a.covered_s as history_s,
           rank() over (
               partition by p.account, p.txn order by p.total desc, p.route, p.first_s, p.last_s, p.first_country, p.second_country
           ) as nth
    from paid as p
    join accounts as a on a.account = p.account
    where p.total * 1000 >= p.threshold * $sum_share and p.first_s - a.covered_s >= $history_s
)
select account as subject,
       txn,
       t_s,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(total * 1000, threshold * $sum_share) // 2, 1000) as strength,
       total as size,
       first_country,
       second_country,
       third_country,
       (last_s - first_s) // 86400 + 1 as days,
       payments,
       total,
       history_s // 86400 as history,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from best
where nth = 1
