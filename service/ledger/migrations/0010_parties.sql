-- in place: no entry from before this step has parties or accounts beside its transactions.
-- Who and what stands behind a batch's transactions, as messages told it; `transactions` has the sides' account keys.
create table parties (seq bigint not null, {parties_columns});

create table accounts (seq bigint not null, {accounts_columns});

-- Those of the current transactions, with the account key of the side that an account stands on.
create view current_parties as
select p.*, b.batch, b.partner as submitter from parties as p join current_batches as b on p.seq = b.seq;

create view current_accounts as
select a.*, case a.side when 'from' then t.from_key else t.to_key end as key, b.batch, b.partner as submitter
from accounts as a
join current_batches as b on a.seq = b.seq
join transactions as t on t.seq = a.seq and t.reference = a.reference;
