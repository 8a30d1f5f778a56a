/*---
id = "gold-price-gap"
title.en = "Gold is paid far off the list price of the day"
title.fr = "De l'or payé loin du cours du jour"
title.es = "Oro pagado lejos del precio del día"
family = "gold_minerals"
tier = "enriched"
status = "test"
severity = "medium"
weight = 6
peaks = "window_s"
needs = ["purpose"]
tables = ["lexicon", "prices"]
sources = [
    "AMLTRIX IND00456; FATF and APG, risks with gold (2015): false invoicing",
    "Fifteen per cent, and texts that say one weight: our judgement, to be calibrated on labelled data",
]
benign = [
    { en = "Gold of low purity, or a dealer's usual discount on dust and nuggets", fr = "De l'or peu pur, ou la décote habituelle sur la poudre et les pépites", es = "Oro de baja pureza o el descuento habitual por polvo y pepitas" },
    { en = "A price fixed on an earlier day, an advance or a part payment", fr = "Un prix fixé un autre jour, une avance ou un paiement partiel", es = "Un precio fijado otro día, un anticipo o un pago parcial" },
]
next_step.en = "Ask for the assay and the invoice, and compare weight and purity with what was declared at the border."
next_step.fr = "Demander l'essai et la facture, et comparer poids et titre avec ce qui a été déclaré à la frontière."
next_step.es = "Pedir el ensayo y la factura y comparar peso y pureza con lo declarado en la frontera."
why.en = "{deals|# payment|# payments} for gold within {days}: {paid} for {grams|# gram|# grams} that the list price makes {value}; the widest gap is {widest}"
why.fr = "{deals|# paiement|# paiements} d'or en {days} : {paid} pour {grams|# gramme|# grammes}, que le cours met à {value} ; l'écart le plus grand est de {widest}"
why.es = "{deals|# pago|# pagos} de oro en {days}: {paid} por {grams|# gramo|# gramos}, que según el precio de lista valen {value}; la mayor diferencia es de {widest}"

[roles]
subject = "payer"
senders = "payer"
receivers = "beneficiary"

[facts]
deals = "count"
days = "days"
paid = "money"
grams = "count"
value = "money"
widest = "percent"

[[indicators]]
label = { en = "Widest gap to the list price", fr = "Plus grand écart au cours", es = "Mayor diferencia con el precio de lista" }
observed = "widest"
threshold = "band"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 7776000
reason = "Thirty days: one finding for the deals of a month"

[params.band]
default = 150
unit = "per_mille"
least = 10
most = 1000
reason = "Fifteen per cent more or less: the price of a day, charges, and gold of usual purity"

[params.least_read]
default = 200
unit = "per_mille"
least = 1
most = 1000
reason = "Below a fifth of the list price the weight is misread or it is a part payment; such are left out"

[params.most_read]
default = 5000
unit = "per_mille"
least = 1000
most = 100000
reason = "Above five times the list price the weight is misread or more was bought; such are left out"

[params.most_grams]
default = 10000000
unit = "count"
least = 1
most = 1000000000
reason = "Ten tonnes: a larger number is no weight of gold"

[bases.typical]
rows = """
occurred_at      | channel | amount   | from_account | to_account | purpose
2026-03-02 09:10 | trade   | 17000.00 | A-1          | S-1        | gold 200.1 g
"""
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""
tables.prices = """
commodity | date       | currency | price | source
gold      | 2026-01-01 | EUR      | 100   | example
"""

[[fires]]
name = "fifteen per cent and a little less than the list price"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only the date is known: a fifth too much"
base = "typical"
dates_only = true
change.1.amount = "24100.00"
flags = ["A-1"]

[[fires]]
name = "an ounce in dollars, in French words"
rows = """
occurred_at      | channel | amount   | currency | from_account | to_account | purpose
2026-03-02 09:10 | trade   | 80000.00 | USD      | A-1          | S-1        | Poudre d'or 0,5 kg
"""
flags = ["A-1"]
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""
tables.prices = """
commodity | date       | currency | price | source
gold      | 2026-01-01 | EUR      | 100   | example
"""

[[silent]]
name = "exactly fifteen per cent less"
base = "typical"
change.1.purpose = "gold 200 g"

[[silent]]
name = "the list price of the day"
base = "typical"
change.1.amount = "20010.00"

[[silent]]
name = "no weight in the text"
base = "typical"
change.1.purpose = "gold dust"

[[silent]]
name = "two weights in the text"
base = "typical"
change.1.purpose = "gold 200 g and 300 g"

[[silent]]
name = "a fifth of the price and less: an advance"
base = "typical"
change.1.amount = "4000.00"

[[silent]]
name = "rice by weight"
base = "typical"
change.1.purpose = "rice 200.1 g"

[[silent]]
name = "gold on a day before the first listed price"
base = "typical"
change.1.occurred_at = "2025-12-31 09:10"

[[silent]]
name = "the payment gives another back"
base = "typical"
change.1.reverses = "r-9"
---*/
-- Weight from the text, where it says one; price of the day from the table, or of the latest day before. Only payments off
-- the band are legs. Strength: 500 where the widest gap just passes the band, 1000 where it is twice as wide.
with deals as (
    select t.from_account as account, t.txn, t.t_s, t.t_end_s, t.amount_base as paid, q.quantity,
           cast(
               cast(least(q.quantity, $most_grams) as decimal(18, 4)) * cast(p.price_base as decimal(18, 4))
               as decimal(24, 4)
           ) as value
    from mentions as m
    join quantities as q on q.txn = m.txn and q.unit = 'gram'
    join transactions as t on t.txn = m.txn
    join prices as p on p.commodity = 'gold' and p.day = t.day
    where m.topic = 'gold'
      and t.from_account <> t.to_account
      and t.channel <> 'fee'
      and not t.is_reversal
      and t.amount_base is not null
      and q.quantity <= $most_grams
),
legs as (
    select account, txn, t_s, t_end_s, paid, quantity, value, per_mille(abs(paid - value), value) as gap
    from deals
    where abs(paid - value) * 1000 > value * $band
      and paid * 1000 > value * $least_read
      and paid * 1000 < value * $most_read
),
months as (
    select account, txn, t_s,
           count(*) over spell as deals,
           sum(paid) over spell as paid,
           sum(quantity) over spell as grams,
           sum(value) over spell as value,
           max(gap) over spell as widest,
           min(t_s) over spell as first_s,
           max(t_end_s) over spell as last_s
    from legs
    window spell as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(widest, $band) // 2, 1000) as strength,
       txn,
       t_s,
       paid as size,
       deals,
       (last_s - first_s) // 86400 + 1 as days,
       paid,
       cast(grams as bigint) as grams,
       value,
       widest
from months
