/*---
id = "embargo-procurement"
title.en = "Payments for arms or dual-use goods to or from an embargoed destination"
title.fr = "Paiements d'armes ou de biens à double usage de ou vers une destination sous embargo"
title.es = "Pagos por armas o bienes de doble uso desde o hacia un destino bajo embargo"
family = "arms"
tier = "enriched"
status = "test"
severity = "high"
weight = 7
needs = ["purpose"]
tables = ["corridors", "lexicon"]
peaks = "window_s"
sources = [
    "AMLTRIX IND03008 and IND03009",
    "The table `corridors` (kind embargo) names the measure and its dates; the sum is our judgement",
]
exclusions = ["licensed_trader", "aid_programme"]
benign = [
    { en = "An exempted mission, a peace operation or mine clearance that the committee was notified of", fr = "Une mission exemptée, une opération de paix ou un déminage notifié au comité", es = "Una misión exenta, una operación de paz o un desminado notificado al comité" },
    { en = "A toy, a film prop, a hunting book or a camera drone", fr = "Un jouet, un accessoire de cinéma, un livre de chasse ou un drone photo", es = "Un juguete, un accesorio de cine, un libro de caza o un dron de fotografía" },
]
next_step.en = "Ask for invoice, end-user certificate and transport papers, and look for an exemption before anything else."
next_step.fr = "Demander facture, certificat d'utilisateur final et documents de transport, et chercher d'abord une dérogation."
next_step.es = "Pedir factura, certificado de usuario final y documentos de transporte, y buscar antes que nada una exención."
why.en = "{payments|# payment that speaks|# payments that speak} of arms or dual-use goods ({term}), {total} in all{inward||, # of them into an embargoed destination|, # of them into an embargoed destination}{outward||, # of them out of an embargoed destination|, # of them out of an embargoed destination}, within {days}"
why.fr = "{payments|# paiement qui parle|# paiements qui parlent} d'armes ou de biens à double usage ({term}), {total} au total{inward||, dont # vers une destination sous embargo|, dont # vers une destination sous embargo}{outward||, dont # depuis une destination sous embargo|, dont # depuis une destination sous embargo}, en {days}"
why.es = "{payments|# pago que habla|# pagos que hablan} de armas o bienes de doble uso ({term}), {total} en total{inward||, # de ellos hacia un destino bajo embargo|, # de ellos hacia un destino bajo embargo}{outward||, # de ellos desde un destino bajo embargo|, # de ellos desde un destino bajo embargo}, en {days}"

[roles]
subject = "payer"
senders = "payer"
receivers = "beneficiary"

[facts]
payments = "count"
term = "text"
total = "money"
needed = "money"
inward = "count"
outward = "count"
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
reason = "Thirty days hold the deposit and the balance of one order"

[params.sum_share]
default = 50
unit = "per_mille"
least = 0
most = 100000
reason = "A twentieth of the threshold: one used rifle costs that much; a toy or a book lies below"

[[fires]]
name = "a buyer in the destination pays a dealer abroad"
rows = """
occurred_at      | amount  | from_account | to_account | from_country | to_country | purpose
2026-03-02 09:10 | 4000.00 | A-1          | V-1        | CF           | AE         | Munitions, acompte
2026-03-20 15:40 | 2500.00 | A-1          | V-1        | CF           | AE         | solde facture 12
"""
flags = ["A-1"]
[fires.tables]
corridors = """
kind    | route | step | from_country | to_country | valid_from | valid_to | source
embargo | test  | 1    | *            | CF         | 2020-01-01 |          | test
"""
lexicon = """
topic    | language | term            | source
arms     | *        | munitions       | test
arms     | *        | assault rifles  | test
dual_use | *        | visión nocturna | test
"""

[[fires]]
name = "only dates are known: a buyer abroad pays somebody in the destination on the first and the thirtieth day"
rows = """
occurred_at | amount | from_account | to_account | from_country | to_country | purpose
2026-03-01  | 300.00 | A-1          | V-1        | FR           | CF         | assault rifles
2026-03-30  | 200.00 | A-1          | V-2        | FR           | CF         | Vision nocturna x 4
"""
flags = ["A-1"]
[fires.tables]
corridors = """
kind    | route | step | from_country | to_country | valid_from | valid_to | source
embargo | test  | 1    | *            | CF         | 2020-01-01 |          | test
"""
lexicon = """
topic    | language | term            | source
arms     | *        | munitions       | test
arms     | *        | assault rifles  | test
dual_use | *        | visión nocturna | test
"""

[[silent]]
name = "only dates are known: the second on the thirty-first day, each below a twentieth of the threshold"
rows = """
occurred_at | amount | from_account | to_account | from_country | to_country | purpose
2026-03-01  | 300.00 | A-1          | V-1        | FR           | CF         | assault rifles
2026-03-31  | 200.00 | A-1          | V-2        | FR           | CF         | visión nocturna
"""
[silent.tables]
corridors = """
kind    | route | step | from_country | to_country | valid_from | valid_to | source
embargo | test  | 1    | *            | CF         | 2020-01-01 |          | test
"""
lexicon = """
topic    | language | term            | source
arms     | *        | munitions       | test
arms     | *        | assault rifles  | test
dual_use | *        | visión nocturna | test
"""

[[silent]]
name = "one cent less than a twentieth of the threshold: a toy"
rows = """
occurred_at | amount | from_account | to_account | from_country | to_country | purpose
2026-03-01  | 499.99 | A-1          | V-1        | FR           | CF         | assault rifles (toys)
"""
[silent.tables]
corridors = """
kind    | route | step | from_country | to_country | valid_from | valid_to | source
embargo | test  | 1    | *            | CF         | 2020-01-01 |          | test
"""
lexicon = """
topic    | language | term            | source
arms     | *        | munitions       | test
arms     | *        | assault rifles  | test
dual_use | *        | visión nocturna | test
"""

[[silent]]
name = "the same goods between two countries without an embargo"
rows = """
occurred_at      | amount  | from_account | to_account | from_country | to_country | purpose
2026-03-02 09:10 | 4000.00 | A-1          | V-1        | FR           | AE         | munitions
"""
[silent.tables]
corridors = """
kind    | route | step | from_country | to_country | valid_from | valid_to | source
embargo | test  | 1    | *            | CF         | 2020-01-01 |          | test
"""
lexicon = """
topic    | language | term            | source
arms     | *        | munitions       | test
arms     | *        | assault rifles  | test
dual_use | *        | visión nocturna | test
"""

[[silent]]
name = "the embargo had been lifted on that very day"
rows = """
occurred_at      | amount  | from_account | to_account | from_country | to_country | purpose
2026-03-02 09:10 | 4000.00 | A-1          | V-1        | CF           | AE         | munitions
"""
[silent.tables]
corridors = """
kind    | route | step | from_country | to_country | valid_from | valid_to   | source
embargo | test  | 1    | *            | CF         | 2013-12-05 | 2026-03-02 | test
"""
lexicon = """
topic    | language | term            | source
arms     | *        | munitions       | test
arms     | *        | assault rifles  | test
dual_use | *        | visión nocturna | test
"""

[[silent]]
name = "a payment to the destination whose text only contains the letters of a word"
rows = """
occurred_at      | amount  | from_account | to_account | from_country | to_country | purpose
2026-03-02 09:10 | 4000.00 | A-1          | V-1        | FR           | CF         | communications
"""
[silent.tables]
corridors = """
kind    | route | step | from_country | to_country | valid_from | valid_to | source
embargo | test  | 1    | *            | CF         | 2020-01-01 |          | test
"""
lexicon = """
topic    | language | term            | source
arms     | *        | munitions       | test
arms     | *        | assault rifles  | test
dual_use | *        | visión nocturna | test
"""

[[silent]]
name = "mine clearance by an aid programme, known as such"
rows = """
occurred_at      | amount  | from_account | to_account | from_country | to_country | purpose
2026-03-02 09:10 | 4000.00 | A-1          | V-1        | FR           | CF         | visión nocturna
"""
[silent.tables]
corridors = """
kind    | route | step | from_country | to_country | valid_from | valid_to | source
embargo | test  | 1    | *            | CF         | 2020-01-01 |          | test
"""
lexicon = """
topic    | language | term            | source
arms     | *        | munitions       | test
arms     | *        | assault rifles  | test
dual_use | *        | visión nocturna | test
"""
segments = """
account | segment       | valid_from | valid_to | source
X|A-1   | aid_programme | 2020-01-01 |          | test
"""

[[silent]]
name = "a payment that undoes an earlier one, one to oneself, and one within the destination"
rows = """
reference | occurred_at      | amount  | from_account | to_account | from_country | to_country | purpose   | reverses
r-1       | 2026-03-02 09:10 | 4000.00 | A-1          | V-1        | FR           | CF         | munitions | r-9
r-2       | 2026-03-02 10:10 | 4000.00 | A-1          | A-1        | FR           | CF         | munitions |
r-3       | 2026-03-02 11:10 | 4000.00 | A-2          | A-3        | CF           | CF         | munitions |
"""
[silent.tables]
corridors = """
kind    | route | step | from_country | to_country | valid_from | valid_to | source
embargo | test  | 1    | *            | CF         | 2020-01-01 |          | test
"""
lexicon = """
topic    | language | term            | source
arms     | *        | munitions       | test
arms     | *        | assault rifles  | test
dual_use | *        | visión nocturna | test
"""
---*/
-- Goods follow the money or meet it: who pays out of the destination may buy, who pays into it may have somebody buy there.
-- Which relation is under embargo, and since when, is in the table; `*` stands for any country on the other side.
-- Strength: 500 where the sum just reaches its threshold, 1000 at twice as much.
with goods as (
    select txn, min(term) as term from mentions where topic in ('arms', 'dual_use') group by txn
),
legs as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base, g.term,
           max(case when c.to_country = f.country then 1 else 0 end) as is_inward,
           max(case when c.to_country = f.home then 1 else 0 end) as is_outward
    from flows as f
    join goods as g on g.txn = f.txn
    join corridors as c
      on c.kind = 'embargo'
     and c.from_day <= f.day and f.day < c.to_day
     and (
         (c.to_country = f.country and c.from_country in ('*', cast(f.home as varchar)))
         or (c.to_country = f.home and c.from_country in ('*', cast(f.country as varchar)))
     )
    where f.direction = 'out'
      and f.counterparty <> f.account
      and f.country <> f.home
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
    group by f.account, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base, g.term
),
months as (
    select account, txn, t_s,
           count(*) over month as payments,
           sum(is_inward) over month as inward,
           sum(is_outward) over month as outward,
           min(term) over month as term,
           sum(amount_base) over month as total,
           max(threshold_base) over month as threshold,
           min(t_s) over month as first_s,
           max(t_end_s) over month as last_s
    from legs
    window month as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(total * 500, threshold * $sum_share), 1000) as strength,
       txn,
       t_s,
       total as size,
       payments,
       term,
       total,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       inward,
       outward,
       (last_s - first_s) // 86400 + 1 as days
from months
where total * 1000 >= threshold * $sum_share
  and last_s - first_s < $window_s
