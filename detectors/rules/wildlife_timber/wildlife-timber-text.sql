/*---
id = "wildlife-timber-text"
title.en = "Payments that speak of protected animals, their parts, or timber from abroad"
title.fr = "Paiements qui parlent d'animaux protégés, de leurs parties ou de bois venu d'un autre pays"
title.es = "Pagos que hablan de animales protegidos, de sus partes o de madera de otro país"
family = "wildlife_timber"
tier = "enriched"
status = "live"
severity = "medium"
weight = 5
needs = ["purpose"]
tables = ["lexicon"]
peaks = "window_s"
sources = [
    "FINTRAC operational alert on the illegal wildlife trade (2023): names of species and parts in texts",
    "The words are those of the table `lexicon`; sums and numbers are our judgement, to be calibrated",
]
exclusions = ["licensed_trader", "cooperative"]
benign = [
    { en = "A breeder, a taxidermist or a museum with a CITES permit", fr = "Un éleveur, un taxidermiste ou un musée muni d'un permis CITES", es = "Un criador, un taxidermista o un museo con permiso CITES" },
    { en = "Antiques, copies, or a nickname in a text", fr = "Des antiquités, des copies, ou un surnom dans un libellé", es = "Antigüedades, copias o un apodo en un concepto" },
    { en = "A sawmill or an exporter with papers of origin", fr = "Une scierie ou un exportateur muni de documents d'origine", es = "Un aserradero o un exportador con documentos de origen" },
]
next_step.en = "Ask for the CITES permit or the papers of origin, and see to whom the seller passes the money on."
next_step.fr = "Demander le permis CITES ou les documents d'origine, et voir à qui le vendeur transmet l'argent."
next_step.es = "Pedir el permiso CITES o los documentos de origen, y ver a quién pasa el dinero el vendedor."
why.en = "{animals||# payment for protected animals or their parts, |# payments for protected animals or their parts, }{timber||# payment from abroad for timber, |# payments from abroad for timber, }{total} in all within {days}, with words such as {term}"
why.fr = "{animals||# paiement pour des animaux protégés ou leurs parties, |# paiements pour des animaux protégés ou leurs parties, }{timber||# paiement venu de l'étranger pour du bois, |# paiements venus de l'étranger pour du bois, }{total} au total en {days}, avec des mots comme {term}"
why.es = "{animals||# pago por animales protegidos o sus partes, |# pagos por animales protegidos o sus partes, }{timber||# pago del extranjero por madera, |# pagos del extranjero por madera, }{total} en total en {days}, con palabras como {term}"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
animals = "count"
timber = "count"
term = "text"
total = "money"
needed = "money"
days = "days"

[[indicators]]
label = { en = "Sum of the payments", fr = "Somme des paiements", es = "Suma de los pagos" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 31536000
reason = "Thirty days hold the instalments of one delivery"

[params.least_timber]
default = 3
unit = "count"
least = 1
most = 1000
reason = "Timber is sold lawfully everywhere: only repeated payments from another country count"

[params.animal_share]
default = 50
unit = "per_mille"
least = 0
most = 100000
reason = "A twentieth of the threshold: below it lie pets, food and souvenirs"

[params.timber_share]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "The whole threshold: a load of precious wood is worth more, a joiner's order less"

[[fires]]
name = "one payment for pangolin scales, accents left out"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 500.00 | B-1          | A-1        | ECAILLES DE PANGOLIN 40kg
2026-03-05 09:10 | 900.00 | B-1          | A-1        | rent
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic    | language | term                 | source
wildlife | *        | écailles de pangolin | test
wildlife | *        | pangolin scales      | test
timber   | *        | bois de rose         | test
timber   | *        | palo de rosa         | test
"""

[[fires]]
name = "only dates are known: three payments from abroad for rosewood, day 1 to day 30"
rows = """
occurred_at | amount  | from_account | to_account | from_country | to_country | purpose
2026-03-01  | 4000.00 | B-1          | A-1        | CN           | MG         | bois de rose
2026-03-10  | 3000.00 | B-1          | A-1        | CN           | MG         | Bois de rose lot 2
2026-03-30  | 3000.00 | B-2          | A-1        | CN           | MG         | palo de rosa
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic    | language | term                 | source
wildlife | *        | écailles de pangolin | test
wildlife | *        | pangolin scales      | test
timber   | *        | bois de rose         | test
timber   | *        | palo de rosa         | test
"""

[[silent]]
name = "only dates are known: the third payment for rosewood on the thirty-first day"
rows = """
occurred_at | amount  | from_account | to_account | from_country | to_country | purpose
2026-03-01  | 4000.00 | B-1          | A-1        | CN           | MG         | bois de rose
2026-03-10  | 3000.00 | B-1          | A-1        | CN           | MG         | bois de rose
2026-03-31  | 3000.00 | B-2          | A-1        | CN           | MG         | bois de rose
"""
[silent.tables]
lexicon = """
topic    | language | term                 | source
wildlife | *        | écailles de pangolin | test
wildlife | *        | pangolin scales      | test
timber   | *        | bois de rose         | test
timber   | *        | palo de rosa         | test
"""

[[silent]]
name = "one cent less than a twentieth of the threshold"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 499.99 | B-1          | A-1        | pangolin scales
"""
[silent.tables]
lexicon = """
topic    | language | term                 | source
wildlife | *        | écailles de pangolin | test
wildlife | *        | pangolin scales      | test
timber   | *        | bois de rose         | test
timber   | *        | palo de rosa         | test
"""

[[silent]]
name = "a joiner buys rosewood from a dealer of his own country"
rows = """
occurred_at | amount  | from_account | to_account | from_country | to_country | purpose
2026-03-01  | 4000.00 | B-1          | A-1        | MG           | MG         | bois de rose
2026-03-10  | 3000.00 | B-1          | A-1        | MG           | MG         | bois de rose
2026-03-20  | 3000.00 | B-2          | A-1        | MG           | MG         | bois de rose
"""
[silent.tables]
lexicon = """
topic    | language | term                 | source
wildlife | *        | écailles de pangolin | test
wildlife | *        | pangolin scales      | test
timber   | *        | bois de rose         | test
timber   | *        | palo de rosa         | test
"""

[[silent]]
name = "a club that is called Pangolin"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 900.00 | B-1          | A-1        | Pangolin club, room hire
"""
[silent.tables]
lexicon = """
topic    | language | term                 | source
wildlife | *        | écailles de pangolin | test
wildlife | *        | pangolin scales      | test
timber   | *        | bois de rose         | test
timber   | *        | palo de rosa         | test
"""

[[silent]]
name = "a museum with a licence"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 900.00 | B-1          | A-1        | pangolin scales
"""
[silent.tables]
lexicon = """
topic    | language | term                 | source
wildlife | *        | écailles de pangolin | test
wildlife | *        | pangolin scales      | test
timber   | *        | bois de rose         | test
timber   | *        | palo de rosa         | test
"""
segments = """
account | segment         | valid_from | valid_to | source
X|A-1   | licensed_trader | 2020-01-01 |          | test
"""

[[silent]]
name = "a refund, and a payment to oneself"
rows = """
reference | occurred_at      | amount | from_account | to_account | purpose         | reverses
r-1       | 2026-03-02 09:10 | 900.00 | B-1          | A-1        | pangolin scales | r-9
r-2       | 2026-03-02 10:10 | 900.00 | A-1          | A-1        | pangolin scales |
"""
[silent.tables]
lexicon = """
topic    | language | term                 | source
wildlife | *        | écailles de pangolin | test
wildlife | *        | pangolin scales      | test
timber   | *        | bois de rose         | test
timber   | *        | palo de rosa         | test
"""
---*/
-- The one who is paid is the seller. Animals count from one payment on, timber only where several come from another country.
-- Strength: 500 where the sum just reaches its threshold, 1000 at twice as much.
with goods as (
    select txn,
           max(case when topic = 'wildlife' then 1 else 0 end) as is_animal,
           min(term) as term
    from mentions
    where topic in ('wildlife', 'timber')
    group by txn
),
legs as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base, g.is_animal, g.term
    from flows as f
    join goods as g on g.txn = f.txn
    where f.direction = 'in'
      and (f.counterparty is null or f.counterparty <> f.account)
      and (g.is_animal = 1 or f.country <> f.home)
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
),
months as (
    select account, txn, t_s,
           sum(is_animal) over month as animals,
           sum(1 - is_animal) over month as timber,
           min(term) over month as term,
           sum(amount_base) over month as total,
           sum(case when is_animal = 1 then amount_base else 0 end) over month as animal_total,
           max(threshold_base) over month as threshold,
           min(t_s) over month as first_s,
           max(t_end_s) over month as last_s
    from legs
    window month as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
),
sales as (
    select account, txn, t_s, animals, timber, term, total, first_s, last_s,
           case when animals > 0 and animal_total * 1000 >= threshold * $animal_share
                then cast(threshold * $animal_share * 0.001 as decimal(24, 4))
                else cast(threshold * $timber_share * 0.001 as decimal(24, 4)) end as needed
    from months
    where last_s - first_s < $window_s
      and (
          (animals > 0 and animal_total * 1000 >= threshold * $animal_share)
          or (timber >= $least_timber and (total - animal_total) * 1000 >= threshold * $timber_share)
      )
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(total, greatest(needed, 1)) // 2, 1000) as strength,
       txn,
       t_s,
       total as size,
       animals,
       timber,
       term,
       total,
       needed,
       (last_s - first_s) // 86400 + 1 as days
from sales
