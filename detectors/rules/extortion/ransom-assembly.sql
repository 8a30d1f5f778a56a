/*---
id = "ransom-assembly"
title.en = "Several people help with money at once, and almost all of it is paid out within days"
title.fr = "Plusieurs personnes aident d'un coup, et presque tout est reversé en quelques jours"
title.es = "Varias personas ayudan con dinero a la vez y casi todo se entrega en pocos días"
family = "extortion"
tier = "core"
status = "live"
severity = "high"
weight = 7
peaks = "window_s"
sources = [
    "FATF 2011, Organised maritime piracy and related kidnapping for ransom",
    "Shares, rank among earlier days and comparison with the account's own past: our judgement, to be calibrated on labelled data",
]
exclusions = ["savings_circle", "cooperative", "aid_programme", "licensed_agent", "property_agent"]
benign = [
    { en = "A hospital bill, a funeral or an accident for which relatives lend money", fr = "Un hôpital, des funérailles ou un accident pour lesquels des proches prêtent de l'argent", es = "Un hospital, un funeral o un accidente para los que parientes prestan dinero" },
    { en = "A wedding, a journey or a piece of land paid for together", fr = "Un mariage, un voyage ou un terrain payé ensemble", es = "Una boda, un viaje o un terreno pagado entre varios" },
]
next_step.en = "Treat the account holder as somebody who may be in need. Ask the reporting institution discreetly; look at who received the money, not at who gave it."
next_step.fr = "Traiter le titulaire comme quelqu'un qui est peut-être en détresse. Interroger l'institution avec discrétion ; regarder qui a reçu l'argent, non qui l'a donné."
next_step.es = "Tratar al titular como alguien que quizá está en apuros. Consultar a la institución con discreción; mirar quién recibió el dinero, no quién lo dio."
why.en = "{helpers|# person who had never paid the account gave|# people who had never paid the account gave} {given} within {window_s}; {paid} ({share}) was paid out, more than on {smaller_days} of {days_before|# earlier day|# earlier days} with payments; {before|no such payer|# such payer|# such payers} in the {history_s} before"
why.fr = "{helpers|# personne qui n'avait jamais payé le compte a donné|# personnes qui n'avaient jamais payé le compte ont donné} {given} en {window_s} ; {paid} ({share}) ont été reversés, plus que lors de {smaller_days|# jour de paiement antérieur|# jours de paiement antérieurs} sur {days_before} ; {before|aucun nouveau payeur|# nouveau payeur|# nouveaux payeurs} dans les {history_s} précédents"
why.es = "{helpers|# persona que nunca había pagado a la cuenta dio|# personas que nunca habían pagado a la cuenta dieron} {given} en {window_s}; se entregaron {paid} ({share}), más que en {smaller_days} de {days_before|# día de pago anterior|# días de pago anteriores}; {before|ningún pagador nuevo|# pagador nuevo|# pagadores nuevos} en los {history_s} anteriores"

[roles]
subject = "possible_victim"
senders = "payer"
receivers = "beneficiary"

[facts]
helpers = "count"
given = "money"
paid = "money"
share = "percent"
smaller_days = "count"
days_before = "count"
rank = "percent"
before = "count"
needed = "money"

[[indicators]]
label = { en = "People who pay the account for the first time", fr = "Personnes qui paient le compte pour la première fois", es = "Personas que pagan a la cuenta por primera vez" }
observed = "helpers"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Share paid out", fr = "Part versée", es = "Parte entregada" }
observed = "share"
threshold = "least_out"
sense = "at_least"

[[indicators]]
label = { en = "Earlier days with payments on which less was paid", fr = "Jours de paiement antérieurs où l'on a versé moins", es = "Días de pago anteriores en que se entregó menos" }
observed = "rank"
threshold = "least_rank"
sense = "at_least"

[[indicators]]
label = { en = "Sum given", fr = "Somme donnée", es = "Suma dada" }
observed = "given"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 259200
unit = "seconds"
least = 86400
most = 2592000
reason = "Seventy-two hours from the first help to the last payment: those who demand a ransom set a short term"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 100
reason = "Two relatives who help are every month's life"

[params.least_out]
default = 800
unit = "per_mille"
least = 500
most = 1000
reason = "Four fifths are paid out: what was gathered was gathered for one purpose"

[params.most_out]
default = 1500
unit = "per_mille"
least = 1000
most = 10000
reason = "A family adds its own savings to what it borrows, seldom more than half as much again"

[params.least_rank]
default = 990
unit = "per_mille"
least = 500
most = 1000
reason = "The day's payments exceed those of 99 in 100 earlier days with payments: the account's own 99th percentile"

[params.least_days]
default = 10
unit = "count"
least = 1
most = 1000
reason = "With fewer earlier days with payments nothing is unusual for the account"

[params.sum_share]
default = 100
unit = "per_mille"
least = 0
most = 100000
reason = "A tenth of the threshold: below it household money is meant"

[params.leg_share]
default = 10
unit = "per_mille"
least = 0
most = 1000
reason = "A gift of less than a hundredth of the threshold is no part of a ransom"

[params.history_s]
default = 2419200
unit = "seconds"
least = 604800
most = 31536000
reason = "Four weeks before the window: a shop or a treasurer is paid by new people then, too"

[params.surge]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "More new payers in the window than in the four weeks before"

[params.most_daily]
default = 50
unit = "count"
least = 5
most = 2000
reason = "An account with more payments one way on some day is a trade, whatever the data calls its holder"

[bases.typical]
rows = """
occurred_at      | channel         | amount  | from_account | to_account
2026-01-05 09:00 | transfer        |   40.00 | A-1          | L-1
2026-01-08 09:00 | transfer        |   55.00 | A-1          | L-2
2026-01-12 09:00 | cash_withdrawal |   60.00 | A-1          |
2026-01-15 09:00 | transfer        |   80.00 | A-1          | L-1
2026-01-19 09:00 | cash_withdrawal |   90.00 | A-1          |
2026-01-22 09:00 | transfer        |   45.00 | A-1          | L-2
2026-01-26 09:00 | transfer        |   55.00 | A-1          | L-1
2026-01-29 09:00 | cash_withdrawal |  120.00 | A-1          |
2026-02-03 09:00 | transfer        |   75.00 | A-1          | L-2
2026-02-10 09:00 | transfer        |  400.00 | A-1          | L-1
2026-03-02 09:10 | transfer        |  900.00 | S-1          | A-1
2026-03-02 20:10 | transfer        |  700.00 | S-2          | A-1
2026-03-04 08:10 | mobile_money    | 1100.00 | S-3          | A-1
2026-03-04 14:00 | cash_withdrawal | 2900.00 | A-1          |
"""

[[fires]]
name = "three relatives who never sent anything pay within two days, and the sum is withdrawn"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: help on the first and third day, the payment on the third"
base = "typical"
dates_only = true
without = [14]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-04  | transfer | 2600.00 | A-1          | P-1
"""
flags = ["A-1"]

[[silent]]
name = "the payment leaves exactly three days after the first help"
base = "typical"
change.14.occurred_at = "2026-03-05 09:10"

[[silent]]
name = "only dates are known: the payment leaves on the third day after the first help"
base = "typical"
dates_only = true
without = [14]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-05  | transfer | 2600.00 | A-1          | P-1
"""

[[silent]]
name = "one of the three has paid the account before: a family that helps each other"
base = "typical"
without = [4]
change.14.amount = "2600.00"
rows = """
occurred_at      | channel  | amount | from_account | to_account
2026-01-15 09:00 | transfer | 80.00  | S-1          | A-1
2026-01-28 09:00 | transfer | 55.00  | A-1          | L-1
"""

[[silent]]
name = "a trader who has paid out as much on an earlier day"
base = "typical"
change.3.amount = "2900.00"

[[silent]]
name = "an account with nine earlier days of payments: nothing is unusual yet"
base = "typical"
without = [10]
change.14.amount = "2600.00"

[[silent]]
name = "a collection for a wedding, of which half is still there three days later"
base = "typical"
change.14.amount = "1350.00"

[[silent]]
name = "a business, known as such, is paid by three new customers and pays a supplier"
rows = """
occurred_at      | channel         | amount  | from_account | to_account | from_kind | to_kind
2026-01-05 09:00 | transfer        |   40.00 | A-1          | L-1        | business  |
2026-01-08 09:00 | transfer        |   55.00 | A-1          | L-2        | business  |
2026-01-12 09:00 | cash_withdrawal |   60.00 | A-1          |            | business  |
2026-01-15 09:00 | transfer        |   80.00 | A-1          | L-1        | business  |
2026-01-19 09:00 | cash_withdrawal |   90.00 | A-1          |            | business  |
2026-01-22 09:00 | transfer        |   45.00 | A-1          | L-2        | business  |
2026-01-26 09:00 | transfer        |   55.00 | A-1          | L-1        | business  |
2026-01-29 09:00 | cash_withdrawal |  120.00 | A-1          |            | business  |
2026-02-03 09:00 | transfer        |   75.00 | A-1          | L-2        | business  |
2026-02-10 09:00 | transfer        |  400.00 | A-1          | L-1        | business  |
2026-03-02 09:10 | transfer        |  900.00 | S-1          | A-1        |           | business
2026-03-02 20:10 | transfer        |  700.00 | S-2          | A-1        |           | business
2026-03-04 08:10 | mobile_money    | 1100.00 | S-3          | A-1        |           | business
2026-03-04 14:00 | transfer        | 2600.00 | A-1          | P-1        | business  |
"""

[[silent]]
name = "a savings circle, registered as such, pays out its turn"
base = "typical"
tables.segments = """
account | segment        | valid_from | valid_to | source
X|A-1   | savings_circle | 2025-01-01 |          | example
"""
---*/
-- New means: this payer has never paid this account in all that the ledger holds; the account may have paid him, as one pays
-- relatives. Help stands at its earliest moment, a payment at its latest, and what was paid out before the first help of the window
-- does not count. The 99th percentile is counted over the account's earlier days with payments, on the day of the last payment.
-- Strength: 500 where helpers and sum just reach their thresholds, 1000 where both are twice as high.
with least_threshold as (
    select min(threshold_base) as threshold from flows
),
first_payments as (
    select p.to_account as account, p.first_txn as txn, p.first_s, p.total_base
    from pairs as p
    cross join least_threshold as t
    where p.total_base * 1000 >= t.threshold * $leg_share
),
-- Only accounts that can reach count and sum: a window touches two slots of its own length at most, and a first payment is no
-- larger than all that this payer has paid.
busy as (
    select s.account
    from (
        select account, total_base, first_s // $window_s as slot from first_payments
        union all
        select account, total_base, first_s // $window_s + 1 as slot from first_payments
    ) as s
    cross join least_threshold as t
    group by s.account, s.slot, t.threshold
    having count(*) >= $at_least and sum(s.total_base) * 1000 >= t.threshold * $sum_share
    except
    select account from daily where payments > $most_daily
),
people as (
    select b.account, a.covered_s
    from busy as b
    join accounts as a on a.account = b.account
    where a.kind is null or a.kind = 'person'
),
legs as (
    select f.account, 'in' as side, f.txn, f.t_s, f.amount_base as given, 0 as paid, f.threshold_base
    from first_payments as p
    join flows as f on f.account = p.account and f.txn = p.txn
    where f.account in (select account from people)
      and f.direction = 'in'
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base * 1000 >= f.threshold_base * $leg_share
    union all
    select account, 'out', txn, t_end_s, 0, amount_base, threshold_base
    from flows
    where account in (select account from people)
      and direction = 'out'
      and channel <> 'fee'
      and (counterparty is null or counterparty <> account)
      and not is_reversal
      and amount_base is not null
      and threshold_base is not null
),
spent as (
    select account, side, txn, t_s, given, threshold_base,
           sum(paid) over (partition by account order by t_s) as paid_so_far,
           sum(paid) over (
               partition by account order by t_s range between unbounded preceding and 1 preceding
           ) as paid_earlier
    from legs
),
spans as (
    select account, side, txn, t_s, paid_so_far,
           sum(case when side = 'in' then 1 else 0 end) over recent as helpers,
           sum(given) over recent as given,
           min(case when side = 'in' then coalesce(paid_earlier, 0) end) over recent as paid_before,
           min(case when side = 'in' then t_s end) over recent as first_s,
           max(threshold_base) over recent as threshold,
           sum(case when side = 'in' then 1 else 0 end) over past as before
    from spent
    window recent as (
               partition by account order by t_s range between ($window_s - 1) preceding and current row
           ),
           past as (
               partition by account order by t_s
               range between ($history_s + $window_s - 1) preceding and $window_s preceding
           )
),
assembled as (
    select s.account, s.txn, s.t_s, s.t_s // 86400 as day, s.helpers, s.given, s.paid_so_far - s.paid_before as paid,
           s.first_s, s.threshold, coalesce(s.before, 0) as before
    from spans as s
    join people as p on p.account = s.account
    where s.side = 'out'
      and s.helpers >= $at_least
      and s.given * 1000 >= s.threshold * $sum_share
      and (s.paid_so_far - s.paid_before) * 1000 between s.given * $least_out and s.given * $most_out
      and s.helpers * 1000 > coalesce(s.before, 0) * $surge
      and s.first_s - p.covered_s >= $history_s
),
compared as (
    select a.account, a.txn,
           count(*) as days_before,
           sum(case when d.total_base < t.total_base then 1 else 0 end) as smaller_days
    from assembled as a
    join daily as t on t.account = a.account and t.direction = 'out' and t.day = a.day
    join daily as d on d.account = a.account and d.direction = 'out' and d.day < a.first_s // 86400
    group by a.account, a.txn
)
select a.account as subject,
       a.first_s as window_start_s,
       a.t_s as window_end_s,
       least((per_mille(a.helpers, $at_least) + per_mille(a.given * 1000, a.threshold * $sum_share)) // 4, 1000) as strength,
       a.txn,
       a.t_s,
       a.given as size,
       a.helpers,
       a.given,
       a.paid,
       per_mille(a.paid, a.given) as share,
       c.smaller_days,
       c.days_before,
       per_mille(c.smaller_days, c.days_before) as rank,
       a.before,
       cast(a.threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from assembled as a
join compared as c on c.account = a.account and c.txn = a.txn
where c.days_before >= $least_days
  and c.smaller_days * 1000 >= c.days_before * $least_rank
