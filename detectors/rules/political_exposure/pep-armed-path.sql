/*---
id = "pep-armed-path"
title.en = "Payments link an account that a list gives to an exposed person with one given to an armed group, in three steps at most"
title.fr = "Des paiements relient, en trois étapes au plus, un compte attribué à une personne exposée et un compte attribué à un groupe armé"
title.es = "Unos pagos unen, en tres pasos como mucho, una cuenta atribuida a una persona expuesta con otra atribuida a un grupo armado"
family = "political_exposure"
tier = "enriched"
status = "live"
severity = "critical"
weight = 8
tables = ["watchlist"]
sources = [
    "Panels of Experts follow such ties; the length, the sum and the grade are our judgement",
    "FATF recommendation 16 for the sum from which a wire names its parties",
]
benign = [
    { en = "A shop, an agent or a landlord whom both happen to pay", fr = "Un commerce, un agent ou un bailleur que les deux paient par hasard", es = "Una tienda, un agente o un casero a quien ambos pagan por casualidad" },
    { en = "A ransom or a toll paid under threat", fr = "Une rançon ou un péage payé sous la menace", es = "Un rescate o un peaje pagado bajo amenaza" },
    { en = "A list entry that confuses two people", fr = "Une entrée de liste qui confond deux personnes", es = "Una entrada de lista que confunde a dos personas" },
]
next_step.en = "Check both list entries first; then ask what each payment was for, and whether the same money went all the way."
next_step.fr = "Vérifier d'abord les deux entrées de liste ; puis demander l'objet de chaque paiement et si c'est le même argent qui a fait tout le trajet."
next_step.es = "Comprobar primero las dos entradas de lista; después preguntar a qué responde cada pago y si es el mismo dinero el que hizo todo el camino."
why.en = "{paths|# way leads|# ways lead} here, of {hops|# payment|# payments} at the shortest, between two accounts that lists give to an exposed person and to an armed group (source graded {grade} or better); {flow} at most can have gone the whole way"
why.fr = "{paths|# chemin mène|# chemins mènent} ici, de {hops|# paiement|# paiements} au plus court, entre deux comptes que des listes attribuent à une personne exposée et à un groupe armé (source cotée {grade} ou mieux) ; {flow} au plus ont pu faire tout le trajet"
why.es = "{paths|# camino lleva|# caminos llevan} hasta aquí, de {hops|# pago|# pagos} como mínimo, entre dos cuentas que las listas atribuyen a una persona expuesta y a un grupo armado (fuente de grado {grade} o mejor); {flow} como mucho pudieron hacer todo el camino"

[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

[facts]
hops = "count"
paths = "count"
flow = "money"
grade = "text"

[[indicators]]
label = { en = "Payments between the two", fr = "Paiements entre les deux", es = "Pagos entre ambos" }
observed = "hops"
threshold = "most_hops"
sense = "at_most"

[[indicators]]
label = { en = "Sum that can have gone the whole way", fr = "Somme qui a pu faire tout le trajet", es = "Suma que pudo hacer todo el camino" }
observed = "flow"
threshold = "least_flow"
sense = "at_least"

[params.most_hops]
default = 3
unit = "count"
least = 1
most = 3
reason = "Three payments: one between a courier on each side; beyond that everybody is tied to everybody"

[params.least_flow]
default = 1000
unit = "money"
least = 1
most = 1000000000
reason = "FATF asks for the names of both sides from 1,000 on: what is smaller is not told from daily life"

[params.hub_cap]
default = 50
unit = "count"
least = 2
most = 100000
reason = "An account between them that deals with more than fifty others is a shop or an agent and ties nobody together"

[bases.typical]
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 5000.00 | P-1          | M-1
2026-03-04 09:10 | 4000.00 | M-1          | M-2
2026-03-06 09:10 | 3000.00 | M-2          | G-1
"""

[[fires]]
name = "an exposed person pays, over two others, an armed group"
base = "typical"
flags = ["G-1"]
[fires.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B2    | no           | 2020-01-01 |          | test
"""

[[fires]]
name = "only dates are known: an armed group pays an official over one other, all on one day"
rows = """
occurred_at | amount  | from_account | to_account
2026-03-02  | 1000.00 | M-1          | P-1
2026-03-02  | 1000.00 | G-1          | M-1
"""
flags = ["P-1"]
[fires.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official    |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | A1    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the source of the entry is graded C3"
base = "typical"
without = [2, 3]
change.1.to_account = "G-1"
[silent.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | C3    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the source is reliable, and the information is doubtful: B3"
base = "typical"
without = [2, 3]
change.1.to_account = "G-1"
[silent.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B3    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "four payments"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 5000.00 | P-1          | M-1
2026-03-04 09:10 | 4000.00 | M-1          | M-2
2026-03-05 09:10 | 4000.00 | M-2          | M-3
2026-03-06 09:10 | 3000.00 | M-3          | G-1
"""
[silent.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "one payment of the three is a cent too small"
base = "typical"
change.2.amount = "999.99"
[silent.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the second payment was made before the first"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-04 09:10 | 4000.00 | P-1          | M-1
2026-03-02 09:10 | 5000.00 | M-1          | G-1
"""
[silent.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "only dates are known: the second payment was made on the day before the first"
rows = """
occurred_at | amount  | from_account | to_account
2026-03-04  | 4000.00 | P-1          | M-1
2026-03-03  | 5000.00 | M-1          | G-1
"""
[silent.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the group and the person both pay the same shop"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 5000.00 | P-1          | M-1
2026-03-04 09:10 | 4000.00 | G-1          | M-1
"""
[silent.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the one between them deals with more others than the cap"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 5000.00 | P-1          | M-1
2026-03-03 09:10 |   20.00 | C-1          | M-1
2026-03-03 09:10 |   20.00 | C-2          | M-1
2026-03-04 09:10 | 4000.00 | M-1          | G-1
"""
params = { hub_cap = 3 }
[silent.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the one between them is a licensed agent"
base = "typical"
without = [3]
change.2.to_account = "G-1"
[silent.tables]
segments = """
account | segment        | valid_from | valid_to | source
X|M-1   | licensed_agent | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2020-01-01 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the person was listed only after the payment"
base = "typical"
without = [2, 3]
change.1.to_account = "G-1"
[silent.tables]
watchlist = """
entry | list | kind        | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep         |      |            |            | X|P-1   | C3    | no           | 2026-03-03 |          | test
E-2   | test | armed_group |      |            |            | X|G-1   | B2    | no           | 2020-01-01 |          | test
"""
---*/
-- A way follows the money: each payment can have been made after the one before it, and a list names both ends on days on which
-- they dealt with their neighbour. The subject is where the money arrives. What can have gone the whole way is the smallest of
-- the sums on it. An account between the two carries nothing on where it deals with very many or is registered for that trade.
-- Strength: 500 for three payments, 700 for two, 900 for one; up to 100 more for the sum, 50 at the least sum.
with ends as (
    select account, 'exposed' as side, from_day, to_day, grade from watched where kind in ('pep', 'official', 'associate')
    union
    select account, 'armed', from_day, to_day, grade
    from watched
    where kind = 'armed_group' and grade in ('A1', 'A2', 'B1', 'B2')
),
hops as (
    select from_account, to_account, total_base, first_s, last_s from pairs where total_base >= $least_flow
),
departures as (
    select e.account as source, e.side, e.grade, h.to_account, h.total_base, h.first_s, h.last_s
    from ends as e
    join hops as h on h.from_account = e.account
    where e.from_day <= h.last_s // 86400 and h.first_s // 86400 < e.to_day
),
arrivals as (
    select e.account as target, e.side, e.grade, h.from_account, h.total_base, h.first_s, h.last_s
    from ends as e
    join hops as h on h.to_account = e.account
    where e.from_day <= h.last_s // 86400 and h.first_s // 86400 < e.to_day
),
between_them as (
    select to_account as account from departures
    union
    select from_account from arrivals
),
hubs as (
    select account
    from (
        select b.account, p.to_account as other from pairs as p join between_them as b on b.account = p.from_account
        union
        select b.account, p.from_account from pairs as p join between_them as b on b.account = p.to_account
    ) as met
    group by account
    having count(*) > $hub_cap
    union
    select account
    from segments
    where segment in (
        'aid_programme', 'biller', 'bureau_de_change', 'exchange', 'licensed_agent', 'licensed_trader', 'payroll',
        'savings_circle', 'state_account'
    )
),
middle as (
    select account from between_them
    except
    select account from hubs
),
ways as (
    select d.source, a.target, 1 as hops, d.total_base as flow, d.side as from_side,
           case when d.side = 'armed' then d.grade else a.grade end as grade,
           cast(null as integer) as second, cast(null as integer) as third
    from departures as d
    join arrivals as a on a.target = d.to_account and a.from_account = d.source
    where a.side <> d.side and a.target <> d.source
    union
    select d.source, a.target, 2, least(d.total_base, a.total_base), d.side,
           case when d.side = 'armed' then d.grade else a.grade end, d.to_account, cast(null as integer)
    from departures as d
    join arrivals as a on a.from_account = d.to_account
    where a.side <> d.side
      and a.target <> d.source
      and d.to_account in (select account from middle)
      and d.first_s <= a.last_s
    union
    select d.source, a.target, 3, least(d.total_base, h.total_base, a.total_base), d.side,
           case when d.side = 'armed' then d.grade else a.grade end, d.to_account, a.from_account
    from departures as d
    join hops as h on h.from_account = d.to_account
    join arrivals as a on a.from_account = h.to_account
    where a.side <> d.side
      and a.target <> d.source
      and h.to_account <> d.source
      and h.from_account <> a.target
      and d.to_account in (select account from middle)
      and a.from_account in (select account from middle)
      and d.first_s <= h.last_s
      and greatest(d.first_s, h.first_s) <= a.last_s
),
known as (
    select source, target, hops, min(flow) as flow, min(grade) as grade, second, third
    from ways
    where hops <= $most_hops
    group by source, target, hops, second, third
),
shortest as (
    select source, target, min(hops) as hops, count(*) as paths, max(flow) as flow, max(grade) as grade
    from known
    group by source, target
),
steps as (
    select k.source, k.target, k.source as from_account, coalesce(k.second, k.target) as to_account
    from known as k
    join shortest as s on s.source = k.source and s.target = k.target and s.hops = k.hops
    union
    select k.source, k.target, k.second, coalesce(k.third, k.target)
    from known as k
    join shortest as s on s.source = k.source and s.target = k.target and s.hops = k.hops
    where k.second is not null
    union
    select k.source, k.target, k.third, k.target
    from known as k
    join shortest as s on s.source = k.source and s.target = k.target and s.hops = k.hops
    where k.third is not null
)
select s.target as subject,
       min(t.t_s) as window_start_s,
       max(t.t_end_s) as window_end_s,
       1100 - 200 * s.hops + least(per_mille(s.flow, $least_flow) // 20, 100) as strength,
       sorted_list(t.txn) as evidence,
       s.hops,
       s.paths,
       s.flow,
       s.grade
from shortest as s
join steps as p on p.source = s.source and p.target = s.target
join transactions as t on t.from_account = p.from_account and t.to_account = p.to_account
where not t.is_reversal
group by s.source, s.target, s.hops, s.paths, s.flow, s.grade
