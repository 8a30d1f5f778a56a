/*---
id = "multi-agent-wallet"
title.en = "One wallet goes to many agents within a short time"
title.fr = "Un portefeuille passe par de nombreux agents en peu de temps"
title.es = "Una billetera acude a muchos agentes en poco tiempo"
family = "generic"
tier = "enriched"
status = "live"
severity = "medium"
weight = 5
peaks = "window_s"
needs = ["agent"]
sources = [
    "INTERPOL, mobile money and organised crime in Africa (2020); AMLTRIX IND00008",
    "Comparison with the wallet's own past: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_agent", "licensed_trader", "payroll", "aid_programme"]
benign = [
    { en = "Agents who have run out of cash or float and send the customer on", fr = "Des agents à court d'espèces ou de solde qui renvoient le client plus loin", es = "Agentes sin efectivo o sin saldo que mandan al cliente a otro" },
    { en = "A delivery driver or a trader on a market round", fr = "Un livreur ou un marchand qui fait sa tournée", es = "Un repartidor o un comerciante en su recorrido" },
]
next_step.en = "Ask the operator whether agents were out of float on that day, and see where the money goes."
next_step.fr = "Demander à l'opérateur si des agents manquaient de solde ce jour-là, et voir où va l'argent."
next_step.es = "Preguntar al operador si faltaba saldo a los agentes ese día y ver adónde va el dinero."
why.en = "{payments|# payment|# payments} at {agents|# agent|# agents} within {span}, {total} in all, each under {threshold}; {before|no agent|at most # agent|at most # agents} in any such time of the {known} before"
why.fr = "{payments|# opération|# opérations} chez {agents|# agent|# agents} en {span}, {total} au total, chacune sous {threshold} ; {before|aucun agent|au plus # agent|au plus # agents} dans un tel délai pendant les {known} précédents"
why.es = "{payments|# operación|# operaciones} con {agents|# agente|# agentes} en {span}, {total} en total, cada una por debajo de {threshold}; {before|ningún agente|como máximo # agente|como máximo # agentes} en un plazo igual durante los {known} anteriores"

[roles]
subject = "mule"
senders = "payer"
receivers = "beneficiary"

[facts]
agents = "count"
payments = "count"
span = "hours"
total = "money"
needed = "money"
threshold = "money"
before = "count"
known = "days"

[[indicators]]
label = { en = "Agents", fr = "Agents", es = "Agentes" }
observed = "agents"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Sum", fr = "Somme", es = "Suma" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 86400
unit = "seconds"
least = 3600
most = 604800
reason = "One day, as in the indicator: a wallet's limits are counted by the day"

[params.at_least]
default = 4
unit = "count"
least = 2
most = 100
reason = "Two or three agents in a day are what a lack of float explains"

[params.sum_share]
default = 250
unit = "per_mille"
least = 0
most = 100000
reason = "A quarter of the threshold in a day: errands stay silent"

[params.history_s]
default = 2419200
unit = "seconds"
least = 604800
most = 31536000
reason = "Four weeks before, or as much of them as the data holds, show how many agents this wallet is used to"

[params.least_history_s]
default = 604800
unit = "seconds"
least = 86400
most = 31536000
reason = "A week shows once round what is usual: wages, market days, rents. With less everything looks new, because the data is"

[bases.typical]
rows = """
occurred_at      | channel      | amount | from_account | to_account | agent
2026-02-01 09:00 | transfer     | 50.00  | Z-1          | Z-2        |
2026-02-20 09:00 | cash_deposit | 300.00 |              | A-1        | G-1
2026-03-02 09:10 | cash_deposit | 900.00 |              | A-1        | G-1
2026-03-02 11:40 | cash_deposit | 900.00 |              | A-1        | G-2
2026-03-02 16:05 | cash_deposit | 900.00 |              | A-1        | G-3
2026-03-03 09:09 | cash_deposit | 900.00 |              | A-1        | G-4
"""

[[fires]]
name = "four agents take deposits within a day less a minute"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: four agents on one day"
base = "typical"
dates_only = true
change.6.occurred_at = "2026-03-02"
flags = ["A-1"]

[[silent]]
name = "the fourth agent comes exactly a day after the first"
base = "typical"
change.6.occurred_at = "2026-03-03 09:10"

[[silent]]
name = "only dates are known: the fourth agent comes on the next day"
base = "typical"
dates_only = true
rows = """
occurred_at | channel      | amount | to_account | agent
2026-03-02  | cash_deposit | 900.00 | A-1        | G-3
"""

[[silent]]
name = "three agents, four visits"
base = "typical"
change.6.agent = "G-3"

[[silent]]
name = "a market trader went to four agents a week before too"
rows = """
occurred_at      | channel      | amount | from_account | to_account | agent
2026-02-01 09:00 | transfer     | 50.00  | Z-1          | Z-2        |
2026-02-20 09:00 | cash_deposit | 300.00 |              | A-1        | G-1
2026-02-22 09:00 | cash_deposit | 500.00 |              | A-1        | G-1
2026-02-22 10:00 | cash_deposit | 500.00 |              | A-1        | G-2
2026-02-22 11:00 | cash_deposit | 500.00 |              | A-1        | G-3
2026-02-22 12:00 | cash_deposit | 500.00 |              | A-1        | G-4
2026-03-02 09:10 | cash_deposit | 900.00 |              | A-1        | G-1
2026-03-02 11:40 | cash_deposit | 900.00 |              | A-1        | G-2
2026-03-02 16:05 | cash_deposit | 900.00 |              | A-1        | G-3
2026-03-03 09:09 | cash_deposit | 900.00 |              | A-1        | G-4
"""

[[silent]]
name = "errands: four small payments"
base = "typical"
change.3.amount = "90.00"
change.4.amount = "90.00"
change.5.amount = "90.00"
change.6.amount = "90.00"

[[silent]]
name = "one of the four lies above the threshold and is reported anyway"
base = "typical"
change.6.amount = "12000.00"

[[silent]]
name = "the same in the first days of the data"
base = "typical"
change.1.occurred_at = "2026-02-28 09:00"
change.2.occurred_at = "2026-02-28 09:00"

[[silent]]
name = "the wallet of an agent, known as such"
base = "typical"
tables.segments = """
account | segment        | valid_from | valid_to | source
X|A-1   | licensed_agent | 2025-01-01 |          | example
"""
---*/
-- Whom an agent serves: the receiver of a deposit, the payer of anything else. Only sums under the threshold count. Each
-- agent is counted from a visit until the next one to him, or until the window has passed. Strength: 500 where agents just
-- reach their number, 1000 where they are twice as many.
with served as (
    select case when channel = 'cash_deposit' then to_account else from_account end as account, txn, t_s, t_end_s, agent
    from transactions
    where agent is not null
      and not is_reversal
      and channel in ('cash_deposit', 'cash_withdrawal', 'mobile_money', 'remittance')
),
busy as (
    select distinct account
    from (
        select account, agent, t_s // $window_s as slot from served where account is not null
        union all
        select account, agent, t_s // $window_s + 1 as slot from served where account is not null
    ) as slots
    group by account, slot
    having count(distinct agent) >= $at_least
),
legs as (
    select s.account, s.txn, s.t_s, s.t_end_s, s.agent, f.amount_base, f.threshold_base
    from served as s
    join flows as f on f.account = s.account and f.txn = s.txn
    where s.account in (select account from busy)
      and (f.counterparty is null or f.counterparty <> f.account)
      and f.amount_base < f.threshold_base
),
visits as (
    select account, t_s as from_s,
           least(
               t_s + $window_s, coalesce(lead(t_s) over (partition by account, agent order by t_s, txn), t_s + $window_s)
           ) as to_s
    from legs
),
changes as (
    select account, from_s as moment, 1 as change from visits
    union all
    select account, to_s as moment, -1 as change from visits
),
counted as (
    select distinct account, moment,
           sum(change) over (
               partition by account order by moment range between unbounded preceding and current row
           ) as agents
    from changes
),
compared as (
    select account, moment, agents,
           coalesce(max(agents) over (
               partition by account order by moment
               range between ($history_s + $window_s - 1) preceding and $window_s preceding
           ), 0) as before
    from counted
),
rounds as (
    select account, txn, t_s,
           count(*) over round_trip as payments,
           sum(amount_base) over round_trip as total,
           max(threshold_base) over round_trip as threshold,
           min(t_s) over round_trip as first_s,
           max(t_end_s) over round_trip as last_s
    from legs
    window round_trip as (
        partition by account order by t_s range between ($window_s - 1) preceding and current row
    )
)
select r.account as subject,
       r.first_s as window_start_s,
       r.last_s as window_end_s,
       least(per_mille(c.agents, $at_least) // 2, 1000) as strength,
       r.txn,
       r.t_s,
       r.total as size,
       c.agents,
       r.payments,
       (r.last_s - r.first_s) // 3600 + 1 as span,
       r.total,
       cast(r.threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       r.threshold,
       c.before,
       least($history_s, r.first_s - a.covered_s) // 86400 as known
from rounds as r
join compared as c on c.account = r.account and c.moment = r.t_s
join accounts as a on a.account = r.account
where c.agents >= $at_least
  and c.agents > c.before
  and r.total * 1000 >= r.threshold * $sum_share
  and r.last_s - r.first_s < greatest($window_s, 86400)
  and r.first_s - a.covered_s >= $least_history_s
