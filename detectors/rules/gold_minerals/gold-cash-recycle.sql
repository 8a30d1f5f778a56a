/*---
id = "gold-cash-recycle"
title.en = "Receipts of gold exports are withdrawn in cash within days"
title.fr = "Les recettes d'exportation d'or sont retirées en espèces en quelques jours"
title.es = "Los ingresos por exportar oro se retiran en efectivo en pocos días"
family = "gold_minerals"
tier = "enriched"
status = "live"
severity = "medium"
weight = 5
peaks = "window_s"
needs = ["from_country", "to_country"]
sources = [
    "FATF and APG, money laundering and terrorist financing risks with gold (2015)",
    "Seven tenths in 72 hours: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_trader", "state_account"]
benign = [
    { en = "A lawful buyer who pays artisanal miners in cash, as most are paid", fr = "Un acheteur licite qui paie les orpailleurs en espèces, comme c'est l'usage", es = "Un comprador lícito que paga en efectivo a los mineros artesanales, como es costumbre" },
    { en = "Wages and fuel of a mine far from any bank", fr = "Salaires et carburant d'une mine loin de toute banque", es = "Salarios y combustible de una mina lejos de cualquier banco" },
]
next_step.en = "Ask for the licence and the purchase book: from whom was gold bought with this cash?"
next_step.fr = "Demander la licence et le registre d'achats : à qui a-t-on acheté de l'or avec ces espèces ?"
next_step.es = "Pedir la licencia y el libro de compras: ¿a quién se compró oro con este efectivo?"
why.en = "{receipts|# receipt|# receipts} from abroad, {received} in all; {withdrawn} ({share}) was withdrawn in cash within {window_s} of the first"
why.fr = "{receipts|# recette|# recettes} de l'étranger, {received} au total ; {withdrawn} ({share}) ont été retirés en espèces dans les {window_s} après la première"
why.es = "{receipts|# ingreso|# ingresos} del extranjero, {received} en total; {withdrawn} ({share}) se retiraron en efectivo en los {window_s} tras el primero"

[roles]
subject = "collector"
senders = "payer"
receivers = "beneficiary"

[facts]
receipts = "count"
received = "money"
withdrawn = "money"
share = "percent"
needed = "money"

[[indicators]]
label = { en = "Share withdrawn", fr = "Part retirée", es = "Parte retirada" }
observed = "share"
threshold = "least_out"
sense = "at_least"

[[indicators]]
label = { en = "Sum received", fr = "Somme reçue", es = "Suma recibida" }
observed = "received"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 259200
unit = "seconds"
least = 86400
most = 2592000
reason = "Three days from the receipt to the cash; where only dates are known, three calendar days"

[params.least_out]
default = 700
unit = "per_mille"
least = 100
most = 1000
reason = "Seven tenths: little stays for charges, taxes and the next shipment"

[params.most_out]
default = 1100
unit = "per_mille"
least = 1000
most = 5000
reason = "A tenth more covers what was there before; beyond it the account withdraws other money"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "The threshold: a shipment is worth more than that"

[bases.typical]
rows = """
occurred_at      | channel         | amount   | from_account | to_account | from_country | to_country
2026-03-02 09:10 | trade           | 60000.00 | H-1          | A-1        | AE           | ML
2026-03-03 09:10 | cash_withdrawal | 25000.00 | A-1          |            | ML           |
2026-03-05 09:09 | cash_withdrawal | 25000.00 | A-1          |            | ML           |
"""

[[fires]]
name = "an exporter withdraws five sixths within three days less a minute"
base = "typical"
flags = ["A-1"]
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[fires]]
name = "only dates are known: on the third calendar day"
base = "typical"
dates_only = true
change.3.occurred_at = "2026-03-04"
flags = ["A-1"]
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[fires]]
name = "the text speaks of gold and nobody knows the account's trade"
base = "typical"
change.1.purpose = "gold dust 600 g"
flags = ["A-1"]
tables.lexicon = """
topic | language | term        | source
gold  | en       | gold        | example
gold  | fr       | poudre d'or | example
"""

[[silent]]
name = "the last withdrawal comes exactly three days after the receipt"
base = "typical"
change.3.occurred_at = "2026-03-05 09:10"
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "only dates are known: on the fourth calendar day"
base = "typical"
dates_only = true
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "an exporter of mangoes"
base = "typical"
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | agriculture |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "sixty-nine per cent"
base = "typical"
change.3.amount = "16000.00"
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "a sale within the country"
base = "typical"
change.1.from_country = "ML"
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "the cash is taken out before the receipt"
base = "typical"
change.2.occurred_at = "2026-03-01 09:10"
change.3.occurred_at = "2026-03-02 09:09"
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "cash taken out before and a little after"
rows = """
occurred_at      | channel         | amount   | from_account | to_account | from_country | to_country
2026-03-02 09:10 | trade           | 60000.00 | H-1          | A-1        | AE           | ML
2026-03-01 09:10 | cash_withdrawal | 50000.00 | A-1          |            | ML           |
2026-03-03 09:09 | cash_withdrawal | 900.00   | A-1          |            | ML           |
"""
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "a small sale"
rows = """
occurred_at      | channel         | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | trade           | 6000.00 | H-1          | A-1        | AE           | ML
2026-03-03 09:10 | cash_withdrawal | 2500.00 | A-1          |            | ML           |
2026-03-05 09:09 | cash_withdrawal | 2500.00 | A-1          |            | ML           |
"""
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "the receipt undoes a payment to the buyer"
base = "typical"
change.1.reverses = "r-9"
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "a licensed buyer"
base = "typical"
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""
tables.segments = """
account | segment         | valid_from | valid_to | source
X|A-1   | licensed_trader | 2025-01-01 |          | example
"""
---*/
-- A receipt counts where its account is known to mine, refine or export gold, or where its text speaks of gold. It stands at
-- its earliest moment, a withdrawal at its latest, and what was withdrawn before the first receipt of the window does not
-- count. Strength: the mean of the share and the sum against the threshold, each of them 500 where it just reaches its
-- threshold.
with signs as (
    select t.txn
    from profiles as p
    join transactions as t on t.to_account = p.account and p.from_day <= t.day and t.day < p.to_day
    where p.sector in ('gold_export', 'gold_refining', 'artisanal_mining')
    union
    select txn from mentions where topic = 'gold'
),
receipts as (
    select f.account, f.direction, f.txn, f.t_s, f.amount_base as paid_in, 0 as paid_out, f.threshold_base
    from signs as s
    join flows as f on f.txn = s.txn
    where f.direction = 'in'
      and f.counterparty <> f.account
      and f.country <> f.home
      and f.channel not in ('cash_deposit', 'fee')
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
),
legs as (
    select account, direction, txn, t_s, paid_in, paid_out, threshold_base from receipts
    union all
    select account, direction, txn, t_end_s as t_s, 0 as paid_in, amount_base as paid_out, threshold_base
    from flows
    where account in (select account from receipts)
      and channel = 'cash_withdrawal'
      and direction = 'out'
      and not is_reversal
      and amount_base is not null
      and threshold_base is not null
),
added as (
    select account, direction, txn, t_s, paid_in, threshold_base,
           sum(paid_out) over (partition by account order by t_s) as out_so_far,
           sum(paid_out) over (
               partition by account order by t_s range between unbounded preceding and 1 preceding
           ) as out_earlier
    from legs
),
spells as (
    select account, direction, txn, t_s, out_so_far,
           sum(paid_in) over spell as received,
           sum(case when direction = 'in' then 1 else 0 end) over spell as receipts,
           min(case when direction = 'in' then coalesce(out_earlier, 0) end) over spell as out_before,
           min(case when direction = 'in' then t_s end) over spell as first_s,
           max(threshold_base) over spell as threshold
    from added
    window spell as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject,
       first_s as window_start_s,
       t_s as window_end_s,
       (
           least(per_mille((out_so_far - out_before) * 1000, received * $least_out) // 2, 1000)
           + least(per_mille(received * 1000, threshold * greatest($sum_share, 1)) // 2, 1000)
       ) // 2 as strength,
       txn,
       t_s,
       out_so_far - out_before as size,
       receipts,
       received,
       out_so_far - out_before as withdrawn,
       per_mille(out_so_far - out_before, received) as share,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from spells
where direction = 'out'
  and receipts > 0
  and received * 1000 >= threshold * $sum_share
  and (out_so_far - out_before) * 1000 >= received * $least_out
  and (out_so_far - out_before) * 1000 <= received * $most_out
