-- in place: no entry from before this step has notes, or parties or accounts beside its transactions.
-- What the reader of a batch chose and left out, in sentences: a canonical JSON array.
alter table batches add column notes varchar;

create or replace view current_batches as select * from batches_as_of(9223372036854775807);

create or replace view current_transactions as
select t.*, b.batch, b.partner as submitter from transactions as t join current_batches as b on t.seq = b.seq;

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
