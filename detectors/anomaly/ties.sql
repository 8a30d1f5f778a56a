-- The first payment ever between two accounts, in each window that it falls into. It continues `calendar.sql`.
select
    calendar.frame // 100000 as days,
    calendar.frame % 100000 as window_back,
    flows.txn as txn,
    flows.account as payer,
    flows.counterparty as payee
from flows
inner join calendar on flows.day = calendar.day
where flows.direction = 'out' and flows.first_contact and flows.t_s <= $3
order by days, window_back, txn
