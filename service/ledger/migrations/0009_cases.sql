-- Cases, suppressions, and what people asked of accounts. Append-only like the rest: the latest row of a thing is how it stands.
-- Which accounts an alert is about, so that the alerts of an account are found without reading every alert.
create table alert_members (
    seq bigint not null, alert varchar not null, version integer not null, account varchar not null, role varchar not null
);

create view standing_members as
select m.alert, m.account, m.role
from alert_members as m
join (select alert, max(version) as version from alert_versions group by alert) as latest
  on latest.alert = m.alert and latest.version = m.version;

-- A case after each act upon it: `body` is the canonical JSON of `schemas.case.Case`, the columns are what lists ask for.
create table case_versions (
    seq bigint not null, case_id varchar not null, revision integer not null, state varchar not null, title varchar not null,
    lead varchar, proposer varchar, due_at varchar, paused_at varchar, alerts varchar[] not null, people varchar[] not null,
    body varchar not null
);

create view standing_cases as
select v.* from case_versions as v
join (select case_id, max(revision) as revision from case_versions group by case_id) as latest
  on latest.case_id = v.case_id and latest.revision = v.revision;

create view standing_case_alerts as
select case_id, unnest(alerts) as alert from standing_cases;

create table case_acts (
    seq bigint not null, case_id varchar not null, recorded_at varchar not null, actor varchar not null, role varchar not null,
    act varchar not null, state varchar not null, told varchar not null
);

-- A subject and family whose alerts stay out of the queue until a day, once a second person approved it.
create table suppressions (
    seq bigint not null, suppression varchar not null, recorded_at varchar not null, actor varchar not null,
    role varchar not null, act varchar not null, state varchar not null, subject varchar not null,
    subject_account varchar not null, family varchar not null, expires_at varchar not null, reason varchar not null,
    alert varchar not null, proposed_by varchar not null, proposed_at varchar not null, decided_by varchar, decided_at varchar
);

create view current_suppressions as
select * from suppressions qualify row_number() over (partition by suppression order by seq desc) = 1;

-- Who looked at an account's page, and whether its identifiers were shown in clear.
create table entity_looks (
    seq bigint not null, account varchar not null, recorded_at varchar not null, actor varchar not null, role varchar not null,
    look varchar not null, reason varchar not null
);

-- What people said of two accounts: the same holder, different ones, or unsure. `one` sorts before `other`.
create table comparisons (
    seq bigint not null, one varchar not null, other varchar not null, recorded_at varchar not null, actor varchar not null,
    role varchar not null, verdict varchar not null, stands_on varchar[] not null, note varchar not null
);

create view current_comparisons as
select * from comparisons qualify row_number() over (partition by one, other order by seq desc) = 1;
