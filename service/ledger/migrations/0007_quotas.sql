-- in place: entries of before set no quota.
-- What a partner may send in a day, as it was set last; null is no limit.
create table quotas (
    seq bigint not null, partner varchar not null, recorded_at varchar not null, batches_a_day bigint, bytes_a_day bigint
);

create view current_quotas as
select * from quotas qualify row_number() over (partition by partner order by seq desc) = 1;
