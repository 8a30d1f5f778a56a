-- in place: no submission from before this step said how it was to be handled as it was sent.
-- What it said, as canonical JSON, so that the same under the same idempotency key is known again.
alter table batches add column handling_asked varchar;

create or replace view current_batches as select * from batches_as_of(9223372036854775807);
