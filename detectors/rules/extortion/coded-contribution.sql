/*---
id = "coded-contribution"
title.en = "Several people pay one private account what the texts call a contribution or a toll"
title.fr = "Plusieurs personnes versent à un compte privé ce que les libellés appellent cotisation ou péage"
title.es = "Varias personas pagan a una cuenta privada lo que los conceptos llaman vacuna, cuota o peaje"
family = "extortion"
tier = "enriched"
status = "live"
severity = "low"
weight = 3
needs = ["purpose"]
tables = ["lexicon"]
peaks = "window_s"
sources = [
    "AMLTRIX IND01601",
    "The words are those of the table `lexicon`; the numbers are our judgement. Weak alone: real dues use the same words",
]
exclusions = ["biller", "savings_circle", "cooperative", "aid_programme", "state_account"]
benign = [
    { en = "Dues of a club, a union or a savings circle that one member collects", fr = "Les cotisations d'un club, d'un syndicat ou d'une tontine que recueille un membre", es = "Cuotas de un club, un sindicato o un círculo de ahorro que recoge un miembro" },
    { en = "A collection for a school, a funeral or a feast", fr = "Une collecte pour une école, des funérailles ou une fête", es = "Una colecta para una escuela, un funeral o una fiesta" },
    { en = "Vaccination fees, and tolls of a lawful road", fr = "Des frais de vaccination, le péage d'une route légale", es = "El costo de una vacuna, el peaje de una carretera legal" },
]
next_step.en = "Treat the payers as possible victims: find out, without naming the suspicion, what they pay for and whether they may refuse."
next_step.fr = "Traiter les payeurs en victimes possibles : savoir, sans évoquer le soupçon, ce qu'ils paient et s'ils peuvent refuser."
next_step.es = "Tratar a los pagadores como posibles víctimas: averiguar, sin mencionar la sospecha, qué pagan y si pueden negarse."
why.en = "{payments|# payment|# payments} from {payers|# payer|# payers} within {days} whose text speaks of a contribution or a toll (such as {term}), {total} in all"
why.fr = "{payments|# paiement|# paiements} de {payers|# payeur|# payeurs} en {days} dont le libellé parle de cotisation ou de péage (comme {term}), {total} au total"
why.es = "{payments|# pago|# pagos} de {payers|# pagador|# pagadores} en {days} cuyo concepto habla de una cuota o un peaje (como {term}), {total} en total"

[roles]
subject = "collector"
senders = "possible_victim"
receivers = "beneficiary"

[facts]
payers = "count"
payments = "count"
term = "text"
total = "money"
days = "days"

[[indicators]]
label = { en = "Payers", fr = "Payeurs", es = "Pagadores" }
observed = "payers"
threshold = "at_least"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 86400
most = 31536000
reason = "Thirty days: such payments are asked for weekly or monthly"

[params.at_least]
default = 5
unit = "count"
least = 2
most = 10000
reason = "As many as for regular payments under pressure: below five a family or flat-mates share a cost"

[params.most_share]
default = 1000
unit = "per_mille"
least = 10
most = 100000
reason = "Each payment below the threshold: what is taken from many is small for each"

[[fires]]
name = "five payers in a month"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 |  50.00 | B-1          | A-1        | vacuna marzo
2026-03-05 09:10 |  60.00 | B-2          | A-1        | Vacuna
2026-03-09 09:10 |  50.00 | B-3          | A-1        | la vacuna
2026-03-15 09:10 |  40.00 | B-4          | A-1        | VACUNA 15
2026-03-29 09:10 |  50.00 | B-5          | A-1        | vacuna
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic        | language | term       | source
contribution | *        | vacuna     | test
contribution | *        | cotisation | test
contribution | *        | péage      | test
"""

[[fires]]
name = "only dates are known: the first on day 1, the fifth on day 30"
rows = """
occurred_at | amount | from_account | to_account | purpose
2026-03-01  |  50.00 | B-1          | A-1        | cotisation
2026-03-05  |  60.00 | B-2          | A-1        | peage pont
2026-03-09  |  50.00 | B-3          | A-1        | cotisation
2026-03-15  |  40.00 | B-4          | A-1        | cotisation
2026-03-30  |  50.00 | B-5          | A-1        | cotisation
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic        | language | term       | source
contribution | *        | vacuna     | test
contribution | *        | cotisation | test
contribution | *        | péage      | test
"""

[[silent]]
name = "only dates are known: the fifth on day 31"
rows = """
occurred_at | amount | from_account | to_account | purpose
2026-03-01  |  50.00 | B-1          | A-1        | cotisation
2026-03-05  |  60.00 | B-2          | A-1        | peage pont
2026-03-09  |  50.00 | B-3          | A-1        | cotisation
2026-03-15  |  40.00 | B-4          | A-1        | cotisation
2026-03-31  |  50.00 | B-5          | A-1        | cotisation
"""
[silent.tables]
lexicon = """
topic        | language | term       | source
contribution | *        | vacuna     | test
contribution | *        | cotisation | test
contribution | *        | péage      | test
"""

[[silent]]
name = "four payers, one of whom pays twice"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 |  50.00 | B-1          | A-1        | vacuna
2026-03-05 09:10 |  60.00 | B-2          | A-1        | vacuna
2026-03-09 09:10 |  50.00 | B-3          | A-1        | vacuna
2026-03-15 09:10 |  40.00 | B-4          | A-1        | vacuna
2026-03-29 09:10 |  50.00 | B-1          | A-1        | vacuna
"""
[silent.tables]
lexicon = """
topic        | language | term       | source
contribution | *        | vacuna     | test
contribution | *        | cotisation | test
contribution | *        | péage      | test
"""

[[silent]]
name = "a savings circle, known as such"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 |  50.00 | B-1          | A-1        | cotisation
2026-03-05 09:10 |  50.00 | B-2          | A-1        | cotisation
2026-03-09 09:10 |  50.00 | B-3          | A-1        | cotisation
2026-03-15 09:10 |  50.00 | B-4          | A-1        | cotisation
2026-03-29 09:10 |  50.00 | B-5          | A-1        | cotisation
"""
[silent.tables]
lexicon = """
topic        | language | term       | source
contribution | *        | vacuna     | test
contribution | *        | cotisation | test
contribution | *        | péage      | test
"""
segments = """
account | segment        | valid_from | valid_to | source
X|A-1   | savings_circle | 2020-01-01 |          | test
"""

[[silent]]
name = "a road company is paid tolls"
rows = """
occurred_at      | amount | from_account | to_account | to_kind  | purpose
2026-03-02 09:10 |  50.00 | B-1          | A-1        | business | péage
2026-03-05 09:10 |  50.00 | B-2          | A-1        | business | péage
2026-03-09 09:10 |  50.00 | B-3          | A-1        | business | péage
2026-03-15 09:10 |  50.00 | B-4          | A-1        | business | péage
2026-03-29 09:10 |  50.00 | B-5          | A-1        | business | péage
"""
[silent.tables]
lexicon = """
topic        | language | term       | source
contribution | *        | vacuna     | test
contribution | *        | cotisation | test
contribution | *        | péage      | test
"""

[[silent]]
name = "five friends share a holiday"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 |  50.00 | B-1          | A-1        | holiday
2026-03-05 09:10 |  50.00 | B-2          | A-1        | holiday
2026-03-09 09:10 |  50.00 | B-3          | A-1        | holiday
2026-03-15 09:10 |  50.00 | B-4          | A-1        | holiday
2026-03-29 09:10 |  50.00 | B-5          | A-1        | holiday
"""
[silent.tables]
lexicon = """
topic        | language | term       | source
contribution | *        | vacuna     | test
contribution | *        | cotisation | test
contribution | *        | péage      | test
"""

[[silent]]
name = "one is a refund, and one is paid to oneself"
rows = """
reference | occurred_at      | amount | from_account | to_account | purpose | reverses
r-1       | 2026-03-02 09:10 |  50.00 | B-1          | A-1        | vacuna  |
r-2       | 2026-03-05 09:10 |  60.00 | B-2          | A-1        | vacuna  |
r-3       | 2026-03-09 09:10 |  50.00 | B-3          | A-1        | vacuna  |
r-4       | 2026-03-15 09:10 |  40.00 | B-4          | A-1        | vacuna  | r-9
r-5       | 2026-03-29 09:10 |  50.00 | A-1          | A-1        | vacuna  |
"""
[silent.tables]
lexicon = """
topic        | language | term       | source
contribution | *        | vacuna     | test
contribution | *        | cotisation | test
contribution | *        | péage      | test
"""
---*/
-- A payer counts once: he is in the window from each of his payments until the window has passed or he pays again.
-- Organisations that are paid dues and tolls openly do not count, as far as the data says who they are.
-- Strength: 500 at the least number of payers, 1000 at twice as many.
with marked as (
    select txn, min(term) as term from mentions where topic = 'contribution' group by txn
),
called as (
    select f.account, f.counterparty, f.txn, f.t_s, f.t_end_s, f.amount_base, m.term
    from flows as f
    join marked as m on m.txn = f.txn
    join accounts as a on a.account = f.account
    where f.direction = 'in'
      and f.counterparty <> f.account
      and (a.kind is null or a.kind = 'person')
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.amount_base * 1000 < f.threshold_base * $most_share
),
collectors as (
    select account from called group by account having count(distinct counterparty) >= $at_least
),
legs as (
    select account, counterparty, txn, t_s, t_end_s, amount_base, term
    from called
    where account in (select account from collectors)
),
spells as (
    select account, t_s, lead(t_s) over (partition by account, counterparty order by t_s, txn) as next_s from legs
),
moves as (
    select account, txn, t_s, t_end_s, amount_base, term, 1 as step from legs
    union all
    select account, cast(null as integer), least(coalesce(next_s, t_s + $window_s), t_s + $window_s),
           cast(null as bigint), 0, cast(null as varchar), -1
    from spells
),
running as (
    select account, txn, t_s, t_end_s, amount_base, term, step,
           sum(step) over (partition by account order by t_s) as payers
    from moves
),
months as (
    select account, txn, t_s, step, payers,
           sum(case when step = 1 then 1 else 0 end) over month as payments,
           min(term) over month as term,
           sum(amount_base) over month as total,
           min(case when step = 1 then t_s end) over month as first_s,
           max(t_end_s) over month as last_s
    from running
    window month as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(payers, $at_least) // 2, 1000) as strength,
       txn,
       t_s,
       total as size,
       payers,
       payments,
       term,
       total,
       (last_s - first_s) // 86400 + 1 as days
from months
where step = 1
  and payers >= $at_least
  and last_s - first_s < $window_s
