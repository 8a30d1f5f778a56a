-- The ledger's first shape. Every table is append-only; no primary keys, no indexes, no foreign keys: the journal keeps order.
-- `applied` says which journal entries are in here: one row an entry, written in the transaction that applied it.
create table applied (seq bigint not null, leaf varchar not null);

create table entries (
    seq bigint not null, type varchar not null, recorded_at varchar not null, actor varchar not null, role varchar not null,
    session varchar not null, object varchar not null, purpose varchar not null
);

create table partners (
    seq bigint not null, partner varchar not null, name varchar not null, institution varchar not null, recorded_at varchar not null
);

create table batches (
    seq bigint not null, batch varchar not null, partner varchar not null, recorded_at varchar not null, status varchar not null,
    name varchar not null, size bigint not null, original varchar not null, format varchar, mapping varchar, mapping_digest varchar,
    institution varchar, received_at varchar, segment varchar, rows bigint not null, accepted bigint not null,
    duplicates bigint not null, rejected bigint not null, replaces varchar, idempotency varchar, refusal varchar, files varchar not null
);

create table transactions (batch varchar not null, seq bigint not null, {segment_columns});

create table rejects (batch varchar not null, seq bigint not null, {rejects_columns});

create table references_loaded (
    seq bigint not null, kind varchar not null, digest varchar not null, recorded_at varchar not null, payload varchar not null
);

create table runs (
    seq bigint not null, run varchar not null, status varchar not null, recorded_at varchar not null, actor varchar not null,
    payload varchar not null
);

-- The accepted batches of a snapshot: entries 0 to `snapshot`, both included, without those that a later one of them replaces.
create macro batches_as_of(snapshot) as table
select b.* from batches as b
where b.status = 'accepted' and b.seq <= snapshot
  and not exists (
      select 1 from batches as r where r.status = 'accepted' and r.replaces = b.batch and r.seq <= snapshot
  );

create view current_batches as select * from batches_as_of(9223372036854775807);

create view current_transactions as
select t.*, b.partner as submitter from transactions as t join current_batches as b on t.seq = b.seq;
