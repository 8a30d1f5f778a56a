/*---
id = "urgent-extortion-mule"
title.en = "First-time payers without dealings among them pay one account, and most of it is taken out in cash at once"
title.fr = "De nouveaux payeurs sans lien visible entre eux paient un compte, et l'essentiel est aussitôt retiré en espèces"
title.es = "Pagadores nuevos sin relación visible entre sí pagan a una cuenta, y casi todo se retira enseguida en efectivo"
family = "extortion"
tier = "core"
status = "live"
severity = "high"
weight = 6
peaks = "window_s"
sources = [
    "Reporting on virtual extortion in Ecuador",
    "Shares, sums and comparison with the account's own past: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_agent", "aid_programme", "savings_circle", "cooperative", "biller"]
benign = [
    { en = "Somebody who sells several things to strangers on one day and takes the money home", fr = "Quelqu'un qui vend plusieurs choses à des inconnus le même jour et emporte l'argent", es = "Alguien que vende varias cosas a desconocidos en un día y se lleva el dinero" },
    { en = "A collection among neighbours who pay this account for the first time", fr = "Une collecte entre voisins qui paient ce compte pour la première fois", es = "Una colecta entre vecinos que pagan a esta cuenta por primera vez" },
]
next_step.en = "Ask the institution quickly whether the senders complained; treat them as people who may have been threatened."
next_step.fr = "Demander vite à l'institution si les payeurs se sont plaints ; les traiter comme des personnes peut-être menacées."
next_step.es = "Preguntar pronto a la institución si los pagadores se quejaron; tratarlos como personas quizá amenazadas."
why.en = "{strangers|# first-time payer|# first-time payers} without payments among them paid {received} within {window_s}, and {withdrawn} ({share}) was taken out in cash; {before|no first-time payer|# first-time payer|# first-time payers} in the {history_s} before"
why.fr = "{strangers|# nouveau payeur sans paiement avec les autres a versé|# nouveaux payeurs sans paiement entre eux ont versé} {received} en {window_s}, et {withdrawn} ({share}) ont été retirés en espèces ; {before|aucun nouveau payeur|# nouveau payeur|# nouveaux payeurs} dans les {history_s} précédents"
why.es = "{strangers|# pagador nuevo|# pagadores nuevos} sin pagos entre sí entregaron {received} en {window_s}, y se retiraron {withdrawn} ({share}) en efectivo; {before|ningún pagador nuevo|# pagador nuevo|# pagadores nuevos} en los {history_s} anteriores"

[roles]
subject = "mule"
senders = "possible_victim"
receivers = "beneficiary"

[facts]
strangers = "count"
received = "money"
withdrawn = "money"
share = "percent"
before = "count"
needed = "money"

[[indicators]]
label = { en = "First-time payers without payments among them", fr = "Premiers payeurs sans paiement entre eux", es = "Pagadores nuevos sin pagos entre sí" }
observed = "strangers"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Share taken out in cash", fr = "Part retirée en espèces", es = "Parte retirada en efectivo" }
observed = "share"
threshold = "least_out"
sense = "at_least"

[[indicators]]
label = { en = "Sum received", fr = "Somme reçue", es = "Suma recibida" }
observed = "received"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 86400
unit = "seconds"
least = 3600
most = 604800
reason = "One day from the first payment to the last withdrawal; where only dates are known, one calendar day"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 1000
reason = "Whoever threatens by telephone calls many and has several pay on one day; two buyers of one seller are ordinary"

[params.least_out]
default = 800
unit = "per_mille"
least = 500
most = 1000
reason = "Four fifths are taken out: nothing is left for the payer's bank to hold"

[params.most_out]
default = 1100
unit = "per_mille"
least = 1000
most = 5000
reason = "A tenth more than came in covers change; beyond it the account withdraws its own money"

[params.sum_share]
default = 20
unit = "per_mille"
least = 0
most = 100000
reason = "A fiftieth of the threshold: what is extorted by telephone is small, and below it friends share a bill"

[params.history_s]
default = 2419200
unit = "seconds"
least = 604800
most = 31536000
reason = "Four weeks before the window: a seller is paid by new people then, too"

[params.surge]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "More first-time payers in one day than in the four weeks before"

[params.most_daily]
default = 50
unit = "count"
least = 5
most = 2000
reason = "An account with more payments one way on some day is a trade, whatever the data calls its holder"

[bases.lawful]
rows = """
occurred_at      | channel         | amount | from_account | to_account
2026-01-05 09:00 | transfer        |   5.00 | Z-1          | Z-2
2026-02-10 09:10 | transfer        | 300.00 | S-4          | A-1
2026-02-16 11:10 | transfer        | 250.00 | S-5          | A-1
2026-02-23 13:10 | transfer        | 400.00 | S-6          | A-1
2026-03-02 09:10 | transfer        | 300.00 | S-1          | A-1
2026-03-02 11:10 | mobile_money    | 250.00 | S-2          | A-1
2026-03-02 13:10 | transfer        | 400.00 | S-3          | A-1
2026-03-02 15:10 | cash_withdrawal | 900.00 | A-1          |
"""

[bases.typical]
rows = """
occurred_at      | channel         | amount | from_account | to_account
2026-01-05 09:00 | transfer        |   5.00 | Z-1          | Z-2
2026-03-02 09:10 | transfer        | 300.00 | S-1          | A-1
2026-03-02 09:40 | cash_withdrawal | 300.00 | A-1          |
2026-03-02 11:10 | mobile_money    | 250.00 | S-2          | A-1
2026-03-02 13:10 | transfer        | 400.00 | S-3          | A-1
2026-03-03 09:09 | cash_withdrawal | 600.00 | A-1          |
"""

[[fires]]
name = "three strangers pay within hours, and the account is emptied at a machine"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: all on one day"
rows = """
occurred_at | channel         | amount | from_account | to_account
2026-01-05  | transfer        |   5.00 | Z-1          | Z-2
2026-03-02  | cash_withdrawal | 900.00 | A-1          |
2026-03-02  | transfer        | 300.00 | S-1          | A-1
2026-03-02  | transfer        | 250.00 | S-2          | A-1
2026-03-02  | transfer        | 400.00 | S-3          | A-1
"""
flags = ["A-1"]

[[silent]]
name = "the last withdrawal comes exactly a day after the first payment"
base = "lawful"
without = [2, 3, 4]
change.8.occurred_at = "2026-03-03 09:10"

[[silent]]
name = "only dates are known: the withdrawal is on the next day"
rows = """
occurred_at | channel         | amount | from_account | to_account
2026-01-05  | transfer        |   5.00 | Z-1          | Z-2
2026-03-02  | transfer        | 300.00 | S-1          | A-1
2026-03-02  | transfer        | 250.00 | S-2          | A-1
2026-03-02  | transfer        | 400.00 | S-3          | A-1
2026-03-03  | cash_withdrawal | 900.00 | A-1          |
"""

[[silent]]
name = "two of the three have paid each other: a family collects for somebody"
rows = """
occurred_at      | channel         | amount | from_account | to_account
2026-01-05 09:00 | transfer        |   5.00 | S-3          | S-1
2026-03-02 09:10 | transfer        | 300.00 | S-1          | A-1
2026-03-02 11:10 | mobile_money    | 250.00 | S-2          | A-1
2026-03-02 13:10 | transfer        | 400.00 | S-3          | A-1
2026-03-02 15:10 | cash_withdrawal | 900.00 | A-1          |
"""

[[silent]]
name = "one of the three is known to the account"
rows = """
occurred_at      | channel         | amount | from_account | to_account
2026-01-05 09:00 | transfer        |   5.00 | A-1          | S-1
2026-03-02 09:10 | transfer        | 300.00 | S-1          | A-1
2026-03-02 11:10 | mobile_money    | 250.00 | S-2          | A-1
2026-03-02 13:10 | transfer        | 400.00 | S-3          | A-1
2026-03-02 15:10 | cash_withdrawal | 900.00 | A-1          |
"""

[[silent]]
name = "a seller who is paid by new people every week"
base = "lawful"

[[silent]]
name = "the money stays: less than four fifths are taken out"
base = "lawful"
without = [2, 3, 4]
change.8.amount = "759.99"

[[silent]]
name = "the cash was taken out before the payments"
rows = """
occurred_at      | channel         | amount | from_account | to_account
2026-01-05 09:00 | transfer        |   5.00 | Z-1          | Z-2
2026-03-02 08:10 | cash_withdrawal | 900.00 | A-1          |
2026-03-02 09:10 | transfer        | 300.00 | S-1          | A-1
2026-03-02 11:10 | mobile_money    | 250.00 | S-2          | A-1
2026-03-02 13:10 | transfer        | 400.00 | S-3          | A-1
"""

[[silent]]
name = "one of the three payments undoes another"
rows = """
reference | occurred_at      | channel         | amount | from_account | to_account | reverses
r-0       | 2026-01-05 09:00 | transfer        |   5.00 | Z-1          | Z-2        |
r-1       | 2026-03-02 09:10 | transfer        | 300.00 | S-1          | A-1        |
r-2       | 2026-03-02 11:10 | mobile_money    | 250.00 | S-2          | A-1        |
r-3       | 2026-03-02 13:10 | transfer        | 400.00 | S-3          | A-1        | r-9
r-4       | 2026-03-02 15:10 | cash_withdrawal | 900.00 | A-1          |            |
"""

[[silent]]
name = "a market woman, known as a business, takes her day's money home"
rows = """
occurred_at      | channel         | amount | from_account | to_account | to_kind
2026-01-05 09:00 | transfer        |   5.00 | Z-1          | Z-2        |
2026-03-02 09:10 | transfer        | 300.00 | S-1          | A-1        | business
2026-03-02 11:10 | mobile_money    | 250.00 | S-2          | A-1        | business
2026-03-02 13:10 | transfer        | 400.00 | S-3          | A-1        | business
2026-03-02 15:10 | cash_withdrawal | 900.00 | A-1          |            |
"""

[[silent]]
name = "a licensed agent pays out to customers"
base = "typical"
tables.segments = """
account | segment        | valid_from | valid_to | source
X|A-1   | licensed_agent | 2025-01-01 |          | example
"""
---*/
-- A first-time payer has never met the account in all that the ledger holds; one who has paid or been paid by another payer of
-- the window does not count among the strangers. A payment stands at its earliest moment, a withdrawal at its latest, and what
-- was withdrawn before the first payment of the window does not count.
-- Strength: 500 where the strangers just reach their number, 1000 where they are twice as many.
with least_threshold as (
    select min(threshold_base) as threshold from flows
),
-- Only accounts that can reach the sum: one of the days that a window touches holds its part of what is withdrawn.
withdrawers as (
    select d.account
    from daily as d
    cross join least_threshold as t
    where d.direction = 'out'
      and d.cash_base > 0
      and d.cash_base * 1000000 * (($window_s - 1) // 86400 + 2) >= t.threshold * $sum_share * $least_out
    except
    select account from daily where payments > $most_daily
),
firsts as (
    select account, counterparty, txn, t_s, amount_base, threshold_base
    from flows
    where direction = 'in'
      and first_contact
      and account in (select account from withdrawers)
      and channel <> 'fee'
      and not is_reversal
      and amount_base is not null
      and threshold_base is not null
),
busy as (
    select distinct account
    from (
        select account, t_s // $window_s as slot from firsts
        union all
        select account, t_s // $window_s + 1 as slot from firsts
    ) as slots
    group by account, slot
    having count(*) >= $at_least
),
people as (
    select b.account, a.covered_s
    from busy as b
    join accounts as a on a.account = b.account
    where a.kind is null or a.kind = 'person'
),
legs as (
    select account, 'in' as side, counterparty, txn, t_s, amount_base as received, 0 as withdrawn, threshold_base
    from firsts
    where account in (select account from people)
    union all
    select account, 'out', counterparty, txn, t_end_s, 0, amount_base, threshold_base
    from flows
    where account in (select account from people)
      and direction = 'out'
      and channel = 'cash_withdrawal'
      and not is_reversal
      and amount_base is not null
      and threshold_base is not null
),
taken as (
    select account, side, txn, t_s, received, threshold_base,
           sum(withdrawn) over (partition by account order by t_s) as out_so_far,
           sum(withdrawn) over (
               partition by account order by t_s range between unbounded preceding and 1 preceding
           ) as out_earlier
    from legs
),
spans as (
    select account, side, txn, t_s, out_so_far,
           sum(case when side = 'in' then 1 else 0 end) over recent as payers,
           sum(received) over recent as received,
           min(case when side = 'in' then coalesce(out_earlier, 0) end) over recent as out_before,
           min(case when side = 'in' then t_s end) over recent as first_s,
           max(threshold_base) over recent as threshold,
           sum(case when side = 'in' then 1 else 0 end) over past as before
    from taken
    window recent as (
               partition by account order by t_s range between ($window_s - 1) preceding and current row
           ),
           past as (
               partition by account order by t_s
               range between ($history_s + $window_s - 1) preceding and $window_s preceding
           )
),
emptied as (
    select s.account, s.txn, s.t_s, s.payers, s.received, s.out_so_far - s.out_before as withdrawn, s.first_s, s.threshold,
           coalesce(s.before, 0) as before
    from spans as s
    join people as p on p.account = s.account
    where s.side = 'out'
      and s.payers >= $at_least
      and s.received * 1000 >= s.threshold * $sum_share
      and (s.out_so_far - s.out_before) * 1000 between s.received * $least_out and s.received * $most_out
      and s.payers * 1000 > coalesce(s.before, 0) * $surge
      and s.first_s - p.covered_s >= $history_s
),
payers as (
    select e.account, e.txn, l.counterparty as payer
    from emptied as e
    join legs as l on l.account = e.account and l.side = 'in' and l.t_s between e.t_s - ($window_s - 1) and e.t_s
),
related as (
    select a.account, a.txn, a.payer
    from payers as a
    join pairs as p on p.from_account = a.payer
    join payers as b on b.account = a.account and b.txn = a.txn and b.payer = p.to_account
    union
    select a.account, a.txn, a.payer
    from payers as a
    join pairs as p on p.to_account = a.payer
    join payers as b on b.account = a.account and b.txn = a.txn and b.payer = p.from_account
),
strangers as (
    select p.account, p.txn, count(*) as strangers
    from payers as p
    anti join related as r on r.account = p.account and r.txn = p.txn and r.payer = p.payer
    group by p.account, p.txn
)
select e.account as subject,
       e.first_s as window_start_s,
       e.t_s as window_end_s,
       least(per_mille(s.strangers, $at_least) // 2, 1000) as strength,
       e.txn,
       e.t_s,
       e.received as size,
       s.strangers,
       e.received,
       e.withdrawn,
       per_mille(e.withdrawn, e.received) as share,
       e.before,
       cast(e.threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from emptied as e
join strangers as s on s.account = e.account and s.txn = e.txn
where s.strangers >= $at_least
