-- Payments between two different accounts, refunds too, in their total order. Days are calendar days in UTC, so that rows that name
-- only a date and rows that name a second are read alike.
select txn, day, from_account as payer, to_account as payee, is_reversal as refund
from transactions
where from_account is not null and to_account is not null and from_account <> to_account
order by txn
