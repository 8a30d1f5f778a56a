-- in place: accounts of before have no second factor and nothing to change, their keys do all that their role does, and batches of
-- before came without a word on their handling.
drop view current_people;

alter table people add column must_change boolean default false;

-- Who gave the account its password, where it was not its holder.
alter table people add column password_by varchar;

alter table people add column identity varchar;

create view current_people as
select * from people qualify row_number() over (partition by account order by seq desc) = 1;

drop view current_keys;

-- What a key may do besides being its holder's: no scopes means all that the role may.
alter table api_keys add column label varchar default '';

alter table api_keys add column scopes varchar[];

alter table api_keys add column expires_at varchar;

create view current_keys as
select * from api_keys qualify row_number() over (partition by key order by seq desc) = 1;

-- `secret` is sealed with a key that lies beside the journal and not in it; null where the factor was taken away.
create table factors (
    seq bigint not null, account varchar not null, secret varchar, recovery varchar[] not null, actor varchar not null,
    recorded_at varchar not null
);

create view current_factors as
select * from (select * from factors qualify row_number() over (partition by account order by seq desc) = 1)
where secret is not null;

-- What has been shown once and is not accepted again: the time step of a code, or the digest of a recovery code.
create table factor_uses (seq bigint not null, account varchar not null, step bigint, code varchar);

-- How an originator wants its data handled, as canonical JSON: by default, and for one batch.
create table partner_handling (seq bigint not null, partner varchar not null, handling varchar not null, recorded_at varchar not null);

create view current_partner_handling as
select * from partner_handling qualify row_number() over (partition by partner order by seq desc) = 1;

create table batch_handling (
    seq bigint not null, batch varchar not null, partner varchar not null, handling varchar not null, recorded_at varchar not null
);

create view current_batch_handling as
select * from batch_handling qualify row_number() over (partition by batch order by seq desc) = 1;

create table handling_consents (
    seq bigint not null, batch varchar not null, recipient varchar not null, document varchar not null, recorded_at varchar not null
);
