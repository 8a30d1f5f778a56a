/*---
id = "funnel-geography"
title.en = "Cash comes in at several places and is soon withdrawn at another"
title.fr = "Des espèces arrivent en plusieurs lieux et sont vite retirées ailleurs"
title.es = "Llega efectivo en varios lugares y pronto se retira en otro"
family = "generic"
tier = "enriched"
status = "live"
severity = "high"
weight = 7
peaks = "window_s"
needs = ["place"]
sources = [
    "FIN-2014-A005 and FIN-2020-A008 (funnel accounts)",
    "72 hours, and places at which the account takes cash but pays none in: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_agent", "licensed_trader", "bureau_de_change", "cooperative", "savings_circle"]
benign = [
    { en = "A travelling trader who banks his takings on the way and needs cash at home", fr = "Un marchand ambulant qui dépose ses recettes en route et a besoin d'espèces chez lui", es = "Un comerciante ambulante que deposita sus ventas en el camino y necesita efectivo en casa" },
    { en = "A family that puts money together for a relative who lives elsewhere", fr = "Une famille qui se cotise pour un parent qui vit ailleurs", es = "Una familia que reúne dinero para un pariente que vive en otro lugar" },
]
next_step.en = "Ask who paid in at each place, and see whether the withdrawals lie on a border or a known route."
next_step.fr = "Demander qui a déposé en chaque lieu, et voir si les retraits se font à une frontière ou sur une route connue."
next_step.es = "Preguntar quién depositó en cada lugar y ver si los retiros están en una frontera o en una ruta conocida."
why.en = "{deposits|# cash deposit|# cash deposits} at {places|# place|# places} within {window_s}, {deposited} in all; {withdrawn} ({share}) was withdrawn in that time at places where nothing was deposited in the {known} before"
why.fr = "{deposits|# dépôt d'espèces|# dépôts d'espèces} en {places|# lieu|# lieux} en {window_s}, {deposited} au total ; {withdrawn} ({share}) retirés dans ce délai en des lieux où rien n'avait été déposé dans les {known} précédents"
why.es = "{deposits|# depósito en efectivo|# depósitos en efectivo} en {places|# lugar|# lugares} en {window_s}, {deposited} en total; {withdrawn} ({share}) retirados en ese plazo en lugares donde no se había depositado nada en los {known} anteriores"

[roles]
subject = "mule"
senders = "payer"
receivers = "beneficiary"

[facts]
places = "count"
deposits = "count"
deposited = "money"
withdrawn = "money"
share = "percent"
needed = "money"
known = "days"

[[indicators]]
label = { en = "Places of deposit", fr = "Lieux de dépôt", es = "Lugares de depósito" }
observed = "places"
threshold = "at_least"
sense = "at_least"

[[indicators]]
label = { en = "Share withdrawn elsewhere", fr = "Part retirée ailleurs", es = "Parte retirada en otro lugar" }
observed = "share"
threshold = "least_out"
sense = "at_least"

[[indicators]]
label = { en = "Sum deposited", fr = "Somme déposée", es = "Suma depositada" }
observed = "deposited"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 259200
unit = "seconds"
least = 86400
most = 2592000
reason = "Three days from the first deposit to the withdrawal; where only dates are known, three calendar days"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 100
reason = "People bank where they live and where they work: a third place within three days needs a reason"

[params.least_out]
default = 700
unit = "per_mille"
least = 100
most = 1000
reason = "Seven tenths are taken out elsewhere: the account only carries the money from place to place"

[params.most_out]
default = 1100
unit = "per_mille"
least = 1000
most = 5000
reason = "A tenth more than came in covers what was there before; beyond it the account withdraws other money"

[params.sum_share]
default = 250
unit = "per_mille"
least = 0
most = 100000
reason = "A quarter of the threshold in three days: small help from several towns stays silent"

[params.history_s]
default = 2419200
unit = "seconds"
least = 604800
most = 31536000
reason = "Four weeks, or as much of them as the data holds: who pays cash in where he takes it out goes round, as traders do"

[params.least_history_s]
default = 604800
unit = "seconds"
least = 86400
most = 31536000
reason = "A week shows once round what is usual: wages, market days, rents. With less everything looks new, because the data is"

[bases.typical]
rows = """
occurred_at      | channel         | amount  | from_account | to_account | place
2026-02-01 09:00 | transfer        | 50.00   | Z-1          | Z-2        |
2026-03-02 09:10 | cash_deposit    | 2600.00 |              | A-1        | Gao
2026-03-02 11:40 | cash_deposit    | 2400.00 |              | A-1        | Mopti
2026-03-03 16:05 | cash_deposit    | 2700.00 |              | A-1        | Kayes
2026-03-05 09:09 | cash_withdrawal | 7000.00 | A-1          |            | Bamako
"""

[[fires]]
name = "three towns pay in, a fourth takes out three days later less a minute"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: deposits on the first and second day, the withdrawal on the third"
base = "typical"
dates_only = true
change.5.occurred_at = "2026-03-04"
flags = ["A-1"]

[[silent]]
name = "the withdrawal comes three days after the first deposit to the minute"
base = "typical"
change.5.occurred_at = "2026-03-05 09:10"

[[silent]]
name = "only dates are known: the withdrawal comes on the fourth day"
base = "typical"
dates_only = true

[[silent]]
name = "two places pay in three times"
base = "typical"
change.4.place = "Gao"

[[silent]]
name = "the cash is taken out where a part of it was paid in"
base = "typical"
change.5.place = "Gao"

[[silent]]
name = "a travelling trader has paid cash in at home two weeks before"
base = "typical"
rows = """
occurred_at      | channel      | amount | to_account | place
2026-02-17 09:10 | cash_deposit | 900.00 | A-1        | Bamako
"""

[[silent]]
name = "the cash is taken out before it is paid in"
base = "typical"
change.5.occurred_at = "2026-03-02 08:09"

[[silent]]
name = "cash taken out before the deposits, and a little after them"
rows = """
occurred_at      | channel         | amount  | from_account | to_account | place
2026-02-01 09:00 | transfer        | 50.00   | Z-1          | Z-2        |
2026-03-02 09:00 | cash_withdrawal | 6500.00 | A-1          |            | Bamako
2026-03-02 09:10 | cash_deposit    | 2600.00 |              | A-1        | Gao
2026-03-02 11:40 | cash_deposit    | 2400.00 |              | A-1        | Mopti
2026-03-03 16:05 | cash_deposit    | 2700.00 |              | A-1        | Kayes
2026-03-05 09:09 | cash_withdrawal | 500.00  | A-1          |            | Bamako
"""

[[silent]]
name = "half of it stays in the account"
base = "typical"
change.5.amount = "3800.00"

[[silent]]
name = "the same in the first days of the data"
base = "typical"
change.1.occurred_at = "2026-02-27 09:00"

[[silent]]
name = "pocket money from three towns"
rows = """
occurred_at      | channel         | amount | from_account | to_account | place
2026-02-01 09:00 | transfer        | 50.00  | Z-1          | Z-2        |
2026-03-02 09:10 | cash_deposit    | 60.00  |              | A-1        | Gao
2026-03-02 11:40 | cash_deposit    | 40.00  |              | A-1        | Mopti
2026-03-03 16:05 | cash_deposit    | 70.00  |              | A-1        | Kayes
2026-03-05 09:09 | cash_withdrawal | 160.00 | A-1          |            | Bamako
"""

[[silent]]
name = "one of the deposits undoes another"
base = "typical"
change.4.reverses = "r-9"

[[silent]]
name = "a licensed agent collects cash in three towns"
base = "typical"
tables.segments = """
account | segment        | valid_from | valid_to | source
X|A-1   | licensed_agent | 2025-01-01 |          | example
"""
---*/
-- A deposit stands at its earliest moment, a withdrawal at its latest. A withdrawal counts where the account has deposited
-- nothing at that place in the weeks before and in the window. Each place is counted from a deposit until the next one there,
-- or until the window has passed. Places are compared as they are written. What was withdrawn before the first deposit of the
-- window does not count. Strength: 500 where places just reach their number, 1000 where they are twice as many.
with spread as (
    select to_account as account
    from transactions
    where channel = 'cash_deposit' and place is not null and to_account is not null
    group by to_account
    having count(distinct place) >= $at_least
),
takers as (
    select distinct from_account as account
    from transactions
    where channel = 'cash_withdrawal' and place is not null and from_account in (select account from spread)
),
cash as (
    select f.account, f.direction, f.txn, t.place,
           case when f.direction = 'in' then f.t_s else f.t_end_s end as moment,
           case when f.direction = 'in' then f.amount_base else 0 end as amount_in,
           case when f.direction = 'out' then f.amount_base else 0 end as amount_out,
           f.threshold_base
    from flows as f
    join transactions as t on t.txn = f.txn
    where f.account in (select account from takers)
      and f.channel in ('cash_deposit', 'cash_withdrawal')
      and t.place is not null
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
),
known as (
    select account, direction, txn, place, moment, amount_in, amount_out, threshold_base,
           max(case when direction = 'in' then moment end) over (
               partition by account, place order by moment range between $history_s preceding and current row
           ) as deposited_s
    from cash
),
legs as (
    select account, direction, txn, place, moment as t_s, amount_in, amount_out, threshold_base
    from known
    where direction = 'in' or deposited_s is null
),
stays as (
    select account, t_s as from_s,
           least(
               t_s + $window_s, coalesce(lead(t_s) over (partition by account, place order by t_s, txn), t_s + $window_s)
           ) as to_s
    from legs
    where direction = 'in'
),
changes as (
    select account, from_s as moment, 1 as change from stays
    union all
    select account, to_s as moment, -1 as change from stays
    union all
    select account, t_s as moment, 0 as change from legs where direction = 'out'
),
counted as (
    select distinct account, moment,
           sum(change) over (
               partition by account order by moment range between unbounded preceding and current row
           ) as places
    from changes
),
added as (
    select account, direction, txn, t_s, amount_in, threshold_base,
           sum(amount_out) over (partition by account order by t_s) as out_so_far,
           sum(amount_out) over (
               partition by account order by t_s range between unbounded preceding and 1 preceding
           ) as out_earlier
    from legs
),
spells as (
    select account, direction, txn, t_s, out_so_far,
           sum(case when direction = 'in' then 1 else 0 end) over spell as deposits,
           sum(amount_in) over spell as deposited,
           min(case when direction = 'in' then coalesce(out_earlier, 0) end) over spell as out_before,
           min(case when direction = 'in' then t_s end) over spell as first_s,
           max(threshold_base) over spell as threshold
    from added
    window spell as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select s.account as subject,
       s.first_s as window_start_s,
       s.t_s as window_end_s,
       least(per_mille(c.places, $at_least) // 2, 1000) as strength,
       s.txn,
       s.t_s,
       s.deposited as size,
       c.places,
       s.deposits,
       s.deposited,
       s.out_so_far - s.out_before as withdrawn,
       per_mille(s.out_so_far - s.out_before, s.deposited) as share,
       cast(s.threshold * $sum_share * 0.001 as decimal(24, 4)) as needed,
       least($history_s, s.first_s - a.covered_s) // 86400 as known
from spells as s
join counted as c on c.account = s.account and c.moment = s.t_s
join accounts as a on a.account = s.account
where s.direction = 'out'
  and c.places >= $at_least
  and (s.out_so_far - s.out_before) * 1000 >= s.deposited * $least_out
  and (s.out_so_far - s.out_before) * 1000 <= s.deposited * $most_out
  and s.deposited * 1000 >= s.threshold * $sum_share
  and s.first_s - a.covered_s >= $least_history_s
