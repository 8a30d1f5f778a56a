/*---
id = "periodic-protection"
title.en = "Several businesses pay one person the same sum at regular intervals"
title.fr = "Plusieurs commerces paient la même somme à une personne à intervalles réguliers"
title.es = "Varios comercios pagan la misma suma a una persona a intervalos regulares"
family = "extortion"
tier = "core"
status = "live"
severity = "high"
weight = 8
sources = [
    "AMLTRIX indicator IND02648 (regular payments by businesses)",
    "Regularity, sameness of the sums and what counts as a business: our judgement, to be calibrated on labelled data",
]
exclusions = ["biller", "property_agent", "cooperative", "savings_circle", "state_account", "licensed_trader", "payroll", "licensed_agent"]
benign = [
    { en = "Rent for stalls that belong to one owner", fr = "Le loyer d'étals qui appartiennent à un propriétaire", es = "El alquiler de puestos de un mismo dueño" },
    { en = "A cleaner, a guard or a bookkeeper who works for several shops", fr = "Un agent d'entretien, un gardien ou un comptable qui travaille pour plusieurs commerces", es = "Una persona que limpia, vigila o lleva las cuentas de varios comercios" },
    { en = "Dues that a treasurer collects for a market association", fr = "Des cotisations qu'un trésorier collecte pour une association de marché", es = "Cuotas que un tesorero cobra para una asociación de mercado" },
]
next_step.en = "Those who pay may be victims and in danger: do not contact them. See what the payments are called and where the money goes next."
next_step.fr = "Ceux qui paient sont peut-être des victimes en danger : ne pas les contacter. Voir le libellé des paiements et où va l'argent ensuite."
next_step.es = "Quienes pagan pueden ser víctimas en peligro: no contactarlos. Ver cómo se llaman los pagos y adónde va después el dinero."
why.en = "{payers|# business|# businesses} each paid one person about {usual}, every {gap} on average, {payments|# payment|# payments} and {total} in all in {span}; the sums differ by {apart} at most"
why.fr = "{payers|# commerce a payé|# commerces ont payé chacun} à une personne environ {usual}, tous les {gap} en moyenne, {payments|# paiement|# paiements} et {total} au total en {span} ; les sommes diffèrent de {apart} au plus"
why.es = "{payers|# comercio pagó|# comercios pagaron cada uno} a una persona unos {usual}, cada {gap} en promedio, {payments|# pago|# pagos} y {total} en total en {span}; las sumas difieren {apart} como máximo"

[roles]
subject = "collector"
senders = "possible_victim"
receivers = "beneficiary"

[facts]
payers = "count"
usual = "money"
gap = "days"
payments = "count"
total = "money"
span = "days"
apart = "percent"

[[indicators]]
label = { en = "Businesses that pay regularly", fr = "Commerces qui paient régulièrement", es = "Comercios que pagan con regularidad" }
observed = "payers"
threshold = "at_least"
sense = "at_least"

[params.at_least]
default = 5
unit = "count"
least = 3
most = 1000
reason = "Five businesses, as in the list of indicators: two or three may share a landlord or a cleaner"

[params.at_most]
default = 300
unit = "count"
least = 5
most = 100000
reason = "A payee of more than three hundred regular businesses is a biller of some kind and is passed over"

[params.payments_each]
default = 4
unit = "count"
least = 3
most = 1000
reason = "Four payments give three intervals, the fewest that show a rhythm"

[params.tolerance]
default = 100
unit = "per_mille"
least = 0
most = 500
reason = "A tenth up or down, as in the list of indicators: a tariff, not a price"

[params.most_variation]
default = 250
unit = "per_mille"
least = 10
most = 1000
reason = "The standard deviation of the intervals is below a quarter of their mean, as in the list of indicators"

[params.least_gap]
default = 3
unit = "days"
least = 1
most = 365
reason = "From twice a week: daily payments are takings or tolls"

[params.most_gap]
default = 35
unit = "days"
least = 1
most = 365
reason = "Up to monthly"

[params.business_payers]
default = 10
unit = "count"
least = 2
most = 10000
reason = "Where no kind is known, an account that ten others have paid is taken for a business: people are seldom paid by ten others"

[bases.typical]
rows = """
occurred_at      | channel      | amount | from_account | to_account | from_kind | to_kind
2026-03-02 09:15 | mobile_money | 100.00 | B-0          | A-1        | business  | person
2026-03-03 09:15 | mobile_money | 101.00 | B-1          | A-1        | business  | person
2026-03-02 09:15 | mobile_money | 102.00 | B-2          | A-1        | business  | person
2026-03-03 09:15 | mobile_money | 103.00 | B-3          | A-1        | business  | person
2026-03-02 09:15 | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-09 09:15 | mobile_money | 100.00 | B-0          | A-1        | business  | person
2026-03-10 09:15 | mobile_money | 101.00 | B-1          | A-1        | business  | person
2026-03-09 09:15 | mobile_money | 102.00 | B-2          | A-1        | business  | person
2026-03-10 09:15 | mobile_money | 103.00 | B-3          | A-1        | business  | person
2026-03-09 09:15 | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-16 09:15 | mobile_money | 100.00 | B-0          | A-1        | business  | person
2026-03-17 09:15 | mobile_money | 101.00 | B-1          | A-1        | business  | person
2026-03-16 09:15 | mobile_money | 102.00 | B-2          | A-1        | business  | person
2026-03-17 09:15 | mobile_money | 103.00 | B-3          | A-1        | business  | person
2026-03-16 09:15 | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-23 09:15 | mobile_money | 100.00 | B-0          | A-1        | business  | person
2026-03-24 09:15 | mobile_money | 101.00 | B-1          | A-1        | business  | person
2026-03-23 09:15 | mobile_money | 102.00 | B-2          | A-1        | business  | person
2026-03-24 09:15 | mobile_money | 103.00 | B-3          | A-1        | business  | person
2026-03-23 09:15 | mobile_money | 104.00 | B-4          | A-1        | business  | person
"""

[[fires]]
name = "five shops pay one person every week"
base = "typical"
dates_only = true
flags = ["A-1"]

[[fires]]
name = "with times of day"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "no kinds are known, but each shop is paid by ten customers"
rows = """
occurred_at | channel      | amount | from_account | to_account
2026-03-02  | mobile_money | 100.00 | B-0          | A-1
2026-03-03  | mobile_money | 101.00 | B-1          | A-1
2026-03-02  | mobile_money | 102.00 | B-2          | A-1
2026-03-03  | mobile_money | 103.00 | B-3          | A-1
2026-03-02  | mobile_money | 104.00 | B-4          | A-1
2026-03-09  | mobile_money | 100.00 | B-0          | A-1
2026-03-10  | mobile_money | 101.00 | B-1          | A-1
2026-03-09  | mobile_money | 102.00 | B-2          | A-1
2026-03-10  | mobile_money | 103.00 | B-3          | A-1
2026-03-09  | mobile_money | 104.00 | B-4          | A-1
2026-03-16  | mobile_money | 100.00 | B-0          | A-1
2026-03-17  | mobile_money | 101.00 | B-1          | A-1
2026-03-16  | mobile_money | 102.00 | B-2          | A-1
2026-03-17  | mobile_money | 103.00 | B-3          | A-1
2026-03-16  | mobile_money | 104.00 | B-4          | A-1
2026-03-23  | mobile_money | 100.00 | B-0          | A-1
2026-03-24  | mobile_money | 101.00 | B-1          | A-1
2026-03-23  | mobile_money | 102.00 | B-2          | A-1
2026-03-24  | mobile_money | 103.00 | B-3          | A-1
2026-03-23  | mobile_money | 104.00 | B-4          | A-1
2026-03-02  | mobile_money | 7.00   | C-0          | B-0
2026-03-03  | mobile_money | 7.00   | C-1          | B-0
2026-03-04  | mobile_money | 7.00   | C-2          | B-0
2026-03-05  | mobile_money | 7.00   | C-3          | B-0
2026-03-06  | mobile_money | 7.00   | C-4          | B-0
2026-03-07  | mobile_money | 7.00   | C-5          | B-0
2026-03-08  | mobile_money | 7.00   | C-6          | B-0
2026-03-09  | mobile_money | 7.00   | C-7          | B-0
2026-03-10  | mobile_money | 7.00   | C-8          | B-0
2026-03-11  | mobile_money | 7.00   | C-9          | B-0
2026-03-02  | mobile_money | 7.00   | C-0          | B-1
2026-03-03  | mobile_money | 7.00   | C-1          | B-1
2026-03-04  | mobile_money | 7.00   | C-2          | B-1
2026-03-05  | mobile_money | 7.00   | C-3          | B-1
2026-03-06  | mobile_money | 7.00   | C-4          | B-1
2026-03-07  | mobile_money | 7.00   | C-5          | B-1
2026-03-08  | mobile_money | 7.00   | C-6          | B-1
2026-03-09  | mobile_money | 7.00   | C-7          | B-1
2026-03-10  | mobile_money | 7.00   | C-8          | B-1
2026-03-11  | mobile_money | 7.00   | C-9          | B-1
2026-03-02  | mobile_money | 7.00   | C-0          | B-2
2026-03-03  | mobile_money | 7.00   | C-1          | B-2
2026-03-04  | mobile_money | 7.00   | C-2          | B-2
2026-03-05  | mobile_money | 7.00   | C-3          | B-2
2026-03-06  | mobile_money | 7.00   | C-4          | B-2
2026-03-07  | mobile_money | 7.00   | C-5          | B-2
2026-03-08  | mobile_money | 7.00   | C-6          | B-2
2026-03-09  | mobile_money | 7.00   | C-7          | B-2
2026-03-10  | mobile_money | 7.00   | C-8          | B-2
2026-03-11  | mobile_money | 7.00   | C-9          | B-2
2026-03-02  | mobile_money | 7.00   | C-0          | B-3
2026-03-03  | mobile_money | 7.00   | C-1          | B-3
2026-03-04  | mobile_money | 7.00   | C-2          | B-3
2026-03-05  | mobile_money | 7.00   | C-3          | B-3
2026-03-06  | mobile_money | 7.00   | C-4          | B-3
2026-03-07  | mobile_money | 7.00   | C-5          | B-3
2026-03-08  | mobile_money | 7.00   | C-6          | B-3
2026-03-09  | mobile_money | 7.00   | C-7          | B-3
2026-03-10  | mobile_money | 7.00   | C-8          | B-3
2026-03-11  | mobile_money | 7.00   | C-9          | B-3
2026-03-02  | mobile_money | 7.00   | C-0          | B-4
2026-03-03  | mobile_money | 7.00   | C-1          | B-4
2026-03-04  | mobile_money | 7.00   | C-2          | B-4
2026-03-05  | mobile_money | 7.00   | C-3          | B-4
2026-03-06  | mobile_money | 7.00   | C-4          | B-4
2026-03-07  | mobile_money | 7.00   | C-5          | B-4
2026-03-08  | mobile_money | 7.00   | C-6          | B-4
2026-03-09  | mobile_money | 7.00   | C-7          | B-4
2026-03-10  | mobile_money | 7.00   | C-8          | B-4
2026-03-11  | mobile_money | 7.00   | C-9          | B-4
"""
flags = ["A-1"]

[[silent]]
name = "four shops"
base = "typical"
dates_only = true
without = [5, 10, 15, 20]

[[silent]]
name = "three payments each"
base = "typical"
dates_only = true
without = [16, 17, 18, 19, 20]

[[silent]]
name = "the sums differ by more than a tenth up and down"
rows = """
occurred_at | channel      | amount | from_account | to_account | from_kind | to_kind
2026-03-02  | mobile_money | 100.00 | B-0          | A-1        | business  | person
2026-03-03  | mobile_money | 125.00 | B-1          | A-1        | business  | person
2026-03-02  | mobile_money | 150.00 | B-2          | A-1        | business  | person
2026-03-03  | mobile_money | 175.00 | B-3          | A-1        | business  | person
2026-03-02  | mobile_money | 200.00 | B-4          | A-1        | business  | person
2026-03-09  | mobile_money | 124.00 | B-0          | A-1        | business  | person
2026-03-10  | mobile_money | 149.00 | B-1          | A-1        | business  | person
2026-03-09  | mobile_money | 174.00 | B-2          | A-1        | business  | person
2026-03-10  | mobile_money | 199.00 | B-3          | A-1        | business  | person
2026-03-09  | mobile_money | 123.00 | B-4          | A-1        | business  | person
2026-03-16  | mobile_money | 148.00 | B-0          | A-1        | business  | person
2026-03-17  | mobile_money | 173.00 | B-1          | A-1        | business  | person
2026-03-16  | mobile_money | 198.00 | B-2          | A-1        | business  | person
2026-03-17  | mobile_money | 122.00 | B-3          | A-1        | business  | person
2026-03-16  | mobile_money | 147.00 | B-4          | A-1        | business  | person
2026-03-23  | mobile_money | 172.00 | B-0          | A-1        | business  | person
2026-03-24  | mobile_money | 197.00 | B-1          | A-1        | business  | person
2026-03-23  | mobile_money | 121.00 | B-2          | A-1        | business  | person
2026-03-24  | mobile_money | 146.00 | B-3          | A-1        | business  | person
2026-03-23  | mobile_money | 171.00 | B-4          | A-1        | business  | person
"""

[[silent]]
name = "the intervals vary: two days, then twelve, then four"
rows = """
occurred_at | channel      | amount | from_account | to_account | from_kind | to_kind
2026-03-02  | mobile_money | 100.00 | B-0          | A-1        | business  | person
2026-03-03  | mobile_money | 101.00 | B-1          | A-1        | business  | person
2026-03-02  | mobile_money | 102.00 | B-2          | A-1        | business  | person
2026-03-03  | mobile_money | 103.00 | B-3          | A-1        | business  | person
2026-03-02  | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-04  | mobile_money | 100.00 | B-0          | A-1        | business  | person
2026-03-05  | mobile_money | 101.00 | B-1          | A-1        | business  | person
2026-03-04  | mobile_money | 102.00 | B-2          | A-1        | business  | person
2026-03-05  | mobile_money | 103.00 | B-3          | A-1        | business  | person
2026-03-04  | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-16  | mobile_money | 100.00 | B-0          | A-1        | business  | person
2026-03-17  | mobile_money | 101.00 | B-1          | A-1        | business  | person
2026-03-16  | mobile_money | 102.00 | B-2          | A-1        | business  | person
2026-03-17  | mobile_money | 103.00 | B-3          | A-1        | business  | person
2026-03-16  | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-20  | mobile_money | 100.00 | B-0          | A-1        | business  | person
2026-03-21  | mobile_money | 101.00 | B-1          | A-1        | business  | person
2026-03-20  | mobile_money | 102.00 | B-2          | A-1        | business  | person
2026-03-21  | mobile_money | 103.00 | B-3          | A-1        | business  | person
2026-03-20  | mobile_money | 104.00 | B-4          | A-1        | business  | person
"""

[[silent]]
name = "people, not businesses, pay their landlord"
rows = """
occurred_at | channel      | amount | from_account | to_account | from_kind | to_kind
2026-03-02  | mobile_money | 100.00 | B-0          | A-1        | person    | person
2026-03-03  | mobile_money | 101.00 | B-1          | A-1        | person    | person
2026-03-02  | mobile_money | 102.00 | B-2          | A-1        | person    | person
2026-03-03  | mobile_money | 103.00 | B-3          | A-1        | person    | person
2026-03-02  | mobile_money | 104.00 | B-4          | A-1        | person    | person
2026-03-09  | mobile_money | 100.00 | B-0          | A-1        | person    | person
2026-03-10  | mobile_money | 101.00 | B-1          | A-1        | person    | person
2026-03-09  | mobile_money | 102.00 | B-2          | A-1        | person    | person
2026-03-10  | mobile_money | 103.00 | B-3          | A-1        | person    | person
2026-03-09  | mobile_money | 104.00 | B-4          | A-1        | person    | person
2026-03-16  | mobile_money | 100.00 | B-0          | A-1        | person    | person
2026-03-17  | mobile_money | 101.00 | B-1          | A-1        | person    | person
2026-03-16  | mobile_money | 102.00 | B-2          | A-1        | person    | person
2026-03-17  | mobile_money | 103.00 | B-3          | A-1        | person    | person
2026-03-16  | mobile_money | 104.00 | B-4          | A-1        | person    | person
2026-03-23  | mobile_money | 100.00 | B-0          | A-1        | person    | person
2026-03-24  | mobile_money | 101.00 | B-1          | A-1        | person    | person
2026-03-23  | mobile_money | 102.00 | B-2          | A-1        | person    | person
2026-03-24  | mobile_money | 103.00 | B-3          | A-1        | person    | person
2026-03-23  | mobile_money | 104.00 | B-4          | A-1        | person    | person
"""

[[silent]]
name = "five shops pay a public body"
rows = """
occurred_at | channel      | amount | from_account | to_account | from_kind | to_kind
2026-03-02  | mobile_money | 100.00 | B-0          | A-1        | business  | public_body
2026-03-03  | mobile_money | 101.00 | B-1          | A-1        | business  | public_body
2026-03-02  | mobile_money | 102.00 | B-2          | A-1        | business  | public_body
2026-03-03  | mobile_money | 103.00 | B-3          | A-1        | business  | public_body
2026-03-02  | mobile_money | 104.00 | B-4          | A-1        | business  | public_body
2026-03-09  | mobile_money | 100.00 | B-0          | A-1        | business  | public_body
2026-03-10  | mobile_money | 101.00 | B-1          | A-1        | business  | public_body
2026-03-09  | mobile_money | 102.00 | B-2          | A-1        | business  | public_body
2026-03-10  | mobile_money | 103.00 | B-3          | A-1        | business  | public_body
2026-03-09  | mobile_money | 104.00 | B-4          | A-1        | business  | public_body
2026-03-16  | mobile_money | 100.00 | B-0          | A-1        | business  | public_body
2026-03-17  | mobile_money | 101.00 | B-1          | A-1        | business  | public_body
2026-03-16  | mobile_money | 102.00 | B-2          | A-1        | business  | public_body
2026-03-17  | mobile_money | 103.00 | B-3          | A-1        | business  | public_body
2026-03-16  | mobile_money | 104.00 | B-4          | A-1        | business  | public_body
2026-03-23  | mobile_money | 100.00 | B-0          | A-1        | business  | public_body
2026-03-24  | mobile_money | 101.00 | B-1          | A-1        | business  | public_body
2026-03-23  | mobile_money | 102.00 | B-2          | A-1        | business  | public_body
2026-03-24  | mobile_money | 103.00 | B-3          | A-1        | business  | public_body
2026-03-23  | mobile_money | 104.00 | B-4          | A-1        | business  | public_body
"""

[[silent]]
name = "of five shops one pays every day"
base = "typical"
dates_only = true
without = [5, 10, 15]
change.20.occurred_at = "2026-03-02"
rows = """
occurred_at | channel      | amount | from_account | to_account | from_kind | to_kind
2026-03-03  | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-04  | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-05  | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-06  | mobile_money | 104.00 | B-4          | A-1        | business  | person
2026-03-07  | mobile_money | 104.00 | B-4          | A-1        | business  | person
"""

[[silent]]
name = "undone payments do not count"
base = "typical"
dates_only = true
change.16.reverses = "0001"
change.17.reverses = "0002"
change.18.reverses = "0003"
change.19.reverses = "0004"
change.20.reverses = "0005"

[[silent]]
name = "the treasurer of a savings circle of traders, known as such"
base = "typical"
dates_only = true
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | savings_circle | 2025-01-01 | | example
"""

[[silent]]
name = "shops that pay their wholesaler by card"
rows = """
occurred_at | channel | amount | from_account | to_account | from_kind | to_kind
2026-03-02  | card    | 100.00 | B-0          | A-1        | business  | person
2026-03-03  | card    | 101.00 | B-1          | A-1        | business  | person
2026-03-02  | card    | 102.00 | B-2          | A-1        | business  | person
2026-03-03  | card    | 103.00 | B-3          | A-1        | business  | person
2026-03-02  | card    | 104.00 | B-4          | A-1        | business  | person
2026-03-09  | card    | 100.00 | B-0          | A-1        | business  | person
2026-03-10  | card    | 101.00 | B-1          | A-1        | business  | person
2026-03-09  | card    | 102.00 | B-2          | A-1        | business  | person
2026-03-10  | card    | 103.00 | B-3          | A-1        | business  | person
2026-03-09  | card    | 104.00 | B-4          | A-1        | business  | person
2026-03-16  | card    | 100.00 | B-0          | A-1        | business  | person
2026-03-17  | card    | 101.00 | B-1          | A-1        | business  | person
2026-03-16  | card    | 102.00 | B-2          | A-1        | business  | person
2026-03-17  | card    | 103.00 | B-3          | A-1        | business  | person
2026-03-16  | card    | 104.00 | B-4          | A-1        | business  | person
2026-03-23  | card    | 100.00 | B-0          | A-1        | business  | person
2026-03-24  | card    | 101.00 | B-1          | A-1        | business  | person
2026-03-23  | card    | 102.00 | B-2          | A-1        | business  | person
2026-03-24  | card    | 103.00 | B-3          | A-1        | business  | person
2026-03-23  | card    | 104.00 | B-4          | A-1        | business  | person
"""
---*/
-- Sums are compared in the base currency: each payer's smallest and largest, and the payers' averages with the average of one of them,
-- the one about whom most gather. The variation of the intervals is that of whole days, compared as squares, without a root.
-- Strength: 500 at the number of payers asked for, 1000 at twice.
with received as (
    select to_account as account, count(*) as payers from pairs group by to_account
),
businesses as (
    select a.account
    from accounts as a
    left join received as r on r.account = a.account
    where a.kind = 'business' or (a.kind is null and r.payers >= $business_payers)
),
steady as (
    select p.to_account, p.from_account
    from pairs as p
    join accounts as a on a.account = p.to_account
    where p.payments >= $payments_each
      and coalesce(a.kind, 'person') = 'person'
      and p.from_account in (select account from businesses)
      and p.last_s - p.first_s >= $least_gap * ($payments_each - 1) * 86400
),
payees as (
    select to_account from steady group by to_account having count(*) between $at_least and $at_most
),
dues as (
    select f.account, f.counterparty, f.txn, f.t_s, f.t_end_s, f.day, f.amount_base,
           f.day - lag(f.day) over (partition by f.account, f.counterparty order by f.t_s, f.txn) as gap
    from flows as f
    join steady as s on s.to_account = f.account and s.from_account = f.counterparty
    where f.account in (select to_account from payees)
      and f.direction = 'in' and f.amount_base is not null and not f.is_reversal
      and f.channel not in ('card', 'fee', 'cheque', 'trade')
),
rhythms as (
    select account, counterparty, count(*) as payments, sum(amount_base) as total, min(txn) as txn,
           min(t_s) as first_s, max(t_end_s) as last_s, max(amount_base) as largest, min(amount_base) as smallest,
           sum(gap) as gaps, sum(gap * gap) as squares, count(gap) as intervals
    from dues
    group by account, counterparty
    having count(*) >= $payments_each
       and max(amount_base) * (1000 - $tolerance) <= min(amount_base) * (1000 + $tolerance)
       and sum(gap) between count(gap) * $least_gap and count(gap) * $most_gap
       and (count(gap) * sum(gap * gap) - sum(gap) * sum(gap)) * 1000000
           < $most_variation * $most_variation * sum(gap) * sum(gap)
),
-- Everyone who pays about the same as one payer, in the same time.
gathered as (
    select c.account, c.txn, c.payments as centre_payments, c.total as centre_total, m.counterparty, m.payments, m.total, m.gaps,
           m.intervals, m.first_s, m.last_s, m.largest, m.smallest
    from rhythms as c
    join rhythms as m
      on m.account = c.account and m.first_s <= c.last_s and c.first_s <= m.last_s
     and m.total * c.payments * 1000 <= c.total * m.payments * (1000 + $tolerance)
     and m.total * c.payments * 1000 >= c.total * m.payments * (1000 - $tolerance)
),
groups as (
    select account, txn, count(*) as payers, sum(payments) as payments, sum(total) as total, sum(gaps) // sum(intervals) as gap,
           min(first_s) as first_s, max(last_s) as last_s, max(largest) as largest, min(smallest) as smallest
    from gathered
    group by account, txn
    having count(*) >= $at_least
),
best as (
    select account, txn, payers, payments, total, gap, first_s, last_s, largest, smallest,
           row_number() over (partition by account order by payers desc, total desc, txn) as nth
    from groups
)
select b.account as subject,
       b.first_s as window_start_s,
       b.last_s as window_end_s,
       least(per_mille(b.payers, $at_least) // 2, 1000) as strength,
       sorted_list(d.txn) as evidence,
       b.payers,
       cast(cast(b.total * 100 as bigint) // b.payments * 0.01 as decimal(24, 4)) as usual,
       b.gap,
       b.payments,
       b.total,
       (b.last_s - b.first_s) // 86400 + 1 as span,
       per_mille(b.largest - b.smallest, b.smallest) as apart
from best as b
join gathered as g on g.account = b.account and g.txn = b.txn
join dues as d on d.account = g.account and d.counterparty = g.counterparty
where b.nth = 1
group by b.account, b.payers, b.payments, b.total, b.gap, b.first_s, b.last_s, b.largest, b.smallest
