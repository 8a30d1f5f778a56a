/*---
id = "fuel-mislabel"
title.en = "What the text calls waste oil is paid at the price of fuel"
title.fr = "Ce que le libellé appelle huile usagée est payé au prix du carburant"
title.es = "Lo que el concepto llama aceite usado se paga al precio del combustible"
family = "fuel"
tier = "enriched"
status = "test"
severity = "medium"
weight = 6
needs = ["purpose"]
tables = ["lexicon", "prices"]
peaks = "window_s"
sources = [
    "FinCEN notices on smuggled oil and fuel (2025-26): crude and fuel declared as waste oil",
    "The band of prices: our judgement, to be calibrated on the region's market",
]
exclusions = ["licensed_trader"]
benign = [
    { en = "A recycler who sells refined oil and calls it by its origin", fr = "Un recycleur qui vend de l'huile raffinée et la nomme d'après son origine", es = "Un reciclador que vende aceite refinado y lo llama por su origen" },
    { en = "A quantity in the text that is not the one that was paid for", fr = "Une quantité dans le libellé qui n'est pas celle qui a été payée", es = "Una cantidad en el concepto que no es la que se pagó" },
]
next_step.en = "Ask for the permit, the waste manifests and a laboratory analysis; see where the cargo was loaded and unloaded."
next_step.fr = "Demander le permis, les bordereaux de déchets et une analyse de laboratoire ; voir où la cargaison a été chargée et déchargée."
next_step.es = "Pedir el permiso, los manifiestos de residuos y un análisis de laboratorio; ver dónde se cargó y descargó la carga."
why.en = "{paid} for {litres|# litre|# litres} of what {sales|# text calls|# texts call} waste oil within {days}: {level} of what as much diesel costs ({value})"
why.fr = "{paid} pour {litres|# litre|# litres} de ce que {sales|# libellé appelle|# libellés appellent} huile usagée en {days} : {level} du prix d'autant de gazole ({value})"
why.es = "{paid} por {litres|# litro|# litros} de lo que {sales|# concepto llama|# conceptos llaman} aceite usado en {days}: {level} de lo que cuesta otro tanto de diésel ({value})"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
sales = "count"
litres = "count"
paid = "money"
value = "money"
level = "percent"
needed = "money"
days = "days"

[[indicators]]
label = { en = "Price against that of diesel", fr = "Prix rapporté à celui du gazole", es = "Precio respecto del diésel" }
observed = "level"
threshold = "least_level"
sense = "at_least"

[[indicators]]
label = { en = "Sum of the payments", fr = "Somme des paiements", es = "Suma de los pagos" }
observed = "paid"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 31536000
reason = "Thirty days hold the loads of one month's deliveries"

[params.least_level]
default = 600
unit = "per_mille"
least = 100
most = 1000
reason = "Used oil for recycling fetches a fraction of the price of diesel; at six tenths of it, it is sold as fuel"

[params.most_level]
default = 2000
unit = "per_mille"
least = 1000
most = 10000
reason = "At more than twice the price of diesel the quantity in the text is not the one that was paid for"

[params.sum_share]
default = 500
unit = "per_mille"
least = 0
most = 100000
reason = "Half of the threshold: below it lie drums that a garage sells"

[params.most_litres]
default = 100000000
unit = "count"
least = 1000
most = 1000000000
reason = "More than a large tanker ship holds is a number that means something else"

[bases.lawful]
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-03-02 09:10 | 9000.00 | B-1          | A-1        | waste oil 60000 litres
"""

[[fires]]
name = "ten thousand litres of waste oil at six tenths of the price of diesel"
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-03-02 09:10 | 6000.00 | B-1          | A-1        | Waste oil 10000 l
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""

[[fires]]
name = "only dates are known: two loads on the first and the thirtieth day"
rows = """
occurred_at | amount  | from_account | to_account | purpose
2026-03-01  | 2500.00 | B-1          | A-1        | aceite usado 3000 litros
2026-03-30  | 2500.00 | B-1          | A-1        | huile usagee 3 m3
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""

[[silent]]
name = "only dates are known: the second load on the thirty-first day, each below half of the threshold"
rows = """
occurred_at | amount  | from_account | to_account | purpose
2026-03-01  | 2500.00 | B-1          | A-1        | aceite usado 3000 litros
2026-03-31  | 2500.00 | B-1          | A-1        | huile usagee 3 m3
"""
[silent.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""

[[silent]]
name = "a cent below six tenths of the price"
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-03-02 09:10 | 5999.99 | B-1          | A-1        | Waste oil 10000 l
"""
[silent.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""

[[silent]]
name = "a recycler buys at the price of waste"
base = "lawful"
[silent.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""

[[silent]]
name = "diesel that is called diesel"
base = "lawful"
change.1.purpose = "diesel 10000 l"
[silent.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""

[[silent]]
name = "the quantity cannot be the one that was paid for"
base = "lawful"
change.1.purpose = "waste oil, sample of 5 litres"
[silent.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""

[[silent]]
name = "no quantity in the text"
base = "lawful"
change.1.purpose = "waste oil"
[silent.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""

[[silent]]
name = "a recycler with a permit"
base = "lawful"
change.1.purpose = "waste oil 10000 l"
[silent.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""
segments = """
account | segment         | valid_from | valid_to | source
X|A-1   | licensed_trader | 2020-01-01 |          | test
"""

[[silent]]
name = "a refund, and a payment to oneself"
rows = """
reference | occurred_at      | amount  | from_account | to_account | purpose            | reverses
r-1       | 2026-03-02 09:10 | 9000.00 | B-1          | A-1        | waste oil 10000 l | r-9
r-2       | 2026-03-02 10:10 | 9000.00 | A-1          | A-1        | waste oil 10000 l |
"""
[silent.tables]
lexicon = """
topic     | language | term         | source
waste_oil | *        | huile usagée | test
waste_oil | *        | waste oil    | test
waste_oil | *        | aceite usado | test
"""
prices = """
commodity | date       | currency | price | source
diesel    | 2020-01-01 | EUR      | 1.00  | test
"""
---*/
-- Litres from the text, where it says one quantity; price of diesel from the table, on the day or the latest one before.
-- Strength: 500 where price and sum just reach their thresholds, 1000 where both are twice as high.
with loads as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base, q.quantity,
           cast(
               cast(least(q.quantity, $most_litres) as decimal(18, 4)) * cast(p.price_base as decimal(18, 4))
               as decimal(24, 4)
           ) as value
    from mentions as m
    join quantities as q on q.txn = m.txn and q.unit = 'litre'
    join flows as f on f.txn = m.txn
    join prices as p on p.commodity = 'diesel' and p.day = f.day
    where m.topic = 'waste_oil'
      and f.direction = 'in'
      and f.counterparty <> f.account
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
      and q.quantity <= $most_litres
),
legs as (
    select account, txn, t_s, t_end_s, amount_base, threshold_base, quantity, value
    from loads
    where amount_base * 1000 >= value * $least_level and amount_base * 1000 <= value * $most_level
),
months as (
    select account, txn, t_s,
           count(*) over month as sales,
           sum(amount_base) over month as paid,
           sum(quantity) over month as litres,
           sum(value) over month as value,
           max(threshold_base) over month as threshold,
           min(t_s) over month as first_s,
           max(t_end_s) over month as last_s
    from legs
    window month as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(
           (least(per_mille(paid * 1000, value * $least_level), 2000)
            + least(per_mille(paid * 1000, greatest(threshold * $sum_share, 1)), 2000)) // 4,
           1000
       ) as strength,
       txn,
       t_s,
       paid as size,
       sales,
       cast(litres as bigint) as litres,
       paid,
       value,
       per_mille(paid, value) as level,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       (last_s - first_s) // 86400 + 1 as days
from months
where paid * 1000 >= threshold * $sum_share
  and last_s - first_s < $window_s
