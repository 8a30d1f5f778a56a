/*---
id = "recruitment-fee"
title.en = "Several people pay one account about the same fee for being recruited"
title.fr = "Plusieurs personnes paient au même compte à peu près les mêmes frais de recrutement"
title.es = "Varias personas pagan a una misma cuenta casi la misma cuota de contratación"
family = "forced_labour"
tier = "enriched"
status = "live"
severity = "high"
weight = 5
needs = ["purpose"]
tables = ["lexicon"]
sources = [
    "AMLTRIX IND03001; ILO, general principles for fair recruitment: workers pay no fees",
    "Five people, sixty days, 15 %: our judgement, to be calibrated on labelled data",
]
exclusions = ["recruiter", "state_account"]
benign = [
    { en = "A licensed agency, where the law lets it charge workers", fr = "Une agence agréée, là où la loi l'autorise à facturer les travailleurs", es = "Una agencia autorizada, donde la ley le permite cobrar a los trabajadores" },
    { en = "A school or an embassy that charges for a training or a visa", fr = "Une école ou une ambassade qui facture une formation ou un visa", es = "Una escuela o una embajada que cobra una formación o un visado" },
]
next_step.en = "See whether the receiver is a registered agency, and what became of those who paid: they may be victims."
next_step.fr = "Voir si le bénéficiaire est une agence enregistrée, et ce que sont devenus les payeurs : ils sont peut-être victimes."
next_step.es = "Ver si quien recibe es una agencia registrada y qué fue de quienes pagaron: pueden ser víctimas."
why.en = "{payers|# person|# people} paid between {lowest} and {highest} for recruitment within {days}, {total} in all"
why.fr = "{payers|# personne a payé|# personnes ont payé} de {lowest} à {highest} pour un recrutement en {days}, {total} au total"
why.es = "{payers|# persona pagó|# personas pagaron} entre {lowest} y {highest} por una contratación en {days}, {total} en total"

[roles]
subject = "collector"
senders = "possible_victim"
receivers = "beneficiary"

[facts]
payers = "count"
lowest = "money"
highest = "money"
days = "days"
total = "money"

[[indicators]]
label = { en = "People who paid", fr = "Personnes qui ont payé", es = "Personas que pagaron" }
observed = "payers"
threshold = "at_least"
sense = "at_least"

[params.window_s]
default = 5184000
unit = "seconds"
least = 86400
most = 31536000
reason = "Sixty days: one group is recruited over weeks, because people must borrow the fee"

[params.at_least]
default = 5
unit = "count"
least = 2
most = 1000
reason = "Up to four may be friends who go together"

[params.band]
default = 150
unit = "per_mille"
least = 0
most = 1000
reason = "Fifteen per cent more or less: one fee, with haggling and charges"

[params.most_fees]
default = 400
unit = "count"
least = 5
most = 2000
reason = "An account with more such payments in the time is a large agency's; such are left out, for its licence is easily asked for"

[bases.typical]
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-01-05 09:10 | 500.00 | P-1          | A-1        | frais de recrutement Golfe
2026-01-09 09:10 | 450.00 | P-2          | A-1        | frais de recrutement Golfe
2026-01-20 09:10 | 550.00 | P-3          | A-1        | frais de recrutement Golfe
2026-02-10 09:10 | 500.00 | P-4          | A-1        | frais de recrutement Golfe
2026-03-06 09:09 | 520.00 | P-5          | A-1        | frais de recrutement Golfe
"""
tables.lexicon = """
topic       | language | term                 | source
wage        | fr       | salaire              | example
recruitment | fr       | frais de recrutement | example
boats       | fr       | pirogue              | example
engines     | fr       | moteur hors-bord     | example
"""

[[fires]]
name = "five people pay about the same within sixty days less a minute"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: the first to the sixtieth day"
base = "typical"
dates_only = true
change.5.occurred_at = "2026-03-05"
flags = ["A-1"]

[[silent]]
name = "the fifth pays exactly sixty days after the first"
base = "typical"
change.5.occurred_at = "2026-03-06 09:10"

[[silent]]
name = "only dates are known: the sixty-first day"
base = "typical"
dates_only = true

[[silent]]
name = "four people, one of them twice"
base = "typical"
change.5.from_account = "P-1"

[[silent]]
name = "one fee is far higher"
base = "typical"
change.2.amount = "700.00"

[[silent]]
name = "firms pay for the recruitment of their staff"
rows = """
occurred_at      | amount | from_account | to_account | purpose                    | from_kind
2026-01-05 09:10 | 500.00 | P-1          | A-1        | frais de recrutement Golfe | business
2026-01-09 09:10 | 450.00 | P-2          | A-1        | frais de recrutement Golfe | business
2026-01-20 09:10 | 550.00 | P-3          | A-1        | frais de recrutement Golfe | business
2026-02-10 09:10 | 500.00 | P-4          | A-1        | frais de recrutement Golfe | business
2026-03-06 09:09 | 520.00 | P-5          | A-1        | frais de recrutement Golfe | business
"""
tables.lexicon = """
topic       | language | term                 | source
wage        | fr       | salaire              | example
recruitment | fr       | frais de recrutement | example
boats       | fr       | pirogue              | example
engines     | fr       | moteur hors-bord     | example
"""

[[silent]]
name = "five people pay about the same for rice"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-01-05 09:10 | 500.00 | P-1          | A-1        | riz Golfe
2026-01-09 09:10 | 450.00 | P-2          | A-1        | riz Golfe
2026-01-20 09:10 | 550.00 | P-3          | A-1        | riz Golfe
2026-02-10 09:10 | 500.00 | P-4          | A-1        | riz Golfe
2026-03-06 09:09 | 520.00 | P-5          | A-1        | riz Golfe
"""
tables.lexicon = """
topic       | language | term                 | source
wage        | fr       | salaire              | example
recruitment | fr       | frais de recrutement | example
boats       | fr       | pirogue              | example
engines     | fr       | moteur hors-bord     | example
"""

[[silent]]
name = "one payment gives another back"
base = "typical"
change.5.reverses = "r-9"

[[silent]]
name = "a registered agency"
base = "typical"
tables.segments = """
account | segment   | valid_from | valid_to | source
X|A-1   | recruiter | 2025-01-01 |          | example
"""
---*/
-- Fees are payments by persons, as far as the data says who they are, whose text speaks of recruitment. Like fees differ from
-- the last of them by the band at most, in one currency. The evidence holds the like ones alone, so the rule keeps its
-- strongest windows itself. Strength: 500 where payers just reach their number, 1000 where they are twice as many.
with fees as (
    select t.to_account as account, t.from_account as payer, t.txn, t.t_s, t.t_end_s, t.currency, t.amount
    from mentions as m
    join transactions as t on t.txn = m.txn
    join accounts as a on a.account = t.from_account
    where m.topic = 'recruitment'
      and t.from_account <> t.to_account
      and not t.is_reversal
      and t.channel <> 'fee'
      and (a.kind is null or a.kind = 'person')
),
agencies as (
    select account from fees group by account having count(distinct payer) >= $at_least
),
dated as (
    select account, payer, txn, t_s, t_end_s, currency, amount,
           count(*) over (
               partition by account, currency order by t_s range between ($window_s - 1) preceding and current row
           ) as fees_so_far
    from fees
    where account in (select account from agencies)
),
alike as (
    select f.account, f.txn, f.t_s, f.currency, f.amount,
           count(distinct g.payer) as payers,
           min(g.amount) as lowest,
           max(g.amount) as highest,
           sum(g.amount) as total,
           min(g.t_s) as first_s,
           max(g.t_end_s) as last_s
    from dated as f
    join dated as g
      on g.account = f.account
     and g.currency = f.currency
     and g.t_s between f.t_s - ($window_s - 1) and f.t_s
     and g.amount * 1000 between f.amount * (1000 - $band) and f.amount * (1000 + $band)
    where f.fees_so_far between $at_least and $most_fees
    group by f.account, f.txn, f.t_s, f.currency, f.amount
    having count(distinct g.payer) >= $at_least and max(g.t_end_s) - min(g.t_s) < greatest($window_s, 86400)
),
ranked as (
    select account, txn, t_s, currency, amount, payers, lowest, highest, total, first_s, last_s,
           row_number() over (partition by account, currency order by payers desc, total desc, txn) as nth
    from alike
),
strongest as (
    select account, txn, t_s, currency, amount, payers, lowest, highest, total, first_s, last_s, nth,
           min(nth) over (
               partition by account, currency order by t_s
               range between ($window_s - 1) preceding and ($window_s - 1) following
           ) as nth_nearby
    from ranked
)
select s.account as subject,
       s.first_s as window_start_s,
       s.last_s as window_end_s,
       least(per_mille(s.payers, $at_least) // 2, 1000) as strength,
       sorted_list(g.txn) as evidence,
       s.payers,
       s.lowest,
       s.highest,
       (s.last_s - s.first_s) // 86400 + 1 as days,
       s.total,
       s.currency
from strongest as s
join dated as g
  on g.account = s.account
 and g.currency = s.currency
 and g.t_s between s.t_s - ($window_s - 1) and s.t_s
 and g.amount * 1000 between s.amount * (1000 - $band) and s.amount * (1000 + $band)
where s.nth = s.nth_nearby
group by s.account, s.txn, s.first_s, s.last_s, s.payers, s.lowest, s.highest, s.total, s.currency
