/*---
id = "checkpoint-toll"
title.en = "Many people pay one account the same few sums each day, and it is emptied to one other"
title.fr = "Beaucoup de gens paient chaque jour les mêmes sommes à un compte, vidé vers un seul autre"
title.es = "Mucha gente paga cada día las mismas sumas a una cuenta, que se vacía hacia otra"
family = "extortion"
tier = "core"
status = "live"
severity = "high"
weight = 6
sources = [
    "Global Initiative against Transnational Organized Crime, Haiti (tolls on roads held by gangs)",
    "Counts, sameness of the sums and the daily emptying: our judgement, to be calibrated on labelled data",
]
exclusions = ["cooperative", "licensed_trader", "licensed_agent", "biller", "group_company", "state_account", "aid_programme", "savings_circle", "exchange", "payroll"]
peaks = "window_s"
benign = [
    { en = "A bus, a ferry or a car park whose seller hands in the day's takings", fr = "Un bus, un bac ou un parking dont le vendeur remet la recette du jour", es = "Un autobús, un transbordador o un aparcamiento cuyo vendedor entrega la recaudación del día" },
    { en = "A shop with a few prices that sends its takings to its owner", fr = "Un commerce à quelques prix fixes qui envoie sa recette à son propriétaire", es = "Una tienda de pocos precios que envía su recaudación a su dueño" },
    { en = "A lawful toll or market fee", fr = "Un péage ou un droit de marché légal", es = "Un peaje o una tasa de mercado legal" },
]
next_step.en = "Compare the place and the sums with known checkpoints; those who pay may be travellers and drivers, look at the account that is paid in the evening."
next_step.fr = "Comparer le lieu et les sommes aux points de contrôle connus ; ceux qui paient sont peut-être des voyageurs et des chauffeurs, regarder le compte payé le soir."
next_step.es = "Comparar el lugar y las sumas con los puestos de control conocidos; quienes pagan pueden ser viajeros y conductores, mirar la cuenta que se paga por la noche."
why.en = "On {toll_days|# day|# days} within {window_s} at least {least_payers} different people paid each day, {payments|# payment|# payments} of {total} in all; {sums|# sum makes|# sums make} up {uniform_share} of the payments of the day on which they make up least; {swept} ({share}) went on to one account, on {sweep_days|# day|# days}"
why.fr = "Pendant {toll_days|# jour|# jours} d'une période de {window_s}, au moins {least_payers} personnes différentes ont payé chaque jour, {payments|# paiement|# paiements} pour {total} au total ; {sums|# somme fait|# sommes font} {uniform_share} des paiements du jour où leur part est la plus faible ; {swept} ({share}) sont partis vers un seul compte, en {sweep_days|# jour|# jours}"
why.es = "En {toll_days|# día|# días} de un periodo de {window_s} pagaron al menos {least_payers} personas distintas cada día, {payments|# pago|# pagos} por {total} en total; {sums|# suma forma|# sumas forman} el {uniform_share} de los pagos del día en que su parte es menor; {swept} ({share}) siguieron a una sola cuenta, en {sweep_days|# día|# días}"

[roles]
subject = "collector"
senders = "payer"
receivers = "collector"

[facts]
toll_days = "count"
least_payers = "count"
payments = "count"
total = "money"
uniform_share = "percent"
swept = "money"
share = "percent"
sweep_days = "count"

[[indicators]]
label = { en = "Days with so many payers", fr = "Jours avec autant de payeurs", es = "Días con tantos pagadores" }
observed = "toll_days"
threshold = "least_days"
sense = "at_least"

[[indicators]]
label = { en = "Fewest payers on such a day", fr = "Payeurs, le jour le plus faible", es = "Pagadores, el día con menos" }
observed = "least_payers"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Passed on to one account", fr = "Transmis à un seul compte", es = "Transmitido a una sola cuenta" }
observed = "share"
threshold = "least_swept"
sense = "at_least"

[params.window_s]
default = 604800
unit = "seconds"
least = 172800
most = 2592000
reason = "A week holds enough days to show that it is a habit"

[params.at_least]
default = 20
unit = "count"
least = 5
most = 100000
reason = "Twenty different payers a day, as in the list of indicators"

[params.least_days]
default = 3
unit = "count"
least = 2
most = 30
reason = "Three such days in a week; one is a fair or a feast"

[params.sums]
default = 3
unit = "count"
least = 1
most = 20
reason = "A toll has a tariff: a sum for feet, for two wheels and for four"

[params.least_uniform]
default = 800
unit = "per_mille"
least = 300
most = 1000
reason = "Four of five payments of a day are of one of these sums"

[params.least_swept]
default = 800
unit = "per_mille"
least = 300
most = 1000
reason = "Four fifths are passed on: who holds the checkpoint keeps little"

[params.least_sweeps]
default = 600
unit = "per_mille"
least = 100
most = 1000
reason = "On three of five such days something is passed on; the last day's may go on the next morning"

[bases.typical]
rows = """
occurred_at      | channel      | amount | from_account | to_account
2026-03-02 06:00 | mobile_money | 5.00   | D-000        | A-1
2026-03-02 06:09 | mobile_money | 5.00   | D-001        | A-1
2026-03-02 06:18 | mobile_money | 5.00   | D-002        | A-1
2026-03-02 06:27 | mobile_money | 5.00   | D-003        | A-1
2026-03-02 06:36 | mobile_money | 5.00   | D-004        | A-1
2026-03-02 06:45 | mobile_money | 5.00   | D-005        | A-1
2026-03-02 07:54 | mobile_money | 5.00   | D-006        | A-1
2026-03-02 07:03 | mobile_money | 5.00   | D-007        | A-1
2026-03-02 07:12 | mobile_money | 5.00   | D-008        | A-1
2026-03-02 07:21 | mobile_money | 5.00   | D-009        | A-1
2026-03-02 07:30 | mobile_money | 5.00   | D-010        | A-1
2026-03-02 07:39 | mobile_money | 5.00   | D-011        | A-1
2026-03-02 08:48 | mobile_money | 5.00   | D-012        | A-1
2026-03-02 08:57 | mobile_money | 5.00   | D-013        | A-1
2026-03-02 08:06 | mobile_money | 5.00   | D-014        | A-1
2026-03-02 08:15 | mobile_money | 5.00   | D-015        | A-1
2026-03-02 08:24 | mobile_money | 5.00   | D-016        | A-1
2026-03-02 08:33 | mobile_money | 5.00   | D-017        | A-1
2026-03-02 09:42 | mobile_money | 5.00   | D-018        | A-1
2026-03-02 09:51 | mobile_money | 5.00   | D-019        | A-1
2026-03-02 20:00 | mobile_money | 90.00  | A-1          | H-1
2026-03-03 06:00 | mobile_money | 5.00   | D-100        | A-1
2026-03-03 06:09 | mobile_money | 5.00   | D-101        | A-1
2026-03-03 06:18 | mobile_money | 5.00   | D-102        | A-1
2026-03-03 06:27 | mobile_money | 5.00   | D-103        | A-1
2026-03-03 06:36 | mobile_money | 5.00   | D-104        | A-1
2026-03-03 06:45 | mobile_money | 5.00   | D-105        | A-1
2026-03-03 07:54 | mobile_money | 5.00   | D-106        | A-1
2026-03-03 07:03 | mobile_money | 5.00   | D-107        | A-1
2026-03-03 07:12 | mobile_money | 5.00   | D-108        | A-1
2026-03-03 07:21 | mobile_money | 5.00   | D-109        | A-1
2026-03-03 07:30 | mobile_money | 5.00   | D-110        | A-1
2026-03-03 07:39 | mobile_money | 5.00   | D-111        | A-1
2026-03-03 08:48 | mobile_money | 5.00   | D-112        | A-1
2026-03-03 08:57 | mobile_money | 5.00   | D-113        | A-1
2026-03-03 08:06 | mobile_money | 5.00   | D-114        | A-1
2026-03-03 08:15 | mobile_money | 5.00   | D-115        | A-1
2026-03-03 08:24 | mobile_money | 5.00   | D-116        | A-1
2026-03-03 08:33 | mobile_money | 5.00   | D-117        | A-1
2026-03-03 09:42 | mobile_money | 5.00   | D-118        | A-1
2026-03-03 09:51 | mobile_money | 5.00   | D-119        | A-1
2026-03-03 20:00 | mobile_money | 90.00  | A-1          | H-1
2026-03-04 06:00 | mobile_money | 5.00   | D-200        | A-1
2026-03-04 06:09 | mobile_money | 5.00   | D-201        | A-1
2026-03-04 06:18 | mobile_money | 5.00   | D-202        | A-1
2026-03-04 06:27 | mobile_money | 5.00   | D-203        | A-1
2026-03-04 06:36 | mobile_money | 5.00   | D-204        | A-1
2026-03-04 06:45 | mobile_money | 5.00   | D-205        | A-1
2026-03-04 07:54 | mobile_money | 5.00   | D-206        | A-1
2026-03-04 07:03 | mobile_money | 5.00   | D-207        | A-1
2026-03-04 07:12 | mobile_money | 5.00   | D-208        | A-1
2026-03-04 07:21 | mobile_money | 5.00   | D-209        | A-1
2026-03-04 07:30 | mobile_money | 5.00   | D-210        | A-1
2026-03-04 07:39 | mobile_money | 5.00   | D-211        | A-1
2026-03-04 08:48 | mobile_money | 5.00   | D-212        | A-1
2026-03-04 08:57 | mobile_money | 5.00   | D-213        | A-1
2026-03-04 08:06 | mobile_money | 5.00   | D-214        | A-1
2026-03-04 08:15 | mobile_money | 5.00   | D-215        | A-1
2026-03-04 08:24 | mobile_money | 5.00   | D-216        | A-1
2026-03-04 08:33 | mobile_money | 5.00   | D-217        | A-1
2026-03-04 09:42 | mobile_money | 5.00   | D-218        | A-1
2026-03-04 09:51 | mobile_money | 5.00   | D-219        | A-1
2026-03-04 20:00 | mobile_money | 90.00  | A-1          | H-1
"""

[[fires]]
name = "twenty payers of one sum on three days, emptied each evening"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known"
base = "typical"
dates_only = true
flags = ["A-1"]

[[silent]]
name = "nineteen payers a day"
base = "typical"
without = [20, 41, 62]

[[silent]]
name = "two days"
base = "typical"
without = [43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63]

[[silent]]
name = "each pays another sum, as in a shop"
rows = """
occurred_at      | channel      | amount | from_account | to_account
2026-03-02 06:00 | mobile_money | 5.00   | D-000        | A-1
2026-03-02 06:09 | mobile_money | 5.61   | D-001        | A-1
2026-03-02 06:18 | mobile_money | 6.22   | D-002        | A-1
2026-03-02 06:27 | mobile_money | 6.83   | D-003        | A-1
2026-03-02 06:36 | mobile_money | 7.44   | D-004        | A-1
2026-03-02 06:45 | mobile_money | 8.05   | D-005        | A-1
2026-03-02 07:54 | mobile_money | 8.66   | D-006        | A-1
2026-03-02 07:03 | mobile_money | 9.27   | D-007        | A-1
2026-03-02 07:12 | mobile_money | 9.88   | D-008        | A-1
2026-03-02 07:21 | mobile_money | 10.49  | D-009        | A-1
2026-03-02 07:30 | mobile_money | 11.10  | D-010        | A-1
2026-03-02 07:39 | mobile_money | 11.71  | D-011        | A-1
2026-03-02 08:48 | mobile_money | 12.32  | D-012        | A-1
2026-03-02 08:57 | mobile_money | 12.93  | D-013        | A-1
2026-03-02 08:06 | mobile_money | 13.54  | D-014        | A-1
2026-03-02 08:15 | mobile_money | 14.15  | D-015        | A-1
2026-03-02 08:24 | mobile_money | 14.76  | D-016        | A-1
2026-03-02 08:33 | mobile_money | 15.37  | D-017        | A-1
2026-03-02 09:42 | mobile_money | 15.98  | D-018        | A-1
2026-03-02 09:51 | mobile_money | 16.59  | D-019        | A-1
2026-03-02 20:00 | mobile_money | 200.00 | A-1          | H-1
2026-03-03 06:00 | mobile_money | 5.00   | D-100        | A-1
2026-03-03 06:09 | mobile_money | 5.61   | D-101        | A-1
2026-03-03 06:18 | mobile_money | 6.22   | D-102        | A-1
2026-03-03 06:27 | mobile_money | 6.83   | D-103        | A-1
2026-03-03 06:36 | mobile_money | 7.44   | D-104        | A-1
2026-03-03 06:45 | mobile_money | 8.05   | D-105        | A-1
2026-03-03 07:54 | mobile_money | 8.66   | D-106        | A-1
2026-03-03 07:03 | mobile_money | 9.27   | D-107        | A-1
2026-03-03 07:12 | mobile_money | 9.88   | D-108        | A-1
2026-03-03 07:21 | mobile_money | 10.49  | D-109        | A-1
2026-03-03 07:30 | mobile_money | 11.10  | D-110        | A-1
2026-03-03 07:39 | mobile_money | 11.71  | D-111        | A-1
2026-03-03 08:48 | mobile_money | 12.32  | D-112        | A-1
2026-03-03 08:57 | mobile_money | 12.93  | D-113        | A-1
2026-03-03 08:06 | mobile_money | 13.54  | D-114        | A-1
2026-03-03 08:15 | mobile_money | 14.15  | D-115        | A-1
2026-03-03 08:24 | mobile_money | 14.76  | D-116        | A-1
2026-03-03 08:33 | mobile_money | 15.37  | D-117        | A-1
2026-03-03 09:42 | mobile_money | 15.98  | D-118        | A-1
2026-03-03 09:51 | mobile_money | 16.59  | D-119        | A-1
2026-03-03 20:00 | mobile_money | 200.00 | A-1          | H-1
2026-03-04 06:00 | mobile_money | 5.00   | D-200        | A-1
2026-03-04 06:09 | mobile_money | 5.61   | D-201        | A-1
2026-03-04 06:18 | mobile_money | 6.22   | D-202        | A-1
2026-03-04 06:27 | mobile_money | 6.83   | D-203        | A-1
2026-03-04 06:36 | mobile_money | 7.44   | D-204        | A-1
2026-03-04 06:45 | mobile_money | 8.05   | D-205        | A-1
2026-03-04 07:54 | mobile_money | 8.66   | D-206        | A-1
2026-03-04 07:03 | mobile_money | 9.27   | D-207        | A-1
2026-03-04 07:12 | mobile_money | 9.88   | D-208        | A-1
2026-03-04 07:21 | mobile_money | 10.49  | D-209        | A-1
2026-03-04 07:30 | mobile_money | 11.10  | D-210        | A-1
2026-03-04 07:39 | mobile_money | 11.71  | D-211        | A-1
2026-03-04 08:48 | mobile_money | 12.32  | D-212        | A-1
2026-03-04 08:57 | mobile_money | 12.93  | D-213        | A-1
2026-03-04 08:06 | mobile_money | 13.54  | D-214        | A-1
2026-03-04 08:15 | mobile_money | 14.15  | D-215        | A-1
2026-03-04 08:24 | mobile_money | 14.76  | D-216        | A-1
2026-03-04 08:33 | mobile_money | 15.37  | D-217        | A-1
2026-03-04 09:42 | mobile_money | 15.98  | D-218        | A-1
2026-03-04 09:51 | mobile_money | 16.59  | D-219        | A-1
2026-03-04 20:00 | mobile_money | 200.00 | A-1          | H-1
"""

[[silent]]
name = "the money stays"
base = "typical"
without = [21, 42, 63]

[[silent]]
name = "the money goes on to many suppliers"
base = "typical"
change.21.to_account = "S-02"
change.42.to_account = "S-03"
change.63.to_account = "S-04"

[[silent]]
name = "one payer pays twenty times a day"
rows = """
occurred_at      | channel      | amount | from_account | to_account
2026-03-02 06:00 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 06:09 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 06:18 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 06:27 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 06:36 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 06:45 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 07:54 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 07:03 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 07:12 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 07:21 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 07:30 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 07:39 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 08:48 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 08:57 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 08:06 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 08:15 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 08:24 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 08:33 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 09:42 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 09:51 | mobile_money | 5.00   | D-1          | A-1
2026-03-02 20:00 | mobile_money | 90.00  | A-1          | H-1
2026-03-03 06:00 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 06:09 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 06:18 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 06:27 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 06:36 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 06:45 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 07:54 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 07:03 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 07:12 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 07:21 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 07:30 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 07:39 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 08:48 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 08:57 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 08:06 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 08:15 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 08:24 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 08:33 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 09:42 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 09:51 | mobile_money | 5.00   | D-1          | A-1
2026-03-03 20:00 | mobile_money | 90.00  | A-1          | H-1
2026-03-04 06:00 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 06:09 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 06:18 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 06:27 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 06:36 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 06:45 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 07:54 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 07:03 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 07:12 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 07:21 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 07:30 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 07:39 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 08:48 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 08:57 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 08:06 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 08:15 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 08:24 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 08:33 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 09:42 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 09:51 | mobile_money | 5.00   | D-1          | A-1
2026-03-04 20:00 | mobile_money | 90.00  | A-1          | H-1
"""

[[silent]]
name = "half of the sum is passed on"
base = "typical"
change.21.amount = "50.00"
change.42.amount = "50.00"
change.63.amount = "50.00"

[[silent]]
name = "undone payments do not count"
rows = """
occurred_at      | channel      | amount | from_account | to_account | reverses
2026-03-02 06:00 | mobile_money | 5.00   | D-000        | A-1        |
2026-03-02 06:09 | mobile_money | 5.00   | D-001        | A-1        | 0002
2026-03-02 06:18 | mobile_money | 5.00   | D-002        | A-1        | 0003
2026-03-02 06:27 | mobile_money | 5.00   | D-003        | A-1        | 0004
2026-03-02 06:36 | mobile_money | 5.00   | D-004        | A-1        | 0005
2026-03-02 06:45 | mobile_money | 5.00   | D-005        | A-1        | 0006
2026-03-02 07:54 | mobile_money | 5.00   | D-006        | A-1        | 0007
2026-03-02 07:03 | mobile_money | 5.00   | D-007        | A-1        | 0008
2026-03-02 07:12 | mobile_money | 5.00   | D-008        | A-1        | 0009
2026-03-02 07:21 | mobile_money | 5.00   | D-009        | A-1        | 0010
2026-03-02 07:30 | mobile_money | 5.00   | D-010        | A-1        | 0011
2026-03-02 07:39 | mobile_money | 5.00   | D-011        | A-1        | 0012
2026-03-02 08:48 | mobile_money | 5.00   | D-012        | A-1        | 0013
2026-03-02 08:57 | mobile_money | 5.00   | D-013        | A-1        | 0014
2026-03-02 08:06 | mobile_money | 5.00   | D-014        | A-1        | 0015
2026-03-02 08:15 | mobile_money | 5.00   | D-015        | A-1        | 0016
2026-03-02 08:24 | mobile_money | 5.00   | D-016        | A-1        | 0017
2026-03-02 08:33 | mobile_money | 5.00   | D-017        | A-1        | 0018
2026-03-02 09:42 | mobile_money | 5.00   | D-018        | A-1        | 0019
2026-03-02 09:51 | mobile_money | 5.00   | D-019        | A-1        | 0020
2026-03-02 20:00 | mobile_money | 90.00  | A-1          | H-1        |
2026-03-03 06:00 | mobile_money | 5.00   | D-100        | A-1        | 0022
2026-03-03 06:09 | mobile_money | 5.00   | D-101        | A-1        | 0023
2026-03-03 06:18 | mobile_money | 5.00   | D-102        | A-1        | 0024
2026-03-03 06:27 | mobile_money | 5.00   | D-103        | A-1        | 0025
2026-03-03 06:36 | mobile_money | 5.00   | D-104        | A-1        | 0026
2026-03-03 06:45 | mobile_money | 5.00   | D-105        | A-1        | 0027
2026-03-03 07:54 | mobile_money | 5.00   | D-106        | A-1        | 0028
2026-03-03 07:03 | mobile_money | 5.00   | D-107        | A-1        | 0029
2026-03-03 07:12 | mobile_money | 5.00   | D-108        | A-1        | 0030
2026-03-03 07:21 | mobile_money | 5.00   | D-109        | A-1        | 0031
2026-03-03 07:30 | mobile_money | 5.00   | D-110        | A-1        | 0032
2026-03-03 07:39 | mobile_money | 5.00   | D-111        | A-1        | 0033
2026-03-03 08:48 | mobile_money | 5.00   | D-112        | A-1        | 0034
2026-03-03 08:57 | mobile_money | 5.00   | D-113        | A-1        | 0035
2026-03-03 08:06 | mobile_money | 5.00   | D-114        | A-1        | 0036
2026-03-03 08:15 | mobile_money | 5.00   | D-115        | A-1        | 0037
2026-03-03 08:24 | mobile_money | 5.00   | D-116        | A-1        | 0038
2026-03-03 08:33 | mobile_money | 5.00   | D-117        | A-1        | 0039
2026-03-03 09:42 | mobile_money | 5.00   | D-118        | A-1        | 0040
2026-03-03 09:51 | mobile_money | 5.00   | D-119        | A-1        | 0041
2026-03-03 20:00 | mobile_money | 90.00  | A-1          | H-1        |
2026-03-04 06:00 | mobile_money | 5.00   | D-200        | A-1        | 0043
2026-03-04 06:09 | mobile_money | 5.00   | D-201        | A-1        | 0044
2026-03-04 06:18 | mobile_money | 5.00   | D-202        | A-1        | 0045
2026-03-04 06:27 | mobile_money | 5.00   | D-203        | A-1        | 0046
2026-03-04 06:36 | mobile_money | 5.00   | D-204        | A-1        | 0047
2026-03-04 06:45 | mobile_money | 5.00   | D-205        | A-1        | 0048
2026-03-04 07:54 | mobile_money | 5.00   | D-206        | A-1        | 0049
2026-03-04 07:03 | mobile_money | 5.00   | D-207        | A-1        | 0050
2026-03-04 07:12 | mobile_money | 5.00   | D-208        | A-1        | 0051
2026-03-04 07:21 | mobile_money | 5.00   | D-209        | A-1        | 0052
2026-03-04 07:30 | mobile_money | 5.00   | D-210        | A-1        | 0053
2026-03-04 07:39 | mobile_money | 5.00   | D-211        | A-1        | 0054
2026-03-04 08:48 | mobile_money | 5.00   | D-212        | A-1        | 0055
2026-03-04 08:57 | mobile_money | 5.00   | D-213        | A-1        | 0056
2026-03-04 08:06 | mobile_money | 5.00   | D-214        | A-1        | 0057
2026-03-04 08:15 | mobile_money | 5.00   | D-215        | A-1        | 0058
2026-03-04 08:24 | mobile_money | 5.00   | D-216        | A-1        | 0059
2026-03-04 08:33 | mobile_money | 5.00   | D-217        | A-1        | 0060
2026-03-04 09:42 | mobile_money | 5.00   | D-218        | A-1        | 0061
2026-03-04 09:51 | mobile_money | 5.00   | D-219        | A-1        | 0062
2026-03-04 20:00 | mobile_money | 90.00  | A-1          | H-1        |
"""

[[silent]]
name = "a seller known as a business"
rows = """
occurred_at      | channel      | amount | from_account | to_account | to_kind
2026-03-02 06:00 | mobile_money | 5.00   | D-000        | A-1        | business
2026-03-02 06:09 | mobile_money | 5.00   | D-001        | A-1        | business
2026-03-02 06:18 | mobile_money | 5.00   | D-002        | A-1        | business
2026-03-02 06:27 | mobile_money | 5.00   | D-003        | A-1        | business
2026-03-02 06:36 | mobile_money | 5.00   | D-004        | A-1        | business
2026-03-02 06:45 | mobile_money | 5.00   | D-005        | A-1        | business
2026-03-02 07:54 | mobile_money | 5.00   | D-006        | A-1        | business
2026-03-02 07:03 | mobile_money | 5.00   | D-007        | A-1        | business
2026-03-02 07:12 | mobile_money | 5.00   | D-008        | A-1        | business
2026-03-02 07:21 | mobile_money | 5.00   | D-009        | A-1        | business
2026-03-02 07:30 | mobile_money | 5.00   | D-010        | A-1        | business
2026-03-02 07:39 | mobile_money | 5.00   | D-011        | A-1        | business
2026-03-02 08:48 | mobile_money | 5.00   | D-012        | A-1        | business
2026-03-02 08:57 | mobile_money | 5.00   | D-013        | A-1        | business
2026-03-02 08:06 | mobile_money | 5.00   | D-014        | A-1        | business
2026-03-02 08:15 | mobile_money | 5.00   | D-015        | A-1        | business
2026-03-02 08:24 | mobile_money | 5.00   | D-016        | A-1        | business
2026-03-02 08:33 | mobile_money | 5.00   | D-017        | A-1        | business
2026-03-02 09:42 | mobile_money | 5.00   | D-018        | A-1        | business
2026-03-02 09:51 | mobile_money | 5.00   | D-019        | A-1        | business
2026-03-02 20:00 | mobile_money | 90.00  | A-1          | H-1        |
2026-03-03 06:00 | mobile_money | 5.00   | D-100        | A-1        | business
2026-03-03 06:09 | mobile_money | 5.00   | D-101        | A-1        | business
2026-03-03 06:18 | mobile_money | 5.00   | D-102        | A-1        | business
2026-03-03 06:27 | mobile_money | 5.00   | D-103        | A-1        | business
2026-03-03 06:36 | mobile_money | 5.00   | D-104        | A-1        | business
2026-03-03 06:45 | mobile_money | 5.00   | D-105        | A-1        | business
2026-03-03 07:54 | mobile_money | 5.00   | D-106        | A-1        | business
2026-03-03 07:03 | mobile_money | 5.00   | D-107        | A-1        | business
2026-03-03 07:12 | mobile_money | 5.00   | D-108        | A-1        | business
2026-03-03 07:21 | mobile_money | 5.00   | D-109        | A-1        | business
2026-03-03 07:30 | mobile_money | 5.00   | D-110        | A-1        | business
2026-03-03 07:39 | mobile_money | 5.00   | D-111        | A-1        | business
2026-03-03 08:48 | mobile_money | 5.00   | D-112        | A-1        | business
2026-03-03 08:57 | mobile_money | 5.00   | D-113        | A-1        | business
2026-03-03 08:06 | mobile_money | 5.00   | D-114        | A-1        | business
2026-03-03 08:15 | mobile_money | 5.00   | D-115        | A-1        | business
2026-03-03 08:24 | mobile_money | 5.00   | D-116        | A-1        | business
2026-03-03 08:33 | mobile_money | 5.00   | D-117        | A-1        | business
2026-03-03 09:42 | mobile_money | 5.00   | D-118        | A-1        | business
2026-03-03 09:51 | mobile_money | 5.00   | D-119        | A-1        | business
2026-03-03 20:00 | mobile_money | 90.00  | A-1          | H-1        |
2026-03-04 06:00 | mobile_money | 5.00   | D-200        | A-1        | business
2026-03-04 06:09 | mobile_money | 5.00   | D-201        | A-1        | business
2026-03-04 06:18 | mobile_money | 5.00   | D-202        | A-1        | business
2026-03-04 06:27 | mobile_money | 5.00   | D-203        | A-1        | business
2026-03-04 06:36 | mobile_money | 5.00   | D-204        | A-1        | business
2026-03-04 06:45 | mobile_money | 5.00   | D-205        | A-1        | business
2026-03-04 07:54 | mobile_money | 5.00   | D-206        | A-1        | business
2026-03-04 07:03 | mobile_money | 5.00   | D-207        | A-1        | business
2026-03-04 07:12 | mobile_money | 5.00   | D-208        | A-1        | business
2026-03-04 07:21 | mobile_money | 5.00   | D-209        | A-1        | business
2026-03-04 07:30 | mobile_money | 5.00   | D-210        | A-1        | business
2026-03-04 07:39 | mobile_money | 5.00   | D-211        | A-1        | business
2026-03-04 08:48 | mobile_money | 5.00   | D-212        | A-1        | business
2026-03-04 08:57 | mobile_money | 5.00   | D-213        | A-1        | business
2026-03-04 08:06 | mobile_money | 5.00   | D-214        | A-1        | business
2026-03-04 08:15 | mobile_money | 5.00   | D-215        | A-1        | business
2026-03-04 08:24 | mobile_money | 5.00   | D-216        | A-1        | business
2026-03-04 08:33 | mobile_money | 5.00   | D-217        | A-1        | business
2026-03-04 09:42 | mobile_money | 5.00   | D-218        | A-1        | business
2026-03-04 09:51 | mobile_money | 5.00   | D-219        | A-1        | business
2026-03-04 20:00 | mobile_money | 90.00  | A-1          | H-1        |
"""

[[silent]]
name = "a transport cooperative, known as such"
base = "typical"
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | cooperative | 2025-01-01 | | example
"""
---*/
-- Days are calendar days (UTC). On a day that counts enough different accounts pay, and few sums, in their own currency, make up
-- most of the payments. What goes to the one account within the window is compared with what came in on those days.
-- Strength: 500 at the days, payers and share that are asked, 1000 where there are twice as many days and payers.
with busy as (
    select d.account, d.day
    from daily as d
    join accounts as a on a.account = d.account
    where d.direction = 'in' and d.payments >= $at_least and coalesce(a.kind, 'person') = 'person'
),
candidates_by_days as (
    select account from busy group by account having count(*) >= $least_days
),
paid as (
    select f.account, f.day, f.counterparty, f.txn, f.currency, f.amount, f.amount_base
    from flows as f
    join busy as b on b.account = f.account and b.day = f.day
    where f.account in (select account from candidates_by_days)
      and f.direction = 'in' and f.counterparty is not null and f.counterparty <> f.account
      and f.amount_base is not null and not f.is_reversal and f.channel not in ('fee', 'card')
),
by_sum as (
    select account, day, count(*) as payments, min(txn) as txn from paid group by account, day, currency, amount
),
tariffs as (
    select account, day, payments, row_number() over (partition by account, day order by payments desc, txn) as nth from by_sum
),
uniform as (
    select account, day, sum(case when nth <= $sums then payments else 0 end) as alike from tariffs group by account, day
),
toll_days as (
    select p.account, p.day, u.alike, count(*) as payments, count(distinct p.counterparty) as payers, sum(p.amount_base) as total
    from paid as p
    join uniform as u on u.account = p.account and u.day = p.day
    group by p.account, p.day, u.alike
    having count(distinct p.counterparty) >= $at_least and u.alike * 1000 >= count(*) * $least_uniform
),
takers as (
    select account from toll_days group by account having count(*) >= $least_days
),
given as (
    select account, counterparty, day, txn, amount_base
    from flows
    where account in (select account from takers)
      and direction = 'out' and counterparty is not null and counterparty <> account
      and amount_base is not null and not is_reversal and channel <> 'fee'
),
sweeps as (
    select account, counterparty, day, cast(day as bigint) * 86400 as day_s, sum(amount_base) as amount, max(txn) as txn
    from given
    group by account, counterparty, day
),
swept as (
    select account, counterparty, day, txn, sum(amount) over week as amount, count(*) over week as days
    from sweeps
    window week as (partition by account, counterparty order by day_s range between ($window_s - 1) preceding and current row)
),
weeks as (
    select s.account, s.counterparty, s.day, s.txn, s.amount, s.days as sweep_days,
           count(*) as toll_days, min(t.payers) as least_payers, sum(t.payments) as payments, sum(t.total) as total,
           min(per_mille(t.alike, t.payments)) as uniform_share, min(t.day) as first_day
    from swept as s
    join toll_days as t on t.account = s.account and t.day > s.day - $window_s // 86400 and t.day <= s.day
    group by s.account, s.counterparty, s.day, s.txn, s.amount, s.days
    having count(*) >= $least_days
       and s.amount * 1000 >= sum(t.total) * $least_swept
       and s.days * 1000 >= count(*) * $least_sweeps
),
best as (
    select account, counterparty, day, txn, amount, sweep_days, toll_days, least_payers, payments, total, uniform_share, first_day,
           row_number() over (partition by account, day order by amount desc, txn) as nth
    from weeks
),
legs as (
    select p.account, p.txn, cast(p.day as bigint) * 86400 as t_s
    from paid as p
    join toll_days as t on t.account = p.account and t.day = p.day
    where p.account in (select account from weeks)
    union all
    select g.account, g.txn, cast(g.day as bigint) * 86400 as t_s
    from given as g
    join (select distinct account, counterparty from best where nth = 1) as h
      on h.account = g.account and h.counterparty = g.counterparty
)
select account as subject,
       txn,
       cast(day as bigint) * 86400 as t_s,
       cast(first_day as bigint) * 86400 as window_start_s,
       cast(day as bigint) * 86400 + 86399 as window_end_s,
       least((per_mille(toll_days, $least_days) + per_mille(least_payers, $at_least)) // 4, 1000) as strength,
       total as size,
       toll_days,
       least_payers,
       payments,
       total,
       uniform_share,
       amount as swept,
       per_mille(amount, total) as share,
       sweep_days
from best
where nth = 1
