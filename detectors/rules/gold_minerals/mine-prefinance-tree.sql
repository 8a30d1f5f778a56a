/*---
id = "mine-prefinance-tree"
title.en = "One account pays many in mining zones, and several of them pay one account back"
title.fr = "Un compte en paie beaucoup en zone minière, et plusieurs d'entre eux paient un même compte en retour"
title.es = "Una cuenta paga a muchas en zonas mineras y varias de ellas pagan a una misma cuenta"
family = "gold_minerals"
tier = "enriched"
status = "live"
severity = "high"
weight = 6
needs = ["place"]
tables = ["places"]
sources = [
    "UNODC, gold trafficking in the Sahel (2024): prefinancing of artisanal mining",
    "Five accounts, three that return half: our judgement, to be calibrated on labelled data",
]
exclusions = ["cooperative", "savings_circle", "payroll", "aid_programme", "licensed_agent", "licensed_trader"]
benign = [
    { en = "A cooperative or a lawful buyer who advances tools and food", fr = "Une coopérative ou un acheteur licite qui avance outils et vivres", es = "Una cooperativa o un comprador lícito que adelanta herramientas y víveres" },
    { en = "An employer in a mining town whose workers all pay one shop or landlord", fr = "Un employeur d'une ville minière dont les ouvriers paient tous la même boutique ou le même bailleur", es = "Un empleador de un pueblo minero cuyos obreros pagan todos a la misma tienda o al mismo arrendador" },
]
next_step.en = "Ask who stands behind the account that collects, on what terms the money was advanced, and whether the diggers are free to sell to others."
next_step.fr = "Demander qui est derrière le compte qui encaisse, à quelles conditions l'argent a été avancé, et si les orpailleurs peuvent vendre à d'autres."
next_step.es = "Preguntar quién está tras la cuenta que recoge, en qué condiciones se adelantó el dinero y si los mineros pueden vender a otros."
why.en = "{wallets|# account|# accounts} used in mining zones got {advanced} within {days}; {returners|# of them paid|# of them paid} {back} to one account within {return_s} ({share} of what these had got)"
why.fr = "{wallets|# compte utilisé|# comptes utilisés} en zone minière ont reçu {advanced} en {days} ; {returners|# d'entre eux a payé|# d'entre eux ont payé} {back} à un même compte en {return_s} ({share} de ce que ceux-ci avaient reçu)"
why.es = "{wallets|# cuenta usada|# cuentas usadas} en zonas mineras recibieron {advanced} en {days}; {returners|# de ellas pagó|# de ellas pagaron} {back} a una misma cuenta en {return_s} ({share} de lo que estas habían recibido)"

[roles]
subject = "controller"
senders = "possible_victim"
receivers = "beneficiary"

[facts]
wallets = "count"
advanced = "money"
days = "days"
returners = "count"
back = "money"
share = "percent"

[[indicators]]
label = { en = "Accounts in mining zones", fr = "Comptes en zone minière", es = "Cuentas en zonas mineras" }
observed = "wallets"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Of them paying one account", fr = "Qui paient un même compte", es = "Que pagan a una misma cuenta" }
observed = "returners"
threshold = "least_returning"
sense = "at_least"

[[indicators]]
label = { en = "Share paid back", fr = "Part payée en retour", es = "Parte devuelta" }
observed = "share"
threshold = "least_back"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 31536000
reason = "Thirty days: a season's advances are paid out at its beginning"

[params.return_s]
default = 5184000
unit = "seconds"
least = 604800
most = 31536000
reason = "Sixty days from an advance: gold is sold every few weeks"

[params.at_least]
default = 5
unit = "count"
least = 2
most = 1000
reason = "A family has up to four accounts in one camp"

[params.least_returning]
default = 3
unit = "count"
least = 2
most = 1000
reason = "Three who pay the same account have more in common than a shop"

[params.least_back]
default = 500
unit = "per_mille"
least = 10
most = 100000
reason = "Half of what they got goes back: more than a digger spends in one shop"

[params.most_wallets]
default = 500
unit = "count"
least = 5
most = 100000
reason = "Who pays more accounts in mining zones than this is an operator's or an aid programme's paying account; such are left out"

[bases.typical]
rows = """
occurred_at      | channel         | amount | from_account | to_account | place
2026-03-01 09:01 | mobile_money    | 500.00 | F-1          | W-1        |
2026-03-11 10:00 | cash_withdrawal | 100.00 | W-1          |            | KENIEBA
2026-03-02 09:02 | mobile_money    | 500.00 | F-1          | W-2        |
2026-03-12 10:00 | cash_withdrawal | 100.00 | W-2          |            | KENIEBA
2026-03-03 09:03 | mobile_money    | 500.00 | F-1          | W-3        |
2026-03-13 10:00 | cash_withdrawal | 100.00 | W-3          |            | KENIEBA
2026-03-04 09:04 | mobile_money    | 500.00 | F-1          | W-4        |
2026-03-14 10:00 | cash_withdrawal | 100.00 | W-4          |            | KENIEBA
2026-03-05 09:05 | mobile_money    | 500.00 | F-1          | W-5        |
2026-03-15 10:00 | cash_withdrawal | 100.00 | W-5          |            | KENIEBA
2026-04-01 10:01 | mobile_money    | 300.00 | W-1          | H-1        |
2026-04-02 10:02 | mobile_money    | 300.00 | W-2          | H-1        |
2026-04-03 10:03 | mobile_money    | 300.00 | W-3          | H-1        |
"""
tables.places = """
place   | country | kind   | source
Kéniéba | ML      | mining | example
"""

[[fires]]
name = "five diggers get advances and three pay one account back"
base = "typical"
flags = ["F-1"]

[[fires]]
name = "only dates are known"
base = "typical"
dates_only = true
flags = ["F-1"]

[[fires]]
name = "they pay it back to the financier himself"
base = "typical"
change.11.to_account = "F-1"
change.12.to_account = "F-1"
change.13.to_account = "F-1"
flags = ["F-1"]

[[silent]]
name = "four diggers"
base = "typical"
without = [9, 10]

[[silent]]
name = "five towns outside any mining zone"
base = "typical"
change.2.place = "Bamako"
change.4.place = "Bamako"
change.6.place = "Bamako"
change.8.place = "Bamako"
change.10.place = "Bamako"

[[silent]]
name = "a bank in a mining town books transfers of five people who live elsewhere"
rows = """
occurred_at      | channel      | amount | from_account | to_account | place
2026-03-01 09:01 | mobile_money | 500.00 | F-1          | W-1        |
2026-03-11 10:00 | transfer     | 100.00 | W-1          | X-1        | KENIEBA
2026-03-02 09:02 | mobile_money | 500.00 | F-1          | W-2        |
2026-03-12 10:00 | transfer     | 100.00 | W-2          | X-1        | KENIEBA
2026-03-03 09:03 | mobile_money | 500.00 | F-1          | W-3        |
2026-03-13 10:00 | transfer     | 100.00 | W-3          | X-1        | KENIEBA
2026-03-04 09:04 | mobile_money | 500.00 | F-1          | W-4        |
2026-03-14 10:00 | transfer     | 100.00 | W-4          | X-1        | KENIEBA
2026-03-05 09:05 | mobile_money | 500.00 | F-1          | W-5        |
2026-03-15 10:00 | transfer     | 100.00 | W-5          | X-1        | KENIEBA
2026-04-01 10:01 | mobile_money | 300.00 | W-1          | H-1        |
2026-04-02 10:02 | mobile_money | 300.00 | W-2          | H-1        |
2026-04-03 10:03 | mobile_money | 300.00 | W-3          | H-1        |
"""
tables.places = """
place   | country | kind   | source
Kéniéba | ML      | mining | example
"""

[[silent]]
name = "two of them pay the account back"
base = "typical"
change.13.to_account = "H-2"

[[silent]]
name = "they spend a third of it in one shop"
base = "typical"
change.11.amount = "166.00"
change.12.amount = "166.00"
change.13.amount = "166.00"

[[silent]]
name = "they had paid the account before they got anything"
base = "typical"
change.11.occurred_at = "2026-02-01 10:01"
change.12.occurred_at = "2026-02-02 10:02"
change.13.occurred_at = "2026-02-03 10:03"

[[silent]]
name = "they pay it more than sixty days later"
base = "typical"
change.11.occurred_at = "2026-05-01 10:01"
change.12.occurred_at = "2026-05-02 10:02"
change.13.occurred_at = "2026-05-03 10:03"

[[silent]]
name = "the fifth advance comes a month after the first"
base = "typical"
change.9.occurred_at = "2026-03-31 09:01"

[[silent]]
name = "the advances are refunds"
base = "typical"
change.1.reverses = "r-1"
change.3.reverses = "r-2"
change.5.reverses = "r-3"
change.7.reverses = "r-4"
change.9.reverses = "r-5"

[[silent]]
name = "a registered cooperative"
base = "typical"
tables.segments = """
account | segment     | valid_from | valid_to | source
X|F-1   | cooperative | 2025-01-01 |          | example
"""
---*/
-- An account is used in a mining zone where it pays by phone or card, withdraws or deposits at a listed mining place; the
-- place of a transfer may be that of either side. One finding for each financier: the days in which he paid most such
-- accounts, and the account that most of them then paid. Those who paid it may be bound by debt and are shown as possible
-- victims. Strength: the mean of the two numbers of accounts, each 500 where it just reaches its threshold.
with used as (
    select distinct case when t.channel = 'cash_deposit' then t.to_account else t.from_account end as account
    from transactions as t
    semi join places as z on z.place = t.place and z.kind = 'mining'
    where t.channel in ('cash_deposit', 'cash_withdrawal', 'mobile_money', 'card') and not t.is_reversal
),
wallets as (
    select u.account
    from used as u
    join accounts as a on a.account = u.account
    where a.kind is null or a.kind = 'person'
),
paid as (
    select from_account as account, to_account as wallet, txn, t_s, t_end_s, amount_base
    from transactions
    where to_account in (select account from wallets)
      and from_account <> to_account
      and not is_reversal
      and channel <> 'fee'
      and amount_base is not null
),
financiers as (
    select account from paid group by account having count(distinct wallet) between $at_least and $most_wallets
),
advances as (
    select account, wallet, txn, t_s, t_end_s, amount_base from paid where account in (select account from financiers)
),
terms as (
    select account, t_s as from_s,
           least(
               t_s + $window_s, coalesce(lead(t_s) over (partition by account, wallet order by t_s, txn), t_s + $window_s)
           ) as to_s
    from advances
),
changes as (
    select account, from_s as moment, 1 as change from terms
    union all
    select account, to_s as moment, -1 as change from terms
),
counted as (
    select distinct account, moment,
           sum(change) over (
               partition by account order by moment range between unbounded preceding and current row
           ) as wallets
    from changes
),
fullest as (
    select account, moment, wallets, row_number() over (partition by account order by wallets desc, moment, account) as nth
    from counted
),
lent as (
    select a.account as financier, a.wallet, a.txn, a.t_s, a.t_end_s, a.amount_base, b.wallets
    from fullest as b
    join advances as a on a.account = b.account and a.t_s between b.moment - ($window_s - 1) and b.moment
    where b.nth = 1 and b.wallets >= $at_least
),
debts as (
    select financier, wallet, min(t_s) as first_s, sum(amount_base) as advanced from lent group by financier, wallet
),
returned as (
    select d.financier, d.wallet, d.advanced, t.to_account as account, t.txn, t.t_s, t.t_end_s, t.amount_base
    from debts as d
    join transactions as t on t.from_account = d.wallet and t.t_end_s between d.first_s and d.first_s + ($return_s - 1)
    where t.to_account <> t.from_account and not t.is_reversal and t.channel <> 'fee' and t.amount_base is not null
),
by_wallet as (
    select financier, account, wallet, advanced, sum(amount_base) as back
    from returned
    group by financier, account, wallet, advanced
),
hubs as (
    select financier, account, count(*) as returning_wallets, sum(back) as back, sum(advanced) as lent_to_them
    from by_wallet
    group by financier, account
    having count(*) >= $least_returning and sum(back) * 1000 >= sum(advanced) * $least_back
),
chosen as (
    select financier, account, returning_wallets, back, lent_to_them,
           row_number() over (partition by financier order by returning_wallets desc, back desc, account) as nth
    from hubs
),
tree as (
    select l.financier, l.txn, l.t_s, l.t_end_s, l.amount_base as advanced, l.t_s as lent_s
    from lent as l
    union all
    select r.financier, r.txn, r.t_s, r.t_end_s, null as advanced, null as lent_s
    from returned as r
    join chosen as c on c.financier = r.financier and c.account = r.account and c.nth = 1
)
select t.financier as subject,
       min(t.t_s) as window_start_s,
       max(t.t_end_s) as window_end_s,
       (
           least(per_mille(w.wallets, $at_least) // 2, 1000)
           + least(per_mille(c.returning_wallets, $least_returning) // 2, 1000)
       ) // 2 as strength,
       sorted_list(t.txn) as evidence,
       w.wallets,
       sum(t.advanced) as advanced,
       (max(t.lent_s) - min(t.lent_s)) // 86400 + 1 as days,
       c.returning_wallets as returners,
       c.back,
       per_mille(c.back, c.lent_to_them) as share
from tree as t
join chosen as c on c.financier = t.financier and c.nth = 1
join fullest as w on w.account = t.financier and w.nth = 1
group by t.financier, w.wallets, c.returning_wallets, c.back, c.lent_to_them
