/*---
id = "shared-identifiers"
title.en = "Many accounts are used from one device or phone number"
title.fr = "De nombreux comptes sont utilisés depuis un même appareil ou numéro"
title.es = "Muchas cuentas se usan desde un mismo dispositivo o número"
family = "generic"
tier = "enriched"
status = "live"
severity = "medium"
weight = 6
sources = [
    "AMLTRIX IND00018",
    "Five accounts, so that households stay out: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_agent", "payroll", "aid_programme", "cooperative", "group_company"]
benign = [
    { en = "A household, a camp or a workplace that shares one phone", fr = "Un foyer, un camp ou un lieu de travail qui partage un téléphone", es = "Un hogar, un campamento o un lugar de trabajo que comparte un teléfono" },
    { en = "A helper who makes payments for people who cannot read", fr = "Une personne qui paie pour d'autres qui ne savent pas lire", es = "Una persona que paga por otras que no saben leer" },
    { en = "One person with several accounts", fr = "Une seule personne qui a plusieurs comptes", es = "Una sola persona con varias cuentas" },
]
next_step.en = "Ask who holds the device, whether the account holders use it themselves, and where their payments meet."
next_step.fr = "Demander qui tient l'appareil, si les titulaires s'en servent eux-mêmes, et où leurs paiements se rejoignent."
next_step.es = "Preguntar quién tiene el dispositivo, si los titulares lo usan ellos mismos y dónde coinciden sus pagos."
why.en = "{accounts|# account|# accounts} used from one device or phone number within {days}: {payments|# payment|# payments}, {total} in all"
why.fr = "{accounts|# compte utilisé|# comptes utilisés} depuis un même appareil ou numéro en {days} : {payments|# opération|# opérations}, {total} au total"
why.es = "{accounts|# cuenta usada|# cuentas usadas} desde un mismo dispositivo o número en {days}: {payments|# operación|# operaciones}, {total} en total"

[roles]
subject = "mule"
senders = "payer"
receivers = "beneficiary"

[facts]
accounts = "count"
days = "days"
payments = "count"
total = "money"

[[indicators]]
label = { en = "Accounts on one device or number", fr = "Comptes sur un appareil ou numéro", es = "Cuentas en un dispositivo o número" }
observed = "accounts"
threshold = "at_least"
sense = "at_least"

[params.window_days]
default = 30
unit = "days"
least = 1
most = 366
reason = "Thirty days: a number that changes hands serves its holders one after the other, not in one month"

[params.at_least]
default = 5
unit = "count"
least = 2
most = 1000
reason = "Families and shared homes have up to four accounts on one phone"

[params.most_accounts]
default = 40
unit = "count"
least = 2
most = 100000
reason = "What serves more accounts than this in a month is an agent's or an office's machine; such are left out"

[params.shown]
default = 3
unit = "count"
least = 1
most = 50
reason = "The three largest payments of each account are the evidence, so that every account is seen in it"

[bases.typical]
rows = """
occurred_at      | channel  | amount | from_account | to_account | device | phone
2026-03-02 09:10 | transfer | 600.00 | A-1          | P-1        | D-1    |
2026-03-05 11:40 | transfer | 400.00 | A-2          | P-1        | D-1    |
2026-03-09 16:05 | transfer | 700.00 | A-3          | P-2        | D-1    |
2026-03-15 16:05 | transfer | 500.00 | A-4          | P-3        | D-1    |
2026-03-31 09:09 | transfer | 500.00 | A-5          | P-3        | D-1    |
"""

[[fires]]
name = "five accounts on one device on the first to the thirtieth day"
base = "typical"
flags = ["A-3"]

[[fires]]
name = "five accounts on one phone number, dates only"
rows = """
occurred_at | channel  | amount | from_account | to_account | device | phone
2026-03-02  | transfer | 600.00 | A-1          | P-1        |        | +223 1
2026-03-05  | transfer | 400.00 | A-2          | P-1        |        | +223 1
2026-03-09  | transfer | 700.00 | A-3          | P-2        |        | +223 1
2026-03-15  | transfer | 500.00 | A-4          | P-3        |        | +223 1
2026-03-31  | transfer | 500.00 | A-5          | P-3        |        | +223 1
"""
flags = ["A-3"]

[[silent]]
name = "the fifth account comes on the thirty-first day"
base = "typical"
change.5.occurred_at = "2026-04-01 09:09"

[[silent]]
name = "four accounts of a household, five payments"
base = "typical"
change.5.from_account = "A-1"

[[silent]]
name = "five accounts, each with its own device"
base = "typical"
change.1.device = "D-6"
change.2.device = "D-2"
change.3.device = "D-3"

[[silent]]
name = "the phone of one who is sent money by five people and pays from it"
rows = """
occurred_at      | channel      | amount | from_account | to_account | device | phone
2026-03-02 09:10 | transfer     | 600.00 | A-1          | P-9        | D-1    |
2026-03-05 11:40 | transfer     | 400.00 | A-2          | P-9        | D-1    |
2026-03-09 16:05 | transfer     | 700.00 | A-3          | P-9        | D-1    |
2026-03-15 16:05 | transfer     | 500.00 | A-4          | P-9        | D-1    |
2026-03-31 09:09 | transfer     | 500.00 | A-5          | P-9        | D-1    |
2026-03-20 09:00 | mobile_money | 10.00  | P-9          | P-8        | D-1    |
"""

[[silent]]
name = "an agent serves five customers on his device"
rows = """
occurred_at      | channel  | amount | from_account | to_account | device | phone | agent
2026-03-02 09:10 | transfer | 600.00 | A-1          | P-1        | D-1    |       | G-1
2026-03-05 11:40 | transfer | 400.00 | A-2          | P-1        | D-1    |       | G-1
2026-03-09 16:05 | transfer | 700.00 | A-3          | P-2        | D-1    |       | G-1
2026-03-15 16:05 | transfer | 500.00 | A-4          | P-3        | D-1    |       | G-1
2026-03-31 09:09 | transfer | 500.00 | A-5          | P-3        | D-1    |       | G-1
"""

[[silent]]
name = "five people are paid from one account on one device"
rows = """
occurred_at      | channel  | amount | from_account | to_account | device | phone
2026-03-02 09:10 | transfer | 600.00 | A-1          | P-1        | D-1    |
2026-03-05 11:40 | transfer | 400.00 | A-1          | P-1        | D-1    |
2026-03-09 16:05 | transfer | 700.00 | A-1          | P-2        | D-1    |
2026-03-15 16:05 | transfer | 500.00 | A-1          | P-3        | D-1    |
2026-03-31 09:09 | transfer | 500.00 | A-1          | P-4        | D-1    |
"""

[[silent]]
name = "the machine of an office serves more accounts than the cap"
base = "typical"
params.most_accounts = 4

[[silent]]
name = "the fifth payment only undoes an earlier one"
base = "typical"
change.5.reverses = "r-9"
---*/
-- The one who uses a device is the payer, and for a cash deposit the receiver; what an agent did for a customer does not
-- count, for the device is the agent's. A partner may report its own side's device with what comes from another house: a
-- transfer or a remittance does not count where its receiver pays or withdraws with that device too. An account is counted
-- from a use until its next one, or until the window has passed. One finding for each device or number, in the days when most
-- accounts used it; the subject is the account that moved most through it. Strength: 500 where accounts just reach their
-- number, 1000 where they are twice as many.
with named as (
    select 'device' as sort, device as identifier, txn, day, t_s, t_end_s, coalesce(amount_base, 0) as moved, channel, agent,
           from_account, to_account
    from transactions
    where device is not null and not is_reversal
    union all
    select 'phone' as sort, phone as identifier, txn, day, t_s, t_end_s, coalesce(amount_base, 0) as moved, channel, agent,
           from_account, to_account
    from transactions
    where phone is not null and not is_reversal
),
busy as (
    select sort, identifier
    from named
    where agent is null
    group by sort, identifier
    having count(distinct case when channel = 'cash_deposit' then to_account else from_account end) >= $at_least
),
payers as (
    select distinct n.sort, n.identifier, n.from_account as account
    from named as n
    semi join busy as b on b.sort = n.sort and b.identifier = n.identifier
),
uses as (
    select n.sort, n.identifier, n.txn, n.day, n.t_s, n.t_end_s, n.moved,
           case when n.channel = 'cash_deposit' then n.to_account else n.from_account end as account
    from named as n
    semi join busy as b on b.sort = n.sort and b.identifier = n.identifier
    left join payers as p on p.sort = n.sort and p.identifier = n.identifier and p.account = n.to_account
    where n.agent is null and (n.channel not in ('transfer', 'remittance') or p.account is null)
),
several as (
    select sort, identifier
    from uses
    where account is not null
    group by sort, identifier
    having count(distinct account) >= $at_least
),
held as (
    select u.sort, u.identifier, u.txn, u.day, u.t_s, u.t_end_s, u.moved, u.account
    from uses as u
    semi join several as s on s.sort = u.sort and s.identifier = u.identifier
    where u.account is not null
),
spells as (
    select sort, identifier, day as from_day,
           least(
               day + $window_days,
               coalesce(lead(day) over (partition by sort, identifier, account order by day, txn), day + $window_days)
           ) as to_day
    from held
),
changes as (
    select sort, identifier, from_day as day, 1 as change from spells
    union all
    select sort, identifier, to_day as day, -1 as change from spells
),
counted as (
    select distinct sort, identifier, day,
           sum(change) over (
               partition by sort, identifier order by day range between unbounded preceding and current row
           ) as accounts
    from changes
),
fullest as (
    select sort, identifier, day as last_day, accounts,
           rank() over (partition by sort, identifier order by accounts desc, day) as nth
    from counted
),
involved as (
    select b.sort, b.identifier, b.accounts, h.account, h.txn, h.t_s, h.t_end_s, h.moved,
           sum(h.moved) over (partition by b.sort, b.identifier, h.account) as through,
           row_number() over (partition by b.sort, b.identifier, h.account order by h.moved desc, h.txn) as nth
    from fullest as b
    join held as h
      on h.sort = b.sort and h.identifier = b.identifier and h.day between b.last_day - ($window_days - 1) and b.last_day
    where b.nth = 1 and b.accounts between $at_least and $most_accounts
),
ranked as (
    select sort, identifier, account,
           row_number() over (partition by sort, identifier order by through desc, account) as place
    from involved
    where nth = 1
)
select r.account as subject,
       min(i.t_s) as window_start_s,
       max(i.t_end_s) as window_end_s,
       least(per_mille(i.accounts, $at_least) // 2, 1000) as strength,
       sorted_list(case when i.nth <= $shown then i.txn end) as evidence,
       i.accounts,
       (max(i.t_end_s) - min(i.t_s)) // 86400 + 1 as days,
       count(*) as payments,
       sum(i.moved) as total
from involved as i
join ranked as r on r.sort = i.sort and r.identifier = i.identifier and r.place = 1
group by i.sort, i.identifier, r.account, i.accounts
