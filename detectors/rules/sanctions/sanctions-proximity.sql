/*---
id = "sanctions-proximity"
title.en = "Much of an account's money passes near a listed account"
title.fr = "Une grande part de l'argent d'un compte passe près d'un compte listé"
title.es = "Gran parte del dinero de una cuenta pasa cerca de una cuenta de una lista"
family = "sanctions"
tier = "enriched"
status = "live"
severity = "medium"
weight = 6
tables = ["watchlist"]
peaks = "window_s"
sources = ["Our judgement: share of the flow within two payments of a listed account; to be calibrated on labelled data"]
exclusions = ["biller", "licensed_agent", "exchange", "bureau_de_change", "aid_programme", "state_account", "payroll"]
benign = [
    { en = "A supplier, a lawyer or a landlord with a licence or under a carve-out", fr = "Un fournisseur, un avocat ou un bailleur sous licence ou dérogation", es = "Un proveedor, un abogado o un casero con licencia o bajo una excepción" },
    { en = "A relative who lives from one household with somebody listed", fr = "Un parent qui partage le foyer d'une personne listée", es = "Un pariente que comparte el hogar con una persona listada" },
    { en = "Payments from before the listing was known", fr = "Des paiements d'avant que l'inscription soit connue", es = "Pagos de antes de que se conociera la inclusión en la lista" },
]
next_step.en = "Confirm the listing by hand, look for a licence or a humanitarian carve-out, and ask what the payments were for."
next_step.fr = "Confirmer l'inscription à la main, chercher une licence ou une dérogation humanitaire, et demander l'objet des paiements."
next_step.es = "Confirmar a mano la inclusión, buscar una licencia o una excepción humanitaria y preguntar a qué responden los pagos."
why.en = "{share} of the account's money within {window_s}, {exposed} in {payments|# payment|# payments}, was exchanged with listed accounts ({direct} of it) or with accounts between, whose payments count by the share of their own money that is exchanged with listed accounts; {carve_outs|none of the payments falls|# of the payments falls|# of the payments fall} under a humanitarian carve-out"
why.fr = "{share} de l'argent du compte en {window_s}, soit {exposed} en {payments|# paiement|# paiements}, a été échangé avec des comptes listés (dont {direct}) ou avec des comptes intermédiaires, comptés selon la part de leur argent échangée avec des comptes listés ; {carve_outs|aucun de ces paiements ne relève|# de ces paiements relève|# de ces paiements relèvent} d'une dérogation humanitaire"
why.es = "El {share} del dinero de la cuenta en {window_s}, {exposed} en {payments|# pago|# pagos}, se intercambió con cuentas listadas ({direct} de ello) o con cuentas intermedias, contadas según la parte de su dinero que intercambian con cuentas listadas; {carve_outs|ninguno de esos pagos entra|# de esos pagos entra|# de esos pagos entran} en una excepción humanitaria"

[roles]
subject = "payer"
senders = "payer"
receivers = "beneficiary"

[facts]
share = "percent"
exposed = "money"
direct = "money"
payments = "count"
carve_outs = "count"
needed = "money"

[[indicators]]
label = { en = "Share near a listed account", fr = "Part près d'un compte listé", es = "Parte cerca de una cuenta listada" }
observed = "share"
threshold = "least_share"
sense = "at_least"

[[indicators]]
label = { en = "Sum near a listed account", fr = "Somme près d'un compte listé", es = "Suma cerca de una cuenta listada" }
observed = "exposed"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 15552000
unit = "seconds"
least = 2592000
most = 63072000
reason = "Half a year: a lasting tie shows, one purchase among many others does not"

[params.least_share]
default = 200
unit = "per_mille"
least = 10
most = 1000
reason = "A fifth of all that an account moves is no accident"

[params.sum_share]
default = 500
unit = "per_mille"
least = 0
most = 100000
reason = "Half of the threshold in half a year: below it lie household bills"

[params.hub_cap]
default = 50
unit = "count"
least = 2
most = 100000
reason = "An account that deals with more than fifty others, such as a utility or a shop, carries no tie from one to another"

[params.carry_share]
default = 100
unit = "per_mille"
least = 1
most = 1000
reason = "A tenth of what the account between them moves is with listed accounts: less says nothing about its other payments"

[[fires]]
name = "two of six payments, half of the sum, go to a listed account"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 2500.00 | A-1          | L-1
2026-04-02 09:10 | 2500.00 | A-1          | L-1
2026-04-04 09:10 | 5000.00 | B-1          | A-1
2026-04-05 09:10 |  100.00 | L-1          | C-01
2026-04-05 09:10 |  100.00 | L-1          | C-02
"""
flags = ["A-1"]
[fires.tables]
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | no           | 2020-01-01 |          | test
"""

[[fires]]
name = "only dates are known: over an account that itself deals with the listed one; the carve-out is said"
rows = """
occurred_at | amount   | from_account | to_account
2026-03-02  |  9000.00 | M-1          | L-1
2026-03-03  | 12000.00 | A-1          | M-1
2026-04-04  |  9000.00 | B-1          | A-1
"""
flags = ["A-1", "M-1"]
[fires.tables]
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | yes          | 2020-01-01 |          | test
"""

[[silent]]
name = "one cent less than half of the threshold"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 2500.00 | A-1          | L-1
2026-04-02 09:10 | 2499.99 | A-1          | L-1
2026-04-04 09:10 | 5000.00 | B-1          | A-1
"""
[silent.tables]
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "less than a fifth of what the account moves"
rows = """
occurred_at      | amount   | from_account | to_account
2026-03-02 09:10 |  5000.00 | A-1          | L-1
2026-03-04 09:10 | 20001.00 | B-1          | A-1
"""
[silent.tables]
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "only dates are known: the second payment half a year and a day later"
rows = """
occurred_at | amount  | from_account | to_account
2026-01-01  | 2500.00 | A-1          | L-1
2026-06-30  | 2500.00 | A-1          | L-1
"""
[silent.tables]
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "over a shop with more customers than the cap"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 4000.00 | M-1          | L-1
2026-03-03 09:10 | 5000.00 | A-1          | M-1
2026-03-03 09:10 |   50.00 | C-1          | M-1
2026-03-03 09:10 |   50.00 | C-2          | M-1
"""
params = { hub_cap = 3 }
[silent.tables]
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "over an account of whose money little is with the listed one"
rows = """
occurred_at      | amount   | from_account | to_account
2026-03-02 09:10 |  1500.00 | M-1          | L-1
2026-03-03 09:10 |  5000.00 | A-1          | M-1
2026-03-04 09:10 | 10000.00 | M-1          | C-1
"""
[silent.tables]
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "an officially listed person who is exposed, and not under sanctions"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 9000.00 | A-1          | L-1
"""
[silent.tables]
watchlist = """
entry | list | kind | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | pep  |      |            |            | X|L-1   | A1    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "before the listing"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 9000.00 | A-1          | L-1
"""
[silent.tables]
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | no           | 2026-03-03 |          | test
"""

[[silent]]
name = "an aid programme, known as such, pays a listed ministry"
rows = """
occurred_at      | amount  | from_account | to_account
2026-03-02 09:10 | 9000.00 | A-1          | L-1
"""
[silent.tables]
segments = """
account | segment       | valid_from | valid_to | source
X|A-1   | aid_programme | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "a payment that undoes an earlier one, and one to oneself"
rows = """
reference | occurred_at      | amount  | from_account | to_account | reverses
r-1       | 2026-03-02 09:10 | 9000.00 | A-1          | L-1        | r-9
r-2       | 2026-03-02 09:10 | 9000.00 | A-1          | A-1        |
"""
[silent.tables]
watchlist = """
entry | list | kind      | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | sanctions |      |            |            | X|L-1   | A1    | no           | 2020-01-01 |          | test
"""
---*/
-- Near is who deals with a listed account on a day of the listing, or with an account that does. Such an account carries a tie only
-- where a good part of its own money is with listed accounts, it deals with few, and the payment lies within the window of those
-- dealings; then a payment to or from it counts with that part. A listed account is no subject here. The whole money of the
-- account is counted by days, over the window before or the one after, whichever is more: an account that has just appeared has
-- moved little yet.
-- Strength: 500 where share and sum just reach their thresholds, 1000 where both are twice as high.
with listed as (
    select account, from_day, to_day, max(case when humanitarian then 1 else 0 end) as carved
    from watched
    where kind = 'sanctions'
    group by account, from_day, to_day
),
touching as (
    select p.from_account as account, p.to_account as listed, p.total_base, p.first_s, p.last_s, l.carved
    from pairs as p
    join listed as l on l.account = p.to_account
    where l.from_day <= p.last_s // 86400 and p.first_s // 86400 < l.to_day
    union
    select p.to_account, p.from_account, p.total_base, p.first_s, p.last_s, l.carved
    from pairs as p
    join listed as l on l.account = p.from_account
    where l.from_day <= p.last_s // 86400 and p.first_s // 86400 < l.to_day
),
contacts_of_listed as (
    select account, sum(total_base) as with_listed, min(first_s) as first_s, max(last_s) as last_s, max(carved) as carved
    from touching
    where account not in (select account from listed)
    group by account
),
dealings as (
    select account, other, sum(total_base) as total_base
    from (
        select c.account, p.to_account as other, p.total_base
        from pairs as p
        join contacts_of_listed as c on c.account = p.from_account
        union all
        select c.account, p.from_account, p.total_base
        from pairs as p
        join contacts_of_listed as c on c.account = p.to_account
    ) as met
    group by account, other
),
carriers as (
    select c.account, c.first_s, c.last_s, c.carved, per_mille(c.with_listed, sum(d.total_base)) as carried
    from contacts_of_listed as c
    join dealings as d on d.account = c.account
    group by c.account, c.first_s, c.last_s, c.carved, c.with_listed
    having count(*) <= $hub_cap
       and c.with_listed * 1000 >= sum(d.total_base) * $carry_share
),
near as (
    select account as counterparty, cast(from_day as bigint) * 86400 as from_s, cast(to_day as bigint) * 86400 as to_s,
           carved, 1 as is_direct, 1000 as carried
    from listed
    union all
    select account, first_s - ($window_s - 1), last_s + $window_s, carved, 0, carried
    from carriers
),
legs as (
    select f.account, f.txn, f.t_s, f.t_end_s, f.threshold_base,
           cast(f.amount_base * max(least(n.carried, 1000)) * 0.001 as decimal(24, 4)) as amount_base,
           max(n.is_direct) as is_direct, max(n.carved) as carved
    from flows as f
    join near as n on n.counterparty = f.counterparty and f.t_end_s >= n.from_s and f.t_s < n.to_s
    where f.account not in (select account from listed)
      and f.counterparty <> f.account
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
    group by f.account, f.txn, f.t_s, f.t_end_s, f.amount_base, f.threshold_base
),
subjects as (
    select account from legs group by account having sum(amount_base) * 1000 >= min(threshold_base) * $sum_share
),
moves as (
    select account, txn, t_s, t_end_s, amount_base, threshold_base, is_direct, carved, 0 as whole
    from legs
    where account in (select account from subjects)
    union all
    select account, cast(null as integer), cast(day as bigint) * 86400, cast(null as bigint), 0,
           cast(null as decimal(24, 4)), 0, 0, total_base
    from daily
    where account in (select account from subjects)
),
halves as (
    select account, txn, t_s,
           sum(amount_base) over recent as exposed,
           sum(amount_base * is_direct) over recent as direct,
           count(txn) over recent as payments,
           sum(carved) over recent as carve_outs,
           max(threshold_base) over recent as threshold,
           min(case when txn is not null then t_s end) over recent as first_s,
           max(t_end_s) over recent as last_s,
           sum(whole) over (
               partition by account order by t_s range between ($window_s + 86398) preceding and current row
           ) as total_before,
           sum(whole) over (
               partition by account order by t_s range between 86399 preceding and ($window_s - 1) following
           ) as total_after
    from moves
    window recent as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
),
measured as (
    select account, txn, t_s, exposed, direct, payments, carve_outs, threshold, first_s, last_s,
           greatest(total_before, total_after) as total
    from halves
    where txn is not null
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(
           (per_mille(exposed, total) * 1000 // $least_share
            + least(per_mille(exposed * 1000, greatest(threshold * $sum_share, 1)), 2000)) // 4,
           1000
       ) as strength,
       txn,
       t_s,
       exposed as size,
       least(per_mille(exposed, total), 1000) as share,
       exposed,
       direct,
       payments,
       carve_outs,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from measured
where exposed * 1000 >= threshold * $sum_share
  and exposed * 1000 >= total * $least_share
  and last_s - first_s < $window_s
