/*---
id = "abnormal-payroll"
title.en = "A firm pays far less in wages than others of its trade"
title.fr = "Une entreprise paie bien moins de salaires que les autres de son secteur"
title.es = "Una empresa paga muchos menos salarios que otras de su sector"
family = "forced_labour"
tier = "enriched"
status = "test"
severity = "medium"
weight = 4
sources = [
    "FinCEN FIN-2014-A008, Guidance on Recognizing Activity that May be Associated with Human Smuggling and Human Trafficking",
    "Peers by sector, cash counted as wages: our judgement, to be calibrated on labelled data",
]
needs = ["purpose"]
tables = ["profiles", "lexicon"]
exclusions = ["payroll", "state_account", "group_company", "aid_programme"]
benign = [
    { en = "Wages paid in cash from the till, from another bank or by a parent firm", fr = "Des salaires payés en espèces de la caisse, par une autre banque ou par la maison mère", es = "Salarios pagados en efectivo de la caja, desde otro banco o por la casa matriz" },
    { en = "A firm that works with machines, subcontractors or family", fr = "Une entreprise qui travaille avec des machines, des sous-traitants ou la famille", es = "Una empresa que trabaja con máquinas, subcontratistas o la familia" },
    { en = "A profile that names the wrong sector", fr = "Un profil qui nomme le mauvais secteur", es = "Un perfil que nombra el sector equivocado" },
]
next_step.en = "Ask how many people work there and who pays them; those who are paid may be victims, do not contact them through the firm."
next_step.fr = "Demander combien de personnes y travaillent et qui les paie ; les salariés sont peut-être des victimes, ne pas les contacter par l'entreprise."
next_step.es = "Preguntar cuántas personas trabajan allí y quién les paga; los asalariados pueden ser víctimas, no contactarlos a través de la empresa."
why.en = "{wages} of wages to {workers|# person|# people} and {cash} of cash withdrawn, {share} of the {turnover} received in {window_days}; {above} of {peers} firms of its sector pay a greater share"
why.fr = "{wages} de salaires à {workers|# personne|# personnes} et {cash} d'espèces retirées, soit {share} des {turnover} reçus en {window_days} ; {above} des {peers} entreprises du secteur paient une part plus grande"
why.es = "{wages} de salarios a {workers|# persona|# personas} y {cash} de efectivo retirado, el {share} de los {turnover} recibidos en {window_days}; el {above} de las {peers} empresas del sector paga una parte mayor"

[roles]
subject = "payer"
senders = "payer"
receivers = "possible_victim"

[facts]
wages = "money"
workers = "count"
cash = "money"
share = "percent"
turnover = "money"
needed = "money"
above = "percent"
peers = "count"

[[indicators]]
label = { en = "Firms that pay a greater share", fr = "Entreprises qui paient une part plus grande", es = "Empresas que pagan una parte mayor" }
observed = "above"
threshold = "percentile"
sense = "at_least"

[[indicators]]
label = { en = "Received", fr = "Reçu", es = "Recibido" }
observed = "turnover"
threshold = "needed"
sense = "at_least"

[[indicators]]
label = { en = "People paid", fr = "Personnes payées", es = "Personas pagadas" }
observed = "workers"
threshold = "least_workers"
sense = "at_least"

[params.window_days]
default = 90
unit = "days"
least = 28
most = 366
reason = "Three months hold three pay days, one of which may be missed"

[params.percentile]
default = 950
unit = "per_mille"
least = 500
most = 1000
reason = "95 of 100 firms of the sector pay a greater share: the lowest twentieth, as in the list of indicators"

[params.least_peers]
default = 50
unit = "count"
least = 5
most = 1000000
reason = "With fewer than fifty firms in the sector one more or less moves the percentile by two points"

[params.least_workers]
default = 3
unit = "count"
least = 1
most = 100000
reason = "Whoever pays fewer than three people is no employer to compare; a firm that pays no wages at all here is passed over, for it pays elsewhere"

[params.sum_share]
default = 1000
unit = "per_mille"
least = 0
most = 100000
reason = "Received at least the reporting threshold: a smaller firm has no regular wages"

[bases.typical]
rows = """
occurred_at | channel  | amount   | from_account | to_account | purpose
2026-03-02  | transfer | 20000.00 | C-0          | F-0        |
2026-03-20  | transfer | 1500.00  | F-0          | W-0-0      | salaire mars
2026-03-20  | transfer | 1501.00  | F-0          | W-0-1      | salaire mars
2026-03-20  | transfer | 1502.00  | F-0          | W-0-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-1          | F-1        |
2026-03-20  | transfer | 1500.00  | F-1          | W-1-0      | salaire mars
2026-03-20  | transfer | 1501.00  | F-1          | W-1-1      | salaire mars
2026-03-20  | transfer | 1502.00  | F-1          | W-1-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-2          | F-2        |
2026-03-20  | transfer | 1500.00  | F-2          | W-2-0      | salaire mars
2026-03-20  | transfer | 1501.00  | F-2          | W-2-1      | salaire mars
2026-03-20  | transfer | 1502.00  | F-2          | W-2-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-3          | F-3        |
2026-03-20  | transfer | 1500.00  | F-3          | W-3-0      | salaire mars
2026-03-20  | transfer | 1501.00  | F-3          | W-3-1      | salaire mars
2026-03-20  | transfer | 1502.00  | F-3          | W-3-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-4          | F-4        |
2026-03-20  | transfer | 1500.00  | F-4          | W-4-0      | salaire mars
2026-03-20  | transfer | 1501.00  | F-4          | W-4-1      | salaire mars
2026-03-20  | transfer | 1502.00  | F-4          | W-4-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-5          | F-5        |
2026-03-20  | transfer | 1500.00  | F-5          | W-5-0      | salaire mars
2026-03-20  | transfer | 1501.00  | F-5          | W-5-1      | salaire mars
2026-03-20  | transfer | 1502.00  | F-5          | W-5-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-9          | A-1        |
2026-03-20  | transfer | 100.00   | A-1          | W-9-0      | salaire mars
2026-03-20  | transfer | 101.00   | A-1          | W-9-1      | salaire mars
2026-03-20  | transfer | 102.00   | A-1          | W-9-2      | salaire mars
"""
tables.lexicon = """
topic | language | term | source
wage | fr | salaire | example
"""
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|F-0 | construction | | | | 2025-01-01 | | example
X|F-1 | construction | | | | 2025-01-01 | | example
X|F-2 | construction | | | | 2025-01-01 | | example
X|F-3 | construction | | | | 2025-01-01 | | example
X|F-4 | construction | | | | 2025-01-01 | | example
X|F-5 | construction | | | | 2025-01-01 | | example
X|A-1 | construction | | | | 2025-01-01 | | example
"""

[[fires]]
name = "six firms pay a fifth of what they receive, a seventh pays a sixtieth"
base = "typical"
flags = ["A-1"]
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "the same, but the rest is withdrawn in cash, which may be wages"
base = "typical"
rows = """
occurred_at | channel         | amount  | from_account
2026-03-25  | cash_withdrawal | 4400.00 | A-1
"""
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "two workers"
base = "typical"
without = [28]
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "no wages at all: it pays them elsewhere"
base = "typical"
without = [26, 27, 28]
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "too few firms in the sector"
base = "typical"

[[silent]]
name = "nobody knows its sector"
base = "typical"
params = { least_peers = 6, percentile = 800 }
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|F-0 | construction | | | | 2025-01-01 | | example
X|F-1 | construction | | | | 2025-01-01 | | example
X|F-2 | construction | | | | 2025-01-01 | | example
X|F-3 | construction | | | | 2025-01-01 | | example
X|F-4 | construction | | | | 2025-01-01 | | example
X|F-5 | construction | | | | 2025-01-01 | | example
X|B-1 | construction | | | | 2025-01-01 | | example
"""

[[silent]]
name = "one cent below the threshold"
base = "typical"
change.25.amount = "9999.99"
params = { least_peers = 6, percentile = 800 }

[[silent]]
name = "everybody in the sector pays as little"
rows = """
occurred_at | channel  | amount   | from_account | to_account | purpose
2026-03-02  | transfer | 20000.00 | C-0          | F-0        |
2026-03-20  | transfer | 100.00   | F-0          | W-0-0      | salaire mars
2026-03-20  | transfer | 101.00   | F-0          | W-0-1      | salaire mars
2026-03-20  | transfer | 102.00   | F-0          | W-0-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-1          | F-1        |
2026-03-20  | transfer | 100.00   | F-1          | W-1-0      | salaire mars
2026-03-20  | transfer | 101.00   | F-1          | W-1-1      | salaire mars
2026-03-20  | transfer | 102.00   | F-1          | W-1-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-2          | F-2        |
2026-03-20  | transfer | 100.00   | F-2          | W-2-0      | salaire mars
2026-03-20  | transfer | 101.00   | F-2          | W-2-1      | salaire mars
2026-03-20  | transfer | 102.00   | F-2          | W-2-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-3          | F-3        |
2026-03-20  | transfer | 100.00   | F-3          | W-3-0      | salaire mars
2026-03-20  | transfer | 101.00   | F-3          | W-3-1      | salaire mars
2026-03-20  | transfer | 102.00   | F-3          | W-3-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-4          | F-4        |
2026-03-20  | transfer | 100.00   | F-4          | W-4-0      | salaire mars
2026-03-20  | transfer | 101.00   | F-4          | W-4-1      | salaire mars
2026-03-20  | transfer | 102.00   | F-4          | W-4-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-5          | F-5        |
2026-03-20  | transfer | 100.00   | F-5          | W-5-0      | salaire mars
2026-03-20  | transfer | 101.00   | F-5          | W-5-1      | salaire mars
2026-03-20  | transfer | 102.00   | F-5          | W-5-2      | salaire mars
2026-03-02  | transfer | 20000.00 | C-9          | A-1        |
2026-03-20  | transfer | 100.00   | A-1          | W-9-0      | salaire mars
2026-03-20  | transfer | 101.00   | A-1          | W-9-1      | salaire mars
2026-03-20  | transfer | 102.00   | A-1          | W-9-2      | salaire mars
"""
params = { least_peers = 6, percentile = 800 }
tables.profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|F-0 | construction | | | | 2025-01-01 | | example
X|F-1 | construction | | | | 2025-01-01 | | example
X|F-2 | construction | | | | 2025-01-01 | | example
X|F-3 | construction | | | | 2025-01-01 | | example
X|F-4 | construction | | | | 2025-01-01 | | example
X|F-5 | construction | | | | 2025-01-01 | | example
X|A-1 | construction | | | | 2025-01-01 | | example
"""
tables.lexicon = """
topic | language | term | source
wage | fr | salaire | example
"""

[[silent]]
name = "its wages go through a payroll agent"
base = "typical"
rows = """
occurred_at | channel  | amount  | from_account | to_account
2026-03-25  | transfer | 4400.00 | A-1          | PA-1
"""
params = { least_peers = 6, percentile = 800 }
tables.segments = """
account | segment | valid_from | valid_to | source
X|PA-1 | payroll | 2025-01-01 | | example
"""
---*/
-- Wages: payments whose text speaks of wages, and payments to a payroll agent that the table of segments names. Cash that the firm
-- withdraws counts as wages too: where wages are paid in cash, a low share in the books says nothing.
-- Strength: 500 at the percentile, 1000 where every firm of the sector pays a greater share.
with firms as (
    select p.account, min(p.sector) as sector
    from profiles as p
    join accounts as a on a.account = p.account
    where p.from_day <= $as_of_s // 86400 and $as_of_s // 86400 < p.to_day and coalesce(a.kind, 'business') = 'business'
    group by p.account
),
recent as (
    select f.account, f.counterparty, f.direction, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base,
           f.channel = 'cash_withdrawal' as is_cash,
           f.txn in (select txn from mentions where topic = 'wage') as is_wage,
           f.counterparty in (select account from segments where segment = 'payroll') as to_agent
    from flows as f
    where f.account in (select account from firms) and f.day > $as_of_s // 86400 - $window_days
      and f.amount_base is not null and f.threshold_base is not null and not f.is_reversal
      and f.counterparty is distinct from f.account
),
books as (
    select account,
           sum(case when direction = 'in' then amount_base else 0 end) as turnover,
           sum(case when direction = 'out' and (is_wage or to_agent) then amount_base else 0 end) as wages,
           sum(case when direction = 'out' and is_cash and not is_wage then amount_base else 0 end) as cash,
           count(distinct case when direction = 'out' and is_wage then counterparty end) as workers,
           max(threshold_base) as threshold
    from recent
    group by account
),
placed as (
    select b.account, b.turnover, b.wages, b.cash, b.workers, b.threshold,
           rank() over (partition by f.sector order by per_mille(b.wages + b.cash, b.turnover) desc) - 1 as above,
           count(*) over (partition by f.sector) as peers
    from books as b
    join firms as f on f.account = b.account
    where b.workers >= $least_workers and b.turnover * 1000 >= b.threshold * $sum_share
)
select p.account as subject,
       min(r.t_s) as window_start_s,
       max(r.t_end_s) as window_end_s,
       least(500 + 500 * (per_mille(p.above, p.peers) - $percentile) // (1001 - $percentile), 1000) as strength,
       sorted_list(r.txn) as evidence,
       p.wages,
       p.workers,
       p.cash,
       per_mille(p.wages + p.cash, p.turnover) as share,
       p.turnover,
       cast(p.threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       per_mille(p.above, p.peers) as above,
       p.peers
from placed as p
join recent as r on r.account = p.account and r.direction = 'out' and (r.is_wage or r.to_agent)
where p.peers >= $least_peers and p.above * 1000 >= p.peers * $percentile
group by p.account, p.wages, p.workers, p.cash, p.turnover, p.threshold, p.above, p.peers
