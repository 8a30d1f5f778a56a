-- The payments that tie networks, in the order of time. `wanted` has the transaction and the network.
select
    wanted.network as network,
    transactions.txn as txn,
    transactions.from_account as payer,
    transactions.to_account as payee,
    transactions.day as day,
    cast(transactions.currency as varchar) as currency,
    transactions.amount as amount,
    cast(least(floor(coalesce(transactions.amount_base, 0)), 9000000000000) as bigint) as moved,
    transactions.amount_base is null as is_unpriced
from transactions
inner join wanted on transactions.txn = wanted.txn
order by wanted.network, transactions.txn
