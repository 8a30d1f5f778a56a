/*---
id = "permit-facilitation"
title.en = "A firm that lives from concessions pays officials, or people for advice or permits"
title.fr = "Une entreprise qui vit de concessions paie des agents publics, ou des personnes pour des conseils ou des permis"
title.es = "Una empresa que vive de concesiones paga a funcionarios, o a personas por asesoría o permisos"
family = "wildlife_timber"
tier = "enriched"
status = "test"
severity = "high"
weight = 6
tables = ["profiles"]
peaks = "window_s"
sources = [
    "AMLTRIX IND02636",
    "FATF, Money Laundering from Environmental Crime (2021): permits bought through officials and intermediaries",
    "Sums and numbers: our judgement, to be calibrated on labelled data",
]
exclusions = ["state_account"]
benign = [
    { en = "Fees and taxes on an account of the treasury that is not registered as such", fr = "Des droits et taxes sur un compte du trésor qui n'est pas enregistré comme tel", es = "Tasas e impuestos en una cuenta del tesoro no registrada como tal" },
    { en = "An engineer or a lawyer who advises on a permit", fr = "Un ingénieur ou un avocat qui conseille sur un permis", es = "Un ingeniero o un abogado que asesora sobre un permiso" },
    { en = "Rent for land that an official owns", fr = "Le loyer d'un terrain qui appartient à un agent public", es = "El alquiler de un terreno que pertenece a un funcionario" },
]
next_step.en = "Ask the firm for contract and proof of the service; compare the dates with those of permits and concessions granted."
next_step.fr = "Demander à l'entreprise le contrat et la preuve du service ; comparer les dates à celles des permis et concessions accordés."
next_step.es = "Pedir a la empresa el contrato y la prueba del servicio; comparar las fechas con las de los permisos y concesiones otorgados."
why.en = "{officials||# payment to accounts of listed officials or their associates, |# payments to accounts of listed officials or their associates, }{advice||# payment to people for advice or permits, |# payments to people for advice or permits, }{total} in all, within {days}"
why.fr = "{officials||# paiement vers des comptes d'agents publics listés ou de leurs proches, |# paiements vers des comptes d'agents publics listés ou de leurs proches, }{advice||# paiement à des personnes pour des conseils ou des permis, |# paiements à des personnes pour des conseils ou des permis, }{total} au total, en {days}"
why.es = "{officials||# pago a cuentas de funcionarios listados o de sus allegados, |# pagos a cuentas de funcionarios listados o de sus allegados, }{advice||# pago a personas por asesoría o permisos, |# pagos a personas por asesoría o permisos, }{total} en total, en {days}"

[roles]
subject = "payer"
senders = "payer"
receivers = "beneficiary"

[facts]
officials = "count"
advice = "count"
total = "money"
needed = "money"
days = "days"

[[indicators]]
label = { en = "Sum of the payments", fr = "Somme des paiements", es = "Suma de los pagos" }
observed = "total"
threshold = "needed"
sense = "at_least"

[params.window_s]
default = 7776000
unit = "seconds"
least = 604800
most = 31536000
reason = "Ninety days: a quarter spans an application from filing to grant"

[params.least_advice]
default = 2
unit = "count"
least = 1
most = 100
reason = "One fee for advice is a service; only a second to private people, without a listed official, makes a look worthwhile"

[params.official_share]
default = 50
unit = "per_mille"
least = 0
most = 100000
reason = "A twentieth of the threshold is more than a courtesy to an official"

[params.advice_share]
default = 500
unit = "per_mille"
least = 0
most = 100000
reason = "Half of the threshold: below it lie what engineers and notaries usually bill"

[[fires]]
name = "a mining firm pays an official"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 500.00 | A-1          | O-1        | thanks
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | extractive |          |                |                 | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 |          | test
"""

[[fires]]
name = "only dates are known: two fees to people, on day 1 and day 90"
rows = """
occurred_at | amount  | from_account | to_account | to_kind | purpose
2026-01-01  | 3000.00 | A-1          | P-1        | person  | Honoraires de conseil
2026-03-31  | 2000.00 | A-1          | P-2        | person  | mining permit, facilitation
"""
flags = ["A-1"]
[fires.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | extractive |          |                |                 | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "only dates are known: the second fee on day 91"
rows = """
occurred_at | amount  | from_account | to_account | to_kind | purpose
2026-01-01  | 3000.00 | A-1          | P-1        | person  | Honoraires de conseil
2026-04-01  | 2000.00 | A-1          | P-2        | person  | mining permit, facilitation
"""
[silent.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | extractive |          |                |                 | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "an official is paid one cent less than a twentieth of the threshold"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 499.99 | A-1          | O-1        |
"""
[silent.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | extractive |          |                |                 | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "a bakery pays its landlord, who is an official"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 900.00 | A-1          | O-1        | rent
"""
[silent.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | retail |          |                |                 | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "lawful fees to an account of the treasury, to which the list names an official"
rows = """
occurred_at      | amount  | from_account | to_account | to_kind     | purpose
2026-03-02 09:10 | 9000.00 | A-1          | O-1        | public_body | mining permit
2026-03-12 09:10 | 9000.00 | A-1          | O-1        | public_body | mining permit
"""
[silent.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | extractive |          |                |                 | 2020-01-01 |          | test
"""
segments = """
account | segment       | valid_from | valid_to | source
X|O-1   | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "fees to firms of consultants"
rows = """
occurred_at      | amount  | from_account | to_account | to_kind  | purpose
2026-03-02 09:10 | 9000.00 | A-1          | C-1        | business | consultoría
2026-03-12 09:10 | 9000.00 | A-1          | C-2        | business | consultoría
"""
[silent.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | extractive |          |                |                 | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "the list no longer named him on that day"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 500.00 | A-1          | O-1        | thanks
"""
[silent.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | extractive |          |                |                 | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to   | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 | 2026-03-02 | test
"""

[[silent]]
name = "a state company's own account, registered as such"
rows = """
occurred_at      | amount | from_account | to_account | purpose
2026-03-02 09:10 | 900.00 | A-1          | O-1        | allowance
"""
[silent.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | extractive |          |                |                 | 2020-01-01 |          | test
"""
segments = """
account | segment       | valid_from | valid_to | source
X|A-1   | state_account | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 |          | test
"""

[[silent]]
name = "a payment that undoes an earlier one"
rows = """
reference | occurred_at      | amount | from_account | to_account | reverses
r-1       | 2026-03-02 09:10 | 900.00 | A-1          | O-1        | r-9
"""
[silent.tables]
lexicon = """
topic      | language | term                  | source
consulting | *        | honoraires de conseil | test
consulting | *        | consultoría           | test
permit     | *        | mining permit         | test
"""
profiles = """
account | sector     | currency | monthly_income | licensed_output | valid_from | valid_to | source
X|A-1   | extractive |          |                |                 | 2020-01-01 |          | test
"""
watchlist = """
entry | list | kind     | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1   | test | official |      |            |            | X|O-1   | B2    | no           | 2020-01-01 |          | test
"""
---*/
-- Two ways: to an official or associate whom a list names on that day, whatever the text says; or to people, for advice or permits.
-- Accounts of the treasury do not count. Strength: 500 where the sum just reaches what is needed, 1000 at twice as much.
with firms as (
    select account, from_day, to_day
    from profiles
    where sector in ('extractive', 'forestry', 'artisanal_mining', 'gold_export', 'gold_refining', 'fishing', 'fuel')
),
wished as (
    select distinct txn from mentions where topic in ('consulting', 'permit')
),
paid as (
    select f.account, f.counterparty, f.txn, f.t_s, f.t_end_s, f.day, f.amount_base, f.threshold_base
    from flows as f
    join firms as b on b.account = f.account and b.from_day <= f.day and f.day < b.to_day
    left join segments as s
      on s.account = f.counterparty and s.segment = 'state_account' and s.from_day <= f.day and f.day < s.to_day
    where f.direction = 'out'
      and f.counterparty <> f.account
      and s.account is null
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.amount_base is not null
      and f.threshold_base is not null
),
to_officials as (
    select distinct p.txn
    from paid as p
    join watched as w on w.account = p.counterparty and w.from_day <= p.day and p.day < w.to_day
    where w.kind in ('official', 'associate', 'pep')
),
legs as (
    select p.account, p.txn, p.t_s, p.t_end_s, p.amount_base, p.threshold_base,
           case when o.txn is null then 0 else 1 end as is_official
    from paid as p
    join accounts as a on a.account = p.counterparty
    left join to_officials as o on o.txn = p.txn
    left join wished as m on m.txn = p.txn
    where o.txn is not null or (m.txn is not null and a.kind = 'person')
),
quarters as (
    select account, txn, t_s,
           sum(is_official) over quarter as officials,
           sum(1 - is_official) over quarter as advice,
           sum(amount_base) over quarter as total,
           sum(amount_base * is_official) over quarter as official_total,
           max(threshold_base) over quarter as threshold,
           min(t_s) over quarter as first_s,
           max(t_end_s) over quarter as last_s
    from legs
    window quarter as (
        partition by account order by t_s range between ($window_s - 1) preceding and current row
    )
),
favours as (
    select account, txn, t_s, officials, advice, total, first_s, last_s,
           case when officials > 0 and official_total * 1000 >= threshold * $official_share
                then cast(threshold * $official_share * 0.001 as decimal(24, 4))
                else cast(threshold * $advice_share * 0.001 as decimal(24, 4)) end as needed
    from quarters
    where last_s - first_s < $window_s
      and (
          (officials > 0 and official_total * 1000 >= threshold * $official_share)
          or (advice >= $least_advice and (total - official_total) * 1000 >= threshold * $advice_share)
      )
)
select account as subject,
       first_s as window_start_s,
       last_s as window_end_s,
       least(per_mille(total, greatest(needed, 1)) // 2, 1000) as strength,
       txn,
       t_s,
       total as size,
       officials,
       advice,
       total,
       needed,
       (last_s - first_s) // 86400 + 1 as days
from favours
