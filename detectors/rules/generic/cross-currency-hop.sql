/*---
id = "cross-currency-hop"
title.en = "Money comes in in one currency and leaves in another within days, again and again"
title.fr = "De l'argent entre dans une devise et sort dans une autre en quelques jours, plusieurs fois"
title.es = "El dinero entra en una moneda y sale en otra en pocos días, varias veces"
family = "generic"
tier = "core"
status = "live"
severity = "medium"
weight = 5
peaks = "window_s"
sources = ["Our judgement, to be calibrated on labelled data"]
exclusions = ["bureau_de_change", "licensed_agent", "group_company", "exchange"]
benign = [
    { en = "A bureau de change, a travel agency or an importer", fr = "Un bureau de change, une agence de voyages ou un importateur", es = "Una casa de cambio, una agencia de viajes o un importador" },
    { en = "Somebody paid in one currency who lives in another", fr = "Quelqu'un payé dans une devise et qui vit dans une autre", es = "Alguien que cobra en una moneda y vive en otra" },
]
next_step.en = "Ask for whom the money is changed, at which rate, and whether there is a licence."
next_step.fr = "Demander pour qui l'argent est changé, à quel taux, et s'il y a un agrément."
next_step.es = "Preguntar para quién se cambia el dinero, a qué tasa y si hay licencia."
why.en = "{hops|# sum|# sums} worth {total_in} came in and left in another currency, worth {total_out}, each within {pass_s}, in {window_s}: {share} of all that came in"
why.fr = "{hops|# somme|# sommes} d'une valeur de {total_in} entrées puis sorties dans une autre devise, pour {total_out}, chacune en {pass_s}, sur {window_s} : {share} de tout ce qui est entré"
why.es = "{hops|# suma|# sumas} por valor de {total_in} que entraron y salieron en otra moneda, por {total_out}, cada una en {pass_s}, durante {window_s}: el {share} de todo lo que entró"

[roles]
subject = "mule"
senders = "payer"
receivers = "beneficiary"

[facts]
hops = "count"
total_in = "money"
total_out = "money"
share = "percent"
needed = "money"

[[indicators]]
label = { en = "Sums that changed currency", fr = "Sommes qui ont changé de devise", es = "Sumas que cambiaron de moneda" }
observed = "hops"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Share of all that came in", fr = "Part de tout ce qui est entré", es = "Parte de todo lo que entró" }
observed = "share"
threshold = "least_share"
sense = "at_least"

[[indicators]]
label = { en = "Value that came in", fr = "Valeur entrée", es = "Valor que entró" }
observed = "total_in"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 604800
unit = "seconds"
least = 86400
most = 2592000
reason = "Seven days"

[params.pass_s]
default = 172800
unit = "seconds"
least = 3600
most = 604800
reason = "Two days from in to out, as for other passages; where only dates are known, a day and the next"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 1000
reason = "Three in a week: a traveller or a parent of students abroad changes money less often"

[params.least_out]
default = 850
unit = "per_mille"
least = 500
most = 1000
reason = "The rate of the day and the dealer's margin together cost a tenth at most; a little more where the rate is of the day before"

[params.most_out]
default = 1050
unit = "per_mille"
least = 1000
most = 2000
reason = "The rates that the house holds can be a few per cent off those of the dealer"

[params.least_share]
default = 500
unit = "per_mille"
least = 0
most = 1000
reason = "Half of all that came in: an account with payments in two currencies has some that fit by chance"

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
reason = "A payment of less than a hundredth of the threshold neither makes nor hides a passage"

[params.most_daily]
default = 100
unit = "count"
least = 5
most = 2000
reason = "An account with more payments one way on some day is a till or an exchange, and any match can be found in it"

[bases.typical]
rows = """
occurred_at      | amount  | currency | from_account | to_account
2026-03-02 09:10 | 1600.00 | EUR      | S-1          | A-1
2026-03-02 15:00 | 1980.00 | USD      | A-1          | P-1
2026-03-04 09:10 |  800.00 | EUR      | S-2          | A-1
2026-03-05 11:00 |  960.00 | USD      | A-1          | P-2
2026-03-07 09:10 | 2400.00 | EUR      | S-3          | A-1
2026-03-08 12:00 | 2900.00 | USD      | A-1          | P-1
"""

[[fires]]
name = "euros come in and dollars go out, three times in a week"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: out on the same day or the next"
rows = """
occurred_at | amount     | currency | from_account | to_account
2026-03-02  | 1600.00    | EUR      | S-1          | A-1
2026-03-02  | 1030000.00 | XOF      | A-1          | P-1
2026-03-04  |  800.00    | EUR      | S-2          | A-1
2026-03-05  |  960.00    | USD      | A-1          | P-2
2026-03-08  | 2400.00    | EUR      | S-3          | A-1
2026-03-08  | 2900.00    | USD      | A-1          | P-1
"""
flags = ["A-1"]

[[silent]]
name = "the third leaves exactly seven days after the first"
base = "typical"
change.5.occurred_at = "2026-03-08 09:10"
change.6.occurred_at = "2026-03-09 15:00"

[[silent]]
name = "only dates are known: one sum leaves on the second day after"
base = "typical"
dates_only = true
change.2.occurred_at = "2026-03-04"

[[silent]]
name = "the same sums in one currency"
rows = """
occurred_at      | amount  | currency | from_account | to_account
2026-03-02 09:10 | 1600.00 | EUR      | S-1          | A-1
2026-03-02 15:00 | 1580.00 | EUR      | A-1          | P-1
2026-03-04 09:10 |  800.00 | EUR      | S-2          | A-1
2026-03-05 11:00 |  780.00 | EUR      | A-1          | P-2
2026-03-07 09:10 | 2400.00 | EUR      | S-3          | A-1
2026-03-08 12:00 | 2300.00 | EUR      | A-1          | P-1
"""

[[silent]]
name = "the dollars go out before the euros come in"
rows = """
occurred_at      | amount  | currency | from_account | to_account
2026-03-02 09:10 | 1980.00 | USD      | A-1          | P-1
2026-03-02 15:00 | 1600.00 | EUR      | S-1          | A-1
2026-03-04 09:10 |  960.00 | USD      | A-1          | P-2
2026-03-05 11:00 |  800.00 | EUR      | S-2          | A-1
2026-03-07 09:10 | 2900.00 | USD      | A-1          | P-1
2026-03-08 12:00 | 2400.00 | EUR      | S-3          | A-1
"""

[[silent]]
name = "an importer: three payments fit, but most of his takings stay"
base = "typical"
rows = """
occurred_at      | amount  | currency | from_account | to_account
2026-03-05 16:10 | 5400.00 | EUR      | S-3          | A-1
"""

[[silent]]
name = "the account changes its own money: the sender gets it back in another currency, or it is a move to itself"
rows = """
occurred_at      | channel  | amount  | currency | from_account | to_account
2026-03-02 09:10 | transfer | 1600.00 | EUR      | S-1          | A-1
2026-03-02 15:00 | transfer | 1980.00 | USD      | A-1          | S-1
2026-03-04 09:10 | transfer |  800.00 | EUR      | S-2          | A-1
2026-03-05 11:00 | fx       |  960.00 | USD      | A-1          | P-2
2026-03-07 09:10 | transfer | 2400.00 | EUR      | S-3          | A-1
2026-03-08 12:00 | transfer | 2900.00 | USD      | A-1          | A-1
"""

[[silent]]
name = "a parent pays two students abroad: only two sums"
rows = """
occurred_at      | amount  | currency | from_account | to_account
2026-03-02 09:10 | 1600.00 | EUR      | E-1          | A-1
2026-03-02 15:00 |  980.00 | USD      | A-1          | P-1
2026-03-03 15:00 |  990.00 | USD      | A-1          | P-2
2026-03-04 09:10 |  800.00 | EUR      | S-2          | A-1
2026-03-05 11:00 |  960.00 | USD      | A-1          | P-2
"""

[[silent]]
name = "one of the three payments out undoes an earlier one"
rows = """
reference | occurred_at      | amount  | currency | from_account | to_account | reverses
r-1       | 2026-03-02 09:10 | 1600.00 | EUR      | S-1          | A-1        |
r-2       | 2026-03-02 15:00 | 1980.00 | USD      | A-1          | P-1        |
r-3       | 2026-03-04 09:10 |  800.00 | EUR      | S-2          | A-1        |
r-4       | 2026-03-05 11:00 |  960.00 | USD      | A-1          | P-2        | r-9
r-5       | 2026-03-07 09:10 | 2400.00 | EUR      | S-3          | A-1        |
r-6       | 2026-03-08 12:00 | 2900.00 | USD      | A-1          | P-1        |
"""

[[silent]]
name = "a registered bureau de change"
base = "typical"
tables.segments = """
account | segment          | valid_from | valid_to | source
X|A-1   | bureau_de_change | 2025-01-01 |          | example
"""
---*/
-- An outflow is matched with the latest inflow that it can come from, and an inflow with the earliest outflow; only where each is
-- the other's does a hop count, so no sum is used twice. A hop stands at the moment at which the money left.
-- The exchange itself (channel `fx`) is no way out. Strength: 500 at the least number of hops, 1000 at twice as many.
with two_currencies as (
    select account
    from flows
    where amount_base * 1000 >= threshold_base * $leg_share and not is_reversal and channel not in ('fee', 'fx')
    group by account
    having min(currency) <> max(currency)
    except
    select account from daily where payments > $most_daily
),
moves as (
    select account, counterparty, direction, txn, t_s, t_end_s, currency, amount_base, threshold_base
    from flows
    where account in (select account from two_currencies)
      and (counterparty is null or counterparty <> account)
      and channel not in ('fee', 'fx')
      and not is_reversal
      and amount_base * 1000 >= threshold_base * $leg_share
),
arrivals as (
    select account, counterparty, txn, t_s, currency, amount_base, t_s // $pass_s as slot
    from moves
    where direction = 'in'
    union all
    select account, counterparty, txn, t_s, currency, amount_base, t_s // $pass_s + 1
    from moves
    where direction = 'in'
),
departures as (
    select m.account, m.counterparty, m.txn, m.t_end_s, m.currency, m.amount_base, m.t_end_s // $pass_s as slot
    from moves as m
    where m.direction = 'out'
),
fitting as (
    select a.account, a.txn as txn_in, d.txn as txn_out, a.t_s as in_s, d.t_end_s as out_s,
           a.amount_base as amount_in, d.amount_base as amount_out,
           row_number() over (partition by a.account, d.txn order by a.t_s desc, a.txn desc) as nth_in,
           row_number() over (partition by a.account, a.txn order by d.t_end_s, d.txn) as nth_out
    from departures as d
    join arrivals as a
      on a.account = d.account
     and a.slot = d.slot
     and a.currency <> d.currency
     and a.t_s between d.t_end_s - ($pass_s - 1) and d.t_end_s
     and d.amount_base * 1000 >= a.amount_base * $least_out
     and d.amount_base * 1000 <= a.amount_base * $most_out
     and (d.counterparty is null or a.counterparty is null or d.counterparty <> a.counterparty)
),
hops as (
    select account, txn_in, txn_out, in_s, out_s, amount_in, amount_out
    from fitting
    where nth_in = 1 and nth_out = 1
),
legs as (
    select account, txn_in as txn, out_s as t_s from hops
    union all
    select account, txn_out as txn, out_s as t_s from hops
),
weeks as (
    select account, txn_out as txn, out_s,
           count(*) over week as hops,
           sum(amount_in) over week as total_in,
           sum(amount_out) over week as total_out,
           min(in_s) over week as first_s
    from hops
    window week as (partition by account order by out_s range between ($window_s - 1) preceding and current row)
),
weighed as (
    select w.account, w.txn, w.out_s, w.hops, w.total_in, w.total_out, w.first_s,
           sum(m.amount_base) as all_in,
           max(m.threshold_base) as threshold
    from weeks as w
    join moves as m on m.account = w.account and m.direction = 'in' and m.t_s between w.first_s and w.out_s
    where w.hops >= $at_least
    group by w.account, w.txn, w.out_s, w.hops, w.total_in, w.total_out, w.first_s
)
select account as subject,
       first_s as window_start_s,
       out_s as window_end_s,
       least(per_mille(hops, $at_least) // 2, 1000) as strength,
       txn,
       out_s as t_s,
       total_in as size,
       hops,
       total_in,
       total_out,
       per_mille(total_in, all_in) as share,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from weighed
where total_in * 1000 >= all_in * $least_share
  and total_in * 1000 >= threshold * $sum_share
