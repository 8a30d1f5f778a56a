-- in place: alerts of before there was a budget are all in the queue, and the rest follows from the entries to come.
-- Where a standing alert lies: above the line of the queue, below it and drawn for review, or below it.
drop view standing_alerts;

alter table alert_versions add column place varchar default 'queue';

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
