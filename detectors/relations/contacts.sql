-- The first transaction between each two accounts, whichever way the money went.
create table contacts as
select min(first_txn) as txn
from pairs
group by least(from_account, to_account), greatest(from_account, to_account)
