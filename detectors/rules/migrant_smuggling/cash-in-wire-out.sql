/*---
id = "cash-in-wire-out"
title.en = "Cash that is paid in leaves for another country within days"
title.fr = "Des espèces déposées partent à l'étranger en quelques jours"
title.es = "El efectivo depositado sale hacia otro país en pocos días"
family = "migrant_smuggling"
tier = "core"
status = "live"
severity = "medium"
weight = 6
peaks = "window_s"
sources = [
    "FIN-2014-A008 and FIN-2023-Alert001 (cash deposits followed by wires towards the border or abroad)",
    "Shares and sums: our judgement, to be calibrated on labelled data",
]
exclusions = ["licensed_agent", "bureau_de_change", "licensed_trader", "aid_programme"]
benign = [
    { en = "A licensed remitter or agent who forwards what customers hand over", fr = "Un agent de transfert agréé qui expédie ce que ses clients lui remettent", es = "Un agente de remesas autorizado que envía lo que le entregan sus clientes" },
    { en = "A trader who banks his takings and pays suppliers abroad", fr = "Un commerçant qui dépose sa recette et paie ses fournisseurs à l'étranger", es = "Un comerciante que deposita su recaudación y paga a proveedores en el extranjero" },
    { en = "A family that sends school or hospital money to a relative", fr = "Une famille qui envoie de quoi payer l'école ou l'hôpital d'un parent", es = "Una familia que envía dinero a un pariente para la escuela o el hospital" },
]
next_step.en = "Ask where the cash came from and who deposited it; see who receives it abroad, and from whom else."
next_step.fr = "Demander d'où viennent les espèces et qui les a déposées ; voir qui les reçoit à l'étranger, et de qui d'autre."
next_step.es = "Preguntar de dónde viene el efectivo y quién lo depositó; ver quién lo recibe en el extranjero y de quién más."
why.en = "{deposits|# cash deposit|# cash deposits} of {cash} in all, and {sent} ({share}) sent abroad in {wires|# payment|# payments} within {window_s}"
why.fr = "{deposits|# dépôt d'espèces|# dépôts d'espèces} de {cash} au total, et {sent} ({share}) envoyés à l'étranger en {wires|# paiement|# paiements} en {window_s}"
why.es = "{deposits|# depósito en efectivo|# depósitos en efectivo} de {cash} en total, y {sent} ({share}) enviados al extranjero en {wires|# pago|# pagos} en {window_s}"

[roles]
subject = "mule"
senders = "payer"
receivers = "beneficiary"

[facts]
deposits = "count"
wires = "count"
cash = "money"
sent = "money"
share = "percent"
needed = "money"

[[indicators]]
label = { en = "Share of the cash that went abroad", fr = "Part des espèces partie à l'étranger", es = "Parte del efectivo que salió al extranjero" }
observed = "share"
threshold = "least_out"
sense = "at_least"

[[indicators]]
label = { en = "Cash paid in", fr = "Espèces déposées", es = "Efectivo depositado" }
observed = "cash"
threshold = "needed"
sense = "at_least"

[[indicators]]
label = { en = "Cash deposits", fr = "Dépôts d'espèces", es = "Depósitos en efectivo" }
observed = "deposits"
threshold = "at_least"
sense = "at_least"

[params.window_s]
default = 259200
unit = "seconds"
least = 86400
most = 2592000
reason = "Seventy-two hours from the first deposit to the last payment: the money is under way, not saved"

[params.at_least]
default = 2
unit = "count"
least = 1
most = 100
reason = "One deposit and one payment abroad are a family that sends its savings"

[params.least_out]
default = 700
unit = "per_mille"
least = 100
most = 1000
reason = "Seven tenths leave the country: the rest is the usual reward and the costs on the way"

[params.most_out]
default = 1100
unit = "per_mille"
least = 1000
most = 5000
reason = "A tenth more than the cash covers fees and change; beyond it the account sends other money"

[params.sum_share]
default = 500
unit = "per_mille"
least = 0
most = 100000
reason = "Half of the threshold in three days: what a household earns in a month and sends home lies below"

[params.most_daily]
default = 100
unit = "count"
least = 5
most = 2000
reason = "An account with more payments one way on some day is a till or an agent's float, where cash and wires balance by nature"

[bases.typical]
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | cash_deposit | 2400.00 |              | A-1        | US           | US
2026-03-02 15:40 | cash_deposit | 1900.00 |              | A-1        | US           | US
2026-03-03 10:00 | cash_deposit | 2200.00 |              | A-1        | US           | US
2026-03-03 15:30 | transfer     | 3000.00 | A-1          | P-1        | US           | MX
2026-03-05 09:09 | remittance   | 2600.00 | A-1          | P-2        | US           | GT
"""

[bases.lawful]
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | cash_deposit | 2900.00 |              | A-1        | FR           | FR
2026-03-02 19:10 | cash_deposit | 2800.00 |              | A-1        | FR           | FR
2026-03-05 09:10 | transfer     | 5200.00 | A-1          | P-1        | FR           | NE
"""

[[fires]]
name = "three deposits on two days, and nearly all of it leaves for another country"
base = "typical"
flags = ["A-1"]

[[fires]]
name = "only dates are known: in on the first day, out on the third"
base = "lawful"
dates_only = true
change.3.occurred_at = "2026-03-04"
flags = ["A-1"]

[[silent]]
name = "the payment leaves exactly three days after the first deposit"
base = "lawful"

[[silent]]
name = "only dates are known: out on the third day after"
base = "lawful"
dates_only = true

[[silent]]
name = "the money was sent before the cash came in"
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | transfer     | 5200.00 | A-1          | P-1        | FR           | NE
2026-03-02 19:10 | cash_deposit | 2800.00 |              | A-1        | FR           | FR
2026-03-03 09:10 | cash_deposit | 2900.00 |              | A-1        | FR           | FR
"""

[[silent]]
name = "one deposit: savings for a house at home"
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | cash_deposit | 6000.00 |              | A-1        | FR           | FR
2026-03-02 19:10 | transfer     | 5800.00 | A-1          | P-1        | FR           | NE
"""

[[silent]]
name = "a wage earner deposits twice and supports a family abroad: the sums are small"
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | cash_deposit |  600.00 |              | A-1        | FR           | FR
2026-03-02 19:10 | cash_deposit |  800.00 |              | A-1        | FR           | FR
2026-03-03 09:10 | remittance   | 1200.00 | A-1          | P-1        | FR           | NE
"""

[[silent]]
name = "a market trader pays suppliers in his own country"
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | cash_deposit | 2900.00 |              | A-1        | NE           | NE
2026-03-02 19:10 | cash_deposit | 2800.00 |              | A-1        | NE           | NE
2026-03-03 09:10 | transfer     | 5200.00 | A-1          | P-1        | NE           | NE
"""

[[silent]]
name = "less than seven tenths leave: a shop keeps its takings and pays one supplier abroad"
rows = """
occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country
2026-03-02 09:10 | cash_deposit | 3000.00 |              | A-1        | FR           | FR
2026-03-02 19:10 | cash_deposit | 3000.00 |              | A-1        | FR           | FR
2026-03-03 09:10 | transfer     | 4199.99 | A-1          | P-1        | FR           | NE
"""

[[silent]]
name = "an importer sends much more than the cash of the day"
rows = """
occurred_at      | channel      | amount   | from_account | to_account | from_country | to_country
2026-03-02 09:10 | cash_deposit |  2900.00 |              | A-1        | FR           | FR
2026-03-02 19:10 | cash_deposit |  2800.00 |              | A-1        | FR           | FR
2026-03-03 09:10 | transfer     | 45200.00 | A-1          | P-1        | FR           | CN
"""

[[silent]]
name = "a wire that undoes an earlier one, and a move between two places of one account"
rows = """
reference | occurred_at      | channel      | amount  | from_account | to_account | from_country | to_country | reverses
r-1       | 2026-03-02 09:10 | cash_deposit | 2900.00 |              | A-1        | FR           | FR         |
r-2       | 2026-03-02 19:10 | cash_deposit | 2800.00 |              | A-1        | FR           | FR         |
r-3       | 2026-03-03 09:10 | transfer     | 3000.00 | A-1          | P-1        | FR           | NE         | r-9
r-4       | 2026-03-03 10:10 | transfer     | 2200.00 | A-1          | A-1        | FR           | NE         |
"""

[[silent]]
name = "a licensed remitter forwards what customers hand over"
base = "typical"
tables.segments = """
account | segment        | valid_from | valid_to | source
X|A-1   | licensed_agent | 2025-01-01 |          | example
"""
---*/
-- Cash before the wire where it can have been so: a deposit stands at its earliest moment, a wire at its latest, and what was
-- sent before the first deposit of the window does not count. Strength: the mean of the share that left and the sum against the
-- threshold, 500 where the sum is half of it and about half of the cash has left.
with least_threshold as (
    select min(threshold_base) as threshold from flows
),
-- Only accounts that can reach the sum: one of the days that a window touches holds its part of it.
depositors as (
    select d.account
    from daily as d
    cross join least_threshold as t
    where d.direction = 'in'
      and d.cash_base > 0
      and d.cash_base * 1000 * (($window_s - 1) // 86400 + 2) >= t.threshold * $sum_share
    except
    select account from daily where payments > $most_daily
),
legs as (
    select account, direction, txn,
           case when direction = 'in' then t_s else t_end_s end as t_s,
           case when direction = 'in' then amount_base else 0 end as paid_in,
           case when direction = 'out' then amount_base else 0 end as paid_out,
           threshold_base
    from flows
    where account in (select account from depositors)
      and amount_base is not null
      and threshold_base is not null
      and not is_reversal
      and (
          (direction = 'in' and channel = 'cash_deposit')
          or (
              direction = 'out'
              and country <> home
              and counterparty <> account
              and channel not in ('fee', 'cash_withdrawal', 'crypto_buy')
          )
      )
),
sent as (
    select account, direction, txn, t_s, paid_in, threshold_base,
           sum(paid_out) over (partition by account order by t_s) as out_so_far,
           sum(paid_out) over (
               partition by account order by t_s range between unbounded preceding and 1 preceding
           ) as out_earlier,
           sum(case when direction = 'out' then 1 else 0 end) over (partition by account order by t_s) as wires_so_far,
           sum(case when direction = 'out' then 1 else 0 end) over (
               partition by account order by t_s range between unbounded preceding and 1 preceding
           ) as wires_earlier
    from legs
),
spans as (
    select account, direction, txn, t_s, out_so_far, wires_so_far,
           sum(paid_in) over recent as cash,
           sum(case when direction = 'in' then 1 else 0 end) over recent as deposits,
           min(case when direction = 'in' then coalesce(out_earlier, 0) end) over recent as out_before,
           min(case when direction = 'in' then coalesce(wires_earlier, 0) end) over recent as wires_before,
           min(case when direction = 'in' then t_s end) over recent as first_s,
           max(threshold_base) over recent as threshold
    from sent
    window recent as (
        partition by account order by t_s range between ($window_s - 1) preceding and current row
    )
)
select account as subject,
       first_s as window_start_s,
       t_s as window_end_s,
       (least(per_mille(out_so_far - out_before, cash), 1000) + least(per_mille(cash, threshold), 1000)) // 2 as strength,
       txn,
       t_s,
       cash as size,
       deposits,
       wires_so_far - wires_before as wires,
       cash,
       out_so_far - out_before as sent,
       per_mille(out_so_far - out_before, cash) as share,
       cast(threshold * $sum_share * 0.001 as decimal(24, 4)) as needed
from spans
where direction = 'out'
  and deposits >= $at_least
  and cash * 1000 >= threshold * $sum_share
  and (out_so_far - out_before) * 1000 >= cash * $least_out
  and (out_so_far - out_before) * 1000 <= cash * $most_out
