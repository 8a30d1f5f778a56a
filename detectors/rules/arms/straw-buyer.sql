/*---
id = "straw-buyer"
title.en = "One account funds several people who at once buy arms"
title.fr = "Un compte finance plusieurs personnes qui achètent aussitôt des armes"
title.es = "Una cuenta financia a varias personas que compran armas enseguida"
family = "arms"
tier = "enriched"
status = "test"
severity = "high"
weight = 7
needs = ["merchant_category"]
tables = ["merchants"]
peaks = "window_s"
sources = [
    "Public descriptions of straw purchases of firearms",
    "Number of people, time and shares: our judgement, to be calibrated on labelled data",
]
exclusions = ["payroll", "licensed_trader", "savings_circle", "cooperative"]
benign = [
    { en = "A shooting or hunting club that equips its members", fr = "Un club de tir ou de chasse qui équipe ses membres", es = "Un club de tiro o de caza que equipa a sus socios" },
    { en = "A security firm that reimburses its guards", fr = "Une société de sécurité qui rembourse ses agents", es = "Una empresa de seguridad que reembolsa a sus guardias" },
]
next_step.en = "Ask the sellers for the purchase records, see who holds the arms now, and whether parcels went abroad."
next_step.fr = "Demander aux vendeurs les registres d'achat, voir qui détient les armes aujourd'hui et si des colis sont partis à l'étranger."
next_step.es = "Pedir a los vendedores los registros de compra, ver quién tiene hoy las armas y si salieron paquetes al extranjero."
why.en = "{buyers|# person was|# people were} paid by this account and bought at arms dealers within {funding_s}, {purchases|# purchase|# purchases} of {total} in all{shipments||; # payment to forwarders or couriers afterwards|; # payments to forwarders or couriers afterwards}"
why.fr = "{buyers|# personne payée|# personnes payées} par ce compte ont acheté chez des armuriers en {funding_s}, {purchases|# achat|# achats} pour {total} au total{shipments|| ; # paiement à des transporteurs ou coursiers ensuite| ; # paiements à des transporteurs ou coursiers ensuite}"
why.es = "{buyers|# persona cobró|# personas cobraron} de esta cuenta y compraron en armerías en {funding_s}, {purchases|# compra|# compras} por {total} en total{shipments||; después, # pago a transportistas o mensajerías|; después, # pagos a transportistas o mensajerías}"

[roles]
subject = "controller"
senders = "mule"
receivers = "beneficiary"

[facts]
buyers = "count"
purchases = "count"
total = "money"
shipments = "count"
days = "days"

[[indicators]]
label = { en = "People who were paid and bought", fr = "Personnes payées qui ont acheté", es = "Personas que cobraron y compraron" }
observed = "buyers"
threshold = "at_least"
sense = "at_least"

[params.window_s]
default = 2592000
unit = "seconds"
least = 259200
most = 15552000
reason = "Thirty days: a group is sent out within weeks, before the sellers compare their records"

[params.funding_s]
default = 259200
unit = "seconds"
least = 86400
most = 1209600
reason = "Seventy-two hours: the money for the purchase is handed on at once, as it is not the buyer's"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 100
reason = "Two are a gift and its return; three people with the same source of money are arranged"

[params.least_funded]
default = 500
unit = "per_mille"
least = 100
most = 1000
reason = "The payment covers half of the price at least: otherwise the buyer's own money bought it"

[params.most_funded]
default = 1500
unit = "per_mille"
least = 1000
most = 10000
reason = "At most half as much again, the reward included: a wage before a purchase is no funding of it"

[params.most_payees]
default = 50
unit = "count"
least = 3
most = 100000
reason = "Who pays more than fifty others is an employer or a shop; what it pays says nothing about a purchase"

[params.shipping_s]
default = 1209600
unit = "seconds"
least = 86400
most = 7776000
reason = "Two weeks after the last purchase: goods that are to leave are not kept for long"

[bases.lawful]
rows = """
occurred_at      | channel  | amount  | from_account | to_account | merchant_category
2026-03-02 09:00 | transfer | 1100.00 | A-1          | B-1        |
2026-03-02 16:00 | card     | 1000.00 | B-1          | V-1        | 5723
2026-03-05 09:00 | transfer | 1300.00 | A-1          | B-2        |
2026-03-06 11:00 | card     | 1200.00 | B-2          | V-2        | 5723
2026-03-12 09:00 | transfer |  900.00 | A-1          | B-3        |
2026-03-15 09:00 | card     |  850.00 | B-3          | V-1        | 5723
"""

[[fires]]
name = "three people are paid and buy within three days each, then a parcel is sent"
base = "lawful"
change.6.occurred_at = "2026-03-15 08:59"
rows = """
occurred_at      | channel | amount | from_account | to_account | merchant_category
2026-03-18 12:00 | card    | 80.00  | A-1          | C-1        | 4215
"""
flags = ["A-1"]
[fires.tables]
merchants = """
merchant_category | topic      | source
5723              | arms       | test
4215              | forwarding | test
"""

[[fires]]
name = "only dates are known: each buys on the third day"
base = "lawful"
dates_only = true
change.2.occurred_at = "2026-03-04"
change.4.occurred_at = "2026-03-07"
change.6.occurred_at = "2026-03-14"
flags = ["A-1"]
[fires.tables]
merchants = """
merchant_category | topic      | source
5723              | arms       | test
4215              | forwarding | test
"""

[[silent]]
name = "only dates are known: the third buys on the fourth day"
base = "lawful"
dates_only = true
change.2.occurred_at = "2026-03-04"
change.4.occurred_at = "2026-03-07"
[silent.tables]
merchants = """
merchant_category | topic      | source
5723              | arms       | test
4215              | forwarding | test
"""

[[silent]]
name = "the third buys exactly three days after the payment"
base = "lawful"
[silent.tables]
merchants = """
merchant_category | topic      | source
5723              | arms       | test
4215              | forwarding | test
"""

[[silent]]
name = "the payments come after the purchases: a club refunds its members"
rows = """
occurred_at      | channel  | amount  | from_account | to_account | merchant_category
2026-03-02 09:00 | card     | 1000.00 | B-1          | V-1        | 5723
2026-03-02 16:00 | transfer | 1000.00 | A-1          | B-1        |
2026-03-05 09:00 | card     | 1200.00 | B-2          | V-2        | 5723
2026-03-06 11:00 | transfer | 1200.00 | A-1          | B-2        |
2026-03-12 09:00 | card     |  850.00 | B-3          | V-1        | 5723
2026-03-12 10:00 | transfer |  850.00 | A-1          | B-3        |
"""
[silent.tables]
merchants = """
merchant_category | topic      | source
5723              | arms       | test
4215              | forwarding | test
"""

[[silent]]
name = "two people, one of whom buys twice"
rows = """
occurred_at      | channel  | amount  | from_account | to_account | merchant_category
2026-03-02 09:00 | transfer | 1100.00 | A-1          | B-1        |
2026-03-02 16:00 | card     | 1000.00 | B-1          | V-1        | 5723
2026-03-05 09:00 | transfer | 1300.00 | A-1          | B-2        |
2026-03-06 11:00 | card     | 1200.00 | B-2          | V-2        | 5723
2026-03-12 09:00 | transfer |  900.00 | A-1          | B-1        |
2026-03-12 16:00 | card     |  850.00 | B-1          | V-1        | 5723
"""
[silent.tables]
merchants = """
merchant_category | topic      | source
5723              | arms       | test
4215              | forwarding | test
"""

[[silent]]
name = "wages on the first, and three hunters buy a box of cartridges"
rows = """
occurred_at      | channel  | amount  | from_account | to_account | merchant_category
2026-03-01 09:00 | transfer | 2100.00 | A-1          | B-1        |
2026-03-01 09:00 | transfer | 2100.00 | A-1          | B-2        |
2026-03-01 09:00 | transfer | 2100.00 | A-1          | B-3        |
2026-03-02 16:00 | card     |  100.00 | B-1          | V-1        | 5723
2026-03-02 17:00 | card     |  120.00 | B-2          | V-1        | 5723
2026-03-02 18:00 | card     |   90.00 | B-3          | V-1        | 5723
"""
[silent.tables]
merchants = """
merchant_category | topic      | source
5723              | arms       | test
4215              | forwarding | test
"""

[[silent]]
name = "a shooting club that is registered as a cooperative"
base = "lawful"
change.6.occurred_at = "2026-03-13 09:00"
[silent.tables]
merchants = """
merchant_category | topic      | source
5723              | arms       | test
4215              | forwarding | test
"""
segments = """
account | segment     | valid_from | valid_to | source
X|A-1   | cooperative | 2020-01-01 |          | test
"""

[[silent]]
name = "the third purchase was undone"
rows = """
reference | occurred_at      | channel  | amount  | from_account | to_account | merchant_category | reverses
r-1       | 2026-03-02 09:00 | transfer | 1100.00 | A-1          | B-1        |                   |
r-2       | 2026-03-02 16:00 | card     | 1000.00 | B-1          | V-1        | 5723              |
r-3       | 2026-03-05 09:00 | transfer | 1300.00 | A-1          | B-2        |                   |
r-4       | 2026-03-06 11:00 | card     | 1200.00 | B-2          | V-2        | 5723              |
r-5       | 2026-03-12 09:00 | transfer |  900.00 | A-1          | B-3        |                   |
r-6       | 2026-03-13 09:00 | card     |  850.00 | B-3          | V-1        | 5723              | r-9
"""
[silent.tables]
merchants = """
merchant_category | topic      | source
5723              | arms       | test
4215              | forwarding | test
"""
---*/
-- A purchase is funded where a payment of about its price came in before it. What the buyer did with the goods is not in the data;
-- a payment to a forwarder or courier afterwards, by the source of the money or by a buyer, makes the finding stronger.
-- Strength: 500 at the least number of people, 1000 at twice as many; 200 more where something was sent.
with purchases as (
    select t.from_account as buyer, t.txn as purchase, t.t_s, t.t_end_s, t.amount_base
    from transactions as t
    join merchants as m on m.merchant_category = t.merchant_category
    where m.topic = 'arms' and t.from_account is not null and not t.is_reversal and t.amount_base is not null
),
sponsors as (
    select from_account from pairs group by from_account having count(*) between $at_least and $most_payees
),
funded as (
    select f.counterparty as account, p.buyer, p.purchase, p.t_end_s as bought_s, p.amount_base as price,
           min(f.txn) as funding, min(f.t_s) as funded_s
    from purchases as p
    join flows as f on f.account = p.buyer and f.direction = 'in'
    where f.counterparty in (select from_account from sponsors)
      and f.counterparty <> f.account
      and f.channel <> 'fee'
      and not f.is_reversal
      and f.t_s <= p.t_end_s
      and greatest(p.t_end_s, f.t_end_s) - least(p.t_s, f.t_s) < $funding_s
      and f.amount_base * 1000 >= p.amount_base * $least_funded
      and f.amount_base * 1000 <= p.amount_base * $most_funded
    group by f.counterparty, p.buyer, p.purchase, p.t_end_s, p.amount_base
),
legs as (
    select account, funding as txn, funded_s as t_s from funded
    union
    select account, purchase, bought_s from funded
),
rings as (
    select last.account, last.purchase as txn, last.bought_s as t_s,
           count(distinct each.buyer) as buyers,
           count(*) as purchases,
           sum(each.price) as total,
           min(each.funded_s) as first_s
    from funded as last
    join funded as each
      on each.account = last.account
     and each.bought_s <= last.bought_s
     and each.funded_s >= last.bought_s - ($window_s - 1)
    group by last.account, last.purchase, last.bought_s
    having count(distinct each.buyer) >= $at_least
),
members as (
    select account, account as member from funded
    union
    select account, buyer from funded
),
parcels as (
    select d.account, t.txn, t.t_s, t.t_end_s
    from transactions as t
    join merchants as m on m.merchant_category = t.merchant_category
    join members as d on d.member = t.from_account
    where m.topic = 'forwarding' and not t.is_reversal
),
shipped as (
    select r.account, r.txn, count(*) as shipments
    from rings as r
    join parcels as p on p.account = r.account and p.t_end_s >= r.first_s and p.t_s < r.t_s + $shipping_s
    group by r.account, r.txn
)
select r.account as subject,
       r.first_s as window_start_s,
       r.t_s as window_end_s,
       least(per_mille(r.buyers, $at_least) // 2 + case when s.shipments > 0 then 200 else 0 end, 1000) as strength,
       r.txn,
       r.t_s,
       r.total as size,
       r.buyers,
       r.purchases,
       r.total,
       coalesce(s.shipments, 0) as shipments,
       (r.t_s - r.first_s) // 86400 + 1 as days
from rings as r
left join shipped as s on s.account = r.account and s.txn = r.txn
