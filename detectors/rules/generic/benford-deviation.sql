/*---
id = "benford-deviation"
title.en = "The first digits of an account's amounts do not follow Benford's law"
title.fr = "Les premiers chiffres des montants d'un compte ne suivent pas la loi de Benford"
title.es = "Las primeras cifras de los montos de una cuenta no siguen la ley de Benford"
family = "generic"
tier = "core"
status = "test"
severity = "low"
weight = 2
sources = [
    "Tazama rules 054 and 063 (Benford's law, debtor and creditor)",
    "NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4: critical values of the chi-square distribution",
    "Span and variety of the amounts: our judgement, to be calibrated on labelled data",
]
exclusions = ["payroll", "biller", "aid_programme", "savings_circle"]
benign = [
    { en = "Prices, fares, wages and tariffs, which are set by people", fr = "Des prix, des tarifs et des salaires, fixés par des gens", es = "Precios, tarifas y salarios, que fijan personas" },
    { en = "Wallets with a cap on each payment", fr = "Des portefeuilles plafonnés à chaque paiement", es = "Billeteras con un tope por pago" },
]
next_step.en = "Do not act on this alone; see which first digit is too frequent, and below which limit the amounts gather."
next_step.fr = "Ne pas agir sur ce seul constat ; voir quel premier chiffre est trop fréquent et sous quelle limite les montants se regroupent."
next_step.es = "No actuar por esto solo; ver qué primera cifra es demasiado frecuente y bajo qué límite se agrupan los montos."
why.en = "The first digits of {payments|# amount|# amounts} in {span} are {chi_square} away from Benford's law (chi-square, eight degrees of freedom), against {critical} at which the rule begins"
why.fr = "Les premiers chiffres de {payments|# montant|# montants} en {span} s'écartent de {chi_square} de la loi de Benford (khi carré, huit degrés de liberté), contre {critical} à partir desquels la règle s'applique"
why.es = "Las primeras cifras de {payments|# monto|# montos} en {span} se apartan {chi_square} de la ley de Benford (ji cuadrado, ocho grados de libertad), frente a {critical} a partir de los cuales se aplica la regla"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
payments = "count"
span = "days"
chi_square = "ratio"
largest = "money"
smallest = "money"

[[indicators]]
label = { en = "Distance (chi-square)", fr = "Écart (khi carré)", es = "Distancia (ji cuadrado)" }
observed = "chi_square"
threshold = "critical"
sense = "at_least"

[[indicators]]
label = { en = "Amounts", fr = "Montants", es = "Montos" }
observed = "payments"
threshold = "at_least"
sense = "at_least"

[params.window_days]
default = 365
unit = "days"
least = 30
most = 3650
reason = "A year, so that most accounts reach the number of payments"

[params.at_least]
default = 50
unit = "count"
least = 46
most = 1000000
reason = "As in Tazama; with fewer than about 110 the rarest digit is expected less than five times, so the figure is a guide and no proof"

[params.at_most]
default = 1000000
unit = "count"
least = 100
most = 3000000
reason = "Beyond a million amounts every set of real payments departs from the law; exact whole numbers are also sure up to three million"

[params.critical]
default = 15.507
unit = "ratio"
least = 1.0
most = 1000.0
reason = "The value of chi-square with eight degrees of freedom (nine digits, less one) that chance exceeds once in twenty: NIST/SEMATECH e-Handbook, table 1.3.6.7.4, 0.95"

[params.times_smallest]
default = 100
unit = "count"
least = 10
most = 1000000
reason = "The law holds for amounts over several powers of ten: the largest must be a hundred times the smallest"

[params.least_different]
default = 500
unit = "per_mille"
least = 1
most = 1000
reason = "At least half of the amounts differ: fixed prices and wages follow no such law"

[bases.typical]
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-01-05  | transfer | 90.00   | A-1          | R-0
2026-01-06  | transfer | 806.13  | A-1          | R-1
2026-01-07  | transfer | 9012.26 | A-1          | R-2
2026-01-08  | transfer | 80.39   | A-1          | R-3
2026-01-09  | transfer | 925.52  | A-1          | R-4
2026-01-10  | transfer | 1031.65 | A-1          | R-5
2026-01-11  | transfer | 81.78   | A-1          | R-6
2026-01-12  | transfer | 944.91  | A-1          | R-0
2026-01-13  | transfer | 2050.04 | A-1          | R-1
2026-01-14  | transfer | 92.17   | A-1          | R-2
2026-01-15  | transfer | 963.30  | A-1          | R-3
2026-01-16  | transfer | 8069.43 | A-1          | R-4
2026-01-17  | transfer | 93.56   | A-1          | R-5
2026-01-18  | transfer | 881.69  | A-1          | R-6
2026-01-19  | transfer | 9088.82 | A-1          | R-0
2026-01-20  | transfer | 14.95   | A-1          | R-1
2026-01-21  | transfer | 810.08  | A-1          | R-2
2026-01-22  | transfer | 9107.21 | A-1          | R-3
2026-01-23  | transfer | 25.34   | A-1          | R-4
2026-01-24  | transfer | 929.47  | A-1          | R-5
2026-01-25  | transfer | 9126.60 | A-1          | R-6
2026-01-26  | transfer | 86.73   | A-1          | R-0
2026-01-27  | transfer | 948.86  | A-1          | R-1
2026-01-28  | transfer | 8144.99 | A-1          | R-2
2026-01-29  | transfer | 97.12   | A-1          | R-3
2026-01-30  | transfer | 167.25  | A-1          | R-4
2026-01-31  | transfer | 8163.38 | A-1          | R-5
2026-02-01  | transfer | 98.51   | A-1          | R-6
2026-02-02  | transfer | 286.64  | A-1          | R-0
2026-02-03  | transfer | 9182.77 | A-1          | R-1
2026-02-04  | transfer | 90.90   | A-1          | R-2
2026-02-05  | transfer | 815.03  | A-1          | R-3
2026-02-06  | transfer | 9201.16 | A-1          | R-4
2026-02-07  | transfer | 80.29   | A-1          | R-5
2026-02-08  | transfer | 934.42  | A-1          | R-6
2026-02-09  | transfer | 1220.55 | A-1          | R-0
2026-02-10  | transfer | 81.68   | A-1          | R-1
2026-02-11  | transfer | 953.81  | A-1          | R-2
2026-02-12  | transfer | 2239.94 | A-1          | R-3
2026-02-13  | transfer | 92.07   | A-1          | R-4
2026-02-14  | transfer | 972.20  | A-1          | R-5
2026-02-15  | transfer | 8258.33 | A-1          | R-6
2026-02-16  | transfer | 93.46   | A-1          | R-0
2026-02-17  | transfer | 800.59  | A-1          | R-1
2026-02-18  | transfer | 9277.72 | A-1          | R-2
2026-02-19  | transfer | 14.85   | A-1          | R-3
2026-02-20  | transfer | 819.98  | A-1          | R-4
2026-02-21  | transfer | 9296.11 | A-1          | R-5
2026-02-22  | transfer | 25.24   | A-1          | R-6
2026-02-23  | transfer | 938.37  | A-1          | R-0
2026-02-24  | transfer | 9315.50 | A-1          | R-1
2026-02-25  | transfer | 86.63   | A-1          | R-2
2026-02-26  | transfer | 957.76  | A-1          | R-3
2026-02-27  | transfer | 8333.89 | A-1          | R-4
2026-02-28  | transfer | 97.02   | A-1          | R-5
2026-03-01  | transfer | 176.15  | A-1          | R-6
2026-03-02  | transfer | 8352.28 | A-1          | R-0
2026-03-03  | transfer | 98.41   | A-1          | R-1
2026-03-04  | transfer | 205.54  | A-1          | R-2
2026-03-05  | transfer | 9371.67 | A-1          | R-3
"""

[[fires]]
name = "sixty amounts that mostly begin with eight or nine"
base = "typical"
flags = ["A-1"]

[[silent]]
name = "sixty amounts whose first digits are as they grow"
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-01-05  | transfer | 10.00   | A-1          | R-0
2026-01-06  | transfer | 106.13  | A-1          | R-1
2026-01-07  | transfer | 1012.26 | A-1          | R-2
2026-01-08  | transfer | 10.39   | A-1          | R-3
2026-01-09  | transfer | 125.52  | A-1          | R-4
2026-01-10  | transfer | 1031.65 | A-1          | R-5
2026-01-11  | transfer | 11.78   | A-1          | R-6
2026-01-12  | transfer | 144.91  | A-1          | R-0
2026-01-13  | transfer | 1050.04 | A-1          | R-1
2026-01-14  | transfer | 12.17   | A-1          | R-2
2026-01-15  | transfer | 163.30  | A-1          | R-3
2026-01-16  | transfer | 1069.43 | A-1          | R-4
2026-01-17  | transfer | 13.56   | A-1          | R-5
2026-01-18  | transfer | 181.69  | A-1          | R-6
2026-01-19  | transfer | 1088.82 | A-1          | R-0
2026-01-20  | transfer | 14.95   | A-1          | R-1
2026-01-21  | transfer | 110.08  | A-1          | R-2
2026-01-22  | transfer | 1107.21 | A-1          | R-3
2026-01-23  | transfer | 25.34   | A-1          | R-4
2026-01-24  | transfer | 229.47  | A-1          | R-5
2026-01-25  | transfer | 2126.60 | A-1          | R-6
2026-01-26  | transfer | 26.73   | A-1          | R-0
2026-01-27  | transfer | 248.86  | A-1          | R-1
2026-01-28  | transfer | 2144.99 | A-1          | R-2
2026-01-29  | transfer | 27.12   | A-1          | R-3
2026-01-30  | transfer | 267.25  | A-1          | R-4
2026-01-31  | transfer | 2163.38 | A-1          | R-5
2026-02-01  | transfer | 28.51   | A-1          | R-6
2026-02-02  | transfer | 286.64  | A-1          | R-0
2026-02-03  | transfer | 3182.77 | A-1          | R-1
2026-02-04  | transfer | 30.90   | A-1          | R-2
2026-02-05  | transfer | 315.03  | A-1          | R-3
2026-02-06  | transfer | 3201.16 | A-1          | R-4
2026-02-07  | transfer | 30.29   | A-1          | R-5
2026-02-08  | transfer | 334.42  | A-1          | R-6
2026-02-09  | transfer | 3220.55 | A-1          | R-0
2026-02-10  | transfer | 31.68   | A-1          | R-1
2026-02-11  | transfer | 453.81  | A-1          | R-2
2026-02-12  | transfer | 4239.94 | A-1          | R-3
2026-02-13  | transfer | 42.07   | A-1          | R-4
2026-02-14  | transfer | 472.20  | A-1          | R-5
2026-02-15  | transfer | 4258.33 | A-1          | R-6
2026-02-16  | transfer | 43.46   | A-1          | R-0
2026-02-17  | transfer | 500.59  | A-1          | R-1
2026-02-18  | transfer | 5277.72 | A-1          | R-2
2026-02-19  | transfer | 54.85   | A-1          | R-3
2026-02-20  | transfer | 519.98  | A-1          | R-4
2026-02-21  | transfer | 5296.11 | A-1          | R-5
2026-02-22  | transfer | 65.24   | A-1          | R-6
2026-02-23  | transfer | 638.37  | A-1          | R-0
2026-02-24  | transfer | 6315.50 | A-1          | R-1
2026-02-25  | transfer | 66.63   | A-1          | R-2
2026-02-26  | transfer | 757.76  | A-1          | R-3
2026-02-27  | transfer | 7333.89 | A-1          | R-4
2026-02-28  | transfer | 77.02   | A-1          | R-5
2026-03-01  | transfer | 876.15  | A-1          | R-6
2026-03-02  | transfer | 8352.28 | A-1          | R-0
2026-03-03  | transfer | 88.41   | A-1          | R-1
2026-03-04  | transfer | 905.54  | A-1          | R-2
2026-03-05  | transfer | 9371.67 | A-1          | R-3
"""

[[silent]]
name = "forty-nine amounts are too few"
base = "typical"
without = [50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60]

[[silent]]
name = "a shop with a few fixed prices"
rows = """
occurred_at | channel  | amount | from_account | to_account
2026-01-05  | transfer | 9.00   | R-0          | A-1
2026-01-06  | transfer | 95.00  | R-1          | A-1
2026-01-07  | transfer | 990.00 | R-2          | A-1
2026-01-08  | transfer | 8.50   | R-3          | A-1
2026-01-09  | transfer | 9.00   | R-4          | A-1
2026-01-10  | transfer | 95.00  | R-5          | A-1
2026-01-11  | transfer | 990.00 | R-6          | A-1
2026-01-12  | transfer | 8.50   | R-0          | A-1
2026-01-13  | transfer | 9.00   | R-1          | A-1
2026-01-14  | transfer | 95.00  | R-2          | A-1
2026-01-15  | transfer | 990.00 | R-3          | A-1
2026-01-16  | transfer | 8.50   | R-4          | A-1
2026-01-17  | transfer | 9.00   | R-5          | A-1
2026-01-18  | transfer | 95.00  | R-6          | A-1
2026-01-19  | transfer | 990.00 | R-0          | A-1
2026-01-20  | transfer | 8.50   | R-1          | A-1
2026-01-21  | transfer | 9.00   | R-2          | A-1
2026-01-22  | transfer | 95.00  | R-3          | A-1
2026-01-23  | transfer | 990.00 | R-4          | A-1
2026-01-24  | transfer | 8.50   | R-5          | A-1
2026-01-25  | transfer | 9.00   | R-6          | A-1
2026-01-26  | transfer | 95.00  | R-0          | A-1
2026-01-27  | transfer | 990.00 | R-1          | A-1
2026-01-28  | transfer | 8.50   | R-2          | A-1
2026-01-29  | transfer | 9.00   | R-3          | A-1
2026-01-30  | transfer | 95.00  | R-4          | A-1
2026-01-31  | transfer | 990.00 | R-5          | A-1
2026-02-01  | transfer | 8.50   | R-6          | A-1
2026-02-02  | transfer | 9.00   | R-0          | A-1
2026-02-03  | transfer | 95.00  | R-1          | A-1
2026-02-04  | transfer | 990.00 | R-2          | A-1
2026-02-05  | transfer | 8.50   | R-3          | A-1
2026-02-06  | transfer | 9.00   | R-4          | A-1
2026-02-07  | transfer | 95.00  | R-5          | A-1
2026-02-08  | transfer | 990.00 | R-6          | A-1
2026-02-09  | transfer | 8.50   | R-0          | A-1
2026-02-10  | transfer | 9.00   | R-1          | A-1
2026-02-11  | transfer | 95.00  | R-2          | A-1
2026-02-12  | transfer | 990.00 | R-3          | A-1
2026-02-13  | transfer | 8.50   | R-4          | A-1
2026-02-14  | transfer | 9.00   | R-5          | A-1
2026-02-15  | transfer | 95.00  | R-6          | A-1
2026-02-16  | transfer | 990.00 | R-0          | A-1
2026-02-17  | transfer | 8.50   | R-1          | A-1
2026-02-18  | transfer | 9.00   | R-2          | A-1
2026-02-19  | transfer | 95.00  | R-3          | A-1
2026-02-20  | transfer | 990.00 | R-4          | A-1
2026-02-21  | transfer | 8.50   | R-5          | A-1
2026-02-22  | transfer | 9.00   | R-6          | A-1
2026-02-23  | transfer | 95.00  | R-0          | A-1
2026-02-24  | transfer | 990.00 | R-1          | A-1
2026-02-25  | transfer | 8.50   | R-2          | A-1
2026-02-26  | transfer | 9.00   | R-3          | A-1
2026-02-27  | transfer | 95.00  | R-4          | A-1
2026-02-28  | transfer | 990.00 | R-5          | A-1
2026-03-01  | transfer | 8.50   | R-6          | A-1
2026-03-02  | transfer | 9.00   | R-0          | A-1
2026-03-03  | transfer | 95.00  | R-1          | A-1
2026-03-04  | transfer | 990.00 | R-2          | A-1
2026-03-05  | transfer | 8.50   | R-3          | A-1
"""

[[silent]]
name = "all amounts lie between 700 and 999: one power of ten is no ground for the law"
rows = """
occurred_at | channel  | amount | from_account | to_account
2026-01-05  | transfer | 700.00 | A-1          | R-0
2026-01-06  | transfer | 705.01 | A-1          | R-1
2026-01-07  | transfer | 710.02 | A-1          | R-2
2026-01-08  | transfer | 715.03 | A-1          | R-3
2026-01-09  | transfer | 720.04 | A-1          | R-4
2026-01-10  | transfer | 725.05 | A-1          | R-5
2026-01-11  | transfer | 730.06 | A-1          | R-6
2026-01-12  | transfer | 735.07 | A-1          | R-0
2026-01-13  | transfer | 740.08 | A-1          | R-1
2026-01-14  | transfer | 745.09 | A-1          | R-2
2026-01-15  | transfer | 750.10 | A-1          | R-3
2026-01-16  | transfer | 755.11 | A-1          | R-4
2026-01-17  | transfer | 760.12 | A-1          | R-5
2026-01-18  | transfer | 765.13 | A-1          | R-6
2026-01-19  | transfer | 770.14 | A-1          | R-0
2026-01-20  | transfer | 775.15 | A-1          | R-1
2026-01-21  | transfer | 780.16 | A-1          | R-2
2026-01-22  | transfer | 785.17 | A-1          | R-3
2026-01-23  | transfer | 790.18 | A-1          | R-4
2026-01-24  | transfer | 795.19 | A-1          | R-5
2026-01-25  | transfer | 800.20 | A-1          | R-6
2026-01-26  | transfer | 805.21 | A-1          | R-0
2026-01-27  | transfer | 810.22 | A-1          | R-1
2026-01-28  | transfer | 815.23 | A-1          | R-2
2026-01-29  | transfer | 820.24 | A-1          | R-3
2026-01-30  | transfer | 825.25 | A-1          | R-4
2026-01-31  | transfer | 830.26 | A-1          | R-5
2026-02-01  | transfer | 835.27 | A-1          | R-6
2026-02-02  | transfer | 840.28 | A-1          | R-0
2026-02-03  | transfer | 845.29 | A-1          | R-1
2026-02-04  | transfer | 850.30 | A-1          | R-2
2026-02-05  | transfer | 855.31 | A-1          | R-3
2026-02-06  | transfer | 860.32 | A-1          | R-4
2026-02-07  | transfer | 865.33 | A-1          | R-5
2026-02-08  | transfer | 870.34 | A-1          | R-6
2026-02-09  | transfer | 875.35 | A-1          | R-0
2026-02-10  | transfer | 880.36 | A-1          | R-1
2026-02-11  | transfer | 885.37 | A-1          | R-2
2026-02-12  | transfer | 890.38 | A-1          | R-3
2026-02-13  | transfer | 895.39 | A-1          | R-4
2026-02-14  | transfer | 900.40 | A-1          | R-5
2026-02-15  | transfer | 905.41 | A-1          | R-6
2026-02-16  | transfer | 910.42 | A-1          | R-0
2026-02-17  | transfer | 915.43 | A-1          | R-1
2026-02-18  | transfer | 920.44 | A-1          | R-2
2026-02-19  | transfer | 925.45 | A-1          | R-3
2026-02-20  | transfer | 930.46 | A-1          | R-4
2026-02-21  | transfer | 935.47 | A-1          | R-5
2026-02-22  | transfer | 940.48 | A-1          | R-6
2026-02-23  | transfer | 945.49 | A-1          | R-0
2026-02-24  | transfer | 950.50 | A-1          | R-1
2026-02-25  | transfer | 955.51 | A-1          | R-2
2026-02-26  | transfer | 960.52 | A-1          | R-3
2026-02-27  | transfer | 965.53 | A-1          | R-4
2026-02-28  | transfer | 970.54 | A-1          | R-5
2026-03-01  | transfer | 975.55 | A-1          | R-6
2026-03-02  | transfer | 980.56 | A-1          | R-0
2026-03-03  | transfer | 985.57 | A-1          | R-1
2026-03-04  | transfer | 990.58 | A-1          | R-2
2026-03-05  | transfer | 995.59 | A-1          | R-3
"""

[[silent]]
name = "undone payments, and those to itself"
rows = """
occurred_at | channel  | amount  | from_account | to_account | reverses
2026-01-05  | transfer | 90.00   | A-1          | A-1        |
2026-01-06  | transfer | 806.13  | A-1          | A-1        |
2026-01-07  | transfer | 9012.26 | A-1          | A-1        |
2026-01-08  | transfer | 80.39   | A-1          | A-1        |
2026-01-09  | transfer | 925.52  | A-1          | A-1        |
2026-01-10  | transfer | 8031.65 | A-1          | A-1        |
2026-01-11  | transfer | 91.78   | A-1          | A-1        |
2026-01-12  | transfer | 844.91  | A-1          | A-1        |
2026-01-13  | transfer | 9050.04 | A-1          | A-1        |
2026-01-14  | transfer | 82.17   | A-1          | A-1        |
2026-01-15  | transfer | 963.30  | A-1          | A-1        |
2026-01-16  | transfer | 8069.43 | A-1          | A-1        |
2026-01-17  | transfer | 93.56   | A-1          | A-1        |
2026-01-18  | transfer | 881.69  | A-1          | A-1        |
2026-01-19  | transfer | 9088.82 | A-1          | A-1        |
2026-01-20  | transfer | 84.95   | A-1          | A-1        |
2026-01-21  | transfer | 910.08  | A-1          | A-1        |
2026-01-22  | transfer | 8107.21 | A-1          | A-1        |
2026-01-23  | transfer | 95.34   | A-1          | A-1        |
2026-01-24  | transfer | 829.47  | A-1          | A-1        |
2026-01-25  | transfer | 9126.60 | A-1          | A-1        |
2026-01-26  | transfer | 86.73   | A-1          | A-1        |
2026-01-27  | transfer | 948.86  | A-1          | A-1        |
2026-01-28  | transfer | 8144.99 | A-1          | A-1        |
2026-01-29  | transfer | 97.12   | A-1          | A-1        |
2026-01-30  | transfer | 867.25  | A-1          | A-1        |
2026-01-31  | transfer | 9163.38 | A-1          | A-1        |
2026-02-01  | transfer | 88.51   | A-1          | A-1        |
2026-02-02  | transfer | 986.64  | A-1          | A-1        |
2026-02-03  | transfer | 8182.77 | A-1          | A-1        |
2026-02-04  | transfer | 90.90   | A-1          | A-1        |
2026-02-05  | transfer | 815.03  | A-1          | A-1        |
2026-02-06  | transfer | 9201.16 | A-1          | A-1        |
2026-02-07  | transfer | 80.29   | A-1          | A-1        |
2026-02-08  | transfer | 934.42  | A-1          | A-1        |
2026-02-09  | transfer | 8220.55 | A-1          | A-1        |
2026-02-10  | transfer | 91.68   | A-1          | A-1        |
2026-02-11  | transfer | 853.81  | A-1          | A-1        |
2026-02-12  | transfer | 9239.94 | A-1          | A-1        |
2026-02-13  | transfer | 82.07   | A-1          | A-1        |
2026-02-14  | transfer | 972.20  | A-1          | A-1        |
2026-02-15  | transfer | 8258.33 | A-1          | A-1        |
2026-02-16  | transfer | 93.46   | A-1          | A-1        |
2026-02-17  | transfer | 800.59  | A-1          | A-1        |
2026-02-18  | transfer | 9277.72 | A-1          | A-1        |
2026-02-19  | transfer | 84.85   | A-1          | A-1        |
2026-02-20  | transfer | 919.98  | A-1          | A-1        |
2026-02-21  | transfer | 8296.11 | A-1          | A-1        |
2026-02-22  | transfer | 95.24   | A-1          | A-1        |
2026-02-23  | transfer | 838.37  | A-1          | A-1        |
2026-02-24  | transfer | 9315.50 | A-1          | A-1        |
2026-02-25  | transfer | 86.63   | A-1          | A-1        |
2026-02-26  | transfer | 957.76  | A-1          | A-1        |
2026-02-27  | transfer | 8333.89 | A-1          | A-1        |
2026-02-28  | transfer | 97.02   | A-1          | A-1        |
2026-03-01  | transfer | 876.15  | A-1          | A-1        |
2026-03-02  | transfer | 9352.28 | A-1          | A-1        |
2026-03-03  | transfer | 88.41   | A-1          | A-1        |
2026-03-04  | transfer | 905.54  | A-1          | A-1        |
2026-03-05  | transfer | 8371.67 | A-1          | A-1        |
2026-01-05  | transfer | 90.00   | A-1          | R-0        | 0001
2026-01-06  | transfer | 806.13  | A-1          | R-1        | 0002
2026-01-07  | transfer | 9012.26 | A-1          | R-2        | 0003
2026-01-08  | transfer | 80.39   | A-1          | R-3        | 0004
2026-01-09  | transfer | 925.52  | A-1          | R-4        | 0005
2026-01-10  | transfer | 8031.65 | A-1          | R-5        | 0006
2026-01-11  | transfer | 91.78   | A-1          | R-6        | 0007
2026-01-12  | transfer | 844.91  | A-1          | R-0        | 0008
2026-01-13  | transfer | 9050.04 | A-1          | R-1        | 0009
2026-01-14  | transfer | 82.17   | A-1          | R-2        | 0010
2026-01-15  | transfer | 963.30  | A-1          | R-3        | 0011
2026-01-16  | transfer | 8069.43 | A-1          | R-4        | 0012
2026-01-17  | transfer | 93.56   | A-1          | R-5        | 0013
2026-01-18  | transfer | 881.69  | A-1          | R-6        | 0014
2026-01-19  | transfer | 9088.82 | A-1          | R-0        | 0015
2026-01-20  | transfer | 84.95   | A-1          | R-1        | 0016
2026-01-21  | transfer | 910.08  | A-1          | R-2        | 0017
2026-01-22  | transfer | 8107.21 | A-1          | R-3        | 0018
2026-01-23  | transfer | 95.34   | A-1          | R-4        | 0019
2026-01-24  | transfer | 829.47  | A-1          | R-5        | 0020
2026-01-25  | transfer | 9126.60 | A-1          | R-6        | 0021
2026-01-26  | transfer | 86.73   | A-1          | R-0        | 0022
2026-01-27  | transfer | 948.86  | A-1          | R-1        | 0023
2026-01-28  | transfer | 8144.99 | A-1          | R-2        | 0024
2026-01-29  | transfer | 97.12   | A-1          | R-3        | 0025
2026-01-30  | transfer | 867.25  | A-1          | R-4        | 0026
2026-01-31  | transfer | 9163.38 | A-1          | R-5        | 0027
2026-02-01  | transfer | 88.51   | A-1          | R-6        | 0028
2026-02-02  | transfer | 986.64  | A-1          | R-0        | 0029
2026-02-03  | transfer | 8182.77 | A-1          | R-1        | 0030
2026-02-04  | transfer | 90.90   | A-1          | R-2        | 0031
2026-02-05  | transfer | 815.03  | A-1          | R-3        | 0032
2026-02-06  | transfer | 9201.16 | A-1          | R-4        | 0033
2026-02-07  | transfer | 80.29   | A-1          | R-5        | 0034
2026-02-08  | transfer | 934.42  | A-1          | R-6        | 0035
2026-02-09  | transfer | 8220.55 | A-1          | R-0        | 0036
2026-02-10  | transfer | 91.68   | A-1          | R-1        | 0037
2026-02-11  | transfer | 853.81  | A-1          | R-2        | 0038
2026-02-12  | transfer | 9239.94 | A-1          | R-3        | 0039
2026-02-13  | transfer | 82.07   | A-1          | R-4        | 0040
2026-02-14  | transfer | 972.20  | A-1          | R-5        | 0041
2026-02-15  | transfer | 8258.33 | A-1          | R-6        | 0042
2026-02-16  | transfer | 93.46   | A-1          | R-0        | 0043
2026-02-17  | transfer | 800.59  | A-1          | R-1        | 0044
2026-02-18  | transfer | 9277.72 | A-1          | R-2        | 0045
2026-02-19  | transfer | 84.85   | A-1          | R-3        | 0046
2026-02-20  | transfer | 919.98  | A-1          | R-4        | 0047
2026-02-21  | transfer | 8296.11 | A-1          | R-5        | 0048
2026-02-22  | transfer | 95.24   | A-1          | R-6        | 0049
2026-02-23  | transfer | 838.37  | A-1          | R-0        | 0050
2026-02-24  | transfer | 9315.50 | A-1          | R-1        | 0051
2026-02-25  | transfer | 86.63   | A-1          | R-2        | 0052
2026-02-26  | transfer | 957.76  | A-1          | R-3        | 0053
2026-02-27  | transfer | 8333.89 | A-1          | R-4        | 0054
2026-02-28  | transfer | 97.02   | A-1          | R-5        | 0055
2026-03-01  | transfer | 876.15  | A-1          | R-6        | 0056
2026-03-02  | transfer | 9352.28 | A-1          | R-0        | 0057
2026-03-03  | transfer | 88.41   | A-1          | R-1        | 0058
2026-03-04  | transfer | 905.54  | A-1          | R-2        | 0059
2026-03-05  | transfer | 8371.67 | A-1          | R-3        | 0060
"""

[[silent]]
name = "a biller, known as such"
base = "typical"
tables.segments = """
account | segment | valid_from | valid_to | source
X|A-1 | biller | 2025-01-01 | | example
"""
---*/
-- Expected shares of the first digits, per mille: 301, 176, 125, 97, 79, 67, 58, 51, 46 (1000 in all). With n amounts, of which O begin
-- with a digit expected p per mille, chi-square is the sum of (1000 O - n p)^2 / (1000 n p): here in thousandths, the division by p
-- rounded down for each digit and that by n at the end, so that it is never too large. Amounts below one unit are passed over.
-- Strength: 500 at the critical value, 1000 at twice.
with busy as (
    select account
    from daily
    where day > $as_of_s // 86400 - $window_days
    group by account
    having sum(payments) >= $at_least
),
recent as (
    select account, currency, txn, t_s, t_end_s, amount,
           cast(cast(amount as decimal(16, 4)) - cast(amount as decimal(16, 4)) % 1 as bigint) as units
    from flows
    where account in (select account from busy) and amount >= 1 and amount < 1000000000000 and day > $as_of_s // 86400 - $window_days
      and not is_reversal and counterparty is distinct from account
),
figures as (
    select account, currency, txn, t_s, t_end_s, amount,
           case when units < 10 then units
                when units < 100 then units // 10
                when units < 1000 then units // 100
                when units < 10000 then units // 1000
                when units < 100000 then units // 10000
                when units < 1000000 then units // 100000
                when units < 10000000 then units // 1000000
                when units < 100000000 then units // 10000000
                when units < 1000000000 then units // 100000000
                when units < 10000000000 then units // 1000000000
                when units < 100000000000 then units // 10000000000
                else units // 100000000000 end as digit
    from recent
),
counted as (
    select account, currency, count(*) as n, max(amount) as largest, min(amount) as smallest,
           min(t_s) as first_s, max(t_end_s) as last_s,
           count(case when digit = 1 then 1 end) as ones, count(case when digit = 2 then 1 end) as twos,
           count(case when digit = 3 then 1 end) as threes, count(case when digit = 4 then 1 end) as fours,
           count(case when digit = 5 then 1 end) as fives, count(case when digit = 6 then 1 end) as sixes,
           count(case when digit = 7 then 1 end) as sevens, count(case when digit = 8 then 1 end) as eights,
           count(case when digit = 9 then 1 end) as nines
    from figures
    group by account, currency
    having count(*) between $at_least and $at_most and max(amount) >= min(amount) * $times_smallest
),
tested as (
    select c.account, c.currency, c.n, c.largest, c.smallest, c.first_s, c.last_s,
           ((1000 * c.ones - 301 * c.n) * (1000 * c.ones - 301 * c.n) // 301
            + (1000 * c.twos - 176 * c.n) * (1000 * c.twos - 176 * c.n) // 176
            + (1000 * c.threes - 125 * c.n) * (1000 * c.threes - 125 * c.n) // 125
            + (1000 * c.fours - 97 * c.n) * (1000 * c.fours - 97 * c.n) // 97
            + (1000 * c.fives - 79 * c.n) * (1000 * c.fives - 79 * c.n) // 79
            + (1000 * c.sixes - 67 * c.n) * (1000 * c.sixes - 67 * c.n) // 67
            + (1000 * c.sevens - 58 * c.n) * (1000 * c.sevens - 58 * c.n) // 58
            + (1000 * c.eights - 51 * c.n) * (1000 * c.eights - 51 * c.n) // 51
            + (1000 * c.nines - 46 * c.n) * (1000 * c.nines - 46 * c.n) // 46) // c.n as chi_square
    from counted as c
),
apart as (
    select account, currency, n, largest, smallest, first_s, last_s, chi_square from tested where chi_square > $critical * 1000
),
different as (
    select d.account, d.currency, count(*) as amounts
    from (
        select distinct r.account, r.currency, r.amount
        from recent as r
        join apart as a on a.account = r.account and a.currency = r.currency
    ) as d
    group by d.account, d.currency
)
select t.account as subject,
       t.first_s as window_start_s,
       t.last_s as window_end_s,
       cast(least(per_mille(t.chi_square, $critical * 1000) // 2, 1000) as bigint) as strength,
       sorted_list(f.txn) as evidence,
       t.n as payments,
       (t.last_s - t.first_s) // 86400 + 1 as span,
       t.chi_square,
       t.largest,
       t.smallest,
       t.currency
from apart as t
join different as d on d.account = t.account and d.currency = t.currency
join recent as f on f.account = t.account and f.currency = t.currency
where d.amounts * 1000 >= t.n * $least_different
group by t.account, t.currency, t.n, t.chi_square, t.largest, t.smallest, t.first_s, t.last_s
