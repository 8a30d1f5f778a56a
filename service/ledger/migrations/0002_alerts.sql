-- Standing alerts: versions that never change, and acts upon them. The state of an alert is a fold over both.
create table alert_versions (
    seq bigint not null, alert varchar not null, version integer not null, run varchar not null, recorded_at varchar not null,
    follows varchar, incomplete boolean not null, alert_key varchar not null, subject varchar not null,
    subject_account varchar not null, score integer not null, severity varchar not null, family varchar not null,
    detectors varchar[] not null, why_en varchar not null, why_fr varchar not null, window_start varchar not null,
    window_end varchar not null, body varchar not null
);

create table alert_evidence (
    seq bigint not null, alert varchar not null, version integer not null, batch varchar not null, reference varchar not null
);

create table alert_acts (
    seq bigint not null, alert varchar not null, recorded_at varchar not null, actor varchar not null, role varchar not null,
    act varchar not null, state varchar, assignee varchar, reason varchar, note varchar
);

-- The latest version of each alert, its state, and its revision: the number that a decision must name.
create view standing_alerts as
with latest as (
    select alert, max(version) as version, count(*) as versions from alert_versions group by alert
),
moved as (
    select alert, arg_max(state, seq) as state, arg_max(coalesce(assignee, ''), seq) as assignee
    from alert_acts where state is not null group by alert
),
acted as (
    select alert, count(*) as acts from alert_acts group by alert
)
select
    v.*,
    coalesce(moved.state, 'new') as state,
    nullif(moved.assignee, '') as assignee,
    cast(latest.versions + coalesce(acted.acts, 0) as integer) as revision
from alert_versions as v
join latest on latest.alert = v.alert and latest.version = v.version
left join moved on moved.alert = v.alert
left join acted on acted.alert = v.alert;

create view standing_evidence as
select e.alert, e.batch, e.reference
from alert_evidence as e
join (select alert, max(version) as version from alert_versions group by alert) as latest
  on latest.alert = e.alert and latest.version = e.version;
