-- The first transaction between each two accounts, whichever way the money went.
create table contacts as
select min(txn) as txn
from payments
where from_account is not null and to_account is not null and from_account <> to_account
group by least(from_account, to_account), greatest(from_account, to_account)
