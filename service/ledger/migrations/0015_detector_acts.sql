-- in place: nobody proposed how a detector is set before there were proposals.
-- What was proposed of detectors and what was decided of it; `body` is the entry's payload.
create table detector_acts (
    seq bigint not null, act varchar not null, actor varchar not null, recorded_at varchar not null, body varchar not null
);
