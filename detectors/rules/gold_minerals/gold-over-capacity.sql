/*---
id = "gold-over-capacity"
title.en = "A gold business receives more than its licensed output can bring"
title.fr = "Une entreprise aurifère reçoit plus que sa production autorisée ne peut rapporter"
title.es = "Un negocio de oro recibe más de lo que su producción autorizada puede dar"
family = "gold_minerals"
tier = "enriched"
status = "test"
severity = "high"
weight = 6
peaks = "window_s"
tables = ["profiles"]
sources = [
    "AMLTRIX IND01310",
    "A fifth more over three months: our judgement, to be calibrated on labelled data",
]
exclusions = ["state_account"]
benign = [
    { en = "A sale of stock from earlier months", fr = "Une vente de stock des mois précédents", es = "Una venta de existencias de meses anteriores" },
    { en = "A rise of the gold price, or a licence that the record has not caught up with", fr = "Une hausse du cours de l'or, ou une licence que le dossier ne reflète pas encore", es = "Una subida del precio del oro o una licencia que el expediente aún no recoge" },
]
next_step.en = "Ask for the production and sales books of these months, and for an audit of stock."
next_step.fr = "Demander les registres de production et de vente de ces mois, et un contrôle du stock."
next_step.es = "Pedir los libros de producción y venta de esos meses y una auditoría de existencias."
why.en = "{receipts|# receipt|# receipts} within {days}, {received} in all: {share} of what a licensed output worth {licensed} a month makes in {window_s}"
why.fr = "{receipts|# recette|# recettes} en {days}, {received} au total : {share} de ce qu'une production autorisée de {licensed} par mois donne en {window_s}"
why.es = "{receipts|# ingreso|# ingresos} en {days}, {received} en total: el {share} de lo que una producción autorizada de {licensed} al mes da en {window_s}"

[roles]
subject = "collector"
senders = "payer"
receivers = "beneficiary"

[facts]
receipts = "count"
days = "days"
received = "money"
licensed = "money"
share = "percent"

[[indicators]]
label = { en = "Receipts against licensed output", fr = "Recettes contre production autorisée", es = "Ingresos frente a producción autorizada" }
observed = "share"
threshold = "least_share"
sense = "at_least"

[params.window_s]
default = 7776000
unit = "seconds"
least = 2592000
most = 31536000
reason = "Ninety days: stock of a month or two is sold within them, and evens out"

[params.least_share]
default = 1200
unit = "per_mille"
least = 1000
most = 100000
reason = "A fifth above covers the price and the measure of gold"

[bases.typical]
rows = """
occurred_at      | channel      | amount  | from_account | to_account
2026-03-02 09:10 | trade        | 1300.00 | H-1          | A-1
2026-04-02 09:10 | trade        | 1200.00 | H-1          | A-1
2026-05-31 09:09 | cash_deposit | 1100.00 |              | A-1
"""
tables.profiles = """
account | sector           | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | artisanal_mining | EUR      |                | 1000.00         | 2025-01-01 |          | example
"""

[[fires]]
name = "a fifth more than three months' output within ninety days less a minute"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: the first to the ninetieth day"
base = "typical"
dates_only = true
change.3.occurred_at = "2026-05-30"
flags = ["A-1"]

[[silent]]
name = "the last receipt comes exactly ninety days after the first"
base = "typical"
change.3.occurred_at = "2026-05-31 09:10"

[[silent]]
name = "only dates are known: the ninety-first day"
base = "typical"
dates_only = true

[[silent]]
name = "a cent less"
base = "typical"
change.3.amount = "1099.99"

[[silent]]
name = "a farm with a licence"
base = "typical"
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | agriculture | EUR      |                | 1000.00         | 2025-01-01 |          | example
"""

[[silent]]
name = "a gold business without a known output"
base = "typical"
tables.profiles = """
account | sector      | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | gold_export |          |                |                 | 2025-01-01 |          | example
"""

[[silent]]
name = "one receipt is a refund"
base = "typical"
change.3.reverses = "r-9"

[[silent]]
name = "a licence that ended before"
base = "typical"
tables.profiles = """
account | sector           | currency | monthly_income | licensed_output | valid_from | valid_to   | source
X|A-1   | artisanal_mining | EUR      |                | 1000.00         | 2025-01-01 | 2026-01-01 | example
"""
---*/
-- The output is what the institution knows on the day of the receipt, in money a month of thirty days. All receipts count but
-- fees, refunds and own transfers: what else a gold business is paid for is for its books to show. Strength: 500 where
-- receipts just reach the share, 1000 where they are twice as high.
with legs as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.amount_base, p.output_base
    from profiles as p
    join flows as f on f.account = p.account and p.from_day <= f.day and f.day < p.to_day
    where p.sector in ('gold_export', 'gold_refining', 'artisanal_mining')
      and p.output_base > 0
      and f.direction = 'in'
      and (f.counterparty is null or f.counterparty <> f.account)
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
),
quarters as (
    select account, txn, t_s,
           count(*) over quarter_year as receipts,
           sum(amount_base) over quarter_year as received,
           max(output_base) over quarter_year as licensed,
           min(t_s) over quarter_year as first_s,
           max(t_end_s) over quarter_year as last_s
    from legs
    window quarter_year as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(received * 2592000 * 1000, licensed * $window_s * $least_share) // 2, 1000) as strength,
       txn,
       t_s,
       received as size,
       receipts,
       (last_s - first_s) // 86400 + 1 as days,
       received,
       licensed,
       per_mille(received * 2592000, licensed * $window_s) as share
from quarters
where received * 2592000 * 1000 >= licensed * $window_s * $least_share
  and last_s - first_s < $window_s
