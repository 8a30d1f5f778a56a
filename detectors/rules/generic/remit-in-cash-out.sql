/*---
id = "remit-in-cash-out"
title.en = "Remittances from several people are soon withdrawn in cash"
title.fr = "Des envois de plusieurs personnes sont aussitôt retirés en espèces"
title.es = "Remesas de varias personas se retiran pronto en efectivo"
family = "generic"
tier = "core"
status = "live"
severity = "medium"
weight = 4
peaks = "window_s"
sources = [
    "AMLTRIX IND00698",
    "Four senders, so that a family's remittances stay out: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_agent", "aid_programme", "savings_circle", "cooperative"]
benign = [
    { en = "A relative who collects money from emigrants for a feast, a funeral or a house", fr = "Un parent qui réunit l'argent d'émigrés pour une fête, des funérailles ou une maison", es = "Un pariente que reúne dinero de emigrantes para una fiesta, un funeral o una casa" },
    { en = "An agent or a shopkeeper who cashes remittances for neighbours", fr = "Un agent ou un boutiquier qui encaisse des envois pour ses voisins", es = "Un agente o tendero que cobra remesas para sus vecinos" },
]
next_step.en = "Ask how the senders know the recipient, and whether they send to others along the same road."
next_step.fr = "Demander comment les payeurs connaissent le destinataire, et s'ils envoient à d'autres sur la même route."
next_step.es = "Preguntar cómo conocen los remitentes al destinatario y si envían a otros en la misma ruta."
why.en = "{inflows|# remittance|# remittances} from {senders|# sender|# senders} within {window_s}, {received} in all; {withdrawn} ({share}) was taken out in cash, each within {quick_s}"
why.fr = "{inflows|# envoi|# envois} de {senders|# payeur|# payeurs} en {window_s}, {received} au total ; {withdrawn} ({share}) retirés en espèces, chaque fois en {quick_s}"
why.es = "{inflows|# remesa|# remesas} de {senders|# remitente|# remitentes} en {window_s}, {received} en total; {withdrawn} ({share}) retirados en efectivo, cada vez en {quick_s}"

[roles]
subject = "mule"
senders = "payer"
receivers = "beneficiary"

[facts]
inflows = "count"
senders = "count"
received = "money"
withdrawn = "money"
share = "percent"
needed = "money"

[[indicators]]
label = { en = "Senders", fr = "Payeurs", es = "Remitentes" }
observed = "senders"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Share withdrawn in cash", fr = "Part retirée en espèces", es = "Parte retirada en efectivo" }
observed = "share"
threshold = "least_out"
sense = "at_least"

[[indicators]]
label = { en = "Sum received", fr = "Somme reçue", es = "Suma recibida" }
observed = "received"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 604800
unit = "seconds"
least = 86400
most = 2592000
reason = "Seven days, as in the indicator"

[params.quick_s]
default = 86400
unit = "seconds"
least = 3600
most = 604800
reason = "One day from the remittance to the cash; where only dates are known, one calendar day"

[params.at_least]
default = 4
unit = "count"
least = 2
most = 1000
reason = "A family lives on what one to three emigrants send; four senders in one week are more than that"

[params.least_out]
default = 800
unit = "per_mille"
least = 100
most = 1000
reason = "Four fifths are withdrawn: the recipient keeps no money in the account"

[params.most_out]
default = 1100
unit = "per_mille"
least = 1000
most = 5000
reason = "A tenth more than came in covers fees and change; beyond it the account withdraws other money"

[params.sum_share]
default = 50
unit = "per_mille"
least = 0
most = 100000
reason = "A twentieth of the threshold in a week: small help from many stays silent"

[params.most_daily]
default = 50
unit = "count"
least = 5
most = 2000
reason = "An account with more payments one way on some day is a paying agent's own, or a trade"

[bases.typical]
rows = """
occurred_at      | channel         | amount | from_account | to_account | from_country | to_country
2026-03-02 09:10 | remittance      | 300.00 | S-1          | A-1        | FR           | ML
2026-03-02 15:00 | cash_withdrawal | 290.00 | A-1          |            | ML           |
2026-03-04 09:10 | remittance      | 250.00 | S-2          | A-1        | ES           | ML
2026-03-04 16:00 | cash_withdrawal | 250.00 | A-1          |            | ML           |
2026-03-05 09:10 | remittance      | 400.00 | S-3          | A-1        | IT           | ML
2026-03-06 09:09 | cash_withdrawal | 380.00 | A-1          |            | ML           |
2026-03-08 09:10 | transfer        | 350.00 | S-4          | A-1        | FR           | ML
2026-03-08 12:10 | cash_withdrawal | 340.00 | A-1          |            | ML           |
"""

[bases.lawful]
rows = """
occurred_at      | channel         | amount | from_account | to_account
2026-03-02 09:10 | remittance      | 300.00 | S-1          | A-1
2026-03-02 15:00 | cash_withdrawal | 290.00 | A-1          |
2026-03-04 09:10 | remittance      | 250.00 | S-2          | A-1
2026-03-04 16:00 | cash_withdrawal | 250.00 | A-1          |
2026-03-05 09:10 | remittance      | 400.00 | S-3          | A-1
2026-03-05 19:09 | cash_withdrawal | 380.00 | A-1          |
2026-03-08 09:10 | remittance      | 350.00 | S-1          | A-1
2026-03-08 12:10 | cash_withdrawal | 340.00 | A-1          |
"""

[[fires]]
name = "four people abroad send within a week, and each sum is withdrawn on the same day"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: four on one day, one withdrawal"
rows = """
occurred_at | channel         | amount  | from_account | to_account
2026-03-02  | cash_withdrawal | 1240.00 | A-1          |
2026-03-02  | remittance      |  300.00 | S-1          | A-1
2026-03-02  | remittance      |  250.00 | S-2          | A-1
2026-03-02  | remittance      |  400.00 | S-3          | A-1
2026-03-02  | remittance      |  350.00 | S-4          | A-1
"""
flags = ["A-1"]

[[silent]]
name = "three emigrants support their family"
base = "lawful"

[[silent]]
name = "one of the four sums is withdrawn exactly a day later"
base = "lawful"
change.6.occurred_at = "2026-03-06 09:10"
change.7.from_account = "S-4"

[[silent]]
name = "only dates are known: the cash is taken out on the next day"
rows = """
occurred_at | channel         | amount  | from_account | to_account
2026-03-02  | remittance      |  300.00 | S-1          | A-1
2026-03-02  | remittance      |  250.00 | S-2          | A-1
2026-03-02  | remittance      |  400.00 | S-3          | A-1
2026-03-02  | remittance      |  350.00 | S-4          | A-1
2026-03-03  | cash_withdrawal | 1240.00 | A-1          |
"""

[[silent]]
name = "the cash is taken out before the remittances arrive"
rows = """
occurred_at      | channel         | amount  | from_account | to_account
2026-03-02 08:10 | cash_withdrawal | 1240.00 | A-1          |
2026-03-02 09:10 | remittance      |  300.00 | S-1          | A-1
2026-03-02 10:10 | remittance      |  250.00 | S-2          | A-1
2026-03-02 11:10 | remittance      |  400.00 | S-3          | A-1
2026-03-02 12:10 | remittance      |  350.00 | S-4          | A-1
"""

[[silent]]
name = "a collection for a funeral of which half stays in the account"
rows = """
occurred_at      | channel         | amount | from_account | to_account
2026-03-02 09:10 | remittance      | 300.00 | S-1          | A-1
2026-03-02 10:10 | remittance      | 250.00 | S-2          | A-1
2026-03-02 11:10 | remittance      | 400.00 | S-3          | A-1
2026-03-02 12:10 | remittance      | 350.00 | S-4          | A-1
2026-03-02 15:10 | cash_withdrawal | 650.00 | A-1          |
"""

[[silent]]
name = "local customers pay a stall that takes its cash home"
rows = """
occurred_at      | channel         | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | mobile_money    |  300.00 | S-1          | A-1        | ML           | ML
2026-03-02 10:10 | mobile_money    |  250.00 | S-2          | A-1        | ML           | ML
2026-03-02 11:10 | mobile_money    |  400.00 | S-3          | A-1        | ML           | ML
2026-03-02 12:10 | mobile_money    |  350.00 | S-4          | A-1        | ML           | ML
2026-03-02 15:10 | cash_withdrawal | 1240.00 | A-1          |            | ML           |
"""

[[silent]]
name = "a remittance that undoes another is none"
rows = """
reference | occurred_at      | channel         | amount  | from_account | to_account | reverses
r-1       | 2026-03-02 09:10 | remittance      |  300.00 | S-1          | A-1        |
r-2       | 2026-03-02 10:10 | remittance      |  250.00 | S-2          | A-1        |
r-3       | 2026-03-02 11:10 | remittance      |  400.00 | S-3          | A-1        |
r-4       | 2026-03-02 12:10 | remittance      |  350.00 | S-4          | A-1        | r-9
r-5       | 2026-03-02 15:10 | cash_withdrawal | 1240.00 | A-1          |            |
"""

[[silent]]
name = "small help from four cousins"
rows = """
occurred_at      | channel         | amount | from_account | to_account
2026-03-02 09:10 | remittance      |  60.00 | S-1          | A-1
2026-03-02 10:10 | remittance      |  50.00 | S-2          | A-1
2026-03-02 11:10 | remittance      |  80.00 | S-3          | A-1
2026-03-02 12:10 | remittance      |  70.00 | S-4          | A-1
2026-03-02 15:10 | cash_withdrawal | 250.00 | A-1          |
"""

[[silent]]
name = "a licensed agent cashes remittances for customers"
base = "typical"
tables.segments = """
account | segment        | valid_from | valid_to | source
X|A-1   | licensed_agent | 2025-01-01 |          | example
"""
---*/
-- A remittance is a payment of that channel, or any payment from another country. It counts where at least the least share of it
-- is withdrawn within the day after it, and over the window as much of all of them. A remittance stands at its earliest moment, a
-- withdrawal at its latest. Strength: 500 where senders just reach their number, 1000 where they are twice as many.
with least_threshold as (
    select min(threshold_base) as threshold from flows
),
-- Only accounts that can reach the sum: a window touches two slots of its own length at most.
withdrawers as (
    select distinct w.account
    from (
        select account, day // (($window_s - 1) // 86400 + 2) as slot, cash_base
        from daily
        where direction = 'out' and cash_base > 0
        union all
        select account, day // (($window_s - 1) // 86400 + 2) + 1, cash_base
        from daily
        where direction = 'out' and cash_base > 0
    ) as w
    cross join least_threshold as t
    group by w.account, w.slot, t.threshold
    having sum(w.cash_base) * 1000000 >= t.threshold * $sum_share * $least_out
    except
    select account from daily where payments > $most_daily
),
moves as (
    select account, counterparty, direction, txn,
           case when direction = 'in' then t_s else t_end_s end as moment,
           case when direction = 'in' then amount_base else 0 end as amount_in,
           case when direction = 'out' then amount_base else 0 end as amount_out,
           threshold_base
    from flows
    where account in (select account from withdrawers)
      and amount_base is not null
      and threshold_base is not null
      and not is_reversal
      and (
          (
              direction = 'in'
              and counterparty <> account
              and channel <> 'fee'
              and (channel = 'remittance' or country <> home)
          )
          or (direction = 'out' and channel = 'cash_withdrawal')
      )
),
quick as (
    select account, counterparty, direction, txn, moment, amount_in, amount_out, threshold_base,
           sum(amount_out) over (
               partition by account order by moment range between current row and ($quick_s - 1) following
           ) as then_out,
           sum(amount_in) over (
               partition by account order by moment range between ($quick_s - 1) preceding and current row
           ) as just_in
    from moves
),
legs as (
    select account, counterparty, direction, txn, moment as t_s, amount_in, amount_out, threshold_base
    from quick
    where (direction = 'in' and then_out * 1000 >= amount_in * $least_out)
       or (direction = 'out' and just_in > 0)
),
weeks as (
    select account, direction, txn, t_s,
           sum(case when direction = 'in' then 1 else 0 end) over week as inflows,
           sum(amount_in) over week as received,
           sum(amount_out) over week as withdrawn,
           min(t_s) over week as first_s,
           max(threshold_base) over week as threshold
    from legs
    window week as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
),
emptied as (
    select account, txn, t_s, inflows, received, withdrawn, first_s, threshold
    from weeks
    where direction = 'out'
      and inflows >= $at_least
      and received * 1000 >= threshold * $sum_share
      and withdrawn * 1000 >= received * $least_out
      and withdrawn * 1000 <= received * $most_out
),
counted as (
    select e.account, e.txn, count(distinct l.counterparty) as senders
    from emptied as e
    join legs as l on l.account = e.account and l.direction = 'in' and l.t_s between e.t_s - ($window_s - 1) and e.t_s
    group by e.account, e.txn
)
select e.account as subject,
       e.first_s as window_start_s,
       e.t_s as window_end_s,
       least(per_mille(c.senders, $at_least) // 2, 1000) as strength,
       e.txn,
       e.t_s,
       e.received as size,
       e.inflows,
       c.senders,
       e.received,
       e.withdrawn,
       per_mille(e.withdrawn, e.received) as share,
       cast(e.threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from emptied as e
join counted as c on c.account = e.account and c.txn = e.txn
where c.senders >= $at_least
