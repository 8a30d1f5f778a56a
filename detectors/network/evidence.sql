-- The payments of the networks that were found, by their place in the total order.
select txn, t_s, t_end_s, amount_base as amount
from transactions
where txn in (select unnest(?::integer[]))
order by txn
