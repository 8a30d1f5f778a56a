/*---
id = "crypto-after-fiat"
title.en = "Money from several sources goes to a crypto exchange soon after, again and again"
title.fr = "L'argent de plusieurs sources part vers une plateforme crypto peu après, plusieurs fois"
title.es = "El dinero de varias fuentes pasa a una plataforma cripto poco después, varias veces"
family = "narcotics"
tier = "core"
status = "live"
severity = "medium"
weight = 5
peaks = "window_s"
sources = [
    "FINTRAC operational alert on opioids, 2025",
    "Shares, sources and sums: our judgement, to be calibrated on labelled data",
]
exclusions = ["exchange", "licensed_agent"]
benign = [
    { en = "An investor who moves savings from his other accounts", fr = "Un épargnant qui déplace l'argent de ses autres comptes", es = "Un inversor que mueve ahorros desde sus otras cuentas" },
    { en = "A worker or a seller whom several clients pay and who saves in crypto", fr = "Un travailleur ou un vendeur payé par plusieurs clients, qui épargne en crypto", es = "Un trabajador o vendedor al que pagan varios clientes y que ahorra en cripto" },
]
next_step.en = "Ask what the payers paid for; ask the exchange where the assets went."
next_step.fr = "Demander ce que les payeurs ont payé ; demander à la plateforme où sont allés les actifs."
next_step.es = "Preguntar qué pagaron los pagadores; preguntar a la plataforma adónde fueron los activos."
why.en = "{purchases|# purchase|# purchases} at an exchange within {window_s}, {bought} in all; each took at least {least_out} of what had come in at most {quick_s} before, {received} in all from {sources|# source|# sources}"
why.fr = "{purchases|# achat|# achats} sur une plateforme en {window_s}, {bought} au total ; chacun a pris au moins {least_out} de ce qui était entré au plus {quick_s} avant, {received} au total de {sources|# source|# sources}"
why.es = "{purchases|# compra|# compras} en una plataforma en {window_s}, {bought} en total; cada una tomó al menos el {least_out} de lo que había entrado como mucho {quick_s} antes, {received} en total de {sources|# fuente|# fuentes}"

[roles]
subject = "mule"
senders = "payer"
receivers = "beneficiary"

[facts]
purchases = "count"
sources = "count"
bought = "money"
received = "money"
share = "percent"
needed = "money"

[[indicators]]
label = { en = "Purchases out of fresh money", fr = "Achats avec de l'argent frais", es = "Compras con dinero reciente" }
observed = "purchases"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Sources of the money", fr = "Sources de l'argent", es = "Fuentes del dinero" }
observed = "sources"
threshold = "least_sources"
sense = "at_least"

[[indicators]]
label = { en = "Sum bought", fr = "Somme achetée", es = "Suma comprada" }
observed = "bought"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 7776000
reason = "Thirty days: a habit, not an occasion"

[params.quick_s]
default = 86400
unit = "seconds"
least = 3600
most = 604800
reason = "One day from the money to the purchase; where only dates are known, one calendar day"

[params.at_least]
default = 3
unit = "count"
least = 1
most = 1000
reason = "A wage earner who invests does so once or twice a month"

[params.least_sources]
default = 2
unit = "count"
least = 1
most = 1000
reason = "Two payers at least, cash counting as one: an investor's money comes from his employer or from himself"

[params.least_out]
default = 800
unit = "per_mille"
least = 100
most = 1000
reason = "Four fifths go on at once: little is left to live on"

[params.most_out]
default = 1100
unit = "per_mille"
least = 1000
most = 5000
reason = "A tenth more than came in covers fees and change; beyond it savings are invested"

[params.sum_share]
default = 100
unit = "per_mille"
least = 0
most = 100000
reason = "A tenth of the threshold in a month: below it people try out an exchange"

[bases.typical]
rows = """
occurred_at      | channel      | amount  | from_account | to_account
2026-03-02 09:10 | mobile_money |  600.00 | S-1          | A-1
2026-03-02 15:00 | crypto_buy   |  580.00 | A-1          | X-1
2026-03-14 09:10 | transfer     |  800.00 | S-2          | A-1
2026-03-15 09:00 | crypto_buy   |  700.00 | A-1          | X-1
2026-03-31 09:10 | cash_deposit |  500.00 |              | A-1
2026-03-31 14:10 | crypto_buy   |  500.00 | A-1          | X-1
"""

[[fires]]
name = "three times in a month, what two people and a cash deposit bring goes to an exchange on the same day"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "the exchange is known as one, and only dates are"
rows = """
occurred_at | channel  | amount  | from_account | to_account | to_kind
2026-03-02  | transfer |  580.00 | A-1          | X-1        | exchange
2026-03-02  | transfer |  600.00 | S-1          | A-1        |
2026-03-14  | transfer |  800.00 | S-2          | A-1        |
2026-03-14  | transfer |  700.00 | A-1          | X-1        | exchange
2026-03-31  | transfer |  500.00 | S-1          | A-1        |
2026-03-31  | transfer |  500.00 | A-1          | X-1        | exchange
"""
flags = ["A-1"]

[[silent]]
name = "the third purchase comes exactly thirty days after the first"
base = "typical"
change.5.occurred_at = "2026-04-01 09:10"
change.6.occurred_at = "2026-04-01 15:00"

[[silent]]
name = "only dates are known: one purchase comes on the next day"
rows = """
occurred_at | channel    | amount  | from_account | to_account
2026-03-02  | transfer   |  600.00 | S-1          | A-1
2026-03-02  | crypto_buy |  580.00 | A-1          | X-1
2026-03-14  | transfer   |  800.00 | S-2          | A-1
2026-03-15  | crypto_buy |  700.00 | A-1          | X-1
2026-03-31  | transfer   |  500.00 | S-1          | A-1
2026-03-31  | crypto_buy |  500.00 | A-1          | X-1
"""

[[silent]]
name = "the purchases come before the money"
rows = """
occurred_at      | channel      | amount  | from_account | to_account
2026-03-02 09:10 | crypto_buy   |  580.00 | A-1          | X-1
2026-03-02 15:00 | mobile_money |  600.00 | S-1          | A-1
2026-03-14 09:10 | crypto_buy   |  700.00 | A-1          | X-1
2026-03-15 09:00 | transfer     |  800.00 | S-2          | A-1
2026-03-30 09:10 | crypto_buy   |  500.00 | A-1          | X-1
2026-03-30 14:10 | cash_deposit |  500.00 |              | A-1
"""

[[silent]]
name = "an investor tops up from one account of his own"
rows = """
occurred_at      | channel      | amount  | from_account | to_account
2026-03-02 09:10 | transfer     |  600.00 | S-1          | A-1
2026-03-02 15:00 | crypto_buy   |  580.00 | A-1          | X-1
2026-03-14 09:10 | transfer     |  800.00 | S-1          | A-1
2026-03-15 09:00 | crypto_buy   |  700.00 | A-1          | X-1
2026-03-30 09:10 | transfer     |  500.00 | S-1          | A-1
2026-03-30 14:10 | crypto_buy   |  500.00 | A-1          | X-1
"""

[[silent]]
name = "a saver puts a tenth of each wage into crypto"
rows = """
occurred_at      | channel      | amount  | from_account | to_account
2026-03-02 09:10 | transfer     | 1600.00 | E-1          | A-1
2026-03-02 15:00 | crypto_buy   |  160.00 | A-1          | X-1
2026-03-14 09:10 | transfer     | 1800.00 | E-2          | A-1
2026-03-15 09:00 | crypto_buy   |  180.00 | A-1          | X-1
2026-03-30 09:10 | transfer     | 1500.00 | E-1          | A-1
2026-03-30 14:10 | crypto_buy   |  150.00 | A-1          | X-1
"""

[[silent]]
name = "somebody invests savings far beyond what came in that day"
rows = """
occurred_at      | channel      | amount  | from_account | to_account
2026-03-02 09:10 | transfer     |  100.00 | S-1          | A-1
2026-03-02 15:00 | crypto_buy   | 5000.00 | A-1          | X-1
2026-03-14 09:10 | transfer     |  200.00 | S-2          | A-1
2026-03-15 09:00 | crypto_buy   | 4000.00 | A-1          | X-1
2026-03-30 09:10 | cash_deposit |  300.00 |              | A-1
2026-03-30 14:10 | crypto_buy   | 3000.00 | A-1          | X-1
"""

[[silent]]
name = "the sums go on to a supplier, not to an exchange"
rows = """
occurred_at      | channel      | amount  | from_account | to_account
2026-03-02 09:10 | mobile_money |  600.00 | S-1          | A-1
2026-03-02 15:00 | transfer     |  580.00 | A-1          | P-1
2026-03-14 09:10 | transfer     |  800.00 | S-2          | A-1
2026-03-15 09:00 | transfer     |  700.00 | A-1          | P-1
2026-03-30 09:10 | cash_deposit |  500.00 |              | A-1
2026-03-30 14:10 | transfer     |  500.00 | A-1          | P-1
"""

[[silent]]
name = "one of the purchases undoes an earlier one"
rows = """
reference | occurred_at      | channel      | amount  | from_account | to_account | reverses
r-1       | 2026-03-02 09:10 | mobile_money |  600.00 | S-1          | A-1        |
r-2       | 2026-03-02 15:00 | crypto_buy   |  580.00 | A-1          | X-1        |
r-3       | 2026-03-14 09:10 | transfer     |  800.00 | S-2          | A-1        |
r-4       | 2026-03-15 09:00 | crypto_buy   |  700.00 | A-1          | X-1        | r-9
r-5       | 2026-03-30 09:10 | cash_deposit |  500.00 |              | A-1        |
r-6       | 2026-03-30 14:10 | crypto_buy   |  500.00 | A-1          | X-1        |
"""

[[silent]]
name = "friends try out an exchange with pocket money"
rows = """
occurred_at      | channel      | amount | from_account | to_account
2026-03-02 09:10 | mobile_money |  60.00 | S-1          | A-1
2026-03-02 15:00 | crypto_buy   |  58.00 | A-1          | X-1
2026-03-14 09:10 | transfer     |  80.00 | S-2          | A-1
2026-03-15 09:00 | crypto_buy   |  70.00 | A-1          | X-1
2026-03-30 09:10 | cash_deposit |  50.00 |              | A-1
2026-03-30 14:10 | crypto_buy   |  50.00 | A-1          | X-1
"""

[[silent]]
name = "an exchange that passes orders on to a larger one"
base = "typical"
tables.segments = """
account | segment  | valid_from | valid_to | source
X|A-1   | exchange | 2025-01-01 |          | example
"""
---*/
-- To an exchange goes what is a crypto purchase, or a payment to an account that the data or a register knows as an exchange.
-- Money stands at its earliest moment, a purchase at its latest. A purchase counts where the purchases of the day before it, its
-- own included, took between the least and the most share of what came in then.
-- Strength: 500 at the least number of purchases, 1000 at twice as many.
with exchanges as (
    select account, 0 as from_day, 2147483647 as to_day from accounts where kind = 'exchange'
    union all
    select account, from_day, to_day from segments where segment = 'exchange'
),
purchases as (
    select account, txn, t_end_s, amount_base, threshold_base
    from flows
    where direction = 'out' and channel = 'crypto_buy' and not is_reversal and amount_base is not null
    union
    select f.account, f.txn, f.t_end_s, f.amount_base, f.threshold_base
    from flows as f
    join exchanges as e on e.account = f.counterparty and e.from_day <= f.day and f.day < e.to_day
    where f.direction = 'out' and f.counterparty <> f.account and f.channel <> 'fee' and not f.is_reversal
      and f.amount_base is not null
),
moves as (
    select account, 'out' as side, txn, t_end_s as moment, cast(null as integer) as payer, 0 as amount_in,
           amount_base as amount_out, threshold_base
    from purchases
    union all
    select account, 'in', txn, t_s, coalesce(counterparty, -1), amount_base, 0, threshold_base
    from flows
    where direction = 'in'
      and account in (select account from purchases)
      and (counterparty is null or counterparty <> account)
      and channel not in ('fee', 'crypto_sell')
      and not is_reversal
      and amount_base is not null
),
days as (
    select account, side, txn, moment, payer, amount_in, amount_out, threshold_base,
           sum(amount_in) over before as just_in,
           sum(amount_out) over before as just_out,
           sum(amount_out) over (
               partition by account order by moment range between current row and ($quick_s - 1) following
           ) as then_out
    from moves
    window before as (partition by account order by moment range between ($quick_s - 1) preceding and current row)
),
legs as (
    select account, side, txn, moment as t_s, payer, amount_in, amount_out, threshold_base
    from days
    where (side = 'in' and then_out * 1000 >= amount_in * $least_out)
       or (
           side = 'out'
           and just_in > 0
           and just_out * 1000 >= just_in * $least_out
           and just_out * 1000 <= just_in * $most_out
       )
),
months as (
    select account, side, txn, t_s,
           sum(case when side = 'out' then 1 else 0 end) over month as purchases,
           sum(amount_out) over month as bought,
           sum(amount_in) over month as received,
           min(t_s) over month as first_s,
           max(threshold_base) over month as threshold
    from legs
    window month as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
),
habits as (
    select account, txn, t_s, purchases, bought, received, first_s, threshold
    from months
    where side = 'out'
      and purchases >= $at_least
      and bought * 1000 >= threshold * $sum_share
),
counted as (
    select h.account, h.txn, count(distinct l.payer) as sources
    from habits as h
    join legs as l on l.account = h.account and l.side = 'in' and l.t_s between h.t_s - ($window_s - 1) and h.t_s
    group by h.account, h.txn
)
select h.account as subject,
       h.first_s as window_start_s,
       h.t_s as window_end_s,
       least(per_mille(h.purchases, $at_least) // 2, 1000) as strength,
       h.txn,
       h.t_s,
       h.bought as size,
       h.purchases,
       c.sources,
       h.bought,
       h.received,
       per_mille(h.bought, h.received) as share,
       cast(h.threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from habits as h
join counted as c on c.account = h.account and c.txn = h.txn
where c.sources >= $least_sources
