-- Who may come in. Append-only like the rest: the latest row of an account, a key or an alert is how it stands.
-- `password` is an argon2 hash and `digest` a SHA-256; the secrets themselves are nowhere.
create table people (
    seq bigint not null, account varchar not null, name varchar not null, role varchar not null, partner varchar,
    active boolean not null, password varchar, recorded_at varchar not null
);

create view current_people as
select * from people qualify row_number() over (partition by account order by seq desc) = 1;

create table api_keys (
    seq bigint not null, key varchar not null, account varchar not null, digest varchar not null, active boolean not null,
    recorded_at varchar not null
);

create view current_keys as
select * from api_keys qualify row_number() over (partition by key order by seq desc) = 1;

-- To whom an alert is restricted. No people: the restriction is lifted.
create table restrictions (seq bigint not null, alert varchar not null, people varchar[] not null, recorded_at varchar not null);

create view current_restrictions as
select * from (select * from restrictions qualify row_number() over (partition by alert order by seq desc) = 1)
where len(people) > 0;
