/*---
id = "inbound-many-senders"
title.en = "Many new senders pay one account within days"
title.fr = "Beaucoup de nouveaux payeurs pour un compte en quelques jours"
title.es = "Muchos pagadores nuevos pagan a una cuenta en pocos días"
family = "generic"
tier = "core"
status = "live"
severity = "medium"
weight = 3
exclusions = ["biller", "savings_circle", "cooperative", "aid_programme", "state_account", "licensed_trader", "licensed_agent", "property_agent", "exchange", "bureau_de_change"]
sources = [
    "Tazama rule 016 (many creditors of one account), its window widened",
    "Sum, and comparison with the account's own past: our judgement, to be calibrated on labelled data",
]
benign = [
    { en = "A shop, a school or an association that people pay for the first time", fr = "Un commerce, une école ou une association que l'on paie pour la première fois", es = "Un comercio, una escuela o una asociación a la que se paga por primera vez" },
    { en = "A collection for a funeral, a wedding or a sick relative", fr = "Une collecte pour des funérailles, un mariage ou un parent malade", es = "Una colecta para un funeral, una boda o un familiar enfermo" },
    { en = "A savings circle that begins its turn", fr = "Une tontine qui commence son tour", es = "Un círculo de ahorro que empieza su turno" },
]
next_step.en = "See what the account does with the money in the following days, and whether the senders share a place, an agent or a text."
next_step.fr = "Voir ce que devient l'argent les jours suivants, et si les payeurs partagent un lieu, un agent ou un libellé."
next_step.es = "Ver qué hace la cuenta con el dinero en los días siguientes y si los pagadores comparten lugar, agente o concepto."
why.en = "{senders|# new sender|# new senders} within {days}, {total} in all, {small} of the payments under {threshold}; {before|no new sender|# new sender|# new senders} in the {known} before"
why.fr = "{senders|# nouveau payeur|# nouveaux payeurs} en {days}, {total} au total, dont {small|# paiement|# paiements} sous {threshold} ; {before|aucun nouveau payeur|# nouveau payeur|# nouveaux payeurs} dans les {known} précédents"
why.es = "{senders|# pagador nuevo|# pagadores nuevos} en {days}, {total} en total, con {small|# pago|# pagos} por debajo de {threshold}; {before|ningún pagador nuevo|# pagador nuevo|# pagadores nuevos} en los {known} anteriores"
peaks = "window_s"

[roles]
subject = "collector"
senders = "payer"
receivers = "beneficiary"

[facts]
senders = "count"
days = "days"
total = "money"
small = "count"
small_total = "money"
needed = "money"
threshold = "money"
before = "count"
known = "days"
wanted = "count"

[[indicators]]
label = { en = "New senders", fr = "Nouveaux payeurs", es = "Pagadores nuevos" }
observed = "senders"
threshold = "wanted"
sense = "at_least"

[[indicators]]
label = { en = "Sum of the payments under the threshold", fr = "Somme des paiements sous le seuil", es = "Suma de los pagos por debajo del umbral" }
observed = "small_total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 604800
unit = "seconds"
least = 3600
most = 2592000
reason = "Seven days; Tazama uses one day, but money that is collected by hand comes in over a week"

[params.at_least]
default = 4
unit = "count"
least = 2
most = 1000
reason = "On public labelled data four new non-cash senders a week are nine times as frequent among laundering accounts"

[params.at_least_organisation]
default = 12
unit = "count"
least = 2
most = 10000
reason = "Those whose trade is to be paid by strangers, as far as the data says who they are, need three times as many"

[params.history_s]
default = 2419200
unit = "seconds"
least = 604800
most = 31536000
reason = "Four weeks before the window, or as much of them as the data holds, show what is usual for this account"

[params.least_history_s]
default = 604800
unit = "seconds"
least = 86400
most = 31536000
reason = "A week shows once round what is usual: wages, market days, rents. With less everybody looks new, because the data is"

[params.surge]
default = 2000
unit = "per_mille"
least = 0
most = 100000
reason = "Twice the account's own usual pace: a shop gains new customers every week, and at the same pace"

[params.sum_share]
default = 500
unit = "per_mille"
least = 10
most = 100000
reason = "Payments under the threshold together make half of it. On AMLGentex 14 of 44 findings are then mostly laundering, with the whole threshold 1 of 6, with three tenths 34 of 174"

[bases.typical]
rows = """
occurred_at      | amount  | from_account | to_account
2026-01-05 09:00 | 50.00   | Z-1          | Z-2
2026-03-02 09:10 | 2600.00 | S-1          | A-1
2026-03-03 11:40 | 2400.00 | S-2          | A-1
2026-03-05 16:05 | 2700.00 | S-3          | A-1
2026-03-07 16:05 | 2500.00 | S-4          | A-1
"""

[[fires]]
name = "four strangers pay one account within a week"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: four strangers on the first to the seventh calendar day"
base = "typical"
dates_only = true
change.3.occurred_at = "2026-03-02"
change.5.occurred_at = "2026-03-08"
flags = ["A-1"]

[[silent]]
name = "the same account, known as one of the segment biller"
base = "typical"
[silent.tables]
segments = """
account | segment | valid_from | valid_to | source
X|A-1 | biller | 2020-01-01 | | test
"""

[[silent]]
name = "the same in the first days of the data, when everybody is new"
base = "typical"
change.1.occurred_at = "2026-02-23 09:11"

[[silent]]
name = "the fourth stranger comes exactly seven days after the first"
base = "typical"
change.5.occurred_at = "2026-03-09 09:10"

[[silent]]
name = "only dates are known: the fourth comes on the eighth calendar day"
base = "typical"
dates_only = true
change.3.occurred_at = "2026-03-02"
change.5.occurred_at = "2026-03-09"

[[silent]]
name = "one of the four is known: the account had paid him before"
base = "typical"
rows = """
occurred_at      | amount | from_account | to_account
2026-02-20 09:10 | 10.00  | A-1          | S-1
"""

[[silent]]
name = "a shop that gains as many new customers every week"
rows = """
occurred_at      | amount  | from_account | to_account
2026-01-05 09:00 | 50.00   | Z-1          | Z-2
2026-02-02 09:10 |  600.00 | S-01         | A-1
2026-02-03 11:40 |  400.00 | S-02         | A-1
2026-02-05 16:05 |  700.00 | S-03         | A-1
2026-02-07 16:05 |  500.00 | S-04         | A-1
2026-02-09 09:10 |  600.00 | S-05         | A-1
2026-02-10 11:40 |  400.00 | S-06         | A-1
2026-02-12 16:05 |  700.00 | S-07         | A-1
2026-02-14 16:05 |  500.00 | S-08         | A-1
2026-02-16 09:10 |  600.00 | S-09         | A-1
2026-02-17 11:40 |  400.00 | S-10         | A-1
2026-02-19 16:05 |  700.00 | S-11         | A-1
2026-03-02 09:10 | 2600.00 | S-12         | A-1
2026-03-03 11:40 | 2400.00 | S-13         | A-1
2026-03-05 16:05 | 2700.00 | S-14         | A-1
2026-03-07 16:05 | 2500.00 | S-15         | A-1
"""

[[silent]]
name = "a wage above the threshold and three small gifts: the gifts make no sum worth splitting"
rows = """
occurred_at      | amount   | from_account | to_account
2026-01-05 09:00 | 50.00    | Z-1          | Z-2
2026-03-02 09:10 | 12600.00 | E-1          | A-1
2026-03-03 11:40 |   400.00 | S-2          | A-1
2026-03-05 16:05 |   700.00 | S-3          | A-1
2026-03-07 16:05 |   500.00 | S-4          | A-1
"""

[[silent]]
name = "four strangers buy four cars: no payment needs to stay under the threshold"
base = "typical"
change.2.amount = "12600.00"
change.3.amount = "12400.00"
change.4.amount = "12700.00"

[[silent]]
name = "an aid organisation, known as such, receives four gifts"
rows = """
occurred_at      | amount  | from_account | to_account | to_kind
2026-01-05 09:00 | 50.00   | Z-1          | Z-2        |
2026-03-02 09:10 | 2600.00 | S-1          | A-1        | ngo
2026-03-03 11:40 | 2400.00 | S-2          | A-1        | ngo
2026-03-05 16:05 | 2700.00 | S-3          | A-1        | ngo
2026-03-07 16:05 | 2500.00 | S-4          | A-1        | ngo
"""
---*/
-- New means: no earlier transaction between the two, in either direction, in all that the ledger holds. Where it holds less than
-- a week from before the window, nobody can be called new. The usual pace is that of the part of the four weeks that is known.
-- The median lies under the threshold where more than half of the payments do. Only those count towards the sum: one wage
-- above the threshold would otherwise make any four payments look large.
-- Strength: 500 where count and sum just reach their thresholds, 1000 where both are twice as high.
with legs as (
    select account, txn, t_s, t_end_s, amount_base, threshold_base,
           case when amount_base < threshold_base then 1 else 0 end as is_small,
           case when amount_base < threshold_base then amount_base else 0 end as small_amount
    from flows
    where direction = 'in' and first_contact and amount_base is not null and threshold_base is not null
),
-- Only accounts that can reach the count and the sum: in all, and then in two neighbouring slots of a window's length, since a
-- window touches no more. The threshold of a window is never under the smallest.
able as (
    select account
    from legs
    group by account
    having count(*) >= least($at_least, $at_least_organisation)
       and sum(small_amount) * 1000 >= min(threshold_base) * $sum_share
),
first_received as (
    select account, t_s // $window_s as slot, small_amount, threshold_base
    from legs
    where account in (select account from able)
),
busy as (
    select distinct account
    from (
        select account, slot, small_amount, threshold_base from first_received
        union all
        select account, slot + 1 as slot, small_amount, threshold_base from first_received
    ) as slots
    group by account, slot
    having count(*) >= least($at_least, $at_least_organisation)
       and sum(small_amount) * 1000 >= min(threshold_base) * $sum_share
),
weeks as (
    select account, txn, t_s,
           count(*) over week as senders,
           sum(amount_base) over week as total,
           sum(is_small) over week as small,
           sum(small_amount) over week as small_total,
           max(threshold_base) over week as threshold,
           min(t_s) over week as first_s,
           max(t_end_s) over week as last_s,
           count(*) over past as before
    from legs
    where account in (select account from busy)
    window week as (
               partition by account order by t_s range between ($window_s - 1) preceding and current row
           ),
           past as (
               partition by account order by t_s
               range between ($history_s + $window_s - 1) preceding and $window_s preceding
           )
),
surges as (
    select w.account, w.txn, w.t_s, w.senders, w.total, w.small, w.small_total, w.threshold, w.first_s, w.last_s, w.before,
           least($history_s, w.first_s - a.covered_s) as known_s,
           case when a.kind is null or a.kind = 'person' then $at_least else $at_least_organisation end as wanted
    from weeks as w
    join accounts as a on a.account = w.account
    where w.senders >= least($at_least, $at_least_organisation)
      and w.senders >= case when a.kind is null or a.kind = 'person' then $at_least else $at_least_organisation end
      and w.small_total * 1000 >= w.threshold * $sum_share
      and 2 * w.small > w.senders
      and w.first_s - a.covered_s >= $least_history_s
      and w.senders * 1000 * least($history_s, w.first_s - a.covered_s) >= w.before * $surge * $window_s
      and w.last_s - w.first_s < greatest($window_s, 86400)
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least((per_mille(senders, wanted) + per_mille(small_total * 1000, threshold * $sum_share)) // 4, 1000) as strength,
       txn,
       t_s,
       small_total as size,
       senders,
       (last_s - first_s) // 86400 + 1 as days,
       total,
       small,
       small_total,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       threshold,
       before,
       known_s // 86400 as known,
       wanted
from surges
