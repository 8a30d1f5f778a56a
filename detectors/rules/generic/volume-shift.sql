/*---
id = "volume-shift"
title.en = "An account moves far more at once than it usually does"
title.fr = "Un compte déplace soudain bien plus que d'habitude"
title.es = "Una cuenta mueve de pronto mucho más que de costumbre"
family = "generic"
tier = "core"
status = "live"
severity = "low"
weight = 4
sources = [
    "Tazama rules 010, 011, 020 and 048 (increase in volume)",
    "NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.6: median absolute deviation; the factor 1.4826 makes it comparable to a standard deviation",
    "The yearly season, the calendar and the sum: our judgement, to be calibrated on labelled data",
]
exclusions = ["aid_programme", "payroll", "biller", "licensed_agent", "exchange", "bureau_de_change", "state_account"]
peaks = "window_s"
benign = [
    { en = "A harvest, a holiday or the beginning of the school year", fr = "Une récolte, une fête ou la rentrée scolaire", es = "Una cosecha, una fiesta o el comienzo del curso escolar" },
    { en = "A trader who wins a large order", fr = "Un commerçant qui obtient une grosse commande", es = "Un comerciante que consigue un pedido grande" },
    { en = "A house, a wedding, an illness", fr = "Une maison, un mariage, une maladie", es = "Una casa, una boda, una enfermedad" },
]
next_step.en = "See which payers and payees are new in that week, and ask what changed."
next_step.fr = "Voir quels payeurs et bénéficiaires sont nouveaux cette semaine-là, et demander ce qui a changé."
next_step.es = "Ver qué pagadores y beneficiarios son nuevos esa semana y preguntar qué cambió."
why.en = "{total} moved in {payments|# payment|# payments} within {days}; the usual sum of {window_s} in the {history_s} before was {usual}, the average {mean}: {z} times the usual spread above the usual sum"
why.fr = "{total} déplacés en {payments|# opération|# opérations} en {days} ; dans les {history_s} précédents, la somme habituelle de {window_s} était de {usual}, la moyenne de {mean} : {z} fois la dispersion habituelle au-dessus de la somme habituelle"
why.es = "{total} movidos en {payments|# operación|# operaciones} en {days}; en los {history_s} anteriores, la suma habitual de {window_s} fue de {usual} y la media de {mean}: {z} veces la dispersión habitual por encima de la suma habitual"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
total = "money"
payments = "count"
days = "days"
usual = "money"
mean = "money"
z = "ratio"
needed = "money"

[[indicators]]
label = { en = "Distance from the usual sum, in spreads", fr = "Écart à la somme habituelle, en dispersions", es = "Distancia de la suma habitual, en dispersiones" }
observed = "z"
threshold = "least_z"
sense = "at_least"

[[indicators]]
label = { en = "Sum of the window", fr = "Somme de la période", es = "Suma del periodo" }
observed = "total"
threshold = "needed"
sense = "at_least"

[[indicators]]
label = { en = "Payments of the window", fr = "Opérations de la période", es = "Operaciones del periodo" }
observed = "payments"
threshold = "least_payments"
sense = "at_least"

[params.window_s]
default = 604800
unit = "seconds"
least = 86400
most = 2592000
reason = "A week, so that pay days and market days even out"

[params.history_s]
default = 7257600
unit = "seconds"
least = 1209600
most = 31536000
reason = "Twelve whole weeks before it, the ninety days of Tazama in weeks"

[params.least_z]
default = 3.0
unit = "ratio"
least = 1.0
most = 100.0
reason = "Three robust standard deviations, as the list of indicators says: about one week in seven hundred of a steady account"

[params.factor]
default = 2000
unit = "per_mille"
least = 1000
most = 100000
reason = "And at least twice the average week: an account that has had such a week lately is not changed"

[params.least_payments]
default = 5
unit = "count"
least = 1
most = 1000
reason = "Fewer payments are a purchase, not a volume"

[params.most_single]
default = 500
unit = "per_mille"
least = 100
most = 1000
reason = "Where one payment makes half of the sum, it is that payment that stands out, which `own-max-outlier` says better"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 100
most = 100000
reason = "The reporting threshold: below it many shift and little matters"

[params.season_share]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "More than the busiest week of the same season a year before, where the ledger holds it"

[params.season_slack]
default = 14
unit = "days"
least = 0
most = 60
reason = "Harvests and feasts move by up to two weeks from year to year"

[params.calendar_factor]
default = 2
unit = "count"
least = 1
most = 100
reason = "In a listed harvest, holiday or crisis of the account's country twice as much is needed: an event explains more money, not any sum, and a list that is public must not be a hiding place"

[bases.typical]
rows = """
occurred_at      | channel  | amount  | from_account | to_account
2026-01-05 10:00 | transfer | 500.00  | P-1          | A-1
2026-01-07 10:00 | transfer | 480.00  | A-1          | P-2
2026-01-12 10:00 | transfer | 510.00  | P-1          | A-1
2026-01-14 10:00 | transfer | 490.00  | A-1          | P-2
2026-01-19 10:00 | transfer | 520.00  | P-1          | A-1
2026-01-21 10:00 | transfer | 500.00  | A-1          | P-2
2026-01-26 10:00 | transfer | 530.00  | P-1          | A-1
2026-01-28 10:00 | transfer | 480.00  | A-1          | P-2
2026-02-02 10:00 | transfer | 500.00  | P-1          | A-1
2026-02-04 10:00 | transfer | 490.00  | A-1          | P-2
2026-02-09 10:00 | transfer | 510.00  | P-1          | A-1
2026-02-11 10:00 | transfer | 500.00  | A-1          | P-2
2026-02-16 10:00 | transfer | 520.00  | P-1          | A-1
2026-02-18 10:00 | transfer | 480.00  | A-1          | P-2
2026-02-23 10:00 | transfer | 530.00  | P-1          | A-1
2026-02-25 10:00 | transfer | 490.00  | A-1          | P-2
2026-03-02 10:00 | transfer | 500.00  | P-1          | A-1
2026-03-04 10:00 | transfer | 500.00  | A-1          | P-2
2026-03-09 10:00 | transfer | 510.00  | P-1          | A-1
2026-03-11 10:00 | transfer | 480.00  | A-1          | P-2
2026-03-16 10:00 | transfer | 520.00  | P-1          | A-1
2026-03-18 10:00 | transfer | 490.00  | A-1          | P-2
2026-03-23 10:00 | transfer | 530.00  | P-1          | A-1
2026-03-25 10:00 | transfer | 500.00  | A-1          | P-2
2026-03-30 10:00 | transfer | 500.00  | P-1          | A-1
2026-04-01 10:00 | transfer | 480.00  | A-1          | P-2
2026-04-06 10:00 | transfer | 2000.00 | P-1          | A-1
2026-04-07 10:00 | transfer | 1999.00 | A-1          | P-2
2026-04-08 10:00 | transfer | 1998.00 | P-1          | A-1
2026-04-09 10:00 | transfer | 1997.00 | A-1          | P-2
2026-04-10 10:00 | transfer | 1996.00 | P-1          | A-1
2026-04-11 10:00 | transfer | 1995.00 | A-1          | P-2
"""

[[fires]]
name = "twelve quiet weeks, then twenty times as much"
base = "typical"
dates_only = true
flags = ["A-1"]

[[fires]]
name = "with times of day"
base = "typical"
flags = ["A-1"]

[[silent]]
name = "one cent below the threshold"
base = "typical"
dates_only = true
without = [31, 32]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-04-10  | transfer | 2005.99 | A-1          | P-2
"""

[[silent]]
name = "a month earlier there was such a week"
base = "typical"
dates_only = true
rows = """
occurred_at | channel  | amount   | from_account | to_account
2026-03-10  | transfer | 60000.00 | P-1          | A-1
"""

[[silent]]
name = "the account is too young to have usual weeks"
base = "typical"
dates_only = true
without = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
change.18.amount = "480.00"
change.20.amount = "490.00"
change.22.amount = "500.00"
change.24.amount = "480.00"
change.26.amount = "490.00"
rows = """
occurred_at | channel  | amount | from_account | to_account
2025-11-01  | transfer | 5.00   | P-1          | P-2
"""

[[silent]]
name = "half the weeks were empty: nothing is usual"
base = "typical"
dates_only = true
without = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20]

[[silent]]
name = "a payment to itself and one that was undone"
base = "typical"
dates_only = true
change.27.from_account = "A-1"
change.28.reverses = "0002"
change.29.reverses = "0003"
change.30.reverses = "0004"
change.31.reverses = "0005"
change.32.reverses = "0006"
rows = """
occurred_at | channel  | amount  | from_account | to_account | reverses
2026-04-07  | transfer | 1999.00 | A-1          | A-1        |
2026-04-08  | transfer | 1998.00 | A-1          | A-1        |
2026-04-09  | transfer | 1997.00 | A-1          | A-1        |
2026-04-10  | transfer | 1996.00 | A-1          | A-1        |
2026-04-11  | transfer | 1995.00 | A-1          | A-1        |
2026-04-06  | transfer | 2000.00 | P-1          | A-1        | 0001
"""

[[silent]]
name = "what would make the sum comes on the eighth day"
base = "typical"
dates_only = true
change.31.occurred_at = "2026-04-13"
change.32.occurred_at = "2026-04-14"

[[silent]]
name = "one payment makes half of the sum: a matter of its own"
base = "typical"
dates_only = true
without = [31, 32]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-04-09  | transfer | 7994.00 | P-1          | A-1
"""

[[silent]]
name = "four payments"
base = "typical"
dates_only = true
without = [31, 32]
change.27.amount = "2900.00"
change.28.amount = "2900.00"
change.29.amount = "2900.00"
change.30.amount = "2900.00"

[[silent]]
name = "a year before, the same weeks were as busy"
rows = """
occurred_at | channel  | amount   | from_account | to_account
2025-02-24  | transfer | 500.00   | P-1          | A-1
2025-02-26  | transfer | 480.00   | A-1          | P-2
2025-03-03  | transfer | 510.00   | P-1          | A-1
2025-03-05  | transfer | 490.00   | A-1          | P-2
2025-03-10  | transfer | 520.00   | P-1          | A-1
2025-03-12  | transfer | 500.00   | A-1          | P-2
2025-03-17  | transfer | 530.00   | P-1          | A-1
2025-03-19  | transfer | 480.00   | A-1          | P-2
2025-03-24  | transfer | 500.00   | P-1          | A-1
2025-03-26  | transfer | 490.00   | A-1          | P-2
2025-03-31  | transfer | 510.00   | P-1          | A-1
2025-04-02  | transfer | 500.00   | A-1          | P-2
2025-04-07  | transfer | 520.00   | P-1          | A-1
2025-04-09  | transfer | 480.00   | A-1          | P-2
2025-04-14  | transfer | 530.00   | P-1          | A-1
2025-04-16  | transfer | 490.00   | A-1          | P-2
2025-04-21  | transfer | 500.00   | P-1          | A-1
2025-04-23  | transfer | 500.00   | A-1          | P-2
2025-04-28  | transfer | 510.00   | P-1          | A-1
2025-04-30  | transfer | 480.00   | A-1          | P-2
2025-05-05  | transfer | 520.00   | P-1          | A-1
2025-05-07  | transfer | 490.00   | A-1          | P-2
2025-05-12  | transfer | 530.00   | P-1          | A-1
2025-05-14  | transfer | 500.00   | A-1          | P-2
2025-05-19  | transfer | 500.00   | P-1          | A-1
2025-05-21  | transfer | 480.00   | A-1          | P-2
2025-05-26  | transfer | 510.00   | P-1          | A-1
2025-05-28  | transfer | 490.00   | A-1          | P-2
2025-06-02  | transfer | 520.00   | P-1          | A-1
2025-06-04  | transfer | 500.00   | A-1          | P-2
2025-06-09  | transfer | 530.00   | P-1          | A-1
2025-06-11  | transfer | 480.00   | A-1          | P-2
2025-06-16  | transfer | 500.00   | P-1          | A-1
2025-06-18  | transfer | 490.00   | A-1          | P-2
2025-06-23  | transfer | 510.00   | P-1          | A-1
2025-06-25  | transfer | 500.00   | A-1          | P-2
2025-06-30  | transfer | 520.00   | P-1          | A-1
2025-07-02  | transfer | 480.00   | A-1          | P-2
2025-07-07  | transfer | 530.00   | P-1          | A-1
2025-07-09  | transfer | 490.00   | A-1          | P-2
2025-07-14  | transfer | 500.00   | P-1          | A-1
2025-07-16  | transfer | 500.00   | A-1          | P-2
2025-07-21  | transfer | 510.00   | P-1          | A-1
2025-07-23  | transfer | 480.00   | A-1          | P-2
2025-07-28  | transfer | 520.00   | P-1          | A-1
2025-07-30  | transfer | 490.00   | A-1          | P-2
2025-08-04  | transfer | 530.00   | P-1          | A-1
2025-08-06  | transfer | 500.00   | A-1          | P-2
2025-08-11  | transfer | 500.00   | P-1          | A-1
2025-08-13  | transfer | 480.00   | A-1          | P-2
2025-08-18  | transfer | 510.00   | P-1          | A-1
2025-08-20  | transfer | 490.00   | A-1          | P-2
2025-08-25  | transfer | 520.00   | P-1          | A-1
2025-08-27  | transfer | 500.00   | A-1          | P-2
2025-09-01  | transfer | 530.00   | P-1          | A-1
2025-09-03  | transfer | 480.00   | A-1          | P-2
2025-09-08  | transfer | 500.00   | P-1          | A-1
2025-09-10  | transfer | 490.00   | A-1          | P-2
2025-09-15  | transfer | 510.00   | P-1          | A-1
2025-09-17  | transfer | 500.00   | A-1          | P-2
2025-09-22  | transfer | 520.00   | P-1          | A-1
2025-09-24  | transfer | 480.00   | A-1          | P-2
2025-09-29  | transfer | 530.00   | P-1          | A-1
2025-10-01  | transfer | 490.00   | A-1          | P-2
2025-10-06  | transfer | 500.00   | P-1          | A-1
2025-10-08  | transfer | 500.00   | A-1          | P-2
2025-10-13  | transfer | 510.00   | P-1          | A-1
2025-10-15  | transfer | 480.00   | A-1          | P-2
2025-10-20  | transfer | 520.00   | P-1          | A-1
2025-10-22  | transfer | 490.00   | A-1          | P-2
2025-10-27  | transfer | 530.00   | P-1          | A-1
2025-10-29  | transfer | 500.00   | A-1          | P-2
2025-11-03  | transfer | 500.00   | P-1          | A-1
2025-11-05  | transfer | 480.00   | A-1          | P-2
2025-11-10  | transfer | 510.00   | P-1          | A-1
2025-11-12  | transfer | 490.00   | A-1          | P-2
2025-11-17  | transfer | 520.00   | P-1          | A-1
2025-11-19  | transfer | 500.00   | A-1          | P-2
2025-11-24  | transfer | 530.00   | P-1          | A-1
2025-11-26  | transfer | 480.00   | A-1          | P-2
2025-12-01  | transfer | 500.00   | P-1          | A-1
2025-12-03  | transfer | 490.00   | A-1          | P-2
2025-12-08  | transfer | 510.00   | P-1          | A-1
2025-12-10  | transfer | 500.00   | A-1          | P-2
2025-12-15  | transfer | 520.00   | P-1          | A-1
2025-12-17  | transfer | 480.00   | A-1          | P-2
2025-12-22  | transfer | 530.00   | P-1          | A-1
2025-12-24  | transfer | 490.00   | A-1          | P-2
2025-12-29  | transfer | 500.00   | P-1          | A-1
2025-12-31  | transfer | 500.00   | A-1          | P-2
2026-01-05  | transfer | 510.00   | P-1          | A-1
2026-01-07  | transfer | 480.00   | A-1          | P-2
2026-01-12  | transfer | 520.00   | P-1          | A-1
2026-01-14  | transfer | 490.00   | A-1          | P-2
2026-01-19  | transfer | 530.00   | P-1          | A-1
2026-01-21  | transfer | 500.00   | A-1          | P-2
2026-01-26  | transfer | 500.00   | P-1          | A-1
2026-01-28  | transfer | 480.00   | A-1          | P-2
2026-02-02  | transfer | 510.00   | P-1          | A-1
2026-02-04  | transfer | 490.00   | A-1          | P-2
2026-02-09  | transfer | 520.00   | P-1          | A-1
2026-02-11  | transfer | 500.00   | A-1          | P-2
2026-02-16  | transfer | 530.00   | P-1          | A-1
2026-02-18  | transfer | 480.00   | A-1          | P-2
2026-02-23  | transfer | 500.00   | P-1          | A-1
2026-02-25  | transfer | 490.00   | A-1          | P-2
2026-03-02  | transfer | 510.00   | P-1          | A-1
2026-03-04  | transfer | 500.00   | A-1          | P-2
2026-03-09  | transfer | 520.00   | P-1          | A-1
2026-03-11  | transfer | 480.00   | A-1          | P-2
2026-03-16  | transfer | 530.00   | P-1          | A-1
2026-03-18  | transfer | 490.00   | A-1          | P-2
2026-03-23  | transfer | 500.00   | P-1          | A-1
2026-03-25  | transfer | 500.00   | A-1          | P-2
2026-03-30  | transfer | 510.00   | P-1          | A-1
2026-04-01  | transfer | 480.00   | A-1          | P-2
2026-04-06  | transfer | 520.00   | P-1          | A-1
2026-04-08  | transfer | 490.00   | A-1          | P-2
2026-04-13  | transfer | 530.00   | P-1          | A-1
2026-04-15  | transfer | 500.00   | A-1          | P-2
2025-04-14  | transfer | 12500.00 | P-1          | A-1
2026-04-06  | transfer | 2000.00  | P-1          | A-1
2026-04-07  | transfer | 1999.00  | A-1          | P-2
2026-04-08  | transfer | 1998.00  | P-1          | A-1
2026-04-09  | transfer | 1997.00  | A-1          | P-2
2026-04-10  | transfer | 1996.00  | P-1          | A-1
2026-04-11  | transfer | 1995.00  | A-1          | P-2
"""

[[silent]]
name = "in a listed harvest it takes twice as much"
rows = """
occurred_at | channel  | amount  | from_account | to_account | from_country | to_country
2026-01-05  | transfer | 500.00  | P-1          | A-1        |              | ML
2026-01-07  | transfer | 480.00  | A-1          | P-2        | ML           |
2026-01-12  | transfer | 510.00  | P-1          | A-1        |              | ML
2026-01-14  | transfer | 490.00  | A-1          | P-2        | ML           |
2026-01-19  | transfer | 520.00  | P-1          | A-1        |              | ML
2026-01-21  | transfer | 500.00  | A-1          | P-2        | ML           |
2026-01-26  | transfer | 530.00  | P-1          | A-1        |              | ML
2026-01-28  | transfer | 480.00  | A-1          | P-2        | ML           |
2026-02-02  | transfer | 500.00  | P-1          | A-1        |              | ML
2026-02-04  | transfer | 490.00  | A-1          | P-2        | ML           |
2026-02-09  | transfer | 510.00  | P-1          | A-1        |              | ML
2026-02-11  | transfer | 500.00  | A-1          | P-2        | ML           |
2026-02-16  | transfer | 520.00  | P-1          | A-1        |              | ML
2026-02-18  | transfer | 480.00  | A-1          | P-2        | ML           |
2026-02-23  | transfer | 530.00  | P-1          | A-1        |              | ML
2026-02-25  | transfer | 490.00  | A-1          | P-2        | ML           |
2026-03-02  | transfer | 500.00  | P-1          | A-1        |              | ML
2026-03-04  | transfer | 500.00  | A-1          | P-2        | ML           |
2026-03-09  | transfer | 510.00  | P-1          | A-1        |              | ML
2026-03-11  | transfer | 480.00  | A-1          | P-2        | ML           |
2026-03-16  | transfer | 520.00  | P-1          | A-1        |              | ML
2026-03-18  | transfer | 490.00  | A-1          | P-2        | ML           |
2026-03-23  | transfer | 530.00  | P-1          | A-1        |              | ML
2026-03-25  | transfer | 500.00  | A-1          | P-2        | ML           |
2026-03-30  | transfer | 500.00  | P-1          | A-1        |              | ML
2026-04-01  | transfer | 480.00  | A-1          | P-2        | ML           |
2026-04-06  | transfer | 2000.00 | P-1          | A-1        |              | ML
2026-04-07  | transfer | 1999.00 | A-1          | P-2        | ML           |
2026-04-08  | transfer | 1998.00 | P-1          | A-1        |              | ML
2026-04-09  | transfer | 1997.00 | A-1          | P-2        | ML           |
2026-04-10  | transfer | 1996.00 | P-1          | A-1        |              | ML
2026-04-11  | transfer | 1995.00 | A-1          | P-2        | ML           |
"""
tables.calendar = """
country | kind    | name   | first_day  | last_day   | source
ML      | harvest | cotton | 2025-01-01 | 2026-12-31 | example
"""

[[silent]]
name = "a payroll account, known as such"
base = "typical"
dates_only = true
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | payroll | 2025-01-01 | | example
"""
---*/
-- Weeks are calendar days (UTC), whatever the precision. What moved is money in and money out together, without reversals and
-- payments to oneself; in the weeks before these count, which only makes the rule milder. The median is the upper one, empty weeks
-- count as zero, and the spread is at least a tenth of the median: salaries that never vary are no reason to call a gift a shift.
-- Strength: 500 where the distance just reaches what is asked, 1000 where it is twice as large.
with least_needed as (
    select min(threshold_base) * $sum_share as thousandths from flows
),
-- Only accounts with a past and with the sum in all: cheap to find, and few.
rich as (
    select d.account
    from daily as d
    join accounts as a on a.account = d.account
    cross join least_needed as n
    where a.last_s - a.first_s >= $history_s
    group by d.account, n.thousandths
    having sum(d.total_base) * 1000 >= n.thousandths
),
weekly as (
    select account, day // ($window_s // 86400) as slot, sum(total_base) as total
    from daily
    where account in (select account from rich)
    group by account, day // ($window_s // 86400)
),
-- Of them those that can reach it in one window, which touches two slots of its own length at most.
busy as (
    select distinct s.account
    from (
        select account, slot, total from weekly
        union all
        select account, slot + 1 as slot, total from weekly
    ) as s
    cross join least_needed as n
    group by s.account, s.slot, n.thousandths
    having sum(s.total) * 1000 >= n.thousandths
),
days as (
    select account, day, cast(day as bigint) * 86400 as day_s, sum(total_base) as total
    from daily
    where account in (select account from busy)
    group by account, day
),
spans as (
    select account, day, sum(total) over this_week as total, coalesce(sum(total) over past, 0) as past
    from days
    window this_week as (partition by account order by day_s range between ($window_s - 1) preceding and current row),
           past as (
               partition by account order by day_s
               range between ($history_s + $window_s - 1) preceding and $window_s preceding
           )
),
candidates_by_sum as (
    select s.account, s.day, s.past
    from spans as s
    join accounts as a on a.account = s.account
    cross join least_needed as n
    where s.total * 1000 >= n.thousandths
      and s.total * ($history_s // $window_s) * 1000 >= s.past * $factor
      and s.past > 0
      and (s.day + 1) * 86400 - $window_s - $history_s >= greatest(a.first_s // 86400 * 86400, a.covered_s // 86400 * 86400)
),
legs as (
    select f.account, f.txn, cast(f.day as bigint) * 86400 as t_s, f.day, f.amount_base, f.threshold_base
    from flows as f
    where f.account in (select account from candidates_by_sum)
      and f.amount_base is not null and f.threshold_base is not null and not f.is_reversal
      and f.counterparty is distinct from f.account
),
weeks as (
    select c.account, c.day, c.past, sum(l.amount_base) as total, count(*) as payments, max(l.threshold_base) as threshold, max(l.txn) as txn,
           min(l.day) as first_day, max(l.day) as last_day
    from candidates_by_sum as c
    join legs as l on l.account = c.account and l.day > c.day - $window_s // 86400 and l.day <= c.day
    group by c.account, c.day, c.past
    having count(*) >= $least_payments and max(l.amount_base) * 1000 < sum(l.amount_base) * $most_single
),
-- The twelve weeks before each, the empty ones as one row with their number.
filled as (
    select w.account, w.day, sum(d.total) as total, 1 as weeks
    from weeks as w
    join days as d
      on d.account = w.account
     and d.day between w.day + 1 - ($window_s + $history_s) // 86400 and w.day - $window_s // 86400
    group by w.account, w.day, (w.day - $window_s // 86400 - d.day) // ($window_s // 86400)
),
before as (
    select account, day, total, weeks from filled
    union all
    select account, day, 0 as total, $history_s // $window_s - count(*) as weeks from filled group by account, day
),
in_order as (
    select account, day, total, weeks, sum(weeks) over (partition by account, day order by total) as upto from before
),
medians as (
    select account, day, min(case when upto >= $history_s // $window_s // 2 + 1 then total end) as usual
    from in_order
    group by account, day
),
apart as (
    select b.account, b.day, m.usual,
           abs(b.total - m.usual) as off, sum(b.weeks) over (partition by b.account, b.day order by abs(b.total - m.usual)) as upto
    from before as b
    join medians as m on m.account = b.account and m.day = b.day
    where m.usual > 0
),
spreads as (
    select account, day, usual,
           greatest(min(case when upto >= $history_s // $window_s // 2 + 1 then off end), usual * 0.1) as spread
    from apart
    group by account, day, usual
),
last_year as (
    select w.account, w.day, max(s.total) as total
    from weeks as w
    join spans as s on s.account = w.account and s.day between w.day - 364 - $season_slack and w.day - 364 + $season_slack
    group by w.account, w.day
),
explained as (
    select distinct w.account, w.day
    from weeks as w
    join accounts as a on a.account = w.account
    join calendar as c
      on c.country in (a.country, '*') and c.kind in ('harvest', 'holiday', 'crisis')
     and c.first_day <= w.last_day and c.last_day >= w.first_day
),
judged as (
    select w.account, w.day, w.txn, w.total, w.payments, w.past, w.first_day, s.usual,
           per_mille((w.total - s.usual) * 10000, s.spread * 14826) as z,
           w.threshold * $sum_share * case when e.day is null then 1 else $calendar_factor end as needed_thousandths
    from weeks as w
    join spreads as s on s.account = w.account and s.day = w.day
    left join last_year as y on y.account = w.account and y.day = w.day
    left join explained as e on e.account = w.account and e.day = w.day
    where w.last_day = w.day
      and w.total * ($history_s // $window_s) * 1000 >= w.past * $factor
      and w.total * 1000 > coalesce(y.total, 0) * $season_share
)
select account as subject,
       txn,
       cast(day as bigint) * 86400 as t_s,
       cast(first_day as bigint) * 86400 as window_start_s,
       cast(day as bigint) * 86400 + 86399 as window_end_s,
       cast(least(per_mille(z, $least_z * 1000) // 2, 1000) as bigint) as strength,
       total as size,
       total,
       payments,
       day - first_day + 1 as days,
       usual,
       cast(cast(past * 10000 as bigint) // ($history_s // $window_s) * 0.0001 as decimal(24, 4)) as mean,
       z,
       cast(needed_thousandths * 0.001 as decimal(24, 4)) as needed
from judged
where z >= $least_z * 1000
  and total * 1000 >= needed_thousandths
