-- in place: what a fold keeps from now on is worked out once from the versions and acts that are there.
-- The standing alerts as they are now, without their bodies: what lists and counts read. The fold keeps it; see `kept.py`.
create table kept_alerts (
    alert varchar not null, version integer not null, run varchar not null, recorded_at varchar not null, follows varchar,
    incomplete boolean not null, alert_key varchar not null, subject varchar not null, subject_account varchar not null,
    score integer not null, severity varchar not null, family varchar not null, detectors varchar[] not null,
    why_en varchar not null, why_fr varchar not null, window_start varchar not null, window_end varchar not null,
    place varchar not null, state varchar not null, assignee varchar, revision integer not null, first_raised varchar not null
);

insert into kept_alerts by name
select s.* exclude (seq, body), first_raised
from standing_alerts as s
join (select alert, min(recorded_at) as first_raised from alert_versions group by alert) as first on first.alert = s.alert;

drop view standing_alerts;
drop view standing_evidence;
drop view standing_members;

create view standing_alerts as
select k.*, v.seq, v.body from kept_alerts as k join alert_versions as v on v.alert = k.alert and v.version = k.version;

create view standing_evidence as
select e.alert, e.batch, e.reference
from alert_evidence as e join kept_alerts as k on k.alert = e.alert and k.version = e.version;

create view standing_members as
select m.alert, m.account, m.role
from alert_members as m join kept_alerts as k on k.alert = m.alert and k.version = m.version;
