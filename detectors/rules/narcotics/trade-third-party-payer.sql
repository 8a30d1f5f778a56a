/*---
id = "trade-third-party-payer"
title.en = "Several accounts pay one and the same invoice"
title.fr = "Plusieurs comptes paient une seule et même facture"
title.es = "Varias cuentas pagan una misma factura"
family = "narcotics"
tier = "enriched"
status = "live"
severity = "medium"
weight = 5
needs = ["purpose"]
tables = ["lexicon"]
sources = [
    "FIN-2014-A005 (third parties pay for goods in trade-based laundering)",
    "AMLTRIX IND00420",
    "That an invoice is known by its text, and the numbers: our judgement, to be calibrated on labelled data",
]
exclusions = ["biller", "licensed_agent", "group_company", "aid_programme"]
benign = [
    { en = "Factoring, or a bank that pays for the buyer", fr = "L'affacturage, ou une banque qui paie pour l'acheteur", es = "El factoring, o un banco que paga por el comprador" },
    { en = "Companies of one group, or partners, that share a bill", fr = "Des sociétés d'un groupe ou des associés qui partagent une facture", es = "Sociedades de un grupo o socios que comparten una factura" },
    { en = "A family that pays a hospital or a school together", fr = "Une famille qui paie ensemble un hôpital ou une école", es = "Una familia que paga junta un hospital o una escuela" },
]
next_step.en = "Ask for the invoice: who is the buyer, who are the payers to him, and who received the goods."
next_step.fr = "Demander la facture : qui est l'acheteur, qui sont les payeurs pour lui et qui a reçu la marchandise."
next_step.es = "Pedir la factura: quién es el comprador, qué relación tienen con él los pagadores y quién recibió la mercancía."
why.en = "{payers|# account|# accounts} paid {total} with the same text of an invoice within {days}; {single|# other invoice|# other invoices} of this account had one payer each, and {shared|none had|# had|# had} several"
why.fr = "{payers|# compte a payé|# comptes ont payé} {total} avec le même libellé de facture en {days} ; {single|# autre facture|# autres factures} de ce compte n'avaient qu'un payeur, et {shared|aucune n'en avait|# en avait|# en avaient} plusieurs"
why.es = "{payers|# cuenta pagó|# cuentas pagaron} {total} con el mismo texto de una factura en {days}; {single|# factura más|# facturas más} de esta cuenta tuvieron un solo pagador, y {shared|ninguna tuvo|# tuvo|# tuvieron} varios"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
payers = "count"
total = "money"
needed = "money"
days = "days"
single = "count"
shared = "count"

[[indicators]]
label = { en = "Payers of one invoice", fr = "Payeurs d'une facture", es = "Pagadores de una factura" }
observed = "payers"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Sum paid", fr = "Somme payée", es = "Suma pagada" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 7776000
unit = "seconds"
least = 604800
most = 31536000
reason = "Ninety days, the longest usual term of payment; a text that is used for longer is no number of an invoice"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 100
reason = "A second payer is a partner or a bank; three sources for one bill need an explanation"

[params.most_payers]
default = 20
unit = "count"
least = 3
most = 10000
reason = "A text that more than twenty payers use names a service or a product and no invoice"

[params.least_single]
default = 2
unit = "count"
least = 0
most = 1000
reason = "Two invoices with one payer each show that this account's texts tell invoices apart"

[params.sum_share]
default = 500
unit = "per_mille"
least = 0
most = 100000
reason = "Half of the threshold: below it friends share a bill"

[bases.typical]
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-02-02 09:10 | 3000.00 | B-1          | A-1        | Invoice 4470
2026-03-02 09:10 | 2000.00 | B-1          | A-1        | Invoice 4471
2026-03-05 09:10 | 2000.00 | T-1          | A-1        | Invoice 4471
2026-03-09 09:10 | 1000.00 | T-2          | A-1        | Invoice 4471
2026-03-20 09:10 | 3000.00 | C-1          | A-1        | Invoice 4472
"""

[[fires]]
name = "three payers of one invoice, while two others had one payer each"
base = "typical"
flags = ["A-1"]
[fires.tables]
lexicon = """
topic   | language | term    | source
invoice | *        | facture | test
invoice | *        | invoice | test
"""

[[fires]]
name = "only dates are known: the third payer on the ninetieth day"
rows = """
occurred_at | amount  | from_account | to_account | purpose
2026-01-01  | 2000.00 | B-1          | A-1        | facture 4471
2026-02-05  | 2000.00 | T-1          | A-1        | facture 4471
2026-03-31  | 1000.00 | T-2          | A-1        | facture 4471
2026-02-02  | 3000.00 | B-1          | A-1        | facture 4470
2026-03-20  | 3000.00 | C-1          | A-1        | facture 4472
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic   | language | term    | source
invoice | *        | facture | test
invoice | *        | invoice | test
"""

[[silent]]
name = "only dates are known: the third payer on the ninety-first day"
rows = """
occurred_at | amount  | from_account | to_account | purpose
2026-01-01  | 2000.00 | B-1          | A-1        | facture 4471
2026-02-05  | 2000.00 | T-1          | A-1        | facture 4471
2026-04-01  | 1000.00 | T-2          | A-1        | facture 4471
2026-02-02  | 3000.00 | B-1          | A-1        | facture 4470
2026-03-20  | 3000.00 | C-1          | A-1        | facture 4472
"""
[silent.tables]
lexicon = """
topic   | language | term    | source
invoice | *        | facture | test
invoice | *        | invoice | test
"""

[[silent]]
name = "two payers, one in three instalments"
base = "typical"
change.3.from_account = "B-1"
[silent.tables]
lexicon = """
topic   | language | term    | source
invoice | *        | facture | test
invoice | *        | invoice | test
"""

[[silent]]
name = "one cent less than half of the threshold"
base = "typical"
change.4.amount = "999.99"
[silent.tables]
lexicon = """
topic   | language | term    | source
invoice | *        | facture | test
invoice | *        | invoice | test
"""

[[silent]]
name = "a shop whose customers all write the same word"
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-03-02 09:10 | 2000.00 | B-1          | A-1        | facture
2026-03-05 09:10 | 2000.00 | T-1          | A-1        | facture
2026-03-09 09:10 | 2000.00 | T-2          | A-1        | facture
"""
[silent.tables]
lexicon = """
topic   | language | term    | source
invoice | *        | facture | test
invoice | *        | invoice | test
"""

[[silent]]
name = "the same number is used for another firm's invoice too: it tells nothing apart"
rows = """
occurred_at      | amount  | from_account | to_account | purpose
2026-02-02 09:10 | 3000.00 | B-1          | A-1        | Invoice 4470
2026-03-02 09:10 | 2000.00 | B-1          | A-1        | Invoice 1
2026-03-05 09:10 | 2000.00 | T-1          | A-1        | Invoice 1
2026-03-09 09:10 | 1000.00 | T-2          | A-1        | Invoice 1
2026-03-20 09:10 | 3000.00 | C-1          | A-1        | Invoice 4472
2026-03-20 09:10 |   30.00 | C-1          | A-2        | Invoice 1
"""
[silent.tables]
lexicon = """
topic   | language | term    | source
invoice | *        | facture | test
invoice | *        | invoice | test
"""

[[silent]]
name = "a utility that is registered as a biller"
base = "typical"
[silent.tables]
lexicon = """
topic   | language | term    | source
invoice | *        | facture | test
invoice | *        | invoice | test
"""
segments = """
account | segment | valid_from | valid_to | source
X|A-1   | biller  | 2020-01-01 |          | test
"""

[[silent]]
name = "the third is a refund"
rows = """
reference | occurred_at      | amount  | from_account | to_account | purpose      | reverses
r-1       | 2026-02-02 09:10 | 3000.00 | B-1          | A-1        | Invoice 4470 |
r-2       | 2026-03-02 09:10 | 2000.00 | B-1          | A-1        | Invoice 4471 |
r-3       | 2026-03-05 09:10 | 2000.00 | T-1          | A-1        | Invoice 4471 |
r-4       | 2026-03-09 09:10 | 1000.00 | T-2          | A-1        | Invoice 4471 | r-9
r-5       | 2026-03-20 09:10 | 3000.00 | C-1          | A-1        | Invoice 4472 |
"""
[silent.tables]
lexicon = """
topic   | language | term    | source
invoice | *        | facture | test
invoice | *        | invoice | test
"""
---*/
-- Invoices are not in the data; their texts are. A text tells an invoice apart where it is used for one receiver alone, within the
-- term of payment, and where the receiver's other invoices have texts of their own and one payer each.
-- Of several such invoices of one account the largest is shown. Strength: 500 where payers and sum just reach their thresholds,
-- 1000 where both are twice as high.
with paid as (
    select f.account, f.counterparty, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base, t.purpose
    from flows as f
    join mentions as m on m.txn = f.txn and m.topic = 'invoice'
    join transactions as t on t.txn = f.txn
    where f.direction = 'in'
      and f.counterparty <> f.account
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
),
invoices as (
    select account, purpose,
           count(distinct counterparty) as payers,
           sum(amount_base) as total,
           max(threshold_base) as threshold,
           min(txn) as first_txn,
           min(t_s) as first_s,
           max(t_end_s) as last_s
    from paid
    group by account, purpose
),
elsewhere as (
    select purpose from invoices group by purpose having count(*) > 1
),
habits as (
    select account,
           sum(case when payers = 1 then 1 else 0 end) as single,
           sum(case when payers > 1 then 1 else 0 end) as shared
    from invoices
    group by account
    having max(payers) >= $at_least
),
odd as (
    select i.account, i.purpose, i.payers, i.total, i.threshold, i.first_s, i.last_s, h.single, h.shared - 1 as shared,
           row_number() over (partition by i.account order by i.total desc, i.first_txn, i.account) as nth
    from invoices as i
    join habits as h on h.account = i.account
    where i.payers between $at_least and $most_payers
      and i.last_s - i.first_s < $window_s
      and i.total * 1000 >= i.threshold * $sum_share
      and i.purpose not in (select purpose from elsewhere)
      and h.single >= greatest($least_single, h.shared)
)
select o.account as subject,
       o.first_s as window_start_s,
       o.last_s as window_end_s,
       least(
           (per_mille(o.payers, $at_least) + least(per_mille(o.total * 1000, o.threshold * $sum_share), 2000)) // 4, 1000
       ) as strength,
       sorted_list(p.txn) as evidence,
       o.payers,
       o.total,
       cast(o.threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       (o.last_s - o.first_s) // 86400 + 1 as days,
       o.single,
       o.shared
from odd as o
join paid as p on p.account = o.account and p.purpose = o.purpose
where o.nth = 1
group by o.account, o.payers, o.total, o.threshold, o.first_s, o.last_s, o.single, o.shared
