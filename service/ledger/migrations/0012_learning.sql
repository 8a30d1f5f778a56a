-- in place: nothing was learned before there was learning.
-- What was proposed, promoted and withdrawn; `body` is the entry's payload.
create table learning_acts (
    seq bigint not null, act varchar not null, model varchar not null, actor varchar not null, role varchar not null,
    recorded_at varchar not null, body varchar not null
);

-- Versions of alerts that learned weights scored: which. A version that is not here was scored by the formula.
create table alert_orders (seq bigint not null, alert varchar not null, version integer not null, ordered_by varchar not null);

-- Alerts that stand decided: the act that decided them, and the version that it was decided upon.
create view alert_decisions as
with moved as (
    select alert, max(seq) as seq, arg_max(state, seq) as state, arg_max(coalesce(reason, ''), seq) as reason
    from alert_acts where state is not null group by alert
)
select moved.seq, moved.alert, moved.reason, max(v.version) as version
from moved
join alert_versions as v on v.alert = moved.alert and v.seq < moved.seq
where moved.state in ('escalated', 'dismissed')
group by moved.seq, moved.alert, moved.reason;
