-- The names of the columns that a batch's mapping did not know, as its entry tells them; old entries fill it too.
alter table batches add column extra_columns varchar;

create or replace view current_batches as select * from batches_as_of(9223372036854775807);

create or replace view current_transactions as
select t.*, b.partner as submitter from transactions as t join current_batches as b on t.seq = b.seq;
